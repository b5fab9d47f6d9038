/* measured.c - what networks count, of a channel's account and of its own posts. */
#include "dialogue/measured.h"

#include "dialogue/message.h"
#include "dialogue/stmt.h"

/* What of a post stands among its reactions, too. */
static const struct {
    enum counted_kind kind;
    const char *reaction;
} reactions[] = {
    { COUNTED_LIKES, "like" },
    { COUNTED_SHARES, "share" },
    { COUNTED_QUOTES, "quote" },
};

int64_t measured_step(int64_t age_ms)
{
    if (age_ms < MEASURED_HOURLY_MS)
        return HOURS(1);
    return age_ms < MEASURED_DAILY_MS ? DAYS(1) : DAYS(7);
}

static int64_t number_or_not(struct db_rows *rows, int column)
{
    return db_is_null(rows, column) ? COUNTED_NOT_GIVEN : db_int(rows, column);
}

static struct db_arg arg_count(int64_t number)
{
    return number == COUNTED_NOT_GIVEN ? ARG_NULL : ARG_INT(number);
}

int measured_get(struct op *op, int64_t channel_id, int64_t message_id,
                 struct measured *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_MEASURED_GET, ARG_WS, ARG_INT(channel_id),
                     ARG_INT(message_id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return MEASURED_NONE;
    *ret = (struct measured){ .channel_id = channel_id,
                              .message_id = message_id,
                              .measured_at = db_int(rows, 0),
                              .next_at = db_int(rows, 1),
                              .failed_at = db_int(rows, 2),
                              .error = db_text(op, rows, 3),
                              .now.there = !db_is_null(rows, 0) };
    for (int i = 0; i < COUNTED_KINDS; i++)
        ret->now.of[i] = number_or_not(rows, 4 + i);
    return 0;
}

static int put(struct op *op, const struct measured *m)
{
    return db_run(
        op, &SQL_MEASURED_PUT, ARG_WS, ARG_INT(m->channel_id), ARG_INT(m->message_id),
        ARG_TIME(m->measured_at), ARG_INT(m->next_at), ARG_TIME(m->failed_at),
        ARG_TEXT(m->error), arg_count(m->now.of[COUNTED_FOLLOWERS]),
        arg_count(m->now.of[COUNTED_LIKES]), arg_count(m->now.of[COUNTED_SHARES]),
        arg_count(m->now.of[COUNTED_QUOTES]), arg_count(m->now.of[COUNTED_REPLIES]),
        arg_count(m->now.of[COUNTED_VIEWS]));
}

/* A number that was never given and is not given now is no point; of the account each one
 * that is given is. */
static int keep_point(struct op *op, const struct measured *was, int kind, int64_t number)
{
    bool each = !was->message_id && number != COUNTED_NOT_GIVEN;

    if (!each && number == was->now.of[kind])
        return 0;
    return db_run(op, &SQL_MEASURED_POINT_ADD, ARG_WS, ARG_INT(was->channel_id),
                  ARG_INT(was->message_id), ARG_TEXT(str_of(counted_names[kind])),
                  ARG_INT(op->now), arg_count(number));
}

static int keep_reactions(struct op *op, int64_t message_id, const struct counted *now)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < COUNT_OF(reactions); i++)
        if (now->of[reactions[i].kind] != COUNTED_NOT_GIVEN)
            r = message_set_reactions(op, message_id, str_of(reactions[i].reaction),
                                      now->of[reactions[i].kind], op->now);
    return r;
}

int measured_keep(struct op *op, const struct measured *was, int64_t next_at,
                  const struct counted *now)
{
    struct measured m = *was;
    int r = 0;

    m.next_at = next_at;
    if (!now->there)
        return put(op, &m);
    for (int i = 0; r >= 0 && i < COUNTED_KINDS; i++)
        r = keep_point(op, was, i, now->of[i]);
    if (r >= 0 && was->message_id)
        r = keep_reactions(op, was->message_id, now);
    if (r < 0)
        return r;
    m.measured_at = op->now;
    m.now = *now;
    return put(op, &m);
}

int measured_fail(struct op *op, int64_t channel_id, struct str reason)
{
    struct measured m = { .channel_id = channel_id, .now = counted_nothing() };
    int r = measured_get(op, channel_id, 0, &m);

    if (r < 0)
        return r;
    m.failed_at = reason.n ? op->now : 0;
    m.error = reason;
    return put(op, &m);
}

