-- How a network is asked (send, read back, poll), one row a channel as soon as there is
-- something to remember, and what polling found that should have been here already.

CREATE TABLE channel_pace (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    failures BIGINT NOT NULL,          -- in a row
    openings BIGINT NOT NULL,          -- of the breaker, since it last worked
    open_until_at BIGINT,              -- the breaker is open: nobody asks before
    probe_until_at BIGINT,             -- then one asks, and has until here
    rest_until_at BIGINT,              -- the network asked to be left alone
    spent_until_us BIGINT NOT NULL,    -- budget: microseconds since 1970, dialogue/pace.c
    told_left BIGINT,                  -- what the network itself said is left
    told_until_at BIGINT,              -- and until when that counts
    reason TEXT NOT NULL,              -- of the last failure, for people
    PRIMARY KEY (workspace_id, channel_id)
);

CREATE TABLE gap_report (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    asked_by TEXT NOT NULL,            -- 'timer', 'command'
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    fetched BIGINT NOT NULL,
    added BIGINT NOT NULL,             -- of those: new here
    missed BIGINT NOT NULL,            -- of those: should have been here already
    refused BIGINT NOT NULL,           -- could not be understood, kept as failed raw items
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX gap_report_by_channel ON gap_report (workspace_id, channel_id, id);

-- How polling goes: when it last worked, and what went wrong since.
ALTER TABLE channel_health ADD COLUMN polled_at BIGINT;
ALTER TABLE channel_health ADD COLUMN poll_failed_at BIGINT;
ALTER TABLE channel_health ADD COLUMN poll_error TEXT NOT NULL DEFAULT '';
