/* intake.c - one inbound item becomes thread, person, message, conversation.
 *
 * Runs in one transaction and can be repeated: what is known already is found
 * by its external id, so the second run changes nothing.
 */
#include "dialogue/intake.h"

#include "base/bytes.h"
#include "base/failpoint.h"
#include "base/ids.h"
#include "dialogue/attachment.h"
#include "dialogue/digest.h"
#include "dialogue/findings.h"
#include "dialogue/mail_copy.h"
#include "dialogue/moderation.h"
#include "dialogue/outbox.h"
#include "dialogue/status_link.h"
#include "dialogue/stmt.h"

int intake_raw(struct op *op, struct raw_item *raw)
{
    struct str hash = digest_of(op->arena, raw->bytes);
    int64_t id = id_next(op), changed;
    int r;

    r = db_change(op, &changed, &SQL_RAW_ITEM_ADD, ARG_WS, ARG_INT(id),
                  ARG_INT(raw->channel_id), ARG_BLOB(hash), ARG_BLOB(raw->bytes),
                  ARG_TEXT(raw->source), ARG_BOOL(raw->open_conversations),
                  ARG_INT(raw->received_at));
    if (r < 0)
        return r;
    if (changed > 0) {
        raw->id = id;
        return 0;
    }
    r = db_number(op, &raw->id, &SQL_RAW_ITEM_BY_DIGEST, ARG_WS, ARG_INT(raw->channel_id),
                  ARG_BLOB(hash));
    return r < 0 ? r : INTAKE_DUPLICATE;
}

static void read_raw(struct op *op, struct db_rows *rows, struct raw_item *ret)
{
    *ret = (struct raw_item){
        .id = db_int(rows, 0),
        .channel_id = db_int(rows, 1),
        .bytes = db_blob(op, rows, 2),
        .source = db_text(op, rows, 3),
        .open_conversations = db_int(rows, 4) != 0,
        .received_at = db_int(rows, 5),
        .state = db_text(op, rows, 6),
        .reason = db_text(op, rows, 7),
        .attempts = db_int(rows, 8),
    };
}

int intake_raw_get(struct op *op, int64_t id, struct raw_item *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_RAW_ITEM_GET, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return RECORD_NOT_FOUND;
    read_raw(op, rows, ret);
    return 0;
}

int intake_raw_list(struct op *op, const struct raw_item_filter *filter,
                    struct raw_item **ret, size_t *ret_count)
{
    size_t n = 0, limit = (size_t)filter->limit;
    struct raw_item *list = arena_new(op->arena, struct raw_item, limit);
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows,
                 str_is(filter->state, "done") ? &SQL_RAW_ITEM_LIST_DONE
                                               : &SQL_RAW_ITEM_LIST_UNDONE,
                 ARG_WS, ARG_INT(filter->channel_id), ARG_TEXT(filter->state),
                 ARG_INT(filter->after_id), ARG_INT(filter->limit));
    if (r < 0)
        return r;
    while (n < limit && (r = db_next(op, rows)) > 0)
        read_raw(op, rows, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int intake_raw_waits(struct op *op, int64_t id)
{
    int r = db_number(op, &id, &SQL_RAW_ITEM_WAITS, ARG_WS, ARG_INT(id));

    return r == DB_NO_ROW ? INTAKE_SETTLED : r;
}

int intake_raw_done(struct op *op, int64_t id, int64_t message_id)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_RAW_ITEM_DONE, ARG_WS, ARG_INT(id),
                      ARG_ID(message_id));

    if (r < 0)
        return r;
    return changed ? 0 : INTAKE_DUPLICATE;
}

int intake_keep_original(struct op *op, int64_t message_id, int64_t raw_id)
{
    return db_run(op, &SQL_ORIGINAL_PUT, ARG_WS, ARG_INT(message_id), ARG_INT(raw_id));
}

