/* api_public.c - our side of the public pages: settings, release, reports, links. */
#include "api/api_show.h"

#include "admin/workspace.h"
#include "base/ids.h"
#include "base/random.h"
#include "dialogue/moderation.h"
#include "dialogue/status_link.h"
#include "page/report.h"
#include "page/site.h"
#include "page/visitor.h"
#include "work/work_moderate.h"

/* Settings ------------------------------------------------------------------ */

static int show_site(struct op *op, const struct site *site, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct workspace workspace = { .id = 0 };
    int r = workspace_get(op, &workspace);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "on", site_is_on(site));
    json_put_text(&w, "name", site->name);
    json_put_text(&w, "imprint", site->imprint);
    json_put_text(&w, "privacy", site->privacy);
    json_put_text(&w, "colour", site->colour);
    json_put_text(&w, "languages", site->languages);
    json_put_bool(&w, "threads", site->threads != 0);
    json_put_text(&w, "comments", site->comments);
    json_put_bool(&w, "listening", site->listening != 0);
    json_put_bool(&w, "transparency", site->transparency != 0);
    json_begin_object(&w, "addresses");
    json_put_text(
        &w, "contact",
        arena_fmt(op->arena, "/w/" STR_FMT "/contact", STR_ARG(workspace.slug)));
    json_put_text(
        &w, "transparency",
        arena_fmt(op->arena, "/w/" STR_FMT "/transparency", STR_ARG(workspace.slug)));
    json_end_object(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int site_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct site site = { .id = 0 };
    int r = site_get(op, &site);

    (void)call;
    return r < 0 ? r : show_site(op, &site, ret);
}

static void take(const struct api_call *call, const char *field, struct str *value)
{
    if (api_has(call, field))
        *value = api_text(call, field);
}

static int site_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct site site = { .id = 0 };
    int r = site_get(op, &site);

    if (r < 0)
        return r;
    take(call, "name", &site.name);
    take(call, "imprint", &site.imprint);
    take(call, "privacy", &site.privacy);
    take(call, "colour", &site.colour);
    take(call, "languages", &site.languages);
    take(call, "comments", &site.comments);
    site.threads = api_bool(call, "threads", site.threads != 0);
    site.listening = api_bool(call, "listening", site.listening != 0);
    site.transparency = api_bool(call, "transparency", site.transparency != 0);
    r = site_set(op, &site);
    return r < 0 ? r : show_site(op, &site, ret);
}

static int show_channel_site(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct channel_site own = { .id = 0 };
    int r = channel_site_get(op, id, &own);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "threads", own.threads);
    json_put_text(&w, "comments", own.comments);
    json_put_text(&w, "listed", own.listed);
    json_put_text(&w, "account_url", own.account_url);
    json_put_text(&w, "form", arena_fmt(op->arena, "/contact/%lld", (long long)id));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int need_channel(struct op *op, int64_t id)
{
    struct channel channel;
    int r = channel_get(op, id, &channel);

    return r == RECORD_NOT_FOUND ? op_fail(op, ERR_NOT_FOUND, "there is no such channel")
                                 : r;
}

static int channel_site_show(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    int r = need_channel(op, call->id);

    return r < 0 ? r : show_channel_site(op, call->id, ret);
}

/* What stands on a public page as a link must be one that a browser follows. */
static bool is_link(struct str url)
{
    if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ')
            return false;
    return true;
}

static int channel_site_change(struct op *op, struct api_call *call,
                               struct http_answer *ret)
{
    struct channel_site own = { .id = 0 };
    int r = need_channel(op, call->id);

    if (r == 0)
        r = channel_site_get(op, call->id, &own);
    if (r < 0)
        return r;
    take(call, "threads", &own.threads);
    take(call, "comments", &own.comments);
    take(call, "listed", &own.listed);
    take(call, "account_url", &own.account_url);
    if (own.account_url.n && !is_link(own.account_url))
        return op_fail_field(op, "account_url", "must be an address of http or https");
    own.id = call->id;
    r = channel_site_set(op, &own);
    return r < 0 ? r : show_channel_site(op, call->id, ret);
}

/* Status links -------------------------------------------------------------- */

