/* api_show.c - conversations, messages, people and the rest as JSON. */
#include "api/api_show.h"

#include "dialogue/moderation.h"

#include "admin/account.h"
#include "admin/department.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/quote.h"
#include "text/warning.h"
#include "dialogue/attachment.h"
#include "dialogue/mail_copy.h"
#include "dialogue/raised.h"

enum { EXCERPT_CHARACTERS = 140 };

struct show show_begin(struct op *op, struct json_writer *w)
{
    return (struct show){
        .op = op,
        .w = w,
        .accounts = MAP(op->arena),
        .departments = MAP(op->arena),
        .channels = MAP(op->arena),
    };
}

static void named(struct show *s, const char *key, int64_t id, struct str name)
{
    json_begin_object(s->w, key);
    json_put_id(s->w, "id", id);
    json_put_text(s->w, "name", name);
    json_end_object(s->w);
}

int show_account(struct show *s, const char *key, int64_t id)
{
    struct account *account = map_get_id(&s->accounts, id);
    int r;

    if (!account && id) {
        account = arena_new(s->op->arena, struct account, 1);
        r = account_get(s->op, id, account);
        if (r < 0)
            return r;
        map_put_id(&s->accounts, id, account);
    }
    if (account)
        named(s, key, id, account->name);
    else
        json_put_null(s->w, key);
    return 0;
}

int show_department(struct show *s, const char *key, int64_t id)
{
    struct department *department = map_get_id(&s->departments, id);
    int r;

    if (!department && id) {
        department = arena_new(s->op->arena, struct department, 1);
        r = department_get(s->op, id, department);
        if (r < 0)
            return r;
        map_put_id(&s->departments, id, department);
    }
    if (department)
        named(s, key, id, department->name);
    else
        json_put_null(s->w, key);
    return 0;
}

static int find_channel(struct show *s, int64_t id, const struct channel **ret)
{
    struct channel *channel = map_get_id(&s->channels, id);
    int r;

    if (!channel) {
        channel = arena_new(s->op->arena, struct channel, 1);
        r = channel_get(s->op, id, channel);
        if (r < 0)
            return r;
        map_put_id(&s->channels, id, channel);
    }
    *ret = channel;
    return 0;
}

int show_channel(struct show *s, int64_t id)
{
    const struct channel *channel;
    int r = find_channel(s, id, &channel);

    if (r < 0)
        return r;
    json_begin_object(s->w, "channel");
    json_put_id(s->w, "id", id);
    json_put_text(s->w, "name", channel->name);
    json_put_text(s->w, "network", channel->network);
    json_put_text(s->w, "kind_name", channel->kind_name);
    json_put_text(s->w, "icon", channel->icon);
    json_end_object(s->w);
    return 0;
}

static int show_thread(struct show *s, int64_t id)
{
    struct thread thread;
    int r = thread_get(s->op, id, &thread);

    if (r != 0)
        return r < 0 ? r : op_fail(s->op, ERR_INTERNAL, "a thread is missing");
    json_begin_object(s->w, "thread");
    json_put_id(s->w, "id", id);
    json_put_text(s->w, "kind", thread.kind);
    json_put_text(s->w, "visibility", thread.visibility);
    json_put_text(s->w, "title", thread.title);
    json_put_text(s->w, "url", thread.url);
    json_end_object(s->w);
    return 0;
}

static int show_people(struct show *s, const struct conversation *c)
{
    struct profile profile;
    struct person person;
    int r = person_get(s->op, c->person_id, &person);

    if (r == 0)
        r = profile_get(s->op, c->profile_id, &profile);
    if (r != 0)
        return r < 0 ? r : op_fail(s->op, ERR_INTERNAL, "a person is missing");
    json_begin_object(s->w, "person");
    json_put_id(s->w, "id", person.id);
    json_put_text(s->w, "name", person.name);
    json_put_text(s->w, "relation", person.relation);
    json_put_bool(s->w, "outreach_locked", person.outreach_locked_at != 0);
    json_end_object(s->w);
    json_begin_object(s->w, "profile");
    json_put_id(s->w, "id", profile.id);
    json_put_text(s->w, "handle", profile.handle);
    json_put_bool(s->w, "proved", profile_is_proved(&profile));
    json_put_text(s->w, "name", profile.name);
    json_end_object(s->w);
    return 0;
}

