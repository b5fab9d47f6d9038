/* api_today.c - the page of today: what has to be done, the most pressing first. */
#include "api/api_show.h"

#include "admin/account.h"
#include "admin/department.h"
#include "db/space.h"
#include "desk/hours.h"
#include "dialogue/inbox.h"
#include "dialogue/note.h"
#include "dialogue/webhook.h"

enum { TODAY_ROWS = 20 };

/* One section: how many there are (INBOX_MAX_COUNT: that many or more), and the first,
 * beginning with what presses. */
static int put_section(struct show *s, const char *key, struct inbox inbox)
{
    struct conversation *list;
    size_t count;
    int64_t total;
    int r;

    inbox.limit = TODAY_ROWS;
    r = inbox_raised_first(s->op, &inbox, &list, &count);
    if (r >= 0)
        r = inbox_count(s->op, &inbox, INBOX_MAX_COUNT, &total);
    if (r < 0)
        return r;
    json_begin_object(s->w, key);
    json_put_int(s->w, "count", total);
    json_begin_array(s->w, "items");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = show_conversation(s, NULL, &list[i]);
    json_end_array(s->w);
    json_end_object(s->w);
    return r;
}

static int put_check_backs(struct show *s)
{
    struct check_back_filter filter = { .state = STR("due"), .limit = API_MAX_LIMIT };
    struct check_back *list;
    size_t count;
    int r = check_back_list(s->op, &filter, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, "check_backs");
    json_put_int(s->w, "count", (int64_t)count);
    json_begin_array(s->w, "items");
    for (size_t i = 0; r >= 0 && i < count && i < TODAY_ROWS; i++)
        r = show_check_back(s, NULL, &list[i]);
    json_end_array(s->w);
    json_end_object(s->w);
    return r;
}

static int put_outbox(struct show *s, const char *key, struct str state)
{
    struct outbox *list;
    size_t count;
    int r = outbox_list(s->op, state, 0, API_MAX_LIMIT, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, key);
    json_put_int(s->w, "count", (int64_t)count);
    json_begin_array(s->w, "items");
    for (size_t i = 0; r >= 0 && i < count && i < TODAY_ROWS; i++)
        r = show_outbox(s, NULL, &list[i]);
    json_end_array(s->w);
    json_end_object(s->w);
    return r;
}

/* Notes that name me and that I have not opened yet. */
static int put_mentions(struct show *s, int64_t account_id)
{
    struct mention *list;
    size_t count, unseen = 0;
    int r = mention_list(s->op, account_id, 0, API_MAX_LIMIT, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, "mentions");
    json_begin_array(s->w, "items");
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct conversation c;

        if (list[i].seen_at || unseen++ >= TODAY_ROWS)
            continue;
        r = conversation_need(s->op, list[i].conversation_id, &c);
        if (r < 0)
            break;
        json_begin_object(s->w, NULL);
        json_put_id(s->w, "id", list[i].note_id);
        json_put_time(s->w, "created_at", list[i].created_at);
        r = show_conversation(s, "conversation", &c);
        json_end_object(s->w);
    }
    json_end_array(s->w);
    json_put_int(s->w, "count", (int64_t)unseen);
    json_end_object(s->w);
    return r;
}

static const struct {
    enum channel_gap gap;
    const char *code;
} missing_codes[] = {
    { CHANNEL_NO_OWNER, "owner" },
    { CHANNEL_NO_DEPUTY, "deputy" },
    { CHANNEL_NO_HOURS, "hours" },
    { CHANNEL_NO_PURPOSE, "purpose" },
};

/* A channel that fails, is suspiciously silent, has something nobody understood, or is a
 * promise without somebody who keeps it. Listed when one of these is so. */
