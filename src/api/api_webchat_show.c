/* api_webchat_show.c - what a visitor of a web chat gets to see, as JSON.
 *
 * Nothing of the house leaves here but what is meant for the visitor: answers that were
 * sent, first names (or none), hours, and whether a person is answering right now.
 */
#include "api/api_webchat.h"

#include "admin/account.h"
#include "admin/workspace.h"
#include "desk/hours.h"
#include "dialogue/note.h"
#include "insight/expected.h"
#include "text/quote.h"
#include "work/mail_way.h"

/* What the window shows before anybody wrote -------------------------------------- */

static struct str title_of(const struct visit *visit, const struct workspace *workspace)
{
    struct str title = json_text(visit->to.connection.settings, "title");

    return title.n ? title : workspace->name;
}

/* open: null where no hours are promised; opens_at: null where it is open, or where the
 * calendar has no hour left. */
static int put_hours(struct op *op, struct json_writer *w, const struct visit *visit)
{
    int64_t at = 0, department = visit->to.channel.department_id;
    struct hours hours;
    int r = hours_get(op, department, op->now, &hours);

    if (r < 0)
        return r;
    json_begin_object(w, "hours");
    if (r == HOURS_NONE) {
        json_put_null(w, "open");
        json_put_null(w, "opens_at");
    } else {
        r = hours_after(op, department, op->now, 1, &at);
        if (r < 0)
            return r;
        json_put_bool(w, "open", r == 0 && at - 1 <= op->now);
        json_put_time(w, "opens_at", r == 0 && at - 1 > op->now ? at - 1 : 0);
    }
    json_end_object(w);
    return 0;
}

/* What was measured, else what we aim at. */
static int put_expected(struct op *op, struct json_writer *w, const struct visit *visit,
                        const struct workspace *workspace)
{
    const struct channel *channel = &visit->to.channel;
    struct expected expected;
    int r = expected_reaction(op, channel->id, &expected);

    if (r < 0)
        return r;
    json_begin_object(w, "expected");
    if (r == 0) {
        json_put_c(w, "by", "measured");
        json_put_int(w, "ms", expected.ms);
        json_put_int(w, "n", expected.n);
    } else {
        json_put_c(w, "by", "target");
        json_put_int(w, "ms",
                     channel->target_ms ? channel->target_ms
                                        : workspace->default_target_ms);
    }
    json_end_object(w);
    return 0;
}

/* The conversation's department writes the mail; before there is one, the chat's. */
static int can_mail(struct op *op, int64_t department_id, bool *ret)
{
    int64_t channel;
    int r = mailbox_find(op, MAILBOX_ANSWERS, department_id, &channel);

    *ret = r == 0;
    return r < 0 ? r : 0;
}

static void put_identity(struct json_writer *w, const struct visit *visit)
{
    static const char *const words[] = {
        [WEBCHAT_UNSIGNED] = "none",
        [WEBCHAT_SIGNED] = "signed",
        [WEBCHAT_FORGED] = "refused",
    };

    json_put_c(w, "identity", words[visit->visitor.identity]);
    json_put_c(
        w, "identity_problem",
        visit->visitor.identity == WEBCHAT_FORGED
            ? "the signature of the user's id is missing or does not fit: expected "
              "is HMAC-SHA-256 of the id with the channel's identity secret, in "
              "hexadecimal; the visitor is treated as unknown"
            : NULL);
}

static void put_limits(struct json_writer *w)
{
    json_begin_object(w, "limits");
    json_put_int(w, "text", WEBCHAT_MAX_TEXT);
    json_put_int(w, "files", WEBCHAT_MAX_FILES);
    json_put_int(w, "file_bytes", WEBCHAT_MAX_FILE);
    json_end_object(w);
}

