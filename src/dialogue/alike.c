/* alike.c - groups of messages that say nearly the same: joining, leaving, counting. */
#include "dialogue/alike.h"

#include "base/ids.h"
#include "dialogue/stmt.h"

enum { MINS_BYTES = FINGERPRINT_MINS * 4 };

int alike_read_get(struct op *op, struct alike_read *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_READ_GET, ARG_WS);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ALIKE_NONE;
    *ret = (struct alike_read){ db_int(rows, 0), db_int(rows, 1) };
    return 0;
}

int alike_read_put(struct op *op, const struct alike_read *row)
{
    return db_run(op, &SQL_ALIKE_READ_PUT, ARG_WS, ARG_INT(row->cursor_id),
                  ARG_INT(row->remembered));
}

static struct alike_unread read_unread(struct op *op, struct db_rows *rows)
{
    return (struct alike_unread){ db_int(rows, 0), db_text(op, rows, 1),
                                  db_text(op, rows, 2) };
}

int alike_unread(struct op *op, int64_t cursor_id, int64_t limit,
                 struct alike_unread **ret, size_t *ret_count)
{
    struct alike_unread *list = arena_new(op->arena, struct alike_unread, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_UNREAD, ARG_WS, ARG_INT(cursor_id),
                     ARG_INT(limit));

    while (r >= 0 && n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = read_unread(op, rows);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int alike_unread_one(struct op *op, int64_t message_id, struct alike_unread *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_ONE, ARG_WS, ARG_INT(message_id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : ALIKE_NONE;
    *ret = read_unread(op, rows);
    return 0;
}

/* The lowest byte first, whatever machine the store was made on. */
static struct str pack_mins(struct arena *arena, const struct fingerprint *print)
{
    char *bytes = arena_new(arena, char, MINS_BYTES);

    for (size_t i = 0; i < MINS_BYTES; i++)
        bytes[i] = (char)(print->mins[i / 4] >> i % 4 * 8 & 0xFF);
    return (struct str){ bytes, MINS_BYTES };
}

static struct fingerprint unpack_mins(struct str bytes)
{
    struct fingerprint print = { .empty = bytes.n != MINS_BYTES };

    for (size_t i = 0; !print.empty && i < MINS_BYTES; i++)
        print.mins[i / 4] |= (uint32_t)(unsigned char)bytes.p[i] << i % 4 * 8;
    return print;
}

#define BANDS(k)                                                                         \
    ARG_INT((k)[0]), ARG_INT((k)[1]), ARG_INT((k)[2]), ARG_INT((k)[3]), ARG_INT((k)[4]), \
        ARG_INT((k)[5]), ARG_INT((k)[6]), ARG_INT((k)[7])
_Static_assert(FINGERPRINT_KEYS == 8, "the statements have so many");

/* The one that it has most in common with, of equal ones the oldest; 0: none is near. */
static int find_nearest(struct op *op, const struct fingerprint *print,
                        const int64_t keys[FINGERPRINT_KEYS], int64_t *ret)
{
    double best = FINGERPRINT_NEAR;
    int64_t nearest = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_CANDIDATES, ARG_WS, BANDS(keys),
                     ARG_INT(ALIKE_CANDIDATES));

    while (r >= 0 && (r = db_next(op, rows)) > 0) {
        const struct fingerprint other = unpack_mins(db_blob(op, rows, 1));
        double likeness = fingerprint_likeness(print, &other);
        int64_t id = db_int(rows, 0);

        if (likeness < best || (likeness <= best && nearest && nearest <= id))
            continue;
        best = likeness;
        nearest = id;
    }
    if (r < 0)
        return r;
    *ret = nearest;
    return 0;
}

static int begin_text(struct op *op, int64_t message_id, const struct fingerprint *print,
                      const int64_t keys[FINGERPRINT_KEYS], int64_t *ret)
{
    int64_t id = id_next(op);
    int r = db_run(op, &SQL_ALIKE_TEXT_ADD, ARG_WS, ARG_INT(id),
                   ARG_BLOB(pack_mins(op->arena, print)), ARG_INT(message_id));

    if (r >= 0)
        r = db_run(op, &SQL_ALIKE_BANDS_ADD, ARG_WS, ARG_INT(id), BANDS(keys));
    if (r < 0)
        return r;
    *ret = id;
    return 0;
}

int alike_join(struct op *op, int64_t message_id, const struct fingerprint *print,
               int64_t *ret_text_id, bool *ret_new)
{
    int64_t keys[FINGERPRINT_KEYS], id = 0;
    bool is_new = false;
    int r = 0;

    fingerprint_keys(print, keys);
    if (!print->empty)
        r = find_nearest(op, print, keys, &id);
    if (r >= 0 && !print->empty && !id) {
        is_new = true;
        r = begin_text(op, message_id, print, keys, &id);
    }
    if (r >= 0)
        r = db_run(op, &SQL_ALIKE_MESSAGE_ADD, ARG_WS, ARG_INT(message_id), ARG_INT(id));
    if (r < 0)
        return r;
    *ret_text_id = id;
    *ret_new = is_new;
    return 0;
}

int alike_leave(struct op *op, int64_t message_id, int64_t *ret_text_id)
{
    int64_t id = 0;
    int r = db_number(op, &id, &SQL_ALIKE_MESSAGE_GET, ARG_WS, ARG_INT(message_id));

    if (r == 0)
        r = db_run(op, &SQL_ALIKE_MESSAGE_REMOVE, ARG_WS, ARG_INT(message_id));
    if (r < 0)
        return r;
    *ret_text_id = id;
    return 0;
}

int alike_recount(struct op *op, int64_t text_id, int64_t last_id)
{
    return db_run(op, &SQL_ALIKE_RECOUNT, ARG_WS, ARG_INT(text_id), ARG_INT(ALIKE_MOST),
                  ARG_INT(last_id));
}

/* One of those that are remembered no longer. */
struct old_text {
    int64_t id, said, last_id;
    struct str mins;
};

static int forget_one(struct op *op, const struct old_text *old)
{
    const struct fingerprint print = unpack_mins(old->mins);
    int64_t keys[FINGERPRINT_KEYS];
    int r;

    fingerprint_keys(&print, keys);
    r = db_run(op, &SQL_ALIKE_BANDS_REMOVE, ARG_WS, ARG_INT(old->id), BANDS(keys));
    if (r < 0 || old->said > 1)
        return r < 0 ? r : db_run(op, &SQL_ALIKE_TEXT_FORGET, ARG_WS, ARG_INT(old->id));
    r = db_run(op, &SQL_ALIKE_MESSAGES_REMOVE, ARG_WS, ARG_INT(old->id),
               ARG_INT(INT64_MAX));
    return r < 0 ? r : db_run(op, &SQL_ALIKE_TEXT_REMOVE, ARG_WS, ARG_INT(old->id));
}

int alike_forget(struct op *op, int64_t before_id, int64_t limit, int64_t *ret_count)
{
    struct old_text *list = arena_new(op->arena, struct old_text, (size_t)limit);
    int64_t n = 0;
    DB_ROWS(rows);
    int r =
        db_query(op, &rows, &SQL_ALIKE_OLD, ARG_WS, ARG_INT(before_id), ARG_INT(limit));

    while (r >= 0 && n < limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct old_text){ db_int(rows, 0), db_int(rows, 1), db_int(rows, 2),
                                       db_blob(op, rows, 3) };
    db_finish(&rows);
    for (int64_t i = 0; r >= 0 && i < n; i++)
        r = forget_one(op, &list[i]);
    if (r >= 0 && n > 0) /* those without letters, as far back */
        r = db_run(op, &SQL_ALIKE_MESSAGES_REMOVE, ARG_WS, ARG_INT(0),
                   ARG_INT(list[n - 1].last_id));
    if (r < 0)
        return r;
    *ret_count = n;
    return 0;
}

static struct alike read_alike(struct db_rows *rows)
{
    return (struct alike){ db_int(rows, 0), db_int(rows, 1), db_int(rows, 2) };
}

static int first_of(struct op *op, struct db_rows *rows, struct alike *ret)
{
    int r = db_next(op, rows);

    if (r <= 0)
        return r < 0 ? r : ALIKE_NONE;
    *ret = read_alike(rows);
    return 0;
}

int alike_get(struct op *op, int64_t id, struct alike *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_GET, ARG_WS, ARG_INT(id));

    return r < 0 ? r : first_of(op, rows, ret);
}

int alike_of_conversation(struct op *op, int64_t conversation_id, struct alike *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_OF_CONVERSATION, ARG_WS,
                     ARG_INT(conversation_id), ARG_INT(ALIKE_OF_TALK));

