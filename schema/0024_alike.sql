-- 0024 alike: who says nearly the same.
--
-- A text that is posted forty times, or lightly changed, is one group: `mins` is the
-- fingerprint of the first who said it, `band` has the keys that nearly the same texts
-- share (text/fingerprint.h). Made in the background from messages that are here, and
-- could be made anew; not in the log, since nothing in it follows from it.

CREATE TABLE alike_text (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    mins BLOB NOT NULL,
    said BIGINT NOT NULL,              -- how many messages; counted no further than the ceiling
    last_id BIGINT NOT NULL,           -- the newest of them
    remembered BIGINT NOT NULL,        -- 0: too long ago for another one to join
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX alike_text_many ON alike_text (workspace_id, last_id, id) WHERE said >= 5;
CREATE INDEX alike_text_remembered ON alike_text (workspace_id, last_id)
    WHERE remembered = 1;

CREATE TABLE alike_band (
    workspace_id BIGINT NOT NULL,
    band BIGINT NOT NULL,
    text_id BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, band, text_id)
);

CREATE TABLE alike_message (
    workspace_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    text_id BIGINT NOT NULL,           -- 0: it has no letter to be known by
    PRIMARY KEY (workspace_id, message_id)
);
CREATE INDEX alike_message_by_text ON alike_message (workspace_id, text_id, message_id);

-- Up to which message was looked, and how many texts are remembered.
CREATE TABLE alike_read (
    workspace_id BIGINT NOT NULL,
    cursor_id BIGINT NOT NULL,
    remembered BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
