/* sort_again.c - what a conversation is about, summed up once more from its messages. */
#include "desk/desk.h"

#include "dialogue/findings.h"

/* The end of a long talk says what it is about now. */
enum { SUMMED_MESSAGES = 200 };

struct sorting {
    struct findings_sum first; /* the first of each that was said */
    uint32_t marks;
    bool answered; /* the messages from here on are about something new */
    bool unread;   /* some were never looked at: what was known of them before stays */
};

static int sum_message(struct op *op, const struct message *msg, struct sorting *s)
{
    struct message_said said;
    struct findings_sum sum;
    struct found *list;
    size_t count;
    int r = message_read(op, msg->id, msg->version, &said);

    if (r >= 0)
        r = findings_of(op, msg, &said, &list, &count);
    if (r < 0)
        return r;
    s->unread = s->unread || (!said.model.n && !said.judged);
    sum = findings_sum(list, count);
    s->marks = findings_marks_join(s->marks, sum.marks, s->answered);
    s->answered = false;
    if (!s->first.intent.n) {
        s->first.intent = sum.intent;
        s->first.intent_by = sum.intent_by;
    }
    if (!s->first.topic.n)
        s->first.topic = sum.topic;
    return 0;
}

static int sum_up(struct op *op, int64_t conversation_id, struct sorting *ret)
{
    struct message *list;
    size_t count, from;
    int r = message_list_conversation(op, conversation_id, &list, &count);

    if (r < 0)
        return r;
    from = count > SUMMED_MESSAGES ? count - SUMMED_MESSAGES : 0;
    for (size_t i = from; r >= 0 && i < count; i++) {
        if (list[i].automatic || list[i].removed_at)
            continue;
        if (str_is(list[i].direction, "out"))
            ret->answered = true;
        else
            r = sum_message(op, &list[i], ret);
    }
    return r;
}

int desk_sort_again(struct op *op, int64_t conversation_id)
{
    struct sorting s = { .answered = false };
    struct conversation old, now;
    int r = conversation_need(op, conversation_id, &old);

    if (r >= 0)
        r = sum_up(op, old.id, &s);
    if (r < 0)
        return r;
    now = old;
    now.marks = findings_marks_text(op->arena, s.marks);
    if (!str_is(now.intent_by, "person") && (s.first.intent.n || !s.unread)) {
        now.intent = s.first.intent;
        now.intent_by = s.first.intent_by;
    }
    if (!now.topic.n)
        now.topic = s.first.topic;
    if (str_eq(now.marks, old.marks) && str_eq(now.intent, old.intent) &&
        str_eq(now.intent_by, old.intent_by) && str_eq(now.topic, old.topic))
        return 0;
    r = conversation_update(op, &old, &now, "conversation.sorted", (struct str){ 0 });
    return r < 0 ? r : 0;
}
