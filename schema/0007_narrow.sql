-- 0007 narrow: what an arriving message looks up is found without walking its workspace.
--
-- Only answers whose parent is not there yet wait for it; roots have none, and need no
-- entry. Reports look at a period, sessions and check-backs at one account or person.

DROP INDEX message_by_parent;
CREATE INDEX message_waiting_for_parent ON message (workspace_id, channel_id, parent_external_id)
    WHERE parent_id IS NULL AND parent_external_id <> '';
CREATE INDEX conversation_by_opened ON conversation (workspace_id, opened_at, id);
CREATE INDEX session_by_account ON session (workspace_id, account_id);
CREATE INDEX check_back_by_person ON check_back (workspace_id, person_id);
CREATE INDEX check_back_by_time ON check_back (workspace_id, due_at, id);
