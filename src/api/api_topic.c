/* api_topic.c - the topic that a person gives a conversation: under one name in all its
 * spellings, and an example for what comes. */
#include "api/api_show.h"

#include "dialogue/findings.h"
#include "dialogue/inbox.h"
#include "text/topics.h"
#include "work/understand.h"

/* As the lists know it; else as it was called before. */
int topic_name(struct op *op, struct str name, struct str *ret)
{
    struct text_lists lists;
    struct str *used;
    size_t count;
    int r;

    *ret = name;
    if (name.n == 0)
        return 0;
    r = understanding_lists(op, &lists);
    if (r >= 0)
        r = inbox_topics(op, &used, &count);
    if (r < 0)
        return r;
    *ret = topics_name(&lists, name);
    for (size_t i = 0; str_eq(*ret, name) && i < count; i++)
        if (topics_same(name, used[i]))
            *ret = used[i];
    return 0;
}

/* What began it: the first word of the person that stands. */
static int first_of(struct op *op, int64_t conversation_id, struct message *ret)
{
    struct message *list;
    size_t count;
    int r = message_list_conversation(op, conversation_id, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        if (!str_is(list[i].direction, "in") || list[i].removed_at || list[i].automatic)
            continue;
        *ret = list[i];
        return 0;
    }
    return r < 0 ? r : RECORD_NOT_FOUND;
}

/* What the program had said of the topic. */
static int compare(struct op *op, const struct message *msg, struct verdict *v)
{
    struct message_said said;
    struct found *list;
    size_t count = 0;
    int r = message_read(op, msg->id, msg->version, &said);

    if (r < 0)
        return r;
    v->model = said.model;
    count = findings_unpack(op->arena, said.findings, &list);
    for (size_t i = 0; i < count && !v->was_right; i++) {
        if (list[i].kind != FINDING_TOPIC)
            continue;
        v->was_found = 1;
        v->found_value = list[i].value;
        v->was_unsure = list[i].unsure;
        v->was_right = str_eq(list[i].value, v->value);
    }
    return 0;
}

int topic_judge(struct op *op, const struct api_call *call, const struct conversation *c)
{
    struct verdict verdict = { .account_id = call->who.account_id,
                               .kind = STR("topic"),
                               .value = c->topic,
                               .holds = 1 };
    struct message msg;
    int r = first_of(op, c->id, &msg);

    if (r)
        return r < 0 ? r : 0;
    if (c->topic.n == 0) {
        r = verdict_take_back(op, &msg, STR("topic"));
        return r < 0 ? r : 0;
    }
    r = compare(op, &msg, &verdict);
    return r < 0 ? r : verdict_add(op, &msg, &verdict);
}
