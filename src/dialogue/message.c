/* message.c - messages, their versions, their place in the tree and the search. */
#include "dialogue/message.h"

#include "base/ids.h"
#include "db/search.h"
#include "dialogue/digest.h"
#include "dialogue/stmt.h"
#include "dialogue/webhook.h"
#include "text/words.h"

enum { MAX_LISTED = 5000 }; /* of one thread; the page then says that more exist */

static const struct column columns[] = {
    COLUMN(message, id, COLUMN_ID),
    COLUMN(message, channel_id, COLUMN_ID),
    COLUMN(message, thread_id, COLUMN_ID),
    COLUMN(message, conversation_id, COLUMN_ID),
    COLUMN(message, parent_id, COLUMN_ID),
    COLUMN(message, parent_external_id, COLUMN_TEXT),
    COLUMN(message, external_id, COLUMN_KEY),
    COLUMN(message, profile_id, COLUMN_ID),
    COLUMN(message, person_id, COLUMN_ID),
    COLUMN(message, account_id, COLUMN_ID),
    COLUMN(message, direction, COLUMN_TEXT),
    COLUMN(message, visibility, COLUMN_TEXT),
    COLUMN(message, automatic, COLUMN_BOOL),
    COLUMN(message, third_party, COLUMN_TEXT),
    COLUMN(message, confirmed_at, COLUMN_TIME),
    COLUMN(message, confirmed_by, COLUMN_ID),
    COLUMN(message, check_back_id, COLUMN_ID),
    COLUMN(message, language, COLUMN_TEXT),
    COLUMN(message, version, COLUMN_INT),
    COLUMN(message, sent_at, COLUMN_TIME),
    COLUMN(message, received_at, COLUMN_TIME),
    COLUMN(message, edited_at, COLUMN_TIME),
    COLUMN(message, removed_at, COLUMN_TIME),
    COLUMN(message, standing, COLUMN_TEXT),
    { NULL },
};

const struct record message_record = {
    .table = "message",
    .columns = columns,
    .size = sizeof(struct message),
    .get = &SQL_MESSAGE_GET,
    .add = &SQL_MESSAGE_ADD,
    .set = &SQL_MESSAGE_SET,
    .all = &SQL_MESSAGE_ALL,
};

static struct event message_event(const char *kind, const struct message *msg)
{
    return (struct event){
        .kind = kind,
        .conversation_id = msg->conversation_id,
        .thread_id = msg->thread_id,
        .person_id = msg->person_id,
        .channel_id = msg->channel_id,
        .message_id = msg->id,
        .subject_id = msg->id,
    };
}

int message_get(struct op *op, int64_t id, struct message *ret)
{
    return record_get(op, &message_record, id, ret);
}

int message_body(struct op *op, int64_t id, int64_t version, struct str *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MESSAGE_VERSION_BODY, ARG_WS, ARG_INT(id),
                 ARG_INT(version));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return op_fail(op, ERR_INTERNAL, "message %lld has lost its text", (long long)id);
    *ret = db_text(op, rows, 0);
    return 0;
}

