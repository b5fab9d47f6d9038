/* api_channel.c - channels: what is connected, who owns it, how it is doing. */
#include "api/api_show.h"

#include "admin/account.h"
#include "admin/department.h"
#include "admin/role.h"
#include "admin/secret.h"
#include "base/ids.h"
#include "dialogue/pace.h"
#include "net/signature.h"
#include "work/work_measure.h"
#include "work/work_poll.h"

enum { MAX_PURPOSE = 2000, MAX_FORWARDING = 2000, MINUTES_OF_A_WEEK = 7 * 24 * 60 };

/* How long the old secret counts after a new one was made. */
#define KEEP_OLD_SECRET_MS DAYS(1)

static const struct {
    enum channel_gap gap;
    const char *code, *message;
} gaps[] = {
    { CHANNEL_NO_OWNER, "owner", "nobody owns this channel" },
    { CHANNEL_NO_DEPUTY, "deputy", "nobody stands in for the owner" },
    { CHANNEL_NO_HOURS, "hours", "no time a week is planned for it" },
    { CHANNEL_NO_PURPOSE, "purpose", "nobody wrote down what it is for" },
};

static const char *const setting_types[] = {
    [SETTING_TEXT] = "text", [SETTING_LINES] = "lines", [SETTING_COLOUR] = "colour",
    [SETTING_URL] = "url",   [SETTING_INT] = "int",     [SETTING_BOOL] = "bool",
};