static void put_looks(struct json_writer *w, const struct json *settings)
{
    struct str colour = json_text(settings, "colour");

    json_begin_object(w, "greeting");
    json_put_text(w, "de", json_text(settings, "greeting_de"));
    json_put_text(w, "en", json_text(settings, "greeting_en"));
    json_end_object(w);
    json_put_text(w, "colour", colour.n ? colour : STR("#1a5fb4"));
    json_put_bool(w, "left", json_bool(settings, "left"));
}

int webchat_show(struct op *op, const struct visit *visit, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct workspace workspace;
    struct str mode;
    bool mail;
    int r = workspace_get(op, &workspace);

    if (r >= 0)
        r = channel_effective_mode(op, &visit->to.channel, &mode);
    if (r >= 0)
        r = can_mail(op, visit->to.channel.department_id, &mail);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "available", str_is(mode, "dialogue"));
    json_put_text(&w, "title", title_of(visit, &workspace));
    put_looks(&w, visit->to.connection.settings);
    r = put_hours(op, &w, visit);
    if (r >= 0)
        r = put_expected(op, &w, visit, &workspace);
    if (r < 0)
        return r;
    json_put_bool(&w, "mail", mail);
    put_identity(&w, visit);
    put_limits(&w);
    json_put_time(&w, "now", op->now);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* The talk -------------------------------------------------------------------------- */

struct talk {
    const struct visit *visit;
    struct json_writer *w;
    struct str house; /* the name of who speaks where no person is named */
    struct map names; /* account id -> struct str */
    bool anonymous;
};

/* "Dr. Anna Weber" -> "Anna"; nothing for what is an address. */
static struct str first_name(struct str name)
{
    struct str rest = str_trim(name), word;

    if (memchr(rest.p ? rest.p : "", '@', rest.n))
        return STR("");
    do {
        word = str_cut(rest, ' ', &rest);
        rest = str_trim(rest);
    } while (rest.n && str_ends(word, STR(".")));
    return word;
}

static int name_of(struct op *op, struct talk *talk, int64_t account_id, struct str *ret)
{
    struct str *known = map_get_id(&talk->names, account_id);
    struct account account;
    int r;

    if (!known) {
        known = arena_new(op->arena, struct str, 1);
        *known = talk->house;
        if (account_id && !talk->anonymous) {
            r = account_get(op, account_id, &account);
            if (r < 0)
                return r;
            if (r == 0 && first_name(account.name).n)
                *known = first_name(account.name);
        }
        map_put_id(&talk->names, account_id, known);
    }
    *ret = *known;
    return 0;
}

static int put_files(struct op *op, struct talk *talk,
                     const struct visit_message *message)
{
    struct json_writer *w = talk->w;
    struct attachment *files;
    size_t count = 0;
    int r = 0;

    if (!message->removed_at)
        r = attachment_list(op, message->id, &files, &count);
    if (r < 0)
        return r;
    json_begin_array(w, "files");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w, NULL);
        json_put_id(w, "id", files[i].id);
        json_put_text(w, "name", files[i].name);
        json_put_text(w, "mime", files[i].mime);
        json_put_int(w, "size", files[i].size);
        json_end_object(w);
    }
    json_end_array(w);
    return 0;
}

/* Written in this chat; else the visitor answered by mail. */
static bool is_from_here(struct op *op, const struct talk *talk,
                         const struct visit_message *message)
{
    struct str begins =
        webchat_message_id(op, &talk->visit->visitor, STR("")); /* "v:HASH:" */

    return message->from_us || str_starts(message->external_id, begins);
}

