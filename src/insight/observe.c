/* observe.c - loading the observations behind each figure. */
#include "insight/metric.h"

#include "base/json.h"
#include "event/event.h"
#include "insight/stmt.h"

static struct observation *append(struct op *op, struct observations *set)
{
    if (set->count == set->size) {
        size_t size = set->size ? set->size * 2 : 64;
        struct observation *more = arena_new(op->arena, struct observation, size);

        if (set->count)
            memcpy(more, set->items, set->count * sizeof(*more));
        set->items = more;
        set->size = size;
    }
    return &set->items[set->count++];
}

static struct observation read_row(struct op *op, struct db_rows *rows)
{
    return (struct observation){
        .conversation_id = db_int(rows, 0),
        .message_id = db_int(rows, 1),
        .person_id = db_int(rows, 2),
        .channel_id = db_int(rows, 3),
        .department_id = db_int(rows, 4),
        .account_id = db_int(rows, 5),
        .at = db_int(rows, 6),
        .wall_ms = db_int(rows, 7),
        .service_ms = db_is_null(rows, 8) ? -1 : db_int(rows, 8),
        .customer_ms = -1,
        .number = -1,
        .reach = -1,
        .intent = db_text(op, rows, 9),
        .hit = db_int(rows, 10) != 0,
    };
}

/* What a statement gives beyond the eleven columns that all of them have. */
static void read_customer(struct op *op, struct db_rows *rows, struct observation *o)
{
    (void)op;
    o->customer_ms = db_int(rows, 11);
}

static void read_part(struct op *op, struct db_rows *rows, struct observation *o)
{
    o->part = db_text(op, rows, 11);
}

static void read_mix(struct op *op, struct db_rows *rows, struct observation *o)
{
    read_part(op, rows, o);
    o->hidden = db_int(rows, 12) != 0;
}

static int64_t number_or_not(struct db_rows *rows, int column)
{
    return db_is_null(rows, column) ? -1 : db_int(rows, column);
}

/* Seen so often is measured, followed by so many is an estimate from above. */
static void read_post(struct op *op, struct db_rows *rows, struct observation *o)
{
    (void)op;
    o->thread_id = db_int(rows, 11);
    o->number = db_int(rows, 12);
    o->reach = number_or_not(rows, 13);
    o->part = STR("measured");
    if (o->reach >= 0)
        return;
    o->reach = number_or_not(rows, 14);
    o->part = o->reach >= 0 ? STR("estimated") : STR("");
}

static int load(struct op *op, const struct db_stmt *stmt, int64_t from, int64_t until,
                void (*more)(struct op *, struct db_rows *, struct observation *),
                struct observations *set)
{
    struct observation *o;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, stmt, ARG_WS, ARG_INT(from), ARG_INT(until),
                 ARG_INT(METRIC_MAX_OBSERVATIONS + 1));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        if (set->count == METRIC_MAX_OBSERVATIONS)
            return op_fail_as(op, ERR_TOO_LARGE, "period_too_large",
                              "the period holds more than %d cases: choose a shorter one",
                              METRIC_MAX_OBSERVATIONS);
        o = append(op, set);
        *o = read_row(op, rows);
        if (more)
            more(op, rows, o);
    }
    return r;
}

static int load_waits(struct op *op, const struct db_stmt *closed,
                      const struct db_stmt *open, const int64_t period[2],
                      struct observations *ret)
{
    int64_t end = period[1] < op->now ? period[1] : op->now;
    struct observations set = { 0 };
    size_t first_open;
    int r = load(op, closed, period[0], period[1], NULL, &set);

    if (r < 0)
        return r;
    first_open = set.count;
    r = load(op, open, period[0], period[1], NULL, &set);
    if (r < 0)
        return r;
    for (size_t i = first_open; i < set.count; i++) {
        set.items[i].open = true;
        set.items[i].wall_ms = end > set.items[i].at ? end - set.items[i].at : 0;
    }
    *ret = set;
    return 0;
}

int observe_reactions(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret)
{
    (void)metric;
    return load_waits(op, &SQL_OBSERVE_REACTIONS, &SQL_OBSERVE_OPEN_WAITS,
                      (int64_t[]){ from, until }, ret);
}

int observe_first_reactions(struct op *op, const struct metric *metric, int64_t from,
                            int64_t until, struct observations *ret)
{
    (void)metric;
    return load_waits(op, &SQL_OBSERVE_FIRST_REACTIONS, &SQL_OBSERVE_OPEN_FIRST_WAITS,
                      (int64_t[]){ from, until }, ret);
}

static int load_one(struct op *op, const struct db_stmt *stmt, int64_t from,
                    int64_t until, struct observations *ret)
{
    struct observations set = { 0 };
    int r = load(op, stmt, from, until, NULL, &set);

    if (r < 0)
        return r;
    *ret = set;
    return 0;
}

int observe_contacts(struct op *op, const struct metric *metric, int64_t from,
                     int64_t until, struct observations *ret)
{
    (void)metric;
    return load_one(op, &SQL_OBSERVE_CONTACTS, from, until, ret);
}

int observe_resolutions(struct op *op, const struct metric *metric, int64_t from,
                        int64_t until, struct observations *ret)
{
    struct observations set = { 0 };
    int r = load(op, &SQL_OBSERVE_RESOLUTIONS, from, until, read_customer, &set);

    (void)metric;
    if (r < 0)
        return r;
    *ret = set;
    return 0;
}

int observe_answers(struct op *op, const struct metric *metric, int64_t from,
                    int64_t until, struct observations *ret)
{
    (void)metric;
    return load_one(op, &SQL_OBSERVE_ANSWERS, from, until, ret);
}

