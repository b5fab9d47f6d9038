/* bluesky_send.c - a reply on its way out, and looking whether it is there.
 *
 * The key of the record is ours, and chosen before the first try: in a repository no two
 * records have the same, so whatever is repeated, there is one post. Our own server is
 * asked whether it has the record, not the AppView, which learns of it later.
 */
#include "base/clock.h"
#include "channel/bluesky.h"

enum { MAX_NAMES = 10 };

int bluesky_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str parent =
        out->parent_external_id.n ? out->parent_external_id : out->thread_external_id;
    struct bluesky_chat_id chat;

    if (bluesky_chat_id_read(out->thread_external_id, &chat))
        return bluesky_chat_compose(op, out, &chat, ret);
    json_begin_object(&w, NULL);
    json_put_text(&w, "text", out->body);
    json_put_text(&w, "parent", parent);
    json_put_text(&w, "key", bluesky_tid(op, op->now));
    json_put_text(&w, "created_at", time_format(op->arena, op->now));
    json_put_int(&w, "pictures", (int64_t)out->file_count);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

/* A password that does not count may be mended, so what people wrote waits. */
int bluesky_judge_question(int r, const struct bluesky_answer *answer)
{
    if (r)
        return r < 0 ? r : r == BLUESKY_REFUSED ? SEND_REFUSED : SEND_LATER;
    if (answer->status / 100 == 2)
        return answer->json ? 0 : SEND_LATER;
    if (answer->status >= 500 || answer->status == 408 || answer->status == 429 ||
        answer->status == 403 || bluesky_is_token_refused(answer))
        return SEND_LATER;
    return SEND_REFUSED;
}

/* "?uris=at%3A…" */
static struct str query_of(struct op *op, const char *member, struct str value)
{
    return arena_fmt(op->arena, "?%s=" STR_FMT, member,
                     STR_ARG(http_encode(op->arena, value)));
}

static int ask(struct op *op, const struct connection *connection,
               const struct bluesky_question *question, const struct json **ret,
               struct receipt *receipt)
{
    struct bluesky_answer answer;
    int r = bluesky_judge_question(
        bluesky_ask(op, connection, question, NULL, &answer, receipt), &answer);

    if (r == 0)
        *ret = answer.json;
    return r;
}

/* What the reply answers, as the AppView has it. */
static int ask_parent(struct op *op, const struct connection *connection, struct str uri,
                      const struct json **ret, struct receipt *receipt)
{
    const struct bluesky_question question = { .method = STR("app.bsky.feed.getPosts"),
                                               .query = query_of(op, "uris", uri) };
    const struct json *answer = NULL, *posts;
    int r = ask(op, connection, &question, &answer, receipt);

    if (r)
        return r;
    posts = json_get(answer, "posts");
    for (size_t i = 0; posts && posts->type == JSON_ARRAY && i < posts->count; i++) {
        *ret = &posts->items[i];
        if (str_eq(json_text(*ret, "uri"), uri))
            return 0;
    }
    receipt->reason = STR("the post that this answers is not there any more");
    return SEND_REFUSED;
}

/* The DID behind a name, empty when it is nobody's: then it stays a word. */
static int resolve_name(struct op *op, const struct connection *connection,
                        struct bluesky_facet *facet, struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("com.atproto.identity.resolveHandle"),
        .query = query_of(op, "handle", facet->value),
    };
    struct receipt unheard = { .reason = STR("") };
    const struct json *answer = NULL;
    int r = ask(op, connection, &question, &answer, &unheard);

    facet->value = json_text(answer, "did");
    if (r == 0 || r == SEND_REFUSED)
        return 0;
    *receipt = unheard;
    return r;
}

int bluesky_resolve(struct op *op, const struct connection *connection,
                    struct bluesky_facet *facets, size_t count, struct receipt *receipt)
{
    size_t names = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++) {
        if (facets[i].kind != FACET_NAME)
            continue;
        if (names++ < MAX_NAMES)
            r = resolve_name(op, connection, &facets[i], receipt);
        else
            facets[i].value = STR("");
    }
    return r;
}

static void put_ref(struct json_writer *w, const char *key, struct str uri,
                    struct str cid)
{
    json_begin_object(w, key);
    json_put_text(w, "uri", uri);
    json_put_text(w, "cid", cid);
    json_end_object(w);
}

static void put_reply(struct json_writer *w, const struct json *parent)
{
    const struct json *root =
        json_get(json_get(json_get(parent, "record"), "reply"), "root");
    struct str uri = json_text(parent, "uri"), cid = json_text(parent, "cid");

    json_begin_object(w, "reply");
    if (json_text(root, "uri").n)
        put_ref(w, "root", json_text(root, "uri"), json_text(root, "cid"));
    else
        put_ref(w, "root", uri, cid);
    put_ref(w, "parent", uri, cid);
    json_end_object(w);
}

struct post {
    const struct json *ours, *parent;
    const struct outbound *out;
    struct bluesky_blob *blobs; /* one for each of its files */
    struct bluesky_facet *facets;
    size_t facet_count;
};

static struct str record_of(struct op *op, const struct post *post, struct str did)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "repo", did);
    json_put_c(&w, "collection", BLUESKY_POST);
    json_put_text(&w, "rkey", json_text(post->ours, "key"));
    json_begin_object(&w, "record");
    json_put_c(&w, "$type", BLUESKY_POST);
    json_put_text(&w, "text", json_text(post->ours, "text"));
    json_put_text(&w, "createdAt", json_text(post->ours, "created_at"));
    put_reply(&w, post->parent);
    bluesky_put_media(&w, post->out, post->blobs);
    bluesky_put_facets(&w, post->facets, post->facet_count);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

