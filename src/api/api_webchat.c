/* api_webchat.c - the web chat's window speaks to us here, for people without a login.
 *
 * The window is a frame from our own origin (web/widget/), so no other origin ever needs
 * to call: there is no CORS, and no cookie counts. Who writes is known by a random key
 * in a header, or by a signed id; see channel/webchat.h. Which pages may show the window
 * is told to the browser with the frame (frame-ancestors), and checked once more against
 * the page that a message says it was written on.
 *
 * A message goes the way of all others: kept verbatim and committed, then understood,
 * then answered here. Repeating one is harmless, by the id that the browser gave it.
 */
#include "api/api_webchat.h"

#include "admin/guard.h"
#include "api/api_parts.h"
#include "channel/mail.h"
#include "work/mail_way.h"
#include "work/work_intake.h"

static int not_there(struct op *op)
{
    return op_fail(op, ERR_NOT_FOUND, "there is no web chat at this address");
}

static int read_claim(struct op *op, const struct http_request *rq,
                      struct webchat_claim *ret)
{
    struct str user = http_header(rq, "X-Visitor-User");

    *ret = (struct webchat_claim){ .key = http_header(rq, "X-Visitor-Key"),
                                   .signature = http_header(rq, "X-Visitor-Signature") };
    if (user.n && !http_decode(op->arena, user, false, &ret->user))
        return op_fail_field(op, "X-Visitor-User", "must be UTF-8 in percent encoding");
    return 0;
}

int visit_enter(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct webchat_claim claim;
    struct str why;
    int r = channel_workspace(op, visit->call->id, &op->workspace);

    if (r)
        return r < 0 ? r : not_there(op);
    r = connect_channel(op, visit->call->id, &visit->to, &why);
    if (r)
        return r < 0 ? r : not_there(op);
    if (visit->to.connector != &connector_webchat || visit->to.channel.retired_at)
        return not_there(op);
    r = read_claim(op, visit->call->rq, &claim);
    if (r < 0)
        return r;
    r = webchat_identify(op, &visit->to.connection, &claim, &visit->visitor);
    if (r)
        return r < 0 ? r : 0;
    r = thread_find(op, visit->to.channel.id, visit->visitor.id, &visit->thread);
    if (r == THREAD_NOT_FOUND)
        visit->thread.id = 0;
    return r < 0 ? r : 0;
}

static int need_visitor(struct op *op, const struct visit *visit)
{
    if (visit->visitor.id.n)
        return 0;
    return op_fail(op, ERR_LOGIN,
                   "this needs a visitor's key of %d to %d letters, digits, \"-\" or "
                   "\"_\", or a signed id",
                   WEBCHAT_MIN_KEY, WEBCHAT_MAX_KEY);
}

/* Limits ----------------------------------------------------------------------- */

static int limit_reads(struct op *op, const struct api_call *call)
{
    return api_limit(op, call, "read", guard_network(op, http_sender(call->rq)),
                     READS_PER_ADDRESS);
}

static int limit_writes(struct op *op, const struct visit *visit)
{
    struct str address = guard_network(op, http_sender(visit->call->rq));
    int r = api_limit(op, visit->call, "write", address, WRITES_PER_ADDRESS);

    if (r == 0)
        r = api_limit(op, visit->call, "visitor", visit->visitor.id, WRITES_PER_VISITOR);
    if (r == 0 && !visit->thread.id)
        r = api_limit(op, visit->call, "talk", address, TALKS_PER_ADDRESS);
    return r;
}

/* Reading ---------------------------------------------------------------------- */

/* The page inside the frame. It is the same for all chats; who may show it is not. */
static int frame(struct op *op, struct api_call *call, struct http_answer *ret)
{
    static const char policy[] =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; base-uri 'none'; form-action 'none'; ";
    struct visit visit = { .call = call };
    struct http_request rq = *call->rq;
    int r = limit_reads(op, call);

    if (r == 0)
        r = visit_enter(op, &visit);

    if (r < 0)
        return r;
    rq.path = STR("/widget/index.html");
    if (!call->server->config.pages || call->server->config.pages(op->arena, &rq, ret))
        return op_fail(op, ERR_NOT_FOUND, "this program was built without its pages");
    http_add(
        op->arena, &ret->headers, STR("Content-Security-Policy"),
        arena_fmt(op->arena, "%s" STR_FMT, policy,
                  STR_ARG(webchat_frame_ancestors(op, visit.to.connection.settings))));
    /* So that pages which isolate themselves from other origins may show it too. */
    http_add(op->arena, &ret->headers, STR("Cross-Origin-Resource-Policy"),
             STR("cross-origin"));
    http_add(op->arena, &ret->headers, STR("Cross-Origin-Embedder-Policy"),
             STR("require-corp"));
    return 0;
}

