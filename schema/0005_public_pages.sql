-- 0005 what stands on public pages: settings, decisions, links, readers.

-- The settings of a workspace's public pages; one row, whose id is the workspace's.
CREATE TABLE site (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,                -- '': the workspace's
    imprint TEXT NOT NULL,             -- '': no public page is shown
    privacy TEXT NOT NULL,             -- beside what Draht says itself
    colour TEXT NOT NULL,              -- '#1a6b54', or ''
    languages TEXT NOT NULL,           -- 'de en', 'de', 'en'
    threads BIGINT NOT NULL,           -- read-along pages
    comments TEXT NOT NULL,            -- off held known
    listening BIGINT NOT NULL,         -- name channels that are only listened to
    transparency BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What a channel does otherwise; its id is the channel's. '': as the workspace says.
CREATE TABLE channel_site (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    threads TEXT NOT NULL,             -- '', on, off
    comments TEXT NOT NULL,            -- '', off, held, known
    listed TEXT NOT NULL,              -- '', off: among the ways to reach us
    account_url TEXT NOT NULL,         -- our genuine account there
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- Whether a message may be read on our pages; its id is the message's.
CREATE TABLE moderation (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    state TEXT NOT NULL,               -- held released hidden
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    decided_at BIGINT,
    decided_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX moderation_by_state ON moderation (workspace_id, state, id);
CREATE INDEX moderation_by_thread ON moderation (workspace_id, thread_id);

-- The secret address of a case; its id is the conversation's.
CREATE TABLE status_link (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    case_number BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT,                    -- NULL: the contact form
    revoked_at BIGINT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, case_number)
);
CREATE INDEX status_link_by_hash ON status_link (token_hash);

-- "Report this", from any public page.
CREATE TABLE page_report (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    page TEXT NOT NULL,                -- thread contact transparency status
    thread_id BIGINT,
    message_id BIGINT,
    why TEXT NOT NULL,                 -- personal_data insult illegal false other
    body TEXT NOT NULL,
    state TEXT NOT NULL,               -- open settled
    note TEXT NOT NULL,
    settled_at BIGINT,
    settled_by BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX page_report_by_state ON page_report (workspace_id, state, id);

-- Who reads, counted without knowing who. The salt of a day is random and is thrown
-- away with the day's rows, so that nobody, we included, can ask a hash for its address.
CREATE TABLE page_salt (
    workspace_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    salt BLOB NOT NULL,
    PRIMARY KEY (workspace_id, day)
);
CREATE TABLE page_seen (
    workspace_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    reader BLOB NOT NULL,
    PRIMARY KEY (workspace_id, day, thread_id, reader)
);
CREATE TABLE page_readers (
    workspace_id BIGINT NOT NULL,
    thread_id BIGINT NOT NULL,
    readers BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, thread_id)
);
-- How often an address sent a form, within an hour.
CREATE TABLE page_rate (
    workspace_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    sender BLOB NOT NULL,
    window_at BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, day, sender)
);
-- What is costly to work out for everybody who asks.
CREATE TABLE page_cache (
    workspace_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name)
);