struct str show_excerpt(struct op *op, struct str body)
{
    struct str rest, warning = warning_cut(body, &rest);
    struct str all = warning.n ? str_cut(body, '\n', &rest) : body;
    struct str cut = utf8_cut(str_trim(all), EXCERPT_CHARACTERS);
    struct str line = arena_dup(op->arena, cut);
    char *p = (char *)line.p;

    for (size_t i = 0; i < line.n; i++) {
        if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
            p[i] = ' ';
    }
    return line;
}

static int put_excerpt(struct show *s, int64_t conversation_id)
{
    struct message last;
    struct str body;
    int r = message_newest_in(s->op, conversation_id, &last);

    if (r < 0)
        return r;
    if (r > 0) {
        json_put_text(s->w, "excerpt", STR(""));
        return 0;
    }
    r = message_body(s->op, last.id, last.version, &body);
    if (r < 0)
        return r;
    json_put_text(s->w, "excerpt", show_excerpt(s->op, body));
    return 0;
}

static int put_tags(struct show *s, int64_t conversation_id)
{
    struct str *tags;
    size_t count;
    int r = conversation_tags(s->op, conversation_id, &tags, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "tags");
    for (size_t i = 0; i < count; i++)
        json_put_text(s->w, NULL, tags[i]);
    json_end_array(s->w);
    return 0;
}

static void put_times(struct show *s, const struct conversation *c)
{
    struct json_writer *w = s->w;

    json_put_time(w, "opened_at", c->opened_at);
    json_put_time(w, "waiting_since_at", c->waiting_since_at);
    json_put_time(w, "due_at", c->due_at);
    json_put_bool(w, "overdue", c->due_at != 0 && c->due_at <= s->op->now);
    json_put_time(w, "first_reaction_at", c->first_reaction_at);
    json_put_time(w, "last_inbound_at", c->last_inbound_at);
    json_put_time(w, "last_message_at", c->last_message_at);
    json_put_time(w, "snooze_until_at", c->snooze_until_at);
    json_put_time(w, "solved_at", c->solved_at);
    json_put_int(w, "reopened_count", c->reopened_count);
    json_put_time(w, "closed_at", c->closed_at);
    json_put_text(w, "close_reason", c->close_reason);
    json_put_text(w, "close_note", c->close_note);
}

static void put_marks(struct json_writer *w, struct str marks)
{
    json_begin_array(w, "marks");
    while (marks.n > 0) {
        struct str one = str_cut(marks, ' ', &marks);

        if (one.n)
            json_put_text(w, NULL, one);
    }
    json_end_array(w);
}

/* What raises it on the page of today. */
static void put_raised(struct json_writer *w, const struct conversation *c)
{
    const char *reasons[RAISED_MAX_REASONS];
    size_t count;

    raised_of(c, reasons, &count);
    json_begin_array(w, "raised_by");
    for (size_t i = 0; i < count; i++)
        json_put_c(w, NULL, reasons[i]);
    json_end_array(w);
}

int show_conversation_members(struct show *s, const struct conversation *c)
{
    struct json_writer *w = s->w;
    int r;

    json_put_id(w, "id", c->id);
    json_put_text(w, "state", c->state);
    json_put_text(w, "waiting_for", c->waiting_for);
    json_put_int(w, "priority", c->priority);
    json_put_text(w, "intent", c->intent);
    json_put_text(w, "intent_by", c->intent_by);
    json_put_text(w, "topic", c->topic);
    json_put_text(w, "suggestion", c->suggestion);
    put_marks(w, c->marks);
    put_raised(w, c);
    r = show_channel(s, c->channel_id);
    if (r >= 0)
        r = show_thread(s, c->thread_id);
    if (r >= 0)
        r = show_people(s, c);
    if (r >= 0)
        r = show_department(s, "department", c->department_id);
    if (r >= 0)
        r = show_account(s, "assignee", c->assignee_id);
    if (r < 0)
        return r;
    put_times(s, c);
    r = put_excerpt(s, c->id);
    if (r >= 0)
        r = put_tags(s, c->id);
    if (r < 0)
        return r;
    json_put_id(w, "merged_into", c->merged_into);
    json_put_int(w, "version", c->version);
    return 0;
}

int show_conversation(struct show *s, const char *key, const struct conversation *c)
{
    int r;

    json_begin_object(s->w, key);
    r = show_conversation_members(s, c);
    json_end_object(s->w);
    return r;
}

