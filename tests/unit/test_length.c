/* test_length.c - how long a text is, by the rule of a network. */
#include "fixture.h"

#include "base/json.h"
#include "text/length.h"

static void every_text_of_the_shared_list_is_as_long_as_it_says(void **state)
{
    FIXTURE(f);
    struct str file = fixture_read_file(&f.arena, "tests/data/text_lengths.json");
    struct json *list;
    (void)state;

    CHECK_OK(&f, json_parse(&f.op, file, &list));
    assert_true(list->count > 20);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *one = &list->items[i];
        struct length_rule rule = { .link = json_int(one, "link", 0) };

        assert_int_equal(length_unit_parse(json_text(one, "unit"), &rule.unit), 0);
        if (length_of(&rule, json_text(one, "text")) != json_int(one, "length", -1))
            fail_msg(STR_FMT ": %lld", STR_ARG(json_text(one, "text")),
                     (long long)length_of(&rule, json_text(one, "text")));
    }
}

static void a_unit_has_one_name_and_other_words_are_none(void **state)
{
    enum length_unit unit = LENGTH_BYTES;
    (void)state;

    for (int i = LENGTH_GRAPHEMES; i <= LENGTH_BYTES; i++) {
        assert_int_equal(
            length_unit_parse(str_of(length_unit_name((enum length_unit)i)), &unit), 0);
        assert_int_equal(unit, i);
    }
    assert_int_equal(length_unit_parse(STR("words"), &unit), LENGTH_NO_UNIT);
    assert_int_equal(length_unit_parse(STR(""), &unit), LENGTH_NO_UNIT);
    assert_int_equal(unit, LENGTH_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_of_the_shared_list_is_as_long_as_it_says),
        cmocka_unit_test(a_unit_has_one_name_and_other_words_are_none),
    };

    return cmocka_run_group_tests_name("length", tests, NULL, NULL);
}
