/* channel.h - one connected account or address: a row, its health, its rules.
 *
 * The dialogue's view of a channel: it never names a network; the connectors
 * of src/channel/ are found by the network's name on the floors above.
 */
#ifndef DIALOGUE_CHANNEL_H
#define DIALOGUE_CHANNEL_H

#include "event/record.h"

struct channel {
    int64_t id;
    struct str network, name, icon, kind_name;
    int64_t owner_id, deputy_id, department_id;
    struct str purpose;
    struct str mode;         /* dialogue, listen, none */
    int64_t planned_minutes; /* a week; 0: none */
    int64_t target_ms;       /* reaction target; 0: the workspace's */
    struct str settings;     /* JSON object */
    int64_t created_at, retired_at;
    struct str forwarding_note;
};

extern const struct record channel_record;

enum channel_gap {
    CHANNEL_NO_OWNER = 1,
    CHANNEL_NO_DEPUTY = 2,
    CHANNEL_NO_HOURS = 4,
    CHANNEL_NO_PURPOSE = 8
};
unsigned channel_gaps(const struct channel *channel); /* bits of enum channel_gap */

int channel_get(struct op *op, int64_t id, struct channel *ret) MUST_CHECK;
/* The workspace of a channel, for who sends to it without a login. RECORD_NOT_FOUND. */
int channel_workspace(struct op *op, int64_t id, int64_t *ret) MUST_CHECK;
int channel_list(struct op *op, struct channel **ret, size_t *ret_count) MUST_CHECK;
/* Sets channel->id; ERR_CONFLICT when the name is taken. */
int channel_add(struct op *op, struct channel *channel) MUST_CHECK;
int channel_update(struct op *op, const struct channel *old,
                   const struct channel *now) MUST_CHECK;
/* "listen" for an incomplete dialogue channel when the workspace limits those. */
int channel_effective_mode(struct op *op, const struct channel *channel,
                           struct str *ret) MUST_CHECK;
/* Refused with ERR_CONFLICT while conversations are open: `*ret_open` lists them (at most
 * 200), op->err.extra has them as the member `open`. */
int channel_retire(struct op *op, int64_t id, struct str forwarding_note,
                   int64_t **ret_open, size_t *ret_count) MUST_CHECK;

struct channel_health {
    int64_t last_inbound_at, last_success_at, last_error_at;
    struct str last_error;
    int64_t accepted, duplicates;
    int64_t polled_at, poll_failed_at; /* the last that reached the end; the last failure
                                          since then */
    struct str poll_error;
    struct str
        poll_trouble; /* the same as a word that interfaces translate; empty: none */
    int64_t waiting_raw, failed_raw; /* kept and not understood yet, or refused */
    int64_t silence_ms; /* the longest between two arrivals, as far as it is remembered */
};
int channel_health_get(struct op *op, int64_t id, struct channel_health *ret) MUST_CHECK;

/* A channel that is silent for half as long again as it ever was, and for six hours, may
 * be cut off without an error. Only its own history tells: nothing is said before twenty
 * arrivals. The time since when it is silent; 0: it is not remarkable. */
enum { CHANNEL_HISTORY = 20, CHANNEL_SILENCE_HOURS = 6, CHANNEL_SILENCE_DAYS = 60 };
int64_t channel_silent_since(const struct op *op, const struct channel *channel,
                             const struct channel_health *health);

int channel_heard(struct op *op, int64_t id, int64_t accepted,
                  int64_t duplicates) MUST_CHECK;
int channel_succeeded(struct op *op, int64_t id) MUST_CHECK;
int channel_failed(struct op *op, int64_t id, struct str error) MUST_CHECK;

int channel_polled(struct op *op, int64_t id) MUST_CHECK;
int channel_poll_failed(struct op *op, int64_t id, struct str error,
                        struct str trouble) MUST_CHECK;

/* Up to where a polled network was read; empty at the start. */
int channel_cursor(struct op *op, int64_t id, struct str name,
                   struct str *ret) MUST_CHECK;
int channel_move_cursor(struct op *op, int64_t id, struct str name,
                        struct str position) MUST_CHECK;

#endif
