/* inbox.c - lists of conversations: from a filter to the statement that serves it. */
#include "dialogue/inbox.h"

#include "dialogue/stmt.h"

/* A tag on more conversations than this is looked for along the list, and so is what is
 * raised when it is more. */
enum { RARE = 500 };

/* The statements of one driving index. */
struct way {
    const struct db_stmt *down, *up, *count;
};

#define WAY(name)                                                                        \
    {                                                                                    \
        &SQL_INBOX_##name##_DOWN, &SQL_INBOX_##name##_UP, &SQL_INBOX_##name##_COUNT      \
    }

static const struct way by_all = WAY(ALL), by_open = WAY(OPEN), by_open_of = WAY(OPEN_OF),
                        by_open_free = WAY(OPEN_FREE), by_state = WAY(STATE),
                        by_channel = WAY(CHANNEL), by_department = WAY(DEPARTMENT),
                        by_person = WAY(PERSON), by_topic = WAY(TOPIC),
                        by_wake = WAY(WAKE), by_tag = WAY(TAG), by_alike = WAY(ALIKE),
                        by_due = WAY(DUE), by_waiting = WAY(WAITING),
                        by_raised = WAY(RAISED), by_raised_due = WAY(RAISED_DUE),
                        by_raised_waiting = WAY(RAISED_WAITING);

/* What a view means, in terms of the filter. */
struct wanted {
    struct inbox in;
    bool unfinished, waits;
    int64_t awake_at, asleep_at, due_by;
    int64_t one_id;
};

static const struct view {
    const char *name;
    bool unfinished, awake, asleep, overdue, in_time, waits, mine, free;
    const char *state, *sort;
} views[] = {
    { .name = "today", .unfinished = true, .awake = true },
    { .name = "mine", .unfinished = true, .mine = true },
    { .name = "unassigned", .unfinished = true, .free = true },
    { .name = "open", .unfinished = true },
    { .name = "unanswered",
      .unfinished = true,
      .awake = true,
      .waits = true,
      .sort = "waiting" },
    { .name = "overdue",
      .unfinished = true,
      .awake = true,
      .overdue = true,
      .sort = "due" },
    { .name = "in_time",
      .unfinished = true,
      .awake = true,
      .in_time = true,
      .waits = true,
      .sort = "waiting" },
    { .name = "snoozed", .unfinished = true, .asleep = true, .sort = "wake" },
    { .name = "waiting", .state = "waiting" },
    { .name = "solved", .state = "solved" },
    { NULL },
};

/* Newest first: the key gets smaller down the list. */
static bool falls(struct str sort)
{
    return !str_is(sort, "due") && !str_is(sort, "waiting") && !str_is(sort, "wake");
}

static const struct view *view_of(const struct inbox *inbox)
{
    const struct view *v = views;

    while (v->name && !str_is(inbox->view, v->name))
        v++;
    return v; /* the last one filters nothing: "all" */
}

static struct str sort_of(const struct inbox *inbox)
{
    const char *usual = view_of(inbox)->sort;

    return inbox->sort.n || !usual ? inbox->sort : str_of(usual);
}

static struct wanted want(const struct op *op, const struct inbox *inbox)
{
    const struct view *v = view_of(inbox);
    struct wanted w = { .in = *inbox };

    w.unfinished = v->unfinished || inbox->raised > RAISED_NOT;
    w.waits = v->waits;
    w.awake_at = v->awake ? op->now : 0;
    w.asleep_at = v->asleep ? op->now : 0;
    w.due_by = v->overdue ? op->now : v->in_time ? -op->now : 0;
    if (v->mine)
        w.in.assignee_id = inbox->account_id;
    if (v->free)
        w.in.assignee_id = -1;
    if (v->state)
        w.in.state = str_of(v->state);
    w.in.sort = sort_of(inbox);
    return w;
}

/* Of what is new or open there is no list apart: most of what is unfinished is. */
static bool is_begun(struct str state)
{
    return str_is(state, "new") || str_is(state, "open");
}

/* The index that leaves the least to look through. */
static const struct way *by_newest(const struct wanted *w)
{
    const struct inbox *in = &w->in;

    if (in->person_id)
        return &by_person;
    if (in->topic.n)
        return &by_topic;
    if (w->unfinished && in->assignee_id > 0)
        return &by_open_of;
    if (w->unfinished && in->assignee_id < 0)
        return &by_open_free;
    if (w->unfinished || is_begun(in->state))
        return &by_open;
    if (in->channel_id)
        return &by_channel;
    if (in->state.n)
        return &by_state;
    return in->department_id ? &by_department : &by_all;
}

static const struct way *by_raised_order(const struct wanted *w)
{
    if (str_is(w->in.sort, "due"))
        return &by_raised_due;
    return str_is(w->in.sort, "waiting") ? &by_raised_waiting : &by_raised;
}

static const struct way *by_order(const struct wanted *w)
{
    if (str_is(w->in.sort, "due"))
        return &by_due;
    if (str_is(w->in.sort, "wake"))
        return &by_wake;
    return str_is(w->in.sort, "waiting") ? &by_waiting : by_newest(w);
}

static int choose_raised(struct op *op, const struct wanted *w, const struct way **ret)
{
    int64_t raised;
    int r = db_number(op, &raised, &SQL_INBOX_ALL_RAISED, ARG_WS, ARG_INT(w->in.raised),
                      ARG_INT(RARE));

    if (r < 0)
        return r;
    if (raised < RARE)
        *ret = by_raised_order(w);
    return 0;
}

