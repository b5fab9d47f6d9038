/* api_alike.c - messages that say nearly the same: of a conversation, of today, and all.
 */
#include "api/api_show.h"

#include "base/ids.h"
#include "dialogue/alike.h"
#include "dialogue/inbox.h"

/* So many lines on the page of today, of what was said in the last days. */
enum { TODAY_LINES = 3, TODAY_LOOKED = 50, TODAY_DAYS = 2 };

static const char *scale_of(const struct alike_sum *sum)
{
    if (sum->people == 1)
        return "single";
    return sum->many ? "many" : "some";
}

static void put_sum(struct show *s, const char *key, const struct alike *alike,
                    const struct alike_sum *sum, int64_t open)
{
    struct json_writer *w = s->w;

    json_begin_object(w, key);
    json_put_id(w, "id", alike->id);
    json_put_int(w, "said", sum->said);
    json_put_int(w, "people", sum->people);
    json_put_int(w, "conversations", sum->conversations);
    json_put_int(w, "open", open);
    json_put_int(w, "most", ALIKE_MOST);
    json_put_c(w, "scale", scale_of(sum));
    json_put_time(w, "first_at", sum->first_at);
    json_put_time(w, "last_at", sum->last_at);
    json_put_text(w, "excerpt", show_excerpt(s->op, sum->words));
    json_end_object(w);
}

/* What is open of it, up to the ceiling. */
static int count_open(struct op *op, int64_t id, int64_t *ret)
{
    const struct inbox inbox = { .view = STR("open"), .alike_id = id };

    return inbox_count(op, &inbox, ALIKE_MOST, ret);
}

static int show_alike(struct show *s, const char *key, const struct alike *alike)
{
    struct alike_sum sum;
    int64_t open;
    int r = alike_sum(s->op, alike, &sum);

    if (r >= 0)
        r = count_open(s->op, alike->id, &open);
    if (r < 0)
        return r;
    put_sum(s, key, alike, &sum, open);
    return 0;
}

int show_alike_of(struct show *s, const struct conversation *c)
{
    struct alike alike;
    int r = alike_of_conversation(s->op, c->id, &alike);

    if (r == 0)
        return show_alike(s, "alike", &alike);
    json_put_null(s->w, "alike");
    return r < 0 ? r : 0;
}

struct line {
    struct alike alike;
    struct alike_sum sum;
    int64_t open;
};

/* The ones that were said most often, of those that wait for somebody. */
static size_t keep_largest(struct line *lines, size_t n, const struct line *one)
{
    size_t at = n;

    while (at > 0 && lines[at - 1].sum.said < one->sum.said)
        at--;
    if (at == TODAY_LINES)
        return n;
    if (n == TODAY_LINES)
        n--;
    memmove(&lines[at + 1], &lines[at], (n - at) * sizeof(*lines));
    lines[at] = *one;
    return n + 1;
}

static int look(struct op *op, struct line *line)
{
    int r = count_open(op, line->alike.id, &line->open);

    if (r < 0 || !line->open)
        return r;
    return alike_sum(op, &line->alike, &line->sum);
}

int show_alike_today(struct show *s)
{
    const struct alike_page page = {
        .last_id = INT64_MAX,
        .id = INT64_MAX,
        .since_id = id_from_time(s->op->now - DAYS(TODAY_DAYS)),
        .limit = TODAY_LOOKED,
    };
    struct line *lines = arena_new(s->op->arena, struct line, TODAY_LINES + 1);
    struct alike *list;
    size_t count, n = 0;
    int r = alike_list(s->op, &page, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct line one = { .alike = list[i] };

        r = look(s->op, &one);
        if (r >= 0 && one.open && one.sum.said >= ALIKE_LISTED)
            n = keep_largest(lines, n, &one);
    }
    if (r < 0)
        return r;
    json_begin_object(s->w, "alike");
    json_put_int(s->w, "count", (int64_t)n);
    json_begin_array(s->w, "items");
    for (size_t i = 0; i < n; i++)
        put_sum(s, NULL, &lines[i].alike, &lines[i].sum, lines[i].open);
    json_end_array(s->w);
    json_end_object(s->w);
    return 0;
}

static int alike_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct alike_page wanted;
    struct alike *list;
    struct page page;
    size_t count;
    int64_t from = api_query_time(op, call, "from");
    int r = page_read(op, call, &page);

    if (r < 0)
        return r;
    wanted = (struct alike_page){ .last_id = call->cursor.n ? page.key : INT64_MAX,
                                  .id = call->cursor.n ? page.id : INT64_MAX,
                                  .since_id = from ? id_from_time(from) : 0,
                                  .limit = page.ask };
    r = alike_list(op, &wanted, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = show_alike(&s, NULL, &list[i]);
        page_at(&page, list[i].last_id, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int alike_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct alike alike;
    int r = alike_get(op, call->id, &alike);

    if (r == ALIKE_NONE)
        return op_fail(op, ERR_NOT_FOUND, "there is no such group of messages");
    if (r >= 0)
        r = show_alike(&s, NULL, &alike);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static const struct api_field index_query[] = {
    { .name = "from", .type = API_TIME, .help = "said again since then" },
    { NULL },
};

const struct api_route api_alike_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/alike",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List what several messages say nearly alike, the newest first.",
        .query = index_query,
        .handle = alike_index,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/alike/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show how often and by how many persons nearly the same was said.",
        .handle = alike_show,
    },
    { NULL },
};
