-- Networks that tell how something stands and not what happened to it.

-- How a message stands on its network, as far as that is not plain: '' shown, or the
-- network does not say; 'held', nobody outside reads it yet; 'spam'; 'gone', taken down
-- there, by whom and why is not known (removed_at is when we saw it).
ALTER TABLE message ADD COLUMN standing TEXT NOT NULL DEFAULT '';

-- What a poll found gone there, and what it could not clear up.
ALTER TABLE gap_report ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gap_report ADD COLUMN unclear BIGINT NOT NULL DEFAULT 0;

-- What stops a channel, as one of the words of docs/channels.md; '' when that has none.
ALTER TABLE channel_health ADD COLUMN poll_trouble TEXT NOT NULL DEFAULT '';
