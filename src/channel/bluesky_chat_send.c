/* bluesky_chat_send.c - an answer in a private talk, and looking whether it is there.
 *
 * The service gives a message its name and takes none of ours, so a message of which it
 * is not known whether it arrived is looked for by who said it, its words and its time,
 * among all that was said since. What is not there then is for a person to decide.
 */
#include "base/clock.h"
#include "channel/bluesky.h"

enum { PER_PAGE = 100, MAX_PAGES = 5 };

/* The service's clock and ours do not run alike. */
#define SLACK_MS SECONDS(10)
/* Nobody waits for that it is marked as read. */
#define READ_MS SECONDS(5)

int bluesky_chat_compose(struct op *op, const struct outbound *out,
                         const struct bluesky_chat_id *thread, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct bluesky_chat_id parent = { .message = STR("") };

    (void)bluesky_chat_id_read(out->parent_external_id, &parent);
    json_begin_object(&w, NULL);
    json_put_text(&w, "chat", thread->convo);
    json_put_text(&w, "answers", parent.message);
    json_put_text(&w, "text", out->body);
    json_put_int(&w, "composed_at", op->now);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

static struct str convo_only(struct op *op, const struct json *ours)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "convoId", json_text(ours, "chat"));
    json_end_object(&w);
    return json_done(&w);
}

static struct str message_of(struct op *op, const struct json *ours,
                             const struct bluesky_facet *facets, size_t count)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "convoId", json_text(ours, "chat"));
    json_begin_object(&w, "message");
    json_put_text(&w, "text", json_text(ours, "text"));
    bluesky_put_facets(&w, facets, count);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

/* Whether it may be mended: a right that is missing, a service that is away. */
static bool may_pass(const struct bluesky_answer *answer)
{
    return answer->status >= 500 || answer->status == 408 || answer->status == 429 ||
           answer->status == 403 || answer->status == 404 ||
           bluesky_is_token_refused(answer);
}

static int judge(int r, const struct bluesky_answer *answer)
{
    if (r)
        return bluesky_judge_question(r, answer);
    if (answer->status / 100 == 2 && answer->json)
        return 0;
    return answer->status / 100 == 2 || may_pass(answer) ? SEND_LATER : SEND_REFUSED;
}

/* Whoever writes to us first asks to be let in; who answers lets them. Twice is once. */
static int let_in(struct op *op, const struct connection *connection,
                  const struct json *ours, struct receipt *ret)
{
    const struct bluesky_question question = { .method =
                                                   STR("chat.bsky.convo.acceptConvo"),
                                               .json = convo_only(op, ours) };
    struct bluesky_answer answer;
    int r = bluesky_chat_ask(op, connection, &question, NULL, &answer, ret);

    return judge(r, &answer);
}

/* What was answered was read: so the house's other programs do not show it as new. */
static void mark_read(struct op *op, const struct connection *connection,
                      const struct json *ours)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct bluesky_question question = { .method = STR("chat.bsky.convo.updateRead"),
                                         .patience_ms = READ_MS };
    struct receipt unheard = { .reason = STR("") };
    struct err before = op->err;
    struct bluesky_answer answer;

    if (!json_text(ours, "answers").n)
        return;
    json_begin_object(&w, NULL);
    json_put_text(&w, "convoId", json_text(ours, "chat"));
    json_put_text(&w, "messageId", json_text(ours, "answers"));
    json_end_object(&w);
    question.json = json_done(&w);
    if (bluesky_chat_ask(op, connection, &question, NULL, &answer, &unheard) < 0)
        op->err = before;
}

static int judge_message(struct op *op, const struct bluesky_answer *answer,
                         const struct json *ours, struct receipt *ret)
{
    struct str id = json_text(answer->json, "id");

    if (answer->status / 100 == 2) {
        if (id.n)
            ret->external_id = bluesky_chat_id(op, json_text(ours, "chat"), id);
        if (ret->external_id.n)
            return 0;
        ret->reason = STR("the service took it and does not say what it calls it");
        return SEND_DOUBT;
    }
    /* 501 says that nobody there knows how */
    if ((answer->status >= 500 && answer->status != 501) || answer->status == 408)
        return SEND_DOUBT;
    return judge(0, answer);
}

