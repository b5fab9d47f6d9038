/* word_list.c - words by which a workspace names topics, intents, thanks, opt-outs. */
#include "admin/word_list.h"

#include "admin/stmt.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "text/lists.h"
#include "text/personal.h"

static const struct column columns[] = {
    COLUMN(word_list, id, COLUMN_ID),
    COLUMN(word_list, kind, COLUMN_TEXT),
    COLUMN_WORDS(word_list, value),
    COLUMN_WORDS(word_list, words),
    COLUMN(word_list, created_at, COLUMN_TIME),
    COLUMN(word_list, updated_at, COLUMN_TIME),
    { NULL },
};

const struct record word_list_record = {
    .table = "word_list",
    .columns = columns,
    .size = sizeof(struct word_list),
    .get = &SQL_WORD_LIST_GET,
    .add = &SQL_WORD_LIST_ADD,
    .set = &SQL_WORD_LIST_SET,
    .all = &SQL_WORD_LIST_ALL,
};

static int check_pattern(struct op *op, struct str pattern)
{
    if (personal_is_pattern(pattern))
        return 0;
    return op_fail_field_as(op, "words", "no_pattern",
                            "has a pattern without two zeros, or not of %d to %d signs",
                            PERSONAL_MIN_PATTERN, PERSONAL_MAX_PATTERN);
}

/* Patterns of order numbers: few, since each is looked for everywhere. */
static int check_patterns(struct op *op, struct str words)
{
    size_t count = 0;
    int r = 0;

    while (r == 0 && words.n > 0) {
        struct str word = str_trim(str_cut(words, '\n', &words));
        if (word.n == 0)
            continue;
        if (++count > PERSONAL_MAX_PATTERNS)
            return op_too_many(op, "words", PERSONAL_MAX_PATTERNS);
        r = check_pattern(op, word);
    }
    return r;
}

static int check_words(struct op *op, struct str words)
{
    size_t count = 0;

    while (words.n > 0) {
        struct str word = str_trim(str_cut(words, '\n', &words));
        if (word.n == 0)
            continue;
        if (utf8_count(word) > WORD_LIST_MAX_WORD)
            return op_fail_field_as(op, "words", "too_long",
                                    "has a member longer than %d characters",
                                    WORD_LIST_MAX_WORD);
        if (++count > WORD_LIST_MAX_WORDS)
            return op_too_many(op, "words", WORD_LIST_MAX_WORDS);
    }
    return 0;
}

static bool is_among(struct str kind, const char *const *kinds)
{
    while (*kinds && !str_is(kind, *kinds))
        kinds++;
    return *kinds != NULL;
}

/* The list's kind, and a name where it needs one. */
static int check_name(struct op *op, const struct word_list *list)
{
    static const char *const with[] = { TEXT_TOPIC, TEXT_INTENT, TEXT_COMPETITOR, NULL };
    static const char *const without[] = { TEXT_THANKS, TEXT_OPT_OUT, TEXT_ORDER_NUMBER,
                                           NULL };
    bool named = is_among(list->kind, with);

    if (!named && !is_among(list->kind, without))
        return op_fail_field_as(
            op, "kind", "not_a_choice",
            "must be topic, intent, competitor, thanks, opt_out or order_number");
    if (named && list->value.n == 0)
        return op_fail_field_as(op, "value", "required", "must name the " STR_FMT,
                                STR_ARG(list->kind));
    if (!named && list->value.n > 0)
        return op_fail_field_as(op, "value", "not_empty", "must be empty for " STR_FMT,
                                STR_ARG(list->kind));
    return 0;
}

static int check(struct op *op, const struct word_list *list)
{
    int64_t other;
    int r = check_name(op, list);

    if (r == 0)
        r = str_is(list->kind, TEXT_ORDER_NUMBER) ? check_patterns(op, list->words)
                                                  : check_words(op, list->words);
    if (r < 0)
        return r;
    r = db_number(op, &other, &SQL_WORD_LIST_BY_VALUE, ARG_WS, ARG_TEXT(list->kind),
                  ARG_TEXT(list->value));
    if (r == 0 && other != list->id)
        return op_fail_as(op, ERR_CONFLICT, "name_taken",
                          "there is a list for " STR_FMT " " STR_FMT " already",
                          STR_ARG(list->kind), STR_ARG(list->value));
    return r < 0 ? r : 0;
}

int word_list_add(struct op *op, struct word_list *list)
{
    struct event event = { .kind = "word_list.created" };
    struct word_list made = *list;
    int r;

    made.id = 0;
    made.value = str_trim(made.value);
    r = check(op, &made);
    if (r < 0)
        return r;
    made.id = id_next(op);
    made.created_at = made.updated_at = op->now;
    event.subject_id = made.id;
    r = record_insert(op, &word_list_record, &made, &event);
    if (r == 0)
        *list = made;
    return r;
}

int word_list_get(struct op *op, int64_t id, struct word_list *ret)
{
    int r = record_get(op, &word_list_record, id, ret);

    return r == RECORD_NOT_FOUND ? WORD_LIST_NOT_FOUND : r;
}

int word_list_update(struct op *op, const struct word_list *old,
                     const struct word_list *now)
{
    struct event event = { .kind = "word_list.updated", .subject_id = now->id };
    struct word_list changed = *now;
    int r = check(op, now);

    if (r < 0)
        return r;
    changed.updated_at = op->now;
    return record_update(op, &word_list_record, old, &changed, &event);
}

int word_list_list(struct op *op, int64_t after, int64_t limit, struct word_list **ret,
                   size_t *ret_count)
{
    struct word_list *list = arena_new(op->arena, struct word_list, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r =
        db_query(op, &rows, &SQL_WORD_LIST_LIST, ARG_WS, ARG_INT(after), ARG_INT(limit));

    if (r < 0)
        return r;
    while ((int64_t)n < limit && (r = db_next(op, rows)) > 0)
        record_read(op, &word_list_record, rows, 0, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
