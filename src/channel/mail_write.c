/* mail_write.c - a reply as a mail.
 *
 * Written by hand, since it is little: UTF-8 in quoted-printable, files in base64, words
 * in the header as RFC 2047 and file names as RFC 2231 have them. The same draft gives
 * the same bytes.
 */
#include "channel/mail.h"

#include "base/bytes.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "net/http.h"

enum { LINE = 76, WORD_BYTES = 42, FILE_LINE = 57 };

bool mail_is_address(struct str text)
{
    struct str domain, local = str_cut(text, '@', &domain);

    if (!local.n || !domain.n || text.n > MAIL_MAX_ADDRESS)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || (unsigned char)text.p[i] > '~' ||
            strchr("<>\"\\(),:;[]", text.p[i]))
            return false;
    return str_find(domain, STR("@")) < 0;
}

static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || (unsigned char)text.p[i] > '~')
            return false;
    return str_find(text, STR("=?")) < 0 && text.n <= LINE - 20;
}

/* Words of a header: as they are, or in pieces that each fit into a line. */
static void add_words(struct strbuf *out, struct str words)
{
    bool first = true;

    words = utf8_repair(out->arena, words);
    if (is_plain(words)) {
        strbuf_add(out, words);
        return;
    }
    while (words.n) {
        size_t n = 0, next;

        while (n < words.n) {
            utf8_next(str_sub(words, n, words.n), &next);
            if (n + next > WORD_BYTES)
                break;
            n += next;
        }
        strbuf_fmt(out, "%s=?UTF-8?B?" STR_FMT "?=", first ? "" : "\r\n ",
                   STR_ARG(base64_encode(out->arena, str_sub(words, 0, n))));
        words = str_sub(words, n, words.n);
        first = false;
    }
}

static void add_address(struct strbuf *out, const char *field,
                        const struct mail_address *address)
{
    bool quoted = is_plain(address->name);

    strbuf_fmt(out, "%s: ", field);
    if (address->name.n) {
        if (quoted)
            strbuf_char(out, '"');
        for (size_t i = 0; quoted && i < address->name.n; i++) {
            if (strchr("\"\\", address->name.p[i]))
                strbuf_char(out, '\\');
            strbuf_char(out, address->name.p[i]);
        }
        if (quoted)
            strbuf_char(out, '"');
        else
            add_words(out, address->name);
        strbuf_add(out, STR("\r\n "));
    }
    strbuf_fmt(out, "<" STR_FMT ">\r\n", STR_ARG(address->address));
}

/* "Sat, 28 Nov 2026 18:00:00 +0000". */
static void add_date(struct strbuf *out, int64_t at)
{
    struct str date = http_date(out->arena, at);

    strbuf_fmt(out, "Date: " STR_FMT "+0000\r\n", STR_ARG(str_sub(date, 0, date.n - 3)));
}

/* Each id on a line of its own: together they may be long. */
static void add_ids(struct strbuf *out, const char *field, struct str ids)
{
    bool first = true;

    if (!ids.n)
        return;
    strbuf_fmt(out, "%s:", field);
    while (ids.n) {
        struct str id = str_cut(ids, ' ', &ids);

        if (!id.n)
            continue;
        strbuf_fmt(out, "%s <" STR_FMT ">", first ? "" : "\r\n", STR_ARG(id));
        first = false;
    }
    strbuf_add(out, STR("\r\n"));
}

/* One line of text, quoted-printable, soft breaks where it is long. */
static void add_line(struct strbuf *out, struct str line)
{
    size_t column = 0;

    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        bool last = i + 1 == line.n;
        bool plain =
            (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !last);
        /* Programs on the way take a dot or "From " at the front for something else. */
        bool front = column == 0 && (c == '.' || c == 'F');

        if (column + (plain && !front ? 1 : 3) > LINE - 1) {
            strbuf_add(out, STR("=\r\n"));
            column = 0;
        }
        if (plain && !front)
            strbuf_char(out, (char)c);
        else
            strbuf_fmt(out, "=%02X", c);
        column += plain && !front ? 1 : 3;
    }
    strbuf_add(out, STR("\r\n"));
}

static void add_text(struct strbuf *out, struct str text)
{
    strbuf_add(out, STR("Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
    while (text.n) {
        struct str line = str_cut(text, '\n', &text);

        if (str_ends(line, STR("\r")))
            line.n--;
        add_line(out, line);
    }
}

static void add_file(struct strbuf *out, const struct item_file *file)
{
    struct str bytes = file->bytes;
    struct str name = utf8_repair(out->arena, file->name);

    strbuf_fmt(out, "Content-Type: " STR_FMT "\r\n", STR_ARG(file->mime));
    strbuf_add(out, STR("Content-Transfer-Encoding: base64\r\n"
                        "Content-Disposition: attachment;\r\n filename*=UTF-8''"));
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            c == '.' || c == '-' || c == '_')
            strbuf_char(out, c);
        else
            strbuf_fmt(out, "%%%02X", (unsigned char)c);
    }
    strbuf_add(out, STR("\r\n\r\n"));
    for (size_t at = 0; at < bytes.n; at += FILE_LINE) {
        strbuf_add(out, base64_encode(out->arena, str_sub(bytes, at, FILE_LINE)));
        strbuf_add(out, STR("\r\n"));
    }
}

struct str mail_write(struct op *op, const struct mail_draft *draft)
{
    struct strbuf out = STRBUF(op->arena);
    struct str rest, boundary = str_cut(draft->message_id, '@', &rest);

    add_date(&out, draft->date);
    add_address(&out, "From", &draft->from);
    add_address(&out, "To", &draft->to);
    strbuf_fmt(&out, "Message-ID: <" STR_FMT ">\r\n", STR_ARG(draft->message_id));
    add_ids(&out, "In-Reply-To", draft->in_reply_to);
    add_ids(&out, "References", draft->references);
    strbuf_add(&out, STR("Subject: "));
    add_words(&out, draft->subject);
    if (draft->automatic)
        strbuf_add(&out, STR("\r\nAuto-Submitted: auto-generated"));
    strbuf_add(&out, STR("\r\nMIME-Version: 1.0\r\n"));
    if (!draft->file_count) {
        add_text(&out, draft->text);
        return strbuf_str(&out);
    }
    /* "=_" stands in no text that is quoted-printable, nor in base64. */
    strbuf_fmt(&out, "Content-Type: multipart/mixed; boundary=\"=_" STR_FMT "\"\r\n\r\n",
               STR_ARG(boundary));
    strbuf_fmt(&out, "--=_" STR_FMT "\r\n", STR_ARG(boundary));
    add_text(&out, draft->text);
    for (size_t i = 0; i < draft->file_count; i++) {
        strbuf_fmt(&out, "--=_" STR_FMT "\r\n", STR_ARG(boundary));
        add_file(&out, &draft->files[i]);
    }
    strbuf_fmt(&out, "--=_" STR_FMT "--\r\n", STR_ARG(boundary));
    return strbuf_str(&out);
}
