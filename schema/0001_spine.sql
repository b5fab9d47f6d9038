-- 0001 the spine: organisation, channels, people, talk, work, sending, machine.
--
-- One text for both engines: BIGINT, TEXT, BLOB (on PostgreSQL a domain over
-- bytea). Every key begins with workspace_id; the exceptions are workspace,
-- migration and node. Times are milliseconds since 1970 UTC (*_at), durations
-- are milliseconds (*_ms), yes and no are 1 and 0.

-- Organisation ---------------------------------------------------------------

CREATE TABLE workspace (
    workspace_id BIGINT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,            -- 'de' or 'en'
    time_zone TEXT NOT NULL,           -- IANA name
    limit_incomplete_channels BIGINT NOT NULL DEFAULT 0,
    figures_by_agent BIGINT NOT NULL DEFAULT 0,
    figures_by_agent_reason TEXT NOT NULL DEFAULT '',
    default_target_ms BIGINT NOT NULL DEFAULT 3600000,
    check_back_days BIGINT NOT NULL DEFAULT 7,
    created_at BIGINT NOT NULL
);

CREATE TABLE department (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

-- The weekly hours of a department, valid from an instant on; the newest one
-- that was valid at a time counts, so a change recomputes nothing.
-- slots: "0 480 1080" per line: weekday (0 Monday), from and until in minutes of
-- the day; until may pass 1440 (over midnight). holidays: "2026-12-25" per line.
CREATE TABLE calendar (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    department_id BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    slots TEXT NOT NULL,
    holidays TEXT NOT NULL,
    valid_from_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX calendar_by_department ON calendar (workspace_id, department_id, valid_from_at);

CREATE TABLE role (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    slug TEXT NOT NULL,                -- 'administrator', 'manager', ...
    name TEXT NOT NULL,
    rights TEXT NOT NULL,              -- names of rights, one space between
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, slug)
);

CREATE TABLE account (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,           -- folded, for login and uniqueness
    name TEXT NOT NULL,
    role_id BIGINT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT NOT NULL,       -- Argon2id; '' until the invitation is taken
    totp_secret BLOB,                  -- sealed
    totp_enabled_at BIGINT,
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    trained_at BIGINT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    last_login_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email_key)
);

CREATE TABLE membership (
    workspace_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    department_id BIGINT NOT NULL,
    is_head BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (workspace_id, account_id, department_id)
);

CREATE TABLE recovery_code (
    workspace_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    code_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (workspace_id, account_id, code_hash)
);

CREATE TABLE session (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    token_hash BLOB NOT NULL,
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);
CREATE INDEX session_by_hash ON session (token_hash);

CREATE TABLE token (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,              -- names of rights, or 'all'
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);
CREATE INDEX token_by_hash ON token (token_hash);

-- Addresses that work once: set-up, invitation, password reset.
CREATE TABLE one_time_link (
    workspace_id BIGINT NOT NULL,      -- 0: set-up, before there is a workspace
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,                -- 'setup', 'invitation', 'reset'
    account_id BIGINT,
    token_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, token_hash)
);
CREATE INDEX one_time_link_by_hash ON one_time_link (token_hash);

-- Failures of guessing, per account and per address.
CREATE TABLE login_guard (
    workspace_id BIGINT NOT NULL,      -- 0: counted for the whole store
    guard_key TEXT NOT NULL,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, guard_key)
);

CREATE TABLE secret (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,          -- the channel
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX secret_by_owner ON secret (workspace_id, owner_id, name);

CREATE TABLE word_list (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,                -- 'topic', 'intent', 'thanks', 'opt_out'
    value TEXT NOT NULL,               -- the topic's name, the intent; '' for the others
    words TEXT NOT NULL,               -- spellings, one a line
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, value)
);

CREATE TABLE idempotency (
    workspace_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    route TEXT NOT NULL,
    digest BLOB NOT NULL,              -- of the request body
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id, idempotency_key)
);

-- Channels -------------------------------------------------------------------

