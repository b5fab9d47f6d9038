/* mastodon_send.c - a reply on its way out, and looking whether it is there.
 *
 * What a reply answers is asked first: whom it must name, and how public it may be. Only
 * then it is posted, with an Idempotency-Key, after its pictures were brought
 * (mastodon_media.c). Not every server heeds that key, so after a doubt nothing is
 * repeated before reading back showed that the reply is not there.
 */
#include "base/clock.h"
#include "base/strbuf.h"
#include "channel/mastodon.h"
#include "text/plain.h"
#include "text/warning.h"

/* Servers tell times in whole seconds, and clocks do not run alike. */
#define SLACK_MS SECONDS(10)

int mastodon_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str parent =
        out->parent_external_id.n ? out->parent_external_id : out->thread_external_id;
    struct str words, warning = warning_cut(out->body, &words);

    json_begin_object(&w, NULL);
    json_put_text(&w, "status", words);
    json_put_text(&w, "warning", warning);
    json_put_text(&w, "in_reply_to_id", mastodon_id(op, parent));
    json_put_bool(&w, "private", str_is(out->visibility, "private"));
    json_put_int(&w, "composed_at", op->now);
    json_put_int(&w, "pictures", (int64_t)out->file_count);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

static void put_media(struct json_writer *w, const char *key,
                      const struct mastodon_medium *media, size_t count)
{
    json_begin_array(w, key);
    for (size_t i = 0; i < count; i++)
        json_put_text(w, NULL, media[i].id);
    json_end_array(w);
}

/* What compose() gave, and beside it how the pictures are called there. */
static struct str with_media(struct op *op, const struct json *ours,
                             const struct mastodon_medium *media, size_t count)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "status", json_text(ours, "status"));
    json_put_text(&w, "warning", json_text(ours, "warning"));
    json_put_text(&w, "in_reply_to_id", json_text(ours, "in_reply_to_id"));
    json_put_bool(&w, "private", json_bool(ours, "private"));
    json_put_int(&w, "composed_at", json_int(ours, "composed_at", 0));
    json_put_int(&w, "pictures", (int64_t)count);
    put_media(&w, "media", media, count);
    json_end_object(&w);
    return json_done(&w);
}

/* All pictures, as far as they are not there since an earlier try. */
static int bring_pictures(struct op *op, const struct connection *connection,
                          const struct outbound *out, const struct json *ours,
                          struct mastodon_medium *media, struct receipt *ret)
{
    const struct json *before = json_get(ours, "media");
    int r;

    for (size_t i = 0; before && i < before->count && i < out->file_count; i++)
        media[i].id = before->items[i].text;
    r = mastodon_media(op, connection, out, media, ret);
    if (out->file_count)
        ret->keep = with_media(op, ours, media, out->file_count);
    return r;
}

/* No more public than what it answers; what only followers read is answered to the one
 * person alone. */
static struct str visibility_of(const struct json *ours, const struct json *parent)
{
    if (json_bool(ours, "private") || mastodon_is_private(parent))
        return STR("direct");
    return json_text(parent, "visibility");
}

/* Whom the reply must name, or it reaches nobody: the author of what it answers, and when
 * that is us, whom we named there. */
static struct str addressee(const struct json *parent, struct str me)
{
    const struct json *account = json_get(parent, "account");
    const struct json *mentions = json_get(parent, "mentions");

    if (!me.n || !str_eq(json_text(account, "id"), me))
        return json_text(account, "acct");
    if (mentions && mentions->type == JSON_ARRAY && mentions->count)
        return json_text(&mentions->items[0], "acct");
    return STR("");
}

static struct str words(struct op *op, struct str body, struct str acct)
{
    struct str name = arena_fmt(op->arena, "@" STR_FMT, STR_ARG(acct));

    if (!acct.n || str_find(body, name) >= 0)
        return body;
    return arena_fmt(op->arena, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(body));
}

int mastodon_preview(struct op *op, const struct connection *connection UNUSED,
                     const struct outbound *out, struct str handle,
                     struct reply_look *ret)
{
    struct str ours, warning = warning_cut(out->body, &ours);

