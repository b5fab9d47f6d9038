-- 0008 the demo: a workspace that was filled to try things with, and says so.

ALTER TABLE workspace ADD COLUMN is_demo BIGINT NOT NULL DEFAULT 0;
