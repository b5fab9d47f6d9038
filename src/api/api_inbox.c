/* api_inbox.c - the inbox: lists of conversations, their counts, kept views. */
#include "api/api_show.h"

#include "base/bytes.h"
#include "base/ids.h"
#include "dialogue/find.h"
#include "dialogue/inbox.h"
#include "dialogue/findings.h"
#include "dialogue/saved_view.h"

static int read_place(struct op *op, const struct api_call *call, struct inbox *ret)
{
    int64_t from = api_query_time(op, call, "from");

    ret->up = str_is(api_query(op, call, "direction"), "up");
    if (call->cursor.n == 0 && from)
        inbox_place_at(ret, from);
    if (call->cursor.n == 0)
        return 0;
    ret->placed = true;
    return cursor_parse(op, call->cursor, &ret->key, &ret->id);
}

static struct inbox read_filter(struct op *op, const struct api_call *call)
{
    bool nobody = str_is(api_query(op, call, "assignee_id"), "none");

    return (struct inbox){
        .view = api_query(op, call, "view"),
        .state = api_query(op, call, "state"),
        .department_id = api_query_id(op, call, "department_id"),
        .channel_id = api_query_id(op, call, "channel_id"),
        .assignee_id = nobody ? -1 : api_query_id(op, call, "assignee_id"),
        .person_id = api_query_id(op, call, "person_id"),
        .intent = api_query(op, call, "intent"),
        .topic = api_query(op, call, "topic"),
        .tag = api_query(op, call, "tag"),
        .mark = api_query(op, call, "mark"),
        .alike_id = api_query_id(op, call, "alike_id"),
        .sort = api_query(op, call, "sort"),
        .account_id = call->who.account_id,
        .limit = call->limit + 1,
    };
}

