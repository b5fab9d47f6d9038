/* mail_read.c - from the bytes of a mail to what people read, by GMime. */
#include "channel/mail_parts.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "text/charset.h"
#include "text/plain.h"

enum { HASH_BYTES = 16, ROOM = 4096, UNNAMED = 32 };

/* A mail on its way into a struct mail. */
struct mail_source {
    struct op *op;
    GMimeMessage *message;
    struct mail *mail;
    struct strbuf text;  /* what is read */
    struct str returned; /* the header of the mail that a report gives back */
    unsigned parts;
};

/* Once, before any thread of ours parses. */
static void start_library(void)
{
    static gsize started;

    if (g_once_init_enter(&started)) {
        g_mime_init();
        g_once_init_leave(&started, 1);
    }
}

static void unref(void *object)
{
    g_object_unref(object);
}

static struct str repaired(struct op *op, const char *text)
{
    return arena_dup(op->arena, utf8_repair(op->arena, str_of(text)));
}

struct str mail_field(const struct mail_source *source, const char *name)
{
    const char *value = g_mime_object_get_header(GMIME_OBJECT(source->message), name);

    return str_trim(repaired(source->op, value));
}

int mail_field_count(const struct mail_source *source, const char *name)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(source->message));
    int all = g_mime_header_list_get_count(list), count = 0;

    for (int i = 0; i < all; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);

        count += g_ascii_strcasecmp(g_mime_header_get_name(header), name) == 0;
    }
    return count;
}

static struct str lower(struct op *op, struct str text)
{
    char *out = arena_new(op->arena, char, text.n + 1);

    for (size_t i = 0; i < text.n; i++)
        out[i] =
            (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 32 : text.p[i]);
    return (struct str){ out, text.n };
}

static struct str one_line(struct op *op, struct str text, size_t most)
{
    char *out = arena_new(op->arena, char, text.n + 1);

    for (size_t i = 0; i < text.n; i++)
        out[i] =
            (char)((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f ? ' ' : text.p[i]);
    return utf8_cut(str_trim((struct str){ out, text.n }), most);
}

static struct str hashed(struct op *op, struct str text)
{
    unsigned char hash[HASH_BYTES];

    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)text.p, text.n, NULL, 0);
    return hex_encode(op->arena, (struct str){ (const char *)hash, HASH_BYTES });
}

/* An id as we keep it: one that is too long is known by its hash. */
static struct str usable_id(struct op *op, struct str id)
{
    id = str_trim(id);
    while (id.n && id.p[0] == '<')
        id = str_sub(id, 1, id.n);
    while (id.n && id.p[id.n - 1] == '>')
        id.n--;
    id = one_line(op, id, id.n);
    return id.n <= MAIL_MAX_ID
               ? id
               : arena_fmt(op->arena, "hash:" STR_FMT, STR_ARG(hashed(op, id)));
}

static struct mail_address first_address(struct op *op, InternetAddressList *list)
{
    struct mail_address found = { STR(""), STR("") };
    int count = list ? internet_address_list_length(list) : 0;

    for (int i = 0; i < count && !found.address.n; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        InternetAddressMailbox *box;

        if (INTERNET_ADDRESS_IS_GROUP(address))
            continue;
        box = INTERNET_ADDRESS_MAILBOX(address);
        found.name =
            one_line(op, repaired(op, internet_address_get_name(address)), ITEM_MAX_NAME);
        found.address =
            one_line(op, lower(op, repaired(op, internet_address_mailbox_get_addr(box))),
                     ITEM_MAX_NAME);
    }
    return found;
}

/* From where the exchange comes: the first reference is its beginning. */
static void read_references(struct op *op, const struct mail_source *source,
                            struct mail *mail)
{
    struct str all = mail_field(source, "References");
    GMimeReferences *list;
    int count;

    mail->message_id = usable_id(op, mail_field(source, "Message-ID"));
    list = g_mime_references_parse(
        NULL, arena_cstr(op->arena, mail_field(source, "In-Reply-To")));
    if (g_mime_references_length(list) > 0)
        mail->in_reply_to =
            usable_id(op, repaired(op, g_mime_references_get_message_id(list, 0)));
    g_mime_references_free(list);
    list = g_mime_references_parse(NULL, arena_cstr(op->arena, all));
    count = g_mime_references_length(list);
    if (count > 0) {
        mail->root =
            usable_id(op, repaired(op, g_mime_references_get_message_id(list, 0)));
        mail->newest = usable_id(
            op, repaired(op, g_mime_references_get_message_id(list, count - 1)));
    }
    g_mime_references_free(list);
    if (mail->in_reply_to.n)
        mail->newest = mail->in_reply_to;
    if (!mail->root.n)
        mail->root = mail->in_reply_to;
}

