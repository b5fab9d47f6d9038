/* chaser.h - who asks after an earlier message: their new concern is the old one.
 *
 * In one thread that is plain; from another one, or another channel, it must be told from
 * the words, the person and what is open. Where all three leave no doubt (the words ask
 * after something for sure, this person has one open case, on this very channel) the new
 * one is joined to it at once, with the clock of the first message. Where one of them
 * does, it is offered to a person.
 */
#ifndef DESK_CHASER_H
#define DESK_CHASER_H

#include "desk/desk.h"

/* What `suggestion` of a conversation says when joining is offered. */
#define CHASER_SUGGESTION "chaser"

/* Of a conversation that is about to be added: raises it, and says where it belongs
 * (`*ret_into`: its id; 0: nowhere, or that is for a person to say). */
int chaser_look(struct op *op, const struct incoming *in, const struct message *msg,
                struct conversation *c, int64_t *ret_into) MUST_CHECK;

/* Joins the added one to it; result->conversation is the old case then. */
int chaser_join(struct op *op, int64_t into, struct intake_result *result) MUST_CHECK;

#endif
