/* multipart.c - the fields and files of a form, as browsers send them. */
#include "net/multipart.h"

#include "base/utf8.h"

struct str form_field(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (!form->parts[i].file_name.p && str_is(form->parts[i].name, name))
            return form->parts[i].value;
    return STR("");
}

/* The parameter `name` of a header's value, without its quotes; `.p` NULL: none.
 * Browsers write \" as %22 (WHATWG), so a quote always ends the text. */
static struct str parameter(struct str value, const char *name)
{
    struct str rest;

    (void)str_cut(value, ';', &rest);
    while (rest.n) {
        struct str after, key = str_trim(str_cut(rest, '=', &after));
        struct str text = str_trim(after);

        if (text.n && text.p[0] == '"') {
            text = str_cut(str_sub(text, 1, text.n), '"', &rest);
            (void)str_cut(rest, ';', &rest);
        } else {
            text = str_trim(str_cut(text, ';', &rest));
        }
        if (str_eq_ignore_case(key, str_of(name)))
            return text.p ? text : STR("");
    }
    return (struct str){ NULL, 0 };
}

static int check_value(struct op *op, struct form_part *part)
{
    if (part->file_name.p)
        return 0;
    if (!utf8_is_valid(part->value) ||
        memchr(part->value.n ? part->value.p : "", 0, part->value.n))
        return op_fail(op, ERR_MALFORMED, "a field of the form is not plain text");
    return 0;
}

/* The header lines of a part. */
static int read_head(struct op *op, struct str head, struct form_part *ret)
{
    struct str name = { NULL, 0 };

    while (head.n) {
        struct str line = str_cut(head, '\n', &head);
        struct str value, key = str_trim(str_cut(line, ':', &value));

        if (str_eq_ignore_case(key, STR("Content-Disposition"))) {
            name = parameter(value, "name");
            ret->file_name = parameter(value, "filename");
        } else if (str_eq_ignore_case(key, STR("Content-Type"))) {
            ret->mime = str_trim(value);
        }
    }
    if (!name.p)
        return op_fail(op, ERR_MALFORMED, "a part of the form has no name");
    ret->name = utf8_repair(op->arena, name);
    if (ret->file_name.p)
        ret->file_name = utf8_repair(op->arena, ret->file_name);
    return 0;
}

/* What stands before `mark` in `*rest`, which is moved behind it; false: no mark. */
static bool cut_at(struct str *rest, struct str mark, struct str *ret)
{
    ptrdiff_t at = str_find(*rest, mark);

    if (at < 0)
        return false;
    *ret = str_sub(*rest, 0, (size_t)at);
    *rest = str_sub(*rest, (size_t)at + mark.n, rest->n);
    return true;
}

static int read_part(struct op *op, struct str *rest, struct str mark, struct form *form)
{
    struct form_part part = { .mime = STR("") };
    struct str head;
    int r;

    if (!cut_at(rest, STR("\r\n\r\n"), &head) || head.n > FORM_MAX_PART_HEAD)
        return op_fail(op, ERR_MALFORMED, "a part of the form has no end of its head");
    if (!cut_at(rest, mark, &part.value))
        return op_fail(op, ERR_MALFORMED, "the form was cut off");
    r = read_head(op, head, &part);
    if (r == 0)
        r = check_value(op, &part);
    if (r < 0)
        return r;
    if (form->count == FORM_MAX_PARTS)
        return op_fail(op, ERR_TOO_LARGE, "the form has more than %d fields",
                       FORM_MAX_PARTS);
    form->parts[form->count++] = part;
    return 0;
}

int multipart_read(struct op *op, struct str body, struct str boundary, struct form *ret)
{
    struct form *form = arena_new(op->arena, struct form, 1);
    struct str first, mark, rest = body, before;
    int r;

    if (boundary.n == 0 || boundary.n > FORM_MAX_BOUNDARY)
        return op_fail(op, ERR_MALFORMED, "the form has no boundary of 1 to %d signs",
                       FORM_MAX_BOUNDARY);
    first = arena_fmt(op->arena, "--" STR_FMT, STR_ARG(boundary));
    mark = arena_fmt(op->arena, "\r\n--" STR_FMT, STR_ARG(boundary));
    if (!str_starts(rest, first))
        return op_fail(op, ERR_MALFORMED, "the form does not begin with its boundary");
    rest = str_sub(rest, first.n, rest.n);
    while (!str_starts(rest, STR("--"))) {
        if (!cut_at(&rest, STR("\r\n"), &before) || str_trim(before).n)
            return op_fail(op, ERR_MALFORMED, "a boundary of the form is broken");
        r = read_part(op, &rest, mark, form);
        if (r < 0)
            return r;
    }
    *ret = *form;
    return 0;
}

static int read_encoded(struct op *op, struct str body, struct form *ret)
{
    struct http_fields fields = { 0 };
    int r = http_params(op, body, &fields);

    if (r == ERR_INVALID)
        return op_fail(op, ERR_MALFORMED, "a field of the form is not plain text");
    if (r < 0)
        return r;
    if (fields.count > FORM_MAX_PARTS)
        return op_fail(op, ERR_TOO_LARGE, "the form has more than %d fields",
                       FORM_MAX_PARTS);
    ret->count = fields.count;
    for (size_t i = 0; i < fields.count; i++)
        ret->parts[i] = (struct form_part){ .name = fields.items[i].name,
                                            .value = fields.items[i].value };
    return 0;
}

int form_read(struct op *op, const struct http_request *rq, struct form *ret)
{
    struct str type = http_header(rq, "Content-Type"), rest;
    struct str kind = str_trim(str_cut(type, ';', &rest));

    ret->count = 0;
    if (str_eq_ignore_case(kind, STR("application/x-www-form-urlencoded")))
        return read_encoded(op, rq->body, ret);
    if (str_eq_ignore_case(kind, STR("multipart/form-data")))
        return multipart_read(op, rq->body, parameter(type, "boundary"), ret);
    return op_fail(op, ERR_MALFORMED, "this is not what a form sends");
}