/* Ours: the colleague. Theirs: profile and person. */
static int put_author(struct show *s, const struct message *msg)
{
    struct profile profile = { .id = 0 };
    struct account account = { .id = 0 };
    struct json_writer *w = s->w;
    bool is_us = str_is(msg->direction, "out");
    int r = 0;

    if (msg->profile_id)
        r = profile_get(s->op, msg->profile_id, &profile);
    if (r >= 0 && msg->account_id)
        r = account_get(s->op, msg->account_id, &account);
    if (r < 0)
        return r;
    json_begin_object(w, "author");
    json_put_id(w, "profile_id", msg->profile_id);
    json_put_id(w, "person_id", msg->person_id);
    json_put_id(w, "account_id", msg->account_id);
    json_put_text(w, "name", account.id ? account.name : profile.name);
    json_put_text(w, "handle", profile.handle);
    json_put_bool(w, "proved", profile_is_proved(&profile));
    json_put_bool(w, "is_us", is_us);
    json_put_bool(w, "impostor", profile.impostor_at != 0);
    json_end_object(w);
    return 0;
}

static int put_files(struct show *s, int64_t message_id)
{
    struct json_writer *w = s->w;
    struct attachment *files;
    size_t count;
    int r = attachment_list(s->op, message_id, &files, &count);

    if (r < 0)
        return r;
    json_begin_array(w, "attachments");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w, NULL);
        json_put_id(w, "id", files[i].id);
        json_put_text(w, "name", files[i].name);
        json_put_text(w, "mime", files[i].mime);
        json_put_int(w, "size", files[i].size);
        json_put_text(w, "description", files[i].description);
        json_put_text(
            w, "url",
            arena_fmt(s->op->arena, "/api/v1/attachments/%lld", (long long)files[i].id));
        json_end_object(w);
    }
    json_end_array(w);
    return 0;
}

static int put_reactions(struct show *s, int64_t message_id)
{
    struct reaction *reactions;
    size_t count;
    int r = message_reactions(s->op, message_id, &reactions, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, "reactions");
    for (size_t i = 0; i < count; i++)
        json_put_int(s->w, arena_cstr(s->op->arena, reactions[i].kind),
                     reactions[i].number);
    json_end_object(s->w);
    return 0;
}

/* The network's number of answers beside ours, when both differ for longer than a round;
 * else null. */
static int put_answers(struct show *s, const struct measured *m)
{
    struct measured_answers answers;
    int r = MEASURED_NONE;

    if (m->measured_at)
        r = measured_answers(s->op, m->channel_id, m->message_id, &answers);
    if (r < 0)
        return r;
    if (r == MEASURED_NONE || !measured_differs(m, &answers)) {
        json_put_null(s->w, "answers_differ");
        return 0;
    }
    json_begin_object(s->w, "answers_differ");
    json_put_int(s->w, "network", answers.network);
    json_put_int(s->w, "here", answers.here);
    json_put_int(s->w, "hidden", answers.hidden);
    json_put_int(s->w, "removed", answers.removed);
    json_put_time(s->w, "since", answers.since);
    json_end_object(s->w);
    return 0;
}

/* What the network counts of a post of ours. */
static int put_measured(struct show *s, const struct message *msg)
{
    struct measured m = { .message_id = msg->id };
    int r = 0;

    if (str_is(msg->direction, "out"))
        r = measured_get(s->op, msg->channel_id, msg->id, &m);
    if (r < 0)
        return r;
    show_counted(s->w, &m);
    return put_answers(s, &m);
}

static int put_outbox(struct show *s, const struct message *msg)
{
    struct outbox box;
    int r = OUTBOX_NOT_FOUND;

    if (str_is(msg->direction, "out") && msg->account_id)
        r = outbox_by_message(s->op, msg->id, &box);
    if (r < 0)
        return r;
    if (r == 0)
        return show_outbox(s, "outbox", &box);
    json_put_null(s->w, "outbox");
    return 0;
}

/* The copy by mail of what stands in a talk of ours. */
static int put_copy(struct show *s, const struct message *msg)
{
    struct outbox box;
    int r = MAIL_COPY_NONE;

    if (str_is(msg->direction, "out") && msg->account_id)
        r = mail_copy_of(s->op, msg->id, &box);
    if (r < 0)
        return r;
    if (r == 0)
        return show_outbox(s, "mail", &box);
    json_put_null(s->w, "mail");
    return 0;
}

