-- 0002 the inbox: an index for each way to list conversations, and kept views.
--
-- Each index has the order of the list behind what it filters by, so that a page
-- is read where it lies. Those of unfinished work are partial: what is finished,
-- nearly everything after a year, costs them nothing.

CREATE INDEX conversation_open_by_last ON conversation (workspace_id, last_message_at, id)
    WHERE state IN ('new', 'open', 'waiting') AND merged_into IS NULL;
CREATE INDEX conversation_open_by_assignee
    ON conversation (workspace_id, assignee_id, last_message_at, id)
    WHERE state IN ('new', 'open', 'waiting') AND merged_into IS NULL;
CREATE INDEX conversation_open_unassigned ON conversation (workspace_id, last_message_at, id)
    WHERE state IN ('new', 'open', 'waiting') AND merged_into IS NULL
    AND assignee_id IS NULL;
CREATE INDEX conversation_by_channel
    ON conversation (workspace_id, channel_id, last_message_at, id);
CREATE INDEX conversation_by_department
    ON conversation (workspace_id, department_id, last_message_at, id);
CREATE INDEX conversation_by_topic ON conversation (workspace_id, topic, last_message_at, id)
    WHERE topic <> '';
CREATE INDEX conversation_by_snooze ON conversation (workspace_id, snooze_until_at, id)
    WHERE snooze_until_at IS NOT NULL;
CREATE INDEX conversation_tag_by_tag ON conversation_tag (workspace_id, tag, conversation_id)
    WHERE removed_at IS NULL;

-- A view of the inbox that somebody keeps under a name: the query of its address.
CREATE TABLE saved_view (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,               -- "view=mine&channel_id=5"
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX saved_view_by_account ON saved_view (workspace_id, account_id, id);
