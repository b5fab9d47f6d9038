/* bluesky_chat_poll.c - what people write to us in private, and what we answered there
 * with another program.
 *
 * The service lists talks, those first in which something was said last; a talk's
 * messages come newest first. So a round goes down the list to what was known before and
 * a little below, and reads of each talk that changed what was said since then:
 *
 *     list    a page of talks
 *     talk    a page of messages of one of them: these are the items
 *
 * Nobody can change or take back there what another person has; who deletes a message
 * deletes it for their own eyes alone, and that is no news here.
 */
#include "base/clock.h"
#include "channel/bluesky.h"
#include "channel/round.h"

enum { PER_PAGE = 100, MAX_KNOWN = 300, MAX_CURSOR = 512, MAX_NAME = 300 };

/* A talk that was late stands below others. */
#define OVERLAP_MS HOURS(2)
/* So long the service is left alone after it said no, unless it said for how long, or we
 * were let in anew. */
#define REST_MS MINUTES(10)

struct talk {
    struct str id, rev;
    int64_t at;                    /* when something was said there last */
    struct str did, handle, shown; /* of whoever talks with us */
    int64_t since;                 /* what was said before is known */
    struct str below;              /* where its messages go on; empty: not begun */
};

struct talks {
    struct talk *list;
    size_t count;
};

struct bluesky_chat {
    int64_t listed;              /* when the last round began */
    int64_t known_at;            /* the newest of the last one that came to its end */
    int64_t newest_at;           /* of the one that goes on */
    int64_t failed_at, again_at; /* 0: it works */
    struct str below;            /* where the list goes on; empty: its end was reached */
    struct talks waiting;        /* to be read */
    struct talks known;          /* near the newest, and as they were then */
};

/* What may stand in a cursor, whoever wrote it. */
static struct str kept(const struct json *from, const char *name, size_t most)
{
    struct str text = json_text(from, name);

    return text.n <= most ? text : STR("");
}

static struct talks read_talks(struct op *op, const struct json *list, size_t most)
{
    struct talks talks = { .list = arena_new(op->arena, struct talk, most + 1) };

    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        const struct json *one = &list->items[i];
        struct talk *talk = &talks.list[talks.count];

        *talk = (struct talk){ .id = json_text(one, "id"),
                               .rev = kept(one, "rev", MAX_NAME),
                               .at = json_int(one, "at", 0),
                               .did = kept(one, "did", MAX_NAME),
                               .handle = kept(one, "handle", MAX_NAME),
                               .shown = json_text(one, "name"),
                               .since = json_int(one, "since", 0),
                               .below = kept(one, "below", MAX_CURSOR) };
        talks.count += talks.count < most && bluesky_chat_id(op, talk->id, STR("")).n > 0;
    }
    return talks;
}

struct bluesky_chat *bluesky_chat_read(struct op *op, const struct json *cursor)
{
    struct bluesky_chat *chat = arena_new(op->arena, struct bluesky_chat, 1);

    *chat = (struct bluesky_chat){
        .listed = json_int(cursor, "listed", 0),
        .known_at = json_int(cursor, "known_at", 0),
        .newest_at = json_int(cursor, "newest_at", 0),
        .failed_at = json_int(cursor, "failed_at", 0),
        .again_at = json_int(cursor, "again_at", 0),
        .below = kept(cursor, "below", MAX_CURSOR),
        .waiting = read_talks(op, json_get(cursor, "waiting"), PER_PAGE),
        .known = read_talks(op, json_get(cursor, "known"), MAX_KNOWN),
    };
    return chat;
}

static void write_waiting(struct json_writer *w, const struct talks *talks)
{
    json_begin_array(w, "waiting");
    for (size_t i = 0; i < talks->count; i++) {
        const struct talk *talk = &talks->list[i];

        json_begin_object(w, NULL);
        json_put_text(w, "id", talk->id);
        json_put_text(w, "rev", talk->rev);
        json_put_int(w, "at", talk->at);
        json_put_text(w, "did", talk->did);
        json_put_text(w, "handle", talk->handle);
        json_put_text(w, "name", talk->shown);
        json_put_int(w, "since", talk->since);
        json_put_text(w, "below", talk->below);
        json_end_object(w);
    }
    json_end_array(w);
}