static void show_network(struct json_writer *w, const struct connector *connector)
{
    json_begin_object(w, NULL);
    json_put_c(w, "network", connector->network);
    json_put_c(w, "name", connector->name);
    json_begin_array(w, "capabilities");
    for (const char *const *c = connector->capabilities; *c; c++)
        json_put_c(w, NULL, *c);
    json_end_array(w);
    json_begin_array(w, "settings");
    for (const struct setting *s = connector->settings; s->name; s++) {
        json_begin_object(w, NULL);
        json_put_c(w, "name", s->name);
        json_put_c(w, "type", setting_types[s->type]);
        json_put_c(w, "label", s->label);
        json_put_c(w, "help", s->help);
        json_put_bool(w, "required", s->required);
        json_put_bool(w, "secret", s->secret);
        json_put_bool(w, "given",
                      connector->credential &&
                          strcmp(s->name, connector->credential) == 0);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static int network_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    const struct connector *connector;

    (void)call;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; (connector = connector_at(i)); i++)
        show_network(&w, connector);
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static void show_warnings(struct json_writer *w, const struct channel *channel)
{
    unsigned missing = channel_gaps(channel);

    json_begin_array(w, "warnings");
    for (size_t i = 0; i < COUNT_OF(gaps); i++) {
        if (!(missing & gaps[i].gap))
            continue;
        json_begin_object(w, NULL);
        json_put_c(w, "code", gaps[i].code);
        json_put_c(w, "message", gaps[i].message);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_number(struct json_writer *w, const char *key, int64_t number)
{
    if (number)
        json_put_int(w, key, number);
    else
        json_put_null(w, key);
}

static int show_people(struct show *s, const struct channel *channel)
{
    int r = show_account(s, "owner", channel->owner_id);

    if (r >= 0)
        r = show_account(s, "deputy", channel->deputy_id);
    if (r >= 0)
        r = show_department(s, "department", channel->department_id);
    return r;
}

static bool is_signed(const struct channel *channel)
{
    const struct connector *connector = connector_by_network(channel->network);

    return connector && connector->signing_secret;
}

/* Is it connected by its network's own page? */
static bool has_consent(const struct channel *channel)
{
    const struct connector *connector = connector_by_network(channel->network);

    return connector && connector->consent;
}

static int show_whole_channel(struct show *s, const char *key,
                              const struct channel *channel)
{
    struct json_writer *w = s->w;
    struct str mode;
    bool credential;
    int r;

    r = channel_effective_mode(s->op, channel, &mode);
    if (r >= 0)
        r = connect_has_credential(s->op, channel, &credential);
    if (r < 0)
        return r;
    json_begin_object(w, key);
    json_put_id(w, "id", channel->id);
    json_put_text(w, "network", channel->network);
    json_put_text(w, "name", channel->name);
    json_put_text(w, "kind_name", channel->kind_name);
    json_put_text(w, "icon", channel->icon);
    json_put_text(w, "mode", channel->mode);
    json_put_text(w, "effective_mode", mode);
    json_put_text(w, "purpose", channel->purpose);
    r = show_people(s, channel);
    if (r < 0)
        return r;
    put_number(w, "planned_minutes", channel->planned_minutes);
    put_number(w, "target_ms", channel->target_ms);
    json_put_raw(w, "settings", channel->settings);
    json_put_bool(w, "credential_given", credential);
    json_put_bool(w, "consent", has_consent(channel));
    json_put_bool(w, "signed", is_signed(channel));
    show_warnings(w, channel);
    json_put_time(w, "created_at", channel->created_at);
    json_put_time(w, "retired_at", channel->retired_at);
    json_put_text(w, "forwarding_note", channel->forwarding_note);
    json_end_object(w);
    return 0;
}

static int need_channel(struct op *op, int64_t id, struct channel *ret)
{
    int r = channel_get(op, id, ret);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such channel");
    return r;
}

static int answer_channel(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct channel channel;
    int r = need_channel(op, id, &channel);

    if (r >= 0)
        r = show_whole_channel(&s, NULL, &channel);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int channel_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct channel *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = channel_list(op, &list, &count);
    if (r < 0)
        return r;
    for (; count > 0 && list->id <= page.id; count--)
        list++;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = show_whole_channel(&s, NULL, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int channel_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return answer_channel(op, call->id, ret);
}

/* Who answers for a channel works here and may answer: no trainee "on the side". */
static int check_person(struct op *op, const char *field, int64_t id)
{
    struct account account;
    struct role role;
    int r;

    if (!id)
        return 0;
    r = account_get(op, id, &account);
    if (r < 0)
        return r;
    if (r == ACCOUNT_NOT_FOUND || account.disabled_at)
        return op_fail_field_as(op, field, "unknown", "is nobody who works here");
    r = role_get(op, account.role_id, &role);
    if (r < 0)
        return r;
    if (r == 0 && str_is(role.slug, "trainee"))
        return op_fail_field_as(op, field, "trainee",
                                "is a trainee, who cannot answer for a channel");
    return 0;
}

static int check_department(struct op *op, int64_t id)
{
    struct department department;
    int r;

    if (!id)
        return 0;
    r = department_get(op, id, &department);
    if (r < 0)
        return r;
    if (r == DEPARTMENT_NOT_FOUND || department.retired_at)
        return op_fail_field_as(op, "department_id", "unknown", "is no department");
    return 0;
}

/* What the body says over what was there: null takes a setting away. The credential is
 * no setting and stays out. */
static struct str merge_settings(struct op *op, const struct json *old,
                                 const struct json *changes, const char *credential)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    for (size_t i = 0; old && i < old->count; i++) {
        const char *key = arena_cstr(op->arena, old->keys[i]);

        if (!json_get(changes, key))
            json_put_value(&w, key, &old->items[i]);
    }
    for (size_t i = 0; i < changes->count; i++)
        if (changes->items[i].type != JSON_NULL &&
            !(credential && str_is(changes->keys[i], credential)))
            json_put_value(&w, arena_cstr(op->arena, changes->keys[i]),
                           &changes->items[i]);
    json_end_object(&w);
    return json_done(&w);
}

static int read_settings(struct op *op, const struct api_call *call,
                         struct channel *channel)
{
    const struct connector *connector = connector_by_network(channel->network);
    const struct json *changes = json_get(call->body, "settings");
    struct json *old = NULL, *now = NULL;
    int r;

    if (!changes)
        return 0;
    r = json_parse(op, channel->settings, &old);
    if (r < 0)
        return r;
    channel->settings = merge_settings(op, old, changes, connector->credential);
    r = json_parse(op, channel->settings, &now);
    return r < 0 ? r : connector_check_settings(op, connector, now);
}

/* Sealed, once the channel has its row. */
static int keep_credential(struct op *op, const struct api_call *call,
                           const struct channel *channel)
{
    const struct connector *connector = connector_by_network(channel->network);
    const struct json *given = NULL;

    if (connector->credential)
        given = json_get(json_get(call->body, "settings"), connector->credential);
    if (!given || given->type == JSON_NULL)
        return 0;
    return connect_keep_credential(op, channel, given->text);
}

static void read_text(const struct api_call *call, const char *field, struct str *ret)
{
    if (api_has(call, field))
        *ret = api_text(call, field);
}

/* The members of the body over `channel`, checked. */
static int read_body(struct op *op, const struct api_call *call, struct channel *channel)
{
    int r;

    if (api_has(call, "name"))
        channel->name = str_trim(api_text(call, "name"));
    read_text(call, "kind_name", &channel->kind_name);
    read_text(call, "icon", &channel->icon);
    read_text(call, "purpose", &channel->purpose);
    read_text(call, "mode", &channel->mode);
    if (api_has(call, "owner_id"))
        channel->owner_id = api_id(call, "owner_id");
    if (api_has(call, "deputy_id"))
        channel->deputy_id = api_id(call, "deputy_id");
    if (api_has(call, "department_id"))
        channel->department_id = api_id(call, "department_id");
    if (api_has(call, "planned_minutes"))
        channel->planned_minutes = api_int(call, "planned_minutes", 0);
    if (api_has(call, "target_ms"))
        channel->target_ms = api_int(call, "target_ms", 0);
    if (!channel->name.n)
        return op_fail_field_as(op, "name", "empty", "is empty");
    r = check_person(op, "owner_id", channel->owner_id);
    if (r >= 0)
        r = check_person(op, "deputy_id", channel->deputy_id);
    if (r >= 0)
        r = check_department(op, channel->department_id);
    return r < 0 ? r : read_settings(op, call, channel);
}

static int new_secret(struct op *op, int64_t channel_id,
                      const struct connector *connector, int64_t keep_old_ms,
                      struct str *ret)
{
    *ret = signature_new_secret(op);
    return secret_put(op, channel_id, str_of(connector->signing_secret), *ret,
                      keep_old_ms);
}

static int channel_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    const struct connector *connector = connector_by_network(api_text(call, "network"));
    struct channel channel = { .settings = STR("{}"), .owner_id = call->who.account_id };
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str secret = STR("");
    int r;

    if (!connector)
        return op_fail_field_as(op, "network", "unknown",
                                "is none that this program speaks");
    channel.network = str_of(connector->network);
    r = read_body(op, call, &channel);
    if (r >= 0)
        r = channel_add(op, &channel);
    if (r >= 0)
        r = keep_credential(op, call, &channel);
    if (r >= 0)
        r = poll_plan(op, &channel);
    if (r >= 0)
        r = measure_plan(op, &channel);
    if (r >= 0 && connector->signing_secret)
        r = new_secret(op, channel.id, connector, 0, &secret);
    if (r < 0)
        return r;

    json_begin_object(&w, NULL);
    r = show_whole_channel(&s, "channel", &channel);
    if (r < 0)
        return r;
    json_put_text(&w, "signing_secret", secret);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int channel_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct channel old, now;
    int r = need_channel(op, call->id, &old);

    if (r < 0)
        return r;
    if (old.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_retired", "the channel is retired");
    now = old;
    r = read_body(op, call, &now);
    if (r >= 0)
        r = channel_update(op, &old, &now);
    if (r >= 0)
        r = keep_credential(op, call, &now);
    if (r >= 0 && api_has(call, "settings")) /* whether they work is to be seen anew */
        r = pace_forgive(op, call->id);
    if (r >= 0)
        r = poll_plan(op, &now);
    if (r >= 0)
        r = measure_plan(op, &now);
    return r < 0 ? r : answer_channel(op, call->id, ret);
}

/* A channel with its connector, for a handler that works without a transaction. */
struct to_verify {
    int64_t id;
    struct connected to;
    struct str why;
    bool spoken;
};

static int connect_for_verify(struct op *op, void *ctx)
{
    struct to_verify *v = ctx;
    struct channel channel;
    int r = need_channel(op, v->id, &channel);

    if (r < 0)
        return r;
    r = connect_channel(op, v->id, &v->to, &v->why);
    v->spoken = r == 0;
    return r < 0 ? r : 0;
}

static int channel_verify(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct receipt receipt = { .reason = STR("") };
    struct to_verify v = { .id = call->id };
    int r = store_read(op, connect_for_verify, &v);

    if (r < 0)
        return r;
    if (!v.spoken) {
        r = VERIFY_FAILED;
        receipt.reason = v.why;
    } else {
        r = v.to.connector->verify(op, &v.to.connection, &receipt);
    }
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "ok", r == 0);
    json_put_text(&w, "message", receipt.reason);
    json_put_text(&w, "trouble", str_of(receipt.trouble));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int channel_rotate(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    const struct connector *connector;
    struct channel channel;
    struct event event = { .kind = "channel.secret_rotated",
                           .channel_id = call->id,
                           .subject_id = call->id };
    struct str secret;
    int r = need_channel(op, call->id, &channel);

    if (r < 0)
        return r;
    connector = connector_by_network(channel.network);
    if (!connector || !connector->signing_secret || channel.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_without_secret",
                          "this channel has no secret to rotate");
    r = new_secret(op, call->id, connector, KEEP_OLD_SECRET_MS, &secret);
    if (r >= 0)
        r = event_add(op, &event);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "signing_secret", secret);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int channel_end(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int64_t *open;
    size_t count;
    int r =
        channel_retire(op, call->id, api_text(call, "forwarding_note"), &open, &count);

    return r < 0 ? r : answer_channel(op, call->id, ret);
}

/* Of both, the creation and the change. */
#define COMMON_FIELDS                                                                    \
    { "kind_name", API_TEXT, .help = "What this kind is called: \"Messenger Z\"." },     \
        { "icon", API_TEXT, .max = 64 }, { "purpose", API_TEXT, .max = MAX_PURPOSE },    \
        { "owner_id", API_ID, .nullable = true, .help = "The creator by default." },     \
        { "deputy_id", API_ID, .nullable = true },                                       \
        { "department_id", API_ID, .nullable = true },                                   \
        { "planned_minutes", API_INT, .nullable = true, .max = MINUTES_OF_A_WEEK,        \
          .help = "A week." },                                                           \
        { "target_ms", API_INT,          .nullable = true,                               \
          .min = 1,    .max = DAYS(365), .help = "To the first reaction." },             \
    {                                                                                    \
        "settings", API_OBJECT, .help = "As GET /networks lists them."                   \
    }

static const struct api_field create_fields[] = {
    { "network", API_TEXT, .required = true, .min = 1 },
    { "name", API_TEXT, .required = true, .min = 1 },
    { "mode", API_CHOICE, .required = true, .choices = "dialogue|listen|none" },
    COMMON_FIELDS,
    { NULL },
};
static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "mode", API_CHOICE, .choices = "dialogue|listen|none" },
    COMMON_FIELDS,
    { NULL },
};
static const struct api_field retire_fields[] = {
    { "forwarding_note", API_TEXT, .required = true, .min = 1, .max = MAX_FORWARDING,
      .help = "Where people find us from now on." },
    { NULL },
};

/* Creating is not repeated by Idempotency-Key: the answer holds a secret, which must
 * not be kept; a second channel of the same name is refused anyway. */
const struct api_route api_channel_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/networks",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the networks that can be connected, and what each needs.",
        .handle = network_index,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/channels",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the channels.",
        .handle = channel_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Connect a channel; the signing secret is shown once.",
        .fields = create_fields,
        .handle = channel_create,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show a channel and what it lacks.",
        .handle = channel_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/channels/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Change a channel.",
        .fields = change_fields,
        .handle = channel_change,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/verify",
        .mode = API_WORK,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Try whether the channel can work.",
        .handle = channel_verify,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/secret",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Make a new signing secret; the old one counts for 24 more hours.",
        .handle = channel_rotate,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/retire",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Retire a channel that has no open conversations.",
        .fields = retire_fields,
        .handle = channel_end,
    },
    { NULL },
};