    ret->body = warning_put(op->arena, warning, words(op, ours, handle));
    return 0;
}

static struct str post_of(struct op *op, const struct json *ours,
                          const struct json *parent, struct str me,
                          const struct mastodon_medium *media)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str warning = json_text(ours, "warning");

    json_begin_object(&w, NULL);
    json_put_text(&w, "status",
                  words(op, json_text(ours, "status"), addressee(parent, me)));
    json_put_text(&w, "in_reply_to_id", json_text(ours, "in_reply_to_id"));
    json_put_text(&w, "visibility", visibility_of(ours, parent));
    if (warning.n)
        json_put_text(&w, "spoiler_text", warning);
    if (json_int(ours, "pictures", 0) > 0)
        put_media(&w, "media_ids", media, (size_t)json_int(ours, "pictures", 0));
    json_end_object(&w);
    return json_done(&w);
}

/* How a call ended that only asks: nothing was applied by it. */
static int judge_question(int r, const struct mastodon_answer *answer)
{
    if (r == MASTODON_REFUSED)
        return SEND_REFUSED;
    if (r || answer->status >= 500 || answer->status == 408 || answer->status == 429 ||
        answer->status == 401 || answer->status == 403)
        return SEND_LATER;
    if (answer->status / 100 == 2)
        return answer->json ? 0 : SEND_LATER;
    return SEND_REFUSED;
}

/* 401 and 403 come before anything is done, but may be mended: not refused for good, so
 * that what people wrote waits until a token counts again. */
static int judge_post(struct op *op, int r, const struct mastodon_answer *answer,
                      struct receipt *ret)
{
    if (r)
        return r == MASTODON_REFUSED    ? SEND_REFUSED
               : r == MASTODON_NOT_SENT ? SEND_LATER
                                        : SEND_DOUBT;
    if (answer->status / 100 == 2) {
        ret->external_id = mastodon_id(op, json_text(answer->json, "id"));
        if (answer->json && !ret->external_id.n)
            ret->reason = STR("the server took it and does not say what it calls it");
        return ret->external_id.n ? 0 : SEND_DOUBT;
    }
    if (answer->status == 401 || answer->status == 403 || answer->status == 429)
        return SEND_LATER;
    return answer->status >= 500 || answer->status == 408 ? SEND_DOUBT : SEND_REFUSED;
}

/* What the reply answers. */
static int ask_before(struct op *op, const struct connection *connection, struct str path,
                      const struct json **ret, struct receipt *receipt)
{
    const struct mastodon_question question = { .path = path };
    struct mastodon_answer answer = { 0 };
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    if (r < 0)
        return r;
    if (r == MASTODON_REFUSED && !connection->credential.text.n)
        return SEND_LATER;
    r = judge_question(r, &answer);
    if (r == 0)
        *ret = answer.json;
    return r;
}

static struct str path_of(struct op *op, const struct json *ours, const char *more)
{
    return arena_fmt(op->arena, "v1/statuses/" STR_FMT "%s",
                     STR_ARG(json_text(ours, "in_reply_to_id")), more);
}

int mastodon_send(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct receipt *ret)
{
    struct mastodon_question question = { .path = STR("v1/statuses"), .key = out->key };
    struct mastodon_answer answer = { 0 };
    const struct json *parent = NULL;
    struct mastodon_medium *media;
    struct mastodon_me me;
    struct json *ours;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    if (json_int(ours, "pictures", 0) != (int64_t)out->file_count)
        return op_fail(op, ERR_INTERNAL, "a reply has lost its pictures");
    media = arena_new(op->arena, struct mastodon_medium, out->file_count);
    r = ask_before(op, connection, path_of(op, ours, ""), &parent, ret);
    if (r)
        return r;
    r = mastodon_ask_me(op, connection, &me, ret);
    if (r)
        return r < 0 ? r : SEND_LATER;
    r = bring_pictures(op, connection, out, ours, media, ret);
    if (r)
        return r;
    question.json = post_of(op, ours, parent, me.id, media);
    r = mastodon_ask(op, connection, &question, &answer, ret);
    if (r < 0)
        return r;
    return judge_post(op, r, &answer, ret);
}

