/* talk.c - the messages of a thread as everybody may see them. */
#include "page/talk.h"

#include "admin/account.h"
#include "dialogue/person.h"
#include "dialogue/stmt.h"

/* A message and its place in the tree while it grows. */
struct node {
    struct talk_line line;
    struct node *first, *last, *next, *above;
};

static int unsent_of(struct op *op, const struct db_stmt *stmt, int64_t id,
                     struct map *ret)
{
    static const char there[] = "";
    DB_ROWS(rows);
    int r;

    *ret = MAP(op->arena);
    r = db_query(op, &rows, stmt, ARG_WS, ARG_INT(id), ARG_INT(op->now));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0)
        map_put_id(ret, db_int(rows, 0), (void *)there);
    return r;
}

int talk_unsent_of_case(struct op *op, int64_t conversation_id, struct map *ret)
{
    return unsent_of(op, &SQL_PUBLIC_UNSENT_CASE, conversation_id, ret);
}

/* What stands in the way of a message; false: nobody may see that it exists. */
static bool judge(const struct message *msg, const struct moderation *decision,
                  const struct map *unsent, struct talk *talk, struct talk_line *ret)
{
    *ret = (struct talk_line){ .msg = *msg, .shown = TALK_READABLE };
    if (!str_is(msg->visibility, "public") || map_get_id(unsent, msg->id))
        return false;
    if (decision && str_is(decision->state, "held")) {
        talk->held++;
        return false;
    }
    if (msg->removed_at) {
        ret->shown = TALK_REMOVED;
        talk->removed++;
    } else if (decision && str_is(decision->state, "hidden")) {
        ret->shown = TALK_HIDDEN;
        ret->reason = decision->reason;
        talk->hidden++;
    } else {
        talk->readable++;
    }
    return true;
}

static void join(struct node *root, struct map *nodes, struct node *node)
{
    struct node *above =
        node->line.msg.parent_id ? map_get_id(nodes, node->line.msg.parent_id) : NULL;

    if (!above || above == node)
        above = root;
    node->above = above;
    if (above->last)
        above->last->next = node;
    else
        above->first = node;
    above->last = node;
}

/* Depth first without recursion: a thread may be as deep as it is long. */
static void flatten(struct op *op, struct node *root, size_t count, struct talk *talk)
{
    struct node **stack = arena_new(op->arena, struct node *, count + 1);
    size_t top = 0;

    if (root->first)
        stack[top++] = root->first;
    while (top > 0) {
        struct node *n = stack[--top];

        n->line.depth = n->above == root ? 0 : n->above->line.depth + 1;
        if (n->next)
            stack[top++] = n->next;
        if (n->first)
            stack[top++] = n->first;
        talk->lines[talk->count] = n->line;
        map_put_id(&talk->by_id, n->line.msg.id, &talk->lines[talk->count]);
        talk->count++;
    }
}

static int read_decisions(struct op *op, int64_t thread_id, struct map *ret)
{
    struct moderation *list;
    size_t count;
    int r = moderation_list_thread(op, thread_id, &list, &count);

    *ret = MAP(op->arena);
    for (size_t i = 0; r == 0 && i < count; i++)
        map_put_id(ret, list[i].id, &list[i]);
    return r;
}

int talk_load(struct op *op, int64_t thread_id, struct talk *ret)
{
    struct talk talk = { .by_id = MAP(op->arena) };
    struct map decisions, unsent, by_id = MAP(op->arena);
    struct node *root = arena_new(op->arena, struct node, 1), *nodes;
    struct message *messages;
    size_t count, seen = 0;
    int r = message_list_thread(op, thread_id, &messages, &count);

    if (r == 0)
        r = read_decisions(op, thread_id, &decisions);
    if (r == 0)
        r = unsent_of(op, &SQL_PUBLIC_UNSENT, thread_id, &unsent);
    if (r < 0)
        return r;
    nodes = arena_new(op->arena, struct node, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct moderation *decision = map_get_id(&decisions, messages[i].id);

        if (!judge(&messages[i], decision, &unsent, &talk, &nodes[seen].line))
            continue;
        map_put_id(&by_id, messages[i].id, &nodes[seen]);
        seen++;
    }
    for (size_t i = 0; i < seen; i++)
        join(root, &by_id, &nodes[i]);
    talk.lines = arena_new(op->arena, struct talk_line, seen + 1);
    flatten(op, root, seen, &talk);
    *ret = talk;
    return 0;
}

const struct talk_line *talk_find(const struct talk *talk, int64_t message_id)
{
    return message_id ? map_get_id(&talk->by_id, message_id) : NULL;
}

int talk_author(struct op *op, const struct message *msg, struct str *ret)
{
    struct profile profile = { .id = 0 };
    struct account account = { .id = 0 };
    int r = 0;

    if (msg->account_id)
        r = account_get(op, msg->account_id, &account);
    if (r >= 0 && !account.id && msg->profile_id)
        r = profile_get(op, msg->profile_id, &profile);
    if (r < 0)
        return r;
    /* The handle of a form is an e-mail address; the name is always there. */
    *ret = account.id ? account.name : profile.name.n ? profile.name : profile.handle;
    return 0;
}