int intake_original(struct op *op, int64_t message_id, int64_t *ret_raw_id)
{
    int r = db_number(op, ret_raw_id, &SQL_ORIGINAL_GET, ARG_WS, ARG_INT(message_id));

    return r == DB_NO_ROW ? INTAKE_NO_ORIGINAL : r;
}

int intake_raw_failed(struct op *op, int64_t id, struct str reason)
{
    return db_run(op, &SQL_RAW_ITEM_FAILED, ARG_WS, ARG_INT(id), ARG_TEXT(reason));
}

int intake_raw_tried(struct op *op, int64_t id)
{
    return db_run(op, &SQL_RAW_ITEM_TRIED, ARG_WS, ARG_INT(id));
}

int intake_raw_replay(struct op *op, int64_t id)
{
    int64_t changed;
    int r;

    r = db_change(op, &changed, &SQL_RAW_ITEM_REPLAY, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    return changed ? 0
                   : op_fail_as(op, ERR_CONFLICT, "item_not_failed",
                                "this item has not failed");
}

/* The name under which an item is known: the network's, or one made from what
 * it says, so that the same line fed twice is one message (S1-1 in the tests). */
static struct str key_of(struct op *op, const struct incoming *in)
{
    struct str all, hash;

    if (in->external_id.n)
        return in->external_id;
    all = arena_fmt(
        op->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT,
        STR_ARG(in->thread.external_id), STR_ARG(in->author.external_id),
        STR_ARG(in->author.handle), STR_ARG(in->author.name), STR_ARG(in->body));
    hash = hex_encode(op->arena, str_sub(digest_of(op->arena, all), 0, 16));
    return arena_fmt(op->arena, "hash:" STR_FMT ":%lld", STR_ARG(hash),
                     (long long)in->sent_at);
}

static int store_reactions(struct op *op, const struct incoming *in, int64_t message_id)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < in->reaction_count; i++)
        r = message_set_reactions(op, message_id, in->reactions[i].kind,
                                  in->reactions[i].number, in->received_at);
    return r;
}

int intake_recount(struct op *op, const struct incoming *in)
{
    struct message msg;
    int r = message_by_external_id(op, in->channel_id, key_of(op, in), &msg);

    if (r != 0)
        return r < 0 ? r : 0;
    return store_reactions(op, in, msg.id);
}

static struct message_said said_of(const struct incoming *in)
{
    return (struct message_said){ in->body, in->findings, in->model, false };
}

/* What nobody here decided: as the network has it. */
static int follow(struct op *op, const struct incoming *in, struct message *msg,
                  struct intake_result *ret)
{
    struct str there = str_is(in->standing, "shown") ? STR("") : in->standing;
    bool was_spam = str_is(msg->standing, "spam");
    int r = 0;

    if (str_eq(there, msg->standing))
        return 0;
    if (!str_is(there, "gone"))
        r = moderation_follow(op, msg, in->standing);
    if (r)
        return r < 0 ? r : 0;
    ret->what = INTAKE_VERSION;
    ret->surfaced = was_spam && !str_is(there, "gone") && !msg->conversation_id;
    return message_stand(op, msg, in->standing);
}

/* It may have changed in any way since. A text that was read earlier than what we have
 * says nothing; our own words are ours, whatever the network made of their blanks. */
static int compare(struct op *op, const struct incoming *in, struct message *msg,
                   struct intake_result *ret)
{
    int64_t as_of = msg->edited_at > msg->received_at ? msg->edited_at : msg->received_at;
    const struct message_said said = said_of(in);
    struct str body;
    int r = follow(op, in, msg, ret);

    ret->message = *msg;
    if (r < 0 || msg->removed_at || msg->account_id || in->received_at <= as_of)
        return r;
    r = message_body(op, msg->id, msg->version, &body);
    if (r < 0 || str_eq(body, in->body))
        return r;
    ret->what = INTAKE_VERSION;
    return message_edit(op, msg, &said, in->received_at);
}

