/* api_thread.c - the whole tree of a thread, single messages, third parties. */
#include "api/api_show.h"

#include "work/connect.h"

/* Depth below the root, by walking up; a parent comes before its answers. */
static int64_t depth_of(struct map *depths, const struct message *msg)
{
    int64_t *above = msg->parent_id ? map_get_id(depths, msg->parent_id) : NULL;

    return above ? *above + 1 : 0;
}

/* Answers right below what they answer, in order of time: the tree, flat. */
struct node {
    struct message msg;
    struct node *first, *last, *next;
};

static struct node *grow(struct op *op, const struct message *messages, size_t count)
{
    struct node *root = arena_new(op->arena, struct node, 1);
    struct node *nodes = arena_new(op->arena, struct node, count + 1);
    struct map by_id = MAP(op->arena);

    for (size_t i = 0; i < count; i++) {
        nodes[i].msg = messages[i];
        map_put_id(&by_id, messages[i].id, &nodes[i]);
    }
    for (size_t i = 0; i < count; i++) {
        struct node *above =
            messages[i].parent_id ? map_get_id(&by_id, messages[i].parent_id) : NULL;

        if (!above || above == &nodes[i])
            above = root;
        if (above->last)
            above->last->next = &nodes[i];
        else
            above->first = &nodes[i];
        above->last = &nodes[i];
    }
    return root;
}

/* Depth first without recursion: a thread may be as deep as it is long. */
static int put_tree(struct show *s, struct node *root, size_t count)
{
    struct node **stack = arena_new(s->op->arena, struct node *, count + 1);
    struct map depths = MAP(s->op->arena);
    size_t top = 0;
    int r = 0;

    if (root->first)
        stack[top++] = root->first;
    while (r >= 0 && top > 0) {
        struct node *n = stack[--top];
        int64_t *depth = arena_new(s->op->arena, int64_t, 1);

        *depth = depth_of(&depths, &n->msg);
        map_put_id(&depths, n->msg.id, depth);
        if (n->next)
            stack[top++] = n->next;
        if (n->first)
            stack[top++] = n->first;
        json_begin_object(s->w, NULL);
        json_put_int(s->w, "depth", *depth);
        r = show_message_members(s, &n->msg);
        json_end_object(s->w);
    }
    return r;
}

static int put_thread(struct show *s, const struct thread *thread)
{
    struct json_writer *w = s->w;
    struct channel channel;
    int r = channel_get(s->op, thread->channel_id, &channel);

    if (r != 0)
        return r < 0 ? r : op_fail(s->op, ERR_INTERNAL, "a thread has no channel");
    json_put_id(w, "id", thread->id);
    json_begin_object(w, "channel");
    json_put_id(w, "id", channel.id);
    json_put_text(w, "name", channel.name);
    json_put_text(w, "network", channel.network);
    json_end_object(w);
    json_put_text(w, "external_id", thread->external_id);
    json_put_text(w, "kind", thread->kind);
    json_put_text(w, "visibility", thread->visibility);
    json_put_text(w, "url", thread->url);
    json_put_text(w, "title", thread->title);
    json_put_text(w, "permalink",
                  arena_fmt(s->op->arena, "/t/%lld", (long long)thread->id));
    return 0;
}

static int put_conversations(struct show *s, int64_t thread_id)
{
    struct conversation *list;
    size_t count;
    int r = conversation_list_thread(s->op, thread_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "conversations");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_conversation(s, NULL, &list[i]);
    json_end_array(s->w);
    return r;
}

static int thread_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct message *messages;
    struct thread thread;
    size_t count, hidden = 0;
    int r = thread_get(op, call->id, &thread);

    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no thread %lld", (long long)call->id);
    r = message_list_thread(op, thread.id, &messages, &count);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        hidden += messages[i].removed_at != 0;
    json_begin_object(&w, NULL);
    r = put_thread(&s, &thread);
    if (r < 0)
        return r;
    json_begin_object(&w, "counts");
    json_put_int(&w, "messages", (int64_t)count);
    json_put_int(&w, "hidden", (int64_t)hidden);
    json_end_object(&w);
    r = put_conversations(&s, thread.id);
    if (r < 0)
        return r;
    json_begin_array(&w, "messages");
    r = put_tree(&s, grow(op, messages, count), count);
    if (r < 0)
        return r;
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int need(struct op *op, int64_t id, struct message *ret)
{
    int r = message_get(op, id, ret);

    return r == RECORD_NOT_FOUND
               ? op_fail(op, ERR_NOT_FOUND, "there is no message %lld", (long long)id)
               : r;
}

/* A message belongs to the department of its conversation, wherever that was handed on
 * to; one that nobody owns to its channel's. */
int need_writable_message(struct op *op, const struct api_call *call, int64_t id,
                          struct message *ret)
{
    struct conversation c;
    struct channel channel;
    int r = need(op, id, ret);