static int answer_link(struct op *op, int64_t conversation_id, struct str token,
                       int status, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct status_link link = { .id = 0 };
    int r = status_link_get(op, conversation_id, &link);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "there", link.id && !link.revoked_at);
    if (link.id)
        json_put_int(&w, "case_number", link.case_number);
    else
        json_put_null(&w, "case_number");
    json_put_time(&w, "made_at", link.made_at);
    json_put_time(&w, "revoked_at", link.revoked_at);
    r = show_account(&s, "made_by", link.made_by);
    if (token.n)
        json_put_text(&w, "address", arena_fmt(op->arena, "/s/" STR_FMT, STR_ARG(token)));
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, status, &w);
}

static int link_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c = { .id = 0 };
    int r = conversation_need(op, call->id, &c);

    return r < 0 ? r : answer_link(op, c.id, STR(""), 200, ret);
}

static int allow_own(struct op *op, struct api_call *call)
{
    struct conversation c = { .id = 0 };
    int r = conversation_need(op, call->id, &c);

    return r < 0 ? r : api_need_department(op, call, c.department_id);
}

static int link_make(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct str token = random_token(op, 32);
    struct conversation c = { .id = 0 };
    struct site site = { .id = 0 };
    int r = conversation_need(op, call->id, &c);

    if (r == 0)
        r = site_get(op, &site);
    if (r < 0)
        return r;
    if (!site_is_on(&site))
        return op_fail(op, ERR_CONFLICT,
                       "public pages are off: the settings need an imprint first");
    r = status_link_put(op, c.id, status_link_hash(op, token));
    return r < 0 ? r : answer_link(op, c.id, token, 201, ret);
}

static int link_revoke(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c = { .id = 0 };
    int r = conversation_need(op, call->id, &c);

    if (r == 0)
        r = status_link_revoke(op, c.id);
    return r < 0 ? r : api_no_content(ret);
}

/* "My number is 17": the conversation behind a case number. */
static int case_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct status_link link = { .id = 0 };
    struct conversation c = { .id = 0 };
    int r = status_link_by_number(op, call->id, &link);

    if (r == STATUS_LINK_NONE)
        return op_fail(op, ERR_NOT_FOUND, "there is no case %lld", (long long)call->id);
    if (r == 0)
        r = conversation_need(op, link.id, &c);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_int(&w, "case_number", link.case_number);
    json_put_id(&w, "conversation_id", c.id);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* The page of a thread ------------------------------------------------------- */

static int thread_page_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct thread thread = { .id = 0 };
    struct site site = { .id = 0 };
    enum site_gap gap = 0;
    int64_t readers = 0;
    int r = thread_get(op, call->id, &thread);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no thread %lld", (long long)call->id);
    if (r == 0)
        r = site_get(op, &site);
    if (r == 0)
        r = site_thread_gap(op, &site, &thread, &gap);
    if (r == 0)
        r = visitor_readers(op, thread.id, &readers);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    if (gap)
        json_put_null(&w, "address");
    else
        json_put_text(&w, "address",
                      arena_fmt(op->arena, "/p/%lld", (long long)thread.id));
    json_put_c(&w, "why_not", gap ? site_gap_name(gap) : NULL);
    json_put_int(&w, "readers", readers);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* Release -------------------------------------------------------------------- */

static int put_decided(struct show *s, const struct moderation *decision)
{
    struct message msg = { .id = 0 };
    struct thread thread = { .id = 0 };
    int r = message_get(s->op, decision->id, &msg);

    if (r == 0)
        r = thread_get(s->op, decision->thread_id, &thread);
    if (r != 0)
        return r < 0 ? r : op_fail(s->op, ERR_INTERNAL, "a decision has no message");
    json_begin_object(s->w, NULL);
    r = show_message(s, "message", &msg);
    json_begin_object(s->w, "thread");
    json_put_id(s->w, "id", thread.id);
    json_put_text(s->w, "title", thread.title);
    json_end_object(s->w);
    json_end_object(s->w);
    return r;
}

static int put_number(struct op *op, struct json_writer *w, const char *key,
                      struct str state)
{
    int64_t number = 0;
    int r = moderation_count(op, state, &number);

    if (r == 0)
        json_put_int(w, key, number);
    return r;
}

static int put_counts(struct op *op, struct json_writer *w)
{
    int64_t reports = 0;
    int r;

    json_begin_object(w, "counts");
    r = put_number(op, w, "held", STR("held"));
    if (r == 0)
        r = put_number(op, w, "hidden", STR("hidden"));
    if (r == 0)
        r = page_report_count(op, STR("open"), &reports);
    if (r == 0)
        json_put_int(w, "reports", reports);
    json_end_object(w);
    return r;
}

