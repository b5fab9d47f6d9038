/* status_page.c - /s/{secret}: how one case stands, for whom it concerns.
 *
 * The secret is all that a visitor has, and all that is needed. Shown are the steps,
 * what this person wrote and what we answered; never notes, never what another person
 * wrote whose case was merged into this one.
 */
#include "page/pages.h"

#include "db/store.h"
#include "dialogue/check_back.h"
#include "dialogue/conversation.h"
#include "dialogue/person.h"
#include "dialogue/status_link.h"
#include "page/entry.h"
#include "page/files.h"
#include "page/send.h"
#include "page/talk.h"
#include "page/visitor.h"

enum { MOST_STEPS = 100 }; /* from an answer to what it answers in the end */

struct status {
    const struct page_ask *ask;
    const struct form *form; /* NULL: only looking */
    struct sheet page;
    struct status_link link;
    struct conversation c; /* the one that lives */
    struct thread thread;
    struct profile profile; /* by which the person writes here */
    int64_t person_id;      /* whose case it was when the link was made */
    struct check_back check_back;
    struct entry entry;
    bool is_there, wrong, is_public;
};

static struct str secret_path(struct op *op, const struct status *s)
{
    return arena_fmt(op->arena, "/s/" STR_FMT, STR_ARG(s->ask->name));
}

/* The newest check-back that was not cancelled. */
static int find_check_back(struct op *op, struct status *s)
{
    struct check_back *list;
    size_t count;
    int r = check_back_list_conversation(op, s->c.id, &list, &count);

    for (size_t i = 0; r == 0 && i < count; i++)
        if (!str_is(list[i].state, "cancelled"))
            s->check_back = list[i];
    return r;
}

static int load_case(struct op *op, struct status *s)
{
    struct conversation own;
    enum site_gap gap;
    int r = conversation_get(op, s->link.id, &own);

    if (r == 0)
        r = conversation_need(op, s->link.id, &s->c);
    if (r == 0)
        r = profile_get(op, own.profile_id, &s->profile);
    if (r == 0)
        r = thread_get(op, own.thread_id, &s->thread);
    if (r == 0)
        r = site_thread_gap(op, &s->page.site, &s->thread, &gap);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a case has lost a row");
    s->person_id = own.person_id;
    s->is_public = gap == 0;
    return find_check_back(op, s);
}

static void make_form(struct status *s)
{
    struct sheet *page = &s->page;
    struct entry_field *field;

    s->entry = (struct entry){ .form = "status",
                               .subject = s->link.id,
                               .action = arena_fmt(page->op->arena, STR_FMT STR_FMT,
                                                   STR_ARG(secret_path(page->op, s)),
                                                   STR_ARG(sheet_keep(page))),
                               .button = W_SEND };
    field = entry_add(&s->entry, "text", sheet_word(page, W_FIELD_TEXT), ENTRY_TEXT);
    field->required = true;
    field->max = SEND_MAX_TEXT;
    entry_begin(page, &s->entry);
}

static int load(struct op *op, void *ctx)
{
    struct status *s = ctx;
    int r = status_link_find(op, s->ask->name, &s->link);

    if (r == 0)
        r = sheet_open(op, s->ask, &s->page);
    if (r != 0)
        return r < 0 ? r : 0;
    s->page.is_secret = true;
    s->page.report_as = "status";
    s->page.path = secret_path(op, s);
    r = load_case(op, s);
    if (r < 0)
        return r;
    s->is_there = true;
    make_form(s);
    if (!s->form)
        return 0;
    r = entry_read(&s->page, &s->entry, s->form);
    s->wrong = r == ENTRY_WRONG;
    return r < 0 ? r : 0;
}

struct step {
    enum word word;
    int64_t at;         /* 0: not yet */
    int64_t planned_at; /* 0: not planned */
};

