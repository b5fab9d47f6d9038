/* api_desk.c - changing conversations: everything an agent does at the desk. */
#include "api/api_rules.h"

#include "admin/account.h"
#include "admin/department.h"
#include "admin/preference.h"
#include "base/failpoint.h"
#include "base/ids.h"
#include "dialogue/note.h"
#include "text/warning.h"

/* The living conversation, when the caller may write in its department. */
static int need(struct op *op, const struct api_call *call, struct conversation *ret)
{
    int r = conversation_need(op, call->id, ret);

    return r < 0 ? r : api_need_department(op, call, ret->department_id);
}

/* Before the body is looked at: is it ours at all? */
static int allow_own(struct op *op, struct api_call *call)
{
    struct conversation c;

    return need(op, call, &c);
}

/* Without the right to answer, or untrained: somebody else releases the text. */
static bool needs_approval(const struct api_call *call, const struct conversation *c)
{
    if (access_is_head(&call->who, c->department_id))
        return false;
    return !access_has(&call->who, "answer") || !call->who.trained;
}

static int answer_conversation(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    int r = conversation_need(op, id, &c);

    if (r < 0)
        return r;
    r = show_conversation(&s, NULL, &c);
    if (r < 0)
        return r;
    http_add(op->arena, &ret->headers, STR("ETag"),
             arena_fmt(op->arena, "\"%lld\"", (long long)c.version));
    return api_answer(ret, 200, &w);
}