static int put_message(struct op *op, struct talk *talk,
                       const struct visit_message *message)
{
    struct json_writer *w = talk->w;
    struct str name = STR(""), body = message->body;
    bool by_mail = !is_from_here(op, talk, message);
    int r = message->from_us ? name_of(op, talk, message->account_id, &name) : 0;

    if (r < 0)
        return r;
    json_begin_object(w, NULL);
    json_put_id(w, "id", message->id);
    json_put_c(w, "from", message->from_us ? "us" : "visitor");
    if (message->from_us || by_mail)
        json_put_null(w, "client_id");
    else
        json_put_text(w, "client_id", webchat_client_id(message->external_id));
    if (message->from_us)
        json_put_text(w, "name", name);
    else
        json_put_null(w, "name");
    json_put_bool(w, "by_mail", by_mail);
    json_put_bool(w, "automatic", message->automatic);
    json_put_bool(w, "check_back", message->is_check_back);
    if (by_mail && text_parts(body).own.n)
        body = text_parts(body).own; /* what it quotes stands above */
    json_put_text(w, "body", body);
    json_put_time(w, "at", message->at);
    json_put_time(w, "edited_at", message->edited_at);
    json_put_time(w, "removed_at", message->removed_at);
    r = put_files(op, talk, message);
    json_end_object(w);
    return r;
}

/* The address that this visitor left for answers, and whether any can go there. */
static int put_mail(struct op *op, struct talk *talk, const struct conversation *c)
{
    int64_t department = c->id ? c->department_id : talk->visit->to.channel.department_id;
    struct mail_wish wish;
    bool can;
    int r = mail_wish_get(op, talk->visit->thread.id, &wish);

    if (r < 0)
        return r;
    if (r == 0)
        json_put_text(talk->w, "mail", wish.address);
    else
        json_put_null(talk->w, "mail");
    r = can_mail(op, department, &can);
    json_put_bool(talk->w, "can_mail", can);
    return r;
}

/* Where the concern stands; a person is answering only while one is. */
static int put_state(struct op *op, struct talk *talk)
{
    struct visit_seen seen = { 0 };
    struct conversation c = { .id = 0, .state = STR("") };
    size_t answering = 0;
    int64_t *ids;
    int r = VISIT_NOT_FOUND;

    if (talk->visit->thread.id)
        r = visit_conversation(op, talk->visit->thread.id, &c);
    if (r == 0 && !conversation_is_finished(&c))
        r = answering_list(op, c.id, &ids, &answering);
    if (r >= 0 && talk->visit->thread.id)
        r = visit_seen(op, talk->visit->thread.id, &seen);
    if (r >= 0)
        r = put_mail(op, talk, &c);
    if (r < 0)
        return r;
    json_put_bool(talk->w, "answering", answering > 0);
    json_put_bool(talk->w, "waiting", c.waiting_since_at != 0);
    json_put_time(talk->w, "solved_at", conversation_is_finished(&c) ? c.solved_at : 0);
    json_put_id(talk->w, "seen_id", seen.message_id);
    return 0;
}

static int begin_talk(struct op *op, const struct visit *visit, struct json_writer *w,
                      struct talk *ret)
{
    struct workspace workspace;
    int r = workspace_get(op, &workspace);

    if (r < 0)
        return r;
    *ret = (struct talk){
        .visit = visit,
        .w = w,
        .house = title_of(visit, &workspace),
        .names = MAP(op->arena),
        .anonymous = json_bool(visit->to.connection.settings, "anonymous_staff"),
    };
    return 0;
}

int webchat_talk(struct op *op, const struct visit *visit, struct http_answer *ret)
{
    struct visit_page page = { .thread_id = visit->thread.id,
                               .limit = visit->call->limit };
    struct json_writer w = JSON_WRITER(op->arena);
    struct visit_message *list = NULL;
    struct str next = STR("");
    struct talk talk;
    size_t count = 0;
    int r = cursor_parse(op, visit->call->cursor, &page.before_at, &page.before_id);

    if (r >= 0)
        r = begin_talk(op, visit, &w, &talk);
    if (r >= 0 && page.thread_id)
        r = visit_list(op, &page, &list, &count);
    if (r < 0)
        return r;
    if (list && (int64_t)count == page.limit)
        next = cursor_format(op, list[count - 1].at, list[count - 1].id);
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; list && r >= 0 && i < count; i++)
        r = put_message(op, &talk, &list[i]);
    api_end_list(op, &w, next);
    if (r >= 0)
        r = put_state(op, &talk);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}