static int put_alarm(struct show *s, const struct channel *channel, size_t *count)
{
    unsigned gaps = str_is(channel->mode, "dialogue") ? channel_gaps(channel) : 0;
    struct channel_health health;
    int64_t silent_since;
    bool fails;
    int r = channel_health_get(s->op, channel->id, &health);

    if (r < 0)
        return r;
    fails = health.last_error_at && health.last_error_at >= health.last_success_at;
    silent_since = channel_silent_since(s->op, channel, &health);
    if (!gaps && !fails && !health.failed_raw && !health.poll_failed_at && !silent_since)
        return 0;
    ++*count;
    json_begin_object(s->w, NULL);
    json_put_id(s->w, "id", channel->id);
    r = show_channel(s, channel->id);
    json_begin_array(s->w, "missing");
    for (size_t i = 0; i < COUNT_OF(missing_codes); i++)
        if (gaps & missing_codes[i].gap)
            json_put_c(s->w, NULL, missing_codes[i].code);
    json_end_array(s->w);
    json_put_text(s->w, "error", fails ? health.last_error : STR(""));
    json_put_time(s->w, "error_at", fails ? health.last_error_at : 0);
    json_put_int(s->w, "failed_raw", health.failed_raw);
    json_put_time(s->w, "poll_failed_at", health.poll_failed_at);
    json_put_text(s->w, "trouble", health.poll_trouble);
    json_put_time(s->w, "silent_since_at", silent_since);
    json_put_int(s->w, "usual_silence_ms", health.silence_ms);
    json_end_object(s->w);
    return r;
}

/* Who would see what comes in: the owner or the deputy, when they work here still. */
static int is_kept(struct op *op, const struct channel *channel, bool *ret)
{
    const int64_t ids[] = { channel->owner_id, channel->deputy_id };

    *ret = false;
    for (size_t i = 0; i < COUNT_OF(ids) && !*ret; i++) {
        struct account account;
        int r = ids[i] ? account_get(op, ids[i], &account) : ACCOUNT_NOT_FOUND;

        if (r < 0)
            return r;
        *ret = r == 0 && !account.disabled_at;
    }
    return 0;
}

/* Why nobody answers there now; NULL when somebody does. */
static int gap_of(struct op *op, const struct channel *channel, const char **ret,
                  int64_t *ret_opens_at)
{
    int64_t open_ms = 0;
    bool kept;
    int r = is_kept(op, channel, &kept);

    *ret = NULL;
    *ret_opens_at = 0;
    if (r < 0)
        return r;
    if (!kept)
        *ret = "nobody";
    r = channel->department_id
            ? hours_between(op, channel->department_id, op->now, op->now + 1, &open_ms)
            : HOURS_NONE;
    if (r < 0 || *ret || r == HOURS_NONE || open_ms > 0) {
        if (r == HOURS_NONE && !*ret)
            *ret = "no_hours";
        return r < 0 ? r : 0;
    }
    *ret = "closed";
    r = hours_after(op, channel->department_id, op->now, 1, ret_opens_at);
    return r < 0 ? r : 0;
}

static int put_gap(struct show *s, const struct channel *channel, size_t *count)
{
    const char *reason;
    int64_t opens_at;
    int r;

    if (!str_is(channel->mode, "dialogue"))
        return 0;
    r = gap_of(s->op, channel, &reason, &opens_at);
    if (r < 0 || !reason)
        return r;
    ++*count;
    json_begin_object(s->w, NULL);
    json_put_id(s->w, "id", channel->id);
    r = show_channel(s, channel->id);
    if (r >= 0)
        r = show_department(s, "department", channel->department_id);
    json_put_c(s->w, "reason", reason);
    json_put_time(s->w, "opens_at", opens_at);
    json_end_object(s->w);
    return r;
}

static int put_channels(struct show *s, const char *key,
                        int (*put)(struct show *, const struct channel *, size_t *))
{
    struct channel *list;
    size_t count, shown = 0;
    int r = channel_list(s->op, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, key);
    json_begin_array(s->w, "items");
    for (size_t i = 0; r >= 0 && i < count; i++)
        if (!list[i].retired_at)
            r = put(s, &list[i], &shown);
    json_end_array(s->w);
    json_put_int(s->w, "count", (int64_t)shown);
    json_end_object(s->w);
    return r;
}

/* Programs elsewhere that no longer hear of us, or soon will not: until a person decides.
 */
