/* attachment.c - files in chunks, so that no row is larger than the engines like. */
#include "dialogue/attachment.h"

#include "base/ids.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "dialogue/digest.h"
#include "dialogue/stmt.h"

enum { MAX_NAME = 200, MAX_MIME = 100 };

/* Without path separators, control characters and what turns the reading direction;
 * never empty. A file name is shown, and offered to the disk of whoever downloads. */
static struct str clean_name(struct op *op, struct str name)
{
    struct strbuf clean = STRBUF(op->arena);
    struct str rest = utf8_repair(op->arena, name);

    while (rest.n) {
        size_t n;
        uint32_t c = utf8_next(rest, &n);
        bool turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
                     c == 0x200E || c == 0x200F;

        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == '/' || c == '\\')
            strbuf_char(&clean, '_');
        else if (!turns)
            strbuf_add(&clean, str_sub(rest, 0, n));
        rest = str_sub(rest, n, rest.n);
    }
    rest = str_trim(utf8_cut(strbuf_str(&clean), MAX_NAME));
    return rest.n ? rest : STR("file");
}

static bool is_mime_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$&-^_.+", c));
}

/* "type/subtype" of RFC 6838, without parameters. */
static bool is_mime(struct str mime)
{
    struct str subtype, type = str_cut(mime, '/', &subtype);

    if (!type.n || !subtype.n || mime.n > MAX_MIME)
        return false;
    for (size_t i = 0; i < type.n; i++)
        if (!is_mime_char(type.p[i]))
            return false;
    for (size_t i = 0; i < subtype.n; i++)
        if (!is_mime_char(subtype.p[i]))
            return false;
    return true;
}

/* So many that no message may have another one. */
static int check_room(struct op *op, int64_t message_id)
{
    int64_t count;
    int r;

    if (!message_id)
        return 0;
    r = db_number(op, &count, &SQL_ATTACHMENT_COUNT, ARG_WS, ARG_INT(message_id));
    if (r < 0)
        return r;
    if (count >= ATTACHMENT_MAX_PER_MESSAGE)
        return op_too_many(op, "attachments", ATTACHMENT_MAX_PER_MESSAGE);
    return 0;
}

static int add_chunks(struct op *op, int64_t id, struct str bytes)
{
    for (int64_t number = 0; bytes.n; number++) {
        struct str chunk = str_sub(bytes, 0, ATTACHMENT_CHUNK);
        int r = db_run(op, &SQL_ATTACHMENT_CHUNK_ADD, ARG_WS, ARG_INT(id),
                       ARG_INT(number), ARG_BLOB(chunk));

        if (r < 0)
            return r;
        bytes = str_sub(bytes, chunk.n, bytes.n);
    }
    return 0;
}

int attachment_add(struct op *op, struct attachment *a, struct str bytes)
{
    int r;

    if (bytes.n > ATTACHMENT_MAX_BYTES)
        return op_fail_as(op, ERR_TOO_LARGE, "file_too_large",
                          "a file is larger than %d bytes", ATTACHMENT_MAX_BYTES);
    r = check_room(op, a->message_id);
    if (r < 0)
        return r;

    a->id = id_next(op);
    a->name = clean_name(op, a->name);
    if (!is_mime(a->mime))
        a->mime = STR("application/octet-stream");
    a->description = utf8_cut(a->description, ATTACHMENT_MAX_DESCRIPTION);
    a->size = (int64_t)bytes.n;
    a->created_at = op->now;
    r = db_run(op, &SQL_ATTACHMENT_ADD, ARG_WS, ARG_INT(a->id), ARG_ID(a->message_id),
               ARG_ID(a->account_id), ARG_TEXT(a->name), ARG_TEXT(a->mime),
               ARG_INT(a->size), ARG_BLOB(digest_of(op->arena, bytes)),
               ARG_TIME(a->created_at), ARG_TEXT(a->description));
    return r < 0 ? r : add_chunks(op, a->id, bytes);
}

int attachment_attach(struct op *op, int64_t id, int64_t message_id)
{
    int64_t changed, account = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    int r;

    r = check_room(op, message_id);
    if (r < 0)
        return r;
    r = db_change(op, &changed, &SQL_ATTACHMENT_ATTACH, ARG_WS, ARG_INT(id),
                  ARG_INT(message_id), ARG_INT(account));
    if (r < 0)
        return r;
    if (!changed)
        return op_fail(op, ERR_NOT_FOUND,
                       "there is no file of yours with this id, or it is in use");
    return 0;
}

int attachment_describe(struct op *op, int64_t id, struct str description)
{
    int64_t changed, account = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    int r;

    if (utf8_count(description) > ATTACHMENT_MAX_DESCRIPTION)
        return op_too_long(op, "description", ATTACHMENT_MAX_DESCRIPTION, "characters");
    r = db_change(op, &changed, &SQL_ATTACHMENT_DESCRIBE, ARG_WS, ARG_INT(id),
                  ARG_INT(account), ARG_TEXT(description));
    if (r < 0)
        return r;
    return changed ? 0
                   : op_fail(op, ERR_NOT_FOUND,
                             "there is no file of yours with this id, or it is in use");
}

static void read_row(struct op *op, struct db_rows *rows, struct attachment *ret)
{
    *ret = (struct attachment){
        .id = db_int(rows, 0),
        .message_id = db_int(rows, 1),
        .account_id = db_int(rows, 2),
        .name = db_text(op, rows, 3),
        .mime = db_text(op, rows, 4),
        .size = db_int(rows, 5),
        .created_at = db_int(rows, 6),
        .description = db_text(op, rows, 7),
    };
}

int attachment_get(struct op *op, int64_t id, struct attachment *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_ATTACHMENT_GET, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ATTACHMENT_NOT_FOUND;
    read_row(op, rows, ret);
    return 0;
}

int attachment_bytes(struct op *op, int64_t id, struct str *ret)
{
    struct strbuf bytes = STRBUF(op->arena);
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_ATTACHMENT_CHUNKS, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1)
        strbuf_add(&bytes, db_blob(op, rows, 0));
    if (r < 0)
        return r;
    *ret = strbuf_str(&bytes);
    return 0;
}

int attachment_list(struct op *op, int64_t message_id, struct attachment **ret,
                    size_t *ret_count)
{
    struct attachment *list =
        arena_new(op->arena, struct attachment, ATTACHMENT_MAX_PER_MESSAGE);
    size_t count = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_ATTACHMENT_LIST, ARG_WS, ARG_INT(message_id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1 && count < ATTACHMENT_MAX_PER_MESSAGE)
        read_row(op, rows, &list[count++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = count;
    return 0;
}
