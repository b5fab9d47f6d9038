-- How far a visitor of a private talk on a web page has seen what we wrote: reported by
-- the visitor's browser, shown as a fact, used for nothing else.
CREATE TABLE thread_seen (
    workspace_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,        -- the newest of ours that was on the screen
    message_at BIGINT NOT NULL,        -- when that one arrived
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, thread_id)
);
