/* connector.c - the networks that this program speaks, and their settings. */
#include "channel/connector.h"

#include "base/utf8.h"
#include "channel/bluesky.h"
#include "channel/custom.h"
#include "channel/email.h"
#include "channel/mock.h"
#include "channel/webchat.h"
#include "channel/feed.h"
#include "channel/form.h"
#include "channel/mastodon.h"
#include "channel/wordpress.h"
#include "net/gate.h"

static const struct connector *const connectors[] = {
    &connector_custom, &connector_webchat,  &connector_form,    &connector_wordpress,
    &connector_feed,   &connector_mastodon, &connector_bluesky, &connector_email,
#ifdef DRAHT_TEST_HOOKS
    &connector_mock_a, &connector_mock_b,   &connector_mock_c,  &connector_mock_d,
    &connector_mock_e,
#endif
};

const struct connector *connector_by_network(struct str network)
{
    for (size_t i = 0; i < COUNT_OF(connectors); i++)
        if (str_is(network, connectors[i]->network))
            return connectors[i];
    return NULL;
}

const struct connector *connector_at(size_t index)
{
    return index < COUNT_OF(connectors) ? connectors[index] : NULL;
}

bool connector_can(const struct connector *connector, const char *capability)
{
    for (const char *const *c = connector->capabilities; *c; c++)
        if (strcmp(*c, capability) == 0)
            return true;
    return false;
}

enum delivery_class connector_delivery(const struct connector *connector,
                                       struct str visibility)
{
    return connector->chat_delivery && str_is(visibility, "private")
               ? connector->chat_delivery
               : connector->delivery;
}

static const struct setting *find(const struct connector *connector, struct str name)
{
    for (const struct setting *s = connector->settings; s->name; s++)
        if (str_is(name, s->name))
            return s;
    return NULL;
}

static int check_url(struct op *op, const char *field, const struct json *value)
{
    struct url url;

    if (value->type != JSON_TEXT || value->text.n > ITEM_MAX_URL)
        return op_fail_field_as(op, field, "not_an_address",
                                "must be an address of at most %d bytes", ITEM_MAX_URL);
    if (value->text.n && url_parse(op, value->text, &url) < 0) {
        op->err = (struct err){ 0 };
        return op_fail_field_as(op, field, "not_an_address",
                                "must be an address of http or https");
    }
    return 0;
}

static bool is_colour(struct str text)
{
    if (text.n == 0)
        return true;
    if (text.n != 7 || text.p[0] != '#')
        return false;
    for (size_t i = 1; i < text.n; i++)
        if (!strchr("0123456789abcdefABCDEF", text.p[i]) || !text.p[i])
            return false;
    return true;
}

static size_t most_bytes(const struct setting *setting)
{
    return setting->max ? (size_t)setting->max : ITEM_MAX_URL;
}

static int check_value(struct op *op, const struct setting *setting,
                       const struct json *value)
{
    const char *field =
        arena_cstr(op->arena, arena_fmt(op->arena, "settings.%s", setting->name));

    if (value->type == JSON_NULL)
        return 0;
    switch (setting->type) {
    case SETTING_URL:
        return check_url(op, field, value);
    case SETTING_TEXT:
    case SETTING_LINES:
        if (value->type != JSON_TEXT || value->text.n > most_bytes(setting))
            return op_fail_field_as(op, field, "wrong_type",
                                    "must be a text of at most %zu bytes",
                                    most_bytes(setting));
        return setting->check ? setting->check(op, field, value->text) : 0;
    case SETTING_COLOUR:
        if (value->type != JSON_TEXT || !is_colour(value->text))
            return op_fail_field_as(op, field, "wrong_type",
                                    "must be a colour such as #1a5fb4");
        return 0;
    case SETTING_BOOL:
        if (value->type != JSON_BOOL)
            return op_fail_field_as(op, field, "wrong_type", "must be true or false");
        return 0;
    case SETTING_INT:
        if (value->type != JSON_INT || value->integer < setting->min ||
            value->integer > setting->max)
            return op_out_of_range(op, field, setting->min, setting->max);
        return 0;
    }
    return op_fail(op, ERR_INTERNAL, "the setting %s has no type", setting->name);
}

static bool is_missing(const struct setting *setting, const struct json *value)
{
    return setting->required && !setting->secret &&
           (!value || value->type == JSON_NULL ||
            (value->type == JSON_TEXT && !value->text.n));
}

int connector_check_settings(struct op *op, const struct connector *connector,
                             const struct json *settings)
{
    int r = 0;

    if (settings->type != JSON_OBJECT)
        return op_fail_field_as(op, "settings", "wrong_type", "must be an object");
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = find(connector, settings->keys[i]);
        int one;

        if (!setting || setting->secret)
            one = op_fail_field_as(op, "settings", "unknown",
                                   "has no \"" STR_FMT "\" with this network",
                                   STR_ARG(utf8_cut(settings->keys[i], ITEM_MAX_NAME)));
        else
            one = check_value(op, setting, &settings->items[i]);
        r = one < 0 ? one : r;
    }
    for (const struct setting *s = connector->settings; s->name; s++)
        if (is_missing(s, json_get(settings, s->name)))
            r = op_fail_field_as(op, "settings", "required", "needs \"%s\"", s->name);
    return r;
}

int64_t connector_int(const struct connector *connector, const struct json *settings,
                      const char *name)
{
    const struct setting *setting = find(connector, str_of(name));

    return json_int(settings, name, setting ? setting->fallback : 0);
}

int64_t connector_since(const struct op *op, const struct connector *connector,
                        const struct connection *connection)
{
    if (connection->since)
        return connection->since;
    return op->now -
           DAYS(connector_int(connector, connection->settings, "look_back_days"));
}

const struct json *connector_json(struct op *op, struct str body)
{
    struct err before = op->err;
    struct json *json;

    if (json_parse(op, body, &json) < 0) {
        op->err = before;
        return NULL;
    }
    return json;
}
