/* thread_page.c - /p/{thread}: a public talk, to read along without a login.
 *
 * The address is that of the thread and stays: over restarts, merges and the end of
 * the case. The id of a conversation leads there too.
 */
#include "page/thread_page.h"

#include "base/ids.h"
#include "db/store.h"
#include "dialogue/conversation.h"
#include "dialogue/stmt.h"
#include "page/files.h"
#include "page/visitor.h"

enum { LINES_OF_A_PAGE = 200, MOST_INDENT = 6 };

/* An id names a thread or a conversation, wherever it is. */
static int find_workspace(struct op *op, int64_t id)
{
    int64_t workspace;
    int r = db_number(op, &workspace, &SQL_PUBLIC_THREAD_WORKSPACE, ARG_INT(id));

    if (r == DB_NO_ROW)
        r = db_number(op, &workspace, &SQL_PUBLIC_CONVERSATION_WORKSPACE, ARG_INT(id));
    if (r != 0)
        return r < 0 ? r : SHEET_OFF;
    op->workspace = workspace;
    return 0;
}

/* Where a conversation's talk is now, which is another address. */
static int follow(struct op *op, int64_t id, struct thread_page *ret)
{
    struct conversation c;
    int r = conversation_need(op, id, &c);

    if (r < 0)
        return r;
    ret->moved_to = c.thread_id;
    return thread_get(op, c.thread_id, &ret->thread);
}

static int find_thread(struct op *op, int64_t id, struct thread_page *ret)
{
    int64_t moved;
    int r = thread_get(op, id, &ret->thread);

    if (r == RECORD_NOT_FOUND)
        return follow(op, id, ret);
    if (r == 0)
        r = db_number(op, &moved, &SQL_PUBLIC_MOVED, ARG_WS, ARG_INT(id));
    if (r == 0) {
        ret->moved_to = moved;
        r = thread_get(op, moved, &ret->thread);
    }
    return r < 0 ? r : 0;
}

/* Where the cases went on may be private: then the old thread stays where it is. */
static int find_gap(struct op *op, int64_t id, struct thread_page *tp, enum site_gap *ret)
{
    const struct site *site = &tp->page.site;
    struct thread own;
    int r = site_thread_gap(op, site, &tp->thread, ret);

    if (r < 0 || !*ret || !tp->moved_to)
        return r;
    r = thread_get(op, id, &own);
    if (r != 0)
        return r < 0 ? r : 0;
    tp->thread = own;
    tp->moved_to = 0;
    return site_thread_gap(op, site, &own, ret);
}

static int load_rest(struct op *op, struct thread_page *tp)
{
    int r = channel_get(op, tp->thread.channel_id, &tp->channel);

    if (r == 0)
        r = talk_load(op, tp->thread.id, &tp->talk);
    if (r == 0)
        r = site_comments(op, &tp->page.site, tp->thread.channel_id, &tp->comments);
    if (r == 0)
        r = visitor_readers(op, tp->thread.id, &tp->readers);
    return r > 0 ? op_fail(op, ERR_INTERNAL, "a thread has no channel") : r;
}

int thread_page_load(struct op *op, const struct page_ask *ask, struct thread_page *ret)
{
    struct thread_page tp = { .is_there = false };
    enum site_gap gap = 0;
    int r = find_workspace(op, ask->id);

    if (r == 0)
        r = sheet_open(op, ask, &tp.page);
    if (r == 0)
        r = find_thread(op, ask->id, &tp);
    if (r == 0)
        r = find_gap(op, ask->id, &tp, &gap);
    if (r < 0)
        return r;
    tp.is_there = r == 0 && gap == 0;
    if (tp.is_there)
        r = load_rest(op, &tp);
    if (r < 0)
        return r;
    tp.page.path = arena_fmt(op->arena, "/p/%lld", (long long)tp.thread.id);
    tp.page.report_path =
        arena_fmt(op->arena, "/p/%lld/report" STR_FMT, (long long)tp.thread.id,
                  STR_ARG(tp.is_there ? sheet_keep(&tp.page) : STR("")));
    *ret = tp;
    return 0;
}

