/* mastodon_measure.c - what the server counts: followers, favourites, boosts, answers.
 *
 * A newer Mastodon gives many posts at once; where that is not to be had they are asked
 * for one by one. Views it does not tell to anybody.
 */
#include "base/strbuf.h"
#include "channel/mastodon.h"

static void read_status(const struct json *status, struct counted *ret)
{
    ret->there = true;
    ret->of[COUNTED_LIKES] = counted_number(status, "favourites_count");
    ret->of[COUNTED_SHARES] = counted_number(status, "reblogs_count");
    ret->of[COUNTED_QUOTES] = counted_number(status, "quotes_count");
    ret->of[COUNTED_REPLIES] = counted_number(status, "replies_count");
}

static int measure_account(struct op *op, const struct connection *connection,
                           struct counted *ret, struct receipt *receipt)
{
    const struct json *me;
    int r = mastodon_read(op, connection, STR("v1/accounts/verify_credentials"), STR(""),
                          &me, receipt);

    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    ret->there = true;
    ret->of[COUNTED_FOLLOWERS] = counted_number(me, "followers_count");
    return 0;
}

static void read_list(struct op *op, const struct json *list,
                      const struct measure_wish *wish, struct counted *ret)
{
    for (size_t i = 0; i < list->count; i++) {
        struct str id = mastodon_id(op, json_text(&list->items[i], "id"));

        for (size_t k = 0; id.n && k < wish->count; k++)
            if (str_eq(mastodon_id(op, wish->posts[k]), id))
                read_status(&list->items[i], &ret[k]);
    }
}

/* All at once. *ret_known false: the server has no such call. */
static int measure_list(struct op *op, const struct connection *connection,
                        const struct measure_wish *wish, struct counted *ret,
                        struct receipt *receipt, bool *ret_known)
{
    struct mastodon_question question = { .path = STR("v1/statuses") };
    struct strbuf query = STRBUF(op->arena);
    struct mastodon_answer answer;
    int r;

    for (size_t i = 0; i < wish->count; i++)
        strbuf_fmt(&query, "%sid[]=" STR_FMT, i ? "&" : "?",
                   STR_ARG(http_encode(op->arena, mastodon_id(op, wish->posts[i]))));
    question.query = strbuf_str(&query);
    r = mastodon_ask(op, connection, &question, &answer, receipt);
    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    *ret_known =
        answer.status / 100 == 2 && answer.json && answer.json->type == JSON_ARRAY;
    if (*ret_known)
        read_list(op, answer.json, wish, ret);
    else if (answer.status != 404 && answer.status != 405 && answer.status / 100 != 2)
        return MEASURE_FAILED;
    return 0;
}

static int measure_one(struct op *op, const struct connection *connection, struct str id,
                       struct counted *ret, struct receipt *receipt)
{
    const struct mastodon_question question = {
        .path = arena_fmt(op->arena, "v1/statuses/" STR_FMT,
                          STR_ARG(http_encode(op->arena, mastodon_id(op, id)))),
    };
    struct mastodon_answer answer;
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    if (r)
        return r < 0 ? r : MEASURE_FAILED;
    if (answer.status == 404 || answer.status == 410)
        return 0;
    if (answer.status / 100 != 2 || !answer.json)
        return MEASURE_FAILED;
    read_status(answer.json, ret);
    return 0;
}

int mastodon_measure(struct op *op, const struct connection *connection,
                     const struct measure_wish *wish, struct counted *ret,
                     struct receipt *receipt)
{
    bool known = false;
    int r = 0;

    if (!wish->count)
        return measure_account(op, connection, ret, receipt);
    if (wish->count > 1)
        r = measure_list(op, connection, wish, ret, receipt, &known);
    if (r || known)
        return r;
    for (size_t i = 0; r == 0 && i < wish->count; i++)
        r = measure_one(op, connection, wish->posts[i], &ret[i], receipt);
    return r;
}