    return r < 0 ? r : first_of(op, rows, ret);
}

int alike_list(struct op *op, const struct alike_page *page, struct alike **ret,
               size_t *ret_count)
{
    struct alike *list = arena_new(op->arena, struct alike, (size_t)page->limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_LIST, ARG_WS, ARG_INT(page->last_id),
                     ARG_INT(page->id), ARG_INT(page->since_id), ARG_INT(page->limit));

    while (r >= 0 && n < (size_t)page->limit && (r = db_next(op, rows)) > 0)
        list[n++] = read_alike(rows);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

static int sum_from(struct op *op, int64_t id, int64_t from, struct alike_sum *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_SUM, ARG_WS, ARG_INT(id), ARG_INT(ALIKE_MOST),
                     ARG_INT(from));

    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r;
    *ret = (struct alike_sum){ .said = db_int(rows, 0),
                               .people = db_int(rows, 1),
                               .first_at = db_int(rows, 2),
                               .last_at = db_int(rows, 3),
                               .conversations = db_int(rows, 4) };
    return 0;
}

static int words_of(struct op *op, int64_t id, struct str *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ALIKE_WORDS, ARG_WS, ARG_INT(id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = r > 0 ? db_text(op, rows, 0) : STR("");
    return 0;
}

int alike_sum(struct op *op, const struct alike *alike, struct alike_sum *ret)
{
    struct alike_sum sum = { .said = 0 }, late = { .said = 0 };
    int r = sum_from(op, alike->id, INT64_MIN, &sum);

    if (r >= 0)
        r = sum_from(op, alike->id, sum.last_at - HOURS(ALIKE_MANY_HOURS), &late);
    if (r >= 0)
        r = words_of(op, alike->id, &sum.words);
    if (r < 0)
        return r;
    sum.many = late.said >= ALIKE_MANY && late.people >= ALIKE_MANY_PEOPLE;
    *ret = sum;
    return 0;
}