int bluesky_chat_send(struct op *op, const struct connection *connection,
                      const struct json *ours, struct receipt *ret)
{
    struct bluesky_question question = { .method = STR("chat.bsky.convo.sendMessage") };
    struct bluesky_facet *facets;
    struct bluesky_answer answer;
    size_t count;
    int r;

    if (!bluesky_chats(connection)) {
        ret->reason = STR("chat messages are switched off in this channel");
        return SEND_REFUSED;
    }
    r = let_in(op, connection, ours, ret);
    if (r)
        return r;
    count = bluesky_facets(op, json_text(ours, "text"), &facets);
    r = bluesky_resolve(op, connection, facets, count, ret);
    if (r)
        return r;
    question.json = message_of(op, ours, facets, count);
    r = bluesky_chat_ask(op, connection, &question, NULL, &answer, ret);
    if (r == BLUESKY_SILENT)
        return SEND_DOUBT;
    if (r)
        return bluesky_judge_question(r, NULL);
    r = judge_message(op, &answer, ours, ret);
    if (r == 0)
        mark_read(op, connection, ours);
    return r;
}

/* What is looked for, and what was seen of it. */
struct search {
    const struct json *ours;
    struct str us;
    int64_t oldest; /* by the service's clock: it was not written before */
    bool end;       /* of what was said since then */
    int64_t copies; /* that were found */
    struct str id;  /* of the first of them */
};

static void look_at(struct op *op, const struct json *list, struct search *search)
{
    struct str wanted = bluesky_clean(op, json_text(search->ours, "text"), true);

    for (size_t i = 0; i < list->count && !search->end; i++) {
        const struct json *one = &list->items[i];
        int64_t at;

        if (!time_parse(json_text(one, "sentAt"), &at))
            continue;
        search->end = at < search->oldest;
        if (search->end ||
            !str_eq(json_text(json_get(one, "sender"), "did"), search->us) ||
            !str_eq(bluesky_clean(op, json_text(one, "text"), true), wanted))
            continue;
        search->copies++; /* the last of these is the oldest */
        search->id =
            bluesky_chat_id(op, json_text(search->ours, "chat"), json_text(one, "id"));
    }
}

/* One page, newest first. FIND_CANNOT_TELL: it is not to be had. */
static int look_through(struct op *op, const struct connection *connection,
                        struct search *search, struct str *cursor, struct receipt *ret)
{
    struct str convo = json_text(search->ours, "chat");
    const struct bluesky_question question = {
        .method = STR("chat.bsky.convo.getMessages"),
        .query = arena_fmt(op->arena, "?limit=%d&convoId=" STR_FMT "%s" STR_FMT, PER_PAGE,
                           STR_ARG(convo), cursor->n ? "&cursor=" : "",
                           STR_ARG(http_encode(op->arena, *cursor))),
    };
    const struct json *list;
    struct bluesky_session me;
    struct bluesky_answer answer;
    int64_t now = op->now;
    int r = bluesky_chat_ask(op, connection, &question, &me, &answer, ret);

    if (r < 0)
        return r;
    list = r ? NULL : json_get(answer.json, "messages");
    if (r || answer.status / 100 != 2 || !list || list->type != JSON_ARRAY) {
        if (!ret->reason.n)
            ret->reason = STR("the service does not say what stands there");
        return FIND_CANNOT_TELL;
    }
    (void)http_date_parse(http_field(&answer.reply.headers, "date"), &now);
    search->us = me.did;
    search->oldest =
        now - (op->now - json_int(search->ours, "composed_at", 0)) - SLACK_MS;
    look_at(op, list, search);
    *cursor = json_text(answer.json, "cursor");
    search->end = search->end || !cursor->n || !list->count;
    return 0;
}

int bluesky_chat_find(struct op *op, const struct connection *connection,
                      const struct json *ours, struct receipt *ret)
{
    struct search search = { .ours = ours, .id = STR("") };
    struct str cursor = STR("");
    int r = 0;

    for (int i = 0; r == 0 && !search.end && i < MAX_PAGES; i++)
        r = look_through(op, connection, &search, &cursor, ret);
    if (r < 0 || (r && !search.copies))
        return r;
    ret->copies = search.copies;
    ret->external_id = search.id;
    if (search.copies)
        return 0;
    ret->reason = search.end ? STR("the service does not show it")
                             : STR("too much was said there since to look through it");
    return search.end ? FIND_ABSENT : FIND_CANNOT_TELL;
}
