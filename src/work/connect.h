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

/* What people gave so that we may speak there, sealed together with the address of the
 * setting "url", which must be in channel->settings already. ERR_INVALID when it is
 * empty or has control characters. */
int connect_keep_credential(struct op *op, const struct channel *channel,
                            struct str text) MUST_CHECK;
/* The network gave another one for it: in its place, for the same site. In a write. */
int connect_change_credential(struct op *op, const struct connected *to,
                              struct str text) MUST_CHECK;
/* Was there one given? False too for a network that needs none. */
int connect_has_credential(struct op *op, const struct channel *channel,
                           bool *ret) MUST_CHECK;

#endif
