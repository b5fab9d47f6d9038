-- 0029 restraint: what was done on a network about an account.

-- A report to its moderators, a mute or a block, each for one message and with a reason.
-- Mutes and blocks end by themselves.
CREATE TABLE restraint (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    kind TEXT NOT NULL,                -- report mute block
    state TEXT NOT NULL,               -- waiting stands refused unsure lifting lifted
    reason TEXT NOT NULL,              -- personal_data insult spam illegal
    note TEXT NOT NULL,                -- of a report: what the moderators read; else for us
    forward BIGINT NOT NULL,           -- a report goes to the server of the account, too
    trouble TEXT NOT NULL,             -- what the network said, as a word ...
    answer TEXT NOT NULL,              -- ... and in words of its own
    asked_at BIGINT NOT NULL,
    asked_by BIGINT,
    until_at BIGINT,                   -- NULL: a report
    stood_at BIGINT,                   -- the network said that it is so
    ending_at BIGINT,
    ended_by BIGINT,                   -- NULL: it was over
    ended_at BIGINT,                   -- the network said that it is over
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX restraint_by_profile ON restraint (workspace_id, profile_id, id);
CREATE INDEX restraint_by_state ON restraint (workspace_id, state, id);
