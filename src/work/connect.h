/* connect.h - a channel's row as its connector wants it: settings read, secrets open. */
#ifndef WORK_CONNECT_H
#define WORK_CONNECT_H

#include "channel/connector.h"
#include "dialogue/channel.h"

struct connected {
    struct channel channel;
    const struct connector *connector;
    struct connection connection;
};

/* op->db: any connection. CONNECT_NONE: there is no such channel, or this program does
 * not speak its network any more; `*ret_why` says which. */
enum { CONNECT_NONE = 1 };
int connect_channel(struct op *op, int64_t channel_id, struct connected *ret,
                    struct str *ret_why) MUST_CHECK;

/* The settings of a channel alone, an object. */
int connect_settings(struct op *op, const struct channel *channel,
                     const struct json **ret) MUST_CHECK;

#endif
