/* api_preview.c - how a reply will look on its network, before anything leaves. */
#include "api/api_rules.h"

#include "dialogue/status_link.h"
#include "text/leads.h"
#include "text/warning.h"
#include "work/connect.h"

enum { MAX_LEADS = 200 }; /* of one text; behind them it is shown as words */

/* What is to be shown, and of what it is made. */
struct preview {
    struct connected to;
    struct outbound out;
    struct str handle; /* of whoever is answered */
    struct reply_look look;
};

static void put_part(struct json_writer *w, struct str text, const char *leads)
{
    if (!text.n)
        return;
    json_begin_object(w, NULL);
    json_put_text(w, "text", text);
    json_put_c(w, "leads", leads);
    json_end_object(w);
}

/* The words, cut where something in them leads somewhere. */
static void put_parts(struct json_writer *w, struct str words)
{
    static const char *const kinds[] = {
        [LEAD_ADDRESS] = "address", [LEAD_NAME] = "name", [LEAD_TAG] = "tag"
    };
    size_t from = 0, count = 0;
    struct lead lead;

    json_begin_array(w, "parts");
    for (size_t at = 0; at < words.n && count < MAX_LEADS; at++) {
        if (!lead_at(words, at, &lead))
            continue;
        put_part(w, str_sub(words, from, lead.start - from), "");
        put_part(w, str_sub(words, lead.start, lead.end - lead.start), kinds[lead.kind]);
        from = lead.end;
        at = lead.end - 1;
        count++;
    }
    put_part(w, str_sub(words, from, words.n), "");
    json_end_array(w);
}

/* Whom the network names before our words: who said what is answered. */
static int read_handle(struct op *op, const struct desk_reply *reply,
                       const struct conversation *c, struct preview *p)
{
    struct message answered;
    struct profile profile;
    int64_t id = c->profile_id;
    int r = desk_answered(op, reply, c, &answered);

    if (r == 0 && answered.id && answered.profile_id && str_is(answered.direction, "in"))
        id = answered.profile_id;
    if (r >= 0)
        r = profile_get(op, id, &profile);
    if (r == 0)
        p->handle = profile.handle;
    return r < 0 ? r : 0;
}

static int read_place(struct op *op, const struct conversation *c, struct preview *p)
{
    struct status_link link;
    struct profile profile;
    struct thread thread;
    struct str why;
    int r = connect_channel(op, c->channel_id, &p->to, &why);

    if (r == 0)
        r = thread_get(op, c->thread_id, &thread);
    if (r == 0)
        r = profile_get(op, c->profile_id, &profile);
    if (r)
        return r < 0 ? r : op_fail(op, ERR_CONFLICT, "this network is not spoken here");
    p->out.thread_external_id = thread.external_id;
    p->out.thread_title = thread.title;
    p->out.to = profile.external_id;
    p->out.settings = p->to.connection.settings;
    r = status_link_get(op, c->id, &link);
    if (r == 0)
        p->out.case_number = link.case_number;
    return r < 0 ? r : 0;
}

static int look(struct op *op, struct preview *p)
{
    const struct connector *connector = p->to.connector;

    p->look = (struct reply_look){ .body = p->out.body };
    return connector->preview
               ? connector->preview(op, &p->to.connection, &p->out, p->handle, &p->look)
               : 0;
}

static int answer(struct op *op, const struct preview *p, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str words, warning = warning_cut(p->look.body, &words);

    json_begin_object(&w, NULL);
    json_put_text(&w, "from", p->look.from);
    json_put_text(&w, "to", p->look.to);
    json_put_text(&w, "subject", p->look.subject);
    json_put_text(&w, "warning", warning);
    put_parts(&w, warning.n ? words : p->look.body);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int preview_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct desk_reply reply = {
        .conversation_id = call->id,
        .body = api_text(call, "body"),
        .visibility = api_text(call, "visibility"),
        .parent_id = api_id(call, "parent_id"),
    };
    struct str warning = api_text(call, "warning");
    struct preview p = { .handle = STR("") };
    struct conversation c;
    int r = conversation_need(op, call->id, &c);

    if (r >= 0)
        r = rules_warn(op, &c, api_has(call, "warning") ? &warning : NULL, &reply);
    if (r >= 0)
        r = read_place(op, &c, &p);
    if (r >= 0)
        r = read_handle(op, &reply, &c, &p);
    if (r < 0)
        return r;
    p.out.body = reply.body;
    p.out.visibility = reply.visibility;
    r = look(op, &p);
    return r < 0 ? r : answer(op, &p, ret);
}

static const struct api_field preview_fields[] = {
    { .name = "body", .type = API_TEXT, .required = true, .max = MESSAGE_MAX_BODY },
    { .name = "visibility",
      .type = API_CHOICE,
      .required = true,
      .choices = "public|private" },
    { .name = "parent_id", .type = API_ID, .nullable = true },
    { .name = "warning", .type = API_TEXT, .max = WARNING_MAX, .nullable = true },
    { NULL },
};

const struct api_route api_preview_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/preview",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "draft",
        .summary = "How a reply will look on its network; nothing leaves.",
        .fields = preview_fields,
        .handle = preview_show,
    },
    { NULL },
};
