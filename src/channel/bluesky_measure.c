/* bluesky_measure.c - what the AppView counts: followers, likes, reposts, quotations,
 * answers. Views it does not tell to anybody. */
#include "base/strbuf.h"
#include "channel/bluesky.h"

static int measure_account(struct op *op, const struct connection *connection,
                           struct counted *ret, struct receipt *receipt)
{
    struct bluesky_question question = { .method = STR("app.bsky.actor.getProfile") };
    struct bluesky_session me;
    const struct json *profile;
    int r = bluesky_session(op, connection, &me, receipt);

    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    question.query =
        arena_fmt(op->arena, "?actor=" STR_FMT, STR_ARG(http_encode(op->arena, me.did)));
    r = bluesky_read(op, connection, &question, &me, &profile, receipt);
    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    ret->there = true;
    ret->of[COUNTED_FOLLOWERS] = counted_number(profile, "followersCount");
    return 0;
}

static void read_post(const struct json *post, struct counted *ret)
{
    ret->there = true;
    ret->of[COUNTED_LIKES] = counted_number(post, "likeCount");
    ret->of[COUNTED_SHARES] = counted_number(post, "repostCount");
    ret->of[COUNTED_QUOTES] = counted_number(post, "quoteCount");
    ret->of[COUNTED_REPLIES] = counted_number(post, "replyCount");
}

int bluesky_measure(struct op *op, const struct connection *connection,
                    const struct measure_wish *wish, struct counted *ret,
                    struct receipt *receipt)
{
    struct bluesky_question question = { .method = STR("app.bsky.feed.getPosts") };
    struct strbuf query = STRBUF(op->arena);
    const struct json *answer, *posts;
    int r;

    if (!wish->count)
        return measure_account(op, connection, ret, receipt);
    for (size_t i = 0; i < wish->count; i++)
        strbuf_fmt(&query, "%suris=" STR_FMT, i ? "&" : "?",
                   STR_ARG(http_encode(op->arena, wish->posts[i])));
    question.query = strbuf_str(&query);
    r = bluesky_read(op, connection, &question, NULL, &answer, receipt);
    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    posts = json_get(answer, "posts");
    if (!posts || posts->type != JSON_ARRAY) {
        receipt->reason = STR("the server's list of posts cannot be read");
        return MEASURE_FAILED;
    }
    for (size_t i = 0; i < posts->count; i++)
        for (size_t k = 0; k < wish->count; k++)
            if (str_eq(json_text(&posts->items[i], "uri"), wish->posts[k]))
                read_post(&posts->items[i], &ret[k]);
    return 0;
}