/* By the network's time: it may come after a later one. */
static bool is_newer(const struct incoming *in, const struct message *old)
{
    return in->edited_at > old->edited_at ||
           (in->edited_at && FAILPOINT("mutant.any_edit"));
}

/* Known already: an edit or a removal by its author, or nothing new. */
static int known(struct op *op, const struct incoming *in, const struct message *old,
                 struct intake_result *ret)
{
    const struct message_said said = said_of(in);
    int r = store_reactions(op, in, old->id);

    ret->what = INTAKE_REPEATED;
    ret->message = *old;
    if (r < 0)
        return r;
    if (in->snapshot) {
        struct message msg = *old;

        return compare(op, in, &msg, ret);
    }
    if (in->removed_at && !old->removed_at) {
        ret->what = INTAKE_VERSION;
        r = message_remove(op, old, in->removed_at);
    } else if (is_newer(in, old) && !old->removed_at) {
        ret->what = INTAKE_VERSION;
        r = message_edit(op, old, &said, in->edited_at);
    }
    return r;
}

/* The thread of the case that people named by its number. */
static int thread_of_case(struct op *op, const struct incoming *in, struct thread *ret)
{
    struct status_link link;
    struct conversation c;
    int r = in->case_number ? status_link_by_number(op, in->case_number, &link)
                            : STATUS_LINK_NONE;

    if (r == 0)
        r = conversation_get(op, link.id, &c);
    if (r < 0 || r > 0 || c.channel_id != in->channel_id)
        return r < 0 ? r : THREAD_NOT_FOUND;
    return thread_get(op, c.thread_id, ret);
}

/* What it answers. A reply of ours has no name before the network confirmed it, but the
 * key under which it left: what comes back may be faster than that. */
static int find_answered(struct op *op, const struct incoming *in, struct message *ret)
{
    struct outbox box;
    int r = message_by_external_id(op, in->channel_id, in->parent_external_id, ret);

    if (r != MESSAGE_NOT_FOUND || !in->parent_mark.n)
        return r;
    r = outbox_by_key(op, in->channel_id, in->parent_mark, &box);
    if (r)
        return r < 0 ? r : MESSAGE_NOT_FOUND;
    return message_get(op, box.message_id, ret);
}

/* The thread where it belongs, if that is known. Mails name what they answer, and not
 * always where all of it began. */
static int known_thread(struct op *op, const struct incoming *in, struct thread *ret)
{
    struct message parent;
    int r = MESSAGE_NOT_FOUND;

    if (in->follows_parent && in->parent_external_id.n)
        r = find_answered(op, in, &parent);
    if (r == 0)
        r = thread_get(op, parent.thread_id, ret);
    if (r < 0 || (r == 0 && ret->channel_id == in->channel_id))
        return r;
    if (r >= 0)
        r = thread_find(op, in->channel_id, in->thread.external_id, ret);
    return r == THREAD_NOT_FOUND ? thread_of_case(op, in, ret) : r;
}

static int find_parent(struct op *op, const struct incoming *in,
                       const struct thread *thread, struct message *ret)
{
    struct message parent;
    int r = MESSAGE_NOT_FOUND;

    if (in->page.parent_id)
        r = message_get(op, in->page.parent_id, &parent);
    else if (in->parent_external_id.n)
        r = find_answered(op, in, &parent);
    if (r == 0 && parent.thread_id == thread->id)
        *ret = parent;
    return r < 0 ? r : 0;
}

/* Our own answer belongs to the concern that it answers; in a private talk
 * with one person there is only one. */
static int conversation_of_ours(struct op *op, const struct thread *thread,
                                const struct message *parent, struct intake_result *ret)
{
    struct conversation *list;
    size_t count;
    int r;

    if (parent->conversation_id) {
        r = conversation_need(op, parent->conversation_id, &ret->conversation);
        ret->has_conversation = r == 0;
        return r;
    }
    if (!str_is(thread->visibility, "private"))
        return 0;
    r = conversation_list_thread(op, thread->id, &list, &count);
    if (r < 0 || count != 1)
        return r;
    ret->conversation = list[0];
    ret->has_conversation = true;
    return 0;
}