static int64_t milliseconds(GDateTime *date)
{
    int64_t seconds = date ? g_date_time_to_unix(date) : 0;

    return seconds > 0 && seconds < INT64_C(253402300800) ? SECONDS(seconds) : 0;
}

static void read_head(struct mail_source *source)
{
    struct op *op = source->op;
    struct mail *mail = source->mail;
    GMimeMessage *message = source->message;

    mail->from = first_address(op, g_mime_message_get_from(message));
    if (!mail->from.address.n)
        mail->from = first_address(op, g_mime_message_get_sender(message));
    mail->reply_to = first_address(op, g_mime_message_get_reply_to(message));
    mail->subject =
        mail_subject(op, one_line(op, mail_field(source, "Subject"), 500), &mail->token);
    mail->sent_at = milliseconds(g_mime_message_get_date(message));
    mail->listed = mail_field(source, "List-Id").n || mail_field(source, "List-Post").n;
    read_references(op, source, mail);
}

struct str mail_part_bytes(struct op *op, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream;
    GByteArray *bytes;
    struct str copy;

    if (!content)
        return STR("");
    stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    copy = arena_dup(op->arena, (struct str){ (const char *)bytes->data, bytes->len });
    g_object_unref(stream);
    return copy;
}

struct str mail_part_mime(struct op *op, GMimeObject *object)
{
    char *text =
        g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
    struct str mime = lower(op, repaired(op, text));

    g_free(text);
    return mime;
}

/* "\r\n" as "\n", and no control characters but line feeds and tabs. */
static struct str tidy(struct op *op, struct str text)
{
    char *out = arena_new(op->arena, char, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n'))
            c = '\n';
        if ((unsigned char)c >= ' ' ? c != 0x7f : c == '\n' || c == '\t')
            out[n++] = c;
    }
    return (struct str){ out, n };
}

static struct str words_of(struct op *op, GMimePart *part, bool html)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    struct str charset = str_of(g_mime_content_type_get_parameter(type, "charset"));
    struct str text = text_from_charset(op->arena, mail_part_bytes(op, part), charset);

    return html ? text_plain(op->arena, text, false) : str_trim(tidy(op, text));
}

static void add_words(struct mail_source *source, struct str words)
{
    if (!words.n)
        return;
    if (source->text.n)
        strbuf_add(&source->text, STR("\n\n"));
    strbuf_add(&source->text, words);
}

static void leave_out(struct mail *mail, struct str name, size_t bytes)
{
    mail->left_in_all++;
    if (mail->left_count < ITEM_MAX_LEFT)
        mail->left[mail->left_count++] = (struct item_left){ name, bytes };
}

static void add_file(struct mail_source *source, struct str name, struct str mime,
                     struct str bytes)
{
    struct mail *mail = source->mail;

    if (mail->file_count == ITEM_MAX_FILES || bytes.n > ITEM_MAX_FILE) {
        leave_out(mail, name, bytes.n);
        return;
    }
    mail->files[mail->file_count++] = (struct item_file){ name, mime, bytes };
}

static struct str name_of(struct mail_source *source, GMimePart *part, struct str mime)
{
    struct op *op = source->op;
    struct str name =
        one_line(op, repaired(op, g_mime_part_get_filename(part)), ITEM_MAX_NAME);
    struct str kind;

    if (name.n)
        return name;
    (void)str_cut(mime, '/', &kind);
    return arena_fmt(op->arena, "%u." STR_FMT, source->parts,
                     STR_ARG(utf8_cut(kind.n ? kind : STR("bin"), UNNAMED)));
}

bool mail_part_is_attached(GMimeObject *object)
{
    GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
    const char *word =
        disposition ? g_mime_content_disposition_get_disposition(disposition) : NULL;

    return word && g_ascii_strcasecmp(word, "attachment") == 0;
}

