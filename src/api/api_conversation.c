/* api_conversation.c - reading one conversation: its page and its log. Lists of them
 * stand in api_inbox.c. */
#include "api/api_rules.h"

#include "dialogue/note.h"
#include "dialogue/visit.h"
#include "work/mail_way.h"

static int put_messages(struct show *s, int64_t conversation_id)
{
    struct message *messages;
    size_t count;
    int r = message_list_conversation(s->op, conversation_id, &messages, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "messages");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_message(s, NULL, &messages[i]);
    json_end_array(s->w);
    return r;
}

static int put_notes(struct show *s, const struct api_call *call, int64_t conversation_id)
{
    struct note *notes;
    size_t count;
    int r = note_list(s->op, conversation_id, call->who.account_id, &notes, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "notes");
    for (size_t i = 0; r >= 0 && i < count; i++) {
        json_begin_object(s->w, NULL);
        json_put_id(s->w, "id", notes[i].id);
        json_put_text(s->w, "body", notes[i].body);
        json_put_time(s->w, "created_at", notes[i].created_at);
        json_put_bool(s->w, "names_me", notes[i].names_reader);
        r = show_account(s, "author", notes[i].account_id);
        json_end_object(s->w);
    }
    json_end_array(s->w);
    return r;
}

static int put_outbox(struct show *s, int64_t conversation_id)
{
    struct outbox *boxes;
    size_t count;
    int r = outbox_list_conversation(s->op, conversation_id, &boxes, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "outbox");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_outbox(s, NULL, &boxes[i]);
    json_end_array(s->w);
    return r;
}

static int put_check_backs(struct show *s, int64_t conversation_id)
{
    struct check_back *list;
    size_t count;
    int r = check_back_list_conversation(s->op, conversation_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "check_backs");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_check_back(s, NULL, &list[i]);
    json_end_array(s->w);
    return r;
}

/* What I have typed here and not sent. */
static int put_draft(struct show *s, const struct api_call *call, int64_t conversation_id)
{
    struct draft draft;
    int r = draft_get(s->op, conversation_id, call->who.account_id, &draft);

    if (r < 0)
        return r;
    if (r == DRAFT_NONE) {
        json_put_null(s->w, "draft");
        return 0;
    }
    return show_draft(s, &draft);
}

static int put_answering(struct show *s, int64_t conversation_id)
{
    int64_t *ids;
    size_t count;
    int r = answering_list(s->op, conversation_id, &ids, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "answering");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_account(s, NULL, ids[i]);
    json_end_array(s->w);
    return r;
}

/* How far the person has seen our answers, where their side tells; a fact to show. */
static int put_seen(struct show *s, const struct conversation *c)
{
    struct visit_seen seen;
    int r = visit_seen(s->op, c->thread_id, &seen);

    if (r < 0)
        return r;
    if (!seen.message_id) {
        json_put_null(s->w, "seen");
        return 0;
    }
    json_begin_object(s->w, "seen");
    json_put_id(s->w, "message_id", seen.message_id);
    json_put_time(s->w, "at", seen.seen_at);
    json_end_object(s->w);
    return 0;
}

/* Where answers go by mail, too, and after which time unseen; null: nobody asked. */
static int put_mail_wish(struct show *s, const struct conversation *c)
{
    struct mail_wish wish;
    struct channel channel;
    int64_t way = 0;
    int r = mail_wish_get(s->op, c->thread_id, &wish);

    if (r > 0)
        json_put_null(s->w, "mail_wish");
    if (r == 0)
        r = channel_get(s->op, c->channel_id, &channel);
    if (r)
        return r < 0 ? r : 0;
    r = mailbox_find(s->op, MAILBOX_ANSWERS, c->department_id, &way);
    if (r < 0)
        return r;
    json_begin_object(s->w, "mail_wish");
    json_put_text(s->w, "address", wish.address);
    json_put_time(s->w, "asked_at", wish.asked_at);
    json_put_id(s->w, "channel_id", way);
    json_put_int(s->w, "unseen_ms",
                 mail_way_wait_ms(connector_by_network(channel.network)));
    json_end_object(s->w);
    return 0;
}