static void put_message_facts(struct show *s, const struct message *msg)
{
    struct json_writer *w = s->w;
    bool out = str_is(msg->direction, "out");

    json_put_id(w, "id", msg->id);
    json_put_id(w, "conversation_id", msg->conversation_id);
    json_put_id(w, "thread_id", msg->thread_id);
    json_put_id(w, "parent_id", msg->parent_id);
    if (msg->external_id.n)
        json_put_text(w, "external_id", msg->external_id);
    else
        json_put_null(w, "external_id");
    json_put_text(w, "direction", msg->direction);
    json_put_text(w, "visibility", msg->visibility);
    json_put_bool(w, "automatic", msg->automatic != 0);
    json_put_bool(w, "official", out);
    json_put_text(w, "third_party", msg->third_party);
    json_put_bool(w, "confirmed", msg->confirmed_at != 0);
    json_put_bool(w, "check_back", msg->check_back_id != 0);
    json_put_text(w, "language", msg->language);
    json_put_int(w, "version", msg->version);
    json_put_int(w, "versions", msg->version);
    json_put_time(w, "sent_at", msg->sent_at);
    json_put_time(w, "received_at", msg->received_at);
    json_put_time(w, "edited_at", msg->edited_at);
    json_put_time(w, "removed_at", msg->removed_at);
    json_put_text(w, "standing", msg->standing);
}

/* Could it be shown as it was sent? Only letters have looks of their own. */
static int put_original(struct show *s, const struct message *msg)
{
    int64_t raw_id;
    int r = INTAKE_NO_ORIGINAL;

    if (str_is(msg->visibility, "private"))
        r = intake_original(s->op, msg->id, &raw_id);
    if (r < 0)
        return r;
    json_put_bool(s->w, "original", r == 0);
    return 0;
}

/* Whether it may be read on our public pages, when somebody (or a rule) decided. */
static int put_moderation(struct show *s, const struct message *msg)
{
    struct json_writer *w = s->w;
    struct moderation decision;
    int r = MODERATION_NONE;

    if (!str_is(msg->direction, "out"))
        r = moderation_get(s->op, msg->id, &decision);
    if (r < 0)
        return r;
    if (r == MODERATION_NONE) {
        json_put_null(w, "moderation");
        return 0;
    }
    json_begin_object(w, "moderation");
    json_put_text(w, "state", decision.state);
    json_put_text(w, "reason", decision.reason);
    json_put_text(w, "note", decision.note);
    json_put_time(w, "decided_at", decision.decided_at);
    r = show_account(s, "decided_by", decision.decided_by);
    json_end_object(w);
    return r;
}

static int put_restraints(struct show *s, const struct message *msg)
{
    const struct channel *channel;
    int r = find_channel(s, msg->channel_id, &channel);

    return r < 0 ? r : show_restraints(s, msg, channel);
}

/* Of a private text that quotes or is signed: the part that they wrote just now. */
static struct str own_words(const struct message *msg, struct str body)
{
    struct text_parts parts;

    if (!str_is(msg->visibility, "private"))
        return STR("");
    parts = text_parts(body);
    return parts.signature.n || parts.quoted.n ? parts.own : STR("");
}

int show_message_members(struct show *s, const struct message *msg)
{
    struct message_said said;
    struct str rest;
    int r = message_read(s->op, msg->id, msg->version, &said);

    if (r < 0)
        return r;
    put_message_facts(s, msg);
    json_put_text(s->w, "body", said.body);
    json_put_text(s->w, "own", own_words(msg, said.body));
    json_put_text(s->w, "warning", warning_cut(said.body, &rest));
    r = show_findings(s, msg, &said);
    if (r >= 0)
        r = put_author(s, msg);
    if (r >= 0)
        r = put_files(s, msg->id);
    if (r >= 0)
        r = put_reactions(s, msg->id);
    if (r >= 0)
        r = put_measured(s, msg);
    if (r >= 0)
        r = put_moderation(s, msg);
    if (r >= 0)
        r = put_restraints(s, msg);
    if (r >= 0)
        r = put_original(s, msg);
    if (r >= 0)
        r = put_outbox(s, msg);
    return r < 0 ? r : put_copy(s, msg);
}

int show_message(struct show *s, const char *key, const struct message *msg)
{
    int r;

    json_begin_object(s->w, key);
    r = show_message_members(s, msg);
    json_end_object(s->w);
    return r;
}

