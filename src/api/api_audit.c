/* api_audit.c - GET /audit: the workspace's log, and how its rows look as JSON. */
#include "api/api.h"

#include "api/api_event.h"
#include "base/bytes.h"
#include "base/ids.h"

static const char *const actors[] = { "system", "account", "person", "command" };

static void put_actor(struct json_writer *w, struct actor actor)
{
    json_begin_object(w, "actor");
    json_put_c(w, "kind",
               (size_t)actor.kind < COUNT_OF(actors) ? actors[actor.kind] : "system");
    json_put_id(w, "id", actor.id);
    json_end_object(w);
}

static void put_members(struct json_writer *w, const struct event_row *row)
{
    json_put_int(w, "seq", row->seq);
    json_put_time(w, "at", row->at);
    json_put_text(w, "kind", row->kind);
    put_actor(w, row->actor);
    json_put_id(w, "conversation_id", row->conversation_id);
    json_put_id(w, "thread_id", row->thread_id);
    json_put_id(w, "person_id", row->person_id);
    json_put_id(w, "channel_id", row->channel_id);
    json_put_id(w, "message_id", row->message_id);
}

void api_put_event(struct json_writer *w, const struct event_row *row)
{
    json_begin_object(w, NULL);
    put_members(w, row);
    json_end_object(w);
}

void api_put_log_row(struct json_writer *w, const struct event_row *row)
{
    json_begin_object(w, NULL);
    put_members(w, row);
    json_put_id(w, "department_id", row->department_id);
    json_put_id(w, "subject_id", row->subject_id);
    if (row->payload.n > 0)
        json_put_raw(w, "facts", row->payload);
    else
        json_put_null(w, "facts");
    json_end_object(w);
}

/* Newest first, narrowed down, with the head of the chain. */
static int newest(struct op *op, const struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct event_search search = {
        .subject = api_query(op, call, "subject"),
        .account_id = api_query_id(op, call, "actor_id"),
        .limit = call->limit,
    };
    struct event_row *rows;
    struct str hash, next = STR("");
    int64_t last, from;
    size_t n;
    int r;

    if (call->cursor.n > 0 && !str_to_i64(call->cursor, &search.below))
        return op_fail_field_as(op, "cursor", "cursor", "is none that was given out");
    r = event_search(op, &search, &rows, &n, &from);
    if (r >= 0)
        r = event_head(op, &last, &hash);
    if (r < 0)
        return r;
    if ((int64_t)n == call->limit)
        from = rows[n - 1].seq;
    if (from > 1)
        next = arena_fmt(op->arena, "%lld", (long long)from);
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < n; i++)
        api_put_log_row(&w, &rows[i]);
    api_end_list(op, &w, next);
    json_put_int(&w, "last_seq", last);
    json_put_text(&w, "last_hash", hex_encode(op->arena, hash));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int oldest(struct op *op, const struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct event_row *rows;
    struct page page;
    int64_t last = 0;
    size_t n;
    int r = page_read(op, call, &page);

    if (r < 0)
        return r;
    if (page.id == 0)
        (void)str_to_i64(api_query(op, call, "after"), &page.id);
    r = event_list(op, page.id, page.ask, &rows, &n);
    if (r == 0)
        r = event_last_seq(op, &last);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; i < n; i++) {
        api_put_log_row(&w, &rows[i]);
        page_at(&page, 0, rows[i].seq);
    }
    page_close(&page, &w);
    json_put_int(&w, "last_seq", last);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int audit_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return str_is(api_query(op, call, "order"), "newest") ? newest(op, call, ret)
                                                          : oldest(op, call, ret);
}

static const struct api_field query[] = {
    { "after", API_INT, .min = 0, .max = INT64_MAX, .help = "Rows above this seq." },
    { "order", API_CHOICE, .choices = "oldest|newest" },
    { "subject", API_CHOICE,
      .choices = "account|channel|department|role|workspace|word_list|"
                 "conversation|message|outbox|person",
      .help = "With newest: what it is about." },
    { "actor_id", API_ID, .help = "With newest: who did it." },
    { NULL },
};

const struct api_route api_audit_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/audit",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "audit",
        .summary = "Read the workspace's log, oldest first.",
        .query = query,
        .handle = audit_index,
    },
    { NULL },
};
