/* left_out.h - saying below a message what of it is not kept here.
 *
 * In the language of the house, since its people read it; the connector only told what
 * there was.
 */
#ifndef WORK_LEFT_OUT_H
#define WORK_LEFT_OUT_H

#include "channel/connector.h"

/* `body` with those words below it, or as it is when there is nothing to say; at most
 * LEFT_OUT_MAX bytes longer. */
enum { LEFT_OUT_MAX = 4096 };
struct str left_out_say(struct op *op, struct str language, const struct item *item,
                        struct str body);

#endif
