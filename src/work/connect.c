/* connect.c - from a channel's row to something that can be spoken to. */
#include "work/connect.h"

#include "admin/secret.h"
#include "work/renewal.h"

/* What is stored was checked on its way in; a damaged row must not end the process. */
int connect_settings(struct op *op, const struct channel *channel,
                     const struct json **ret)
{
    struct json *settings;
    int r;

    r = json_parse(op, channel->settings.n ? channel->settings : STR("{}"), &settings);
    if (r < 0)
        return op_fail(op, ERR_INTERNAL,
                       "the settings of channel " STR_FMT " are damaged",
                       STR_ARG(channel->name));
    *ret = settings;
    return 0;
}

static struct str with_site(struct op *op, struct str site, struct str text)
{
    return arena_fmt(op->arena, STR_FMT "\n" STR_FMT, STR_ARG(site), STR_ARG(text));
}

int connect_keep_credential(struct op *op, const struct channel *channel, struct str text)
{
    const struct connector *connector = connector_by_network(channel->network);
    const char *field =
        arena_cstr(op->arena, arena_fmt(op->arena, "settings.%s", connector->credential));
    const struct json *settings;
    struct str site;
    int r;

    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ')
            return op_fail_field(op, field, "must be one line");
    if (!str_trim(text).n)
        return op_fail_field_as(op, field, "empty", "is empty");
    r = connect_settings(op, channel, &settings);
    if (r < 0)
        return r;
    site = connector->site ? connector->site(op, settings) : json_text(settings, "url");
    return secret_put(op, channel->id, str_of(connector->credential),
                      with_site(op, site, str_trim(text)), 0);
}

int connect_change_credential(struct op *op, const struct connected *to, struct str text)
{
    const struct secret secret = {
        to->connection.credential.given,
        with_site(op, to->connection.credential.site, text),
    };

    return secret_change(op, to->channel.id, str_of(to->connector->credential), &secret);
}

/* Of a key that does not open it any more there is nothing, and verify() says so. */
static int read_credential(struct op *op, const struct connector *connector,
                           struct connection *connection)
{
    struct secret both;
    int r = secret_get(op, connection->channel_id, str_of(connector->credential), &both);

    if (r)
        return r < 0 ? r : 0;
    connection->credential.site = str_cut(both.plain, '\n', &connection->credential.text);
    connection->credential.given = both.id;
    return 0;
}

int connect_has_credential(struct op *op, const struct channel *channel, bool *ret)
{
    const struct connector *connector = connector_by_network(channel->network);
    struct connection connection = { .channel_id = channel->id };
    int r = 0;

    if (connector && connector->credential)
        r = read_credential(op, connector, &connection);
    *ret = connection.credential.text.n > 0;
    return r;
}

int connect_channel(struct op *op, int64_t channel_id, struct connected *ret,
                    struct str *ret_why)
{
    struct str *secrets = arena_new(op->arena, struct str, SECRET_MAX_VALID);
    struct connected c = { .connection.channel_id = channel_id };
    int r;

    r = channel_get(op, channel_id, &c.channel);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND) {
        *ret_why = STR("there is no such channel");
        return CONNECT_NONE;
    }
    c.connector = connector_by_network(c.channel.network);
    if (!c.connector) {
        *ret_why = arena_fmt(op->arena, "this program does not speak " STR_FMT,
                             STR_ARG(c.channel.network));
        return CONNECT_NONE;
    }
    r = connect_settings(op, &c.channel, &c.connection.settings);
    if (r < 0)
        return r;
    if (c.connector->signing_secret) {
        r = secret_valid(op, channel_id, str_of(c.connector->signing_secret), secrets,
                         &c.connection.secret_count);
        if (r < 0)
            return r;
        c.connection.secrets = secrets;
    }
    if (c.connector->credential) {
        c.connection.renewal = &renewal;
        r = read_credential(op, c.connector, &c.connection);
        if (r < 0)
            return r;
    }
    *ret = c;
    return 0;
}
