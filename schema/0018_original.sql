-- 0018 original: messages that looked otherwise than their words do.

-- In which raw item a mail with HTML stands, so that it can be shown as it was sent.
CREATE TABLE original (
    workspace_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    raw_item_id BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id)
);