CREATE TABLE channel (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    network TEXT NOT NULL,
    name TEXT NOT NULL,
    icon TEXT NOT NULL,
    kind_name TEXT NOT NULL,           -- of a custom kind: "Messenger Z"
    owner_id BIGINT,
    deputy_id BIGINT,
    department_id BIGINT,
    purpose TEXT NOT NULL,
    mode TEXT NOT NULL,                -- 'dialogue', 'listen', 'none'
    planned_minutes BIGINT,            -- a week
    target_ms BIGINT,                  -- reaction target; NULL: the workspace's
    settings TEXT NOT NULL,            -- JSON object, no secrets
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    forwarding_note TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

CREATE TABLE channel_health (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    last_inbound_at BIGINT,
    last_success_at BIGINT,
    last_error_at BIGINT,
    last_error TEXT NOT NULL DEFAULT '',
    accepted BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, channel_id)
);

CREATE TABLE cursor_position (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    position TEXT NOT NULL,
    moved_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, name)
);

CREATE TABLE raw_item (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    digest BLOB NOT NULL,              -- BLAKE2b-256 of bytes
    bytes BLOB NOT NULL,
    source TEXT NOT NULL,              -- 'webhook', 'poll', 'import', 'form'
    open_conversations BIGINT NOT NULL DEFAULT 1, -- 0: imported history
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,               -- 'received', 'done', 'failed'
    reason TEXT NOT NULL DEFAULT '',
    attempts BIGINT NOT NULL DEFAULT 0,
    message_id BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, digest)
);
CREATE INDEX raw_item_waiting ON raw_item (workspace_id, state, id);

-- People ---------------------------------------------------------------------

CREATE TABLE person (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    relation TEXT NOT NULL,            -- follower fan customer prospect supplier media unknown
    contact_count BIGINT NOT NULL DEFAULT 0,
    address_form TEXT NOT NULL DEFAULT '', -- 'du', 'sie', ''
    outreach_locked_at BIGINT,         -- "please do not write any more"
    outreach_lock_reason TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    merged_into BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX person_by_name ON person (workspace_id, last_seen_at, id);

CREATE TABLE profile (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    avatar_url TEXT NOT NULL,
    followers BIGINT,
    is_us BIGINT NOT NULL DEFAULT 0,
    impostor_at BIGINT,                -- marked by a person
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, external_id)
);
CREATE INDEX profile_by_person ON profile (workspace_id, person_id);

-- Talk -----------------------------------------------------------------------

CREATE TABLE thread (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL,                -- post comment_section chat mail call letter forum
    visibility TEXT NOT NULL,          -- 'public', 'private'
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, external_id)
);

CREATE TABLE message (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    conversation_id BIGINT,            -- NULL: nobody's concern (own posts, third parties)
    parent_id BIGINT,
    parent_external_id TEXT NOT NULL DEFAULT '', -- kept until the parent arrives
    external_id TEXT,                  -- NULL: ours, not yet delivered
    profile_id BIGINT,
    person_id BIGINT,
    account_id BIGINT,                 -- our author
    direction TEXT NOT NULL,           -- 'in', 'out', 'other'
    visibility TEXT NOT NULL,          -- 'public', 'private'
    automatic BIGINT NOT NULL DEFAULT 0,
    third_party TEXT NOT NULL DEFAULT '', -- '', helper, advocate, satire, impostor, disruption
    confirmed_at BIGINT,               -- "that is right", said by us
    confirmed_by BIGINT,
    check_back_id BIGINT,              -- this message asks "did it hold?"
    language TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    sent_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    edited_at BIGINT,
    removed_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, external_id)
);
CREATE INDEX message_by_thread ON message (workspace_id, thread_id, sent_at, id);
CREATE INDEX message_by_conversation ON message (workspace_id, conversation_id, sent_at, id);
CREATE INDEX message_by_person ON message (workspace_id, person_id, sent_at, id);
CREATE INDEX message_by_parent ON message (workspace_id, channel_id, parent_external_id);
CREATE INDEX message_by_time ON message (workspace_id, direction, sent_at);

CREATE TABLE message_version (
    workspace_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id, version)
);

