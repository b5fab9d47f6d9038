/* test_log.c - a line stays a line. */
#include <unistd.h>

#include "fixture.h"

#include "base/log.h"

/* Standard error goes into a file meanwhile. */
struct capture {
    FILE *file;
    int old;
};

static void capture_begin(struct capture *c)
{
    c->file = tmpfile();
    assert_non_null(c->file);
    fflush(stderr);
    c->old = dup(STDERR_FILENO);
    dup2(fileno(c->file), STDERR_FILENO);
}

static struct str capture_end(struct capture *c, struct arena *arena)
{
    struct str text;
    char *p;

    dup2(c->old, STDERR_FILENO);
    close(c->old);
    fseek(c->file, 0, SEEK_END);
    text.n = (size_t)ftell(c->file);
    rewind(c->file);
    p = arena_alloc(arena, 1, 1, text.n + 1);
    text.n = fread(p, 1, text.n, c->file);
    fclose(c->file);
    text.p = p;
    return text;
}

/* What follows the time, which is the machine's. */
static struct str after_time(struct str line)
{
    int64_t at;
    struct str rest, time = str_cut(line, ' ', &rest);

    assert_true(str_starts(time, STR("at=")));
    assert_true(time_parse(str_sub(time, 3, time.n), &at));
    assert_true(at > INT64_C(1577836800000));
    return rest;
}

static void a_line_names_level_and_op(void **state)
{
    struct capture c;
    FIXTURE(f);

    (void)state;
    capture_begin(&c);
    log_line(LOG_INFO, STR("req-7f3a"), "event=started port=%d", 8080);
    CHECK_STR(after_time(capture_end(&c, &f.arena)),
              "level=info op=req-7f3a event=started port=8080\n");
    capture_begin(&c);
    log_line(LOG_ERROR, (struct str){ NULL, 0 }, "event=x");
    CHECK_STR(after_time(capture_end(&c, &f.arena)), "level=error op=- event=x\n");
}

static void control_characters_cannot_forge_a_line(void **state)
{
    struct capture c;
    FIXTURE(f);

    (void)state;
    capture_begin(&c);
    log_line(LOG_INFO, STR("a\nb"), "text=\"%s\"", "x\r\ny\x1b[31m\x7f\xc2\x85ä");
    CHECK_STR(after_time(capture_end(&c, &f.arena)),
              "level=info op=a?b text=\"x??y?[31m???ä\"\n");
}

static void a_quote_in_a_text_does_not_end_it(void **state)
{
    struct capture c;
    FIXTURE(f);

    (void)state;
    CHECK_STR(log_quoted(&f.arena, STR("")), "\"\"");
    CHECK_STR(log_quoted(&f.arena, STR("a\\b")), "\"a\\\\b\"");
    op_fail(&f.op, ERR_INTERNAL, "the \"name\" level=error");
    f.op.id = STR("req-1");
    capture_begin(&c);
    op_log_failure(&f.op);
    CHECK_STR(after_time(capture_end(&c, &f.arena)),
              "level=error op=req-1 event=failed kind=internal "
              "text=\"the \\\"name\\\" level=error\" detail=\"\"\n");
}

static void a_line_that_is_too_long_is_cut_and_still_ends(void **state)
{
    struct capture c;
    struct str text;
    FIXTURE(f);
    char *much = arena_alloc(&f.arena, 1, 1, 10001);

    (void)state;
    memset(much, 'x', 10000);
    capture_begin(&c);
    log_line(LOG_INFO, STR("op"), "text=%s", much);
    text = capture_end(&c, &f.arena);
    assert_int_equal(text.n, 4096);
    assert_int_equal(text.p[4095], '\n');
    capture_begin(&c);
    log_line(LOG_INFO, (struct str){ much, 10000 }, "text");
    text = capture_end(&c, &f.arena);
    assert_int_equal(text.n, 4096);
    assert_int_equal(text.p[4095], '\n');
}

static void the_level_decides_what_is_written(void **state)
{
    struct capture c;
    FIXTURE(f);

    (void)state;
    capture_begin(&c);
    log_line(LOG_DEBUG, STR("op"), "event=quiet");
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, STR("op"), "event=loud");
    log_set_level(LOG_ERROR);
    log_line(LOG_INFO, STR("op"), "event=quiet");
    log_set_level(LOG_INFO);
    CHECK_STR(after_time(capture_end(&c, &f.arena)), "level=debug op=op event=loud\n");
}

static void a_failure_is_logged_with_its_kind_text_and_detail(void **state)
{
    struct capture c;
    FIXTURE(f);

    (void)state;
    op_detail(&f.op, op_fail(&f.op, ERR_UNAVAILABLE, "the disk is full"), "errno 28");
    capture_begin(&c);
    op_log_failure(&f.op);
    CHECK_STR(after_time(capture_end(&c, &f.arena)),
              "level=error op=test event=failed kind=unavailable "
              "text=\"the disk is full\" detail=\"errno 28\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_names_level_and_op),
        cmocka_unit_test(control_characters_cannot_forge_a_line),
        cmocka_unit_test(a_quote_in_a_text_does_not_end_it),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_still_ends),
        cmocka_unit_test(the_level_decides_what_is_written),
        cmocka_unit_test(a_failure_is_logged_with_its_kind_text_and_detail),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