static int put_webhooks(struct show *s)
{
    struct webhook *list;
    size_t count, shown = 0;
    int r = webhook_list(s->op, &list, &count);

    if (r < 0)
        return r;
    json_begin_object(s->w, "webhooks");
    json_begin_array(s->w, "items");
    for (size_t i = 0; i < count; i++) {
        const struct webhook *hook = &list[i];
        bool warned = hook->enabled && hook->told_at;

        if (!warned && !str_is(hook->ended, "gone") && !str_is(hook->ended, "failing"))
            continue;
        shown++;
        json_begin_object(s->w, NULL);
        json_put_id(s->w, "id", hook->id);
        json_put_text(s->w, "name", hook->name);
        json_put_text(s->w, "ended", hook->ended);
        json_put_time(s->w, "failing_at", hook->failing_at);
        json_put_time(s->w, "ends_at", warned ? hook->told_at + WEBHOOK_WARN_FOR_MS : 0);
        json_end_object(s->w);
    }
    json_end_array(s->w);
    json_put_int(s->w, "count", (int64_t)shown);
    json_end_object(s->w);
    return 0;
}

/* Who waits longest, whatever else is raised above them: so nobody is forgotten. */
static int put_longest(struct show *s, int64_t assignee_id)
{
    const struct inbox inbox = { .view = STR("unanswered"),
                                 .assignee_id = assignee_id,
                                 .limit = 1 };
    struct conversation *list;
    size_t count;
    int r = inbox_list(s->op, &inbox, &list, &count);

    if (r < 0)
        return r;
    if (count)
        return show_conversation(s, "longest", &list[0]);
    json_put_null(s->w, "longest");
    return 0;
}

/* The conversations, of everybody or of one assignee. */
static int put_sections(struct show *s, int64_t assignee_id)
{
    static const struct {
        const char *key, *view, *state;
    } sections[] = {
        { "overdue", "overdue", "" },
        { "waiting", "in_time", "" },
        { "new", "", "new" },
        { "waiting_on_others", "", "waiting" },
    };
    int r = 0;

    for (size_t i = 0; r >= 0 && i < COUNT_OF(sections); i++) {
        const struct inbox inbox = {
            .view = str_of(sections[i].view),
            .state = str_of(sections[i].state),
            .assignee_id = assignee_id,
        };

        r = put_section(s, sections[i].key, inbox);
    }
    return r;
}

/* Room on the disk, when there is too little: nobody else would tell. */
static void put_disk(struct op *op, struct json_writer *w)
{
    struct space space = space_now(op->world->store);

    if (space.level == SPACE_FINE) {
        json_put_null(w, "disk");
        return;
    }
    json_begin_object(w, "disk");
    json_put_c(w, "level", space_level_name(space.level));
    json_put_int(w, "free_bytes", space.free);
    json_end_object(w);
}

static int today_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int64_t assignee_id =
        str_is(api_query(op, call, "whose"), "mine") ? call->who.account_id : 0;
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    int r;

    json_begin_object(&w, NULL);
    json_put_int(&w, "most", INBOX_MAX_COUNT);
    r = put_channels(&s, "alarms", put_alarm);
    if (r >= 0)
        r = put_longest(&s, assignee_id);
    if (r >= 0)
        r = put_sections(&s, assignee_id);
    if (r >= 0)
        r = show_alike_today(&s);
    if (r >= 0)
        r = put_check_backs(&s);
    if (r >= 0)
        r = put_mentions(&s, call->who.account_id);
    if (r >= 0)
        r = put_outbox(&s, "approvals", STR("held"));
    if (r >= 0)
        r = put_outbox(&s, "uncertain", STR("uncertain"));
    if (r >= 0)
        r = put_outbox(&s, "failed", STR("failed"));
    if (r >= 0)
        r = put_channels(&s, "coverage", put_gap);
    if (r >= 0)
        r = put_webhooks(&s);
    if (r < 0)
        return r;
    put_disk(op, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int mentions_seen(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct conversation c;
    int r = conversation_need(op, call->id, &c);

    if (r >= 0)
        r = mention_seen(op, call->who.account_id, c.id);
    return r < 0 ? r : api_no_content(ret);
}

static const struct api_field today_query[] = {
    { .name = "whose",
      .type = API_CHOICE,
      .choices = "all|mine",
      .help = "mine: of the conversations those assigned to me" },
    { NULL },
};

static const struct api_field no_fields[] = { { NULL } };

const struct api_route api_today_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/today",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "What has to be done today.",
        .query = today_query,
        .handle = today_show,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/conversations/{id}/seen",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "read",
        .summary = "I have seen the notes here that name me.",
        .fields = no_fields,
        .handle = mentions_seen,
    },
    { NULL },
};
