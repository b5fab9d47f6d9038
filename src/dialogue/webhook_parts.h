/* webhook_parts.h - what the files about webhooks share. */
#ifndef DIALOGUE_WEBHOOK_PARTS_H
#define DIALOGUE_WEBHOOK_PARTS_H

#include "dialogue/webhook.h"

/* In the log, and to the webhook that it names alone. */
#define WEBHOOK_TEST "webhook.test"

bool webhook_wants(const struct webhook *hook, struct str kind);
/* ERR_CONFLICT when it is off. */
int webhook_need_on(struct op *op, const struct webhook *hook) MUST_CHECK;
/* Not by a person: "gone" or "failing". What waits has failed for `reason`. */
int webhook_end(struct op *op, const struct webhook *hook, struct str ended,
                struct str reason) MUST_CHECK;
/* From now on people read that it fails; 0: no longer. */
int webhook_tell(struct op *op, const struct webhook *hook, int64_t told_at) MUST_CHECK;

#endif
