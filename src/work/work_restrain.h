/* work_restrain.h - telling a network what is to be done about an account. */
#ifndef WORK_WORK_RESTRAIN_H
#define WORK_WORK_RESTRAIN_H

#include "dialogue/channel.h"
#include "dialogue/restraint.h"

/* What the network of a channel offers, as capabilities call it: "report", "mute",
 * "block". Ends with NULL; nothing for a channel that is retired. */
const char *const *restrain_offers(struct arena *arena, const struct channel *channel);
bool restrain_can(const char *const *offers, struct str kind);

/* Tell it soon, in the same write as what was asked for. */
int restrain_plan(struct op *op, int64_t restraint_id) MUST_CHECK;

#endif
