/* wordpress_call.c - asking a WordPress site, and its answers in words. */
#include "channel/wordpress.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "text/plain.h"

enum { WORDS = 200, MAX_LIST = 4 * 1024 * 1024 };

#define PATIENCE_MS SECONDS(45)

/* "Basic …" of user and application password. WordPress shows it in groups of four; the
 * blanks are no part of it. */
static struct str authorization(struct op *op, const struct connection *connection)
{
    struct str both = arena_fmt(op->arena, STR_FMT ":" STR_FMT,
                                STR_ARG(json_text(connection->settings, "user")),
                                STR_ARG(connection->credential.text));

    return arena_fmt(op->arena, "Basic " STR_FMT,
                     STR_ARG(base64_encode(op->arena, both)));
}

/* This form of the address works whatever the site made of its permalinks. */
static struct str address(struct op *op, const struct connection *connection,
                          const struct wordpress_question *question)
{
    struct str url = json_text(connection->settings, "url");

    while (str_ends(url, STR("/")))
        url.n--;
    return arena_fmt(op->arena, STR_FMT "/?rest_route=/wp/v2/" STR_FMT STR_FMT,
                     STR_ARG(url), STR_ARG(question->path), STR_ARG(question->query));
}

static const struct {
    int status;
    const char *code, *trouble, *words;
} troubles[] = {
    { 401, NULL, "credential_refused",
      "WordPress does not accept the user name and application password: make a new "
      "application password there (Users, Profile) and enter it in this channel" },
    { 403, "rest_comment_closed", NULL, "comments are closed under this post" },
    { 403, NULL, "rights",
      "this user of WordPress may not moderate comments: give it the role of an editor" },
    { 404, "rest_no_route", "no_interface",
      "the interface of WordPress (REST API) is switched off on this site" },
    { 404, NULL, NULL, "there is no such thing on the site any more" },
    { 409, "comment_duplicate", NULL,
      "WordPress takes the same words under the same comment only once: change them" },
    { 429, NULL, "busy", "the site asks to be left alone for a while" },
};

/* "Sorry, you must be logged in to comment." of {"code": …, "message": …}. */
static struct str said(struct op *op, const struct wordpress_answer *answer)
{
    struct str words = text_plain(op->arena, json_text(answer->json, "message"), false);

    words = utf8_cut(words, WORDS);
    if (!words.n)
        return arena_fmt(op->arena, "the site answered %d", answer->status);
    return arena_fmt(op->arena, "the site answered %d: " STR_FMT, answer->status,
                     STR_ARG(words));
}

static void explain(struct op *op, const struct wordpress_answer *answer,
                    struct receipt *receipt)
{
    int status = answer->status;

    receipt->reason = said(op, answer);
    if (status / 100 == 3) {
        receipt->trouble = "moved";
        receipt->reason = arena_fmt(
            op->arena,
            "the site sends callers on to " STR_FMT ": enter that address here",
            STR_ARG(utf8_cut(http_field(&answer->reply.headers, "location"), WORDS)));
    }
    if (status / 100 == 2 && !answer->json) {
        receipt->trouble = "no_interface";
        receipt->reason =
            STR("what answers at this address is not the interface of WordPress");
    }
    for (size_t i = 0; i < COUNT_OF(troubles); i++) {
        if (troubles[i].status != status ||
            (troubles[i].code && !str_is(answer->code, troubles[i].code)))
            continue;
        receipt->trouble = troubles[i].trouble;
        receipt->reason = str_of(troubles[i].words);
        return;
    }
}

/* A change may be answered 200 or 201, a list is there with 200 alone. */
static bool fits(const struct wordpress_question *question,
                 const struct wordpress_answer *answer)
{
    return answer->json &&
           (question->json.n ? answer->status / 100 == 2 : answer->status == 200);
}

int wordpress_ask(struct op *op, const struct connection *connection,
                  const struct wordpress_question *question, struct wordpress_answer *ret,
                  struct receipt *receipt)
{
    struct http_call call = { .method = question->json.n ? STR("POST") : STR("GET"),
                              .url = address(op, connection, question),
                              .body = question->json,
                              .max_answer = MAX_LIST,
                              .total_ms = PATIENCE_MS };
    struct wordpress_answer answer = { 0 };
    int r;

    if (!connection->credential.text.n) {
        receipt->trouble = "credential_missing";
        receipt->reason = STR("no application password was entered for this channel yet");
        return WORDPRESS_REFUSED;
    }
    call.credential.site = connection->credential.site;
    call.credential.authorization = authorization(op, connection);
    if (question->json.n)
        http_add(op->arena, &call.headers, STR("Content-Type"), STR("application/json"));
    r = http_send(op, &call, &answer.reply);
    if (r < 0)
        return r;
    if (r) {
        receipt->reason = answer.reply.reason;
        return r == HTTP_REFUSED    ? WORDPRESS_REFUSED
               : r == HTTP_NOT_SENT ? WORDPRESS_NOT_SENT
                                    : WORDPRESS_SILENT;
    }
    answer.status = answer.reply.status;
    answer.json = connector_json(op, answer.reply.body);
    answer.code = json_text(answer.json, "code");
    receipt->wait_ms = SECONDS((int64_t)answer.reply.retry_after);
    receipt->answered = answer.status == 429;
    if (!fits(question, &answer))
        explain(op, &answer, receipt);
    *ret = answer;
    return 0;
}
