-- 0015 notices: what the house tells its own people by mail.

-- The newest of each kind for each account. The words are sealed, since they may hold an
-- address that opens the account, and NULL once they have left or nobody wants them.
CREATE TABLE notice (
    workspace_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'reset', 'digest')),
    id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    sealed BLOB,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    reason TEXT NOT NULL,              -- of failed, for people
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (workspace_id, account_id, kind),
    UNIQUE (workspace_id, id)
);

-- 1: a mail each working morning with what waits.
ALTER TABLE preference ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
