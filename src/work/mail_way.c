/* mail_way.c - by which channel an answer goes on by mail, when, and in which words. */
#include "work/mail_way.h"

#include "admin/workspace.h"
#include "channel/webchat.h"
#include "dialogue/visit.h"
#include "work/mailbox.h"

/* {} is the name that stands above the chat or the form. */
static const struct words {
    const char *language, *subject, *form_subject, *foot, *form_foot;
} words[] = {
    { "en", "Chat with {}", "Your message to {}",
      "This address was left in the chat with {} for answers. Whoever answers this mail "
      "goes on in the same conversation.",
      "This address was left in the contact form of {} for answers. Whoever answers this "
      "mail goes on in the same conversation." },
    { "de", "Chat mit {}", "Nachricht an {}",
      "Diese Adresse wurde im Chat mit {} für Antworten angegeben. Wer auf diese Mail "
      "antwortet, schreibt im selben Gespräch weiter.",
      "Diese Adresse wurde im Kontaktformular von {} für Antworten angegeben. Wer auf "
      "diese Mail antwortet, schreibt im selben Gespräch weiter." },
};

int64_t mail_way_wait_ms(const struct connector *connector)
{
    return connector == &connector_webchat ? MAIL_WAY_UNSEEN_MS : 0;
}

int mail_way_follow(struct op *op, const struct outbox *box,
                    const struct connector *connector)
{
    struct outbox copy = { .conversation_id = box->conversation_id,
                           .message_id = box->message_id };
    struct outbox before;
    struct mail_wish wish;
    struct conversation c;
    struct message message;
    int r = message_get(op, box->message_id, &message);

    if (r || message.channel_id != box->channel_id)
        return r < 0 ? r : 0;
    r = mail_wish_get(op, message.thread_id, &wish);
    if (r)
        return r < 0 ? r : 0;
    r = mail_copy_of(op, message.id, &before);
    if (r != MAIL_COPY_NONE)
        return r < 0 ? r : 0;
    r = conversation_need(op, box->conversation_id, &c);
    if (r >= 0)
        r = mailbox_find(op, MAILBOX_ANSWERS, c.department_id, &copy.channel_id);
    if (r)
        return r < 0 ? r : 0;
    copy.send_after_at = op->now + mail_way_wait_ms(connector);
    return outbox_add(op, &copy);
}

int mail_way_needless(struct op *op, const struct message *message, const char **ret)
{
    struct visit_message shown;
    struct visit_seen seen;
    struct mail_wish wish;
    int r = mail_wish_get(op, message->thread_id, &wish);

    *ret = NULL;
    if (r < 0)
        return r;
    if (r == MAIL_WISH_NONE || message->removed_at) {
        *ret = "withdrawn";
        return 0;
    }
    r = visit_message(op, message->thread_id, message->id, &shown);
    if (r)
        return r < 0 ? r : 0;
    r = visit_seen(op, message->thread_id, &seen);
    if (r == 0 && seen.message_id &&
        (seen.message_id == message->id || seen.message_at >= shown.at))
        *ret = "seen";
    return r;
}

static struct str fill(struct op *op, const char *text, struct str name)
{
    struct str all = str_of(text);
    size_t at = (size_t)str_find(all, STR("{}"));

    return arena_fmt(op->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(all, 0, at)),
                     STR_ARG(name), STR_ARG(str_sub(all, at + 2, all.n)));
}

/* What stands above the chat, or the form. */
static int name_of(struct op *op, const struct channel *channel, bool is_chat,
                   struct str *ret)
{
    const struct json *settings;
    struct workspace workspace;
    int r = connect_settings(op, channel, &settings);

    *ret = channel->name;
    if (!is_chat)
        return r;
    if (r >= 0)
        r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    *ret = json_text(settings, "title");
    if (!ret->n)
        *ret = workspace.name;
    return 0;
}

int mail_way_dress(struct op *op, const struct mail_wish *wish,
                   const struct conversation *c, struct outbound *out)
{
    const struct words *w = &words[str_is(wish->language, "de")];
    struct channel channel;
    struct str name, foot;
    bool is_chat = false;
    int r = channel_get(op, c->channel_id, &channel);

    if (r == 0) {
        is_chat = connector_by_network(channel.network) == &connector_webchat;
        r = name_of(op, &channel, is_chat, &name);
    }
    if (r)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no channel");
    foot = fill(op, is_chat ? w->foot : w->form_foot, name);
    out->to = wish->address;
    out->subject = fill(op, is_chat ? w->subject : w->form_subject, name);
    out->thread_external_id = STR("");
    out->body = arena_fmt(op->arena, STR_FMT "\n\n-- \n" STR_FMT "\n", STR_ARG(out->body),
                          STR_ARG(foot));
    return 0;
}