int message_versions(struct op *op, int64_t id, struct message_version **ret,
                     size_t *ret_count)
{
    struct message_version *list = NULL;
    size_t n = 0, size = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MESSAGE_VERSIONS, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        if (n == size) {
            size_t more = size ? size * 2 : 4;
            struct message_version *grown =
                arena_new(op->arena, struct message_version, more);

            if (n)
                memcpy(grown, list, n * sizeof(*list));
            list = grown;
            size = more;
        }
        list[n++] = (struct message_version){
            .version = db_int(rows, 0),
            .body = db_text(op, rows, 1),
            .written_at = db_int(rows, 2),
            .received_at = db_int(rows, 3),
        };
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int message_by_external_id(struct op *op, int64_t channel_id, struct str external_id,
                           struct message *ret)
{
    return record_find(op, &message_record, ret, &SQL_MESSAGE_BY_EXTERNAL_ID, ARG_WS,
                       ARG_INT(channel_id), ARG_TEXT(external_id));
}

static int add_version(struct op *op, const struct message *msg,
                       const struct message_said *said, int64_t written_at)
{
    int r;

    r = db_run(op, &SQL_MESSAGE_VERSION_ADD, ARG_WS, ARG_INT(msg->id),
               ARG_INT(msg->version), ARG_TEXT(said->body), ARG_INT(written_at),
               ARG_INT(op->now), ARG_BLOB(digest_of(op->arena, said->body)),
               ARG_TEXT(said->findings), ARG_TEXT(said->model));
    if (r < 0)
        return r;
    if (msg->version == 1)
        return search_add(op, SEARCH_MESSAGE, msg->id, text_words(op->arena, said->body));
    return search_put(op, SEARCH_MESSAGE, msg->id, text_words(op->arena, said->body));
}

int message_read(struct op *op, int64_t id, int64_t version, struct message_said *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_MESSAGE_VERSION_READ, ARG_WS, ARG_INT(id),
                     ARG_INT(version));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return op_fail(op, ERR_INTERNAL, "message %lld has lost its text", (long long)id);
    *ret = (struct message_said){ .body = db_text(op, rows, 0),
                                  .findings = db_text(op, rows, 1),
                                  .model = db_text(op, rows, 2),
                                  .judged = db_int(rows, 3) != 0 };
    return 0;
}

int message_set_findings(struct op *op, const struct message *msg, struct str findings,
                         struct str model)
{
    return db_run(op, &SQL_MESSAGE_VERSION_FOUND, ARG_WS, ARG_INT(msg->id),
                  ARG_INT(msg->version), ARG_TEXT(findings), ARG_TEXT(model));
}

/* Answers that came before what they answer find it now. */
static int adopt_orphans(struct op *op, const struct message *parent)
{
    struct message *orphans;
    int64_t one;
    size_t count;
    int r;

    if (parent->external_id.n == 0)
        return 0;
    /* Nearly never is there one, and to look costs less than to list and sort. */
    r = db_number(op, &one, &SQL_MESSAGE_HAS_ORPHANS, ARG_WS, ARG_INT(parent->channel_id),
                  ARG_TEXT(parent->external_id));
    if (r)
        return r < 0 ? r : 0;
    r = record_list(op, &message_record, &orphans, &count, &SQL_MESSAGE_ORPHANS, ARG_WS,
                    ARG_INT(parent->channel_id), ARG_TEXT(parent->external_id));
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct message now = orphans[i];

        if (now.id == parent->id || now.thread_id != parent->thread_id)
            continue;
        now.parent_id = parent->id;
        r = message_update(op, &orphans[i], &now, "message.joined");
    }
    return r;
}

int message_add(struct op *op, struct message *msg, const struct message_said *said)
{
    struct event event;
    int r;

    msg->id = id_next(op);
    msg->version = 1;
    event = message_event(
        str_is(msg->direction, "out") ? "message.written" : "message.received", msg);
    event.with = record_gathered(op);
    r = record_insert(op, &message_record, msg, &event);
    if (r < 0)
        return r;
    r = add_version(op, msg, said, msg->sent_at);
    return r < 0 ? r : adopt_orphans(op, msg);
}

int message_update(struct op *op, const struct message *old, const struct message *now,
                   const char *event_kind)
{
    struct event event = message_event(event_kind, now);
    int r;

    r = record_update(op, &message_record, old, now, &event);
    if (r >= 0)
        r = webhook_wake(op, event_kind);
    if (r < 0 || str_eq(old->external_id, now->external_id))
        return r;
    return adopt_orphans(op, now);
}

int message_edit(struct op *op, const struct message *old,
                 const struct message_said *said, int64_t edited_at)
{
    struct message now = *old;
    int r;

    now.version++;
    now.edited_at = edited_at;
    r = message_update(op, old, &now, "message.edited");
    return r < 0 ? r : add_version(op, &now, said, edited_at);
}

int message_remove(struct op *op, const struct message *old, int64_t removed_at)
{
    struct message now = *old;

    now.removed_at = removed_at;
    return message_update(op, old, &now, "message.removed");
}

