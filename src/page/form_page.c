/* form_page.c - /contact/{channel}: a contact form without script.
 *
 * After sending stand the case number, when an answer may be expected, and the secret
 * address of the status page, where that answer will be. The secret follows from the
 * form's ticket, so that a second press shows the same page of the same case.
 */
#include "page/pages.h"

#include "channel/mail.h"
#include "db/store.h"
#include "dialogue/conversation.h"
#include "dialogue/status_link.h"
#include "page/entry.h"
#include "page/expect.h"
#include "page/send.h"
#include "page/visitor.h"
#include "work/mail_way.h"

enum {
    MAX_FILES = 3,
    MAX_FILE_BYTES = 6 * 1024 * 1024, /* of all together */
    MAX_OWN_FIELDS = 5,
    MAX_OWN_VALUE = 200, /* characters */
};

struct contact {
    const struct page_ask *ask;
    const struct form *form; /* NULL: only looking */
    struct sheet page;
    struct channel channel;
    const struct json *settings;
    struct entry entry;
    struct str secret;
    struct item_file files[MAX_FILES];
    size_t file_count;
    struct message message;
    struct conversation c;
    struct status_link link;
    bool is_there, wrong, has_case;
    bool can_mail; /* an answer can go by mail */
};

static int find_mail(struct op *op, struct contact *c)
{
    int64_t way;
    int r = mailbox_find(op, MAILBOX_ANSWERS, c->channel.department_id, &way);

    c->can_mail = r == 0;
    return r < 0 ? r : 0;
}

static int find_channel(struct op *op, struct contact *c)
{
    struct json *settings;
    struct str mode;
    int64_t workspace;
    int r = channel_workspace(op, c->ask->id, &workspace);

    if (r != 0)
        return r < 0 ? r : SHEET_OFF;
    op->workspace = workspace;
    r = channel_get(op, c->ask->id, &c->channel);
    if (r == 0)
        r = channel_effective_mode(op, &c->channel, &mode);
    if (r != 0)
        return r < 0 ? r : SHEET_OFF;
    if (!str_is(c->channel.network, "form") || !str_is(mode, "dialogue") ||
        c->channel.retired_at)
        return SHEET_OFF;
    r = json_parse(op, c->channel.settings.n ? c->channel.settings : STR("{}"),
                   &settings);
    c->settings = settings;
    return r < 0 ? r : find_mail(op, c);
}

/* Names from the settings, with a form's name that says which. */
static void add_own_fields(struct contact *c)
{
    struct str rest = json_text(c->settings, "fields");
    struct op *op = c->page.op;

    for (int i = 0; i < MAX_OWN_FIELDS && rest.n; i++) {
        struct str label = str_trim(str_cut(rest, ',', &rest));
        struct entry_field *field;

        if (!label.n)
            continue;
        field =
            entry_add(&c->entry, arena_cstr(op->arena, arena_fmt(op->arena, "own-%d", i)),
                      label, ENTRY_LINE);
        field->max = MAX_OWN_VALUE;
    }
}

static void make_form(struct contact *c)
{
    struct sheet *page = &c->page;
    struct entry_field *field;

    c->entry = (struct entry){ .form = "contact",
                               .subject = c->channel.id,
                               .action = arena_fmt(
                                   page->op->arena, "/contact/%lld" STR_FMT,
                                   (long long)c->channel.id, STR_ARG(sheet_keep(page))),
                               .button = W_SEND };
    field = entry_add(&c->entry, "text", sheet_word(page, W_FIELD_TEXT), ENTRY_TEXT);
    field->required = true;
    field->max = SEND_MAX_TEXT;
    field = entry_add(&c->entry, "name", sheet_word(page, W_FIELD_NAME), ENTRY_LINE);
    field->max = SEND_MAX_NAME;
    field->hint = W_HINT_NAME;
    field->has_hint = true;
    if (!json_bool(c->settings, "no_email")) {
        field =
            entry_add(&c->entry, "email", sheet_word(page, W_FIELD_EMAIL), ENTRY_EMAIL);
        field->max = SEND_MAX_EMAIL;
        field->hint = c->can_mail ? W_HINT_EMAIL_MAIL : W_HINT_EMAIL_CONTACT;
        field->has_hint = true;
    }
    add_own_fields(c);
    if (!json_bool(c->settings, "no_files")) {
        field =
            entry_add(&c->entry, "files", sheet_word(page, W_FIELD_FILES), ENTRY_FILES);
        field->hint = W_HINT_FILES;
        field->has_hint = true;
    }
    entry_begin(page, &c->entry);
}

