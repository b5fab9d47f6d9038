/* raised.h - what raises a conversation above the others on the page of today, and how
 * far: two degrees above the calm ones. stmt_inbox.def says the same in the words of the
 * database.
 */
#ifndef DIALOGUE_RAISED_H
#define DIALOGUE_RAISED_H

#include "dialogue/conversation.h"

enum raised {
    RAISED_ANY, /* of a filter: none */
    RAISED_NOT,
    RAISED_HIGH, /* asks again, out of patience, does not buy, complains, put first */
    RAISED_TOP,  /* wants to leave, waiting would harm, came back, put first of all */
    RAISED_DEGREES
};
enum { RAISED_MAX_REASONS = 8 };

/* Of one that is not finished. `ret`: why, in words of docs/api.md, the weightiest first.
 */
enum raised raised_of(const struct conversation *c,
                      const char *ret[static RAISED_MAX_REASONS], size_t *ret_count);

#endif
