/* round.h - what is still to be read of a network that shows its talk as trees.
 *
 * Such a network lists who spoke of us, page by page, and gives one post with all that
 * stands around it. Nothing tells removals, nor the answers of others below; so the trees
 * of the last days are read again now and then (a sweep). Between the calls all of it
 * stands in the cursor. For the connectors that poll so; the lists themselves are theirs.
 */
#ifndef CHANNEL_ROUND_H
#define CHANNEL_ROUND_H

#include "channel/connector.h"

enum { ROUND_MAX_WATCHED = 100, ROUND_MAX_IDS = 400 };

#define ROUND_LIST_MS  SECONDS(50)
#define ROUND_SWEEP_MS MINUTES(10)

/* Names of posts, each once. What is past the ceiling is left out. */
struct round_ids {
    struct str *list; /* of ROUND_MAX_IDS */
    size_t count;
};
bool round_has(const struct round_ids *ids, struct str id);
void round_add(struct round_ids *ids, struct str id);
void round_drop(struct round_ids *ids, struct str id);

/* A tree that is read again, by its topmost post that concerns us. */
struct round_tree {
    struct str id, thread;
    int64_t at; /* the newest in it */
};

struct round {
    struct str below;         /* where the list goes on; empty: its end was reached */
    struct round_ids waiting; /* posts whose trees are to be read */
    struct round_ids sweep;
    bool own; /* our own posts are to be listed, which people answer */
    struct round_tree watched[ROUND_MAX_WATCHED];
    size_t watched_count;
    int64_t listed, swept; /* when the last began */
};

/* A name as the connector keeps it; empty: it is none. */
typedef struct str round_id(struct op *op, struct str id);

void round_read(struct op *op, const struct json *cursor, round_id *id,
                struct round *ret);
void round_read_ids(struct op *op, const struct json *list, round_id *id,
                    struct round_ids *ret);
/* As members of an open object. */
void round_write(struct json_writer *w, const struct round *round);
void round_write_ids(struct json_writer *w, const char *key, const struct round_ids *ids);

enum round_step { ROUND_LIST = 1, ROUND_TREE, ROUND_OWN };
/* What is to be done next; of ROUND_TREE which, in `*ret_id`. The list is not begun anew
 * while a page of `per_page` more would not find room. */
enum round_step round_next(const struct op *op, const struct round *round,
                           size_t per_page, struct str *ret_id);
/* Is there something to do before the next list? */
bool round_goes_on(const struct round *round);

/* After a page of the list: begin a sweep when it is time. */
void round_listed(const struct op *op, struct round *round);
/* The tree of this post was read: it waits no more. */
void round_done(struct round *round, struct str id);

struct round_tree *round_find(struct round *round, struct str id); /* NULL: none */
void round_forget(struct round *round, struct str id);
/* In the place of the one that was quiet for longest, when there is no room. */
void round_watch(struct round *round, const struct round_tree *tree);

#endif