static bool is_to_be_read(GMimeObject *object, struct str mime)
{
    return !mail_part_is_attached(object) &&
           (str_is(mime, "text/plain") || str_is(mime, "text/html") ||
            (str_starts(mime, STR("text/")) &&
             !g_mime_part_get_filename(GMIME_PART(object)) &&
             !str_is(mime, "text/calendar") && !str_is(mime, "text/rfc822-headers")));
}

static void read_leaf(struct mail_source *source, GMimeObject *object)
{
    struct op *op = source->op;
    GMimePart *part = GMIME_PART(object);
    struct str mime = mail_part_mime(op, object);

    if (is_to_be_read(object, mime)) {
        add_words(source, words_of(op, part, str_is(mime, "text/html")));
        return;
    }
    if (str_is(mime, "message/delivery-status"))
        mail_read_report(op, mail_part_bytes(op, part), source->mail);
    if (str_is(mime, "text/rfc822-headers"))
        source->returned = mail_part_bytes(op, part);
    add_file(source, name_of(source, part, mime), mime, mail_part_bytes(op, part));
}

static struct str written(struct op *op, GMimeObject *object)
{
    char *text = g_mime_object_to_string(object, NULL);
    struct str copy = arena_dup(op->arena, str_of(text));

    g_free(text);
    return copy;
}

/* A mail within the mail stays a file of its own; in a report it is the one that did not
 * arrive. */
static void read_inner_mail(struct mail_source *source, GMimeObject *object)
{
    struct op *op = source->op;
    GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    struct str bytes, name;

    if (!inner)
        return;
    bytes = written(op, GMIME_OBJECT(inner));
    if (!source->returned.n)
        source->returned = bytes;
    name = one_line(op, repaired(op, g_mime_message_get_subject(inner)), 100);
    add_file(source,
             arena_fmt(op->arena, STR_FMT ".eml", STR_ARG(name.n ? name : STR("mail"))),
             STR("message/rfc822"), bytes);
}

static void read_part(struct mail_source *source, GMimeObject *object, unsigned depth);

/* How good a version of the same words is: plain text, then HTML. Anything else (a
 * picture beside its words, an invitation) is not a version but more. */
static int worth(struct op *op, GMimeObject *object)
{
    struct str mime = mail_part_mime(op, object);

    if (str_is(mime, "text/plain"))
        return 3;
    if (str_is(mime, "text/html") || str_starts(mime, STR("multipart/")))
        return 2;
    return str_starts(mime, STR("text/")) ? 1 : 0;
}

/* Of what is worth `wanted`: read it, or is its like here already? */
static bool wants(const struct mail_source *source, GMimeObject *object, int wanted,
                  size_t before)
{
    if (worth(source->op, object) != wanted)
        return false;
    if (!wanted || source->text.n == before)
        return true;
    return wanted == 2 && GMIME_IS_MULTIPART(object);
}

/* One of several versions is read; what is no version of it is read, too. An empty plain
 * version beside a full one is the work of programs that make only one of them well. */
static void read_alternatives(struct mail_source *source, GMimeMultipart *multipart,
                              unsigned depth)
{
    size_t before = source->text.n;
    int count = g_mime_multipart_get_count(multipart);

    for (int wanted = 3; wanted >= 0; wanted--)
        for (int i = 0; i < count; i++) {
            GMimeObject *object = g_mime_multipart_get_part(multipart, i);

            if (wants(source, object, wanted, before))
                read_part(source, object, depth);
        }
}

static void read_multipart(struct mail_source *source, GMimeObject *object,
                           unsigned depth)
{
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int count = g_mime_multipart_get_count(multipart);

    if (str_is(mail_part_mime(source->op, object), "multipart/alternative")) {
        read_alternatives(source, multipart, depth);
        return;
    }
    for (int i = 0; i < count; i++)
        read_part(source, g_mime_multipart_get_part(multipart, i), depth);
}

static void read_within(struct mail_source *source, GMimeObject *object, unsigned depth)
{
    if (GMIME_IS_MULTIPART(object))
        read_multipart(source, object, depth);
    else if (GMIME_IS_MESSAGE_PART(object))
        read_inner_mail(source, object);
    else if (GMIME_IS_PART(object))
        read_leaf(source, object);
}