static void put_step(struct sheet *page, const struct step *step)
{
    struct html *h = &page->html;

    if (step->at)
        html_put(h, "<li class=\"done\"><span class=\"step\">");
    else
        html_put(h, "<li><span class=\"step\">");
    sheet_say(page, step->word);
    html_put(h, "</span> <span class=\"soft\">");
    if (step->at) {
        html_put(h, "<span class=\"heard\">");
        sheet_say(page, W_STEP_DONE);
        html_put(h, "</span> ");
        sheet_put_time(page, step->at);
    } else if (step->planned_at) {
        sheet_say_with(page, W_STEP_PLANNED, sheet_time(page, step->planned_at));
    } else {
        sheet_say(page, W_STEP_OPEN);
    }
    html_put(h, "</span></li>\n");
}

static void put_steps(struct status *s)
{
    const struct conversation *c = &s->c;
    const struct check_back *cb = &s->check_back;
    bool just_closed = str_is(c->state, "closed") && !c->solved_at;
    struct step steps[] = {
        { .word = W_STEP_RECEIVED, .at = c->opened_at },
        { .word = W_STEP_WORK, .at = c->first_reaction_at },
        { .word = just_closed ? W_STEP_CLOSED : W_STEP_SOLVED,
          .at = just_closed ? c->closed_at : c->solved_at },
        { .word = W_STEP_CHECKED,
          .at = cb->sent_at,
          .planned_at =
              str_is(cb->state, "planned") || str_is(cb->state, "due") ? cb->due_at : 0 },
    };
    size_t count = just_closed ? COUNT_OF(steps) - 1 : COUNT_OF(steps);

    html_put(&s->page.html, "<h2>");
    sheet_say(&s->page, W_STEPS);
    html_put(&s->page.html, "</h2>\n<ol class=\"steps\">\n");
    for (size_t i = 0; i < count; i++)
        put_step(&s->page, &steps[i]);
    html_put(&s->page.html, "</ol>\n");
}

static void put_expectation(struct status *s)
{
    const struct conversation *c = &s->c;
    struct sheet *page = &s->page;
    struct html *h = &page->html;

    if (c->waiting_since_at && c->due_at) {
        html_put(h, "<p class=\"notice\">");
        sheet_say_with(page, c->due_at > page->op->now ? W_STATUS_DUE : W_STATUS_LATE,
                       sheet_time(page, c->due_at));
        html_put(h, "</p>\n");
    } else if (str_is(c->state, "waiting") && str_is(c->waiting_for, "customer")) {
        html_put(h, "<p class=\"notice\">");
        sheet_say(page, W_STATUS_WAITS);
        html_put(h, "</p>\n");
    }
}

static bool is_ours(const struct message *msg)
{
    return str_is(msg->direction, "out");
}

/* Is it this person's, or our answer to it? A merged case holds another's words, and
 * answers to them; an answer to our own is for whom that one was. What answers nobody
 * is for those in whose talk it stands. */
static int is_theirs(struct op *op, const struct status *s, const struct message *msg,
                     bool *ret)
{
    struct message asked = *msg, parent;
    int r = 0;

    for (int step = 0; step < MOST_STEPS && is_ours(&asked) && asked.parent_id; step++) {
        r = message_get(op, asked.parent_id, &parent);
        if (r != 0)
            break;
        asked = parent;
    }
    if (is_ours(msg) && (is_ours(&asked) || !asked.person_id))
        *ret = msg->thread_id == s->thread.id;
    else
        *ret = asked.person_id == s->person_id;
    return r < 0 ? r : 0;
}

static int put_who(struct sheet *page, const struct message *msg)
{
    struct html *h = &page->html;
    struct str author;
    int r;

    html_put(h, "<p class=\"who\"><span class=\"author\">");
    if (!is_ours(msg)) {
        sheet_say(page, W_STATUS_YOU);
        html_put(h, "</span>");
    } else {
        r = talk_author(page->op, msg, &author);
        if (r < 0)
            return r;
        if (str_trim(author).n)
            sheet_put_masked(page, author, false);
        else
            sheet_say(page, W_OUR_TEAM);
        html_put(h, "</span> <span class=\"badge ours\">");
        sheet_say(page, msg->automatic ? W_BADGE_AUTOMATIC : W_BADGE_OFFICIAL);
        html_put(h, "</span>");
    }
    html_put(h, " <span class=\"soft\">");
    sheet_put_time(page, msg->sent_at);
    html_put(h, "</span></p>\n");
    return 0;
}

