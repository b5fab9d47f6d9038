-- 0014 silence: how long a channel is used to be silent.
--
-- The longest silence between two arrivals, and when it ended. Halved when sixty days
-- brought none as long, so that the holidays of one summer do not hide the next failure.

ALTER TABLE channel_health ADD COLUMN silence_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE channel_health ADD COLUMN silence_at BIGINT NOT NULL DEFAULT 0;
