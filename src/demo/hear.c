/* hear.c - what comes in: an item of the channel, through the intake that webhooks use.
 */
#include "demo/talk.h"

#include "base/bytes.h"
#include "base/json.h"
#include "channel/webchat.h"
#include "base/strbuf.h"
#include "dialogue/message.h"
#include "dialogue/status_link.h"
#include "job/job.h"
#include "work/work_intake.h"

static bool is_german(const struct persona *who)
{
    return str_is(who->form, "du") || str_is(who->form, "sie");
}

static void put_author(struct json_writer *w, const struct play *p, const struct heard *h)
{
    const struct persona *who = p->voices[h->voice].who;

    json_begin_object(w, "author");
    if (h->by_us) {
        json_put_c(w, "external_id", "radwerk");
        json_put_c(w, "handle", "radwerk_lindenau");
        json_put_c(w, "name", "Radwerk Lindenau");
        json_put_bool(w, "is_us", true);
    } else if (p->place->greets) {
        json_put_text(w, "external_id", who->email);
        json_put_text(w, "handle", who->email);
        json_put_text(w, "name", who->name);
    } else {
        json_put_text(w, "external_id", arena_fmt(w->buf.arena, "u-%zu", who->number));
        json_put_text(w, "handle", who->handle);
        json_put_text(w, "name", who->name);
        json_put_int(w, "followers", p->place->is_public ? who->followers : 0);
    }
    json_end_object(w);
}

static void put_thread(struct json_writer *w, const struct play *p)
{
    json_begin_object(w, "thread");
    json_put_text(w, "external_id", p->thread_id);
    json_put_c(w, "kind", p->place->thread_kind);
    json_put_c(w, "visibility", p->place->is_public ? "public" : "private");
    json_put_text(w, "title", p->title);
    if (p->place->is_public)
        json_put_text(w, "url",
                      arena_fmt(w->buf.arena, "https://%s.example.org/radwerk/" STR_FMT,
                                p->place->key, STR_ARG(p->thread_id)));
    json_end_object(w);
}

static void put_file(struct json_writer *w, struct demo *d, const char *list,
                     enum talk_file kind)
{
    struct talk_bytes file = talk_make_file(w->buf.arena, &d->dice, kind);

    json_begin_array(w, list);
    json_begin_object(w, NULL);
    json_put_text(w, "name", file.name);
    json_put_text(w, "mime", file.mime);
    json_put_text(w, "base64", base64_encode(w->buf.arena, file.bytes));
    json_end_object(w);
    json_end_array(w);
}

static bool is_form(const struct play *p)
{
    return str_is(p->place->connected.channel.network, "form");
}

/* What only a page of ours can say. Nobody knows the secret of a status page made here:
 * the desk makes a new one when it is asked for. */
static void put_page(struct op *op, struct demo *d, struct json_writer *w,
                     const struct play *p, const struct heard *h)
{
    struct str secret =
        arena_fmt(op->arena, "%016llx%016llx", (unsigned long long)dice_next(&d->dice),
                  (unsigned long long)dice_next(&d->dice));

    if (h->held)
        json_put_c(w, "moderation", "held");
    if (!is_form(p))
        return;
    json_put_bool(w, "private", true);
    if (!p->voices[h->voice].last_id.n)
        json_put_text(w, "status_hash", status_link_hash(op, secret));
}

/* The channel's own bytes, as docs/api.md shows them. */
static struct str item_of(struct op *op, struct demo *d, const struct play *p,
                          const struct heard *h)
{
    const struct persona *who = p->voices[h->voice].who;
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "external_id", h->external_id);
    put_thread(&w, p);
    if (h->parent_id.n)
        json_put_text(&w, "parent_external_id", h->parent_id);
    put_author(&w, p, h);
    json_put_text(&w, "body", h->body);
    json_put_text(&w, "language", h->by_us || is_german(who) ? STR("de") : who->form);
    json_put_time(&w, "sent_at", h->sent_at);
    if (h->edited_at)
        json_put_time(&w, "edited_at", h->edited_at);
    if (h->removed_at)
        json_put_time(&w, "removed_at", h->removed_at);
    if (h->likes) {
        json_begin_object(&w, "reactions");
        json_put_int(&w, "like", h->likes);
        json_end_object(&w);
    }
    if (h->file)
        put_file(&w, d, "attachments", h->file);
    put_page(op, d, &w, p, h);
    json_end_object(&w);
    return json_done(&w);
}

