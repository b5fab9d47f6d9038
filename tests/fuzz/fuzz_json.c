/* fuzz_json.c - what was read can be written, and read again as the same. */
#include "fuzz.h"

#include "base/json.h"
#include "base/utf8.h"

static struct str rewrite(struct op *op, struct str input, bool *ret_valid)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct json *value = NULL;
    int r = json_parse(op, input, &value);

    *ret_valid = r == 0;
    PROMISE(r == 0 || r == ERR_MALFORMED);
    PROMISE((r == 0) == (value != NULL));
    if (r < 0) {
        PROMISE(op->err.text.n > 0 && utf8_is_valid(op->err.text));
        return input;
    }
    json_put_value(&w, NULL, value);
    return json_done(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str once, twice, quoted;
    bool valid;

    once = rewrite(&op, INPUT, &valid);
    if (valid) {
        twice = rewrite(&op, once, &valid);
        PROMISE(valid);
        PROMISE(str_eq(once, twice));
    }
    quoted = json_quote(&arena, INPUT);
    rewrite(&op, quoted, &valid);
    PROMISE(valid);
    return 0;
}
