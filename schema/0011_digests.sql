-- 0011 digests: what was said and what leaves is kept with its digest (BLAKE2b-256), so that a
-- byte that changes on the disk is found and named. NULL: from before.

ALTER TABLE message_version ADD COLUMN digest BLOB;
ALTER TABLE outbox_bytes ADD COLUMN digest BLOB;
