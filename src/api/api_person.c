/* api_person.c - people: their page, changes, merging and parting. */
#include "api/api_show.h"

enum { TIMELINE_MESSAGES = 200 };

static int need(struct op *op, int64_t id, struct person *ret)
{
    int r = person_get(op, id, ret);

    return r == RECORD_NOT_FOUND
               ? op_fail(op, ERR_NOT_FOUND, "there is no person %lld", (long long)id)
               : r;
}

static int put_profiles(struct show *s, int64_t person_id)
{
    struct json_writer *w = s->w;
    struct profile *list;
    size_t count;
    int r = profile_list(s->op, person_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_array(w, "profiles");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w, NULL);
        json_put_id(w, "id", list[i].id);
        json_put_id(w, "channel_id", list[i].channel_id);
        r = show_channel(s, list[i].channel_id);
        if (r < 0)
            return r;
        json_put_text(w, "external_id", list[i].external_id);
        json_put_text(w, "handle", list[i].handle);
        json_put_bool(w, "proved", profile_is_proved(&list[i]));
        json_put_text(w, "name", list[i].name);
        json_put_text(w, "url", list[i].url);
        json_put_int(w, "followers", list[i].followers);
        json_put_bool(w, "is_us", list[i].is_us != 0);
        json_put_bool(w, "impostor", list[i].impostor_at != 0);
        json_end_object(w);
    }
    json_end_array(w);
    return 0;
}

/* With its channel: a timeline goes over all of them. */
static int put_message(struct show *s, const struct message *msg)
{
    int r;

    json_begin_object(s->w, NULL);
    r = show_channel(s, msg->channel_id);
    if (r >= 0)
        r = show_message_members(s, msg);
    json_end_object(s->w);
    return r;
}

static int put_timeline(struct show *s, int64_t person_id)
{
    struct message *messages;
    size_t count;
    const struct message_page page = { person_id, 0, 0, TIMELINE_MESSAGES };
    int r = message_list_person(s->op, &page, &messages, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "timeline");
    for (size_t i = count; r >= 0 && i-- > 0;)
        r = put_message(s, &messages[i]);
    json_end_array(s->w);
    return r;
}

static int put_conversations(struct show *s, int64_t person_id)
{
    struct conversation *list;
    size_t count;
    int r = conversation_list_person(s->op, person_id, &list, &count);

    if (r < 0)
        return r;
    json_begin_array(s->w, "conversations");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_conversation(s, NULL, &list[i]);
    json_end_array(s->w);
    return r;
}

static int answer_person(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct person person;
    int r = need(op, id, &person);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = show_person_members(&s, &person);
    if (r >= 0)
        r = put_profiles(&s, person.id);
    if (r >= 0)
        r = put_conversations(&s, person.id);
    if (r >= 0)
        r = put_timeline(&s, person.id);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int person_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return answer_person(op, call->id, ret);
}

static int person_messages(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct message_page page = { .limit = call->limit + 1 };
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str next = STR("");
    struct message *messages;
    struct person person;
    size_t count;
    int r = need(op, call->id, &person);

    if (r >= 0)
        r = cursor_parse(op, call->cursor, &page.before_at, &page.before_id);
    if (r < 0)
        return r;
    page.person_id = person.id;
    r = message_list_person(op, &page, &messages, &count);
    if (r < 0)
        return r;
    if (count > (size_t)call->limit) {
        count = (size_t)call->limit;
        next = cursor_format(op, messages[count - 1].sent_at, messages[count - 1].id);
    }
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = put_message(&s, &messages[i]);
    if (r < 0)
        return r;
    api_end_list(op, &w, next);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int person_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct person *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = person_list(op, page.key, page.id, page.ask, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        json_begin_object(&w, NULL);
        r = show_person_members(&s, &list[i]);
        json_end_object(&w);
        page_at(&page, list[i].last_seen_at, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int change_lock(struct op *op, const struct api_call *call, struct person *now)
{
    if (!api_has(call, "outreach_locked"))
        return 0;
    if (api_bool(call, "outreach_locked", false))
        return desk_lock_outreach(op, now->id, api_text(call, "outreach_lock_reason"));
    now->outreach_locked_at = 0;
    now->outreach_lock_reason = STR("");
    return 0;
}

static int person_patch(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct person old, now;
    int r = need(op, call->id, &old);

    if (r >= 0 && api_bool(call, "outreach_locked", false)) {
        r = change_lock(op, call, &old);
        if (r >= 0)
            r = need(op, old.id, &old);
    }
    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "outreach_locked") && !api_bool(call, "outreach_locked", true))
        r = change_lock(op, call, &now);
    if (api_has(call, "name"))
        now.name = api_text(call, "name");
    if (api_has(call, "relation"))
        now.relation = api_text(call, "relation");
    if (api_has(call, "address_form"))
        now.address_form = api_text(call, "address_form");
    if (api_has(call, "note"))
        now.note = api_text(call, "note");
    if (r >= 0)
        r = person_update(op, &old, &now);
    return r < 0 ? r : answer_person(op, old.id, ret);
}

static int merge(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int64_t into = api_id(call, "into");
    int r = person_merge(op, call->id, into);

    return r < 0 ? r : answer_person(op, into, ret);
}

static int unlink_profile(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int64_t person_id;
    int r = profile_unlink(op, call->id, &person_id);

    return r < 0 ? r : answer_person(op, person_id, ret);
}

static int profile_patch(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct profile profile;
    int r = profile_mark_impostor(op, call->id, api_bool(call, "impostor", false));

    if (r >= 0)
        r = profile_get(op, call->id, &profile);
    return r < 0 ? r : answer_person(op, profile.person_id, ret);
}

static const struct api_field patch_fields[] = {
    { .name = "name", .type = API_TEXT },
    { .name = "relation",
      .type = API_CHOICE,
      .choices = "follower|fan|customer|prospect|supplier|media|unknown" },
    { .name = "address_form", .type = API_CHOICE, .choices = "|du|sie" },
    { .name = "note", .type = API_TEXT, .max = 4000 },
    { .name = "outreach_locked", .type = API_BOOL },
    { .name = "outreach_lock_reason", .type = API_TEXT, .max = 500 },
    { NULL },
};

static const struct api_field merge_fields[] = {
    { .name = "into", .type = API_ID, .required = true },
    { NULL },
};

static const struct api_field impostor_fields[] = {
    { .name = "impostor", .type = API_BOOL, .required = true },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

const struct api_route api_person_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/persons",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List people, newest contact first.",
        .handle = person_index,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/persons/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show a person with profiles, conversations and timeline.",
        .handle = person_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/persons/{id}/messages",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List what was said with a person on all channels, newest first.",
        .handle = person_messages,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/persons/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Change name, relation, form of address, note or the outreach lock.",
        .fields = patch_fields,
        .handle = person_patch,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/persons/{id}/merge",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Say that two are one person.",
        .fields = merge_fields,
        .handle = merge,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/profiles/{id}/unlink",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Give a profile a person of its own again.",
        .fields = no_fields,
        .handle = unlink_profile,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/profiles/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "moderate",
        .summary = "Mark a profile as an impostor.",
        .fields = impostor_fields,
        .handle = profile_patch,
    },
    { NULL },
};