/* The words for one conversation's state. */
static enum word state_word(const struct conversation *c)
{
    if (str_is(c->state, "new"))
        return W_STATE_NEW;
    if (str_is(c->state, "waiting"))
        return W_STATE_WAITING;
    if (str_is(c->state, "solved"))
        return W_STATE_SOLVED;
    return str_is(c->state, "closed") ? W_STATE_CLOSED : W_STATE_OPEN;
}

static void put_sum(struct sheet *page, int64_t all, int64_t done)
{
    sheet_say_count(page, W_STATE_SUM, all);
    if (done < all)
        sheet_say_count(page, W_STATE_OPEN_N, all - done);
    if (done < all && done > 0)
        html_put(&page->html, ", ");
    if (done > 0)
        sheet_say_count(page, W_STATE_DONE_N, done);
}

/* What is known of the cases, without whose they are. */
static int put_state(struct thread_page *tp)
{
    struct conversation *list, one = { .id = 0 };
    int64_t all = 0, done = 0;
    size_t count;
    int r = conversation_list_thread(tp->page.op, tp->thread.id, &list, &count);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        if (str_is(list[i].close_reason, "hidden") ||
            str_is(list[i].close_reason, "spam"))
            continue;
        one = list[i];
        all++;
        done += conversation_is_finished(&list[i]);
    }
    html_put(&tp->page.html, "<p class=\"state\">");
    if (all == 0)
        sheet_say(&tp->page, W_STATE_TALK);
    else if (all == 1)
        sheet_say(&tp->page, state_word(&one));
    else
        put_sum(&tp->page, all, done);
    if (all == 1 && one.solved_at) {
        html_put(&tp->page.html, " ");
        sheet_put_time(&tp->page, one.solved_at);
    }
    html_put(&tp->page.html, "</p>\n");
    return 0;
}

static void put_part(struct sheet *page, enum word word, size_t number)
{
    if (!number)
        return;
    html_put(&page->html, ", ");
    sheet_say_count(page, word, (int64_t)number);
}

/* "3 Beiträge, 1 ausgeblendet": the parts make the sum. */
static void put_counts(struct thread_page *tp)
{
    const struct talk *talk = &tp->talk;
    struct sheet *page = &tp->page;
    size_t all = talk->readable + talk->hidden + talk->removed + talk->held;

    html_put(&page->html, "<p class=\"counts\">");
    if (all == 1)
        sheet_say(page, W_COUNT_ONE);
    else
        sheet_say_count(page, W_COUNT_MANY, (int64_t)all);
    put_part(page, W_COUNT_HIDDEN, talk->hidden);
    put_part(page, W_COUNT_REMOVED, talk->removed);
    put_part(page, W_COUNT_HELD, talk->held);
    html_put(&page->html, " · <span class=\"readers\">");
    if (tp->readers == 0)
        sheet_say(page, W_READERS_NONE);
    else if (tp->readers == 1)
        sheet_say(page, W_READERS_ONE);
    else
        sheet_say_count(page, W_READERS_MANY, tp->readers);
    html_put(&page->html, "</span></p>\n");
}

static void put_badge(struct sheet *page, enum word word, bool ours)
{
    if (ours)
        html_put(&page->html, " <span class=\"badge ours\">");
    else
        html_put(&page->html, " <span class=\"badge\">");
    sheet_say(page, word);
    html_put(&page->html, "</span>");
}

static void put_badges(struct sheet *page, const struct message *msg)
{
    bool ours = str_is(msg->direction, "out");

    if (ours)
        put_badge(page, msg->automatic ? W_BADGE_AUTOMATIC : W_BADGE_OFFICIAL, true);
    else if (str_is(msg->third_party, "impostor"))
        put_badge(page, W_BADGE_IMPOSTOR, false);
    else if (str_is(msg->third_party, "satire"))
        put_badge(page, W_BADGE_SATIRE, false);
    else if (str_is(msg->direction, "other"))
        put_badge(page, W_BADGE_THIRD, false);
    if (msg->confirmed_at && !ours)
        put_badge(page, W_BADGE_CONFIRMED, true);
}

