/* wordpress_poll.c - what is new in a site's comments, and what changed.
 *
 * WordPress does not say when a comment was edited, moderated or thrown away, so being
 * up to date means reading again. A round lists the comments written since some moment,
 * whatever their state, oldest first, page by page: mostly since shortly before the
 * newest known one, and now and then since as long ago as the channel's setting says.
 * What was read before has the same bytes and costs nothing.
 *
 * `after` is compared with the site's local time, in which one hour of autumn comes
 * twice: reading OVERLAP_MS again is longer than that.
 */
#include "base/clock.h"
#include "channel/wordpress.h"

enum { PER_PAGE = 100 };

#define OVERLAP_MS HOURS(2)
#define SWEEP_MS   MINUTES(30)
/* What was written just now may not be listed yet. */
#define FRESH_MS MINUTES(1)

/* Between the calls all this stands in the cursor. */
struct place {
    int64_t me;     /* our user there */
    int64_t newest; /* when the newest known comment was written, by the site's clock */
    int64_t swept;  /* when the last long round began */
    /* The round that is going on, while page > 0: */
    int64_t page, after;
    int64_t total; /* comments in it, as its last page said */
    int64_t until; /* the newest of it so far */
    bool sweep;
    int64_t began;
};

static void read_place(struct op *op, struct str cursor, struct place *ret)
{
    struct err before = op->err;
    struct json *json = NULL;

    if (cursor.n && json_parse(op, cursor, &json) < 0)
        op->err = before;
    *ret = (struct place){ .me = json_int(json, "me", 0),
                           .newest = json_int(json, "newest", 0),
                           .swept = json_int(json, "swept", 0),
                           .page = json_int(json, "page", 0),
                           .after = json_int(json, "after", 0),
                           .total = json_int(json, "total", 0),
                           .until = json_int(json, "until", 0),
                           .sweep = json_bool(json, "sweep"),
                           .began = json_int(json, "began", 0) };
}

static struct str write_place(struct op *op, const struct place *place)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "me", place->me);
    json_put_int(&w, "newest", place->newest);
    json_put_int(&w, "swept", place->swept);
    if (place->page) {
        json_put_int(&w, "page", place->page);
        json_put_int(&w, "after", place->after);
        json_put_int(&w, "total", place->total);
        json_put_int(&w, "until", place->until);
        json_put_bool(&w, "sweep", place->sweep);
        json_put_int(&w, "began", place->began);
    }
    json_end_object(&w);
    return json_done(&w);
}

/* Since when a round must read: of what was never read, and of what may have changed. */
static int64_t long_ago(const struct op *op, const struct connection *connection,
                        const struct place *place)
{
    int64_t at = connector_since(op, &connector_wordpress, connection);

    return place->newest && place->newest - OVERLAP_MS < at ? place->newest - OVERLAP_MS
                                                            : at;
}

static void begin_round(const struct op *op, const struct connection *connection,
                        struct place *place)
{
    place->page = 1;
    place->total = place->until = 0;
    place->began = op->now;
    place->sweep = !place->newest || op->now - place->swept >= SWEEP_MS;
    place->after =
        place->sweep ? long_ago(op, connection, place) : place->newest - OVERLAP_MS;
}

/* Who we are there: what this user writes is ours. */
static int ask_who_we_are(struct op *op, const struct connection *connection,
                          struct place *place, struct receipt *receipt)
{
    const struct wordpress_question question = { STR("users/me"), STR("&_fields=id"),
                                                 STR("") };
    struct wordpress_answer answer;
    int r = wordpress_ask(op, connection, &question, &answer, receipt);

    if (r < 0)
        return r;
    if (r || answer.status != 200 || !answer.json)
        return POLL_FAILED;
    place->me = json_int(answer.json, "id", 0);
    return 0;
}

static int64_t total_of(const struct wordpress_answer *answer)
{
    int64_t n = 0;

    (void)str_to_i64(http_field(&answer->reply.headers, "x-wp-total"), &n);
    return n;
}

