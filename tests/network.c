/* network.c - a network in this process and in virtual time. */
#include "network.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "job/job.h"
#include "work/works.h"

static enum fault fault_of(struct network *n)
{
    uint64_t dice = random_u64(&n->f->op);
    enum fault fault = FAULT_NONE;

    if (n->calls <= n->scripted)
        fault = n->script[n->calls - 1];
    else if (dice % 100 < n->hostile)
        fault = (enum fault)(1 + (dice / 100) % (FAULT_REFUSED - 1));
    n->faults[fault]++;
    return fault;
}

static int64_t up_to(struct network *n, int64_t ms)
{
    return ms > 0 ? (int64_t)(random_u64(&n->f->op) % (uint64_t)(ms + 1)) : 0;
}

/* A key counts for ever (A) or for an hour (B), from when it was applied. */
static struct taken *known(struct network *n, struct str key, int64_t at)
{
    for (size_t i = 0; i < n->taken_count; i++) {
        struct taken *taken = &n->taken[i];

        if (!str_eq(taken->key, key))
            continue;
        if (n->class == DELIVERY_EXACT ||
            (n->class == DELIVERY_KEYED && at - taken->applied_at < HOURS(1)))
            return taken;
    }
    return NULL;
}

static struct taken *take(struct network *n, const struct json *body, int64_t at)
{
    struct arena *arena = &n->f->arena;
    struct taken *taken = known(n, json_text(body, "key"), at);

    if (taken) {
        if (at < taken->applied_at) {
            taken->applied_at = at;
            taken->visible_at = at + up_to(n, n->lag_ms);
        }
        return taken;
    }
    if (n->taken_count == n->taken_size) {
        n->taken_size = n->taken_size * 2 + 64;
        n->taken = must_realloc(n->taken, n->taken_size * sizeof(*n->taken));
    }
    taken = &n->taken[n->taken_count++];
    *taken = (struct taken){
        .key = arena_dup(arena, json_text(body, "key")),
        .text = arena_dup(arena, json_text(body, "text")),
        .thread = arena_dup(arena, json_text(body, "thread")),
        .id = arena_fmt(arena, "n-%zu", n->taken_count),
        .applied_at = at,
        .visible_at = at + up_to(n, n->lag_ms),
    };
    return taken;
}

static int post(struct op *op, struct network *n, const struct http_call *call,
                enum fault fault, struct http_reply *ret)
{
    const struct taken *taken = NULL;
    struct json *body;

    CHECK_OK(n->f, json_parse(op, call->body, &body));
    if (fault == FAULT_NONE || fault == FAULT_LOST || fault == FAULT_500_APPLIED ||
        fault == FAULT_ODD)
        taken = take(n, body, op->now);
    if (fault == FAULT_LATE)
        take(n, body, op->now + up_to(n, n->late_ms));
    if (fault == FAULT_LOST || fault == FAULT_LATE || fault == FAULT_SWALLOWED)
        return HTTP_MAY_HAVE_LEFT;
    if (fault == FAULT_NONE && taken)
        ret->body = arena_fmt(op->arena, "{\"id\":\"" STR_FMT "\"}", STR_ARG(taken->id));
    return 0;
}

static struct str shown(struct op *op, const struct network *n, struct str wanted,
                        bool by_key)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_bool(&w, "complete", true);
    json_begin_array(&w, "messages");
    for (size_t i = 0; i < n->taken_count; i++) {
        const struct taken *taken = &n->taken[i];

        if (taken->visible_at > op->now ||
            !str_eq(by_key ? taken->key : taken->thread, wanted))
            continue;
        json_begin_object(&w, NULL);
        json_put_text(&w, "id", taken->id);
        json_put_text(&w, "text", taken->text);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return json_done(&w);
}

/* What stands behind "name=" in the address. */
static struct str parameter(struct op *op, struct str url, const char *name, bool *found)
{
    struct str key = arena_fmt(op->arena, "%s=", name), value = STR(""), rest;
    ptrdiff_t at = str_find(url, key);

    *found = at >= 0;
    if (*found)
        assert_true(http_decode(
            op->arena, str_cut(str_sub(url, (size_t)at + key.n, url.n), '&', &rest), true,
            &value));
    return value;
}

static void list_items(struct op *op, struct network *n, struct str after,
                       struct http_reply *ret)
{
    struct str all = STR("");
    int64_t from = 0;
    size_t to;

    n->polls++;
    assert_true(!after.n || str_to_i64(after, &from));
    to = (size_t)from + n->page_size < n->item_count ? (size_t)from + n->page_size
                                                     : n->item_count;
    for (size_t i = (size_t)from; i < to; i++)
        all = arena_fmt(op->arena, STR_FMT "%s" STR_FMT, STR_ARG(all),
                        i > (size_t)from ? "," : "", STR_ARG(n->items[i]));
    ret->body = arena_fmt(op->arena, "[" STR_FMT "]", STR_ARG(all));
    http_add(op->arena, &ret->headers, STR("Mock-Next"), arena_fmt(op->arena, "%zu", to));
    http_add(op->arena, &ret->headers, STR("Mock-More"),
             to < n->item_count ? STR("yes") : STR("no"));
}

/* "7,8,9": each has the same numbers. */
static void list_counts(struct op *op, struct network *n, struct str ids,
                        struct http_reply *ret)
{
    struct strbuf b = STRBUF(op->arena);

