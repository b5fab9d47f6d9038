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

static void check_form(struct op *op, const struct form *form, int r, struct str body)
{
    PROMISE(r == 0 || r == ERR_MALFORMED || r == ERR_TOO_LARGE);
    if (r < 0) {
        op->err = (struct err){ 0 };
        return;
    }
    PROMISE(form->count <= FORM_MAX_PARTS);
    PROMISE(form_field(form, "a").p != NULL);
    for (size_t i = 0; body.p && i < form->count; i++)
        check_part(&form->parts[i], body);
}

/* As the browser says what it sends. */
static void check_read(struct op *op, struct str type, struct str body, struct form *form)
{
    struct http_field field = { STR("content-type"), type };
    const struct http_request rq = { .headers = { &field, 1, 0 }, .body = body };

    check_form(op, form, form_read(op, &rq, form), (struct str){ NULL, 0 });
}

/* The first line is the boundary, or all of a Content-Type; the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct form *form = arena_new(&arena, struct form, 1);
    struct str body, boundary = str_cut(INPUT, '\n', &body);

    check_form(&op, form, multipart_read(&op, body, boundary, form), body);
    check_read(&op, boundary, body, form);
    check_read(&op,
               arena_fmt(&arena, "multipart/form-data; x=y; boundary=\"" STR_FMT "\"",
                         STR_ARG(boundary)),
               body, form);
    check_read(&op, STR("application/x-www-form-urlencoded"), body, form);
    return 0;
}
