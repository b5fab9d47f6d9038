/* record_verify.c - rebuild a table from the log and compare.
 *
 * The rows of one table are kept in memory at once, without their words; the log
 * is read page by page. That is enough for `draht verify` and for tests.
 */
#include "base/ids.h"
#include "base/json.h"
#include "base/map.h"
#include "event/event_row.h"
#include "event/record_column.h"
#include "event/stmt.h"

struct rebuilt {
    struct rebuilt *next;
    void *row;
};

struct replay {
    const struct record *record;
    struct arena *arena; /* of the rows */
    struct map rows;     /* by id: struct rebuilt */
    struct rebuilt *first;
    int64_t seq; /* how far the log has been read */
};

static int64_t number_of(const struct column *column, const struct json *value)
{
    int64_t id = 0;

    if (column->type == COLUMN_ID)
        id_parse(value->text, &id); /* null stays 0 */
    else if (column->type == COLUMN_BOOL)
        id = value->boolean;
    else if (value->type == JSON_INT)
        id = value->integer;
    return id;
}

static void *row_of(struct replay *replay, int64_t id)
{
    struct rebuilt *found = map_get_id(&replay->rows, id);

    if (!found) {
        found = arena_new(replay->arena, struct rebuilt, 1);
        found->row =
            arena_alloc(replay->arena, replay->record->size, alignof(max_align_t), 1);
        found->next = replay->first;
        replay->first = found;
        map_put_id(&replay->rows, id, found);
    }
    return found->row;
}

/* What one payload says of one row. */
static void apply_row(struct replay *replay, const struct json *json)
{
    const struct column *columns = replay->record->columns;
    int64_t id;
    void *row;

    if (!str_is(json_text(json, "_t"), replay->record->table) ||
        !id_parse(json_text(json, columns->name), &id))
        return; /* of another table */
    row = row_of(replay, id);
    for (const struct column *c = columns; c->name; c++) {
        const struct json *value = json_get(json, c->name);

        if (!value || c->words)
            continue;
        if (column_is_text(c))
            *column_text(c, row) = arena_dup(replay->arena, value->text);
        else
            *column_number(c, row) = number_of(c, value);
    }
}

/* The rows that were told along changed before the one that the event is about. */
static int apply(struct op *op, struct replay *replay, struct str payload)
{
    const struct json *with;
    struct json *json;
    int r;

    r = json_parse(op, payload, &json);
    if (r < 0)
        return op_detail(op,
                         op_fail(op, ERR_INTERNAL, "an event has no readable payload"),
                         "before event %lld", (long long)replay->seq);
    with = json_get(json, "_with");
    for (size_t i = 0; with && i < with->count; i++)
        apply_row(replay, &with->items[i]);
    apply_row(replay, json);
    return 0;
}

/* 1: there may be more pages. */
static int replay_page(struct op *op, struct replay *replay)
{
    struct str pattern =
        arena_fmt(op->arena, "%%{\"_t\":\"%s\"%%", replay->record->table);
    int64_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_EVENT_OF_TABLE, ARG_WS, ARG_INT(replay->seq),
                 ARG_TEXT(pattern), ARG_INT(EVENT_PAGE));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        replay->seq = db_int(rows, 0);
        r = apply(op, replay, db_text(op, rows, 1));
        if (r < 0)
            return r;
        n++;
    }
    return r < 0 ? r : n == EVENT_PAGE;
}

/* The name of the first column that differs, words aside; NULL when none does. */
static const char *difference(const struct record *record, const void *a, const void *b)
{
    for (const struct column *c = record->columns; c->name; c++) {
        if (!c->words && !column_equal(c, a, b))
            return c->name;
    }
    return NULL;
}

static int compare_row(struct op *op, const struct record *record, const void *rebuilt,
                       struct str *ret_why)
{
    int64_t id = *column_number(record->columns, rebuilt);
    void *row = arena_alloc(op->arena, record->size, alignof(max_align_t), 1);
    const char *column;
    int r;

    r = record_get(op, record, id, row);
    if (r < 0)
        return r;
    column = r == RECORD_NOT_FOUND ? NULL : difference(record, row, rebuilt);
    if (r == 0 && !column)
        return 0;
    *ret_why = r == RECORD_NOT_FOUND
                   ? arena_fmt(op->arena, "%s %lld is in the log but not in the table",
                               record->table, (long long)id)
                   : arena_fmt(op->arena, "%s %lld differs from the log in %s",
                               record->table, (long long)id, column);
    return RECORD_DIFFERS;
}

static int compare_rows(struct op *op, struct replay *replay, int64_t *ret_count,
                        struct str *ret_why)
{
    int64_t n = 0;
    int r;

    for (struct rebuilt *each = replay->first; each; each = each->next) {
        ARENA(scratch);
        struct op one = *op;

        one.arena = &scratch;
        r = compare_row(&one, replay->record, each->row, ret_why);
        if (r < 0)
            return event_keep_failure(op, &one, r);
        if (r == RECORD_DIFFERS) {
            *ret_why = arena_dup(op->arena, *ret_why);
            return r;
        }
        n++;
    }
    *ret_count = n;
    return 0;
}

/* Rows that no event explains. */
static int find_unexplained(struct op *op, const struct replay *replay,
                            struct str *ret_why)
{
    DB_ROWS(rows);
    int r;

    if (!replay->record->all)
        return 0;
    r = db_query(op, &rows, replay->record->all, ARG_WS);
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        if (map_get_id(&replay->rows, db_int(rows, 0)))
            continue;
        *ret_why = arena_fmt(op->arena, "%s %lld is in the table but not in the log",
                             replay->record->table, (long long)db_int(rows, 0));
        return RECORD_DIFFERS;
    }
    return r;
}

int record_verify(struct op *op, const struct record *record, int64_t *ret_count,
                  struct str *ret_why)
{
    ARENA(memory);
    struct replay replay = { .record = record, .arena = &memory, .rows = MAP(&memory) };
    int64_t count = 0;
    int r;

    do {
        ARENA(scratch);
        struct op page = *op;

        page.arena = &scratch;
        r = event_keep_failure(op, &page, replay_page(&page, &replay));
    } while (r > 0);
    if (r == 0)
        r = compare_rows(op, &replay, &count, ret_why);
    if (r == 0)
        r = find_unexplained(op, &replay, ret_why);
    if (r == 0)
        *ret_count = count;
    return r;
}
