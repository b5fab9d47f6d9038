/* expected.c - how long an answer of a channel takes. */
#include "insight/expected.h"

#include <stdlib.h>

#include "desk/hours.h"
#include "insight/stmt.h"

/* Both clocks of the same waits. */
struct waits {
    int64_t wall[2 * EXPECTED_MAX], service[2 * EXPECTED_MAX];
    size_t count;
    bool all_service;
};

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* The nearest rank. */
static int64_t nine_of_ten(const int64_t *values, size_t count)
{
    int64_t sorted[2 * EXPECTED_MAX];

    memcpy(sorted, values, count * sizeof(*values));
    qsort(sorted, count, sizeof(*sorted), compare);
    return sorted[(count * 9 + 9) / 10 - 1];
}

static int read_closed(struct op *op, int64_t channel_id, struct waits *waits)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_EXPECTED_CLOSED, ARG_WS, ARG_INT(channel_id),
                     ARG_INT(op->now - EXPECTED_SPAN_MS), ARG_INT(EXPECTED_MAX));

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        waits->wall[waits->count] = db_int(rows, 0);
        waits->service[waits->count] = db_int(rows, 1);
        waits->all_service &= waits->service[waits->count] >= 0;
        waits->count++;
    }
    return r;
}

/* Open waits that are longer already than what the answered ones promise. */
static int add_open(struct op *op, int64_t channel_id, int64_t promise,
                    struct waits *waits)
{
    int64_t opened[EXPECTED_MAX], department[EXPECTED_MAX];
    size_t count = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_EXPECTED_OPEN, ARG_WS, ARG_INT(channel_id),
                     ARG_INT(op->now - EXPECTED_SPAN_MS), ARG_INT(EXPECTED_MAX));

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        opened[count] = db_int(rows, 0);
        department[count++] = db_int(rows, 1);
    }
    for (size_t i = 0; r >= 0 && i < count; i++) {
        int64_t so_far = op->now - opened[i];

        if (waits->all_service)
            r = hours_between(op, department[i], opened[i], op->now, &so_far);
        if (r != 0 || so_far <= promise)
            continue;
        waits->wall[waits->count] = waits->service[waits->count] = so_far;
        waits->count++;
    }
    return r < 0 ? r : 0;
}

int expected_reaction(struct op *op, int64_t channel_id, struct expected *ret)
{
    struct waits waits = { .all_service = true };
    const int64_t *values;
    size_t answered;
    int r = read_closed(op, channel_id, &waits);

    if (r < 0)
        return r;
    if (waits.count < EXPECTED_MIN)
        return EXPECTED_UNKNOWN;
    answered = waits.count;
    values = waits.all_service ? waits.service : waits.wall;
    r = add_open(op, channel_id, nine_of_ten(values, waits.count), &waits);
    if (r < 0)
        return r;
    *ret = (struct expected){ .ms = nine_of_ten(values, waits.count),
                              .n = (int64_t)answered,
                              .in_service = waits.all_service };
    return 0;
}
