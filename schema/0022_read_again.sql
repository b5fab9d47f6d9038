-- 0022 read_again: reading all messages anew, and finding what presses.
--
-- A newer program finds otherwise. What older ones found is read again in the background,
-- and where that stands is on disk, so that whoever is killed goes on there. Not in the
-- log: nothing in it follows from it.

CREATE TABLE read_again (
    workspace_id BIGINT NOT NULL,
    model TEXT NOT NULL,               -- which reads
    everything BIGINT NOT NULL,        -- 0: only what another one, or none, has read
    account_id BIGINT,                 -- who asked; NULL: the program itself
    begun_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,          -- when the cursor last moved
    busy_ms BIGINT NOT NULL,           -- so long it has read, without pauses
    cursor_id BIGINT NOT NULL,         -- the last message that was looked at
    until_id BIGINT NOT NULL,          -- the last one to be looked at
    total BIGINT,                      -- how many there are; NULL: not counted yet
    looked BIGINT NOT NULL,
    changed BIGINT NOT NULL,           -- of them say something else than before
    ended_at BIGINT,
    trouble TEXT NOT NULL DEFAULT '',  -- why it ended before the end
    PRIMARY KEY (workspace_id)
);

-- Few of those that are open press, and they stand first.
CREATE INDEX conversation_pressing ON conversation (workspace_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL
    AND (marks LIKE '% at_risk %' OR marks LIKE '% urgent %' OR marks LIKE '% frustrated %');
