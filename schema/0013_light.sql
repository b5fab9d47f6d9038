-- 0013 light: an arriving message writes no index that nobody reads.
--
-- No statement asks for events by kind. Of raw items those are looked for that are not
-- done, of waits and segments those that have ended.

DROP INDEX event_by_kind;
DROP INDEX raw_item_waiting;
CREATE INDEX raw_item_undone ON raw_item (workspace_id, state, id) WHERE state <> 'done';
DROP INDEX wait_by_closed;
CREATE INDEX wait_by_closed ON wait (workspace_id, closed_at) WHERE closed_at IS NOT NULL;
DROP INDEX segment_by_solved;
CREATE INDEX segment_by_solved ON segment (workspace_id, solved_at) WHERE solved_at IS NOT NULL;
