-- 0027 visible: how long after its answer a network shows what it took (dialogue/visible.h).

CREATE TABLE visible_lag (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    lag_ms BIGINT NOT NULL,            -- at most so long
    PRIMARY KEY (workspace_id, channel_id, answered_at)
);
