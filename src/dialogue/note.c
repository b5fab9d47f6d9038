/* note.c - notes with mentions, drafts, and who is answering right now. */
#include "dialogue/note.h"

#include "base/ids.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "dialogue/stmt.h"
#include "event/event.h"

/* The accounts that a note mentions, each once. */
struct mentions {
    int64_t ids[NOTE_MAX_MENTIONS];
    size_t count;
};

static int mention(struct op *op, struct mentions *mentions, int64_t account_id)
{
    for (size_t i = 0; i < mentions->count; i++)
        if (mentions->ids[i] == account_id)
            return 0;
    if (mentions->count == NOTE_MAX_MENTIONS)
        return op_too_many(op, "mention_ids", NOTE_MAX_MENTIONS);
    mentions->ids[mentions->count++] = account_id;
    return 0;
}

/* A letter or digit goes on with the name: "@Eva" is not in "@Evamaria". */
static bool goes_on(struct str rest)
{
    unsigned char c = rest.n ? (unsigned char)rest.p[0] : ' ';

    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Does the folded text say "@name"? */
static bool says(struct op *op, struct str text, struct str name)
{
    struct str wanted = arena_fmt(op->arena, "@" STR_FMT, STR_ARG(name));

    while (name.n) {
        ptrdiff_t at = str_find(text, wanted);

        if (at < 0)
            return false;
        text = str_sub(text, (size_t)at + wanted.n, text.n);
        if (!goes_on(text))
            return true;
    }
    return false;
}

static int find_mentions(struct op *op, struct str body, struct mentions *mentions)
{
    struct str text = utf8_fold(op->arena, body);
    DB_ROWS(rows);
    int r;

    if (str_find(text, STR("@")) < 0)
        return 0;
    r = db_query(op, &rows, &SQL_NOTE_ACCOUNTS, ARG_WS);
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        struct str name = utf8_fold(op->arena, db_text(op, rows, 1));
        struct str email = utf8_fold(op->arena, db_text(op, rows, 2));

        if (!says(op, text, name) && !says(op, text, email))
            continue;
        r = mention(op, mentions, db_int(rows, 0));
        if (r < 0)
            return r;
    }
    return r;
}

/* The ids that were given are accounts of this workspace. */
static int check_given(struct op *op, const int64_t *given, size_t count,
                       struct mentions *mentions)
{
    struct map known = MAP(op->arena);
    DB_ROWS(rows);
    int r;

    if (!count)
        return 0;
    r = db_query(op, &rows, &SQL_NOTE_ACCOUNTS, ARG_WS);
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1)
        map_put_id(&known, db_int(rows, 0), mentions);
    for (size_t i = 0; r == 0 && i < count; i++) {
        if (!map_get_id(&known, given[i]))
            return op_fail_field_as(op, "mention_ids", "unknown",
                                    "names nobody who works here");
        r = mention(op, mentions, given[i]);
    }
    return r;
}

static int add_mentions(struct op *op, const struct note *note,
                        const struct mentions *mentions)
{
    for (size_t i = 0; i < mentions->count; i++) {
        struct event event = {
            .kind = "mention.added",
            .conversation_id = note->conversation_id,
            .subject_id = note->id,
            .extra = arena_fmt(op->arena, "\"account_id\":\"%lld\"",
                               (long long)mentions->ids[i]),
        };
        int r;

        r = db_run(op, &SQL_MENTION_ADD, ARG_WS, ARG_INT(note->id),
                   ARG_INT(mentions->ids[i]), ARG_INT(note->conversation_id),
                   ARG_INT(op->now));
        if (r < 0)
            return r;
        r = event_add(op, &event);
        if (r < 0)
            return r;
    }
    return 0;
}

int note_add(struct op *op, struct note *note, const int64_t *given, size_t count)
{
    struct event event = { .kind = "note.added",
                           .conversation_id = note->conversation_id };
    struct mentions mentions = { .count = 0 };
    int r;

    if (!str_trim(note->body).n)
        return op_fail_field_as(op, "body", "empty", "is empty");
    if (note->body.n > NOTE_MAX_BODY)
        return op_too_long(op, "body", NOTE_MAX_BODY, "bytes");
    r = check_given(op, given, count, &mentions);
    if (r < 0)
        return r;
    r = find_mentions(op, note->body, &mentions);
    if (r < 0)
        return r;

    note->id = id_next(op);
    note->created_at = op->now;
    r = db_run(op, &SQL_NOTE_ADD, ARG_WS, ARG_INT(note->id),
               ARG_INT(note->conversation_id), ARG_ID(note->account_id),
               ARG_TEXT(note->body), ARG_INT(note->created_at));
    if (r < 0)
        return r;
    event.subject_id = note->id;
    r = event_add(op, &event);
    return r < 0 ? r : add_mentions(op, note, &mentions);
}

