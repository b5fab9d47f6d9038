-- 0023 measured: what networks count, of an account and of own posts.
--
-- How it stands now, and the series: a point for each change, and for an account one each
-- day. No number (NULL) is not 0: the network does not give it.

CREATE TABLE measured (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,        -- 0: the account itself
    measured_at BIGINT,                -- NULL: never yet
    next_at BIGINT NOT NULL,
    failed_at BIGINT,                  -- since then it fails, of the account alone
    error TEXT NOT NULL DEFAULT '',
    followers BIGINT,
    likes BIGINT,
    shares BIGINT,
    quotes BIGINT,
    replies BIGINT,
    views BIGINT,
    PRIMARY KEY (workspace_id, channel_id, message_id)
);

CREATE TABLE measured_point (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    kind TEXT NOT NULL,                -- followers, likes, shares, quotes, replies, views
    measured_at BIGINT NOT NULL,
    number BIGINT,                     -- NULL: it is not given any more
    PRIMARY KEY (workspace_id, channel_id, message_id, kind, measured_at)
);
