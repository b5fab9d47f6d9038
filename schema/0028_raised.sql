-- 0028 raised: finding all that stands above the others on the page of today.
--
-- Not only what says that it presses: also what a person put first, who asks again, who
-- does not want to buy any more, and complaints. Of the two degrees (src/dialogue/raised.h)
-- the higher one has few, and is found among many complaints.

DROP INDEX conversation_pressing;
CREATE INDEX conversation_raised ON conversation (workspace_id,
    (CASE WHEN priority >= 2 OR marks LIKE '% at_risk %' OR marks LIKE '% urgent %'
        THEN 3 ELSE 2 END), last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL
    AND (priority > 0 OR intent = 'complaint' OR marks LIKE '% at_risk %'
    OR marks LIKE '% urgent %' OR marks LIKE '% frustrated %' OR marks LIKE '% deterred %'
    OR marks LIKE '% chaser %');