/* What the person wrote is masked, since the address may be passed on; what we wrote
 * is not: it was meant for whoever has the address. So with files: ours can be fetched,
 * and theirs, which they have, are only counted. */
static int put_message(struct status *s, const struct message *msg)
{
    struct sheet *page = &s->page;
    struct html *h = &page->html;
    bool ours = is_ours(msg);
    struct str body = STR("");
    int r;

    if (ours)
        html_put(h, "<li class=\"message ours\"><article>\n");
    else
        html_put(h, "<li class=\"message\"><article>\n");
    r = put_who(page, msg);
    if (r == 0)
        r = message_body(page->op, msg->id, msg->version, &body);
    if (r < 0)
        return r;
    if (msg->removed_at) {
        html_put(h, "<p class=\"gone\">");
        sheet_say(page, W_REMOVED);
    } else {
        html_put(h, "<p class=\"body\">");
        html_lines(h, ours ? body : sheet_masked(page, body));
    }
    html_put(h, "</p>\n");
    if (!msg->removed_at)
        r = ours ? files_put(page, msg, secret_path(page->op, s))
                 : files_count(page, msg);
    html_put(h, "</article></li>\n");
    return r;
}

static int put_talk(struct op *op, struct status *s)
{
    struct message *list;
    struct map unsent;
    size_t count;
    bool theirs;
    int r = message_list_conversation(op, s->c.id, &list, &count);

    if (r == 0)
        r = talk_unsent_of_case(op, s->c.id, &unsent);
    html_put(&s->page.html, "<h2>");
    sheet_say(&s->page, W_STATUS_TALK);
    html_put(&s->page.html, "</h2>\n<ol class=\"talk\">\n");
    for (size_t i = 0; r == 0 && i < count; i++) {
        if (map_get_id(&unsent, list[i].id))
            continue;
        r = is_theirs(op, s, &list[i], &theirs);
        if (r == 0 && theirs)
            r = put_message(s, &list[i]);
    }
    html_put(&s->page.html, "</ol>\n");
    return r;
}

static void put_note(struct sheet *page, enum word word)
{
    html_put(&page->html, "<p class=\"notice\" role=\"status\">");
    sheet_say(page, word);
    html_put(&page->html, "</p>\n");
}

static bool was_added(struct status *s)
{
    struct str value = STR("");
    bool added = http_param(s->page.op, s->ask->rq, "added", &value) == 0 && value.n;

    s->page.op->err = (struct err){ 0 };
    return added;
}

static void put_public_link(struct status *s)
{
    struct html *h = &s->page.html;

    if (!s->is_public)
        return;
    html_put(h, "<p><a");
    html_attr(h, "href",
              arena_fmt(s->page.op->arena, "/p/%lld", (long long)s->thread.id));
    html_put(h, ">");
    sheet_say(&s->page, W_STATUS_PUBLIC);
    html_put(h, "</a></p>\n");
}

static int put(struct op *op, void *ctx)
{
    struct status *s = ctx;
    struct sheet *page = &s->page;
    struct html *h = &page->html;
    struct str title =
        sheet_words_with(page, W_STATUS_TITLE,
                         arena_fmt(op->arena, "%lld", (long long)s->link.case_number));
    int r;

    sheet_begin(page, title);
    html_put(h, "<h1>");
    html_text(h, title);
    html_put(h, "</h1>\n");
    if (was_added(s))
        put_note(page, W_STATUS_ADDED);
    if (s->c.id != s->link.id)
        put_note(page, W_STATUS_MERGED);
    put_expectation(s);
    put_steps(s);
    r = put_talk(op, s);
    if (r < 0)
        return r;
    put_public_link(s);
    html_put(h, "<section id=\"comment\">\n<h2>");
    sheet_say(page, W_STATUS_ADD);
    html_put(h, "</h2>\n");
    r = entry_put(page, &s->entry);
    html_put(h, "</section>\n<p class=\"soft\">");
    sheet_say(page, W_STATUS_SECRET);
    html_put(h, "</p>\n");
    return r;
}