static int show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    int r = limit_reads(op, call);

    if (r == 0)
        r = visit_enter(op, &visit);
    return r < 0 ? r : webchat_show(op, &visit, ret);
}

static int list(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    int r = limit_reads(op, call);

    if (r == 0)
        r = visit_enter(op, &visit);
    if (r >= 0)
        r = need_visitor(op, &visit);
    return r < 0 ? r : webchat_talk(op, &visit, ret);
}

static int file(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct visit_message message;
    struct attachment a;
    int r = limit_reads(op, call);

    if (r == 0)
        r = visit_enter(op, &visit);
    if (r >= 0)
        r = need_visitor(op, &visit);
    if (r >= 0)
        r = attachment_get(op, call->id2, &a);
    if (r == 0 && a.message_id)
        r = visit_message(op, visit.thread.id, a.message_id, &message);
    if (r < 0)
        return r;
    if (r > 0 || !a.message_id || message.removed_at)
        return op_fail(op, ERR_NOT_FOUND, "there is no such file");
    return answer_file(op, &a, ret);
}

/* Before the stream opens: whose talk is it? */
static int allow_stream(struct op *op, struct api_call *call)
{
    struct visit visit = { .call = call };
    struct conversation c;
    int r = limit_reads(op, call);

    if (r == 0)
        r = visit_enter(op, &visit);
    if (r >= 0)
        r = need_visitor(op, &visit);
    if (r < 0)
        return r;
    if (!visit.thread.id)
        return op_fail(op, ERR_NOT_FOUND, "this visitor has not written yet");
    call->thread_id = visit.thread.id;
    r = visit_conversation(op, visit.thread.id, &c);
    if (r == 0)
        call->conversation_id = c.id;
    return r < 0 ? r : 0;
}

static int stream(struct op *op, struct api_call *call, struct http_answer *ret)
{
    (void)call;
    (void)ret;
    return op_fail(op, ERR_INTERNAL, "a stream is opened by the dispatcher");
}

/* Writing ---------------------------------------------------------------------- */

static int enter_to_write(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct str mode;
    int r = visit_enter(op, visit);

    if (r >= 0)
        r = need_visitor(op, visit);
    if (r >= 0)
        r = channel_effective_mode(op, &visit->to.channel, &mode);
    if (r < 0)
        return r;
    if (!str_is(mode, "dialogue"))
        return op_fail(op, ERR_CONFLICT, "nobody answers in this chat at present");
    return 0;
}

/* What became of it, by its name; not there yet when it is still being understood. */
struct stored {
    struct visit *visit;
    struct str client_id;
    struct message message; /* id 0: not understood yet */
};

static int find_stored(struct op *op, void *ctx)
{
    struct stored *s = ctx;
    int r = message_by_external_id(
        op, s->visit->to.channel.id,
        webchat_message_id(op, &s->visit->visitor, s->client_id), &s->message);

    if (r == MESSAGE_NOT_FOUND)
        s->message.id = 0;
    return r < 0 ? r : 0;
}

static int answer_stored(struct op *op, struct stored *s, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    int r = store_read(op, find_stored, s);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", s->message.id);
    json_put_text(&w, "client_id", s->client_id);
    json_put_time(&w, "at", s->message.id ? s->message.sent_at : op->now);
    json_end_object(&w);
    return api_answer(ret, s->message.id ? 201 : 202, &w);
}

static int take_in(struct op *op, struct visit *visit,
                   const struct webchat_envelope *envelope)
{
    struct str bytes = webchat_wrap(op, envelope);
    struct intake_batch batch = { .to = &visit->to,
                                  .items = &bytes,
                                  .count = 1,
                                  .source = "widget",
                                  .open_conversations = true };
    struct intake_counts counts = { 0 };
    struct item item;
    int r = intake_accept(op, &batch, &counts);

    if (r < 0 || !counts.rejected_count)
        return r;
    r = webchat_parse(op, bytes, &item); /* names all of its fields */
    return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a refused message was in order");
}

/* A page of our own: the preview beside the settings. */
static bool is_our_page(const struct visit *visit, struct str page_url)
{
    ptrdiff_t at = str_find(page_url, STR("://"));
    struct str rest, host;

    if (at < 0)
        return false;
    host = str_cut(str_sub(page_url, (size_t)at + 3, page_url.n), '/', &rest);
    return host.n > 0 && str_eq_ignore_case(host, visit->call->rq->host);
}

static int check_page(struct op *op, const struct visit *visit)
{
    struct str page_url = api_text(visit->call, "page_url");

    if (webchat_may_show(op, visit->to.connection.settings, page_url) ||
        is_our_page(visit, page_url))
        return 0;
    return op_fail(op, ERR_DENIED, "the chat may not be used on this page");
}

