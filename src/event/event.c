/* event.c - appending to the log and reading it. */
#include "event/event.h"

#include <sodium.h>

#include "base/random.h"
#include "base/strbuf.h"
#include "event/chain.h"
#include "event/stmt.h"

struct str event_hash_str(const struct event_hash *hash)
{
    return (struct str){ (const char *)hash->bytes, EVENT_HASH_SIZE };
}

static void feed(crypto_generichash_state *state, struct str s)
{
    crypto_generichash_update(state, (const unsigned char *)s.p, s.n);
}

static struct event_hash hash_of(const struct str *parts, size_t count)
{
    crypto_generichash_state state;
    struct event_hash hash;

    crypto_generichash_init(&state, NULL, 0, EVENT_HASH_SIZE);
    for (size_t i = 0; i < count; i++)
        feed(&state, parts[i]);
    crypto_generichash_final(&state, hash.bytes, EVENT_HASH_SIZE);
    return hash;
}

struct event_hash event_hash_payload(struct str salt, struct str payload)
{
    return hash_of((const struct str[]){ salt, payload }, 2);
}

struct event_hash event_hash_row(struct op *op, struct str previous,
                                 const struct event_row *row, struct str payload_hash)
{
    const int64_t before[] = { row->seq, row->at, row->actor.kind, row->actor.id };
    const int64_t after[] = { row->conversation_id, row->thread_id,  row->person_id,
                              row->channel_id,      row->message_id, row->department_id,
                              row->subject_id };
    struct strbuf canonical = STRBUF(op->arena);

    for (size_t i = 0; i < COUNT_OF(before); i++) {
        strbuf_int(&canonical, before[i]);
        strbuf_char(&canonical, '|');
    }
    strbuf_add(&canonical, row->kind);
    for (size_t i = 0; i < COUNT_OF(after); i++) {
        strbuf_char(&canonical, '|');
        strbuf_int(&canonical, after[i]);
    }
    return hash_of((const struct str[]){ previous, strbuf_str(&canonical), payload_hash },
                   3);
}

int event_keep_failure(struct op *op, const struct op *page, int r)
{
    if (r < 0) {
        op->err = page->err;
        op->err.text = arena_dup(op->arena, page->err.text);
        op->err.detail = arena_dup(op->arena, page->err.detail);
        op->err.extra = arena_dup(op->arena, page->err.extra);
        op->err.fields = NULL;
    }
    return r;
}

static int store(struct op *op, const struct event_row *row, struct str previous)
{
    char salt_bytes[EVENT_SALT_SIZE];
    struct str salt = { salt_bytes, sizeof(salt_bytes) };
    struct event_hash payload_hash, hash;
    int r;

    random_fill(op, salt_bytes, sizeof(salt_bytes));
    payload_hash = event_hash_payload(salt, row->payload);
    hash = event_hash_row(op, previous, row, event_hash_str(&payload_hash));
    r = db_change_one(
        op, &SQL_EVENT_ADD, ARG_WS, ARG_INT(row->seq), ARG_INT(row->at),
        ARG_INT(row->actor.kind), ARG_ID(row->actor.id), ARG_TEXT(row->kind),
        ARG_ID(row->conversation_id), ARG_ID(row->thread_id), ARG_ID(row->person_id),
        ARG_ID(row->channel_id), ARG_ID(row->message_id), ARG_ID(row->department_id),
        ARG_ID(row->subject_id), ARG_TEXT(row->payload), ARG_BLOB(salt),
        ARG_BLOB(event_hash_str(&payload_hash)), ARG_BLOB(event_hash_str(&hash)));
    if (r >= 0)
        chain_set(op, row->seq, row->at, &hash);
    return r;
}

struct str event_payload(struct op *op, const struct event *event)
{
    return arena_fmt(op->arena, "{" STR_FMT "}", STR_ARG(event->extra));
}

int event_add(struct op *op, struct event *event)
{
    return event_add_payload(op, event, event_payload(op, event));
}

