/* test_multipart.c - forms as browsers send them, and what only looks like one. */
#include "fixture.h"

#include "base/strbuf.h"
#include "net/multipart.h"

#define FIELD(name, value)                                                               \
    "--x\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define END "--x--\r\n"

static int read(struct fixture *f, const char *body, struct form *ret)
{
    return multipart_read(&f->op, str_of(body), STR("x"), ret);
}

static void fields_and_files_come_out_as_they_went_in(void **state)
{
    FIXTURE(f);
    struct form *form = arena_new(&f.arena, struct form, 1);
    (void)state;

    CHECK_OK(&f, read(&f,
                      FIELD("text", "Grüße\r\n--y\r\n") FIELD(
                          "empty",
                          "") "--x\r\ncontent-disposition: form-data; name=\"files\"; "
                              "filename=\"a;b.png\"\r\nContent-Type: "
                              "image/png\r\n\r\n\x89PNG\r\n" END,
                      form));
    assert_int_equal(form->count, 3);
    CHECK_STR(form_field(form, "text"), "Grüße\r\n--y\r\n");
    CHECK_STR(form_field(form, "empty"), "");
    CHECK_STR(form_field(form, "files"), "");
    CHECK_STR(form->parts[2].file_name, "a;b.png");
    CHECK_STR(form->parts[2].mime, "image/png");
    CHECK_STR(form->parts[2].value, "\x89PNG");
}

static void what_is_no_form_is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "x",
        "--y\r\n",
        "--x",
        "--x\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
        "--x\r\nContent-Type: text/plain\r\n\r\nno name\r\n--x--",
        "--x junk\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--",
        FIELD("a", "\xff") END,
    };
    FIXTURE(f);
    struct form *form = arena_new(&f.arena, struct form, 1);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_int_equal(read(&f, bodies[i], form), ERR_MALFORMED);
}

static void forty_parts_are_read_and_one_more_is_too_many(void **state)
{
    FIXTURE(f);
    struct form *form = arena_new(&f.arena, struct form, 1);
    struct strbuf body = STRBUF(&f.arena);
    (void)state;

    for (int i = 0; i < FORM_MAX_PARTS; i++)
        strbuf_add(&body, STR(FIELD("a", "b")));
    CHECK_OK(&f, multipart_read(
                     &f.op, arena_fmt(&f.arena, STR_FMT END, STR_ARG(strbuf_str(&body))),
                     STR("x"), form));
    assert_int_equal(form->count, FORM_MAX_PARTS);
    strbuf_add(&body, STR(FIELD("a", "b") END));
    assert_int_equal(multipart_read(&f.op, strbuf_str(&body), STR("x"), form),
                     ERR_TOO_LARGE);
}

static void a_boundary_has_one_to_seventy_signs(void **state)
{
    char boundary[FORM_MAX_BOUNDARY + 2];
    FIXTURE(f);
    struct form *form = arena_new(&f.arena, struct form, 1);
    (void)state;

    memset(boundary, 'b', sizeof(boundary));
    for (size_t n = 0; n <= FORM_MAX_BOUNDARY + 1; n += FORM_MAX_BOUNDARY) {
        struct str name = { boundary, n };
        struct str body = arena_fmt(&f.arena, "--" STR_FMT "--\r\n", STR_ARG(name));
        int r = multipart_read(&f.op, body, name, form);

        assert_int_equal(r, n == FORM_MAX_BOUNDARY ? 0 : ERR_MALFORMED);
    }
    assert_int_equal(multipart_read(&f.op, STR("--b"),
                                    (struct str){ boundary, FORM_MAX_BOUNDARY + 1 },
                                    form),
                     ERR_MALFORMED);
}

static void both_ways_of_sending_give_the_same_fields(void **state)
{
    struct http_field type = { STR("Content-Type"),
                               STR("multipart/form-data; boundary=x") };
    struct http_request rq = { .headers = { &type, 1, 0 } };
    FIXTURE(f);
    struct form *form = arena_new(&f.arena, struct form, 1);
    (void)state;

    rq.body = STR(FIELD("text", "a b&c") END);
    CHECK_OK(&f, form_read(&f.op, &rq, form));
    CHECK_STR(form_field(form, "text"), "a b&c");
    type.value = STR("application/x-www-form-urlencoded; charset=utf-8");
    rq.body = STR("text=a+b%26c&other=");
    CHECK_OK(&f, form_read(&f.op, &rq, form));
    CHECK_STR(form_field(form, "text"), "a b&c");
    rq.body = STR("text=%ff");
    assert_int_equal(form_read(&f.op, &rq, form), ERR_MALFORMED);
    type.value = STR("application/json");
    assert_int_equal(form_read(&f.op, &rq, form), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files_come_out_as_they_went_in),
        cmocka_unit_test(what_is_no_form_is_refused),
        cmocka_unit_test(forty_parts_are_read_and_one_more_is_too_many),
        cmocka_unit_test(a_boundary_has_one_to_seventy_signs),
        cmocka_unit_test(both_ways_of_sending_give_the_same_fields),
    };

    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