void bluesky_chat_write(struct json_writer *w, const struct bluesky_chat *chat)
{
    json_begin_object(w, "chat");
    json_put_int(w, "listed", chat->listed);
    json_put_int(w, "known_at", chat->known_at);
    json_put_int(w, "newest_at", chat->newest_at);
    json_put_int(w, "failed_at", chat->failed_at);
    json_put_int(w, "again_at", chat->again_at);
    json_put_text(w, "below", chat->below);
    write_waiting(w, &chat->waiting);
    json_begin_array(w, "known");
    for (size_t i = 0; i < chat->known.count; i++) {
        json_begin_object(w, NULL);
        json_put_text(w, "id", chat->known.list[i].id);
        json_put_text(w, "rev", chat->known.list[i].rev);
        json_put_int(w, "at", chat->known.list[i].at);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

/* Since it said no: perhaps with another password. */
static bool let_in_anew(const struct connection *connection,
                        const struct bluesky_chat *chat)
{
    struct token_life life;

    return bluesky_token_life(connection, &life) && life.renewed_at > chat->failed_at;
}

bool bluesky_chat_is_due(const struct op *op, const struct connection *connection,
                         const struct bluesky_chat *chat)
{
    if (!bluesky_chats(connection))
        return chat->failed_at > 0; /* to say that this is over */
    if (chat->failed_at && op->now < chat->again_at && !let_in_anew(connection, chat))
        return false;
    return chat->failed_at || chat->waiting.count || chat->below.n ||
           op->now - chat->listed >= ROUND_LIST_MS;
}

/* Nothing of it is new, as far as one can see. */
static bool is_known(const struct bluesky_chat *chat, const struct talk *talk)
{
    for (size_t i = 0; i < chat->known.count; i++)
        if (str_eq(chat->known.list[i].id, talk->id))
            return str_eq(chat->known.list[i].rev, talk->rev);
    return false;
}

static void forget(struct talks *talks, size_t at)
{
    talks->list[at] = talks->list[--talks->count];
}

/* In its own place, or in that of the one that was quiet for longest. */
static void keep_known(struct bluesky_chat *chat, const struct talk *talk)
{
    size_t place = chat->known.count, oldest = 0;

    for (size_t i = 0; i < chat->known.count; i++) {
        if (chat->known.list[i].at < chat->known.list[oldest].at)
            oldest = i;
        if (str_eq(chat->known.list[i].id, talk->id))
            place = i;
    }
    if (place == MAX_KNOWN)
        place = oldest;
    chat->known.count += place == chat->known.count;
    chat->known.list[place] = *talk;
}

static void end_round(struct bluesky_chat *chat)
{
    if (chat->newest_at > chat->known_at)
        chat->known_at = chat->newest_at;
    for (size_t i = chat->known.count; i-- > 0;)
        if (chat->known.list[i].at < chat->known_at - OVERLAP_MS)
            forget(&chat->known, i);
    chat->newest_at = 0;
    chat->below = STR("");
}

static const struct json *other_member(const struct json *convo, struct str us)
{
    const struct json *members = json_get(convo, "members");

    for (size_t i = 0; members && members->type == JSON_ARRAY && i < members->count; i++)
        if (!str_eq(json_text(&members->items[i], "did"), us))
            return &members->items[i];
    return NULL;
}

/* A group is a place where many talk, and not with us. */
static bool is_group(const struct json *convo)
{
    return str_is(json_text(json_get(convo, "kind"), "$type"),
                  "chat.bsky.convo.defs#groupConvo");
}

static bool read_talk(struct op *op, const struct json *convo, struct str us,
                      struct talk *ret)
{
    const struct json *other = other_member(convo, us);
    struct talk talk = { .id = json_text(convo, "id"),
                         .rev = kept(convo, "rev", MAX_NAME),
                         .did = kept(other, "did", MAX_NAME),
                         .handle = kept(other, "handle", MAX_NAME),
                         .shown = bluesky_name(op, json_text(other, "displayName")),
                         .below = STR("") };

    if (!time_parse(json_text(json_get(convo, "lastMessage"), "sentAt"), &talk.at))
        talk.at = 0;
    *ret = talk;
    return talk.at > 0;
}

static void take_list(struct op *op, const struct json *answer, struct str us,
                      int64_t oldest, struct bluesky_chat *chat)
{
    const struct json *list = json_get(answer, "convos");
    struct str next = kept(answer, "cursor", MAX_CURSOR);
    bool end = !list->count || !next.n || str_eq(next, chat->below);

    if (chat->known_at - OVERLAP_MS > oldest)
        oldest = chat->known_at - OVERLAP_MS;
    for (size_t i = 0; i < list->count && chat->waiting.count < PER_PAGE; i++) {
        struct talk talk;

        if (!read_talk(op, &list->items[i], us, &talk))
            continue;
        talk.since = oldest;
        end = end || talk.at < oldest;
        if (talk.at > chat->newest_at)
            chat->newest_at = talk.at;
        if (talk.at >= oldest && !is_group(&list->items[i]) && talk.did.n &&
            !is_known(chat, &talk) && bluesky_chat_id(op, talk.id, STR("")).n)
            chat->waiting.list[chat->waiting.count++] = talk;
    }
    chat->below = next;
    if (end)
        end_round(chat);
}

/* What the service says no to is no failure of the poll. */
static int note_trouble(const struct op *op, struct bluesky_chat *chat,
                        struct poll_page *page, struct receipt *receipt)
{
    int64_t rest = receipt->wait_ms > REST_MS ? receipt->wait_ms : REST_MS;

    chat->failed_at = op->now;
    chat->again_at = op->now + rest;
    page->part.told = true;
    page->part.reason = receipt->reason;
    page->part.trouble = receipt->trouble;
    *receipt = (struct receipt){ .reason = STR("") };
    return 0;
}

static void note_success(struct bluesky_chat *chat, struct poll_page *page)
{
    if (!chat->failed_at)
        return;
    chat->failed_at = chat->again_at = 0;
    page->part.told = true;
    page->part.reason = STR("");
}

/* SAID_NO: `receipt` has the words. POLL_FAILED: it is our own server that does not let
 * us in, or is not there. */
enum { SAID_NO = 2 };
static int ask(struct op *op, const struct connection *connection,
               const struct bluesky_question *question, struct bluesky_session *me,
               struct bluesky_answer *ret, struct receipt *receipt)
{
    int r = bluesky_chat_ask(op, connection, question, me, ret, receipt);

    if (r < 0)
        return r;
    /* Silence may be that of the service behind our server. */
    if (r && r != BLUESKY_SILENT)
        return POLL_FAILED;
    return r || ret->status / 100 != 2 || !ret->json ? SAID_NO : 0;
}

static int list_talks(struct op *op, const struct connection *connection,
                      struct bluesky_chat *chat, struct poll_page *page,
                      struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("chat.bsky.convo.listConvos"),
        .query = arena_fmt(op->arena, "?limit=%d%s" STR_FMT, PER_PAGE,
                           chat->below.n ? "&cursor=" : "",
                           STR_ARG(http_encode(op->arena, chat->below))),
    };
    const struct json *list;
    struct bluesky_session me;
    struct bluesky_answer answer;
    int r = ask(op, connection, &question, &me, &answer, receipt);

    if (r == SAID_NO)
        return note_trouble(op, chat, page, receipt);
    if (r)
        return r;
    list = json_get(answer.json, "convos");
    if (!list || list->type != JSON_ARRAY) {
        receipt->reason = STR("chat messages: the list of talks cannot be read");
        return note_trouble(op, chat, page, receipt);
    }
    if (!chat->below.n)
        chat->listed = op->now;
    note_success(chat, page);
    take_list(op, answer.json, me.did,
              connector_since(op, &connector_bluesky, connection), chat);
    return 0;
}

static const struct json *member(struct op *op, const struct talk *talk)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "did", talk->did);
    json_put_text(&w, "handle", talk->handle);
    json_put_text(&w, "displayName", talk->shown);
    json_end_object(&w);
    return connector_json(op, json_done(&w));
}

