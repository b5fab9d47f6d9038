/* api_search.c - finding messages and people by their words, newest first. */
#include "api/api_show.h"

#include "dialogue/find.h"

/* What narrows the hits down; 0 or empty: nothing does. */
struct narrow {
    int64_t channel_id, person_id, from, until;
    struct str direction;
};

static bool fits(const struct narrow *narrow, const struct message *msg)
{
    if (narrow->channel_id && narrow->channel_id != msg->channel_id)
        return false;
    if (narrow->person_id && narrow->person_id != msg->person_id)
        return false;
    if (narrow->direction.n && !str_eq(narrow->direction, msg->direction))
        return false;
    return (!narrow->from || msg->sent_at >= narrow->from) &&
           (!narrow->until || msg->sent_at < narrow->until);
}

static int put_message_hit(struct show *s, const struct message *msg)
{
    struct conversation c;
    struct str body;
    int r = message_body(s->op, msg->id, msg->version, &body);

    if (r >= 0 && msg->conversation_id)
        r = conversation_need(s->op, msg->conversation_id, &c);
    if (r < 0)
        return r;
    json_begin_object(s->w, NULL);
    json_put_text(s->w, "kind", STR("message"));
    json_put_id(s->w, "conversation_id", msg->conversation_id);
    json_put_id(s->w, "thread_id", msg->thread_id);
    json_put_text(s->w, "excerpt", show_excerpt(s->op, body));
    r = show_channel(s, msg->channel_id);
    if (r >= 0)
        r = show_message(s, "message", msg);
    if (r >= 0 && msg->conversation_id)
        r = show_conversation(s, "conversation", &c);
    else if (r >= 0)
        json_put_null(s->w, "conversation");
    json_end_object(s->w);
    return r;
}

static int put_person_hit(struct show *s, int64_t id)
{
    struct person person;
    int r = person_get(s->op, id, &person);

    if (r != 0 || person.id != id) /* merged into another hit */
        return r < 0 ? r : 0;
    json_begin_object(s->w, NULL);
    json_put_text(s->w, "kind", STR("person"));
    json_put_null(s->w, "conversation_id");
    json_put_text(s->w, "excerpt", person.name);
    json_begin_object(s->w, "person");
    r = show_person_members(s, &person);
    json_end_object(s->w);
    json_end_object(s->w);
    return r;
}

static int put_persons(struct show *s, struct find find, struct str *ret_next)
{
    int64_t limit = find.limit++, *ids;
    size_t count;
    int r = find_words(s->op, &find, &ids, &count);

    if (r < 0)
        return r;
    if (count > (size_t)limit) {
        count = (size_t)limit;
        *ret_next = cursor_format(s->op, 0, ids[count - 1]);
    }
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = put_person_hit(s, ids[i]);
    return r;
}

/* Those of a portion that fit, up to `*limit`; find->before_id: the last looked at. */
static int put_portion(struct show *s, struct find *find, const struct narrow *narrow,
                       int64_t *limit, bool *ret_more)
{
    int64_t *ids;
    size_t count, i;
    int r = find_words(s->op, find, &ids, &count);

    if (r < 0)
        return r;
    for (i = 0; i<count && * limit> 0; i++) {
        struct message msg;

        find->before_id = ids[i];
        r = message_get(s->op, ids[i], &msg);
        if (r == 0 && fits(narrow, &msg)) {
            r = put_message_hit(s, &msg);
            --*limit;
        }
        if (r < 0)
            return r;
    }
    *ret_more = i < count || count == (size_t)find->limit;
    return (int)i;
}

/* The words are looked up in the index, the rest at the messages: at most MOST of them
 * for one page, which then may be a short one and goes on all the same. The first portion
 * is as large as the page, and one more that says whether it goes on. */
static int put_messages(struct show *s, struct find find, const struct narrow *narrow,
                        struct str *ret_next)
{
    enum { MOST = SEARCH_MAX_RESULTS, GROWTH = 4 };
    int64_t limit = find.limit++, left = MOST;
    bool more = true;

    while (more && limit > 0 && left > 0) {
        int r;

        find.limit = find.limit < left ? find.limit : left;
        r = put_portion(s, &find, narrow, &limit, &more);
        if (r < 0)
            return r;
        left -= r;
        find.limit *= GROWTH;
    }
    if (more)
        *ret_next = cursor_format(s->op, 0, find.before_id);
    return 0;
}

static int search_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str kind = api_query(op, call, "kind"), next = STR("");
    struct find find = { .query = api_query(op, call, "q"), .limit = call->limit };
    const struct narrow narrow = {
        .channel_id = api_query_id(op, call, "channel_id"),
        .person_id = api_query_id(op, call, "person_id"),
        .from = api_query_time(op, call, "from"),
        .until = api_query_time(op, call, "to"),
        .direction = api_query(op, call, "direction"),
    };
    int64_t unused;
    int r = cursor_parse(op, call->cursor, &unused, &find.before_id);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    if (str_is(kind, "person") || (kind.n == 0 && find.before_id == 0)) {
        find.kind = SEARCH_PERSON;
        r = put_persons(&s, find, &next);
    }
    if (r >= 0 && !str_is(kind, "person")) {
        find.kind = SEARCH_MESSAGE;
        r = put_messages(&s, find, &narrow, &next);
    }
    if (r < 0)
        return r;
    api_end_list(op, &w, next);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field index_query[] = {
    { .name = "q",
      .type = API_TEXT,
      .min = 1,
      .max = TEXT_QUERY_MAX_CHARACTERS,
      .required = true },
    { .name = "kind", .type = API_CHOICE, .choices = "message|person" },
    { .name = "channel_id", .type = API_ID },
    { .name = "person_id", .type = API_ID },
    { .name = "direction", .type = API_CHOICE, .choices = "in|out|other" },
    { .name = "from", .type = API_TIME },
    { .name = "to", .type = API_TIME },
    { NULL },
};

const struct api_route api_search_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/search",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Find messages and people; folded, stemmed, newest first.",
        .query = index_query,
        .handle = search_index,
    },
    { NULL },
};
