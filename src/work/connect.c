/* connect.c - from a channel's row to something that can be spoken to. */
#include "work/connect.h"

#include "admin/secret.h"

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
    *ret = c;
    return 0;
}
