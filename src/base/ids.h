/* ids.h - 63-bit ids that rise with time and that no node has to ask for.
 *
 * 41 bits of milliseconds since 2020-01-01 UTC, 10 bits node number, 12 bits
 * sequence. Strictly rising within a process, even when the clock goes back
 * or stands still: an exhausted millisecond borrows from the next one. The
 * node number is leased from the store (db/store.h), so two processes never
 * share one.
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <pthread.h>

#include "base/op.h"

struct ids {
    pthread_mutex_t lock;
    int64_t node;    /* 0..1023 */
    int64_t last_ms; /* since 2020 */
    int64_t sequence;
};

void ids_init(struct ids *ids, int64_t node, int64_t not_before_id);
int64_t id_next(struct op *op);
int64_t id_time(int64_t id);      /* milliseconds since 1970 */
int64_t id_from_time(int64_t at); /* below every id of this instant and after */

/* Ids travel as decimal strings in JSON and in addresses; 0 is no id. */
bool id_parse(struct str s, int64_t *ret);

#endif
