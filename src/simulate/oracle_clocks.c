/* oracle_clocks.c - the clocks: none is ever set back, and each can be told again from
 * the messages alone.
 */
#include "simulate/sim.h"

/* A wait as it was seen first. */
struct seen_wait {
    int64_t id, opened_at, message_id;
};

static const struct db_stmt all_waits = {
    "watch_waits", "SELECT id, opened_at, message_id FROM wait ORDER BY id", NULL
};

static const struct seen_wait *seen(const struct sim *sim, int64_t id)
{
    for (size_t i = 0; i < sim->wait_count; i++)
        if (sim->waits[i].id == id)
            return &sim->waits[i];
    return NULL;
}

static void remember(struct sim *sim, const struct seen_wait *wait)
{
    const struct seen_wait *before = seen(sim, wait->id);

    if (before) {
        if (before->opened_at != wait->opened_at ||
            before->message_id != wait->message_id)
            sim_fault(sim, "the clock of wait %lld was set anew", (long long)wait->id);
        return;
    }
    if (sim->wait_count == sim->wait_size)
        sim->waits =
            sim_grow(sim->waits, &sim->wait_size, sim->wait_count, sizeof(*sim->waits));
    sim->waits[sim->wait_count++] = *wait;
}

/* What a conversation shows is the earliest of its open waits. */
static const struct db_stmt unlike_waits = {
    "watch_unlike",
    "SELECT c.id FROM conversation c WHERE c.merged_into IS NULL "
    "AND COALESCE(c.waiting_since_at, 0) <> COALESCE((SELECT MIN(w.opened_at) FROM wait "
    "w "
    "WHERE w.conversation_id = c.id AND w.closed_at IS NULL "
    "AND w.voided_at IS NULL), 0) LIMIT 1",
    NULL
};
static const struct db_stmt two_waits = {
    "watch_two",
    "SELECT conversation_id FROM wait WHERE closed_at IS NULL "
    "AND voided_at IS NULL GROUP BY conversation_id HAVING COUNT(*) > 1 LIMIT 1",
    NULL
};

void oracle_clocks(struct op *op, struct sim *sim)
{
    DB_ROWS(rows);
    int64_t id;

    if (db_query(op, &rows, &all_waits) < 0)
        return;
    while (db_next(op, rows) == 1)
        remember(sim, &(const struct seen_wait){ db_int(rows, 0), db_int(rows, 1),
                                                 db_int(rows, 2) });
    if (db_number(op, &id, &unlike_waits) == 0)
        sim_fault(sim, "conversation %lld shows another wait than it has", (long long)id);
    if (db_number(op, &id, &two_waits) == 0)
        sim_fault(sim, "somebody waits twice in conversation %lld", (long long)id);
}

/* Conversations in which only questions and answers happened. */
static const struct db_stmt plain_conversations = {
    "watch_plain",
    "SELECT id, COALESCE(waiting_since_at, 0) FROM conversation c "
    "WHERE state IN ('new', 'open', 'waiting') AND merged_into IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM event e WHERE e.conversation_id = c.id AND e.kind IN "
    "('conversation.merged_from', 'conversation.closed', 'conversation.solved', "
    "'conversation.reopened', 'conversation.held', 'conversation.reply_failed', "
    "'wait.voided', 'wait.reopened')) ORDER BY id",
    NULL
};
static const struct db_stmt told = {
    "watch_told",
    "SELECT m.direction, m.sent_at, m.received_at, v.body = 'Danke!' "
    "FROM event e JOIN message m ON m.id = e.message_id "
    "JOIN message_version v ON v.message_id = m.id AND v.version = 1 "
    "WHERE m.conversation_id = $1 AND e.kind IN ('message.received', 'message.written') "
    "ORDER BY e.seq",
    NULL
};

/* Since when somebody waits, told from the words alone: thanks ask for nothing, unless
 * they come first; a second question waits no longer than the first. */
static int64_t recount(struct op *op, int64_t conversation_id)
{
    int64_t since = 0;
    bool first = true;
    DB_ROWS(rows);

    if (db_query(op, &rows, &told, ARG_INT(conversation_id)) < 0)
        return -1;
    while (db_next(op, rows) == 1) {
        int64_t sent = db_int(rows, 1), received = db_int(rows, 2);

        if (str_is(db_text(op, rows, 0), "out"))
            since = 0;
        else if (!since && (first || !db_int(rows, 3)))
            since = sent < received ? sent : received;
        first = false;
    }
    return since;
}

void oracle_recount(struct op *op, struct sim *sim)
{
    DB_ROWS(rows);

    if (db_query(op, &rows, &plain_conversations) < 0) {
        sim_fault(sim, "the conversations cannot be read");
        return;
    }
    while (db_next(op, rows) == 1) {
        int64_t id = db_int(rows, 0), shown = db_int(rows, 1), since = recount(op, id);

        if (since >= 0 && since != shown)
            sim_fault(sim, "in conversation %lld somebody waits since %lld, not %lld",
                      (long long)id, (long long)since, (long long)shown);
    }
}
