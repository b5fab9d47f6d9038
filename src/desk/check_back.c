/* check_back.c - the text that is proposed and the sending by a person. */
#include "desk/desk.h"

#include "admin/workspace.h"
#include "base/strbuf.h"
#include "text/lists.h"
#include "text/warning.h"

/* One sentence for each language and form of address. */
static const struct {
    const char *with_topic, *without;
} texts[] = {
    { "Guten Tag {name}, wie sieht es denn aus mit {topic}? Hat die Lösung bei Ihnen "
      "gehalten?",
      "Guten Tag {name}, wie sieht es denn aus? Hat die Lösung bei Ihnen gehalten?" },
    { "Hallo {name}, wie sieht es denn aus mit {topic}? Hat die Lösung gehalten?",
      "Hallo {name}, wie sieht es denn aus? Hat die Lösung gehalten?" },
    { "Hello {name}, how are things with {topic}? Did the solution hold?",
      "Hello {name}, how are things? Did the solution hold?" },
};

static size_t pick(struct str language, struct str form)
{
    if (str_is(language, "en"))
        return 2;
    return str_is(form, "du") ? 1 : 0;
}

static struct str fill(struct op *op, struct str text, struct str name, struct str topic)
{
    struct strbuf out = STRBUF(op->arena);

    while (text.n) {
        struct str rest = text;
        struct str word = str_cut(text, '{', &rest);
        bool is_field = word.n < text.n;

        strbuf_add(&out, word);
        text = rest;
        if (is_field)
            strbuf_add(&out, str_is(str_cut(text, '}', &text), "name") ? name : topic);
    }
    return strbuf_str(&out);
}

int desk_check_back_draft(struct op *op, const struct check_back *cb, struct str *ret)
{
    struct workspace workspace;
    struct conversation c;
    struct person person;
    size_t i;
    int r;

    r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    r = conversation_need(op, cb->conversation_id, &c);
    if (r < 0)
        return r;
    r = person_get(op, c.person_id, &person);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a check-back has no person");
    i = pick(workspace.language, person.address_form);
    *ret = fill(op, str_of(c.topic.n ? texts[i].with_topic : texts[i].without),
                person.name, c.topic);
    return 0;
}

int desk_check_back_place(struct op *op, int64_t conversation_id, struct str *ret)
{
    struct message last;
    struct thread thread;
    struct conversation c;
    int r;

    r = message_newest_out(op, conversation_id, 0, &last);
    if (r < 0)
        return r;
    if (r == 0) {
        *ret = last.visibility;
        return 0;
    }
    r = conversation_need(op, conversation_id, &c);
    if (r < 0)
        return r;
    r = thread_get(op, c.thread_id, &thread);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no thread");
    *ret = thread.visibility;
    return 0;
}

/* A check-back asks whether it held; it sells nothing. What it may begin with is the
 * warning of what it answers, and those words are not ours. */
static int check_no_advertising(struct op *op, struct str body)
{
    const struct text_lists defaults = { .count = 0 };
    struct text_prepared text;
    struct str words;

    (void)warning_cut(body, &words);
    text = text_prepare(op->arena, words);
    if (text_list_find(&text, text_lists_words(&defaults, TEXT_ADVERTISING, "")) < 0)
        return 0;
    return op_fail_field_as(
        op, "body", "advertising",
        "has words of advertising: a check-back asks, it sells nothing");
}

int desk_check_back_send(struct op *op, int64_t id, struct str body, bool needs_approval,
                         struct message *ret_message, struct outbox *ret_box)
{
    struct desk_reply reply = { .body = body, .needs_approval = needs_approval };
    struct check_back cb;
    struct message message;
    struct outbox box;
    int r;

    r = check_back_get(op, id, &cb);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such check-back");
    if (!str_is(cb.state, "due") && !str_is(cb.state, "planned"))
        return op_fail_as(op, ERR_CONFLICT, "check_back_done",
                          "this check-back is already " STR_FMT, STR_ARG(cb.state));
    if (str_is(cb.state, "planned") && cb.due_at > op->now)
        return op_fail_as(op, ERR_CONFLICT, "check_back_not_due",
                          "this check-back is not due yet");
    r = check_no_advertising(op, body);
    if (r < 0)
        return r;
    reply.conversation_id = cb.conversation_id;
    reply.check_back_id = id;
    r = desk_check_back_place(op, cb.conversation_id, &reply.visibility);
    if (r < 0)
        return r;
    r = desk_reply(op, &reply, &message, &box);
    if (r < 0)
        return r;
    r = check_back_mark_sent(op, id, message.id);
    if (r < 0)
        return r;
    *ret_message = message;
    *ret_box = box;
    return 0;
}