int event_add_payload(struct op *op, struct event *event, struct str payload)
{
    struct event_row row = {
        .at = event->at ? event->at : op->now,
        .actor = op->actor,
        .kind = str_of(event->kind),
        .conversation_id = event->conversation_id,
        .thread_id = event->thread_id,
        .person_id = event->person_id,
        .channel_id = event->channel_id,
        .message_id = event->message_id,
        .department_id = event->department_id,
        .subject_id = event->subject_id,
        .payload = payload,
    };
    struct str previous;
    DB_TX(tx);
    int r;

    r = db_join(op, &tx);
    if (r < 0)
        return r;
    r = chain_advance(op, row.at, &row.seq, &previous);
    if (r < 0)
        return r;
    r = store(op, &row, previous);
    if (r < 0)
        return r;
    r = db_commit(&tx);
    if (r < 0)
        return r;
    event->payload = row.payload;
    event->seq = row.seq;
    return 0;
}

void event_row_read(struct op *op, struct db_rows *rows, struct event_row *ret)
{
    *ret = (struct event_row){
        .seq = db_int(rows, 0),
        .at = db_int(rows, 1),
        .actor = { (enum actor_kind)db_int(rows, 2), db_int(rows, 3) },
        .kind = db_text(op, rows, 4),
        .conversation_id = db_int(rows, 5),
        .thread_id = db_int(rows, 6),
        .person_id = db_int(rows, 7),
        .channel_id = db_int(rows, 8),
        .message_id = db_int(rows, 9),
        .department_id = db_int(rows, 10),
        .subject_id = db_int(rows, 11),
        .payload = db_text(op, rows, 12),
    };
}

static int collect(struct op *op, struct db_rows *rows, struct event_row **ret,
                   size_t *ret_count)
{
    size_t n = 0, size = 16;
    struct event_row *list = arena_new(op->arena, struct event_row, size);
    int r;

    while ((r = db_next(op, rows)) > 0) {
        if (n == size) {
            struct event_row *more = arena_new(op->arena, struct event_row, size * 2);

            memcpy(more, list, size * sizeof(*list));
            list = more;
            size *= 2;
        }
        event_row_read(op, rows, &list[n++]);
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int event_list(struct op *op, int64_t after, int64_t limit, struct event_row **ret,
               size_t *ret_count)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_EVENT_LIST, ARG_WS, ARG_INT(after), ARG_INT(limit));
    if (r < 0)
        return r;
    return collect(op, rows, ret, ret_count);
}

int event_list_conversation(struct op *op, int64_t conversation_id, int64_t after,
                            int64_t limit, struct event_row **ret, size_t *ret_count)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_EVENT_LIST_CONVERSATION, ARG_WS,
                 ARG_INT(conversation_id), ARG_INT(after), ARG_INT(limit));
    if (r < 0)
        return r;
    return collect(op, rows, ret, ret_count);
}

int event_search(struct op *op, const struct event_search *search, struct event_row **ret,
                 size_t *ret_count, int64_t *ret_from)
{
    struct str kinds = search->subject;
    int64_t below = search->below, from;
    DB_ROWS(rows);
    int r = 0;

    if (below == 0)
        r = event_last_seq(op, &below);
    if (r < 0)
        return r;
    below += search->below == 0; /* the newest one as well */
    from = below > EVENT_WINDOW ? below - EVENT_WINDOW : 1;
    if (kinds.n)
        kinds = arena_fmt(op->arena, STR_FMT ".%%", STR_ARG(kinds));
    r = db_query(op, &rows, &SQL_EVENT_LIST_NEWEST, ARG_WS, ARG_INT(below), ARG_INT(from),
                 ARG_TEXT(kinds), ARG_INT(search->account_id), ARG_INT(search->limit));
    if (r >= 0)
        r = collect(op, rows, ret, ret_count);
    if (r < 0)
        return r;
    *ret_from = from;
    return 0;
}

int event_head(struct op *op, int64_t *ret_seq, struct str *ret_hash)
{
    int64_t seq = 0;
    struct str hash = STR("");
    int r = chain_head(op, &seq, &hash);

    if (r < 0)
        return r;
    *ret_seq = seq;
    *ret_hash = hash;
    return 0;
}

int event_last_seq(struct op *op, int64_t *ret)
{
    struct str hash;

    return event_head(op, ret, &hash);
}

int event_newest_at(struct op *op, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_CHAIN_NEWEST);

    if (r == DB_NO_ROW)
        *ret = 0;
    return r < 0 ? r : 0;
}