CREATE TABLE attachment (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    message_id BIGINT,                 -- NULL: uploaded for a draft
    account_id BIGINT,                 -- who uploaded it
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX attachment_by_message ON attachment (workspace_id, message_id);

CREATE TABLE attachment_chunk (
    workspace_id BIGINT NOT NULL,
    attachment_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (workspace_id, attachment_id, number)
);

CREATE TABLE reaction_count (
    workspace_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    kind TEXT NOT NULL,                -- 'like', 'share', ...
    number BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id, kind)
);

-- Work -----------------------------------------------------------------------

CREATE TABLE conversation (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    department_id BIGINT,
    assignee_id BIGINT,
    state TEXT NOT NULL,               -- new open waiting solved closed
    waiting_for TEXT NOT NULL,         -- '', customer, department, approval
    priority BIGINT NOT NULL,          -- 0 normal, 1 high, 2 top
    intent TEXT NOT NULL,              -- '' unclassified; see vision.md's words
    intent_by TEXT NOT NULL,           -- '', list, person
    topic TEXT NOT NULL,
    suggestion TEXT NOT NULL,          -- '', probably_solved
    opened_at BIGINT NOT NULL,         -- first message; earliest of a merge
    waiting_since_at BIGINT,           -- start of the open wait, NULL: nobody waits
    due_at BIGINT,                     -- of the open wait
    first_reaction_at BIGINT,
    last_inbound_at BIGINT,
    last_message_at BIGINT NOT NULL,
    snooze_until_at BIGINT,
    solved_at BIGINT,
    solved_by BIGINT,
    reopened_count BIGINT NOT NULL,
    closed_at BIGINT,
    close_reason TEXT NOT NULL,        -- '', time, no_answer_needed, spam, hidden
    close_note TEXT NOT NULL,
    merged_into BIGINT,
    version BIGINT NOT NULL,           -- rises with each change: the ETag
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, thread_id, profile_id)
);
CREATE INDEX conversation_by_last ON conversation (workspace_id, last_message_at, id);
CREATE INDEX conversation_by_due ON conversation (workspace_id, due_at, id);
CREATE INDEX conversation_by_waiting ON conversation (workspace_id, waiting_since_at, id);
CREATE INDEX conversation_by_person ON conversation (workspace_id, person_id, id);
CREATE INDEX conversation_by_state ON conversation (workspace_id, state, last_message_at, id);

CREATE TABLE conversation_tag (
    workspace_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (workspace_id, conversation_id, tag)
);

CREATE TABLE note (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    account_id BIGINT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX note_by_conversation ON note (workspace_id, conversation_id, id);

CREATE TABLE mention (
    workspace_id BIGINT NOT NULL,
    note_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT,
    PRIMARY KEY (workspace_id, note_id, account_id)
);
CREATE INDEX mention_by_account ON mention (workspace_id, account_id, note_id);

CREATE TABLE draft (
    workspace_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    visibility TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, account_id)
);

-- "Anna is answering": a lease that the browser renews.
CREATE TABLE answering (
    workspace_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, account_id)
);