/* What waits, page by page, with the numbers of all that does. */
static int answer_list(struct op *op, struct api_call *call, struct str usual,
                       int (*put)(struct show *s, struct str state, struct page *page),
                       struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str state = api_query(op, call, "state");
    struct page page;
    int r = page_read(op, call, &page);

    if (r == 0)
        r = put(&s, state.n ? state : usual, &page);
    if (r < 0)
        return r;
    page_close(&page, &w);
    r = put_counts(op, &w);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int put_decisions(struct show *s, struct str state, struct page *page)
{
    struct moderation *list;
    size_t count = 0;
    int r = moderation_list(s->op, state, page->id, page->ask, &list, &count);

    if (r < 0)
        return r;
    page_open(page, s->w, &count);
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = put_decided(s, &list[i]);
        page_at(page, 0, list[i].id);
    }
    return r;
}

static int moderation_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return answer_list(op, call, STR("held"), put_decisions, ret);
}

/* A comment that was its author's whole concern takes the conversation along, so that
 * the books say "hidden" and nobody waits for an answer to what nobody can read. */
static int close_with(struct op *op, const struct message *msg, struct str note)
{
    struct conversation c = { .id = 0 };
    struct message *list;
    size_t count = 0;
    int r;

    if (!msg->conversation_id)
        return 0;
    r = conversation_need(op, msg->conversation_id, &c);
    if (r == 0)
        r = message_list_conversation(op, c.id, &list, &count);
    if (r < 0 || count != 1 || conversation_is_finished(&c))
        return r;
    return desk_close(op, c.id, STR("hidden"), note);
}

static int open_with(struct op *op, const struct message *msg)
{
    struct conversation c = { .id = 0 };
    int r;

    if (!msg->conversation_id)
        return 0;
    r = conversation_need(op, msg->conversation_id, &c);
    if (r < 0 || !str_is(c.close_reason, "hidden"))
        return r;
    return desk_reopen(op, c.id);
}

static int act(struct op *op, const struct api_call *call, const struct message *msg)
{
    struct str action = api_text(call, "action"), note = api_text(call, "note");
    int r;

    if (str_is(action, "hide")) {
        r = moderation_hide(op, msg, api_text(call, "reason"), note);
        if (r >= 0)
            r = close_with(op, msg, note.n ? note : api_text(call, "reason"));
    } else {
        r = moderation_release(op, msg);
        if (r >= 0)
            r = open_with(op, msg);
    }
    return r < 0 ? r : moderate_plan(op, msg);
}

static int moderation_act(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    const struct reason_refused refused = { "message.hiding_refused", false,
                                            api_text(call, "reason") };
    struct message msg = { .id = 0 };
    bool there = false;
    int r = message_get(op, call->id, &msg);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no message %lld",
                       (long long)call->id);
    if (r == 0)
        r = moderate_can(op, &msg, &there);
    if (r == 0 && str_is(api_text(call, "action"), "hide") &&
        !moderation_is_reason(refused.reason))
        return api_refuse_reason(op, &msg, &refused, ret);
    if (r == 0)
        r = act(op, call, &msg);
    if (r == 0)
        r = show_message(&s, NULL, &msg);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

/* Reports -------------------------------------------------------------------- */

static int put_report(struct show *s, const struct page_report *report)
{
    struct json_writer *w = s->w;
    struct message msg = { .id = 0 };
    int r = 0;

    json_begin_object(w, NULL);
    json_put_id(w, "id", report->id);
    json_put_text(w, "page", report->page);
    json_put_id(w, "thread_id", report->thread_id);
    json_put_text(w, "why", report->why);
    json_put_text(w, "body", report->body);
    json_put_text(w, "state", report->state);
    json_put_text(w, "note", report->note);
    json_put_time(w, "created_at", report->created_at);
    json_put_time(w, "settled_at", report->settled_at);
    r = show_account(s, "settled_by", report->settled_by);
    if (r == 0 && report->message_id) {
        r = message_get(s->op, report->message_id, &msg);
        if (r == 0)
            r = show_message(s, "message", &msg);
    } else {
        json_put_null(w, "message");
    }
    json_end_object(w);
    return r > 0 ? op_fail(s->op, ERR_INTERNAL, "a report has lost its message") : r;
}