/* The files that were sent; a browser sends an empty one where none was chosen. */
static void read_files(struct contact *c)
{
    size_t bytes = 0;

    for (size_t i = 0; i < c->form->count; i++) {
        const struct form_part *part = &c->form->parts[i];

        if (!part->file_name.p || (!part->file_name.n && !part->value.n))
            continue;
        bytes += part->value.n;
        if (c->file_count == MAX_FILES || bytes > MAX_FILE_BYTES) {
            c->entry.error = sheet_words_with(&c->page, W_ERROR_FILES,
                                              sheet_word(&c->page, W_FIELD_FILES));
            c->wrong = true;
            return;
        }
        c->files[c->file_count++] =
            (struct item_file){ part->file_name, part->mime, part->value };
    }
}

/* The text, and below it what else was filled in. */
static struct str body_of(struct op *op, const struct contact *c)
{
    struct strbuf body = STRBUF(op->arena);
    bool first = true;

    strbuf_add(&body, entry_value(&c->entry, "text"));
    for (size_t i = 0; i < c->entry.count; i++) {
        const struct entry_field *field = &c->entry.fields[i];

        if (strncmp(field->name, "own-", 4) != 0 || !field->value.n)
            continue;
        strbuf_fmt(&body, "%s" STR_FMT ": " STR_FMT, first ? "\n\n" : "\n",
                   STR_ARG(field->label), STR_ARG(field->value));
        first = false;
    }
    return strbuf_str(&body);
}

/* All that makes it this case and no other: sent again it is the same one, and whatever
 * differs makes another one, with a status page of its own. */
static struct str sent_of(struct op *op, const struct contact *c)
{
    return arena_fmt(op->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT,
                     STR_ARG(entry_value(&c->entry, "email")),
                     STR_ARG(entry_value(&c->entry, "name")), STR_ARG(body_of(op, c)));
}

static int load(struct op *op, void *ctx)
{
    struct contact *c = ctx;
    int r = find_channel(op, c);

    if (r == 0)
        r = sheet_open(op, c->ask, &c->page);
    if (r != 0)
        return r < 0 ? r : 0;
    c->page.path = arena_fmt(op->arena, "/contact/%lld", (long long)c->channel.id);
    c->is_there = true;
    make_form(c);
    if (!c->form)
        return 0;
    r = entry_read(&c->page, &c->entry, c->form);
    if (r < 0)
        return r;
    c->wrong = r == ENTRY_WRONG;
    if (c->entry.takes_files)
        read_files(c);
    return ticket_secret(op, &c->entry.ticket, c->channel.id, sent_of(op, c), &c->secret);
}

static int put_expectation(struct contact *c)
{
    struct sheet *page = &c->page;
    struct html *h = &page->html;
    int r;

    html_put(h, "<dl class=\"facts\">\n<dt>");
    sheet_say(page, W_CONTACT_HOURS);
    html_put(h, "</dt>\n<dd>");
    r = expect_put_hours(page, &c->channel);
    if (r < 0)
        return r;
    html_put(h, "</dd>\n<dt>");
    sheet_say(page, W_CONTACT_ANSWER);
    html_put(h, "</dt>\n<dd>");
    r = expect_put_answer(page, &c->channel);
    html_put(h, "</dd>\n</dl>\n");
    return r;
}

static int put(struct op *op, void *ctx)
{
    struct contact *c = ctx;
    struct sheet *page = &c->page;
    struct html *h = &page->html;
    struct str title = sheet_words_with(page, W_FORM_TITLE, c->channel.name);
    struct str intro = json_text(c->settings, "intro");
    int r;

    (void)op;
    sheet_begin(page, title);
    html_put(h, "<h1>");
    html_text(h, title);
    html_put(h, "</h1>\n");
    if (intro.n) {
        html_put(h, "<p>");
        html_lines(h, intro);
        html_put(h, "</p>\n");
    }
    r = put_expectation(c);
    return r < 0 ? r : entry_put(page, &c->entry);
}

static int show(struct op *op, struct contact *c, int status, struct http_answer *ret)
{
    int r;

    if (!c->is_there) {
        sheet_missing(op, c->ask, ret);
        return 0;
    }
    r = store_read(op, put, c);
    if (r == 0)
        sheet_end(&c->page, status, ret);
    return r;
}

int page_form(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct contact c = { .ask = ask };
    int r = store_read(op, load, &c);

    return r < 0 ? r : show(op, &c, 200, ret);
}

/* Where the answer goes by mail; empty: it stands on the status page alone. */
static struct str mail_of(const struct contact *c)
{
    struct str email = entry_value(&c->entry, "email");

    return c->can_mail && mail_is_address(email) ? email : STR("");
}

static struct str language_name(const struct contact *c)
{
    return c->page.language == GERMAN ? STR("de") : STR("en");
}

