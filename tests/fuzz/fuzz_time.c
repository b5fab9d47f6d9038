/* fuzz_time.c - an instant that was read is written and read as the same. */
#include "fuzz.h"

#include "base/clock.h"
#include "base/zone.h"

static void check_zone(struct op *op, struct str name)
{
    struct civil civil;
    int64_t at;
    int r = zone_local(op, name, INT64_C(1793606400000), &civil);

    PROMISE((r == 0) == zone_exists(name));
    if (r < 0)
        return;
    PROMISE(zone_instant(op, name, &civil, &at) == 0);
    PROMISE(at == INT64_C(1793606400000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    int64_t at = -1, again = -1;

    check_zone(&op, INPUT);
    if (!time_parse(INPUT, &at)) {
        PROMISE(at == -1);
        return 0;
    }
    PROMISE(at >= 0);
    PROMISE(time_parse(time_format(&arena, at), &again));
    PROMISE(again == at);
    return 0;
}
