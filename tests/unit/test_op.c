/* test_op.c - describing failures. */
#include "fixture.h"

static void the_last_failure_replaces_the_one_before(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(op_fail(&f.op, ERR_NOT_FOUND, "there is no person %d", 7),
                     ERR_NOT_FOUND);
    CHECK_STR(f.op.err.text, "there is no person 7");
    assert_int_equal(op_fail(&f.op, ERR_BUSY, "too many"), ERR_BUSY);
    assert_int_equal(f.op.err.kind, ERR_BUSY);
    CHECK_STR(f.op.err.text, "too many");
    assert_null(f.op.err.fields);
}

static void several_fields_can_be_wrong_at_once(void **state)
{
    FIXTURE(f);

    (void)state;
    op_fail(&f.op, ERR_CONFLICT, "something older");
    assert_int_equal(op_fail_field(&f.op, "body", "is longer than %d characters", 9),
                     ERR_INVALID);
    op_fail_field(&f.op, "author.name", "is missing");
    assert_int_equal(f.op.err.kind, ERR_INVALID);
    CHECK_STR(f.op.err.text, "body is longer than 9 characters");
    CHECK_STR(f.op.err.fields->field, "body");
    CHECK_STR(f.op.err.fields->next->field, "author.name");
    CHECK_STR(f.op.err.fields->next->message, "is missing");
    assert_null(f.op.err.fields->next->next);
}

static void a_failure_carries_a_code_for_programs(void **state)
{
    FIXTURE(f);

    (void)state;
    op_fail_as(&f.op, ERR_CONFLICT, "channel_retired", "the channel %d is retired", 7);
    assert_string_equal(f.op.err.code, "channel_retired");
    CHECK_STR(f.op.err.text, "the channel 7 is retired");
    op_fail(&f.op, ERR_CONFLICT, "something else");
    assert_null(f.op.err.code);
}

static void a_broken_limit_comes_as_a_number_too(void **state)
{
    const struct err_field *field;
    FIXTURE(f);

    (void)state;
    op_too_long(&f.op, "name", 200, "characters");
    op_too_short(&f.op, "password", 10, "characters");
    op_too_many(&f.op, "tags", 20);
    op_out_of_range(&f.op, "days", 1, 365);
    field = f.op.err.fields;
    assert_string_equal(field->code, "too_long");
    assert_int_equal(field->max, 200);
    CHECK_STR(field->message, "is longer than 200 characters");
    field = field->next;
    assert_string_equal(field->code, "too_short");
    assert_int_equal(field->min, 10);
    field = field->next;
    assert_string_equal(field->code, "too_many");
    CHECK_STR(field->message, "has more than 20 members");
    field = field->next;
    assert_string_equal(field->code, "out_of_range");
    assert_int_equal(field->min, 1);
    assert_int_equal(field->max, 365);
    CHECK_STR(field->message, "must be 1 to 365");
    assert_null(field->next);
}

static void details_are_collected_and_the_result_passes_through(void **state)
{
    FIXTURE(f);

    (void)state;
    op_fail(&f.op, ERR_UNAVAILABLE, "the disk is full");
    assert_int_equal(op_detail(&f.op, ERR_UNAVAILABLE, "errno %d", 28), ERR_UNAVAILABLE);
    op_detail(&f.op, ERR_UNAVAILABLE, "while writing");
    CHECK_STR(f.op.err.detail, "errno 28; while writing");
    CHECK_STR(f.op.err.text, "the disk is full");
}

static void every_kind_has_a_name_and_a_status(void **state)
{
    (void)state;
    for (int kind = ERR_INTERNAL; kind <= ERR_INVALID; kind++) {
        assert_non_null(err_name(kind));
        assert_in_range(err_http_status(kind), 400, 503);
    }
    assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
    assert_int_equal(err_http_status(ERR_STALE), 412);
    assert_true(err_is_worth_retrying(ERR_UNAVAILABLE));
    assert_false(err_is_worth_retrying(ERR_INTERNAL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_failure_replaces_the_one_before),
        cmocka_unit_test(several_fields_can_be_wrong_at_once),
        cmocka_unit_test(a_failure_carries_a_code_for_programs),
        cmocka_unit_test(a_broken_limit_comes_as_a_number_too),
        cmocka_unit_test(details_are_collected_and_the_result_passes_through),
        cmocka_unit_test(every_kind_has_a_name_and_a_status),
    };

    return cmocka_run_group_tests_name("op", tests, NULL, NULL);
}
