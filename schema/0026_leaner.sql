-- 0026 leaner: what arrives writes fewer indexes, and an index for what it asks.
--
-- A message in a conversation moves that to the top of each list that it is in. Those that
-- are new or open are found among the unfinished ones, those of nobody by an index of
-- their own, and a house without departments needs no list of any.

DROP INDEX conversation_by_state;
CREATE INDEX conversation_by_state ON conversation (workspace_id, state, last_message_at, id)
    WHERE state <> 'new' AND state <> 'open';
DROP INDEX conversation_open_by_assignee;
CREATE INDEX conversation_open_by_assignee
    ON conversation (workspace_id, assignee_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL
    AND assignee_id IS NOT NULL;
DROP INDEX conversation_by_department;
CREATE INDEX conversation_by_department
    ON conversation (workspace_id, department_id, last_message_at, id)
    WHERE department_id IS NOT NULL;

-- The newest segment of a conversation is the last one here, and nothing is sorted.
DROP INDEX segment_by_conversation;
CREATE INDEX segment_by_conversation ON segment (workspace_id, conversation_id, opened_at, id);
