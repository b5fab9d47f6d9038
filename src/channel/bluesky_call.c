/* bluesky_call.c - asking a server of the AT Protocol, and its answers in words. */
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/bluesky.h"

enum { WORDS = 200, MAX_ANSWER = 8 * 1024 * 1024 };

#define PATIENCE_MS SECONDS(45)

static struct str address(struct op *op, const struct connection *connection,
                          const struct bluesky_question *question)
{
    struct str url = json_text(connection->settings, "url");

    while (str_ends(url, STR("/")))
        url.n--;
    return arena_fmt(op->arena, STR_FMT "/xrpc/" STR_FMT STR_FMT, STR_ARG(url),
                     STR_ARG(question->method), STR_ARG(question->query));
}

bool bluesky_is_token_refused(const struct bluesky_answer *answer)
{
    return answer->status == 401 ||
           (answer->status == 400 && (str_is(answer->error, "ExpiredToken") ||
                                      str_is(answer->error, "InvalidToken")));
}

static const struct {
    int status;
    const char *trouble, *words;
} troubles[] = {
    { 401, "credential_refused",
      "the server does not accept the app password: make a new one there and enter it in "
      "this channel" },
    { 429, "busy", "the server asks to be left alone for a while" },
};

/* "the server answered 400: InvalidRequest, Profile not found". */
static struct str said(struct op *op, const struct bluesky_answer *answer)
{
    struct str message = bluesky_clean(op, json_text(answer->json, "message"), false);
    struct str error = bluesky_clean(op, answer->error, false);

    return arena_fmt(op->arena, "the server answered %d%s" STR_FMT "%s" STR_FMT,
                     answer->status, error.n ? ": " : "", STR_ARG(utf8_cut(error, WORDS)),
                     message.n ? ", " : "", STR_ARG(utf8_cut(message, WORDS)));
}

static void explain(struct op *op, const struct bluesky_answer *answer,
                    struct receipt *receipt)
{
    int status = bluesky_is_token_refused(answer) ? 401 : answer->status;

    receipt->reason = said(op, answer);
    if (status / 100 == 3) {
        receipt->trouble = "moved";
        receipt->reason = arena_fmt(
            op->arena,
            "the server sends callers on to " STR_FMT ": enter that address here",
            STR_ARG(utf8_cut(http_field(&answer->reply.headers, "location"), WORDS)));
    }
    if (status / 100 == 2 || (status == 404 && !answer->json)) {
        receipt->trouble = "no_interface";
        receipt->reason =
            STR("what answers at this address is not the interface of Bluesky");
    }
    for (size_t i = 0; i < COUNT_OF(troubles); i++) {
        if (troubles[i].status != status)
            continue;
        receipt->trouble = troubles[i].trouble;
        receipt->reason = str_of(troubles[i].words);
    }
}

/* RateLimit-Remaining calls are left until RateLimit-Reset, a second since 1970 by the
 * server's clock. A 429 without Retry-After says it in this way alone. */
static void read_limit(const struct op *op, const struct bluesky_answer *answer,
                       struct receipt *receipt)
{
    const struct http_fields *fields = &answer->reply.headers;
    int64_t now = op->now, reset, left;

    (void)http_date_parse(http_field(fields, "date"), &now);
    receipt->wait_ms = SECONDS((int64_t)answer->reply.retry_after);
    receipt->answered = answer->status == 429;
    if (!str_to_i64(http_field(fields, "ratelimit-reset"), &reset) || reset < 0 ||
        reset > INT64_MAX / SECONDS(2) || SECONDS(reset) <= now)
        return;
    if (answer->status == 429 && !receipt->wait_ms)
        receipt->wait_ms = SECONDS(reset) - now;
    if (!str_to_i64(http_field(fields, "ratelimit-remaining"), &left) || left < 0)
        return;
    receipt->told = true;
    receipt->told_left = left;
    receipt->told_ms = SECONDS(reset) - now;
}

static struct http_call call_of(struct op *op, const struct connection *connection,
                                struct str token, const struct bluesky_question *question)
{
    bool brings = question->bytes.n > 0, posts = brings || question->json.n;
    struct http_call call = { .method = posts ? STR("POST") : STR("GET"),
                              .url = address(op, connection, question),
                              .body = brings ? question->bytes : question->json,
                              .max_answer = MAX_ANSWER,
                              .total_ms = question->patience_ms ? question->patience_ms
                                                                : PATIENCE_MS };

