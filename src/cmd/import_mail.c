/* import_mail.c - the mails of a file: one (.eml), or many (mbox).
 *
 * In a file of many a line that begins with "From ", after an empty one, begins a mail;
 * lines of a mail that begin so have a ">" before it (RFC 4155, mboxrd).
 */
#include "cmd/import_mail.h"

#include "channel/email.h"
#include "channel/mail.h"

enum { PIECE = 16 * 1024 };

static bool is_separator(struct str line)
{
    return str_starts(line, STR("From "));
}

/* ">From " and ">>From " had one ">" less. */
static struct str unquoted(struct str line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] == '>')
        n++;
    return n && is_separator(str_sub(line, n, line.n)) ? str_sub(line, 1, line.n) : line;
}

/* A line with its end, or a piece of one that is longer than the room; 0: the end. */
static size_t read_piece(FILE *file, char *to, size_t room)
{
    size_t n = 0;
    int c;

    while (n < room && (c = getc(file)) != EOF) {
        to[n++] = (char)c;
        if (c == '\n')
            break;
    }
    return n;
}

/* The bytes of one mail; `*ret_size`: how many it has in truth. */
static struct str read_bytes(struct op *op, struct import_mail *from, int64_t *ret_size)
{
    struct strbuf out = STRBUF(op->arena);
    bool empty_before = true, at_begin = true;
    char buffer[PIECE];
    size_t n;

    *ret_size = 0;
    from->more = false;
    while ((n = read_piece(from->file, buffer, sizeof(buffer))) > 0) {
        struct str line = { buffer, n };
        bool separates = at_begin && empty_before && is_separator(line);

        if (!from->begun) {
            from->begun = true;
            from->many = separates;
            if (from->many)
                continue;
        }
        if (from->many && separates) {
            from->more = true;
            break;
        }
        empty_before = at_begin && !str_trim(line).n;
        line = from->many && at_begin ? unquoted(line) : line;
        at_begin = buffer[n - 1] == '\n';
        *ret_size += (int64_t)line.n;
        if (out.n + line.n <= MAIL_MAX_BYTES)
            strbuf_add(&out, line);
    }
    return strbuf_str(&out);
}

/* What we wrote ourselves lay in the folder of what was sent. */
static struct str box_of(struct op *op, struct str bytes, struct str us)
{
    struct mail *mail = arena_new(op->arena, struct mail, 1);
    struct err before = op->err;

    if (mail_read(op, bytes, mail) < 0)
        op->err = before;
    return us.n && str_eq_ignore_case(mail->from.address, us) ? STR("sent")
                                                              : STR("inbox");
}

int import_mail_next(struct op *op, struct import_mail *from, struct str *ret)
{
    struct email_envelope envelope = { .at = 0 };
    struct email_account account;
    struct str bytes;
    int64_t size;

    if (from->begun && !from->more)
        return 0;
    bytes = read_bytes(op, from, &size);
    if (!from->begun)
        return 0;
    email_account(op, from->settings, &account);
    envelope.us = account.address;
    envelope.box = box_of(op, bytes, account.address);
    envelope.size = size > (int64_t)bytes.n ? size : 0;
    *ret = email_item(op, &envelope, bytes);
    return 1;
}