/* The same person's other open concerns: proposed for merging. */
static int put_others(struct show *s, const struct conversation *c)
{
    struct conversation *list;
    size_t count;
    int r = conversation_list_person(s->op, c->person_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "others");
    for (size_t i = 0; r >= 0 && i < count; i++) {
        if (list[i].id == c->id || conversation_is_finished(&list[i]))
            continue;
        r = show_conversation(s, NULL, &list[i]);
    }
    json_end_array(s->w);
    return r;
}

static int put_page(struct show *s, const struct api_call *call,
                    const struct conversation *c)
{
    int r = show_conversation_members(s, c);

    if (r >= 0)
        r = put_messages(s, c->id);
    if (r >= 0)
        r = put_notes(s, call, c->id);
    if (r >= 0)
        r = put_outbox(s, c->id);
    if (r >= 0)
        r = put_check_backs(s, c->id);
    if (r >= 0)
        r = put_draft(s, call, c->id);
    if (r >= 0)
        r = put_answering(s, c->id);
    if (r >= 0)
        r = put_seen(s, c);
    if (r >= 0)
        r = put_mail_wish(s, c);
    if (r >= 0)
        r = put_others(s, c);
    if (r >= 0)
        r = show_alike_of(s, c);
    if (r >= 0)
        r = rules_show(s, c);
    if (r < 0)
        return r;
    json_put_text(s->w, "permalink",
                  arena_fmt(s->op->arena, "/c/%lld", (long long)c->id));
    return 0;
}

/* Merged: a permanent redirect with a note, so that an old link never dies. */
static int redirect(struct op *op, const struct conversation *c, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct conversation target;
    int r = conversation_need(op, c->id, &target);

    if (r < 0)
        return r;
    http_add(op->arena, &ret->headers, STR("Location"),
             arena_fmt(op->arena, "/api/v1/conversations/%lld", (long long)target.id));
    json_begin_object(&w, NULL);
    json_put_id(&w, "merged_into", target.id);
    json_put_text(&w, "note", STR("this conversation was merged into another one"));
    json_end_object(&w);
    return api_answer(ret, 308, &w);
}

static int conversation_show(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    int r = conversation_get(op, call->id, &c);

    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no conversation %lld",
                       (long long)call->id);
    if (c.merged_into)
        return redirect(op, &c, ret);
    json_begin_object(&w, NULL);
    r = put_page(&s, call, &c);
    if (r < 0)
        return r;
    json_end_object(&w);
    http_add(op->arena, &ret->headers, STR("ETag"),
             arena_fmt(op->arena, "\"%lld\"", (long long)c.version));
    return api_answer(ret, 200, &w);
}

static int put_event(struct show *s, const struct event_row *row)
{
    static const char *const kinds[] = { "system", "account", "person", "command" };
    struct json_writer *w = s->w;
    int r = 0;

    json_begin_object(w, NULL);
    json_put_int(w, "seq", row->seq);
    json_put_time(w, "at", row->at);
    json_put_text(w, "kind", row->kind);
    json_put_c(w, "actor_kind", kinds[(unsigned)row->actor.kind % COUNT_OF(kinds)]);
    if (row->actor.kind == ACTOR_ACCOUNT)
        r = show_account(s, "actor", row->actor.id);
    else
        json_put_null(w, "actor");
    json_put_id(w, "message_id", row->message_id);
    if (row->payload.n)
        json_put_raw(w, "facts", row->payload);
    else
        json_put_null(w, "facts");
    json_end_object(w);
    return r;
}

static int conversation_events(struct op *op, struct api_call *call,
                               struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct event_row *rows;
    struct conversation c;
    struct page page;
    size_t count;
    int r;

    r = conversation_need(op, call->id, &c);
    if (r >= 0)
        r = page_read(op, call, &page);
    if (r >= 0)
        r = event_list_conversation(op, call->id, page.id, page.ask, &rows, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = put_event(&s, &rows[i]);
        page_at(&page, 0, rows[i].seq);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

const struct api_route api_conversation_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/conversations/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show one conversation with its messages, notes and check-backs.",
        .handle = conversation_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/conversations/{id}/events",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List what happened to a conversation.",
        .handle = conversation_events,
    },
    { NULL },
};
