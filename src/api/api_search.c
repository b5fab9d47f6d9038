/* api_search.c - finding messages and people by their words, newest first. */
#include "api/api_show.h"

#include "dialogue/find.h"

static int put_message_hit(struct show *s, int64_t id)
{
    struct message msg;
    struct str body;
    int r = message_get(s->op, id, &msg);

    if (r != 0)
        return r < 0 ? r : 0;
    r = message_body(s->op, id, msg.version, &body);
    if (r < 0)
        return r;
    json_begin_object(s->w, NULL);
    json_put_text(s->w, "kind", STR("message"));
    json_put_id(s->w, "conversation_id", msg.conversation_id);
    json_put_id(s->w, "thread_id", msg.thread_id);
    json_put_text(s->w, "excerpt", show_excerpt(s->op, body));
    r = show_message(s, "message", &msg);
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

static int put_hits(struct show *s, struct find find, struct str *ret_next)
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
        r = find.kind == SEARCH_PERSON ? put_person_hit(s, ids[i])
                                       : put_message_hit(s, ids[i]);
    return r;
}

static int search_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str kind = api_query(op, call, "kind"), next = STR("");
    struct find find = { .query = api_query(op, call, "q"), .limit = call->limit };
    int64_t unused;
    int r = cursor_parse(op, call->cursor, &unused, &find.before_id);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    if (str_is(kind, "person") || (kind.n == 0 && find.before_id == 0)) {
        find.kind = SEARCH_PERSON;
        r = put_hits(&s, find, &next);
    }
    if (r >= 0 && !str_is(kind, "person")) {
        find.kind = SEARCH_MESSAGE;
        r = put_hits(&s, find, &next);
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
