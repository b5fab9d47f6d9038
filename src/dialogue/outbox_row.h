/* outbox_row.h - what the two halves of the outbox share: outbox.c moves an item
 * for a worker, outbox_person.c for a person or an echo.
 */
#ifndef DIALOGUE_OUTBOX_ROW_H
#define DIALOGUE_OUTBOX_ROW_H

#include "dialogue/outbox.h"

/* Write `now` over `old` and log it as "outbox.STATE". */
int outbox_move(struct op *op, const struct outbox *old,
                const struct outbox *now) MUST_CHECK;

/* The fields of an item that was sent. */
void outbox_is_sent(struct op *op, struct outbox *box, const char *how);

/* The network's id of a message of ours. A copy that came back as a message of its
 * own, before we learned the id, gives it up: one of both is kept. */
int outbox_name_message(struct op *op, const struct outbox *box,
                        struct str external_id) MUST_CHECK;

/* The open try of this epoch is over. */
int outbox_end_delivery(struct op *op, const struct outbox *box, const char *outcome,
                        struct str detail) MUST_CHECK;

/* The event "outbox.duplicate_seen". */
int outbox_note_copies(struct op *op, const struct outbox *box,
                       int64_t copies) MUST_CHECK;

/* Plan the delivery of what goes next in its conversation by the same way. */
int outbox_wake_next(struct op *op, const struct outbox *after) MUST_CHECK;

/* What stands there was taken: it is sent, if that was not known yet. */
int outbox_came_by_itself(struct op *op, const struct outbox *old) MUST_CHECK;

/* ERR_NOT_FOUND in words. */
int outbox_need(struct op *op, int64_t id, struct outbox *ret) MUST_CHECK;

#endif
