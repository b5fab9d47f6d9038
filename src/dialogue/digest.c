/* digest.c - digests of what was kept, and comparing all of them. */
#include "dialogue/digest.h"

#include <sodium.h>

#include "dialogue/attachment.h"
#include "dialogue/stmt.h"
#include "event/event_row.h"

enum { PAGE = 200 };

/* A table with digests: its rows after an id (and a number), a page of them at a time. */
struct digested {
    const char *table;
    const struct db_stmt *page; /* id, number, digest, bytes */
};

static const struct digested tables[] = {
    { "raw_item", &SQL_RAW_ITEM_DIGESTS },
    { "message_version", &SQL_MESSAGE_VERSION_DIGESTS },
    { "outbox_bytes", &SQL_OUTBOX_BYTES_DIGESTS },
};

struct place {
    int64_t id, number;
};

struct str digest_of(struct arena *arena, struct str bytes)
{
    unsigned char *digest = arena_new(arena, unsigned char, DIGEST_BYTES);

    crypto_generichash(digest, DIGEST_BYTES, (const unsigned char *)bytes.p, bytes.n,
                       NULL, 0);
    return (struct str){ (const char *)digest, DIGEST_BYTES };
}

bool digest_fits(struct arena *arena, struct str digest, struct str bytes)
{
    return !digest.n || str_eq(digest, digest_of(arena, bytes));
}

static int differs(struct op *op, const char *table, int64_t id, struct str *ret_why)
{
    *ret_why = arena_fmt(op->arena, "%s %lld is not what was kept", table, (long long)id);
    return DIGEST_DIFFERS;
}

/* The rows after `*place`, which moves; *ret_count grows by their number. */
static int verify_page(struct op *op, const struct digested *table, struct place *place,
                       int64_t *ret_count, struct str *ret_why)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, table->page, ARG_WS, ARG_INT(place->id),
                     ARG_INT(place->number), ARG_INT(PAGE));

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        *place = (struct place){ db_int(rows, 0), db_int(rows, 1) };
        if (!digest_fits(op->arena, db_blob(op, rows, 2), db_blob(op, rows, 3)))
            return differs(op, table->table, place->id, ret_why);
        ++*ret_count;
    }
    return r;
}

static int verify_table(struct op *op, const struct digested *table, int64_t *ret_count,
                        struct str *ret_why)
{
    struct place place = { 0, 0 };
    int64_t before;
    int r;

    do {
        ARENA(scratch);
        struct op page = *op;

        page.arena = &scratch;
        before = *ret_count;
        r = verify_page(&page, table, &place, ret_count, ret_why);
        if (r > 0)
            *ret_why = arena_dup(op->arena, *ret_why);
        r = event_keep_failure(op, &page, r);
    } while (r == 0 && *ret_count > before);
    return r;
}

/* A file lies in chunks, so its digest is made of several rows. */
static int verify_file(struct op *op, int64_t id, struct str digest, struct str *ret_why)
{
    ARENA(scratch);
    struct op one = *op;
    struct str bytes = { NULL, 0 };
    int r;

    one.arena = &scratch;
    r = event_keep_failure(op, &one, attachment_bytes(&one, id, &bytes));
    if (r < 0)
        return r;
    return digest_fits(&scratch, digest, bytes) ? 0
                                                : differs(op, "attachment", id, ret_why);
}

static int verify_files(struct op *op, int64_t *ret_count, struct str *ret_why)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ATTACHMENT_DIGEST_ALL, ARG_WS);

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        r = verify_file(op, db_int(rows, 0), db_blob(op, rows, 1), ret_why);
        if (r)
            return r;
        ++*ret_count;
    }
    return r;
}

int digest_verify(struct op *op, int64_t *ret_count, struct str *ret_why)
{
    int64_t count = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < COUNT_OF(tables); i++)
        r = verify_table(op, &tables[i], &count, ret_why);
    if (r == 0)
        r = verify_files(op, &count, ret_why);
    *ret_count = count;
    return r;
}
