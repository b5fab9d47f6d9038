/* record.c - writing rows together with the events that explain them. */
#include "event/record.h"

#include <assert.h>

#include "base/json.h"
#include "event/event_row.h"
#include "event/record_column.h"

int64_t *column_number(const struct column *column, const void *row)
{
    return (int64_t *)((const char *)row + column->offset);
}

struct str *column_text(const struct column *column, const void *row)
{
    return (struct str *)((const char *)row + column->offset);
}

bool column_is_text(const struct column *column)
{
    return column->type == COLUMN_TEXT || column->type == COLUMN_KEY;
}

bool column_equal(const struct column *column, const void *a, const void *b)
{
    if (column_is_text(column))
        return str_eq(*column_text(column, a), *column_text(column, b));
    return *column_number(column, a) == *column_number(column, b);
}

static struct db_arg arg_of(const struct column *column, const void *row)
{
    switch (column->type) {
    case COLUMN_KEY:
        return column_text(column, row)->n ? ARG_TEXT(*column_text(column, row))
                                           : ARG_NULL;
    case COLUMN_TEXT:
        return ARG_TEXT(*column_text(column, row));
    case COLUMN_ID:
    case COLUMN_TIME:
        return db_arg_or_null(*column_number(column, row));
    case COLUMN_INT:
    case COLUMN_BOOL:
    default:
        return ARG_INT(*column_number(column, row));
    }
}

static void put(struct json_writer *w, const struct column *column, const void *row)
{
    switch (column->type) {
    case COLUMN_KEY:
    case COLUMN_TEXT:
        json_put_text(w, column->name, *column_text(column, row));
        break;
    case COLUMN_ID:
        json_put_id(w, column->name, *column_number(column, row));
        break;
    case COLUMN_BOOL:
        json_put_bool(w, column->name, *column_number(column, row) != 0);
        break;
    case COLUMN_INT:
    case COLUMN_TIME:
    default:
        json_put_int(w, column->name, *column_number(column, row));
        break;
    }
}

/* The table, the id, each column that differs, the names of changed words, the rows that
 * are told along, the caller's facts. */
static struct str payload_of(struct op *op, const struct record *record, const void *old,
                             const void *now, const struct event *event)
{
    struct json_writer w = JSON_WRITER(op->arena);
    unsigned words = 0;

    json_begin_object(&w, NULL);
    json_put_c(&w, "_t", record->table);
    put(&w, record->columns, now);
    for (const struct column *c = record->columns + 1; c->name; c++) {
        if (column_equal(c, old, now))
            continue;
        if (c->words)
            words++;
        else
            put(&w, c, now);
    }
    if (words) {
        json_begin_array(&w, "_words");
        for (const struct column *c = record->columns + 1; c->name; c++) {
            if (c->words && !column_equal(c, old, now))
                json_put_c(&w, NULL, c->name);
        }
        json_end_array(&w);
    }
    if (event->with.n) {
        json_begin_array(&w, "_with");
        json_put_raw(&w, NULL, event->with);
        json_end_array(&w);
    }
    if (event->extra.n) {
        strbuf_char(&w.buf, ',');
        strbuf_add(&w.buf, event->extra);
    }
    json_end_object(&w);
    return json_done(&w);
}

/* Of the row `id`, unless the caller knows better. */
static int add_event(struct op *op, struct event *event, int64_t id, struct str payload)
{
    int64_t subject_id = event->subject_id;
    int r;

    event->subject_id = subject_id ? subject_id : id;
    r = event_add_payload(op, event, payload);
    event->subject_id = subject_id;
    return r;
}

static int run(struct op *op, const struct record_part *part, const void *row)
{
    struct db_arg args[RECORD_MAX_COLUMNS + 1] = { ARG_WS };
    size_t count = 1;

    for (const struct column *c = part->columns; c->name; c++) {
        assert(count <= RECORD_MAX_COLUMNS);
        args[count++] = arg_of(c, row);
    }
    return db_change_one_args(op, part->set, args, count);
}