static void read_part(struct mail_source *source, GMimeObject *object, unsigned depth)
{
    if (!object)
        return;
    if (++source->parts > MAIL_MAX_PARTS || depth > MAIL_MAX_DEPTH) {
        leave_out(source->mail, mail_part_mime(source->op, object), 0);
        return;
    }
    read_within(source, object, depth + 1);
}

/* The Message-ID in what a report gave back. */
static struct str returned_id(struct op *op, struct str head)
{
    struct str rest = head;

    while (rest.n) {
        struct str line = str_cut(rest, '\n', &rest), value;
        struct str name = str_cut(line, ':', &value);

        if (str_eq_ignore_case(str_trim(name), STR("message-id")))
            return usable_id(op, str_trim(value).n ? value : str_cut(rest, '\n', &rest));
        if (!str_trim(line).n)
            break;
    }
    return STR("");
}

static void read_body(struct mail_source *source)
{
    struct op *op = source->op;
    struct mail *mail = source->mail;
    struct str text;

    read_part(source, g_mime_message_get_mime_part(source->message), 0);
    if (mail->bounce.reason.n) {
        mail->bounce.message_id = returned_id(op, source->returned);
        if (!mail->bounce.message_id.n)
            mail->bounce.message_id = mail->newest;
    }
    text = str_trim(strbuf_str(&source->text));
    if (text.n > ITEM_MAX_BODY - ROOM - UNNAMED * 8) { /* room for words of the house */
        add_file(source, STR("mail.txt"), STR("text/plain"), text);
        text.n = utf8_valid_prefix(str_sub(text, 0, ITEM_MAX_BODY / 2));
        text = arena_fmt(op->arena, STR_FMT "\n[… mail.txt]", STR_ARG(text));
    }
    mail->text = text;
}

static GMimeMessage *parse(struct str bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message;

    g_mime_parser_set_format(parser, str_starts(bytes, STR("From "))
                                         ? GMIME_FORMAT_MBOX
                                         : GMIME_FORMAT_MESSAGE);
    message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

/* A header that never ends is not one: what is behind the ceiling is text. */
static struct str bounded(struct op *op, struct str bytes)
{
    struct str head = str_sub(bytes, 0, MAIL_MAX_HEADER), rest;
    size_t cut;

    if (bytes.n <= MAIL_MAX_HEADER || str_find(head, STR("\n\n")) >= 0 ||
        str_find(head, STR("\r\n\r\n")) >= 0)
        return bytes;
    cut = head.n;
    while (cut > 0 && head.p[cut - 1] != '\n')
        cut--;
    rest = str_sub(bytes, cut, bytes.n);
    return arena_fmt(op->arena, STR_FMT "\r\n" STR_FMT, STR_ARG(str_sub(bytes, 0, cut)),
                     STR_ARG(rest));
}

/* Some line before the first empty one names a field. */
static bool has_header(struct str bytes)
{
    struct str rest = str_sub(bytes, 0, MAIL_MAX_HEADER);

    while (rest.n) {
        struct str line = str_cut(rest, '\n', &rest), value;
        struct str name = str_trim(str_cut(line, ':', &value));
        bool field = name.n > 0 && name.n < line.n;

        for (size_t i = 0; field && i < name.n; i++)
            field =
                (unsigned char)name.p[i] > ' ' && name.p[i] != '{' && name.p[i] != '"';
        if (field)
            return true;
    }
    return false;
}

int mail_open(struct op *op, struct str bytes, GMimeMessage **ret)
{
    if (!has_header(bytes))
        return op_fail_field(op, "mail", "has no header");
    start_library();
    *ret = parse(bounded(op, bytes));
    if (!*ret)
        return op_fail_field(op, "mail", "cannot be read");
    arena_defer(op->arena, unref, *ret);
    return 0;
}

int mail_read(struct op *op, struct str bytes, struct mail *ret)
{
    struct mail mail = { .automatic = false };
    struct mail_source source = { .op = op, .mail = &mail, .text = STRBUF(op->arena) };
    int r;

    r = mail_open(op, bytes, &source.message);
    if (r < 0)
        return r;
    mail.designed = mail_is_designed(op, source.message);
    read_head(&source);
    read_body(&source);
    if (!mail.message_id.n)
        mail.message_id =
            arena_fmt(op->arena, "hash:" STR_FMT, STR_ARG(hashed(op, bytes)));
    mail.automatic = mail_is_automatic(&source, &mail);
    *ret = mail;
    return 0;
}