/* A file of a draft that meanwhile hangs at a message is no longer the draft's. */
static int put_draft_file(struct show *s, int64_t id)
{
    struct attachment file;
    int r = attachment_get(s->op, id, &file);

    if (r < 0)
        return r;
    if (r == ATTACHMENT_NOT_FOUND || file.message_id)
        return 0;
    json_begin_object(s->w, NULL);
    json_put_id(s->w, "id", file.id);
    json_put_text(s->w, "name", file.name);
    json_put_text(s->w, "mime", file.mime);
    json_put_int(s->w, "size", file.size);
    json_put_text(s->w, "description", file.description);
    json_end_object(s->w);
    return 0;
}

int show_draft(struct show *s, const struct draft *draft)
{
    int r = 0;

    json_begin_object(s->w, "draft");
    json_put_text(s->w, "body", draft->body);
    json_put_text(s->w, "visibility", draft->visibility);
    json_put_text(s->w, "note", draft->note);
    json_put_id(s->w, "parent_id", draft->parent_id);
    json_begin_array(s->w, "attachments");
    for (size_t i = 0; r >= 0 && i < draft->file_count; i++)
        r = put_draft_file(s, draft->files[i]);
    json_end_array(s->w);
    json_put_time(s->w, "updated_at", draft->updated_at);
    json_end_object(s->w);
    return r;
}

int show_outbox(struct show *s, const char *key, const struct outbox *box)
{
    struct json_writer *w = s->w;

    json_begin_object(w, key);
    json_put_id(w, "id", box->id);
    json_put_id(w, "conversation_id", box->conversation_id);
    json_put_id(w, "message_id", box->message_id);
    json_put_id(w, "channel_id", box->channel_id);
    json_put_text(w, "state", box->state);
    json_put_text(w, "held_for", box->held_for);
    json_put_text(w, "reason", box->reason);
    json_put_text(w, "how", box->how);
    json_put_int(w, "attempts", box->attempts);
    json_put_time(w, "send_after_at", box->send_after_at);
    json_put_time(w, "next_try_at", box->next_try_at);
    json_put_time(w, "sent_at", box->sent_at);
    json_put_time(w, "created_at", box->created_at);
    json_end_object(w);
    return 0;
}

int show_check_back(struct show *s, const char *key, const struct check_back *cb)
{
    bool waits = str_is(cb->state, "planned") || str_is(cb->state, "due");
    struct json_writer *w = s->w;
    struct conversation c;
    struct str draft = STR("");
    int r = conversation_need(s->op, cb->conversation_id, &c);

    if (r >= 0 && waits)
        r = desk_check_back_draft(s->op, cb, &draft);
    if (r < 0)
        return r;
    json_begin_object(w, key);
    json_put_id(w, "id", cb->id);
    json_put_text(w, "state", cb->state);
    json_put_time(w, "solved_at", cb->solved_at);
    json_put_time(w, "due_at", cb->due_at);
    json_put_time(w, "sent_at", cb->sent_at);
    json_put_time(w, "answered_at", cb->answered_at);
    json_put_time(w, "cancelled_at", cb->cancelled_at);
    json_put_text(w, "cancel_reason", cb->cancel_reason);
    json_put_text(w, "outcome", cb->outcome);
    json_put_id(w, "message_id", cb->message_id);
    json_put_id(w, "conversation_id", c.id);
    json_put_text(w, "topic", c.topic);
    json_put_text(w, "draft", draft);
    r = show_people(s, &c);
    if (r >= 0)
        r = show_account(s, "sent_by", cb->sent_by);
    if (r >= 0)
        r = show_conversation(s, "conversation", &c);
    json_end_object(w);
    return r;
}

int show_person_members(struct show *s, const struct person *person)
{
    struct json_writer *w = s->w;

    json_put_id(w, "id", person->id);
    json_put_text(w, "name", person->name);
    json_put_text(w, "relation", person->relation);
    json_put_int(w, "contact_count", person->contact_count);
    json_put_text(w, "address_form", person->address_form);
    json_put_bool(w, "outreach_locked", person->outreach_locked_at != 0);
    json_put_time(w, "outreach_locked_at", person->outreach_locked_at);
    json_put_text(w, "outreach_lock_reason", person->outreach_lock_reason);
    json_put_text(w, "note", person->note);
    json_put_time(w, "first_seen_at", person->first_seen_at);
    json_put_time(w, "last_seen_at", person->last_seen_at);
    return 0;
}