static int show(struct op *op, struct status *s, int status, struct http_answer *ret)
{
    int r;

    if (!s->is_there) {
        sheet_missing(op, s->ask, ret);
        return 0;
    }
    r = store_read(op, put, s);
    if (r == 0)
        sheet_end(&s->page, status, ret);
    return r;
}

int page_status(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct status s = { .ask = ask };
    int r = store_read(op, load, &s);

    return r < 0 ? r : show(op, &s, 200, ret);
}

static int send(struct op *op, struct status *s)
{
    struct str text = entry_value(&s->entry, "text");
    struct message message;
    struct page_message out = {
        .channel_id = s->thread.channel_id,
        .item = {
            .thread = { .external_id = s->thread.external_id, .kind = s->thread.kind,
                        .visibility = s->thread.visibility },
            .author = { .external_id = s->profile.external_id,
                        .handle = s->profile.handle, .name = s->profile.name },
            .body = text,
            .page = { .is_private = true },
        },
    };

    out.item.external_id = page_message_name(op, ticket_name(op, &s->entry.ticket), text);
    return page_send(op, &out, &message);
}

/* The talk again, with the message in it; a reload then sends nothing twice. */
static void go_back(struct op *op, struct status *s, struct http_answer *ret)
{
    struct str keep = sheet_keep(&s->page);

    *ret = (struct http_answer){ .status = 303 };
    http_add(op->arena, &ret->headers, STR("Location"),
             arena_fmt(op->arena, STR_FMT "%sadded=1",
                       STR_ARG(arena_fmt(op->arena, STR_FMT STR_FMT,
                                         STR_ARG(secret_path(op, s)), STR_ARG(keep))),
                       keep.n ? "&" : "?"));
    http_add(op->arena, &ret->headers, STR("Cache-Control"), STR("no-store"));
    http_add(op->arena, &ret->headers, STR("Referrer-Policy"), STR("no-referrer"));
}

int page_status_add(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct form *form = arena_new(op->arena, struct form, 1);
    struct status s = { .ask = ask, .form = form };
    int r = form_read(op, ask->rq, form);

    if (r == 0)
        r = store_read(op, load, &s);
    if (r < 0)
        return r;
    if (!s.is_there || s.wrong)
        return show(op, &s, 422, ret);
    r = visitor_may_send(op, ask->rq, "status", VISITOR_MAX_STATUS);
    if (r == VISITOR_TOO_MANY) {
        entry_refuse(&s.page, &s.entry, W_ERROR_OFTEN);
        return show(op, &s, 429, ret);
    }
    if (r == 0)
        r = send(op, &s);
    if (r < 0)
        return r;
    go_back(op, &s, ret);
    return 0;
}

struct giving {
    struct status s;
    struct http_answer *ret;
    bool given;
};

/* Is it a message of ours that stands on this page? */
static int is_given(struct op *op, const struct status *s, int64_t message_id, bool *ret)
{
    struct message msg;
    struct map unsent;
    int r = message_get(op, message_id, &msg);

    *ret = false;
    if (r != 0 || msg.conversation_id != s->c.id || !is_ours(&msg) || msg.removed_at)
        return r < 0 ? r : 0;
    r = talk_unsent_of_case(op, s->c.id, &unsent);
    if (r < 0 || map_get_id(&unsent, msg.id))
        return r;
    return is_theirs(op, s, &msg, ret);
}

static int give_file(struct op *op, void *ctx)
{
    struct giving *g = ctx;
    struct attachment file = { .id = 0 };
    int r = load(op, &g->s);

    if (r < 0 || !g->s.is_there)
        return r;
    r = files_find(op, g->s.ask->id, &file);
    if (r == 0)
        r = is_given(op, &g->s, file.message_id, &g->given);
    if (r != 0 || !g->given)
        return r < 0 ? r : 0;
    return files_answer(op, &file, file.name, FILES_SHOWN, g->ret);
}

int page_status_file(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct giving g = { .s = { .ask = ask }, .ret = ret };
    int r = store_read(op, give_file, &g);

    if (r < 0)
        return r;
    http_add(op->arena, &ret->headers, STR("Referrer-Policy"), STR("no-referrer"));
    if (!g.given)
        sheet_missing(op, ask, ret);
    return 0;
}