/* Ours, of the same words and moment; else chance gave one key twice. */
static bool is_it(const struct json *record, const struct json *ours)
{
    const struct json *value = json_get(record, "value");

    return str_eq(json_text(value, "text"), json_text(ours, "text")) &&
           str_eq(json_text(value, "createdAt"), json_text(ours, "created_at"));
}

static int look_up(struct op *op, const struct connection *connection,
                   const struct json *ours, struct receipt *ret)
{
    struct bluesky_question question = { .method = STR("com.atproto.repo.getRecord") };
    struct bluesky_session me;
    struct bluesky_answer answer;
    int r = bluesky_session(op, connection, &me, ret);

    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    question.query = arena_fmt(
        op->arena, "?collection=" BLUESKY_POST "&rkey=" STR_FMT "&repo=" STR_FMT,
        STR_ARG(json_text(ours, "key")), STR_ARG(http_encode(op->arena, me.did)));
    r = bluesky_ask(op, connection, &question, &me, &answer, ret);
    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    if (answer.status == 400 && str_is(answer.error, "RecordNotFound")) {
        ret->reason = STR("the server does not have it");
        return FIND_ABSENT;
    }
    if (answer.status / 100 != 2 || !answer.json)
        return FIND_CANNOT_TELL;
    if (!is_it(answer.json, ours)) {
        ret->reason = STR("another post of ours has its key");
        return FIND_CANNOT_TELL;
    }
    ret->external_id = bluesky_id(json_text(answer.json, "uri"));
    ret->copies = 1;
    return 0;
}

/* Refused, perhaps because it is there since a try before. */
static int settle_refusal(struct op *op, const struct connection *connection,
                          const struct json *ours, struct receipt *ret)
{
    struct receipt found = { .reason = STR("") };
    int r = look_up(op, connection, ours, &found);

    if (r < 0)
        return r;
    if (r == 0)
        ret->external_id = found.external_id;
    return r == 0 ? 0 : SEND_REFUSED;
}

static int judge_post(struct op *op, const struct connection *connection,
                      const struct bluesky_answer *answer, const struct json *ours,
                      struct receipt *ret)
{
    if (answer->status / 100 == 2) {
        ret->external_id = bluesky_id(json_text(answer->json, "uri"));
        if (answer->json && !ret->external_id.n)
            ret->reason = STR("the server took it and does not say what it calls it");
        return ret->external_id.n ? 0 : SEND_DOUBT;
    }
    if (answer->status == 429 || answer->status == 403 ||
        bluesky_is_token_refused(answer))
        return SEND_LATER;
    if (answer->status >= 500 || answer->status == 408)
        return SEND_DOUBT;
    return settle_refusal(op, connection, ours, ret);
}

static int create(struct op *op, const struct connection *connection,
                  const struct post *post, struct receipt *ret)
{
    struct bluesky_question question = { .method = STR("com.atproto.repo.createRecord") };
    struct bluesky_session me;
    struct bluesky_answer answer;
    int r = bluesky_session(op, connection, &me, ret);

    if (r)
        return bluesky_judge_question(r, NULL);
    question.json = record_of(op, post, me.did);
    r = bluesky_ask(op, connection, &question, &me, &answer, ret);
    if (r == BLUESKY_SILENT)
        return SEND_DOUBT;
    if (r)
        return bluesky_judge_question(r, NULL);
    return judge_post(op, connection, &answer, post->ours, ret);
}

int bluesky_send(struct op *op, const struct connection *connection,
                 const struct outbound *out, struct receipt *ret)
{
    struct post post = { 0 };
    struct json *ours;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    if (json_text(ours, "chat").n)
        return bluesky_chat_send(op, connection, ours, ret);
    if (json_int(ours, "pictures", 0) != (int64_t)out->file_count)
        return op_fail(op, ERR_INTERNAL, "a reply has lost its pictures");
    post.ours = ours;
    post.out = out;
    post.blobs = arena_new(op->arena, struct bluesky_blob, out->file_count);
    r = ask_parent(op, connection, json_text(ours, "parent"), &post.parent, ret);
    if (r)
        return r;
    post.facet_count = bluesky_facets(op, json_text(ours, "text"), &post.facets);
    r = bluesky_resolve(op, connection, post.facets, post.facet_count, ret);
    if (r == 0)
        r = bluesky_media(op, connection, out, post.blobs, ret);
    if (r)
        return r;
    return create(op, connection, &post, ret);
}

int bluesky_find(struct op *op, const struct connection *connection,
                 const struct outbound *out, struct receipt *ret)
{
    struct json *ours;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    return json_text(ours, "chat").n ? bluesky_chat_find(op, connection, ours, ret)
                                     : look_up(op, connection, ours, ret);
}

int bluesky_look(struct op *op, const struct connection *connection,
                 struct str external_id, struct receipt *ret)
{
    const struct json *post;
    int r;

    if (!bluesky_id(external_id).n)
        return LOOK_CANNOT_TELL; /* a chat message, of which no list says it is whole */
    r = bluesky_read_post(op, connection, external_id, NULL, &post, ret);
    if (r)
        return r < 0 ? r : LOOK_CANNOT_TELL;
    return post ? 0 : LOOK_GONE;
}