/* Oldest first, as they were said. */
static void take_messages(struct op *op, const struct bluesky_session *me,
                          const struct json *list, const struct talk *talk,
                          struct poll_page *page)
{
    const struct talk ours = { .did = me->did, .handle = me->handle };
    const struct bluesky_me us = { me->did, me->handle };
    const struct json *other = member(op, talk), *own = member(op, &ours);

    page->items = arena_new(op->arena, struct str, list->count);
    for (size_t i = list->count; i-- > 0;) {
        const struct json *message = &list->items[i];
        struct str sender = json_text(json_get(message, "sender"), "did"), item;
        int64_t at;

        if (!time_parse(json_text(message, "sentAt"), &at) || at < talk->since)
            continue;
        item = bluesky_chat_item(op, &us, talk->id, str_eq(sender, me->did) ? own : other,
                                 message);
        if (item.n && (str_eq(sender, me->did) || str_eq(sender, talk->did)))
            page->items[page->count++] = item;
    }
}

static bool reaches_back(const struct json *list, int64_t since)
{
    int64_t at = 0;

    if (!list->count)
        return true;
    return time_parse(json_text(&list->items[list->count - 1], "sentAt"), &at) &&
           at < since;
}

/* Of the talk that waits first. */
static int read_messages(struct op *op, const struct connection *connection,
                         struct bluesky_chat *chat, struct poll_page *page,
                         struct receipt *receipt)
{
    struct talk *talk = &chat->waiting.list[0];
    const struct bluesky_question question = {
        .method = STR("chat.bsky.convo.getMessages"),
        .query = arena_fmt(op->arena, "?limit=%d&convoId=" STR_FMT "%s" STR_FMT, PER_PAGE,
                           STR_ARG(talk->id), talk->below.n ? "&cursor=" : "",
                           STR_ARG(http_encode(op->arena, talk->below))),
    };
    const struct json *list;
    struct bluesky_session me;
    struct bluesky_answer answer = { .error = STR("") };
    struct str next;
    int r = ask(op, connection, &question, &me, &answer, receipt);