static bool opens(const struct message *parent)
{
    if (parent->id == 0)
        return true; /* a voice whose parent is not known: better seen twice than lost */
    return str_is(parent->direction, "out");
}

/* Begun here, added by the desk with its clocks. */
static void open_conversation(struct op *op, const struct incoming *in,
                              const struct message *msg, struct intake_result *ret)
{
    ret->conversation = (struct conversation){
        .channel_id = msg->channel_id,
        .thread_id = msg->thread_id,
        .profile_id = msg->profile_id,
        .person_id = msg->person_id,
        .state = STR("new"),
        .intent = in->intent,
        .intent_by = in->intent_by,
        .topic = in->topic,
        .marks = findings_marks_text(op->arena, in->marks),
        .opened_at = msg->sent_at < msg->received_at ? msg->sent_at : msg->received_at,
        .last_inbound_at = msg->sent_at,
        .last_message_at = msg->sent_at,
    };
    conversation_begin(op, &ret->conversation);
    ret->opened = ret->has_conversation = true;
}

/* Whose concern an outsider's message is; decides its direction. */
static int place_outsider(struct op *op, const struct incoming *in,
                          const struct profile *profile, const struct message *parent,
                          struct message *msg, struct intake_result *ret)
{
    int r;

    msg->direction = STR("in");
    if ((in->undelivered.n || ret->by_mail) && parent->conversation_id) {
        r = conversation_need(op, parent->conversation_id, &ret->conversation);
        ret->has_conversation = r == 0;
        return r;
    }
    if (profile->impostor_at) {
        msg->direction = STR("other");
        msg->third_party = STR("impostor");
        return 0;
    }
    r = conversation_find(op, msg->thread_id, profile->id, &ret->conversation);
    if (r < 0)
        return r;
    if (r == 0) {
        ret->has_conversation = true;
        return 0;
    }
    if (!opens(parent) || in->mention || str_is(in->standing, "spam") ||
        str_is(in->standing, "gone")) {
        msg->direction = STR("other");
        return 0;
    }
    if (in->open_conversations)
        open_conversation(op, in, msg, ret);
    return 0;
}

static int store_attachments(struct op *op, const struct incoming *in, int64_t message_id)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < in->attachment_count; i++) {
        const struct incoming_attachment *file = &in->attachments[i];
        struct attachment a = {
            .message_id = message_id,
            .name = file->name,
            .mime = file->mime,
        };

        r = attachment_add(op, &a, file->bytes);
    }
    return r;
}

static int store(struct op *op, const struct incoming *in, struct intake_result *ret)
{
    const struct message_said said = said_of(in);
    struct message *msg = &ret->message;
    int r;

    if (ret->has_conversation)
        msg->conversation_id = ret->conversation.id;
    r = message_add(op, msg, &said);
    if (r >= 0 && in->page.moderation.n)
        r = moderation_begin(op, msg, in->page.moderation);
    if (r >= 0 && str_is(in->standing, "gone"))
        r = message_stand(op, msg, in->standing);
    else if (r >= 0 && msg->standing.n)
        r = moderation_follow(op, msg, in->standing);
    if (r < 0)
        return r;
    r = store_attachments(op, in, msg->id);
    if (r < 0)
        return r;
    r = store_reactions(op, in, msg->id);
    if (r < 0 || ret->from_us || !in->removed_at || FAILPOINT("mutant.removal_late"))
        return r;
    return message_remove(op, msg, in->removed_at);
}

/* The talk that it belongs to, and what it answers there: id 0 when that is not known. */
static int find_place(struct op *op, const struct incoming *in, struct thread *ret_thread,
                      struct message *ret_parent, struct intake_result *ret)
{
    struct thread wanted = in->thread;
    int r = in->follows_parent ? mail_copy_answered(op, in, ret_parent) : MAIL_COPY_NONE;

