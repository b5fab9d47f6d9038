/* fuzz_mail.c - any bytes are a mail within the ceilings of an item, or refused with
 * words; and whatever a text is taken apart into, nothing of it is made up. Input: a
 * mail, with or without the line before it. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/email.h"
#include "channel/mail.h"
#include "text/charset.h"
#include "text/quote.h"

static bool is_text(struct str text)
{
    return utf8_is_valid(text) && (!text.n || !memchr(text.p, 0, text.n));
}

static void check_item(const struct item *item)
{
    PROMISE(item->external_id.n > 0 && item->external_id.n <= ITEM_MAX_ID);
    PROMISE(item->thread.external_id.n > 0 && item->thread.external_id.n <= ITEM_MAX_ID);
    PROMISE(item->parent_external_id.n <= ITEM_MAX_ID);
    PROMISE(item->author.external_id.n <= ITEM_MAX_ID);
    PROMISE((item->body.n > 0) != item->wordless);
    PROMISE(item->body.n <= ITEM_MAX_BODY && is_text(item->body));
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->thread.title) <= ITEM_MAX_NAME);
    PROMISE(is_text(item->author.name) && is_text(item->thread.title));
    PROMISE(is_text(item->external_id) && is_text(item->undelivered));
    PROMISE(item->file_count <= ITEM_MAX_FILES && item->sent_at >= 0);
    for (size_t i = 0; i < item->file_count; i++)
        PROMISE(item->files[i].bytes.n <= ITEM_MAX_FILE && item->files[i].name.n > 0);
}

static void check_parts(struct str text)
{
    struct text_parts parts = text_parts(text);

    PROMISE(parts.own.n + parts.signature.n + parts.quoted.n <= text.n);
    PROMISE(!parts.signature.n || parts.signature.p >= parts.own.p + parts.own.n);
}

static void check_words(struct op *op, struct str bytes)
{
    static const char *const sets[] = { "", "utf-7", "iso-2022-jp", "gb18030", "utf-16" };

    for (size_t i = 0; i < COUNT_OF(sets); i++)
        PROMISE(is_text(text_from_charset(op->arena, bytes, str_of(sets[i]))));
    PROMISE(is_text(email_words(op, bytes)));
    (void)imap_time(op, bytes); /* any date, or none */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct mail *mail = arena_new(&arena, struct mail, 1);
    struct item item;
    int r = mail_read(&op, INPUT, mail);

    PROMISE(r == 0 || (r == (int)op.err.kind && op.err.text.n > 0));
    op.err = (struct err){ 0 };
    r = email_parse(&op, INPUT, &item);
    if (r == 0)
        check_item(&item);
    else
        PROMISE(r == (int)op.err.kind && op.err.text.n > 0);
    check_parts(INPUT);
    check_words(&op, INPUT);
    return 0;
}
