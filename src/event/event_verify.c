/* event_verify.c - does the log still say what it said? */
#include "event/event_row.h"
#include "event/stmt.h"

/* How far the walk has come. */
struct walk {
    int64_t seq;
    struct event_hash hash;
    const char *why; /* NULL: all fits so far */
};

/* What does not fit about the row, or NULL. */
static const char *fault_of(struct op *op, const struct walk *walk,
                            const struct event_row *row, struct db_rows *rows,
                            struct event_hash *ret_hash)
{
    struct str payload_hash = db_blob(op, rows, 14);
    struct event_hash hash;

    if (row->seq != walk->seq + 1)
        return "is missing";
    if (!db_is_null(rows, 12)) { /* else it was erased, and its hash vouches for it */
        hash = event_hash_payload(db_blob(op, rows, 13), row->payload);
        if (!str_eq(event_hash_str(&hash), payload_hash))
            return "has another payload than the one that was hashed";
    }
    hash = event_hash_row(op, event_hash_str(&walk->hash), row, payload_hash);
    if (!str_eq(event_hash_str(&hash), db_blob(op, rows, 15)))
        return "does not follow from the row before it";
    *ret_hash = hash;
    return NULL;
}

/* 1: there may be more pages. */
static int walk_page(struct op *op, struct walk *walk)
{
    struct event_row row;
    int64_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_EVENT_VERIFY, ARG_WS, ARG_INT(walk->seq),
                 ARG_INT(EVENT_PAGE));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        event_row_read(op, rows, &row);
        walk->why = fault_of(op, walk, &row, rows, &walk->hash);
        if (walk->why)
            return 0;
        walk->seq++;
        n++;
    }
    return r < 0 ? r : n == EVENT_PAGE;
}

/* The chain's head knows how long the log was. */
static int check_head(struct op *op, struct walk *walk)
{
    struct str hash;
    int64_t seq;
    int r = event_head(op, &seq, &hash);

    if (r < 0)
        return r;
    if (seq != walk->seq)
        walk->why = seq > walk->seq ? "is missing at the end of the log"
                                    : "stands after the end of the log";
    else if (seq > 0 && !str_eq(hash, event_hash_str(&walk->hash)))
        walk->why = "should follow a row with another hash";
    return 0;
}

int event_verify(struct op *op, int64_t *ret_count, int64_t *ret_seq, struct str *ret_why)
{
    struct walk walk = { 0 };
    int r;

    do {
        ARENA(scratch);
        struct op page = *op;

        page.arena = &scratch;
        r = event_keep_failure(op, &page, walk_page(&page, &walk));
    } while (r > 0);
    if (r >= 0 && !walk.why)
        r = check_head(op, &walk);
    if (r < 0)
        return r;
    *ret_count = walk.seq;
    if (!walk.why)
        return 0;
    *ret_seq = walk.seq + 1;
    *ret_why = arena_fmt(op->arena, "event %lld %s", (long long)*ret_seq, walk.why);
    return EVENT_BROKEN;
}