    ret->by_mail = r == 0;
    if (r != MAIL_COPY_NONE)
        return r < 0 ? r : thread_get(op, ret_parent->thread_id, ret_thread);
    wanted.channel_id = in->channel_id;
    r = in->follows_parent ? known_thread(op, in, ret_thread) : THREAD_NOT_FOUND;
    if (r == THREAD_NOT_FOUND) /* or what it is called came only now */
        r = thread_find_or_add(op, &wanted, ret_thread);
    return r < 0 ? r : find_parent(op, in, ret_thread, ret_parent);
}

/* Who left an address in a talk and writes from it is the same person. */
static int find_author(struct op *op, const struct incoming *in,
                       const struct message *parent, bool by_mail, struct profile *ret)
{
    struct author author = in->author;
    struct conversation c;
    int r = 0;

    if (by_mail && parent->conversation_id && !in->undelivered.n && !author.is_us) {
        r = conversation_need(op, parent->conversation_id, &c);
        author.person_id = c.person_id;
    }
    return r < 0 ? r : profile_of_author(op, in->channel_id, &author, in->sent_at, ret);
}

static int new_message(struct op *op, const struct incoming *in, struct str key,
                       struct intake_result *ret)
{
    struct message parent = { .id = 0 };
    struct profile profile;
    struct thread thread;
    RECORD_GATHER(gather); /* who spoke and where are told with what was said */
    int r = record_gather(op, &gather);

    if (r >= 0)
        r = find_place(op, in, &thread, &parent, ret);
    if (r == 0)
        r = find_author(op, in, &parent, ret->by_mail, &profile);
    if (r)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message has lost its thread");
    ret->what = INTAKE_NEW;
    ret->from_us = in->author.is_us;
    ret->message = (struct message){
        .channel_id = in->channel_id,
        .thread_id = thread.id,
        .parent_id = parent.id,
        .parent_external_id = in->parent_external_id,
        .external_id = key,
        .profile_id = profile.id,
        .person_id = profile.person_id,
        .direction = STR("out"),
        .visibility = in->page.is_private ? STR("private") : thread.visibility,
        .automatic = in->automatic,
        .language = in->language,
        .sent_at = in->sent_at,
        .received_at = in->received_at,
        .edited_at = in->edited_at,
    };
    if (str_is(in->standing, "held") || str_is(in->standing, "spam"))
        ret->message.standing = in->standing;
    r = ret->from_us ? conversation_of_ours(op, &thread, &parent, ret)
                     : place_outsider(op, in, &profile, &parent, &ret->message, ret);
    if (r >= 0)
        r = store(op, in, ret);
    return r < 0 ? r : record_gather_done(&gather);
}

int intake_item(struct op *op, const struct incoming *in, struct intake_result *ret)
{
    struct intake_result result = { .what = INTAKE_NEW };
    struct str key = key_of(op, in);
    struct message old;
    struct thread thread;
    int64_t echoed;
    int r;

    r = message_by_external_id(op, in->channel_id, key, &old);
    if (r < 0)
        return r;
    if (r == 0 && !FAILPOINT("control.forgets")) {
        r = known(op, in, &old, &result);
        if (r >= 0)
            *ret = result;
        return r < 0 ? r : 0;
    }
    if (in->author.is_us) {
        r = mail_copy_came_back(op, in, &ret->message);
        if (r != MAIL_COPY_NONE) {
            ret->what = INTAKE_ECHO;
            return r;
        }
        r = known_thread(op, in, &thread);
        if (r == 0)
            r = outbox_echo(op, &(struct echo){ thread.id, key, in->body, in->mark },
                            &echoed);
        if (r < 0)
            return r;
        if (r == 0) {
            ret->what = INTAKE_ECHO;
            return message_get(op, echoed, &ret->message);
        }
    }
    r = new_message(op, in, key, &result);
    if (r < 0)
        return r;
    *ret = result;
    return 0;
}
