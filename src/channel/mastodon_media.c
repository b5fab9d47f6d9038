/* mastodon_media.c - the pictures of a reply on their way out.
 *
 * They are brought before the reply, one by one, each with its description, and have no
 * place there until a post names them: what is left alone vanishes after a day. A server
 * may need time to prepare one. Then nothing is posted yet: which names they have there
 * is kept with the reply's bytes, and the next try asks for them instead of bringing
 * them again.
 */
#include "base/strbuf.h"
#include "channel/mastodon.h"

enum { PREPARING = 206 };

/* snac names one by a file, "32d3….png". */
static struct str medium_id(struct str id)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    if (id.n > MASTODON_MAX_ID || str_starts(id, STR(".")))
        return STR("");
    for (size_t i = 0; i < id.n; i++)
        if (!id.p[i] || !strchr(allowed, id.p[i]))
            return STR("");
    return id;
}

/* A quotation mark or a line end in a name would end the field. */
static struct str field_name(struct op *op, struct str name)
{
    struct str plain = arena_dup(op->arena, name);
    char *p = (char *)plain.p;

    for (size_t i = 0; i < plain.n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == '"' || p[i] == '\\')
            p[i] = '_';
    return plain;
}

/* multipart/form-data (RFC 7578). The mark between the parts is made of the reply's key,
 * which is random and known to nobody who made the file. */
static struct str form_of(struct op *op, const struct item_file *file, struct str mark)
{
    struct strbuf form = STRBUF(op->arena);

    if (file->description.n)
        strbuf_fmt(&form,
                   "--" STR_FMT "\r\nContent-Disposition: form-data; "
                   "name=\"description\"\r\n\r\n" STR_FMT "\r\n",
                   STR_ARG(mark), STR_ARG(file->description));
    strbuf_fmt(&form,
               "--" STR_FMT "\r\nContent-Disposition: form-data; name=\"file\"; "
               "filename=\"" STR_FMT "\"\r\nContent-Type: " STR_FMT "\r\n\r\n",
               STR_ARG(mark), STR_ARG(field_name(op, file->name)), STR_ARG(file->mime));
    strbuf_add(&form, file->bytes);
    strbuf_fmt(&form, "\r\n--" STR_FMT "--\r\n", STR_ARG(mark));
    return strbuf_str(&form);
}

/* What an answer says of a picture. Nothing is posted yet, so whatever fails may be tried
 * again, but for what the server does not take: its words say what (422). */
static int judge(int r, const struct mastodon_answer *answer, struct mastodon_medium *ret)
{
    if (r)
        return r == MASTODON_REFUSED ? SEND_REFUSED : SEND_LATER;
    if (answer->status / 100 == 2) {
        ret->id = medium_id(json_text(answer->json, "id"));
        ret->ready = answer->status == 200;
        return ret->id.n ? 0 : SEND_LATER;
    }
    if (answer->status == 422 || answer->status == 413 || answer->status == 415)
        return SEND_REFUSED;
    return SEND_LATER;
}

static int bring(struct op *op, const struct connection *connection,
                 const struct item_file *file, struct str key,
                 struct mastodon_medium *ret, struct receipt *receipt)
{
    struct str mark = arena_fmt(op->arena, "draht-" STR_FMT, STR_ARG(key));
    const struct mastodon_question question = {
        .path = STR("v2/media"),
        .form = form_of(op, file, mark),
        .form_type =
            arena_fmt(op->arena, "multipart/form-data; boundary=" STR_FMT, STR_ARG(mark)),
    };
    struct mastodon_answer answer = { 0 };
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    return r < 0 ? r : judge(r, &answer, ret);
}

/* One that was brought at an earlier try, or just now and is being prepared. Anything but
 * "ready" and "not yet": it is brought anew. */
static int look(struct op *op, const struct connection *connection,
                struct mastodon_medium *medium, struct receipt *receipt)
{
    const struct mastodon_question question = {
        .path = arena_fmt(op->arena, "v1/media/" STR_FMT, STR_ARG(medium->id)),
    };
    struct mastodon_answer answer = { 0 };
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    if (r < 0)
        return r;
    medium->ready = r == 0 && answer.status == 200;
    if (!medium->ready && !(r == 0 && answer.status == PREPARING))
        medium->id = STR("");
    return 0;
}

static int need(struct op *op, const struct connection *connection,
                const struct item_file *file, struct str key,
                struct mastodon_medium *medium, struct receipt *receipt)
{
    int r = medium->id.n ? look(op, connection, medium, receipt) : 0;

    if (r == 0 && !medium->id.n)
        r = bring(op, connection, file, key, medium, receipt);
    if (r == 0 && !medium->ready)
        r = look(op, connection, medium, receipt);
    return r;
}

int mastodon_media(struct op *op, const struct connection *connection,
                   const struct outbound *out, struct mastodon_medium *media,
                   struct receipt *receipt)
{
    bool ready = true;
    int r = 0;

    for (size_t i = 0; i < out->file_count; i++)
        media[i].id = medium_id(media[i].id);

    for (size_t i = 0; r == 0 && i < out->file_count; i++) {
        r = need(op, connection, &out->files[i], out->key, &media[i], receipt);
        ready = ready && media[i].ready;
    }
    if (r || ready)
        return r;
    receipt->reason = STR("the server still prepares a picture");
    receipt->answered = true;
    return SEND_LATER;
}