int message_stand(struct op *op, struct message *msg, struct str standing)
{
    struct message now = *msg;
    const char *kind = "message.standing";
    int r;

    now.standing = str_is(standing, "shown") ? STR("") : standing;
    if (str_is(now.standing, "gone") && !msg->removed_at) {
        now.removed_at = op->now;
        kind = "message.removed_there";
    } else if (str_is(msg->standing, "gone") && !str_is(now.standing, "gone")) {
        now.removed_at = 0;
        kind = "message.back_there";
    }
    r = message_update(op, msg, &now, kind);
    if (r >= 0)
        *msg = now;
    return r;
}

int message_list_span(struct op *op, const struct message_span *span,
                      struct message **ret, size_t *ret_count)
{
    return record_list(op, &message_record, ret, ret_count, &SQL_MESSAGE_OF_SPAN, ARG_WS,
                       ARG_INT(span->channel_id), ARG_INT(span->from), ARG_INT(span->to),
                       ARG_INT(span->limit));
}

int message_list_thread(struct op *op, int64_t thread_id, struct message **ret,
                        size_t *ret_count)
{
    return record_list(op, &message_record, ret, ret_count, &SQL_MESSAGE_OF_THREAD,
                       ARG_WS, ARG_INT(thread_id), ARG_INT(MAX_LISTED));
}

int message_list_conversation(struct op *op, int64_t conversation_id,
                              struct message **ret, size_t *ret_count)
{
    return record_list(op, &message_record, ret, ret_count, &SQL_MESSAGE_OF_CONVERSATION,
                       ARG_WS, ARG_INT(conversation_id), ARG_INT(MAX_LISTED));
}

int message_list_person(struct op *op, const struct message_page *page,
                        struct message **ret, size_t *ret_count)
{
    return record_list(op, &message_record, ret, ret_count, &SQL_MESSAGE_OF_PERSON,
                       ARG_WS, ARG_INT(page->person_id),
                       ARG_INT(page->before_at ? page->before_at : INT64_MAX),
                       ARG_INT(page->before_id), ARG_INT(page->limit));
}

int message_list_third_parties(struct op *op, int64_t before_at, int64_t before_id,
                               int64_t limit, struct message **ret, size_t *ret_count)
{
    return record_list(op, &message_record, ret, ret_count, &SQL_MESSAGE_THIRD_PARTIES,
                       ARG_WS, ARG_INT(before_at ? before_at : INT64_MAX),
                       ARG_INT(before_id), ARG_INT(limit));
}

int message_newest_in(struct op *op, int64_t conversation_id, struct message *ret)
{
    return record_find(op, &message_record, ret, &SQL_MESSAGE_NEWEST_IN, ARG_WS,
                       ARG_INT(conversation_id));
}

int message_newest_to_answer(struct op *op, int64_t conversation_id, struct message *ret)
{
    return record_find(op, &message_record, ret, &SQL_MESSAGE_NEWEST_TO_ANSWER, ARG_WS,
                       ARG_INT(conversation_id));
}

int message_newest_out(struct op *op, int64_t conversation_id, int64_t after_id,
                       struct message *ret)
{
    return record_find(op, &message_record, ret, &SQL_MESSAGE_NEWEST_OUT, ARG_WS,
                       ARG_INT(conversation_id), ARG_INT(after_id));
}

int message_newest_of_network(struct op *op, int64_t conversation_id, struct message *ret)
{
    return record_find(op, &message_record, ret, &SQL_MESSAGE_NEWEST_OF_NETWORK, ARG_WS,
                       ARG_INT(conversation_id));
}

int message_set_reactions(struct op *op, int64_t message_id, struct str kind,
                          int64_t number, int64_t at)
{
    return db_run(op, &SQL_REACTION_PUT, ARG_WS, ARG_INT(message_id), ARG_TEXT(kind),
                  ARG_INT(number), ARG_INT(at));
}

int message_reactions(struct op *op, int64_t message_id, struct reaction **ret,
                      size_t *ret_count)
{
    enum { MOST = 32 };
    struct reaction *list = arena_new(op->arena, struct reaction, MOST);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_REACTION_LIST, ARG_WS, ARG_INT(message_id));
    if (r < 0)
        return r;
    while (n < MOST && (r = db_next(op, rows)) > 0)
        list[n++] = (struct reaction){ db_text(op, rows, 0), db_int(rows, 1) };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
