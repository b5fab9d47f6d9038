/* fuzz_conf.c - any settings are taken or refused with words. Input: lines of
 * "name=value", taken as flags. */
#include "fuzz.h"

#include "base/utf8.h"
#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const variables[] = { "DRAHT_DATA=/nowhere", NULL };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct conf_sources sources = { .environment = variables };
    struct str rest = INPUT;
    struct conf conf;
    size_t count;

    while (rest.n > 0 && sources.flag_count < CONF_MAX_FLAGS) {
        struct str value, line = str_cut(rest, '\n', &rest);

        line = str_cut(line, '=', &value);
        sources.flags[sources.flag_count++] = (struct conf_flag){ line, value };
    }
    if (conf_load(&op, &sources, &conf) < 0) {
        PROMISE(op.err.kind == ERR_INVALID && op.err.text.n > 0);
        return 0;
    }
    PROMISE(conf.workers >= 1 && conf.workers <= 64);
    PROMISE(conf.listen.port >= 0 && conf.listen.port <= 65535);
    PROMISE(conf.db.n > 0 && conf.key_file.n > 0 && conf.data.n > 0);
    conf_describe(&arena, &conf, &count);
    PROMISE(count == CONF_KEYS - 1);
    return 0;
}