    call.credential.site = connection->credential.site;
    if (token.n)
        call.credential.authorization =
            arena_fmt(op->arena, "Bearer " STR_FMT, STR_ARG(token));
    if (question->proxy.n)
        http_add(op->arena, &call.headers, STR("Atproto-Proxy"), question->proxy);
    if (brings)
        http_add(op->arena, &call.headers, STR("Content-Type"), question->mime);
    else if (str_is(question->json, "{}"))
        call.body = STR("");
    else if (question->json.n)
        http_add(op->arena, &call.headers, STR("Content-Type"), STR("application/json"));
    return call;
}

int bluesky_call(struct op *op, const struct connection *connection, struct str token,
                 const struct bluesky_question *question, struct bluesky_answer *ret,
                 struct receipt *receipt)
{
    struct http_call call = call_of(op, connection, token, question);
    struct bluesky_answer answer = { .error = STR("") };
    int r = http_send(op, &call, &answer.reply);

    if (r < 0)
        return r;
    if (r) {
        receipt->reason = answer.reply.reason;
        return r == HTTP_REFUSED    ? BLUESKY_REFUSED
               : r == HTTP_NOT_SENT ? BLUESKY_NOT_SENT
                                    : BLUESKY_SILENT;
    }
    answer.status = answer.reply.status;
    answer.json = connector_json(op, answer.reply.body);
    answer.error = json_text(answer.json, "error");
    *receipt = (struct receipt){ .reason = STR("") };
    read_limit(op, &answer, receipt);
    if (answer.status / 100 != 2 || !answer.json)
        explain(op, &answer, receipt);
    *ret = answer;
    return 0;
}

/* Another session helps. A token that is good for posts and not for what is asked of
 * another service is called invalid, too: that one would be no better. */
static bool is_over(const struct bluesky_question *question,
                    const struct bluesky_answer *answer)
{
    return bluesky_is_token_refused(answer) &&
           (!question->proxy.n || str_is(answer->error, "ExpiredToken"));
}

int bluesky_ask(struct op *op, const struct connection *connection,
                const struct bluesky_question *question, struct bluesky_session *session,
                struct bluesky_answer *ret, struct receipt *receipt)
{
    struct bluesky_session own, *me = session ? session : &own;
    struct bluesky_answer answer;
    int r = bluesky_session(op, connection, me, receipt);

    if (r == 0)
        r = bluesky_call(op, connection, me->access, question, &answer, receipt);
    if (r || !is_over(question, &answer)) {
        if (r == 0)
            *ret = answer;
        return r;
    }
    r = bluesky_session_renew(op, connection, me, receipt);
    if (r == 0)
        r = bluesky_call(op, connection, me->access, question, ret, receipt);
    return r;
}

int bluesky_read(struct op *op, const struct connection *connection,
                 const struct bluesky_question *question, struct bluesky_session *session,
                 const struct json **ret, struct receipt *receipt)
{
    struct bluesky_answer answer;
    int r = bluesky_ask(op, connection, question, session, &answer, receipt);

    if (r < 0)
        return r;
    if (r || answer.status / 100 != 2 || !answer.json)
        return POLL_FAILED;
    *ret = answer.json;
    return 0;
}

int bluesky_read_post(struct op *op, const struct connection *connection, struct str uri,
                      struct bluesky_session *session, const struct json **ret,
                      struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("app.bsky.feed.getPosts"),
        .query =
            arena_fmt(op->arena, "?uris=" STR_FMT, STR_ARG(http_encode(op->arena, uri))),
    };
    const struct json *answer, *posts;
    int r = bluesky_read(op, connection, &question, session, &answer, receipt);

    if (r)
        return r;
    posts = json_get(answer, "posts");
    if (!posts || posts->type != JSON_ARRAY) {
        receipt->reason = STR("the server's list of posts cannot be read");
        return POLL_FAILED;
    }
    *ret = NULL;
    for (size_t i = 0; i < posts->count; i++)
        if (str_eq(json_text(&posts->items[i], "uri"), uri))
            *ret = &posts->items[i];
    return 0;
}