    strbuf_add(&b, STR("{\"posts\":["));
    for (size_t i = 0; ids.n; i++, n->counted++) {
        struct str id = str_cut(ids, ',', &ids);

        strbuf_fmt(&b, "%s{\"id\":\"" STR_FMT "\"%s}", i ? "," : "", STR_ARG(id),
                   n->post_counts);
    }
    strbuf_add(&b, STR("]}"));
    ret->body = strbuf_str(&b);
}

static int count(struct op *op, struct network *n, const struct http_call *call,
                 enum fault fault, struct http_reply *ret)
{
    bool of_posts;
    struct str ids = parameter(op, call->url, "ids", &of_posts);

    if (fault == FAULT_LOST || fault == FAULT_LATE || fault == FAULT_SWALLOWED)
        return HTTP_MAY_HAVE_LEFT;
    if (fault == FAULT_ODD)
        return 0;
    if (of_posts)
        list_counts(op, n, ids, ret);
    else
        ret->body = str_of(n->account_counts);
    return 0;
}

static int get(struct op *op, struct network *n, const struct http_call *call,
               enum fault fault, struct http_reply *ret)
{
    bool by_key, by_thread, by_cursor, by_since;
    struct str key = parameter(op, call->url, "key", &by_key);
    struct str thread = parameter(op, call->url, "thread", &by_thread);
    struct str after = parameter(op, call->url, "after", &by_cursor);
    struct str since = parameter(op, call->url, "since", &by_since);

    n->since = 0;
    assert_true(!by_since || str_to_i64(since, &n->since));
    n->looks += !by_cursor;
    if (fault == FAULT_LOST || fault == FAULT_LATE || fault == FAULT_SWALLOWED)
        return HTTP_MAY_HAVE_LEFT;
    if (fault == FAULT_ODD)
        return 0;
    if (by_cursor)
        list_items(op, n, after, ret);
    else
        ret->body = shown(op, n, by_key ? key : thread, by_key);
    return 0;
}

static int answer(struct op *op, const struct http_client *client,
                  const struct http_call *call, struct http_reply *ret)
{
    struct network *n = CONTAINER_OF(client, struct network, base);
    bool is_post = str_is(call->method, "POST");
    bool is_count = str_find(call->url, STR("/counts")) >= 0;
    enum fault fault;

    n->calls++;
    n->posts += is_post;
    n->measures += is_count;
    fault = fault_of(n);
    if (n->meanwhile)
        n->meanwhile(n);
    *ret = (struct http_reply){ .status = 200,
                                .body = STR("<html>"),
                                .reason = STR("no line") };
    if (n->poll_fails && !is_post)
        fault = FAULT_NO_LINE;
    switch (fault) {
    case FAULT_NO_LINE:
        return HTTP_NOT_SENT;
    case FAULT_500:
        ret->status = 500;
        return 0;
    case FAULT_429:
        ret->status = 429;
        ret->retry_after = 60;
        return 0;
    case FAULT_REFUSED:
        ret->status = 422;
        return 0;
    case FAULT_500_APPLIED:
        ret->status = 500;
        break;
    default:
        break;
    }
    if (is_count)
        return count(op, n, call, fault, ret);
    return is_post ? post(op, n, call, fault, ret) : get(op, n, call, fault, ret);
}

void network_begin(struct network *n, struct talk *t, enum delivery_class class,
                   const char *settings)
{
    static const char *const names[] = { "",       "mock_a", "mock_b",
                                         "mock_c", "mock_d", "mock_e" };
    struct channel now = t->channel;

    *n = (struct network){
        .base.send = answer,
        .f = t->f,
        .class = class,
        .page_size = 10,
        .account_counts = "{\"followers\":7}",
        .post_counts = ",\"likes\":0",
    };
    t->f->world.http = &n->base;
    now.network = str_of(names[class]);
    now.settings = str_of(settings);
    CHECK_OK(t->f, channel_update(&t->f->op, &t->channel, &now));
    t->channel = now;
}

void network_end(struct network *n)
{
    free(n->taken);
    free(n->items);
}

size_t network_copies(const struct network *n, struct str key)
{
    size_t copies = 0;

    for (size_t i = 0; i < n->taken_count; i++)
        copies += str_eq(n->taken[i].key, key);
    return copies;
}

void network_publish(struct network *n, const char *id, const char *who, const char *text,
                     int64_t sent_at)
{
    struct arena *arena = &n->f->arena;

    n->items = must_realloc(n->items, (n->item_count + 1) * sizeof(*n->items));
    n->items[n->item_count++] =
        arena_fmt(arena,
                  "{\"external_id\":\"%s\",\"thread\":{\"external_id\":\"wall\"},"
                  "\"author\":{\"external_id\":\"%s\",\"name\":\"%s\"},"
                  "\"body\":\"%s\",\"sent_at\":\"" STR_FMT "\"}",
                  id, who, who, text, STR_ARG(time_format(arena, sent_at)));
}

void network_let_pass(struct talk *t, int64_t ms)
{
    struct fixture *f = t->f;
    int64_t end = f->op.now + ms;

    talk_work(t);
    for (;;) {
        int64_t next = COUNT(f, "SELECT COALESCE(MIN(run_at), 0) FROM job "
                                "WHERE state = 'queued'");

        if (!next || next > end)
            break;
        fixture_advance(f, next > f->op.now ? next - f->op.now : 0);
        talk_work(t);
    }
    fixture_advance(f, end > f->op.now ? end - f->op.now : 0);
}
