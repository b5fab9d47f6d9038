-- 0017 mail wish: an answer that stands in a chat may go on by mail.
--
-- Where somebody left an address for answers. One for each talk, the newest; gone when it
-- was withdrawn. It is no row of the log: an address that was taken back is nowhere.

CREATE TABLE mail_wish (
    workspace_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,            -- de, en: of the words around the answer
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, thread_id)
);

-- A reply leaves once by each way: through its own channel, and by mail.
CREATE TABLE outbox_by_way (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,        -- the message's own; another one: its copy by mail
    state TEXT NOT NULL,               -- held queued sending unknown uncertain sent failed cancelled
    held_for TEXT NOT NULL,            -- '', approval, hold
    idempotency_key TEXT NOT NULL,
    send_after_at BIGINT,
    next_try_at BIGINT,
    attempts BIGINT NOT NULL,
    epoch BIGINT NOT NULL,             -- fences a worker that was thought dead
    lease_until_at BIGINT,
    unknown_since_at BIGINT,
    reason TEXT NOT NULL,              -- for people
    how TEXT NOT NULL,                 -- '', answered, found, echo, by_person, no_address, seen, withdrawn
    sent_at BIGINT,
    approved_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, message_id, channel_id),
    UNIQUE (workspace_id, idempotency_key)
);
INSERT INTO outbox_by_way(workspace_id, id, conversation_id, message_id, channel_id, state, held_for,
    idempotency_key, send_after_at, next_try_at, attempts, epoch, lease_until_at, unknown_since_at, reason, how,
    sent_at, approved_by, created_at)
SELECT workspace_id, id, conversation_id, message_id, channel_id, state, held_for, idempotency_key, send_after_at,
    next_try_at, attempts, epoch, lease_until_at, unknown_since_at, reason, how, sent_at, approved_by, created_at
FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_by_way RENAME TO outbox;
CREATE INDEX outbox_by_conversation ON outbox (workspace_id, conversation_id, id);
CREATE INDEX outbox_by_state ON outbox (workspace_id, state, id);