int note_list(struct op *op, int64_t conversation_id, int64_t reader_id,
              struct note **ret, size_t *ret_count)
{
    size_t count = 0, size = 16;
    struct note *list = arena_new(op->arena, struct note, size);
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_NOTE_LIST, ARG_WS, ARG_INT(conversation_id),
                 ARG_INT(reader_id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        if (count == size) {
            struct note *more = arena_new(op->arena, struct note, size * 2);

            memcpy(more, list, size * sizeof(*list));
            list = more;
            size *= 2;
        }
        list[count++] = (struct note){ .id = db_int(rows, 0),
                                       .conversation_id = db_int(rows, 1),
                                       .account_id = db_int(rows, 2),
                                       .body = db_text(op, rows, 3),
                                       .created_at = db_int(rows, 4),
                                       .names_reader = db_int(rows, 5) != 0 };
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = count;
    return 0;
}

int mention_list(struct op *op, int64_t account_id, int64_t before_note_id, int64_t limit,
                 struct mention **ret, size_t *ret_count)
{
    struct mention *list = arena_new(op->arena, struct mention, (size_t)limit);
    size_t count = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MENTION_LIST, ARG_WS, ARG_INT(account_id),
                 ARG_INT(before_note_id ? before_note_id : INT64_MAX), ARG_INT(limit));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1)
        list[count++] = (struct mention){ .note_id = db_int(rows, 0),
                                          .conversation_id = db_int(rows, 1),
                                          .created_at = db_int(rows, 2),
                                          .seen_at = db_int(rows, 3) };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = count;
    return 0;
}

int mention_seen(struct op *op, int64_t account_id, int64_t conversation_id)
{
    return db_run(op, &SQL_MENTION_SEEN, ARG_WS, ARG_INT(account_id),
                  ARG_INT(conversation_id), ARG_INT(op->now));
}

/* Ids with a blank between, and back. */
static struct str write_files(struct op *op, const struct draft *draft)
{
    struct strbuf text = STRBUF(op->arena);

    for (size_t i = 0; i < draft->file_count; i++)
        strbuf_fmt(&text, "%s%lld", i ? " " : "", (long long)draft->files[i]);
    return strbuf_str(&text);
}

static void read_files(struct op *op, struct str text, struct draft *ret)
{
    int64_t *files = arena_new(op->arena, int64_t, DRAFT_MAX_FILES);
    struct str rest = text;

    ret->file_count = 0;
    while (rest.n && ret->file_count < DRAFT_MAX_FILES)
        if (str_to_i64(str_cut(rest, ' ', &rest), &files[ret->file_count]))
            ret->file_count++;
    ret->files = files;
}

int draft_put(struct op *op, const struct draft *draft)
{
    if (draft->body.n > DRAFT_MAX_BODY)
        return op_too_long(op, "body", DRAFT_MAX_BODY, "bytes");
    if (draft->note.n > DRAFT_MAX_BODY)
        return op_too_long(op, "note", DRAFT_MAX_BODY, "bytes");
    if (draft->file_count > DRAFT_MAX_FILES)
        return op_too_many(op, "attachment_ids", DRAFT_MAX_FILES);
    return db_run(op, &SQL_DRAFT_PUT, ARG_WS, ARG_INT(draft->conversation_id),
                  ARG_INT(draft->account_id), ARG_TEXT(draft->body),
                  ARG_TEXT(draft->visibility), ARG_INT(op->now), ARG_TEXT(draft->note),
                  draft->parent_id ? ARG_INT(draft->parent_id) : ARG_NULL,
                  ARG_TEXT(write_files(op, draft)));
}

int draft_sent(struct op *op, int64_t conversation_id, int64_t account_id)
{
    return db_run(op, &SQL_DRAFT_SENT, ARG_WS, ARG_INT(conversation_id),
                  ARG_INT(account_id), ARG_INT(op->now));
}

int draft_get(struct op *op, int64_t conversation_id, int64_t account_id,
              struct draft *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_DRAFT_GET, ARG_WS, ARG_INT(conversation_id),
                 ARG_INT(account_id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return DRAFT_NONE;
    *ret = (struct draft){ .conversation_id = conversation_id,
                           .account_id = account_id,
                           .body = db_text(op, rows, 0),
                           .visibility = db_text(op, rows, 1),
                           .updated_at = db_int(rows, 2),
                           .note = db_text(op, rows, 3),
                           .parent_id = db_int(rows, 4) };
    read_files(op, db_text(op, rows, 5), ret);
    return 0;
}

/* Renewing the lease is no news: only beginning and ending are events. */
int answering_set(struct op *op, int64_t conversation_id, int64_t account_id, bool active)
{
    struct event event = { .kind = active ? "answering.began" : "answering.ended",
                           .conversation_id = conversation_id,
                           .subject_id = account_id };
    int64_t *ids, until = active ? op->now + ANSWERING_LEASE_MS : op->now;
    bool was_active = false;
    size_t count;
    int r;

    r = answering_list(op, conversation_id, &ids, &count);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        was_active = was_active || ids[i] == account_id;
    if (!active && !was_active)
        return 0;
    r = db_run(op, &SQL_ANSWERING_SET, ARG_WS, ARG_INT(conversation_id),
               ARG_INT(account_id), ARG_INT(until));
    if (r < 0 || active == was_active)
        return r;
    return event_add(op, &event);
}

int answering_list(struct op *op, int64_t conversation_id, int64_t **ret,
                   size_t *ret_count)
{
    size_t count = 0, size = 64;
    int64_t *ids = arena_new(op->arena, int64_t, size);
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_ANSWERING_LIST, ARG_WS, ARG_INT(conversation_id),
                 ARG_INT(op->now));
    if (r < 0)
        return r;
    while (count < size && (r = db_next(op, rows)) == 1)
        ids[count++] = db_int(rows, 0);
    if (r < 0)
        return r;
    *ret = ids;
    *ret_count = count;
    return 0;
}