static int create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct stored stored = { .visit = &visit, .client_id = api_text(call, "client_id") };
    int r = store_read(op, enter_to_write, &visit);

    if (r >= 0)
        r = limit_writes(op, &visit);
    if (r >= 0)
        r = check_page(op, &visit);
    if (r >= 0)
        r = take_in(op, &visit,
                    &(const struct webchat_envelope){ .visitor = &visit.visitor,
                                                      .message = call->rq->body });
    return r < 0 ? r : answer_stored(op, &stored, ret);
}

/* An edit or a removal of something that this visitor has written. */
static int change(struct op *op, struct api_call *call, const char *what,
                  struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct stored stored = { .visit = &visit, .client_id = call->name };
    struct webchat_envelope envelope = {
        .visitor = &visit.visitor, .change = what, .at = op->now, .client_id = call->name
    };
    bool is_name = webchat_is_client_id(call->name);
    int r = store_read(op, enter_to_write, &visit);

    if (r >= 0)
        r = limit_writes(op, &visit);
    if (r >= 0 && is_name)
        r = store_read(op, find_stored, &stored);
    if (r < 0)
        return r;
    if (!stored.message.id)
        return op_fail(op, ERR_NOT_FOUND, "there is no such message");
    if (stored.message.removed_at)
        return op_fail(op, ERR_CONFLICT, "this message was taken back");
    if (call->route->fields)
        envelope.message = call->rq->body;
    r = take_in(op, &visit, &envelope);
    return r < 0 ? r : answer_stored(op, &stored, ret);
}

static int edit(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return change(op, call, "edit", ret);
}

static int take_back(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return change(op, call, "remove", ret);
}

/* Before it waits for the writer, which a stranger must not keep busy with nothing. */
static int allow_seen(struct op *op, struct api_call *call)
{
    struct visit visit = { .call = call };
    int r = api_limit(op, call, "seeing", guard_network(op, http_sender(call->rq)),
                      READS_PER_ADDRESS);

    if (r == 0)
        r = visit_enter(op, &visit);
    if (r >= 0)
        r = need_visitor(op, &visit);
    if (r >= 0)
        r = api_limit(op, call, "seen", visit.visitor.id, SEEN_PER_VISITOR);
    if (r == 0 && !visit.thread.id)
        r = op_fail(op, ERR_NOT_FOUND, "this visitor has not written yet");
    return r;
}

/* The same before a wish is changed: it costs a write, too. */
static int allow_mail(struct op *op, struct api_call *call)
{
    struct visit visit = { .call = call };
    int r = visit_enter(op, &visit);

    if (r >= 0)
        r = need_visitor(op, &visit);
    if (r >= 0)
        r = api_limit(op, call, "mail_address", guard_network(op, http_sender(call->rq)),
                      MAILS_PER_ADDRESS);
    if (r == 0)
        r = api_limit(op, call, "mail", visit.visitor.id, MAILS_PER_VISITOR);
    if (r == 0 && !visit.thread.id)
        r = op_fail(op, ERR_NOT_FOUND, "this visitor has not written yet");
    return r;
}

/* A visitor's talk, inside the write; op->actor is the person then. */
static int enter_talk(struct op *op, struct visit *visit, struct conversation *ret)
{
    int r = visit_enter(op, visit);

    *ret = (struct conversation){ .id = 0 };
    if (r >= 0)
        r = need_visitor(op, visit);
    if (r >= 0)
        r = visit_conversation(op, visit->thread.id, ret);
    if (r >= 0)
        op->actor = (struct actor){ ACTOR_PERSON, ret->person_id };
    return r < 0 ? r : 0;
}

static int check_mail(struct op *op, const struct conversation *c,
                      const struct mail_wish *wish)
{
    int64_t channel;
    int r;

    if (!mail_is_address(wish->address))
        return op_fail_field_as(op, "address", "not_an_email", "is no address of e-mail");
    if (!str_is(wish->language, "de") && !str_is(wish->language, "en"))
        return op_fail_field_as(op, "language", "not_a_choice", "is neither de nor en");
    r = mailbox_find(op, MAILBOX_ANSWERS, c->department_id, &channel);
    if (r == MAILBOX_NONE)
        return op_fail(op, ERR_CONFLICT, "no answer can go by e-mail from here");
    return r;
}

/* From now on an answer that is not seen in time goes to this address, too. */
static int wish_mail(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct mail_wish wish = { .address = str_trim(api_text(call, "address")),
                              .language = api_text(call, "language") };
    struct actor before = op->actor;
    struct conversation c;
    int r = enter_talk(op, &visit, &c);

    wish.thread_id = visit.thread.id;
    if (r == 0)
        r = check_mail(op, &c, &wish);
    if (r == 0)
        r = mail_wish_put(op, &wish, c.id);
    op->actor = before;
    return r < 0 ? r : api_no_content(ret);
}

