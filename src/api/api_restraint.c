/* api_restraint.c - reporting, muting and blocking an account on its network. */
#include "api/api_show.h"

#include "dialogue/moderation.h"
#include "work/work_restrain.h"

int api_refuse_reason(struct op *op, const struct message *msg,
                      const struct reason_refused *refused, struct http_answer *ret)
{
    struct event event = { .kind = refused->event,
                           .conversation_id = msg->conversation_id,
                           .thread_id = msg->thread_id,
                           .channel_id = msg->channel_id,
                           .message_id = msg->id,
                           .subject_id = msg->id };
    int r;

    event.extra =
        arena_fmt(op->arena, "\"reason\":\"" STR_FMT "\"", STR_ARG(refused->reason));
    r = event_add(op, &event);
    if (r < 0)
        return r;
    (void)op_fail_field_as(
        op, "reason", refused->of_account ? "no_reason_to_restrain" : "no_reason_to_hide",
        "is no reason to %s: only what is unlawful, an insult without matter, spam or "
        "personal data is; everything else is answered or left",
        refused->of_account ? "report, mute or block somebody"
                            : "hide what people wrote");
    api_problem(op, ret);
    op->err = (struct err){ 0 };
    return 0;
}

static int put(struct show *s, const char *key, const struct restraint *one)
{
    struct json_writer *w = s->w;
    int64_t kept;
    int r = restraint_kept(s->op, one, &kept);

    if (r < 0)
        return r;
    json_begin_object(w, key);
    json_put_id(w, "id", one->id);
    json_put_id(w, "message_id", one->message_id);
    json_put_id(w, "profile_id", one->profile_id);
    json_put_text(w, "kind", one->kind);
    json_put_text(w, "state", one->state);
    json_put_text(w, "reason", one->reason);
    json_put_text(w, "note", one->note);
    json_put_bool(w, "forward", one->forward != 0);
    json_put_text(w, "trouble", one->trouble);
    json_put_text(w, "answer", one->answer);
    json_put_int(w, "kept", kept);
    json_put_time(w, "asked_at", one->asked_at);
    json_put_time(w, "until_at", one->until_at);
    json_put_time(w, "stood_at", one->stood_at);
    json_put_time(w, "ending_at", one->ending_at);
    json_put_time(w, "ended_at", one->ended_at);
    r = show_account(s, "asked_by", one->asked_by);
    if (r >= 0)
        r = show_account(s, "ended_by", one->ended_by);
    json_end_object(w);
    return r;
}

static int put_all(struct show *s, const struct restraint *list, size_t count)
{
    int r = 0;

    json_begin_array(s->w, "restraints");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = put(s, NULL, &list[i]);
    json_end_array(s->w);
    return r;
}

int show_restraints(struct show *s, const struct message *msg,
                    const struct channel *channel)
{
    bool theirs = !str_is(msg->direction, "out") && msg->profile_id;
    const char *const *offers = restrain_offers(s->op->arena, channel);
    struct restraint *list = NULL;
    size_t count = 0;
    int r = theirs ? restraint_list_message(s->op, msg, &list, &count) : 0;

    if (r < 0)
        return r;
    json_begin_array(s->w, "restraint_offers");
    for (; theirs && *offers; offers++)
        json_put_c(s->w, NULL, *offers);
    json_end_array(s->w);
    return put_all(s, list, count);
}

/* Who may hide what somebody wrote may also block them. */
static int check(struct op *op, const struct api_call *call, const struct message *msg)
{
    struct str kind = api_text(call, "kind");
    struct channel channel;
    int r = channel_get(op, msg->channel_id, &channel);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message has no channel");
    if (str_is(kind, "block"))
        r = api_need_right(op, call, "release");
    if (r >= 0 && !restrain_can(restrain_offers(op->arena, &channel), kind))
        return op_fail_field_as(op, "kind", "not_offered",
                                "is nothing that this network offers");
    return r;
}

static int ask(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct restraint one = { .kind = api_text(call, "kind"),
                             .reason = api_text(call, "reason"),
                             .note = api_text(call, "note") };
    const struct reason_refused refused = { "restraint.refused", true, one.reason };
    struct message msg;
    int r = need_writable_message(op, call, call->id, &msg);

    if (r >= 0)
        r = check(op, call, &msg);
    if (r < 0)
        return r;
    if (!moderation_is_reason(one.reason))
        return api_refuse_reason(op, &msg, &refused, ret);
    if (str_is(one.kind, "report"))
        one.forward = api_bool(call, "forward", false);
    else
        one.until_at = op->now + DAYS(api_int(call, "days", 0));
    r = restraint_ask(op, &msg, &one);
    if (r >= 0)
        r = restrain_plan(op, one.id);
    if (r >= 0)
        r = put(&s, NULL, &one);
    return r < 0 ? r : api_answer(ret, 201, &w);
}

/* The restraint that is named, when the caller may write at its message. */
static int need(struct op *op, const struct api_call *call, struct restraint *ret)
{
    struct message msg;
    int r = restraint_get(op, call->id, ret);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such report, mute or block");
    return r < 0 ? r : need_writable_message(op, call, ret->message_id, &msg);
}

static int end(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct restraint one;
    int r = need(op, call, &one);

    if (r >= 0)
        r = restraint_end(op, &one);
    if (r >= 0)
        r = restrain_plan(op, one.id);
    if (r >= 0)
        r = put(&s, NULL, &one);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

/* With the message that it is for: nobody is judged without one. */
static int put_with_message(struct show *s, const struct restraint *one)
{
    struct message msg = { .id = 0 };
    int r = message_get(s->op, one->message_id, &msg);

    if (r != 0)
        return r < 0 ? r : op_fail(s->op, ERR_INTERNAL, "a restraint has no message");
    json_begin_object(s->w, NULL);
    r = put(s, "restraint", one);
    if (r >= 0)
        r = show_channel(s, one->channel_id);
    if (r >= 0)
        r = show_message(s, "message", &msg);
    json_end_object(s->w);
    return r;
}

static int index_open(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct restraint *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = restraint_list(op, page.id, page.ask, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = put_with_message(&s, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int of_person(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct restraint *list;
    struct person person;
    size_t count;
    int r = person_get(op, call->id, &person);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no person %lld", (long long)call->id);
    if (r >= 0)
        r = restraint_list_person(op, person.id, &list, &count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = put_all(&s, list, count);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int allow_own(struct op *op, struct api_call *call)
{
    struct message msg;

    return need_writable_message(op, call, call->id, &msg);
}

static const struct api_field ask_fields[] = {
    { "kind", API_CHOICE, .required = true, .choices = "report|mute|block" },
    { "reason", API_CHOICE, .required = true, .choices = REASON_CHOICES },
    { "note", API_TEXT, .max = MODERATION_MAX_NOTE,
      .help = "of a report: what the network's moderators are told; else for us" },
    { "days", API_INT, .min = 1, .max = RESTRAINT_MAX_DAYS,
      .help = "how long a mute or a block lasts" },
    { "forward", API_BOOL, .help = "a report goes to the server of the account, too" },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

const struct api_route api_restraint_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/messages/{id}/restraints",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "moderate",
        .creates = true,
        .summary = "Report, mute or block the author of a message on its network.",
        .fields = ask_fields,
        .allow = allow_own,
        .handle = ask,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/restraints/{id}/end",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "moderate",
        .summary = "Take back a mute or a block.",
        .fields = no_fields,
        .handle = end,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/restraints",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the mutes and blocks that are not over.",
        .handle = index_open,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/persons/{id}/restraints",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List reports, mutes and blocks of a person.",
        .handle = of_person,
    },
    { NULL },
};
