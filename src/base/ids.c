/* ids.c - numbering things without asking anybody. */
#include "base/ids.h"

#include "base/failpoint.h"

enum { NODE_BITS = 10, SEQUENCE_BITS = 12, LAST_SEQUENCE = (1 << SEQUENCE_BITS) - 1 };

static const int64_t epoch = INT64_C(1577836800000); /* 2020-01-01 UTC */
static const int64_t end_ms = INT64_C(1) << 41;      /* in the year 2089 */

void ids_init(struct ids *ids, int64_t node, int64_t not_before_id)
{
    if (node < 0 || node >= 1 << NODE_BITS)
        abort();
    pthread_mutex_init(&ids->lock, NULL);
    ids->node = node;
    ids->last_ms = not_before_id >> (NODE_BITS + SEQUENCE_BITS);
    /* Another node may have used any sequence of that millisecond. */
    ids->sequence = LAST_SEQUENCE;
}

int64_t id_next(struct op *op)
{
    struct ids *ids = op->world->ids;
    int64_t ms = op->now - epoch, id;

    pthread_mutex_lock(&ids->lock);
    if (ms > ids->last_ms || FAILPOINT("control.ids_go_back")) {
        ids->last_ms = ms;
        ids->sequence = 0;
    } else if (ids->sequence < LAST_SEQUENCE) {
        ids->sequence++;
    } else {
        ids->last_ms++;
        ids->sequence = 0;
    }
    if (ids->last_ms >= end_ms)
        abort();
    id = ids->last_ms << (NODE_BITS + SEQUENCE_BITS) | ids->node << SEQUENCE_BITS |
         ids->sequence;
    pthread_mutex_unlock(&ids->lock);
    return id;
}

int64_t id_time(int64_t id)
{
    return (id >> (NODE_BITS + SEQUENCE_BITS)) + epoch;
}

int64_t id_from_time(int64_t at)
{
    return at > epoch ? (at - epoch) << (NODE_BITS + SEQUENCE_BITS) : 0;
}

bool id_parse(struct str s, int64_t *ret)
{
    uint64_t value;

    if (!str_to_u64(s, &value) || s.p[0] == '0' || value > INT64_MAX)
        return false;
    *ret = (int64_t)value;
    return true;
}
