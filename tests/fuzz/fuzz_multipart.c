/* fuzz_multipart.c - a form reads or is refused, and what was read keeps the promises of
 * net/multipart.h. */
#include "fuzz.h"

#include "base/utf8.h"
#include "net/multipart.h"

/* The parts are views of the body, so none may reach beyond it. */
static void check_part(const struct form_part *part, struct str body)
{
    bool is_field = !part->file_name.p;

    PROMISE(part->value.n == 0 || (part->value.p >= body.p &&
                                   part->value.p + part->value.n <= body.p + body.n));
    PROMISE(utf8_is_valid(part->name));
    PROMISE(!is_field || utf8_is_valid(part->value));
    PROMISE(!is_field || !memchr(part->value.n ? part->value.p : "", 0, part->value.n));
    PROMISE(is_field || utf8_is_valid(part->file_name));
}

/* The first line is the boundary, the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct form *form = arena_new(&arena, struct form, 1);
    struct str body, boundary = str_cut(INPUT, '\n', &body);
    int r = multipart_read(&op, body, boundary, form);

    PROMISE(r == 0 || r == ERR_MALFORMED || r == ERR_TOO_LARGE);
    if (r < 0)
        return 0;
    PROMISE(form->count <= FORM_MAX_PARTS);
    for (size_t i = 0; i < form->count; i++)
        check_part(&form->parts[i], body);
    return 0;
}