    if (r == SAID_NO && str_is(answer.error, "InvalidConvo")) {
        forget(&chat->waiting, 0); /* we are not in it any more */
        *receipt = (struct receipt){ .reason = STR("") };
        return 0;
    }
    if (r == SAID_NO)
        return note_trouble(op, chat, page, receipt);
    if (r)
        return r;
    list = json_get(answer.json, "messages");
    if (!list || list->type != JSON_ARRAY || list->count > INBOUND_MAX_ITEMS) {
        receipt->reason = STR("chat messages: a talk's list of messages cannot be read");
        return note_trouble(op, chat, page, receipt);
    }
    note_success(chat, page);
    take_messages(op, &me, list, talk, page);
    next = kept(answer.json, "cursor", MAX_CURSOR);
    if (next.n && !str_eq(next, talk->below) && !reaches_back(list, talk->since)) {
        talk->below = next;
        return 0;
    }
    keep_known(chat, talk);
    forget(&chat->waiting, 0);
    return 0;
}

int bluesky_chat_step(struct op *op, const struct connection *connection,
                      struct bluesky_chat *chat, struct poll_page *page,
                      struct receipt *receipt)
{
    if (!bluesky_chats(connection)) {
        note_success(chat, page);
        return 0;
    }
    return chat->waiting.count ? read_messages(op, connection, chat, page, receipt)
                               : list_talks(op, connection, chat, page, receipt);
}
