/* bluesky_gate.c - answers that are hidden below what we wrote.
 *
 * Who wrote the topmost post keeps a record beside it, the thread's gate, which names the
 * answers that are hidden; nothing is deleted. The rest of that record is not ours to
 * change, and it is put back only if nobody changed it meanwhile.
 */
#include "base/clock.h"
#include "channel/bluesky.h"

enum { MAX_HIDDEN = 300 }; /* so many the record may name */

struct thread_gate {
    struct bluesky_session me;
    struct str root, key; /* of the thread; its key is the record's */
    struct str version;   /* empty: there is no record yet */
    const struct json *record;
    const struct json *hidden;
};

static int judge(int r, const struct bluesky_answer *answer)
{
    if (r)
        return r < 0 ? r : r == BLUESKY_REFUSED ? SEND_REFUSED : SEND_LATER;
    if (answer->status / 100 == 2 && answer->json)
        return 0;
    /* InvalidSwap: somebody was faster */
    return answer->status == 400 && !bluesky_is_token_refused(answer) &&
                   !str_is(answer->error, "InvalidSwap")
               ? SEND_REFUSED
               : SEND_LATER;
}

/* SEND_REFUSED when the thread is not ours. */
static int find_root(struct op *op, const struct connection *connection, struct str id,
                     struct thread_gate *gate, struct receipt *ret)
{
    const struct json *post = NULL;
    struct bluesky_uri root;
    int r = bluesky_read_post(op, connection, id, &gate->me, &post, ret);

    if (r)
        return r < 0 ? r : SEND_LATER;
    gate->root = bluesky_root(post);
    if (!post || !bluesky_uri_read(gate->root, &root)) {
        ret->reason = STR("this post is not there any more");
        return SEND_REFUSED;
    }
    gate->key = root.key;
    if (str_eq(root.repo, gate->me.did))
        return 0;
    ret->reason =
        STR("Bluesky lets us hide answers below our own posts alone, and this thread was "
            "begun by somebody else");
    return SEND_REFUSED;
}

static int read_gate(struct op *op, const struct connection *connection,
                     struct thread_gate *gate, struct receipt *ret)
{
    struct bluesky_question question = { .method = STR("com.atproto.repo.getRecord") };
    struct bluesky_answer answer;
    int r;

    question.query = arena_fmt(
        op->arena, "?collection=" BLUESKY_GATE "&rkey=" STR_FMT "&repo=" STR_FMT,
        STR_ARG(gate->key), STR_ARG(http_encode(op->arena, gate->me.did)));
    r = bluesky_ask(op, connection, &question, &gate->me, &answer, ret);
    if (r == 0 && answer.status == 400 && str_is(answer.error, "RecordNotFound"))
        return 0;
    r = judge(r, &answer);
    if (r)
        return r;
    gate->version = json_text(answer.json, "cid");
    gate->record = json_get(answer.json, "value");
    gate->hidden = json_get(gate->record, "hiddenReplies");
    if (gate->hidden && gate->hidden->type != JSON_ARRAY)
        gate->hidden = NULL;
    return 0;
}

static bool is_hidden(const struct thread_gate *gate, struct str id)
{
    for (size_t i = 0; gate->hidden && i < gate->hidden->count; i++)
        if (str_eq(gate->hidden->items[i].text, id))
            return true;
    return false;
}

static void put_members(struct op *op, struct json_writer *w,
                        const struct thread_gate *gate)
{
    const struct json *old = gate->record;

    for (size_t i = 0; old && old->type == JSON_OBJECT && i < old->count; i++)
        if (!str_is(old->keys[i], "hiddenReplies"))
            json_put_value(w, arena_cstr(op->arena, old->keys[i]), &old->items[i]);
    if (old)
        return;
    json_put_c(w, "$type", BLUESKY_GATE);
    json_put_text(w, "post", gate->root);
    json_put_text(w, "createdAt", time_format(op->arena, op->now));
}

static struct str changed(struct op *op, const struct thread_gate *gate, struct str id,
                          bool hide)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "repo", gate->me.did);
    json_put_c(&w, "collection", BLUESKY_GATE);
    json_put_text(&w, "rkey", gate->key);
    if (gate->version.n)
        json_put_text(&w, "swapRecord", gate->version);
    else
        json_put_null(&w, "swapRecord");
    json_begin_object(&w, "record");
    put_members(op, &w, gate);
    json_begin_array(&w, "hiddenReplies");
    for (size_t i = 0; gate->hidden && i < gate->hidden->count; i++)
        if (!str_eq(gate->hidden->items[i].text, id))
            json_put_value(&w, NULL, &gate->hidden->items[i]);
    if (hide)
        json_put_text(&w, NULL, id);
    json_end_array(&w);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

int bluesky_moderate(struct op *op, const struct connection *connection,
                     struct str external_id, struct str standing, struct receipt *ret)
{
    struct bluesky_question question = { .method = STR("com.atproto.repo.putRecord") };
    bool hide = !str_is(standing, "shown");
    struct thread_gate gate = { .version = STR("") };
    struct bluesky_answer answer;
    int r;

    if (!bluesky_id(external_id).n) {
        ret->reason = STR("a chat message is seen by nobody else: there is nothing to "
                          "hide");
        return SEND_REFUSED;
    }
    r = find_root(op, connection, external_id, &gate, ret);
    if (r == 0)
        r = read_gate(op, connection, &gate, ret);
    if (r || is_hidden(&gate, external_id) == hide)
        return r;
    if (hide && gate.hidden && gate.hidden->count >= MAX_HIDDEN) {
        ret->reason = STR("Bluesky hides no more than 300 answers of one thread");
        return SEND_REFUSED;
    }
    question.json = changed(op, &gate, external_id, hide);
    return judge(bluesky_ask(op, connection, &question, &gate.me, &answer, ret), &answer);
}