static bool has(const struct record_part *part, const struct column *column)
{
    for (const struct column *c = part->columns; c->name; c++) {
        if (c->offset == column->offset)
            return true;
    }
    return false;
}

static bool suffices(const struct record_part *part, const struct record *record,
                     const void *old, const void *now)
{
    for (const struct column *c = record->columns; c->name; c++) {
        if (!has(part, c) && !column_equal(c, old, now))
            return false;
    }
    return true;
}

/* The narrowest statement that stores the change. */
static struct record_part part_for(const struct record *record, const void *old,
                                   const void *now)
{
    for (const struct record_part *part = record->parts; part && part->set; part++) {
        if (suffices(part, record, old, now))
            return *part;
    }
    return (struct record_part){ record->set, record->columns };
}

int record_gather(struct op *op, struct record_gather *gather)
{
    int r;

    assert(!op->gather && !gather->tx.op);
    r = db_join(op, &gather->tx);
    if (r < 0)
        return r;
    gather->parts = STRBUF(op->arena);
    op->gather = gather;
    return 0;
}

struct str record_gathered(struct op *op)
{
    struct str parts = { 0 };

    if (op->gather) {
        parts = strbuf_str(&op->gather->parts);
        op->gather->parts = STRBUF(op->arena);
    }
    return parts;
}

int record_gather_done(struct record_gather *gather)
{
    struct op *op = gather->tx.op;
    int r;

    op->gather = NULL;
    if (gather->parts.n)
        return op_fail(op, ERR_INTERNAL, "a change was told by no event");
    r = db_commit(&gather->tx);
    return r < 0 ? r : 0;
}

void record_gather_end(struct record_gather *gather)
{
    if (!gather->tx.op)
        return;
    gather->tx.op->gather = NULL;
    db_tx_end(&gather->tx);
}

/* Left for the next event to tell. */
static void put_aside(struct strbuf *parts, struct str payload)
{
    if (parts->n)
        strbuf_char(parts, ',');
    strbuf_add(parts, payload);
}

/* The row and its event, both or none. */
static int write_both(struct op *op, const struct record *record,
                      const struct record_part *part, const void *old, const void *now,
                      struct event *event)
{
    struct str payload = payload_of(op, record, old, now, event);
    DB_TX(tx);
    int r;

    r = db_join(op, &tx);
    if (r < 0)
        return r;
    r = run(op, part, now);
    if (r < 0)
        return r;
    if (event->joins && op->gather)
        put_aside(&op->gather->parts, payload);
    else
        r = add_event(op, event, *column_number(record->columns, now), payload);
    return r < 0 ? r : db_commit(&tx);
}

int record_insert(struct op *op, const struct record *record, const void *row,
                  struct event *event)
{
    const void *nothing = arena_alloc(op->arena, record->size, alignof(max_align_t), 1);

    assert(*column_number(record->columns, row) != 0);
    return write_both(op, record,
                      &(const struct record_part){ record->add, record->columns },
                      nothing, row, event);
}

int record_update(struct op *op, const struct record *record, const void *old,
                  const void *now, struct event *event)
{
    struct record_part part;
    bool same = true;

    assert(column_equal(record->columns, old, now)); /* the id */
    for (const struct column *c = record->columns; c->name; c++)
        same = same && column_equal(c, old, now);
    if (!same || event->with.n) {
        part = part_for(record, old, now);
        return write_both(op, record, &part, old, now, event);
    }
    if (event->extra.n == 0)
        return 0;
    return add_event(op, event, *column_number(record->columns, now),
                     event_payload(op, event));
}

void record_read(struct op *op, const struct record *record, struct db_rows *rows,
                 int first, void *row)
{
    for (const struct column *c = record->columns; c->name; c++, first++) {
        if (column_is_text(c))
            *column_text(c, row) = db_text(op, rows, first);
        else
            *column_number(c, row) = db_int(rows, first);
    }
}

int record_get(struct op *op, const struct record *record, int64_t id, void *ret)
{
    return record_find(op, record, ret, record->get, ARG_WS, ARG_INT(id));
}