int measured_list_due(struct op *op, int64_t channel_id, int64_t limit,
                      struct measured_due **ret, size_t *ret_count)
{
    struct measured_due *list = arena_new(op->arena, struct measured_due, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MEASURED_DUE, ARG_WS, ARG_INT(channel_id),
                 ARG_INT(op->now - MEASURED_WEEKLY_MS), ARG_INT(op->now), ARG_INT(limit));
    if (r < 0)
        return r;
    while (n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct measured_due){ .message_id = db_int(rows, 0),
                                           .sent_at = db_int(rows, 1),
                                           .external_id = db_text(op, rows, 2),
                                           .thread_id = db_int(rows, 3) };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int measured_series(struct op *op, const struct measured_span *span,
                    struct measured_point **ret, size_t *ret_count)
{
    struct measured_point *list =
        arena_new(op->arena, struct measured_point, MEASURED_MAX_POINTS);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MEASURED_POINTS, ARG_WS, ARG_INT(span->channel_id),
                 ARG_INT(span->message_id), ARG_INT(span->from), ARG_INT(span->until),
                 ARG_INT(MEASURED_MAX_POINTS));
    if (r < 0)
        return r;
    while (n < MEASURED_MAX_POINTS && (r = db_next(op, rows)) > 0)
        list[n++] = (struct measured_point){ .kind = db_text(op, rows, 0),
                                             .at = db_int(rows, 1),
                                             .number = number_or_not(rows, 2) };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

static const char here[] = "here", removed[] = "removed", hidden[] = "hidden";

/* The last points of a post, in words of measured_answers. */
static int read_answers(struct op *op, int64_t channel_id, int64_t message_id,
                        struct measured_answers *ret)
{
    const struct measured_span all = { channel_id, message_id, 0, INT64_MAX };
    struct measured_point *points;
    size_t count;
    int r = measured_series(op, &all, &points, &count);

    *ret = (struct measured_answers){ COUNTED_NOT_GIVEN, -1, -1, -1, 0 };
    for (size_t i = 0; r >= 0 && i < count; i++) {
        const struct {
            const char *name;
            int64_t *number;
        } kinds[] = { { counted_names[COUNTED_REPLIES], &ret->network },
                      { here, &ret->here },
                      { removed, &ret->removed },
                      { hidden, &ret->hidden } };

        for (size_t k = 0; k < COUNT_OF(kinds); k++) {
            if (!str_is(points[i].kind, kinds[k].name))
                continue;
            *kinds[k].number = points[i].number;
            ret->since = points[i].at;
        }
    }
    return r;
}

static int count_answers(struct op *op, const struct measured_due *due,
                         struct measured_answers *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_MEASURED_ANSWERS, ARG_WS, ARG_INT(due->thread_id),
                     ARG_INT(due->message_id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r;
    ret->here = db_int(rows, 0);
    ret->removed = db_int(rows, 1);
    ret->hidden = db_int(rows, 2);
    return 0;
}

int measured_keep_answers(struct op *op, int64_t channel_id,
                          const struct measured_due *due)
{
    struct measured_answers was, now = { 0 };
    int r = read_answers(op, channel_id, due->message_id, &was);

    if (r < 0 || was.network == COUNTED_NOT_GIVEN)
        return r;
    r = count_answers(op, due, &now);
    {
        const struct {
            const char *name;
            int64_t was, now;
        } kinds[] = { { here, was.here, now.here },
                      { removed, was.removed, now.removed },
                      { hidden, was.hidden, now.hidden } };

        for (size_t i = 0; r >= 0 && i < COUNT_OF(kinds); i++)
            if (kinds[i].was != kinds[i].now)
                r = db_run(op, &SQL_MEASURED_POINT_ADD, ARG_WS, ARG_INT(channel_id),
                           ARG_INT(due->message_id), ARG_TEXT(str_of(kinds[i].name)),
                           ARG_INT(op->now), ARG_INT(kinds[i].now));
    }
    return r;
}

int measured_answers(struct op *op, int64_t channel_id, int64_t message_id,
                     struct measured_answers *ret)
{
    int r = read_answers(op, channel_id, message_id, ret);

    if (r < 0)
        return r;
    return ret->network == COUNTED_NOT_GIVEN || ret->here < 0 ? MEASURED_NONE : 0;
}

bool measured_differs(const struct measured *m, const struct measured_answers *answers)
{
    return answers->network != answers->here &&
           m->measured_at - answers->since >= MEASURED_DIFFERS_MS;
}
