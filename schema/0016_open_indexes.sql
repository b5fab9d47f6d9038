-- 0016 open_indexes: the indexes of what is not finished say so in two comparisons.
--
-- SQLite makes a table of "state IN (three values)" each time it asks whether a row belongs
-- into such an index: six tables for each further message of a conversation.

DROP INDEX conversation_open_by_last;
DROP INDEX conversation_open_by_assignee;
DROP INDEX conversation_open_unassigned;
CREATE INDEX conversation_open_by_last ON conversation (workspace_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL;
CREATE INDEX conversation_open_by_assignee
    ON conversation (workspace_id, assignee_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL;
CREATE INDEX conversation_open_unassigned ON conversation (workspace_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL
    AND assignee_id IS NULL;
