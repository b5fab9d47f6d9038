/* oracle.c - what must be true, held against the ledger of what was said, acknowledged
 * and taken by the networks. It reads the store through a connection of its own.
 */
#include "simulate/sim.h"

#include "desk/clocks.h"
#include "dialogue/outbox.h"
#include "dialogue/check_back.h"
#include "insight/metric.h"

static void open_watcher(struct sim *sim, struct op *op)
{
    ramdisk_act_as(&sim->watcher);
    if (db_open(op, STR(SIM_URL), true, &sim->watcher_db) < 0)
        sim->watcher_db = NULL;
    ramdisk_act_as(sim->acting ? &sim->acting->owner : NULL);
}

struct op watch_op(struct sim *sim, struct arena *arena)
{
    struct op op = { .arena = arena,
                     .world = &sim->world,
                     .id = STR("oracle"),
                     .now = sim_now(sim),
                     .workspace = sim->workspace_id };

    if (!sim->watcher_db) {
        struct life *acting = TAKE(sim->acting); /* its failpoints are not ours */

        open_watcher(sim, &op);
        sim->acting = acting;
        ramdisk_act_as(acting ? &acting->owner : NULL);
    }
    op.db = sim->watcher_db;
    return op;
}

void watch_end(struct sim *sim)
{
    if (!sim->watcher_db)
        return;
    ramdisk_owner_dies(&sim->watcher);
    db_close(TAKE(sim->watcher_db));
    sim->watcher.dead = false;
}

int64_t watch_number(struct sim *sim, const struct db_stmt *stmt,
                     const struct db_arg *args, size_t count)
{
    ARENA(scratch);
    struct op op = watch_op(sim, &scratch);
    int64_t n = -1;
    int r;

    if (!op.db)
        return -1;
    r = db_number_args(&op, &n, stmt, args, count);
    if (r < 0)
        sim_fault(sim, "the watcher cannot read: " STR_FMT " (" STR_FMT ")",
                  STR_ARG(op.err.text), STR_ARG(op.err.detail));
    return r == 0 ? n : -1;
}

bool oracle_is_at_rest(struct sim *sim)
{
    if (WATCH(sim, "SELECT COUNT(*) FROM outbox WHERE state IN "
                   "('queued', 'sending', 'unknown')") > 0)
        return false;
    if (WATCH(sim, "SELECT COUNT(*) FROM raw_item WHERE "
                   "state = 'received'") > 0)
        return false;
    return true;
}

/* Also while it lives: some things leave no trace. */
static void mark_pace(struct sim *sim)
{
    if (WATCH(sim, "SELECT COUNT(*) FROM channel_pace WHERE open_until_at > 0") > 0)
        sim_mark(sim, MARK_BREAKER_OPEN);
    if (WATCH(sim, "SELECT COUNT(*) FROM conversation WHERE priority = 1") > 0)
        sim_mark(sim, MARK_CHASED);
}

void oracle_look(struct sim *sim)
{
    ARENA(scratch);
    struct op op = watch_op(sim, &scratch);

    if (!op.db)
        return;
    oracle_clocks(&op, sim);
    mark_pace(sim);
}

/* Every word that was acknowledged, or that could be fetched, stands there once. */
static void check_asked(struct sim *sim)
{
    for (size_t i = 0; i < sim->asked_count && !sim_has_failed(sim); i++) {
        const struct asked *asked = sim->asked[i];
        int64_t n = WATCH(
            sim,
            "SELECT COUNT(*) FROM message WHERE channel_id = $1 AND external_id = $2",
            ARG_INT(sim->peers[asked->peer].channel_id), ARG_TEXT(asked->id));

        if (asked->echo)
            continue;
        if (n == 0 && (asked->acked_at || asked->published))
            sim_fault(sim, STR_FMT " was %s and is lost", STR_ARG(asked->id),
                      asked->acked_at ? "acknowledged" : "published");
        if (n > 1)
            sim_fault(sim, STR_FMT " is there %lld times", STR_ARG(asked->id),
                      (long long)n);
    }
}

