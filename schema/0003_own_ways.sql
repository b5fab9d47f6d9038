-- 0003 how a colleague likes to work, and all of what he or she has not finished.

-- The note, the message that is answered and the files belong to a draft as well.
ALTER TABLE draft ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN parent_id BIGINT;
ALTER TABLE draft ADD COLUMN files TEXT NOT NULL DEFAULT '';   -- ids, a blank between

CREATE TABLE preference (
    workspace_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    undo_seconds BIGINT NOT NULL,      -- a reply leaves so much later than it is sent
    single_keys BIGINT NOT NULL,       -- single keys are commands
    PRIMARY KEY (workspace_id, account_id)
);