/* Whoever hides a text may have done so for the name above it: an insult can be one. */
static int put_author(struct sheet *page, const struct talk_line *line)
{
    const struct message *msg = &line->msg;
    struct str author;
    int r = talk_author(page->op, msg, &author);

    if (r < 0)
        return r;
    html_put(&page->html, "<span class=\"author\">");
    if (line->shown != TALK_HIDDEN && str_trim(author).n)
        sheet_put_masked(page, author, false);
    else
        sheet_say(page, str_is(msg->direction, "out") ? W_OUR_TEAM : W_UNKNOWN_AUTHOR);
    html_put(&page->html, "</span>");
    return 0;
}

static int put_body(struct thread_page *tp, const struct talk_line *line)
{
    struct sheet *page = &tp->page;
    struct html *h = &page->html;
    struct str body;
    int r;

    if (line->shown != TALK_READABLE) {
        html_put(h, "<p class=\"gone\">");
        if (line->shown == TALK_REMOVED)
            sheet_say(page, W_REMOVED);
        else
            sheet_say_with(page, W_HIDDEN,
                           sheet_word(page, sheet_reason_word(line->reason)));
        html_put(h, "</p>\n");
        return 0;
    }
    r = message_body(page->op, line->msg.id, line->msg.version, &body);
    if (r < 0)
        return r;
    html_put(h, "<p class=\"body\"");
    if (line->msg.language.n == 2)
        html_attr(h, "lang", line->msg.language);
    html_put(h, ">");
    sheet_put_masked(page, body, true);
    html_put(h, "</p>\n");
    return files_put(page, &line->msg,
                     arena_fmt(page->op->arena, "/p/%lld", (long long)tp->thread.id));
}

/* The address of one message; on a long thread it says on which page it is. */
static struct str address_of(struct thread_page *tp, const struct message *msg)
{
    struct arena *arena = tp->page.op->arena;
    long long thread = tp->thread.id, id = msg->id;

    if (tp->talk.count > LINES_OF_A_PAGE)
        return arena_fmt(arena, "/p/%lld?m=%lld#m%lld", thread, id, id);
    return arena_fmt(arena, "/p/%lld#m%lld", thread, id);
}

/* "&lang=en" when the language was chosen by a link. */
static const char *and_language(const struct sheet *page)
{
    if (!sheet_keep(page).n)
        return "";
    return page->language == GERMAN ? "&lang=de" : "&lang=en";
}

static void put_action(struct thread_page *tp, const struct message *msg, enum word word)
{
    struct sheet *page = &tp->page;
    bool answers = word == W_COMMENT_REPLY;

    html_put(&page->html, "<a");
    html_attr(&page->html, "href",
              arena_fmt(page->op->arena, "/p/%lld%s?m=%lld%s%s", (long long)tp->thread.id,
                        answers ? "" : "/report", (long long)msg->id, and_language(page),
                        answers ? "&answer=1#comment" : ""));
    html_put(&page->html, ">");
    sheet_say(page, word);
    html_put(&page->html, "</a>\n");
}

static void put_line_foot(struct thread_page *tp, const struct talk_line *line)
{
    struct html *h = &tp->page.html;

    html_put(h, "<p class=\"actions\"><a");
    html_attr(h, "href", address_of(tp, &line->msg));
    html_put(h, ">");
    sheet_say(&tp->page, W_LINK_MESSAGE);
    html_put(h, "</a>\n");
    if (line->shown == TALK_READABLE && !str_is(tp->comments, "off"))
        put_action(tp, &line->msg, W_COMMENT_REPLY);
    if (line->shown == TALK_READABLE && !str_is(line->msg.direction, "out"))
        put_action(tp, &line->msg, W_REPORT_MESSAGE);
    html_put(h, "</p>\n");
}

static int put_line(struct thread_page *tp, const struct talk_line *line)
{
    struct sheet *page = &tp->page;
    struct html *h = &page->html;
    int64_t indent = line->depth < MOST_INDENT ? line->depth : MOST_INDENT;
    int r;

    html_put(h, "<li");
    html_attr(h, "class",
              arena_fmt(page->op->arena, "message depth-%lld%s", (long long)indent,
                        str_is(line->msg.direction, "out") ? " ours" : ""));
    html_attr(h, "id", arena_fmt(page->op->arena, "m%lld", (long long)line->msg.id));
    html_put(h, ">\n<article>\n<p class=\"who\">");
    r = put_author(page, line);
    if (r < 0)
        return r;
    put_badges(page, &line->msg);
    html_put(h, " <span class=\"soft\">");
    sheet_put_time(page, line->msg.sent_at);
    if (line->msg.edited_at && line->shown == TALK_READABLE) {
        html_put(h, " · ");
        sheet_say(page, W_EDITED);
    }
    html_put(h, "</span></p>\n");
    r = put_body(tp, line);
    if (r < 0)
        return r;
    put_line_foot(tp, line);
    html_put(h, "</article>\n</li>\n");
    return 0;
}

