/* talk.h - the messages of a thread as everybody may see them.
 *
 * Left out are: what is private, what waits for release, and replies of ours that are
 * not said (held for approval, planned or still to be taken back, failed). What was
 * hidden or removed keeps its place in the tree, without its words.
 */
#ifndef PAGE_TALK_H
#define PAGE_TALK_H

#include "base/map.h"
#include "dialogue/moderation.h"

enum talk_shown { TALK_READABLE = 1, TALK_HIDDEN, TALK_REMOVED };

struct talk_line {
    struct message msg;
    enum talk_shown shown;
    struct str reason; /* TALK_HIDDEN */
    int64_t depth;     /* below the root of its branch */
};

struct talk {
    struct talk_line *lines; /* answers below what they answer, in order of time */
    size_t count;
    size_t readable, hidden, removed, held;
    struct map by_id; /* struct talk_line * */
};

int talk_load(struct op *op, int64_t thread_id, struct talk *ret) MUST_CHECK;
/* NULL: it is not among what may be seen. */
const struct talk_line *talk_find(const struct talk *talk, int64_t message_id);

/* Which replies of ours in a case are not said (yet), as keys of a map. */
int talk_unsent_of_case(struct op *op, int64_t conversation_id,
                        struct map *ret) MUST_CHECK;

/* Who said it: our colleague, or the person's name, or what a network calls it. */
int talk_author(struct op *op, const struct message *msg, struct str *ret) MUST_CHECK;

#endif
