-- 0025 pictures: what a file shows, in words for whoever does not see it; and the pictures
-- of networks that are named by an address and yet to be fetched.

ALTER TABLE attachment ADD COLUMN description TEXT NOT NULL DEFAULT '';

CREATE TABLE picture (
    workspace_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    number BIGINT NOT NULL,            -- its place among those of the message, from 1
    description TEXT NOT NULL,
    state TEXT NOT NULL,               -- waiting kept left
    reason TEXT NOT NULL DEFAULT '',   -- left: why
    PRIMARY KEY (workspace_id, message_id, url)
);
