-- 0030 own_model: what a workspace's people set right, learned as a whole.
--
-- One row for each workspace: the model that is in force, and how the last try went.
-- It follows from the verdicts and could be made anew; that it came into force is in the
-- log.

CREATE TABLE own_model (
    workspace_id BIGINT NOT NULL,
    version TEXT NOT NULL,             -- of the one in force; empty: none
    since_at BIGINT,
    learned BIGINT NOT NULL,           -- from so many words of people
    until_id BIGINT NOT NULL,          -- the newest of these verdicts
    weights BLOB NOT NULL,             -- the file (text/trained.h); empty: none
    tried_at BIGINT NOT NULL,          -- the last try
    tried_revision BIGINT NOT NULL,    -- of the verdicts
    outcome TEXT NOT NULL,             -- taken, refused, harms, few
    tried_count BIGINT NOT NULL,       -- on so many words of people ...
    shipped BIGINT NOT NULL,           -- ... so often the shipped model alone was right
    at_once BIGINT NOT NULL,           -- with what is learned at once
    trained BIGINT NOT NULL,           -- with what was learned as a whole
    PRIMARY KEY (workspace_id)
);