CREATE TABLE check_back (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    department_id BIGINT,
    state TEXT NOT NULL,               -- planned due sent answered cancelled
    solved_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    sent_at BIGINT,
    sent_by BIGINT,
    message_id BIGINT,                 -- ours, that asks
    answered_at BIGINT,
    outcome TEXT NOT NULL,             -- '', held, came_back, no_answer
    cancelled_at BIGINT,
    cancel_reason TEXT NOT NULL,       -- '', reopened, opted_out, merged, by_person
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX check_back_by_due ON check_back (workspace_id, state, due_at, id);
CREATE INDEX check_back_by_conversation ON check_back (workspace_id, conversation_id, id);

-- One turn that a customer waits: from the first unanswered message to the
-- first reaction. Never reset, only closed (or voided when nobody must answer).
CREATE TABLE wait (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    department_id BIGINT,
    message_id BIGINT NOT NULL,        -- that started it
    is_first BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT,
    closed_at BIGINT,
    reaction_id BIGINT,                -- our message
    account_id BIGINT,                 -- who answered
    wall_ms BIGINT,
    service_ms BIGINT,                 -- in the department's hours; NULL: no calendar
    voided_at BIGINT,                  -- closed without a reaction, as no answer was needed
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX wait_by_conversation ON wait (workspace_id, conversation_id, id);
CREATE INDEX wait_by_closed ON wait (workspace_id, closed_at);
CREATE INDEX wait_open ON wait (workspace_id, opened_at);

-- One stretch from opening (or reopening) to solved.
CREATE TABLE segment (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    department_id BIGINT,
    opened_at BIGINT NOT NULL,
    solved_at BIGINT,
    solved_by BIGINT,
    wall_ms BIGINT,
    service_ms BIGINT,
    customer_ms BIGINT NOT NULL DEFAULT 0, -- of it: waiting for the customer
    customer_since_at BIGINT,
    reopened_at BIGINT,                -- by the person, after solved_at
    ended_at BIGINT,                   -- ended otherwise: closed without solution, merged
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX segment_by_conversation ON segment (workspace_id, conversation_id, id);
CREATE INDEX segment_by_solved ON segment (workspace_id, solved_at);

-- Sending --------------------------------------------------------------------

CREATE TABLE outbox (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
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
    how TEXT NOT NULL,                 -- '', answered, found, echo, by_person, no_address
    sent_at BIGINT,
    approved_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, message_id),
    UNIQUE (workspace_id, idempotency_key)
);
CREATE INDEX outbox_by_conversation ON outbox (workspace_id, conversation_id, id);
CREATE INDEX outbox_by_state ON outbox (workspace_id, state, id);

-- The bytes that leave, fixed at the first try: words, so not in the log.
CREATE TABLE outbox_bytes (
    workspace_id BIGINT NOT NULL,
    outbox_id BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (workspace_id, outbox_id)
);

CREATE TABLE delivery (
    workspace_id BIGINT NOT NULL,
    outbox_id BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    action TEXT NOT NULL,              -- 'send', 'find'
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT NOT NULL,             -- '', sent, later, refused, doubt, found, absent, cannot_tell
    detail TEXT NOT NULL,
    PRIMARY KEY (workspace_id, outbox_id, attempt)
);

-- Machine --------------------------------------------------------------------

CREATE TABLE event (
    workspace_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind BIGINT NOT NULL,
    actor_id BIGINT,
    kind TEXT NOT NULL,
    conversation_id BIGINT,
    thread_id BIGINT,
    person_id BIGINT,
    channel_id BIGINT,
    message_id BIGINT,
    department_id BIGINT,
    subject_id BIGINT,
    payload TEXT,                      -- NULL after erasure
    salt BLOB,
    payload_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX event_by_conversation ON event (workspace_id, conversation_id, seq);
CREATE INDEX event_by_kind ON event (workspace_id, kind, at);

CREATE TABLE chain (
    workspace_id BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_hash BLOB NOT NULL,
    PRIMARY KEY (workspace_id)
);

CREATE TABLE job (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    state TEXT NOT NULL,               -- queued running done failed cancelled
    run_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    lease_until_at BIGINT,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, subject_id)
);
CREATE INDEX job_due ON job (state, run_at);

-- A process that may make ids. The row with node_id -1 stands for the cluster:
-- its clock_at is the virtual clock of a test store, 0 for the real one.
CREATE TABLE node (
    node_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    leased_until_at BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    clock_at BIGINT NOT NULL
);

-- Search: one row per thing that can be found, its words folded and stemmed by
-- text/, one space between. The only table that differs (db/search.c).
-- On SQLite workspace and kind are words of the row too.

-- only sqlite
CREATE VIRTUAL TABLE search_entry USING fts5 (
    words, tokenize = 'draht', detail = 'none', columnsize = 0,
    prefix = '2 3'
);
-- only postgres
CREATE TABLE search_entry (
    workspace_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    id BIGINT NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (workspace_id, kind, id)
);
CREATE INDEX search_entry_words ON search_entry USING gin (words);
-- both
