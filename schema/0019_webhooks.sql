-- 0019 webhooks: programs elsewhere that are told what happens here.

CREATE TABLE webhook (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,               -- names of events, one space between
    enabled BIGINT NOT NULL,
    ended TEXT NOT NULL,               -- why it is off: '' person gone failing
    told_at BIGINT,                    -- since then people read that it fails
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    removed_at BIGINT,
    -- How far it is and how it goes; not in the log.
    seen_seq BIGINT NOT NULL DEFAULT 0, -- the last event that was looked at
    failing_at BIGINT,                 -- the first failure since the last success
    failures BIGINT NOT NULL DEFAULT 0, -- calls without an answer, in a row
    rest_until_at BIGINT NOT NULL DEFAULT 0,
    delivered_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);

-- One event for one webhook: the same bytes and the same id at each try.
CREATE TABLE webhook_delivery (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,               -- of the event
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,               -- waiting delivered failed
    tries BIGINT NOT NULL,
    since_at BIGINT NOT NULL,          -- the three days count from here
    next_at BIGINT NOT NULL,
    tried_at BIGINT,
    status BIGINT NOT NULL,            -- of the last answer; 0: there was none
    answer TEXT NOT NULL,              -- the beginning of it
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, webhook_id, seq)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (workspace_id, webhook_id, state, next_at);
