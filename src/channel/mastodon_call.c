/* mastodon_call.c - asking a server of Mastodon's interface, and its answers in words. */
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/mastodon.h"
#include "text/plain.h"

enum { WORDS = 200, MAX_ANSWER = 8 * 1024 * 1024 };

#define PATIENCE_MS SECONDS(45)

static struct str address(struct op *op, const struct connection *connection,
                          const struct mastodon_question *question)
{
    struct str url = json_text(connection->settings, "url");

    while (str_ends(url, STR("/")))
        url.n--;
    return arena_fmt(op->arena, STR_FMT "/api/" STR_FMT STR_FMT, STR_ARG(url),
                     STR_ARG(question->path), STR_ARG(question->query));
}

static const struct {
    int status;
    const char *trouble, *words;
} troubles[] = {
    { 401, "credential_refused",
      "the server does not accept the access token: make a new one there and enter it in "
      "this channel" },
    { 403, "token_rights",
      "the access token may not do that: make one there with the rights read and write "
      "and enter it in this channel" },
    { 404, NULL, "there is no such thing on the server any more" },
    { 429, "busy", "the server asks to be left alone for a while" },
};

/* "Validation failed: Text can't be blank" of {"error": …}. */
static struct str said(struct op *op, const struct mastodon_answer *answer)
{
    struct str words = text_plain(op->arena, json_text(answer->json, "error"), false);

    words = utf8_cut(words, WORDS);
    if (!words.n)
        return arena_fmt(op->arena, "the server answered %d", answer->status);
    return arena_fmt(op->arena, "the server answered %d: " STR_FMT, answer->status,
                     STR_ARG(words));
}

static void explain(struct op *op, const struct mastodon_answer *answer,
                    struct receipt *receipt)
{
    int status = answer->status;

    receipt->reason = said(op, answer);
    if (status / 100 == 3) {
        receipt->trouble = "moved";
        receipt->reason = arena_fmt(
            op->arena,
            "the server sends callers on to " STR_FMT ": enter that address here",
            STR_ARG(utf8_cut(http_field(&answer->reply.headers, "location"), WORDS)));
    }
    if (status / 100 == 2 && !answer->json) {
        receipt->trouble = "no_interface";
        receipt->reason =
            STR("what answers at this address is not the interface of Mastodon");
    }
    for (size_t i = 0; i < COUNT_OF(troubles); i++) {
        if (troubles[i].status != status)
            continue;
        receipt->trouble = troubles[i].trouble;
        receipt->reason = str_of(troubles[i].words);
    }
}

/* X-RateLimit-Remaining and -Reset: so many calls are left until that moment of the
 * server's clock. A 429 without Retry-After says it in this way alone. */
static void read_limit(const struct mastodon_answer *answer, struct receipt *receipt)
{
    struct str left = http_field(&answer->reply.headers, "x-ratelimit-remaining");
    int64_t reset, n;

    receipt->wait_ms = SECONDS((int64_t)answer->reply.retry_after);
    receipt->answered = answer->status == 429;
    if (!time_parse(http_field(&answer->reply.headers, "x-ratelimit-reset"), &reset) ||
        reset <= answer->now)
        return;
    if (answer->status == 429 && !receipt->wait_ms)
        receipt->wait_ms = reset - answer->now;
    if (!str_to_i64(left, &n) || n < 0)
        return;
    receipt->told = true;
    receipt->told_left = n;
    receipt->told_ms = reset - answer->now;
}

static struct http_call call_of(struct op *op, const struct connection *connection,
                                const struct mastodon_question *question)
{
    bool form = question->form.n > 0, posts = form || question->json.n;
    struct http_call call = { .method = posts ? STR("POST") : STR("GET"),
                              .url = address(op, connection, question),
                              .body = form ? question->form : question->json,
                              .max_answer = MAX_ANSWER,
                              .total_ms = PATIENCE_MS };

    call.credential.site = connection->credential.site;
    call.credential.authorization =
        arena_fmt(op->arena, "Bearer " STR_FMT, STR_ARG(connection->credential.text));
    if (posts)
        http_add(op->arena, &call.headers, STR("Content-Type"),
                 form ? question->form_type : STR("application/json"));
    if (question->key.n)
        http_add(op->arena, &call.headers, STR("Idempotency-Key"), question->key);
    return call;
}

int mastodon_ask(struct op *op, const struct connection *connection,
                 const struct mastodon_question *question, struct mastodon_answer *ret,
                 struct receipt *receipt)
{
    struct http_call call = call_of(op, connection, question);
    struct mastodon_answer answer = { .now = op->now };
    int r;

    if (!connection->credential.text.n) {
        receipt->trouble = "credential_missing";
        receipt->reason = STR("no access token was entered for this channel yet");
        return MASTODON_REFUSED;
    }
    r = http_send(op, &call, &answer.reply);
    if (r < 0)
        return r;
    if (r) {
        receipt->reason = answer.reply.reason;
        return r == HTTP_REFUSED    ? MASTODON_REFUSED
               : r == HTTP_NOT_SENT ? MASTODON_NOT_SENT
                                    : MASTODON_SILENT;
    }
    answer.status = answer.reply.status;
    answer.json = connector_json(op, answer.reply.body);
    (void)http_date_parse(http_field(&answer.reply.headers, "date"), &answer.now);
    read_limit(&answer, receipt);
    if (answer.status / 100 != 2 || !answer.json)
        explain(op, &answer, receipt);
    *ret = answer;
    return 0;
}

int mastodon_read(struct op *op, const struct connection *connection, struct str path,
                  struct str query, const struct json **ret, struct receipt *receipt)
{
    const struct mastodon_question question = { .path = path, .query = query };
    struct mastodon_answer answer;
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    if (r < 0)
        return r;
    if (r || answer.status / 100 != 2 || !answer.json)
        return POLL_FAILED;
    *ret = answer.json;
    return 0;
}

struct mastodon_me mastodon_me_read(struct op *op, const struct json *account)
{
    struct mastodon_me me = { .id = mastodon_id(op, json_text(account, "id")),
                              .username =
                                  utf8_cut(json_text(account, "username"), ITEM_MAX_NAME),
                              .url = json_text(account, "url") };

    if (me.url.n > ITEM_MAX_URL)
        me.url = STR("");
    return me;
}

int mastodon_ask_me(struct op *op, const struct connection *connection,
                    struct mastodon_me *ret, struct receipt *receipt)
{
    const struct json *account;
    int r = mastodon_read(op, connection, STR("v1/accounts/verify_credentials"), STR(""),
                          &account, receipt);

    if (r)
        return r;
    *ret = mastodon_me_read(op, account);
    if (ret->id.n)
        return 0;
    receipt->trouble = "no_interface";
    receipt->reason = STR("the server does not say which account we have there");
    return POLL_FAILED;
}

void mastodon_me_write(struct json_writer *w, const char *key,
                       const struct mastodon_me *me)
{
    json_begin_object(w, key);
    json_put_text(w, "id", me->id);
    json_put_text(w, "username", me->username);
    json_put_text(w, "url", me->url);
    json_end_object(w);
}