static int choose(struct op *op, const struct wanted *w, const struct way **ret)
{
    int64_t tagged;
    int r;

    *ret = by_order(w);
    if (w->in.raised > RAISED_NOT && !str_is(w->in.sort, "wake"))
        return choose_raised(op, w, ret);
    if (w->in.alike_id && falls(w->in.sort)) {
        *ret = &by_alike;
        return 0;
    }
    if (w->in.tag.n == 0 || !falls(w->in.sort))
        return 0;
    r = db_number(op, &tagged, &SQL_INBOX_TAGGED_COUNT, ARG_WS, ARG_TEXT(w->in.tag),
                  ARG_INT(RARE));
    if (r < 0)
        return r;
    if (tagged < RARE)
        *ret = &by_tag;
    return 0;
}

/* The arguments that all statements of the inbox share. */
#define WANTED_ARGS(w, limit)                                                            \
    ARG_WS, ARG_TEXT((w).in.state), ARG_INT((w).in.department_id),                       \
        ARG_INT((w).in.channel_id), ARG_INT((w).in.assignee_id),                         \
        ARG_INT((w).in.person_id), ARG_TEXT((w).in.intent), ARG_TEXT((w).in.topic),      \
        ARG_TEXT((w).in.tag), ARG_BOOL((w).unfinished), ARG_INT((w).awake_at),           \
        ARG_INT((w).asleep_at), ARG_INT((w).due_by), ARG_BOOL((w).waits),                \
        ARG_INT((w).one_id), ARG_INT((w).in.key), ARG_INT((w).in.id), ARG_INT(limit),    \
        ARG_TEXT((w).in.mark), ARG_INT((w).in.alike_id), ARG_INT((w).in.raised)

static void turn_round(struct conversation *list, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct conversation kept = list[i];

        list[i] = list[count - 1 - i];
        list[count - 1 - i] = kept;
    }
}

int inbox_list(struct op *op, const struct inbox *inbox, struct conversation **ret,
               size_t *ret_count)
{
    struct wanted w = want(op, inbox);
    const struct way *way;
    struct conversation *list;
    size_t count;
    int r = choose(op, &w, &way);

    if (r < 0)
        return r;
    if (!w.in.placed)
        w.in.key = w.in.id = falls(w.in.sort) != w.in.up ? INT64_MAX : -1;
    r = record_list(op, &conversation_record, &list, &count,
                    w.in.up ? way->up : way->down, WANTED_ARGS(w, w.in.limit));
    if (r < 0)
        return r;
    if (w.in.up)
        turn_round(list, count);
    *ret = list;
    *ret_count = count;
    return 0;
}

int inbox_raised_first(struct op *op, const struct inbox *inbox,
                       struct conversation **ret, size_t *ret_count)
{
    struct inbox part = *inbox;
    struct conversation *list =
        arena_new(op->arena, struct conversation, (size_t)inbox->limit);
    size_t count = 0;

    for (int degree = RAISED_TOP; degree >= RAISED_NOT && part.limit > 0; degree--) {
        struct conversation *some;
        size_t n;
        int r;

        part.raised = (enum raised)degree;
        r = inbox_list(op, &part, &some, &n);
        if (r < 0)
            return r;
        if (n)
            memcpy(list + count, some, n * sizeof(*list));
        count += n;
        part.limit -= (int64_t)n;
    }
    *ret = list;
    *ret_count = count;
    return 0;
}

int inbox_count(struct op *op, const struct inbox *inbox, int64_t most, int64_t *ret)
{
    struct wanted w = want(op, inbox);
    const struct db_stmt *stmt = by_order(&w)->count;
    int r;

    if (w.in.raised > RAISED_NOT)
        stmt = by_raised_order(&w)->count;
    else if (w.in.alike_id)
        stmt = &SQL_INBOX_ALIKE_COUNT;
    else if (w.in.tag.n)
        stmt = &SQL_INBOX_TAG_COUNT;
    else if (w.due_by > 0)
        stmt = &SQL_INBOX_OVERDUE_COUNT;
    r = db_number(op, ret, stmt, WANTED_ARGS(w, most));
    return r < 0 ? r : 0;
}

int inbox_match(struct op *op, const struct inbox *inbox, int64_t conversation_id)
{
    struct wanted w = want(op, inbox);
    int64_t n;
    int r;

    w.one_id = conversation_id;
    r = db_number(op, &n, &SQL_INBOX_ONE_COUNT, WANTED_ARGS(w, 1));
    if (r < 0)
        return r;
    return n ? 0 : INBOX_NO_MATCH;
}

int64_t inbox_key(const struct inbox *inbox, const struct conversation *c)
{
    struct str sort = sort_of(inbox);

    if (str_is(sort, "due"))
        return c->due_at;
    if (str_is(sort, "wake"))
        return c->snooze_until_at;
    return str_is(sort, "waiting") ? c->waiting_since_at : c->last_message_at;
}

void inbox_place_at(struct inbox *inbox, int64_t at)
{
    inbox->placed = true;
    inbox->key = at;
    inbox->id = falls(sort_of(inbox)) ? INT64_MAX : -1;
}

static int labels(struct op *op, const struct db_stmt *stmt, struct str **ret,
                  size_t *ret_count)
{
    struct str *list = arena_new(op->arena, struct str, INBOX_MAX_LABELS);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, stmt, ARG_WS, ARG_INT(INBOX_MAX_LABELS));

    while (r >= 0 && n < INBOX_MAX_LABELS && (r = db_next(op, rows)) > 0)
        list[n++] = db_text(op, rows, 0);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int inbox_tags(struct op *op, struct str **ret, size_t *ret_count)
{
    return labels(op, &SQL_INBOX_TAGS, ret, ret_count);
}

int inbox_topics(struct op *op, struct str **ret, size_t *ret_count)
{
    return labels(op, &SQL_INBOX_TOPICS, ret, ret_count);
}
