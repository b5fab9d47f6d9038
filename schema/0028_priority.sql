-- 0028 priority: who asks once more, or whose problem came back, presses as well.

DROP INDEX conversation_pressing;
CREATE INDEX conversation_pressing ON conversation (workspace_id, last_message_at, id)
    WHERE state <> 'solved' AND state <> 'closed' AND merged_into IS NULL
    AND (marks LIKE '% at_risk %' OR marks LIKE '% urgent %' OR marks LIKE '% frustrated %'
         OR priority > 0);
