-- Several processes on one data base: what each has committed last, so that a commit
-- whose answer was lost can be looked up, and what all of them must agree about.

-- Counts the commits of the process that holds the row. Written in each of them
-- (PostgreSQL): where it does not rise, the lease was lost, or the commit did not happen.
ALTER TABLE node ADD COLUMN commits BIGINT NOT NULL DEFAULT 0;

-- Facts about the whole store, beside all workspaces: 'key', the mark of the key that
-- seals its secrets.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