    if (r >= 0 && ret->conversation_id) {
        r = conversation_need(op, ret->conversation_id, &c);
        return r < 0 ? r : api_need_department(op, call, c.department_id);
    }
    if (r >= 0)
        r = channel_get(op, ret->channel_id, &channel);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message has no channel");
    return api_need_department(op, call, channel.department_id);
}

/* Before the body is looked at: is it ours at all? */
static int allow_own(struct op *op, struct api_call *call)
{
    struct message msg;

    return need_writable_message(op, call, call->id, &msg);
}

static int answer_message(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct message msg;
    int r = message_get(op, id, &msg);

    if (r < 0)
        return r;
    r = show_message(&s, NULL, &msg);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int message_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct message msg;
    int r = need(op, call->id, &msg);

    return r < 0 ? r : answer_message(op, msg.id, ret);
}

static int message_patch(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct message old, now;
    int r = need_writable_message(op, call, call->id, &old);

    if (r < 0)
        return r;
    if (str_is(old.direction, "out"))
        return op_fail_as(op, ERR_CONFLICT, "own_message", "this message is our own");
    now = old;
    if (api_has(call, "third_party"))
        now.third_party = api_text(call, "third_party");
    r = message_update(op, &old, &now, "message.third_party");
    return r < 0 ? r : answer_message(op, old.id, ret);
}

static int message_confirm(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct message old, now;
    int r = need_writable_message(op, call, call->id, &old);

    if (r < 0)
        return r;
    if (str_is(old.direction, "out"))
        return op_fail_as(op, ERR_CONFLICT, "own_message", "this message is our own");
    now = old;
    now.confirmed_at = op->now;
    now.confirmed_by = call->who.account_id;
    if (now.third_party.n == 0)
        now.third_party = STR("helper");
    r = message_update(op, &old, &now, "message.confirmed");
    return r < 0 ? r : answer_message(op, old.id, ret);
}

/* Somebody talked about us and asked us nothing: joining needs one of three reasons,
 * which stands in the log. */
static int check_joining(struct op *op, const struct api_call *call,
                         const struct message *msg)
{
    struct str reason = api_text(call, "reason");
    struct event event = { .kind = "message.joined",
                           .thread_id = msg->thread_id,
                           .channel_id = msg->channel_id,
                           .message_id = msg->id,
                           .subject_id = msg->id };
    const struct connector *connector;
    struct channel channel;
    int r = channel_get(op, msg->channel_id, &channel);

    if (r)
        return r < 0 ? r : 0;
    connector = connector_by_network(channel.network);
    if (!connector || !connector_can(connector, "mentions"))
        return 0;
    if (!reason.n)
        return op_fail_field_as(op, "reason", "required",
                                "must say why we join: we were named, we were asked, or "
                                "something false is said about us");
    event.extra = arena_fmt(op->arena, "\"reason\":\"" STR_FMT "\"", STR_ARG(reason));
    return event_add(op, &event);
}

static int message_open(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct conversation c;
    struct message msg;
    int64_t id;
    int r = need_writable_message(op, call, call->id, &msg);

    if (r >= 0)
        r = check_joining(op, call, &msg);
    if (r >= 0)
        r = desk_open_from_message(op, msg.id, &id);
    if (r >= 0)
        r = conversation_need(op, id, &c);
    if (r >= 0)
        r = show_conversation(&s, NULL, &c);
    return r < 0 ? r : api_answer(ret, 201, &w);
}

static int message_history(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct message_version *versions;
    struct message msg;
    size_t count;
    int r = need(op, call->id, &msg);

    if (r >= 0)
        r = message_versions(op, msg.id, &versions, &count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&w, NULL);
        json_put_int(&w, "version", versions[i].version);
        json_put_text(&w, "body", versions[i].body);
        json_put_time(&w, "written_at", versions[i].written_at);
        json_put_time(&w, "received_at", versions[i].received_at);
        json_end_object(&w);
    }
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field patch_fields[] = {
    { .name = "third_party",
      .type = API_CHOICE,
      .required = true,
      .choices = "|helper|advocate|satire|impostor|disruption" },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

static const struct api_field open_fields[] = {
    { "reason", API_CHOICE, .choices = "|named|asked|false_fact",
      .help = "Of a mention elsewhere: why we join." },
    { NULL },
};

const struct api_route api_thread_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/threads/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show a thread: the tree of its messages and its conversations.",
        .handle = thread_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/messages/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show one message.",
        .handle = message_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/messages/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Say what kind of third party wrote it.",
        .fields = patch_fields,
        .allow = allow_own,
        .handle = message_patch,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/messages/{id}/confirm",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Say officially that a third party's answer is right.",
        .fields = no_fields,
        .handle = message_confirm,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/messages/{id}/conversation",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Open a conversation from a third party's message.",
        .fields = open_fields,
        .handle = message_open,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/messages/{id}/versions",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List what a message said before it was edited.",
        .handle = message_history,
    },
    { NULL },
};
