/* thread.h - the place of a talk: a public post with its comments, a chat, a
 * mail thread. It holds many conversations, one for each person who wants
 * something, and one tree of messages.
 */
#ifndef DIALOGUE_THREAD_H
#define DIALOGUE_THREAD_H

#include "event/record.h"

struct thread {
    int64_t id, channel_id;
    struct str external_id;
    struct str kind;       /* post comment_section chat mail call letter forum */
    struct str visibility; /* public, private */
    struct str url, title;
    int64_t created_at;
};

extern const struct record thread_record;

int thread_get(struct op *op, int64_t id, struct thread *ret) MUST_CHECK;

enum { THREAD_NOT_FOUND = 1 };
int thread_find(struct op *op, int64_t channel_id, struct str external_id,
                struct thread *ret) MUST_CHECK;

/* The thread that `wanted` (channel, external id) names; made when it is new.
 * A title or address that arrives later is added, never taken away. */
int thread_find_or_add(struct op *op, const struct thread *wanted,
                       struct thread *ret) MUST_CHECK;

#endif
