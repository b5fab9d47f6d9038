/* oracle_order.c - what was first stands first: replies as they left, words as they were
 * said.
 */
#include "simulate/sim.h"

#include "dialogue/message.h"

/* Of one conversation what was written first is taken first, unless a person had a hand
 * in it. */
static void check_replies(struct sim *sim)
{
    for (size_t i = 0; i < sim->answer_count; i++) {
        const struct answer *a = &sim->answers[i];

        if (a->held || a->handled || !a->copies)
            continue;
        for (size_t j = i + 1; j < sim->answer_count; j++) {
            const struct answer *b = &sim->answers[j];

            if (b->conversation_id != a->conversation_id || b->held || b->handled ||
                b->outbox_id < a->outbox_id || !b->copies)
                continue;
            if (b->taken_at < a->taken_at)
                sim_fault(sim, "reply %lld overtook %lld", (long long)b->outbox_id,
                          (long long)a->outbox_id);
        }
    }
}

static const struct asked *asked_of(const struct sim *sim, const struct message *m)
{
    for (size_t i = 0; i < sim->asked_count; i++) {
        const struct asked *asked = sim->asked[i];

        if (!asked->of && !asked->echo && str_eq(asked->id, m->external_id) &&
            sim->peers[asked->peer].channel_id == m->channel_id)
            return asked;
    }
    return NULL;
}

/* As the desk shows it, by the clock of the network. Those of two networks, which may
 * have been joined, have no common one. */
static void check_words(struct op *op, struct sim *sim, int64_t conversation_id)
{
    const struct asked *last[MAX_PEERS] = { NULL };
    int64_t last_came_at[MAX_PEERS] = { 0 };
    struct message *list;
    size_t count;

    if (message_list_conversation(op, conversation_id, &list, &count) < 0) {
        sim_fault(sim, "conversation %lld cannot be listed", (long long)conversation_id);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct asked *asked = asked_of(sim, &list[i]);
        const struct asked *before = asked ? last[asked->peer] : NULL;

        if (before && before->said_at > asked->said_at)
            sim_fault(sim, STR_FMT " stands before " STR_FMT " and was said after it",
                      STR_ARG(before->id), STR_ARG(asked->id));
        if (!asked)
            continue;
        if (last_came_at[asked->peer] > list[i].received_at)
            sim_mark(sim, MARK_ARRIVED_LATER);
        last[asked->peer] = asked;
        last_came_at[asked->peer] = list[i].received_at;
    }
}

static const struct db_stmt all_conversations = {
    "watch_conversations",
    "SELECT id FROM conversation WHERE merged_into IS NULL ORDER BY id", NULL
};

void oracle_order(struct op *op, struct sim *sim)
{
    DB_ROWS(rows);

    check_replies(sim);
    if (db_query(op, &rows, &all_conversations) < 0) {
        sim_fault(sim, "the conversations cannot be read");
        return;
    }
    while (db_next(op, rows) == 1)
        check_words(op, sim, db_int(rows, 0));
}