static bool is_webchat(const struct play *p)
{
    return str_is(p->place->connected.channel.network, "webchat");
}

/* What the window of a web chat sends, in the envelope that says whose browser it is.
 * Two of three of those who write German give no name. */
static struct str chat_of(struct op *op, struct demo *d, const struct play *p,
                          const struct heard *h)
{
    const struct persona *who = p->voices[h->voice].who;
    struct webchat_visitor visitor = { .id = who->visitor };
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "client_id", h->external_id);
    json_put_text(&w, "body", h->body);
    if (who->habit % 3 == 0 || p->staged || !is_german(who))
        json_put_text(&w, "name", who->name);
    json_put_text(&w, "language", is_german(who) ? STR("de") : who->form);
    json_put_c(&w, "page_url", "https://radwerk.example.org/");
    json_put_c(&w, "page_title", "Radwerk Lindenau: Räder, Zelte, Reparaturen");
    if (h->file)
        put_file(&w, d, "files", h->file);
    json_end_object(&w);
    return webchat_wrap(op, &(const struct webchat_envelope){ .visitor = &visitor,
                                                              .message = json_done(&w) });
}

static int take_in(struct op *op, const struct play *p, const struct heard *h,
                   struct str item)
{
    struct intake_batch batch = { .to = &p->place->connected,
                                  .items = &item,
                                  .count = 1,
                                  .source = h->history              ? "import"
                                            : is_form(p) || h->held ? "form"
                                                                    : "webhook",
                                  .open_conversations = !h->history };
    struct intake_counts counts = { 0 };
    int r = intake_accept(op, &batch, &counts);

    if (r < 0)
        return r;
    if (counts.rejected_count)
        return op_fail(op, ERR_INTERNAL, "a message was refused: " STR_FMT,
                       STR_ARG(counts.rejected[0].reason));
    /* All of it was understood: nobody needs to sweep behind us. */
    return job_cancel(op, "intake", p->place->connected.channel.id);
}

/* The name under which the message is kept. */
static struct str known_as(struct op *op, const struct play *p, const struct heard *h)
{
    struct webchat_visitor visitor = { .id = p->voices[h->voice].who
                                                 ? p->voices[h->voice].who->visitor
                                                 : STR("") };

    return is_webchat(p) ? webchat_message_id(op, &visitor, h->external_id)
                         : h->external_id;
}

int talk_hear(struct op *op, struct demo *d, struct play *p, const struct heard *heard)
{
    struct voice *voice = &p->voices[heard->voice];
    struct heard h = *heard;
    struct message message;
    int r;

    if (!h.sent_at)
        h.sent_at = op->now - dice_between(&d->dice, 1, 9) * 1000;
    if (!h.external_id.n)
        h.external_id = arena_fmt(d->arena, "%c-%llu", h.by_us ? 'p' : 'm',
                                  (unsigned long long)++d->names);
    r = take_in(op, p, &h, is_webchat(p) ? chat_of(op, d, p, &h) : item_of(op, d, p, &h));
    if (r >= 0)
        r = message_by_external_id(op, p->place->connected.channel.id,
                                   known_as(op, p, &h), &message);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message got lost");
    voice->last_id = h.external_id;
    voice->person_id = message.person_id;
    if (message.conversation_id)
        voice->conversation_id = message.conversation_id;
    p->speaker = h.voice;
    p->message_id = message.id;
    d->heard += !heard->external_id.n;
    return 0;
}
