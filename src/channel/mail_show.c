/* mail_show.c - a mail as it looked to whom it was sent: its HTML, made harmless, with
 * the pictures that came along.
 */
#include "channel/mail_parts.h"

#include "text/charset.h"
#include "text/safe.h"

enum { MAX_PICTURES = 50 };

struct show {
    struct op *op;
    GMimePart *html, *plain; /* the first of each that is to be read */
    struct safe_part *parts;
    size_t part_count;
    unsigned seen;
};

/* Without "<" and ">"; empty: nothing names it. */
static struct str content_id(struct op *op, GMimeObject *object)
{
    const char *id = g_mime_object_get_content_id(object);
    struct str text = str_trim(arena_dup(op->arena, str_of(id)));

    if (str_starts(text, STR("<")))
        text = str_sub(text, 1, text.n);
    if (str_ends(text, STR(">")))
        text.n--;
    return text;
}

static void see_leaf(struct show *s, GMimeObject *object)
{
    struct str mime = mail_part_mime(s->op, object);
    struct str id = content_id(s->op, object);
    bool attached = mail_part_is_attached(object);

    if (str_is(mime, "text/html") && !attached && !s->html)
        s->html = GMIME_PART(object);
    if (str_is(mime, "text/plain") && !attached && !s->plain)
        s->plain = GMIME_PART(object);
    if (s->parts && id.n && str_starts(mime, STR("image/")) &&
        s->part_count < MAX_PICTURES)
        s->parts[s->part_count++] =
            (struct safe_part){ id, mime, mail_part_bytes(s->op, GMIME_PART(object)) };
}

static void see(struct show *s, GMimeObject *object, unsigned depth)
{
    if (!object || ++s->seen > MAIL_MAX_PARTS || depth > MAIL_MAX_DEPTH)
        return;
    if (GMIME_IS_MULTIPART(object)) {
        int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));

        for (int i = 0; i < count; i++)
            see(s, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
    } else if (GMIME_IS_PART(object)) {
        see_leaf(s, object);
    }
}

bool mail_is_designed(struct op *op, GMimeMessage *message)
{
    struct show s = { .op = op };

    see(&s, g_mime_message_get_mime_part(message), 0);
    return s.html != NULL;
}

static struct str words_of(struct op *op, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    struct str charset = str_of(g_mime_content_type_get_parameter(type, "charset"));

    return text_from_charset(op->arena, mail_part_bytes(op, part), charset);
}

int mail_show(struct op *op, struct str bytes, struct safe_html *ret)
{
    struct show s = { .op = op,
                      .parts = arena_new(op->arena, struct safe_part, MAX_PICTURES) };
    GMimeMessage *message;
    int r = mail_open(op, bytes, &message);

    if (r < 0)
        return r;
    see(&s, g_mime_message_get_mime_part(message), 0);
    if (!s.html) {
        *ret = (struct safe_html){
            .html = text_safe_words(op->arena, s.plain ? words_of(op, s.plain) : STR(""))
        };
        return MAIL_PLAIN;
    }
    text_safe(op->arena, words_of(op, s.html), s.parts, s.part_count, ret);
    return 0;
}
