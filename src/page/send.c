/* send.c - what somebody wrote on a page of ours becomes a raw item like any other. */
#include "page/send.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "db/store.h"
#include "work/work_intake.h"

static void put_author(struct json_writer *w, const struct item_author *author)
{
    json_begin_object(w, "author");
    if (author->external_id.n)
        json_put_text(w, "external_id", author->external_id);
    if (author->handle.n)
        json_put_text(w, "handle", author->handle);
    if (author->name.n)
        json_put_text(w, "name", author->name);
    json_end_object(w);
}

static void put_files(struct op *op, struct json_writer *w, const struct item *item)
{
    json_begin_array(w, "attachments");
    for (size_t i = 0; i < item->file_count; i++) {
        json_begin_object(w, NULL);
        json_put_text(w, "name", item->files[i].name);
        json_put_text(w, "mime", item->files[i].mime);
        json_put_text(w, "base64", base64_encode(op->arena, item->files[i].bytes));
        json_end_object(w);
    }
    json_end_array(w);
}

static struct str bytes_of(struct op *op, const struct page_message *message)
{
    struct json_writer w = JSON_WRITER(op->arena);
    const struct item *item = &message->item;

    json_begin_object(&w, NULL);
    json_put_text(&w, "external_id", item->external_id);
    json_begin_object(&w, "thread");
    json_put_text(&w, "external_id", item->thread.external_id);
    json_put_text(&w, "kind", item->thread.kind);
    json_put_text(&w, "visibility", item->thread.visibility);
    if (item->thread.title.n)
        json_put_text(&w, "title", item->thread.title);
    json_end_object(&w);
    put_author(&w, &item->author);
    json_put_text(&w, "body", item->body);
    put_files(op, &w, item);
    if (message->parent_id)
        json_put_id(&w, "parent_id", message->parent_id);
    if (item->page.moderation.n)
        json_put_text(&w, "moderation", item->page.moderation);
    if (item->page.status_hash.n)
        json_put_text(&w, "status_hash", item->page.status_hash);
    if (item->page.mail.n) {
        json_put_text(&w, "mail", item->page.mail);
        json_put_text(&w, "mail_language", item->page.mail_language);
    }
    json_put_bool(&w, "private", item->page.is_private);
    json_end_object(&w);
    return json_done(&w);
}

struct sending {
    const struct page_message *message;
    struct connected to;
    struct str why;
    struct message found;
};

static int connect(struct op *op, void *ctx)
{
    struct sending *s = ctx;
    int r = connect_channel(op, s->message->channel_id, &s->to, &s->why);

    return r == CONNECT_NONE ? op_fail(op, ERR_NOT_FOUND, STR_FMT, STR_ARG(s->why)) : r;
}

static int find(struct op *op, void *ctx)
{
    struct sending *s = ctx;
    int r = message_by_external_id(op, s->message->channel_id,
                                   s->message->item.external_id, &s->found);

    if (r == MESSAGE_NOT_FOUND)
        s->found = (struct message){ .id = 0 };
    return r < 0 ? r : 0;
}

int page_send(struct op *op, const struct page_message *message, struct message *ret)
{
    struct sending s = { .message = message };
    struct str bytes = bytes_of(op, message);
    struct intake_batch batch = { .to = &s.to,
                                  .items = &bytes,
                                  .count = 1,
                                  .source = "form",
                                  .open_conversations = true };
    struct intake_counts counts = { 0 };
    int r = store_read(op, connect, &s);

    if (r == 0)
        r = intake_accept(op, &batch, &counts);
    if (r < 0)
        return r;
    if (counts.rejected_count)
        return op_fail(op, ERR_INTERNAL, "a page made what cannot be read: " STR_FMT,
                       STR_ARG(counts.rejected[0].reason));
    r = store_read(op, find, &s);
    if (r == 0)
        *ret = s.found;
    return r;
}

struct str page_message_name(struct op *op, struct str ticket, struct str text)
{
    unsigned char hash[16];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text.p, text.n, NULL,
                       0);
    return arena_fmt(op->arena, PAGE_MESSAGE STR_FMT ":" STR_FMT, STR_ARG(ticket),
                     STR_ARG(hex_encode(op->arena, (struct str){ (char *)hash, 8 })));
}

struct str page_author_key(struct op *op, struct str name, struct str email)
{
    unsigned char hash[16];
    struct str both;

    if (!email.n)
        return STR("");
    both =
        arena_fmt(op->arena, STR_FMT "\n" STR_FMT, STR_ARG(utf8_fold(op->arena, email)),
                  STR_ARG(utf8_fold(op->arena, name)));
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)both.p, both.n, NULL,
                       0);
    return arena_fmt(
        op->arena, PROFILE_TYPED STR_FMT,
        STR_ARG(hex_encode(op->arena, (struct str){ (char *)hash, sizeof(hash) })));
}
