-- 0020 findings: what messages say, and what people say of that.
--
-- What was found stands beside the text that it was found in (docs/data-model.md gives
-- the form), so that a newer run replaces it, and erasing the text takes it along. What a
-- person says of it is a row of its own, which no run touches. Marks are what the list of
-- conversations is filtered by: " negative urgent ".

ALTER TABLE message_version ADD COLUMN findings TEXT NOT NULL DEFAULT '';
ALTER TABLE message_version ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN marks TEXT NOT NULL DEFAULT '';

CREATE TABLE verdict (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    message_version BIGINT NOT NULL,   -- of the text that was judged
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    holds BIGINT NOT NULL,
    found_value TEXT NOT NULL,         -- what the program had said
    was_found BIGINT NOT NULL,
    was_unsure BIGINT NOT NULL,
    was_right BIGINT NOT NULL,
    model TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    taken_back_at BIGINT,
    revision BIGINT NOT NULL,          -- rises with every change of any row
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX verdict_by_message ON verdict (workspace_id, message_id, id);
CREATE INDEX verdict_by_revision ON verdict (workspace_id, revision);