static void check_inbound(struct sim *sim)
{
    int64_t said = 0, stored, texts;

    for (size_t i = 0; i < sim->asked_count; i++)
        said += !sim->asked[i]->echo && !sim->asked[i]->of;
    stored = WATCH(sim, "SELECT COUNT(*) FROM message WHERE direction <> 'out'");
    if (stored > said)
        sim_fault(sim, "%lld messages were said and %lld are stored", (long long)said,
                  (long long)stored);
    texts = WATCH(sim, "SELECT COUNT(*) FROM raw_item WHERE state = 'failed'");
    if (texts > 0)
        sim_fault(sim, "%lld items could not be understood", (long long)texts);
}

static size_t copies_of(const struct peer *peer, int64_t outbox_id, int64_t *ret_first)
{
    char key[48];
    size_t copies = 0;

    snprintf(key, sizeof(key), "draht-%lld", (long long)outbox_id);
    for (size_t i = 0; i < peer->taken_count; i++) {
        if (!str_is(peer->taken[i].key, key))
            continue;
        if (copies++ == 0)
            *ret_first = peer->taken[i].applied_at;
    }
    return copies;
}

static bool read_box(struct sim *sim, struct op *op, int64_t id, struct outbox *ret)
{
    if (outbox_get(op, id, ret) == 0)
        return true;
    sim_fault(sim, "reply %lld was acknowledged and is lost", (long long)id);
    return false;
}

static const struct db_stmt history = {
    "watch_history",
    "SELECT at, kind FROM event WHERE workspace_id = $1 AND subject_id = $2 ORDER BY seq",
    NULL
};

/* Into the trace: what the log says of a reply about which something is not true. */
static void trace_history(struct sim *sim, struct op *op, int64_t outbox_id)
{
    DB_ROWS(rows);

    if (!sim_has_failed(sim) ||
        db_query(op, &rows, &history, ARG_WS, ARG_INT(outbox_id)) < 0)
        return;
    while (db_next(op, rows) == 1)
        sim_trace(sim, "%lld: %lld " STR_FMT, (long long)outbox_id,
                  (long long)db_int(rows, 0), STR_ARG(db_text(op, rows, 1)));
}

static void check_answer(struct sim *sim, struct op *op, struct answer *answer)
{
    size_t copies =
        copies_of(&sim->peers[answer->peer], answer->outbox_id, &answer->taken_at);
    long long id = (long long)answer->outbox_id;
    bool first = !sim_has_failed(sim);
    struct outbox box;

    answer->copies = copies;
    if (!read_box(sim, op, answer->outbox_id, &box))
        return;
    if (copies > 1 + answer->retries) {
        sim->result->doubled++;
        sim_fault(sim, "reply %lld was taken %zu times", id, copies);
    }
    if (str_is(box.state, "sent") && !str_is(box.how, "by_person") && copies == 0) {
        sim->result->lost++;
        sim_fault(sim, "reply %lld is marked as sent and was never taken", id);
    }
    if ((str_is(box.state, "failed") || str_is(box.state, "cancelled")) &&
        copies > answer->retries)
        sim_fault(sim, "reply %lld is " STR_FMT " and was taken", id, STR_ARG(box.state));
    if (str_is(box.state, "queued") || str_is(box.state, "sending") ||
        str_is(box.state, "unknown"))
        sim_fault(sim, "reply %lld is " STR_FMT " for ever", id, STR_ARG(box.state));
    if (first)
        trace_history(sim, op, answer->outbox_id);
    if (str_is(box.state, "uncertain"))
        sim_mark(sim, MARK_OUTBOX_UNCERTAIN);
    if (str_is(box.state, "failed"))
        sim_mark(sim, MARK_OUTBOX_FAILED);
    if (str_is(box.how, "found"))
        sim_mark(sim, MARK_OUTBOX_FOUND);
    if (str_is(box.how, "echo"))
        sim_mark(sim, MARK_OUTBOX_ECHO);
}

/* What no colleague was told of may be there or not, but once. */
static void check_taken(struct sim *sim, const struct peer *peer)
{
    for (size_t i = 0; i < peer->taken_count && !sim_has_failed(sim); i++) {
        const struct taken *a = &peer->taken[i];
        int64_t id = 0;
        bool known = false;

        if (!str_to_i64(str_sub(a->key, 6, a->key.n), &id))
            sim_fault(sim, "network %u took a strange key", peer->number);
        for (size_t j = 0; j < sim->answer_count; j++) {
            if (sim->answers[j].outbox_id != id)
                continue;
            known = true;
            if (!str_eq(sim->answers[j].text, a->text))
                sim_fault(sim, "reply %lld left with other words", (long long)id);
        }
        for (size_t j = 0; !known && j < i; j++)
            if (str_eq(peer->taken[j].key, a->key))
                sim_fault(sim, "reply " STR_FMT " was taken twice", STR_ARG(a->key));
    }
}

