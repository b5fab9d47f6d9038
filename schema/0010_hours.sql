-- Hours that were planned for a day to come and then given up: the row stays, and counts
-- for nothing. What was valid once is never given up, since figures are counted in it.
ALTER TABLE calendar ADD COLUMN dropped_at BIGINT;