static int answer_sent(struct op *op, const struct message *message,
                       const struct outbox *box, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    int r;

    json_begin_object(&w, NULL);
    r = show_message(&s, "message", message);
    if (r >= 0)
        r = show_outbox(&s, "outbox", box);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int read_ids(struct op *op, const struct api_call *call, const char *field,
                    const int64_t **ret, size_t *ret_count)
{
    const struct json *list = json_get(call->body, field);
    size_t count = list ? list->count : 0;
    int64_t *ids = arena_new(op->arena, int64_t, count + 1);

    for (size_t i = 0; i < count; i++) {
        if (!id_parse(list->items[i].text, &ids[i]))
            return op_fail_field_as(op, field, "not_an_id", "has one that is no id");
    }
    *ret = ids;
    *ret_count = count;
    return 0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int reply_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct desk_reply reply = {
        .conversation_id = call->id,
        .body = api_text(call, "body"),
        .visibility = api_text(call, "visibility"),
        .parent_id = api_id(call, "parent_id"),
        .send_after_at = api_time(call, "send_after"),
        .expected_last_id = api_id(call, "expected_last_message_id"),
    };
    struct str warning = api_text(call, "warning");
    struct message message;
    struct conversation c;
    struct outbox box;
    int r;

    r = need(op, call, &c);
    if (r < 0)
        return r;
    r = read_ids(op, call, "attachment_ids", &reply.attachment_ids,
                 &reply.attachment_count);
    if (r >= 0)
        r = rules_warn(op, &c, api_has(call, "warning") ? &warning : NULL, &reply);
    if (r >= 0)
        r = rules_check(op, &c, &reply);
    if (r < 0)
        return r;
    reply.needs_approval = needs_approval(call, &c);
    if (api_int(call, "undo_ms", 0) && !reply.needs_approval)
        reply.send_after_at =
            later(reply.send_after_at, op->now + api_int(call, "undo_ms", 0));
    r = desk_reply(op, &reply, &message, &box);
    return r < 0 ? r : answer_sent(op, &message, &box, ret);
}

static int note_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    const int64_t *ids;
    struct note note;
    size_t count;
    int r = conversation_need(op, call->id, &c);

    if (r >= 0)
        r = read_ids(op, call, "mention_ids", &ids, &count);
    if (r < 0)
        return r;
    note = (struct note){
        .conversation_id = c.id,
        .account_id = call->who.account_id,
        .body = api_text(call, "body"),
    };
    r = note_add(op, &note, ids, count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", note.id);
    json_put_text(&w, "body", note.body);
    json_put_time(&w, "created_at", note.created_at);
    r = show_account(&s, "author", note.account_id);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int draft_update(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    struct draft draft;
    int r = conversation_need(op, call->id, &c);

    if (r < 0)
        return r;
    draft = (struct draft){
        .conversation_id = c.id,
        .account_id = call->who.account_id,
        .body = api_text(call, "body"),
        .visibility = api_text(call, "visibility"),
        .note = api_text(call, "note"),
        .parent_id = api_id(call, "parent_id"),
        .updated_at = op->now,
    };
    r = read_ids(op, call, "attachment_ids", &draft.files, &draft.file_count);
    if (r >= 0)
        r = draft_put(op, &draft);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = show_draft(&s, &draft);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int answering_update(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    int64_t *ids;
    size_t count;
    int r = conversation_need(op, call->id, &c);

    if (r < 0)
        return r;
    r = answering_set(op, c.id, call->who.account_id, api_bool(call, "active", true));
    if (r >= 0)
        r = answering_list(op, c.id, &ids, &count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "answering");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_account(&s, NULL, ids[i]);
    if (r < 0)
        return r;
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int solve(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    struct check_back cb;
    int r = need(op, call, &c);

    if (r >= 0)
        r = desk_solve(op, c.id, api_bool(call, "check_back", true), &cb);
    if (r >= 0)
        r = conversation_need(op, c.id, &c);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = show_conversation_members(&s, &c);
    if (r >= 0 && cb.id)
        r = show_check_back(&s, "check_back", &cb);
    else if (r >= 0)
        json_put_null(&w, "check_back");
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int reopen(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c;
    int r = need(op, call, &c);

    if (r >= 0)
        r = desk_reopen(op, c.id);
    return r < 0 ? r : answer_conversation(op, c.id, ret);
}

static int close_it(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c;
    int r = need(op, call, &c);

    if (r >= 0)
        r = desk_close(op, c.id, api_text(call, "reason"), api_text(call, "note"));
    return r < 0 ? r : answer_conversation(op, c.id, ret);
}

static int merge(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c, into;
    int r = need(op, call, &c);

    if (r >= 0)
        r = conversation_need(op, api_id(call, "into"), &into);
    if (r >= 0)
        r = api_need_department(op, call, into.department_id);
    if (r >= 0)
        r = desk_merge(op, c.id, into.id);
    return r < 0 ? r : answer_conversation(op, into.id, ret);
}

/* 412 with both versions: what the caller wants and what stands there. */
static int check_match(struct op *op, const struct api_call *call,
                       const struct conversation *c)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str wanted = http_header(call->rq, "If-Match");
    struct str current = arena_fmt(op->arena, "\"%lld\"", (long long)c->version);
    int r;

    if (wanted.n == 0 || str_is(wanted, "*") || str_eq(wanted, current) ||
        FAILPOINT("control.any_version"))
        return 0;
    r = show_conversation(&s, NULL, c);
    if (r < 0)
        return r;
    r = op_fail_as(op, ERR_STALE, "changed_meanwhile",
                   "the conversation changed meanwhile");
    op->err.extra = arena_fmt(op->arena, "\"yours\":" STR_FMT ",\"current\":" STR_FMT,
                              STR_ARG(call->body->raw), STR_ARG(json_done(&w)));
    return r;
}

static int check_people(struct op *op, const struct api_call *call)
{
    int64_t assignee = api_id(call, "assignee_id"), at = api_id(call, "department_id");
    struct department department;
    struct account account;
    int r;

    if (assignee) {
        r = account_get(op, assignee, &account);
        if (r < 0)
            return r;
        if (r == ACCOUNT_NOT_FOUND || account.disabled_at)
            return op_fail_field_as(op, "assignee_id", "unknown",
                                    "is nobody who works here");
    }
    if (at) {
        r = department_get(op, at, &department);
        if (r < 0)
            return r;
        if (r == DEPARTMENT_NOT_FOUND || department.retired_at)
            return op_fail_field_as(op, "department_id", "unknown", "is no department");
    }
    return 0;
}

static int apply(struct op *op, const struct api_call *call, struct conversation *now)
{
    if (api_has(call, "state")) {
        if (conversation_is_finished(now))
            return op_fail_as(op, ERR_CONFLICT, "conversation_finished",
                              "this conversation is " STR_FMT ": reopen it first",
                              STR_ARG(now->state));
        now->state = api_text(call, "state");
        now->waiting_for = str_is(now->state, "waiting") ? STR("customer") : STR("");
    }
    if (api_has(call, "waiting_for"))
        now->waiting_for = api_text(call, "waiting_for");
    if (api_has(call, "assignee_id"))
        now->assignee_id = api_id(call, "assignee_id");
    if (api_has(call, "department_id"))
        now->department_id = api_id(call, "department_id");
    if (api_has(call, "priority"))
        now->priority = api_int(call, "priority", 0);
    if (api_has(call, "intent")) {
        now->intent = api_text(call, "intent");
        now->intent_by = now->intent.n ? STR("person") : STR("");
    }
    if (api_has(call, "topic"))
        now->topic = str_trim(api_text(call, "topic"));
    if (api_has(call, "suggestion"))
        now->suggestion = STR("");
    if (api_has(call, "snooze_until"))
        now->snooze_until_at = api_time(call, "snooze_until");
    return 0;
}

static int set_tags(struct op *op, const struct api_call *call,
                    const struct conversation *c)
{
    const struct json *list = json_get(call->body, "tags");
    struct str *tags;

    if (!api_has(call, "tags"))
        return 0;
    tags = arena_new(op->arena, struct str, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        tags[i] = list->items[i].text;
    return conversation_set_tags(op, c, tags, list->count);
}

static int conversation_patch(struct op *op, struct api_call *call,
                              struct http_answer *ret)
{
    struct conversation old, now;
    int r = need(op, call, &old);

    if (r >= 0)
        r = check_match(op, call, &old);
    if (r >= 0)
        r = check_people(op, call);
    if (r < 0)
        return r;
    now = old;
    r = apply(op, call, &now);
    if (r >= 0)
        r = topic_name(op, now.topic, &now.topic);
    if (r >= 0)
        r = conversation_update(op, &old, &now, "conversation.updated",
                                (struct str){ 0 });
    if (r >= 0 && !str_eq(old.topic, now.topic))
        r = topic_judge(op, call, &now);
    if (r >= 0)
        r = set_tags(op, call, &now);
    return r < 0 ? r : answer_conversation(op, old.id, ret);
}

static int mention_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct mention *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = mention_list(op, call->who.account_id, page.id, page.ask, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct conversation c;

        r = conversation_need(op, list[i].conversation_id, &c);
        if (r < 0)
            break;
        json_begin_object(&w, NULL);
        json_put_id(&w, "note_id", list[i].note_id);
        json_put_time(&w, "created_at", list[i].created_at);
        json_put_time(&w, "seen_at", list[i].seen_at);
        r = show_conversation(&s, "conversation", &c);
        json_end_object(&w);
        page_at(&page, 0, list[i].note_id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field reply_fields[] = {
    { .name = "body", .type = API_TEXT, .max = MESSAGE_MAX_BODY, .required = true },
    { .name = "warning",
      .type = API_TEXT,
      .max = WARNING_MAX,
      .help = "what the reply is about, where the network has warnings (CW); empty: "
              "nothing; not given: what stands before what it answers" },
    { .name = "visibility",
      .type = API_CHOICE,
      .choices = "public|private",
      .required = true },
    { .name = "parent_id", .type = API_ID, .nullable = true },
    { .name = "send_after", .type = API_TIME, .nullable = true },
    { .name = "undo_ms",
      .type = API_INT,
      .min = 0,
      .max = 1000LL * PREFERENCE_MAX_UNDO_SECONDS,
      .help = "leaves so much later than now, and can be cancelled until then" },
    { .name = "attachment_ids", .type = API_LIST_ID, .max = 10 },
    { .name = "expected_last_message_id",
      .type = API_ID,
      .nullable = true,
      .help = "the newest message you saw; 409 when a colleague answered since" },
    { NULL },
};

static const struct api_field note_fields[] = {
    { .name = "body",
      .type = API_TEXT,
      .min = 1,
      .max = NOTE_MAX_BODY,
      .required = true },
    { .name = "mention_ids", .type = API_LIST_ID, .max = NOTE_MAX_MENTIONS },
    { NULL },
};

static const struct api_field draft_fields[] = {
    { .name = "body", .type = API_TEXT, .max = DRAFT_MAX_BODY, .required = true },
    { .name = "visibility", .type = API_CHOICE, .choices = "public|private" },
    { .name = "note", .type = API_TEXT, .max = DRAFT_MAX_BODY },
    { .name = "parent_id", .type = API_ID, .nullable = true },
    { .name = "attachment_ids", .type = API_LIST_ID, .max = DRAFT_MAX_FILES },
    { NULL },
};

static const struct api_field answering_fields[] = {
    { .name = "active", .type = API_BOOL },
    { NULL },
};

static const struct api_field solve_fields[] = {
    { .name = "check_back", .type = API_BOOL, .help = "plan one; the default" },
    { NULL },
};

static const struct api_field close_fields[] = {
    { .name = "reason",
      .type = API_CHOICE,
      .choices = "no_answer_needed|spam|hidden",
      .required = true },
    { .name = "note", .type = API_TEXT, .max = 1000 },
    { NULL },
};

static const struct api_field merge_fields[] = {
    { .name = "into", .type = API_ID, .required = true },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

static const struct api_field patch_fields[] = {
    { .name = "state", .type = API_CHOICE, .choices = "open|waiting" },
    { .name = "waiting_for",
      .type = API_CHOICE,
      .choices = "customer|department|approval" },
    { .name = "assignee_id", .type = API_ID, .nullable = true },
    { .name = "department_id", .type = API_ID, .nullable = true },
    { .name = "priority", .type = API_INT, .min = 0, .max = 2 },
    { .name = "intent",
      .type = API_CHOICE,
      .nullable = true,
      .choices = "praise|question|complaint|suggestion|discussion|order|spam|other" },
    { .name = "topic", .type = API_TEXT, .max = 80, .nullable = true },
    { .name = "snooze_until", .type = API_TIME, .nullable = true },
    { .name = "tags", .type = API_LIST_TEXT, .max = 32 },
    { .name = "suggestion",
      .type = API_CHOICE,
      .choices = "none",
      .help = "what the program suggests here is not so" },
    { NULL },
};

const struct api_route api_desk_routes[] = {
    {
        .method = "PATCH",
        .pattern = "/api/v1/conversations/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Change state, owner, department, priority, intent, topic or tags.",
        .fields = patch_fields,
        .handle = conversation_patch,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/replies",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .creates = true,
        .summary = "Answer; held for approval without the right to answer.",
        .fields = reply_fields,
        .allow = allow_own,
        .handle = reply_create,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/notes",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "note",
        .creates = true,
        .summary = "Write a note that only colleagues see.",
        .fields = note_fields,
        .handle = note_create,
    },
    {
        .method = "PUT",
        .pattern = "/api/v1/conversations/{id}/draft",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .summary = "Keep what is typed and not sent.",
        .fields = draft_fields,
        .handle = draft_update,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/answering",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .summary = "Say that you are answering, for one minute.",
        .fields = answering_fields,
        .handle = answering_update,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/solve",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Mark as solved and plan the check-back.",
        .fields = solve_fields,
        .handle = solve,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/reopen",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Open a finished conversation again.",
        .fields = no_fields,
        .handle = reopen,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/close",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Close without an answer, with a reason.",
        .fields = close_fields,
        .allow = allow_own,
        .handle = close_it,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/merge",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Make it part of another conversation, with a permanent redirect.",
        .fields = merge_fields,
        .allow = allow_own,
        .handle = merge,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/mentions",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the notes that mention me.",
        .handle = mention_index,
    },
    { NULL },
};