/* Which part of a long thread: the one with the message that was asked for. */
static size_t first_line(struct thread_page *tp)
{
    struct op *op = tp->page.op;
    const struct talk_line *line;
    struct str text = STR("");
    uint64_t from = 0;
    int64_t id = 0;

    if (http_param(op, tp->page.rq, "m", &text) == 0 && id_parse(text, &id)) {
        line = talk_find(&tp->talk, id);
        from = line ? (uint64_t)(line - tp->talk.lines) : 0;
    } else if (http_param(op, tp->page.rq, "from", &text) != 0 ||
               !str_to_u64(text, &from)) {
        from = 0;
    }
    op->err = (struct err){ 0 };
    return from < tp->talk.count ? (size_t)from / LINES_OF_A_PAGE * LINES_OF_A_PAGE : 0;
}

static void put_part_link(struct thread_page *tp, size_t from, enum word word)
{
    struct sheet *page = &tp->page;

    html_put(&page->html, "<p><a");
    html_attr(
        &page->html, "href",
        arena_fmt(page->op->arena, "/p/%lld?from=%zu", (long long)tp->thread.id, from));
    html_put(&page->html, ">");
    sheet_say(page, word);
    html_put(&page->html, "</a></p>\n");
}

static int put_lines(struct thread_page *tp)
{
    size_t from = first_line(tp), until = from + LINES_OF_A_PAGE;
    struct html *h = &tp->page.html;
    int r = 0;

    until = until < tp->talk.count ? until : tp->talk.count;
    html_put(h, "<h2 class=\"heard\">");
    sheet_say(&tp->page, W_MESSAGES);
    html_put(h, "</h2>\n");
    if (from > 0)
        put_part_link(tp, from - LINES_OF_A_PAGE, W_PAGE_BACK);
    html_put(h, "<ol class=\"talk\">\n");
    for (size_t i = from; r == 0 && i < until; i++)
        r = put_line(tp, &tp->talk.lines[i]);
    html_put(h, "</ol>\n");
    if (r == 0 && until < tp->talk.count)
        put_part_link(tp, until, W_PAGE_NEXT);
    return r;
}

static bool was_moved(struct thread_page *tp)
{
    struct str value = STR("");
    bool moved = http_param(tp->page.op, tp->page.rq, "moved", &value) == 0;

    tp->page.op->err = (struct err){ 0 };
    return moved && value.n;
}

static int put_title(struct thread_page *tp)
{
    struct sheet *page = &tp->page;
    struct html *h = &page->html;
    struct str title = str_trim(sheet_masked(page, tp->thread.title));
    int r;

    if (!title.n)
        title = sheet_word(page, W_THREAD_TITLE);
    sheet_begin(page, title);
    if (was_moved(tp)) {
        html_put(h, "<p class=\"notice\" role=\"note\">");
        sheet_say(page, W_THREAD_MOVED);
        html_put(h, "</p>\n");
    }
    html_put(h, "<h1>");
    html_text(h, title);
    html_put(h, "</h1>\n");
    r = put_state(tp);
    if (r < 0)
        return r;
    html_put(h, "<p class=\"soft\">");
    sheet_say_with(page, W_THREAD_ON,
                   tp->channel.kind_name.n ? tp->channel.kind_name : tp->channel.name);
    if (tp->thread.url.n) {
        html_put(h, " · <a rel=\"noopener nofollow\"");
        html_attr(h, "href", tp->thread.url);
        html_put(h, ">");
        sheet_say(page, W_THREAD_ORIGINAL);
        html_put(h, "</a>");
    }
    html_put(h, "</p>\n");
    put_counts(tp);
    return 0;
}