static int unwish_mail(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct actor before = op->actor;
    struct conversation c;
    int r = enter_talk(op, &visit, &c);

    if (r == 0)
        r = mail_wish_drop(op, visit.thread.id, c.id);
    op->actor = before;
    return r < 0 ? r : api_no_content(ret);
}

static int saw(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct visit visit = { .call = call };
    struct actor before = op->actor;
    struct conversation c;
    int r = enter_talk(op, &visit, &c);

    if (r == 0)
        r = visit_saw(op, visit.thread.id, c.id, api_id(call, "message_id"));
    op->actor = before;
    return r < 0 ? r : api_no_content(ret);
}

static const struct api_field create_fields[] = {
    { "client_id", API_TEXT, .required = true, .min = 1, .max = WEBCHAT_MAX_CLIENT_ID,
      .help = "Made by the browser: the same again is the same message." },
    { "body", API_TEXT, .nullable = true, .max = WEBCHAT_MAX_TEXT },
    { "files", API_ANY, .help = "At most 4 of {name, mime, base64}, together 5 MiB." },
    { "name", API_TEXT, .nullable = true, .help = "What the page calls the visitor." },
    { "language", API_TEXT, .nullable = true, .help = "Of the window: de or en." },
    { "page_url", API_TEXT, .nullable = true, .max = ITEM_MAX_URL,
      .help = "Where it was written, shown to who answers." },
    { "page_title", API_TEXT, .nullable = true, .max = ITEM_MAX_URL },
    { NULL },
};
static const struct api_field edit_fields[] = {
    { "body", API_TEXT, .required = true, .min = 1, .max = WEBCHAT_MAX_TEXT },
    { NULL },
};
static const struct api_field saw_fields[] = {
    { "message_id", API_ID, .required = true },
    { NULL },
};
static const struct api_field mail_fields[] = {
    { "address", API_TEXT, .required = true, .min = 1, .max = MAIL_MAX_ADDRESS,
      .help = "Where answers go that were not seen in the chat." },
    { "language", API_TEXT, .required = true,
      .help = "Of the words around the answer: de or en." },
    { NULL },
};
static const struct api_field list_query[] = {
    { NULL },
};

const struct api_route api_webchat_routes[] = {
    {
        .method = "GET",
        .pattern = "/webchat/{id}",
        .mode = API_READ,
        .access = API_ANYBODY,
        .produces = "text/html",
        .summary = "The window of a web chat, for the frame that /widget.js makes.",
        .handle = frame,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webchat/{id}",
        .mode = API_READ,
        .access = API_ANYBODY,
        .summary = "What a web chat shows before anybody wrote: words, hours, limits.",
        .handle = show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webchat/{id}/messages",
        .mode = API_READ,
        .access = API_ANYBODY,
        .summary = "A visitor's talk, newest first. Header X-Visitor-Key, or "
                   "X-Visitor-User and X-Visitor-Signature.",
        .query = list_query,
        .handle = list,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webchat/{id}/messages",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .max_body = WEBCHAT_MAX_REQUEST,
        .summary = "Write. 201 when it is in the talk, 202 when it is kept and will be.",
        .fields = create_fields,
        .handle = create,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/webchat/{id}/messages/{text:client_id}",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .summary = "Change what one has written; the earlier version is kept.",
        .fields = edit_fields,
        .handle = edit,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/webchat/{id}/messages/{text:client_id}",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .summary = "Take back what one has written.",
        .handle = take_back,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webchat/{id}/seen",
        .mode = API_WRITE,
        .access = API_ANYBODY,
        .summary = "Everything up to this message of ours was on the screen.",
        .fields = saw_fields,
        .allow = allow_seen,
        .handle = saw,
    },
    {
        .method = "PUT",
        .pattern = "/api/v1/webchat/{id}/mail",
        .mode = API_WRITE,
        .access = API_ANYBODY,
        .summary = "Have answers sent by e-mail, too, when they are not seen in time.",
        .fields = mail_fields,
        .allow = allow_mail,
        .handle = wish_mail,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/webchat/{id}/mail",
        .mode = API_WRITE,
        .access = API_ANYBODY,
        .summary = "Forget the address for answers by e-mail.",
        .allow = allow_mail,
        .handle = unwish_mail,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webchat/{id}/files/{file_id}",
        .mode = API_READ,
        .access = API_ANYBODY,
        .produces = "application/octet-stream",
        .summary = "Download a file of one's own talk.",
        .handle = file,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webchat/{id}/events",
        .mode = API_STREAM,
        .access = API_ANYBODY,
        .produces = "text/event-stream",
        .summary = "Hear when there is something to fetch; says nothing else.",
        .allow = allow_stream,
        .handle = stream,
    },
    { NULL },
};