static bool is_last(const struct wordpress_answer *answer, int64_t page)
{
    int64_t pages = 0;

    (void)str_to_i64(http_field(&answer->reply.headers, "x-wp-totalpages"), &pages);
    return page >= pages;
}

static void read_page(struct op *op, const struct wordpress_answer *answer,
                      struct place *place, struct poll_page *page)
{
    const struct json *list = answer->json;

    page->items = arena_new(op->arena, struct str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *comment = &list->items[i];
        int64_t at = wordpress_time(op, json_text(comment, "date_gmt"));

        if (comment->type != JSON_OBJECT)
            continue;
        page->items[page->count++] = wordpress_item(op, comment, place->me);
        place->until = at > place->until ? at : place->until;
    }
}

static void end_round(struct place *place)
{
    if (place->until > place->newest)
        place->newest = place->until;
    if (place->sweep)
        place->swept = place->began;
    place->page = 0;
}

/* Fewer than at the page before: something in the list went, what stood behind moved up,
 * and one may have slipped through between two pages. Then the round begins again. */
static bool has_shifted(const struct place *place, int64_t total)
{
    return place->page > 1 && total < place->total;
}

/* Between the newest of the page before and the newest of this one, or, at the last page,
 * shortly before now by the site's clock: of that time everything is listed here. A
 * second is shared by two pages at most. */
static void claim_whole(const struct place *place, int64_t before,
                        const struct wordpress_answer *answer, struct poll_page *page)
{
    int64_t now;

    page->whole.from = (place->page > 1 ? before : place->after) + SECONDS(1);
    page->whole.to = place->until - SECONDS(1);
    if (is_last(answer, place->page) &&
        http_date_parse(http_field(&answer->reply.headers, "date"), &now))
        page->whole.to = now - FRESH_MS;
}

static int ask_page(struct op *op, const struct connection *connection,
                    const struct place *place, struct wordpress_answer *ret,
                    struct receipt *receipt)
{
    struct wordpress_question question = { .path = STR("comments") };
    struct str after = time_format(op->arena, place->after);
    int r;

    question.query = arena_fmt(
        op->arena,
        "&context=edit&status=any&orderby=date_gmt&order=asc&per_page=%d&page=%lld"
        "&after=" STR_FMT "&_embed=up&_fields=id,post,parent,author,author_name,"
        "author_email,author_url,author_user_agent,date_gmt,content,link,status,type,"
        "_links,_embedded",
        PER_PAGE, (long long)place->page, STR_ARG(http_encode(op->arena, after)));
    r = wordpress_ask(op, connection, &question, ret, receipt);
    if (r < 0)
        return r;
    if (r || ret->status != 200 || !ret->json)
        return POLL_FAILED;
    if (ret->json->type == JSON_ARRAY)
        return 0;
    receipt->reason = STR("the site's list of comments cannot be read");
    return POLL_FAILED;
}

int wordpress_poll(struct op *op, const struct connection *connection, struct str cursor,
                   struct poll_page *ret, struct receipt *receipt)
{
    struct poll_page page = { 0 };
    struct wordpress_answer answer;
    struct place place;
    int64_t before;
    int r = 0;

    read_place(op, cursor, &place);
    if (!place.me)
        r = ask_who_we_are(op, connection, &place, receipt);
    if (r)
        return r;
    if (!place.page)
        begin_round(op, connection, &place);
    r = ask_page(op, connection, &place, &answer, receipt);
    if (r)
        return r;
    before = place.until;
    read_page(op, &answer, &place, &page);
    page.more = true;
    if (has_shifted(&place, total_of(&answer))) {
        place.page = 1;
    } else {
        claim_whole(&place, before, &answer, &page);
        page.more = !is_last(&answer, place.page);
        place.page++;
    }
    place.total = total_of(&answer);
    if (!page.more)
        end_round(&place);
    page.next = write_place(op, &place);
    *ret = page;
    return 0;
}