static int list_third_parties(struct op *op, const struct api_call *call,
                              struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct message *messages;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = message_list_third_parties(op, page.key, page.id, page.ask, &messages,
                                       &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = show_message(&s, NULL, &messages[i]);
        page_at(&page, messages[i].sent_at, messages[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* A part of the list, and how it goes on at both ends. */
struct part {
    struct conversation *items;
    size_t count;
    struct str previous, next; /* cursors; empty: the end */
};

static int answer_page(struct op *op, const struct part *page, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    int r = 0;

    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; r >= 0 && i < page->count; i++)
        r = show_conversation(&s, NULL, &page->items[i]);
    if (r < 0)
        return r;
    api_end_list(op, &w, page->next);
    if (page->previous.n)
        json_put_text(&w, "previous_cursor", base64url_encode(op->arena, page->previous));
    else
        json_put_null(&w, "previous_cursor");
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* The conversations of the messages that match, newest message first. */
static int find_by_words(struct op *op, const struct inbox *inbox, struct str q,
                         struct part *ret)
{
    enum { MOST = 200 };
    struct conversation *list = arena_new(op->arena, struct conversation, MOST);
    struct map seen = MAP(op->arena);
    const struct find find = { SEARCH_MESSAGE, q, inbox->id, MOST };
    size_t found, i, n = 0;
    int64_t *ids;
    int r = find_words(op, &find, &ids, &found);

    if (r < 0)
        return r;
    for (i = 0; i < found && n < (size_t)inbox->limit - 1; i++) {
        struct message msg;

        r = message_get(op, ids[i], &msg);
        if (r < 0)
            return r;
        if (r == RECORD_NOT_FOUND || !msg.conversation_id)
            continue;
        r = conversation_need(op, msg.conversation_id, &list[n]);
        if (r >= 0 && !map_get_id(&seen, list[n].id))
            r = inbox_match(op, inbox, list[n].id);
        else if (r >= 0)
            r = INBOX_NO_MATCH;
        if (r < 0)
            return r;
        if (r == INBOX_NO_MATCH)
            continue;
        map_put_id(&seen, list[n].id, &list[n]);
        n++;
    }
    *ret = (struct part){ .items = list, .count = n };
    if (i > 0 && (i < found || found == MOST))
        ret->next = cursor_format(op, 0, ids[i - 1]);
    return 0;
}

static struct str cursor_of(struct op *op, const struct inbox *inbox,
                            const struct conversation *c)
{
    return cursor_format(op, inbox_key(inbox, c), c->id);
}

/* A page of the list; one row more than asked for says whether it goes on. */
static int read_page(struct op *op, const struct inbox *inbox, struct part *ret)
{
    size_t wanted = (size_t)inbox->limit - 1;
    int r = inbox_list(op, inbox, &ret->items, &ret->count);
    bool more;

    if (r < 0)
        return r;
    more = ret->count > wanted;
    if (more && inbox->up)
        ret->items++;
    if (more)
        ret->count = wanted;
    if (ret->count == 0)
        return 0;
    if (inbox->up ? more : inbox->placed)
        ret->previous = cursor_of(op, inbox, &ret->items[0]);
    if (inbox->up ? inbox->placed : more)
        ret->next = cursor_of(op, inbox, &ret->items[ret->count - 1]);
    return 0;
}

/* Some rows by their ids, to bring what is shown up to date. */
static int read_ids(struct op *op, struct str ids, struct part *ret)
{
    struct conversation *list = arena_new(op->arena, struct conversation, INBOX_MAX_IDS);
    size_t n = 0;

    while (ids.n > 0) {
        struct str text = str_cut(ids, ',', &ids);
        int64_t id;
        int r;

        if (!id_parse(text, &id))
            return op_fail_field_as(op, "ids", "not_an_id", "has one that is no id");
        if (n == INBOX_MAX_IDS)
            return op_too_many(op, "ids", INBOX_MAX_IDS);
        r = conversation_get(op, id, &list[n]);
        if (r < 0)
            return r;
        n += r != RECORD_NOT_FOUND;
    }
    *ret = (struct part){ .items = list, .count = n };
    return 0;
}

static int inbox_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct inbox inbox = read_filter(op, call);
    struct str q = api_query(op, call, "q"), ids = api_query(op, call, "ids");
    struct part page = { .count = 0 };
    int r;

    if (str_is(inbox.view, "third_parties"))
        return list_third_parties(op, call, ret);
    r = read_place(op, call, &inbox);
    if (r >= 0)
        r = topic_name(op, inbox.topic, &inbox.topic);
    if (r < 0)
        return r;
    if (ids.n)
        r = read_ids(op, ids, &page);
    else
        r = q.n ? find_by_words(op, &inbox, q, &page) : read_page(op, &inbox, &page);
    return r < 0 ? r : answer_page(op, &page, ret);
}

static const char *const counted[] = { "today",   "mine",    "unassigned", "unanswered",
                                       "overdue", "waiting", "snoozed" };

static int counts_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct inbox inbox = read_filter(op, call);
    int64_t n;
    int r;

    json_begin_object(&w, NULL);
    json_put_int(&w, "most", INBOX_MAX_COUNT);
    json_begin_object(&w, "views");
    for (size_t i = 0; i < COUNT_OF(counted); i++) {
        inbox.view = str_of(counted[i]);
        r = inbox_count(op, &inbox, INBOX_MAX_COUNT, &n);
        if (r < 0)
            return r;
        json_put_int(&w, counted[i], n);
    }
    json_end_object(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int labels_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str *tags, *topics;
    size_t tag_count, topic_count;
    int r = inbox_tags(op, &tags, &tag_count);

    (void)call;
    if (r >= 0)
        r = inbox_topics(op, &topics, &topic_count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "tags");
    for (size_t i = 0; i < tag_count; i++)
        json_put_text(&w, NULL, tags[i]);
    json_end_array(&w);
    json_begin_array(&w, "topics");
    for (size_t i = 0; i < topic_count; i++)
        json_put_text(&w, NULL, topics[i]);
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static void put_view(struct json_writer *w, const struct saved_view *view)
{
    json_begin_object(w, NULL);
    json_put_id(w, "id", view->id);
    json_put_text(w, "name", view->name);
    json_put_text(w, "query", view->query);
    json_end_object(w);
}

static int view_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct saved_view *list;
    size_t count;
    int r = saved_view_list(op, call->who.account_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < count; i++)
        put_view(&w, &list[i]);
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int answer_view(struct op *op, int status, const struct saved_view *view,
                       struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    put_view(&w, view);
    return api_answer(ret, status, &w);
}

static int view_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct saved_view view = {
        .account_id = call->who.account_id,
        .name = str_trim(api_text(call, "name")),
        .query = api_text(call, "query"),
    };
    int r = saved_view_add(op, &view);

    return r < 0 ? r : answer_view(op, 201, &view, ret);
}

static int view_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct saved_view view;
    int r = saved_view_get(op, call->who.account_id, call->id, &view);

    if (r < 0)
        return r;
    if (api_has(call, "name"))
        view.name = str_trim(api_text(call, "name"));
    if (api_has(call, "query"))
        view.query = api_text(call, "query");
    r = saved_view_set(op, &view);
    return r < 0 ? r : answer_view(op, 200, &view, ret);
}

static int view_remove(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct saved_view view;
    int r = saved_view_get(op, call->who.account_id, call->id, &view);

    if (r >= 0)
        r = saved_view_remove(op, &view);
    return r < 0 ? r : api_no_content(ret);
}

#define FILTER_FIELDS                                                                    \
    { .name = "state",                                                                   \
      .type = API_CHOICE,                                                                \
      .choices = "new|open|waiting|solved|closed" },                                     \
        { .name = "department_id", .type = API_ID },                                     \
        { .name = "channel_id", .type = API_ID },                                        \
        { .name = "assignee_id", .type = API_TEXT, .help = "an id, or none" },           \
        { .name = "person_id", .type = API_ID },                                         \
        { .name = "intent",                                                              \
          .type = API_CHOICE,                                                            \
          .choices =                                                                     \
              "praise|question|complaint|suggestion|discussion|order|spam|other" },      \
        { .name = "mark", .type = API_CHOICE, .choices = FINDINGS_MARK_CHOICES },        \
        { .name = "topic", .type = API_TEXT, .max = 80 },                                \
        { .name = "alike_id",                                                            \
          .type = API_ID,                                                                \
          .help = "with a message of this group: see alike" },                           \
    {                                                                                    \
        .name = "tag", .type = API_TEXT, .max = INBOX_MAX_TAG                            \
    }

static const struct api_field index_query[] = {
    { .name = "view",
      .type = API_CHOICE,
      .choices =
          "today|mine|unassigned|unanswered|overdue|in_time|all|open|waiting|solved|"
          "snoozed|third_parties" },
    FILTER_FIELDS,
    { .name = "q", .type = API_TEXT, .max = TEXT_QUERY_MAX_CHARACTERS },
    { .name = "sort", .type = API_CHOICE, .choices = "newest|due|waiting|wake" },
    { .name = "from",
      .type = API_TIME,
      .help = "begin at this instant instead of at the top" },
    { .name = "direction",
      .type = API_CHOICE,
      .choices = "down|up",
      .help = "up: the rows above the cursor, in the order of the list" },
    { .name = "ids", .type = API_TEXT, .max = 1100, .help = "these alone, with commas" },
    { NULL },
};

static const struct api_field counts_query[] = { FILTER_FIELDS, { NULL } };

static const struct api_field view_fields[] = {
    { .name = "name",
      .type = API_TEXT,
      .min = 1,
      .max = SAVED_VIEW_MAX_NAME,
      .required = true },
    { .name = "query", .type = API_TEXT, .max = SAVED_VIEW_MAX_QUERY, .required = true },
    { NULL },
};

static const struct api_field view_change_fields[] = {
    { .name = "name", .type = API_TEXT, .min = 1, .max = SAVED_VIEW_MAX_NAME },
    { .name = "query", .type = API_TEXT, .max = SAVED_VIEW_MAX_QUERY },
    { NULL },
};

const struct api_route api_inbox_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/conversations",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List conversations.",
        .query = index_query,
        .handle = inbox_index,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/conversations/counts",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "How many conversations each view has.",
        .query = counts_query,
        .handle = counts_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/conversations/labels",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "The tags and topics in use.",
        .handle = labels_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/views",
        .mode = API_READ,
        .access = API_LOGGED_IN,
        .summary = "List the views of the inbox that I keep.",
        .handle = view_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/views",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .creates = true,
        .summary = "Keep a view of the inbox.",
        .fields = view_fields,
        .handle = view_create,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/views/{id}",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "Change a kept view.",
        .fields = view_change_fields,
        .handle = view_change,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/views/{id}",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "Keep a view no longer.",
        .handle = view_remove,
    },
    { NULL },
};