/* Letters and digits alone: servers change blanks and quotation marks. */
static struct str bones(struct op *op, struct str text)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
            (c >= 'A' && c <= 'Z'))
            strbuf_char(&out, text.p[i]);
    }
    return strbuf_str(&out);
}

/* Ours, below what the reply answers, and no older than the reply: another of the same
 * words may stand there since long. */
static bool may_be_it(struct op *op, const struct json *status, const struct json *ours,
                      struct str me, int64_t server_now)
{
    int64_t elapsed = op->now - json_int(ours, "composed_at", 0), at;

    return str_eq(json_text(json_get(status, "account"), "id"), me) &&
           str_eq(mastodon_id(op, json_text(status, "in_reply_to_id")),
                  json_text(ours, "in_reply_to_id")) &&
           time_parse(json_text(status, "created_at"), &at) &&
           server_now - at <= elapsed + SLACK_MS;
}

static bool has_pictures(const struct json *status, const struct json *ours)
{
    const struct json *list = json_get(status, "media_attachments");
    size_t count = list && list->type == JSON_ARRAY ? list->count : 0;

    return (int64_t)count == json_int(ours, "pictures", 0);
}

/* Some servers give what was typed, too. A reply of pictures alone has no words to be
 * known by, and their number stands for them. */
static bool has_words(struct op *op, const struct json *status, const struct json *ours)
{
    struct str wanted = bones(op, json_text(ours, "status"));
    struct str shown = mastodon_words(op, json_text(status, "content"));

    if (!wanted.n && !has_pictures(status, ours))
        return false;
    return str_ends(bones(op, json_text(status, "text")), wanted) ||
           str_ends(bones(op, shown), wanted);
}

/* Servers make other words of some: one of ours that may be it and reads differently
 * proves nothing. */
static int search(struct op *op, const struct mastodon_answer *context,
                  const struct json *ours, struct str me, struct receipt *ret)
{
    const struct json *list = json_get(context->json, "descendants");
    bool unsure = false;

    for (size_t i = 0; i < list->count; i++) {
        const struct json *status = &list->items[i];

        if (!may_be_it(op, status, ours, me, context->now))
            continue;
        if (!has_words(op, status, ours))
            unsure = true;
        else if (!ret->copies++)
            ret->external_id = mastodon_id(op, json_text(status, "id"));
    }
    if (ret->copies)
        return 0;
    ret->reason = unsure ? STR("a post of ours of that time stands there, in other words")
                         : STR("the server does not show it");
    return unsure ? FIND_CANNOT_TELL : FIND_ABSENT;
}

int mastodon_find(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct receipt *ret)
{
    struct mastodon_answer context;
    const struct json *list;
    struct mastodon_me me;
    struct json *ours;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    r = mastodon_ask_me(op, connection, &me, ret);
    if (r == 0) {
        const struct mastodon_question question = { .path =
                                                        path_of(op, ours, "/context") };

        r = mastodon_ask(op, connection, &question, &context, ret);
    }
    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    list = json_get(context.json, "descendants");
    if (context.status == 200 && list && list->type == JSON_ARRAY)
        return search(op, &context, ours, me.id, ret);
    if (!ret->reason.n)
        ret->reason = STR("the server does not say what stands below");
    return FIND_CANNOT_TELL;
}

int mastodon_look(struct op *op, const struct connection *connection,
                  struct str external_id, struct receipt *ret)
{
    struct mastodon_question question = { .path = STR("v1/accounts/verify_credentials") };
    struct mastodon_answer answer;
    int r = mastodon_ask(op, connection, &question, &answer, ret);

    if (r || answer.status != 200 || !answer.json)
        return r < 0 ? r : LOOK_CANNOT_TELL;
    question.path = arena_fmt(op->arena, "v1/statuses/" STR_FMT,
                              STR_ARG(mastodon_id(op, external_id)));
    r = mastodon_ask(op, connection, &question, &answer, ret);
    if (r)
        return r < 0 ? r : LOOK_CANNOT_TELL;
    if (answer.status == 404 || answer.status == 410)
        return LOOK_GONE;
    return answer.status == 200 && answer.json ? 0 : LOOK_CANNOT_TELL;
}
