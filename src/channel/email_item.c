/* email_item.c - a mail as the house knows messages. */
#include "channel/email.h"

#include "base/utf8.h"
#include "channel/mail.h"
#include "text/quote.h"

/* A date of the sender's clock counts while it is near the arrival. */
#define BEFORE_MS DAYS(7)
#define AFTER_MS  MINUTES(5)

struct str email_item(struct op *op, const struct email_envelope *envelope,
                      struct str mail)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct strbuf out = STRBUF(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "box", envelope->box);
    json_put_text(&w, "us", envelope->us);
    json_put_int(&w, "at", envelope->at);
    if (envelope->size)
        json_put_int(&w, "size", envelope->size);
    json_end_object(&w);
    strbuf_add(&out, json_done(&w));
    strbuf_char(&out, '\n');
    strbuf_add(&out, mail);
    return strbuf_str(&out);
}

/* The line before the mail, if there is one. */
static int read_envelope(struct op *op, struct str bytes, struct email_envelope *ret,
                         struct str *ret_mail)
{
    struct json *json;
    struct str line;
    int r;

    *ret = (struct email_envelope){ .box = STR("inbox"), .us = STR("") };
    *ret_mail = bytes;
    if (!str_starts(bytes, STR("{")))
        return 0;
    line = str_cut(bytes, '\n', ret_mail);
    r = json_parse(op, line, &json);
    if (r < 0)
        return r;
    ret->box = json_text(json, "box");
    ret->us = json_text(json, "us");
    ret->at = json_int(json, "at", 0);
    ret->size = json_int(json, "size", 0);
    return 0;
}

static int64_t sent_at(const struct email_envelope *envelope, const struct mail *mail)
{
    int64_t at = envelope->at;

    if (!at || !mail->sent_at)
        return at ? at : mail->sent_at;
    return mail->sent_at >= at - BEFORE_MS && mail->sent_at <= at + AFTER_MS
               ? mail->sent_at
               : at;
}

/* Who is answered: where they want answers, unless that is a list. Forms on web pages
 * write from an address of their own and name the person there. */
static void read_author(const struct email_envelope *envelope, const struct mail *mail,
                        struct item_author *ret)
{
    const struct mail_address *who = &mail->from;

    if (mail->reply_to.address.n && !mail->listed &&
        !str_eq_ignore_case(mail->reply_to.address, envelope->us))
        who = &mail->reply_to;
    ret->external_id = ret->handle = who->address;
    ret->name = mail->from.name.n && who == &mail->from ? mail->from.name : who->name;
    if (!ret->name.n)
        ret->name = mail->from.name;
    if (str_is(envelope->box, "sent"))
        *ret = (struct item_author){ .external_id = mail->from.address,
                                     .handle = mail->from.address,
                                     .name = mail->from.name,
                                     .is_us = true };
}

/* "draht-17@example.org" is the reply whose key is "draht-17". */
static struct str mark_of(struct str message_id)
{
    struct str rest, local = str_cut(message_id, '@', &rest);

    return str_starts(local, STR("draht-")) ? local : STR("");
}

/* The number of what we told one of our own people; 0: it was something else. */
static int64_t house_number(struct str message_id)
{
    struct str rest, local = str_cut(message_id, '@', &rest);
    int64_t number = 0;

    if (str_starts(local, STR(EMAIL_HOUSE_MARK)))
        (void)str_to_i64(str_sub(local, strlen(EMAIL_HOUSE_MARK), local.n), &number);
    return number;
}

/* Some say all they have to say in the subject. */
static void read_body(const struct email_envelope *envelope, const struct mail *mail,
                      struct item *item)
{
    item->body = mail->text.n ? mail->text : mail->subject;
    item->own = text_parts(item->body).own;
    item->left = mail->left;
    item->left_count = mail->left_count;
    item->left_in_all = mail->left_in_all;
    item->whole = envelope->size;
    item->wordless = !item->body.n;
}

int email_parse(struct op *op, struct str bytes, struct item *ret)
{
    struct email_envelope envelope;
    struct item item = { .thread.kind = STR("mail"),
                         .thread.visibility = STR("private") };
    struct mail *mail = arena_new(op->arena, struct mail, 1);
    struct str text;
    int r = read_envelope(op, bytes, &envelope, &text);

    if (r == 0)
        r = mail_read(op, text, mail);
    if (r < 0)
        return r;
    item.external_id = mail->message_id;
    item.parent_external_id = mail->newest;
    item.thread.external_id = mail->root.n ? mail->root : mail->message_id;
    item.thread.title = mail->subject;
    item.thread.follows_parent = true;
    item.thread.case_number = mail->token;
    item.sent_at = sent_at(&envelope, mail);
    read_body(&envelope, mail, &item);
    item.automatic = mail->automatic;
    item.designed = mail->designed;
    read_author(&envelope, mail, &item.author);
    if (item.author.is_us)
        item.mark = mark_of(mail->message_id);
    else if (envelope.us.n && str_eq_ignore_case(mail->from.address, envelope.us))
        item.automatic = true; /* who writes in our name is nobody that we answer */
    if (mail->bounce.reason.n && !item.author.is_us) {
        item.parent_external_id = mail->bounce.message_id;
        item.undelivered = mail->bounce.reason;
        item.untold = house_number(mail->bounce.message_id);
    }
    item.parent_mark = mark_of(item.parent_external_id);
    item.files = mail->files;
    item.file_count = mail->file_count;
    *ret = item;
    return 0;
}

int email_show(struct op *op, struct str bytes, struct safe_html *ret)
{
    struct email_envelope envelope;
    struct str mail;
    int r = read_envelope(op, bytes, &envelope, &mail);

    if (r == 0)
        r = mail_show(op, mail, ret);
    return r < 0 ? r : 0;
}