int thread_page_put(struct thread_page *tp, const struct entry *comment,
                    int64_t answers_to)
{
    struct sheet *page = &tp->page;
    const struct talk_line *to = talk_find(&tp->talk, answers_to);
    struct str author;
    int r = put_title(tp);

    if (r == 0)
        r = put_lines(tp);
    if (r < 0 || !comment)
        return r;
    html_put(&page->html, "<section id=\"comment\">\n<h2>");
    if (to) {
        r = talk_author(page->op, &to->msg, &author);
        if (r < 0)
            return r;
        sheet_say_with(page, W_COMMENT_TO, sheet_masked(page, author));
    } else {
        sheet_say(page, W_COMMENT_TITLE);
    }
    html_put(&page->html, "</h2>\n<p>");
    sheet_say(page, W_COMMENT_HELD);
    html_put(&page->html, "</p>\n");
    r = entry_put(page, comment);
    html_put(&page->html, "</section>\n");
    return r;
}

/* Loading and writing in one snapshot. */
struct showing {
    const struct page_ask *ask;
    struct thread_page tp;
    struct http_answer *ret;
};

static int load(struct op *op, void *ctx)
{
    struct showing *s = ctx;

    return thread_page_load(op, s->ask, &s->tp);
}

/* "?m=…&answer=1": the form answers this message. */
static int64_t asked_answer(struct thread_page *tp)
{
    struct op *op = tp->page.op;
    struct str text = STR("");
    int64_t id = 0;
    bool answers = http_param(op, tp->page.rq, "answer", &text) == 0 &&
                   http_param(op, tp->page.rq, "m", &text) == 0 && id_parse(text, &id);

    op->err = (struct err){ 0 };
    return answers ? id : 0;
}

static int put(struct op *op, void *ctx)
{
    struct showing *s = ctx;
    struct thread_page *tp = &s->tp;
    int64_t answers_to = asked_answer(tp);
    struct entry comment;
    int r = 0;

    (void)op;
    if (str_is(tp->comments, "off"))
        return thread_page_put(tp, NULL, 0);
    r = comment_form(tp, talk_find(&tp->talk, answers_to), &comment);
    return r < 0 ? r : thread_page_put(tp, &comment, answers_to);
}

static void redirect(struct op *op, const struct thread_page *tp, struct http_answer *ret)
{
    *ret = (struct http_answer){ .status = 302 };
    http_add(op->arena, &ret->headers, STR("Location"),
             arena_fmt(op->arena, "/p/%lld?moved=1%s", (long long)tp->moved_to,
                       and_language(&tp->page)));
}

int page_thread(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct showing s = { .ask = ask, .ret = ret };
    int r = store_read(op, load, &s);

    if (r < 0)
        return r;
    if (!s.tp.is_there) {
        sheet_missing(op, ask, ret);
        return 0;
    }
    if (s.tp.moved_to) {
        redirect(op, &s.tp, ret);
        return 0;
    }
    r = visitor_count_reader(op, ask->rq, s.tp.thread.id, &s.tp.readers);
    if (r == 0)
        r = store_read(op, put, &s);
    if (r == 0)
        sheet_end(&s.tp.page, 200, ret);
    return r;
}

struct giving {
    const struct page_ask *ask;
    struct thread_page tp;
    struct http_answer *ret;
    bool given;
};

/* Of what can be read, now: a text that is hidden takes its files along. */
static int give_file(struct op *op, void *ctx)
{
    struct giving *g = ctx;
    const struct talk_line *line;
    struct attachment file = { .id = 0 };
    int64_t id;
    int r = thread_page_load(op, g->ask, &g->tp);

    if (r < 0 || !g->tp.is_there)
        return r;
    if (!id_parse(g->ask->name, &id))
        return 0;
    r = files_find(op, id, &file);
    if (r != 0)
        return r < 0 ? r : 0;
    line = talk_find(&g->tp.talk, file.message_id);
    if (!line || line->shown != TALK_READABLE)
        return 0;
    g->given = true;
    return files_answer(op, &file, sheet_masked(&g->tp.page, file.name), FILES_SHOWN,
                        g->ret);
}

int page_thread_file(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct giving g = { .ask = ask, .ret = ret };
    int r = store_read(op, give_file, &g);

    if (r == 0 && !g.given)
        sheet_missing(op, ask, ret);
    return r;
}