static int put_reports(struct show *s, struct str state, struct page *page)
{
    struct page_report *list;
    size_t count = 0;
    int r = page_report_list(s->op, state, page->id, page->ask, &list, &count);

    if (r < 0)
        return r;
    page_open(page, s->w, &count);
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = put_report(s, &list[i]);
        page_at(page, 0, list[i].id);
    }
    return r;
}

static int report_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return answer_list(op, call, STR("open"), put_reports, ret);
}

static int report_settle(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct page_report report = { .id = 0 };
    int r = page_report_settle(op, call->id, api_text(call, "note"));

    if (r == 0)
        r = page_report_get(op, call->id, &report);
    if (r == 0)
        r = put_report(&s, &report);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static const struct api_field site_fields[] = {
    { "name", API_TEXT, .help = "On the pages; empty: the workspace's." },
    { "imprint", API_TEXT, .max = SITE_MAX_IMPRINT,
      .help = "Without one no public page is shown." },
    { "privacy", API_TEXT, .max = SITE_MAX_PRIVACY,
      .help = "Beside what Draht says of itself." },
    { "colour", API_TEXT, .help = "Such as #1a6b54, or empty." },
    { "languages", API_CHOICE, .choices = "de en|de|en" },
    { "threads", API_BOOL, .help = "Public threads can be read along." },
    { "comments", API_CHOICE, .choices = "off|held",
      .help = "held: each waits for release; known: not of who was released before." },
    { "listening", API_BOOL, .help = "Name channels that are only listened to." },
    { "transparency", API_BOOL, .help = "Show figures to everybody." },
    { NULL },
};

static const struct api_field channel_site_fields[] = {
    { "threads", API_CHOICE, .choices = "|on|off" },
    { "comments", API_CHOICE, .choices = "|off|held" },
    { "listed", API_CHOICE, .choices = "|off" },
    { "account_url", API_TEXT, .max = 2048, .help = "Our genuine account there." },
    { NULL },
};

static const struct api_field act_fields[] = {
    { "action", API_CHOICE, .required = true, .choices = "release|hide|unhide" },
    { "reason", API_CHOICE, .choices = "|" REASON_CHOICES },
    { "note", API_TEXT, .max = MODERATION_MAX_NOTE },
    { NULL },
};

static const struct api_field settle_fields[] = {
    { "state", API_CHOICE, .required = true, .choices = "settled" },
    { "note", API_TEXT, .max = REPORT_MAX_NOTE },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

static const struct api_field moderation_query[] = {
    { "state", API_CHOICE, .choices = "held|released|hidden" },
    { NULL },
};

static const struct api_field report_query[] = {
    { "state", API_CHOICE, .choices = "open|settled" },
    { NULL },
};

const struct api_route api_public_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/public-pages",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show the settings of the public pages.",
        .handle = site_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/public-pages",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "Change the settings of the public pages.",
        .fields = site_fields,
        .handle = site_change,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}/public-pages",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show what a channel does otherwise on public pages.",
        .handle = channel_site_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/channels/{id}/public-pages",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Change what a channel does otherwise on public pages.",
        .fields = channel_site_fields,
        .handle = channel_site_change,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/conversations/{id}/status-link",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Say whether a conversation has a status link, and its case number.",
        .handle = link_show,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/status-link",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Make the status link of a conversation; an older one ends. The "
                   "address is shown once.",
        .fields = no_fields,
        .allow = allow_own,
        .handle = link_make,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/conversations/{id}/status-link",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Revoke the status link of a conversation.",
        .allow = allow_own,
        .handle = link_revoke,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/cases/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Find the conversation of a case number.",
        .handle = case_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/threads/{id}/public-page",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Say where a thread can be read along, or why not, and how many did.",
        .handle = thread_page_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/moderation",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List comments that wait for release, or were released or hidden.",
        .query = moderation_query,
        .handle = moderation_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/messages/{id}/moderation",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "release",
        .summary = "Release or hide a message on the public pages.",
        .fields = act_fields,
        .handle = moderation_act,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/page-reports",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "release",
        .summary = "List what people reported on public pages.",
        .query = report_query,
        .handle = report_index,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/page-reports/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "release",
        .summary = "Settle a report.",
        .fields = settle_fields,
        .handle = report_settle,
    },
    { NULL },
};
