/* comment_page.c - a comment on a public thread: written, kept, waiting for release. */
#include "page/thread_page.h"

#include "base/ids.h"
#include "db/store.h"
#include "page/send.h"
#include "page/visitor.h"

int comment_form(struct thread_page *tp, const struct talk_line *parent,
                 struct entry *ret)
{
    struct sheet *page = &tp->page;
    struct entry_field *field;

    *ret = (struct entry){ .form = "comment",
                           .subject = tp->thread.id,
                           .action = arena_fmt(
                               page->op->arena, "/p/%lld/comments" STR_FMT,
                               (long long)tp->thread.id, STR_ARG(sheet_keep(page))),
                           .button = W_SEND };
    field = entry_add(ret, "text", sheet_word(page, W_FIELD_TEXT), ENTRY_TEXT);
    field->required = true;
    field->max = SEND_MAX_TEXT;
    field = entry_add(ret, "name", sheet_word(page, W_FIELD_NAME), ENTRY_LINE);
    field->required = true;
    field->max = SEND_MAX_NAME;
    field->hint = W_HINT_NAME_COMMENT;
    field->has_hint = true;
    field = entry_add(ret, "email", sheet_word(page, W_FIELD_EMAIL), ENTRY_EMAIL);
    field->max = SEND_MAX_EMAIL;
    field->hint = W_HINT_EMAIL;
    field->has_hint = true;
    if (parent) {
        ret->also_name = STR("answers_to");
        ret->also_value = arena_fmt(page->op->arena, "%lld", (long long)parent->msg.id);
    }
    entry_begin(page, ret);
    return 0;
}

/* A comment on its way. */
struct commenting {
    const struct page_ask *ask;
    const struct form *form;
    struct thread_page tp;
    struct entry entry;
    int64_t answers_to; /* of the form; 0: the first message */
    bool wrong;
};

static int read_form(struct commenting *c)
{
    const struct talk_line *parent;
    int r;

    if (!id_parse(form_field(c->form, "answers_to"), &c->answers_to))
        c->answers_to = 0;
    parent = talk_find(&c->tp.talk, c->answers_to);
    c->answers_to = parent ? parent->msg.id : 0;
    r = comment_form(&c->tp, parent, &c->entry);
    if (r == 0)
        r = entry_read(&c->tp.page, &c->entry, c->form);
    c->wrong = r == ENTRY_WRONG;
    return r < 0 ? r : 0;
}

static int load(struct op *op, void *ctx)
{
    struct commenting *c = ctx;
    int r = thread_page_load(op, c->ask, &c->tp);

    if (r < 0 || !c->tp.is_there)
        return r;
    if (str_is(c->tp.comments, "off") || c->tp.moved_to) {
        c->tp.is_there = false;
        return 0;
    }
    return read_form(c);
}

static int put_again(struct op *op, void *ctx)
{
    struct commenting *c = ctx;

    (void)op;
    return thread_page_put(&c->tp, &c->entry, c->answers_to);
}

static int show_again(struct op *op, struct commenting *c, int status,
                      struct http_answer *ret)
{
    int r = store_read(op, put_again, c);

    if (r == 0)
        sheet_end(&c->tp.page, status, ret);
    return r;
}

/* The first message that can be seen: what a comment without another aim answers. */
static int64_t parent_of(const struct commenting *c)
{
    if (c->answers_to)
        return c->answers_to;
    return c->tp.talk.count ? c->tp.talk.lines[0].msg.id : 0;
}

static int send(struct op *op, struct commenting *c, struct message *ret)
{
    const struct thread *thread = &c->tp.thread;
    struct str name = entry_value(&c->entry, "name");
    struct str email = entry_value(&c->entry, "email");
    struct str ticket = ticket_name(op, &c->entry.ticket);
    struct page_message message = {
        .channel_id = thread->channel_id,
        .parent_id = parent_of(c),
        .item = {
            .external_id = page_message_name(op, ticket, entry_value(&c->entry, "text")),
            .thread = { .external_id = thread->external_id, .kind = thread->kind,
                        .visibility = thread->visibility },
            .author = { .external_id = page_author_key(op, name, email),
                        .handle = email, .name = name },
            .body = entry_value(&c->entry, "text"),
            /* Whoever they say they are: nobody proves a name or an address here. */
            .page = { .moderation = STR("held") },
        },
    };

    /* Without an address nobody is known again, but the same press is. */
    if (!message.item.author.external_id.n)
        message.item.author.external_id =
            arena_fmt(op->arena, PROFILE_TYPED STR_FMT, STR_ARG(ticket));
    return page_send(op, &message, ret);
}

static void thank(struct op *op, struct commenting *c, struct http_answer *ret)
{
    struct sheet *page = &c->tp.page;
    struct html *h = &page->html;

    sheet_begin(page, sheet_word(page, W_COMMENT_THANKS));
    html_put(h, "<h1>");
    sheet_say(page, W_COMMENT_THANKS);
    html_put(h, "</h1>\n<p>");
    sheet_say(page, W_COMMENT_WAITS);
    html_put(h, "</p>\n<p><a");
    html_attr(h, "href",
              arena_fmt(op->arena, STR_FMT STR_FMT, STR_ARG(page->path),
                        STR_ARG(sheet_keep(page))));
    html_put(h, ">");
    sheet_say(page, W_BACK_TO_THREAD);
    html_put(h, "</a></p>\n");
    sheet_end(page, 200, ret);
}

int page_comment(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct form *form = arena_new(op->arena, struct form, 1);
    struct commenting c = { .ask = ask, .form = form };
    struct message message;
    int r = form_read(op, ask->rq, form);

    if (r == 0)
        r = store_read(op, load, &c);
    if (r < 0)
        return r;
    if (!c.tp.is_there) {
        sheet_missing(op, ask, ret);
        return 0;
    }
    if (c.wrong)
        return show_again(op, &c, 422, ret);
    r = visitor_may_send(op, ask->rq, "comment", VISITOR_MAX_COMMENTS);
    if (r == VISITOR_TOO_MANY) {
        entry_refuse(&c.tp.page, &c.entry, W_ERROR_OFTEN);
        return show_again(op, &c, 429, ret);
    }
    if (r == 0)
        r = send(op, &c, &message);
    if (r < 0)
        return r;
    thank(op, &c, ret);
    return 0;
}