static void check_notes(struct sim *sim)
{
    for (size_t i = 0; i < sim->note_count && !sim_has_failed(sim); i++)
        if (WATCH(sim, "SELECT COUNT(*) FROM note WHERE id = $1",
                  ARG_INT(sim->notes[i].id)) != 1)
            sim_fault(sim, "note %lld was acknowledged and is lost",
                      (long long)sim->notes[i].id);
}

static const struct record *const records[] = {
    &message_record, &conversation_record, &wait_record,
    &segment_record, &outbox_record,       &check_back_record,
};

static void check_log(struct sim *sim, struct op *op)
{
    int64_t count, seq;
    struct str why;
    int r = event_verify(op, &count, &seq, &why);

    if (r)
        sim_fault(sim, "the log is broken at %lld: " STR_FMT, (long long)seq,
                  STR_ARG(why));
    for (size_t i = 0; !r && i < COUNT_OF(records); i++) {
        r = record_verify(op, records[i], &count, &why);
        if (r)
            sim_fault(sim, "the log tells another story: " STR_FMT, STR_ARG(why));
    }
}

static void check_books(struct sim *sim, struct op *op)
{
    const struct metric *books = metric_by_slug(STR("books_balance"));
    struct observations set;

    if (books->load(op, books, 0, op->now + 1, &set) < 0 ||
        set.received != (int64_t)set.count)
        sim_fault(sim, "the books do not balance");
}

static void mark_rest(struct sim *sim)
{
    static const struct {
        const char *kind;
        enum simulate_mark mark;
    } kinds[] = {
        { "conversation.merged", MARK_MERGED },
        { "conversation.reopened", MARK_REOPENED },
        { "check_back.due", MARK_CHECK_BACK_DUE },
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (WATCH(sim, "SELECT COUNT(*) FROM event WHERE kind = $1",
                  ARG_TEXT(str_of(kinds[i].kind))) > 0)
            sim_mark(sim, kinds[i].mark);
    if (WATCH(sim, "SELECT COUNT(*) FROM conversation WHERE close_reason = 'time'") > 0)
        sim_mark(sim, MARK_CLOSED_IN_TIME);
    if (WATCH(sim, "SELECT COUNT(*) FROM delivery WHERE action = 'send' AND "
                   "detail = 'the worker did not come back'") > 0)
        sim_mark(sim, MARK_LEASE_EXPIRED);
    if (WATCH(sim, "SELECT COUNT(*) FROM delivery WHERE outcome = 'absent'") > 0)
        sim_mark(sim, MARK_OUTBOX_ABSENT);
}

static void trace_head(struct sim *sim, struct op *op)
{
    struct str hash = STR("");
    int64_t seq = 0;

    if (event_head(op, &seq, &hash) >= 0) {
        unsigned sum = 0;

        for (size_t i = 0; i < hash.n; i++)
            sum = sum * 31 + (unsigned char)hash.p[i];
        sim_trace(sim, "%lld events, head %u", (long long)seq, sum);
    }
}

void oracle_end(struct sim *sim)
{
    ARENA(scratch);
    struct op op = watch_op(sim, &scratch);

    if (!op.db) {
        sim_fault(sim, "the store cannot be read in the end");
        return;
    }
    check_inbound(sim);
    check_asked(sim);
    edits_check(&op, sim);
    for (size_t i = 0; i < sim->answer_count; i++)
        check_answer(sim, &op, &sim->answers[i]);
    for (unsigned i = 0; i < sim->plan.peers; i++)
        check_taken(sim, &sim->peers[i]);
    oracle_order(&op, sim);
    check_notes(sim);
    oracle_recount(&op, sim);
    check_books(sim, &op);
    check_log(sim, &op);
    mark_rest(sim);
    trace_head(sim, &op);
    sim->result->answers = (int64_t)sim->answer_count;
}