static int send(struct op *op, struct contact *c)
{
    struct str ticket = ticket_name(op, &c->entry.ticket);
    struct str id = page_message_name(op, ticket, sent_of(op, c));
    struct str name = entry_value(&c->entry, "name");
    struct str email = entry_value(&c->entry, "email");
    struct page_message message = {
        .channel_id = c->channel.id,
        .item = {
            .external_id = id,
            .thread = { .external_id = arena_fmt(op->arena, "form:" STR_FMT, STR_ARG(id)),
                        .kind = STR("mail"), .visibility = STR("private") },
            .author = { .external_id = page_author_key(op, name, email),
                        .handle = email, .name = name },
            .body = body_of(op, c),
            .files = c->files,
            .file_count = c->file_count,
            .page = { .status_hash = status_link_hash(op, c->secret), .is_private = true,
                      .mail = mail_of(c), .mail_language = language_name(c) },
        },
    };

    if (!message.item.author.external_id.n)
        message.item.author.external_id =
            arena_fmt(op->arena, PROFILE_TYPED STR_FMT, STR_ARG(ticket));
    return page_send(op, &message, &c->message);
}

/* The case that became of it. */
static int find_case(struct op *op, void *ctx)
{
    struct contact *c = ctx;
    int r;

    if (!c->message.conversation_id)
        return 0;
    r = conversation_need(op, c->message.conversation_id, &c->c);
    if (r == 0)
        r = status_link_get(op, c->message.conversation_id, &c->link);
    c->has_case = r == 0;
    return r < 0 ? r : 0;
}

static int put_expected(struct contact *c)
{
    struct sheet *page = &c->page;

    if (c->c.due_at > page->op->now) {
        sheet_say_with(page, W_DONE_BY, sheet_time(page, c->c.due_at));
        return 0;
    }
    if (c->c.due_at) {
        sheet_say(page, W_DONE_SOON);
        return 0;
    }
    return expect_put_answer(page, &c->channel);
}

static int put_case(struct contact *c)
{
    struct sheet *page = &c->page;
    struct html *h = &page->html;
    int r;

    html_put(h, "<dl class=\"facts\">\n<dt>");
    sheet_say(page, W_DONE_CASE);
    html_put(h, "</dt>\n<dd class=\"case\">");
    html_int(h, c->link.case_number);
    html_put(h, "</dd>\n<dt>");
    sheet_say(page, W_DONE_EXPECT);
    html_put(h, "</dt>\n<dd>");
    r = put_expected(c);
    html_put(h, "</dd>\n</dl>\n");
    return r;
}

static void put_status_link(struct contact *c)
{
    struct sheet *page = &c->page;
    struct html *h = &page->html;
    struct str address = arena_fmt(page->op->arena, "/s/" STR_FMT STR_FMT,
                                   STR_ARG(c->secret), STR_ARG(sheet_keep(page)));

    html_put(h, "<p>");
    sheet_say(page, W_DONE_STATUS);
    html_put(h, "<br>\n<a class=\"status\"");
    html_attr(h, "href", address);
    html_put(h, ">");
    html_text(h, address);
    html_put(h, "</a></p>\n<p class=\"soft\">");
    sheet_say(page, W_STATUS_SECRET);
    html_put(h, "</p>\n");
    if (!mail_of(c).n)
        return;
    html_put(h, "<p>");
    sheet_say(page, W_DONE_MAIL);
    html_put(h, "</p>\n");
}

static int put_thanks(struct op *op, void *ctx)
{
    struct contact *c = ctx;
    struct sheet *page = &c->page;
    struct html *h = &page->html;
    int r = 0;

    (void)op;
    page->is_secret = true;
    sheet_begin(page, sheet_word(page, W_DONE_TITLE));
    html_put(h, "<h1>");
    sheet_say(page, W_DONE_TITLE);
    html_put(h, "</h1>\n");
    if (c->has_case) {
        r = put_case(c);
    } else {
        html_put(h, "<p>");
        sheet_say(page, W_DONE_LATER);
        html_put(h, "</p>\n");
    }
    put_status_link(c);
    return r;
}

static int take(struct op *op, struct contact *c)
{
    int r = visitor_may_send(op, c->ask->rq, "contact", VISITOR_MAX_CONTACTS);

    if (r == 0)
        r = send(op, c);
    return r == 0 ? store_read(op, find_case, c) : r;
}

int page_form_send(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct form *form = arena_new(op->arena, struct form, 1);
    struct contact c = { .ask = ask, .form = form };
    int r = form_read(op, ask->rq, form);

    if (r == 0)
        r = store_read(op, load, &c);
    if (r < 0)
        return r;
    if (!c.is_there || c.wrong)
        return show(op, &c, 422, ret);
    r = take(op, &c);
    if (r == VISITOR_TOO_MANY) {
        entry_refuse(&c.page, &c.entry, W_ERROR_OFTEN);
        return show(op, &c, 429, ret);
    }
    if (r == 0)
        r = store_read(op, put_thanks, &c);
    if (r == 0)
        sheet_end(&c.page, 200, ret);
    return r;
}