/* What was solved less than 14 days ago may still come back: not counted yet. */
int observe_solutions(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret)
{
    struct observations all, set = { 0 };
    int r = load_one(op, &SQL_OBSERVE_SOLUTIONS, from, until, &all);

    if (r < 0)
        return r;
    for (size_t i = 0; i < all.count; i++) {
        /* Reopened ones wait too: counting them at once would darken each new week. */
        if (op->now - all.items[i].at < metric->closes_early_ms)
            set.pending++;
        else
            *append(op, &set) = all.items[i];
    }
    *ret = set;
    return 0;
}

/* A conversation as it stood at an instant. */
struct standing {
    struct str state, close_reason;
    bool answered;
};

static struct str class_of(const struct standing *s)
{
    if (s->close_reason.n && !str_is(s->close_reason, "time"))
        return s->close_reason;
    if (s->answered)
        return STR("answered");
    if (str_is(s->state, "solved") || str_is(s->state, "closed"))
        return STR("no_answer_needed");
    return STR("open");
}

static int standing_now(struct op *op, int64_t id, struct standing *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_CONVERSATION_CLASS, ARG_WS, ARG_INT(id));

    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation is missing");
    ret->state = db_text(op, rows, 0);
    ret->close_reason = db_text(op, rows, 1);
    ret->answered = db_int(rows, 2) != 0;
    return 0;
}

/* The last word of the log on a column, when the event speaks of it. */
static void hear(const struct json *payload, struct standing *ret)
{
    if (json_get(payload, "state"))
        ret->state = json_text(payload, "state");
    if (json_get(payload, "close_reason"))
        ret->close_reason = json_text(payload, "close_reason");
    if (json_get(payload, "first_reaction_at"))
        ret->answered = json_int(payload, "first_reaction_at", 0) != 0;
}

/* From the log, up to the period's end. */
static int standing_at(struct op *op, int64_t id, int64_t until, struct standing *ret)
{
    struct event_row *rows;
    int64_t after = 0;
    size_t count;
    int r;

    do {
        r = event_list_conversation(op, id, after, 200, &rows, &count);
        for (size_t i = 0; r >= 0 && i < count; i++) {
            struct json *payload;

            after = rows[i].seq;
            if (rows[i].at >= until)
                return 0;
            if (!str_starts(rows[i].kind, STR("conversation.")) ||
                rows[i].payload.n == 0 || rows[i].subject_id != id)
                continue;
            r = json_parse(op, rows[i].payload, &payload);
            if (r >= 0)
                hear(payload, ret);
        }
    } while (r >= 0 && count == 200);
    return r < 0 ? r : 0;
}

int observe_mix(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                struct observations *ret)
{
    struct observations set = { 0 };
    int r = load(op, &SQL_OBSERVE_MIX, from, until, read_mix, &set);

    (void)metric;
    if (r < 0)
        return r;
    *ret = set;
    return 0;
}

int observe_books(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret)
{
    struct observations set;
    int r = load_one(op, &SQL_OBSERVE_CONVERSATIONS, from, until, &set);

    (void)metric;
    if (r < 0)
        return r;
    r = db_number(op, &set.received, &SQL_COUNT_CONVERSATIONS, ARG_WS, ARG_INT(from),
                  ARG_INT(until));
    for (size_t i = 0; r >= 0 && i < set.count; i++) {
        struct observation *o = &set.items[i];
        struct standing standing = { .state = STR("new") };

        r = until > op->now ? standing_now(op, o->conversation_id, &standing)
                            : standing_at(op, o->conversation_id, until, &standing);
        o->part = class_of(&standing);
    }
    if (r < 0)
        return r;
    *ret = set;
    return 0;
}

int observe_check_backs(struct op *op, const struct metric *metric, int64_t from,
                        int64_t until, struct observations *ret)
{
    int64_t end = until < op->now + 1 ? until : op->now + 1; /* due by now */
    struct observations set = { 0 };
    int r = load(op, &SQL_OBSERVE_CHECK_BACKS, from, end, read_part, &set);

    (void)metric;
    if (r < 0)
        return r;
    *ret = set;
    return 0;
}

/* The most shared first. */
int observe_posts(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret)
{
    struct observations set = { 0 };
    int r = load(op, &SQL_OBSERVE_POSTS, from, until, read_post, &set);

    (void)metric;
    if (r < 0)
        return r;
    for (size_t i = 0; i < set.count; i++)
        set.items[i].part = STR(""); /* which counts by reach alone */
    *ret = set;
    return 0;
}

/* Those alone of which it is known: shares without a reach would make it too high. */
int observe_reach(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret)
{
    struct observations set = { 0 };
    size_t kept = 0;
    int r = load(op, &SQL_OBSERVE_POSTS, from, until, read_post, &set);

    (void)metric;
    if (r < 0)
        return r;
    for (size_t i = 0; i < set.count; i++)
        if (set.items[i].reach > 0)
            set.items[kept++] = set.items[i];
    set.count = kept;
    *ret = set;
    return 0;
}

/* Each person once for each channel, whose followers are the number. */
static void read_follower(struct op *op, struct db_rows *rows, struct observation *o)
{
    (void)op;
    o->number = db_int(rows, 11);
}

int observe_followers(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret)
{
    struct observations set = { 0 };
    int r = load(op, &SQL_OBSERVE_FOLLOWERS, from, until, read_follower, &set);

    (void)metric;
    if (r >= 0)
        r = db_number(op, &set.base, &SQL_COUNT_FOLLOWERS, ARG_WS, ARG_INT(from),
                      ARG_INT(until));
    if (r < 0)
        return r;
    *ret = set;
    return 0;
}
