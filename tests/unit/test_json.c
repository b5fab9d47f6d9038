/* test_json.c - the reader and the writer. */
#include <dirent.h>

#include "fixture.h"

#include "base/json.h"
#include "base/utf8.h"

static const char suite[] = "../shared/suites/JSONTestSuite/test_parsing";

static struct json *parse(struct fixture *f, const char *text)
{
    struct json *value = NULL;

    if (json_parse(&f->op, str_of(text), &value) < 0)
        fail_msg("%s: " STR_FMT, text, STR_ARG(f->op.err.text));
    return value;
}

static void check_file(struct fixture *f, const char *name)
{
    struct str path = arena_fmt(&f->arena, "%s/%s", suite, name);
    struct str text = fixture_read_file(&f->arena, arena_cstr(&f->arena, path));
    struct json *value = NULL;
    int r;

    assert_non_null(text.p);
    r = json_parse(&f->op, text, &value);
    assert_true(r == 0 || r == ERR_MALFORMED);
    assert_true((r == 0) == (value != NULL));
    if (name[0] == 'y' && r != 0)
        fail_msg("%s was refused: " STR_FMT, name, STR_ARG(f->op.err.text));
    if (name[0] == 'n' && r == 0)
        fail_msg("%s was accepted", name);
}

static void the_whole_test_suite_is_judged_rightly(void **state)
{
    DIR *folder = opendir(suite);
    int seen = 0;

    (void)state;
    if (!folder) {
        print_message("%s is not here\n", suite);
        skip();
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        FIXTURE(f);

        if (entry->d_name[0] == '.')
            continue;
        check_file(&f, entry->d_name);
        seen++;
    }
    closedir(folder);
    assert_true(seen > 300);
}

static void repeat(struct strbuf *b, char c, int n)
{
    for (int i = 0; i < n; i++)
        strbuf_char(b, c);
}

static int parse_depth(struct fixture *f, int depth)
{
    struct strbuf b = STRBUF(&f->arena);
    struct json *value;

    repeat(&b, '[', depth);
    repeat(&b, ']', depth);
    return json_parse(&f->op, strbuf_str(&b), &value);
}

static void depth_64_is_accepted_and_65_refused(void **state)
{
    FIXTURE(f);
    struct strbuf beside = STRBUF(&f.arena);

    (void)state;
    assert_int_equal(parse_depth(&f, 64), 0);
    assert_int_equal(parse_depth(&f, 65), ERR_MALFORMED);
    CHECK_STR(f.op.err.text, "the JSON is not valid: more than 64 levels at byte 64");
    assert_int_equal(parse_depth(&f, 100000), ERR_MALFORMED);
    repeat(&beside, '[', 1);
    for (int i = 0; i < 100; i++)
        strbuf_add(&beside, STR("[{}],")); /* closed ones do not count */
    strbuf_add(&beside, STR("[]]"));
    strbuf_char(&beside, '\0');
    assert_int_equal(parse(&f, beside.p)->count, 101);
}

/* {"k0":1,"k1":1,…} */
static int parse_keys(struct fixture *f, int count)
{
    struct strbuf b = STRBUF(&f->arena);
    struct json *value;

    for (int i = 0; i < count; i++)
        strbuf_fmt(&b, "%s\"k%d\":1", i ? "," : "{", i);
    strbuf_add(&b, STR("}"));
    return json_parse(&f->op, strbuf_str(&b), &value);
}

static void ten_thousand_keys_are_accepted_and_one_more_is_refused(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(parse_keys(&f, JSON_MAX_KEYS), 0);
    assert_int_equal(parse_keys(&f, JSON_MAX_KEYS + 1), ERR_MALFORMED);
    assert_non_null(strstr(f.op.err.text.p, "more than 10000 keys"));
}

static void integers_of_64_bits_are_exact(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
        int64_t integer;
    } cases[] = {
        { "0", JSON_INT, 0 },
        { "-0", JSON_INT, 0 },
        { "9223372036854775807", JSON_INT, INT64_MAX },
        { "-9223372036854775808", JSON_INT, INT64_MIN },
        { "9007199254740993", JSON_INT, INT64_C(9007199254740993) },
        { "9223372036854775808", JSON_REAL, 0 },
        { "-9223372036854775809", JSON_REAL, 0 },
        { "1.0", JSON_REAL, 0 },
        { "1e2", JSON_REAL, 0 },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct json *value = parse(&f, cases[i].text);

        assert_int_equal(value->type, cases[i].type);
        assert_true(value->integer == cases[i].integer);
        CHECK_STR(value->raw, cases[i].text);
    }
    assert_true(parse(&f, "1e2")->real == 100.0);
    assert_true(parse(&f, "9223372036854775808")->real == 9223372036854775808.0);
}

static void what_is_wrong_is_named_with_its_byte(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        { { "", 0 }, "a value was expected at byte 0" },
        { { "[1,]", 4 }, "a value was expected at byte 3" },
        { { "{\"a\" 1}", 7 }, "a colon was expected at byte 5" },
        { { "{a:1}", 5 }, "a key in quotes was expected at byte 1" },
        { { "[1 2]", 5 }, "a comma or ] was expected at byte 3" },
        { { "\"\xff\"", 3 }, "invalid UTF-8 at byte 1" },
        { { "\"\xed\xa0\x80\"", 5 }, "invalid UTF-8 at byte 1" },
        { { "\"a\0\"", 4 }, "control character in a text at byte 2" },
        { { "\0", 1 }, "a value was expected at byte 0" },
        { { "\"\\ud800\"", 8 }, "lone surrogate at byte 1" },
        { { "\"x\\udc00\"", 9 }, "lone surrogate at byte 2" },
        { { "\"\\ud800\\u0041\"", 14 }, "lone surrogate at byte 1" },
        { { "\"\\ud800\\ue000\"", 14 }, "lone surrogate at byte 1" },
        { { "1 x", 3 }, "text after the end at byte 2" },
        { { "\"abc", 4 }, "unfinished text at byte 4" },
        { { "[1e999]", 7 }, "number out of range at byte 1" },
        { { "-", 1 }, "a digit is missing at byte 1" },
        { { "\"\\q\"", 4 }, "unknown escape at byte 2" },
    };
    struct json *value = NULL;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str expected =
            arena_fmt(&f.arena, "the JSON is not valid: %s", cases[i].message);

        assert_int_equal(json_parse(&f.op, cases[i].text, &value), ERR_MALFORMED);
        CHECK_STR(f.op.err.text, expected.p);
        assert_null(value);
    }
}

static void escapes_become_what_they_stand_for(void **state)
{
    FIXTURE(f);

    (void)state;
    CHECK_STR(parse(&f, "\"plain\"")->text, "plain");
    CHECK_STR(parse(&f, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")->text, "\"\\/\b\f\n\r\t");
    CHECK_STR(parse(&f, "\"a\\u00e4\\u20AC\\ud83d\\ude09z\"")->text, "aä€😉z");
    assert_true(str_eq(parse(&f, "\"\\u0000\"")->text, STR("\0")));
}

static void the_last_of_repeated_keys_wins(void **state)
{
    struct strbuf many;
    const struct json *value;
    FIXTURE(f);

    (void)state;
    value = parse(&f, "{\"a\":1,\"b\":2,\"\\u0061\":3}");
    assert_int_equal(value->count, 2);
    assert_int_equal(json_int(value, "a", 0), 3);
    CHECK_STR(value->keys[0], "a");
    value = parse(&f, "{\"a\":1,\"a\":2,\"b\":3}");
    assert_int_equal(value->count, 2);
    CHECK_STR(value->keys[1], "b");

    many = STRBUF(&f.arena);
    for (int i = 0; i < 3000; i++)
        strbuf_fmt(&many, "%c\"k%d\":%d", i ? ',' : '{', i % 1000, i);
    strbuf_char(&many, '}');
    strbuf_char(&many, '\0');
    value = parse(&f, many.p);
    assert_int_equal(value->count, 1000);
    assert_int_equal(json_int(value, "k7", 0), 2007);
    assert_int_equal(json_int(value, "k999", 0), 2999);
}

static void readers_forgive_what_is_missing_or_of_another_type(void **state)
{
    FIXTURE(f);
    const struct json *value = parse(&f, "{\"t\":\"x\",\"i\":5,\"b\":true,\"n\":null,"
                                         "\"r\":1.5,\"o\":{\"t\":\"deep\"},\"\":9}");

    (void)state;
    CHECK_STR(json_text(value, "t"), "x");
    CHECK_STR(json_text(value, "i"), "");
    CHECK_STR(json_text(value, "n"), "");
    CHECK_STR(json_text(json_get(value, "o"), "t"), "deep");
    CHECK_STR(json_text(json_get(value, "t"), "t"), "");
    CHECK_STR(json_text(NULL, "t"), "");
    assert_int_equal(json_int(value, "i", 7), 5);
    assert_int_equal(json_int(value, "r", 7), 7);
    assert_int_equal(json_int(value, "x", 7), 7);
    assert_int_equal(json_int(value, "", 7), 9);
    assert_true(json_bool(value, "b"));
    assert_false(json_bool(value, "t"));
    assert_null(json_get(value, "x"));
}

static void the_writer_places_commas_keys_and_escapes(void **state)
{
    FIXTURE(f);
    struct json_writer w = JSON_WRITER(&f.arena);

    (void)state;
    json_begin_object(&w, NULL);
    json_put_text(&w, "text", STR("a\"\\\n\x01\x7fä\xff😉"));
    json_put_c(&w, "c", "x");
    json_put_c(&w, "none", NULL);
    json_put_int(&w, "min", INT64_MIN);
    json_begin_array(&w, "list");
    json_put_bool(&w, NULL, true);
    json_put_bool(&w, NULL, false);
    json_begin_object(&w, NULL);
    json_end_object(&w);
    json_begin_array(&w, NULL);
    json_end_array(&w);
    json_put_null(&w, NULL);
    json_end_array(&w);
    json_put_id(&w, "id", 17);
    json_put_id(&w, "no_id", 0);
    json_put_time(&w, "at", FIXTURE_NOW);
    json_put_time(&w, "never", 0);
    json_put_real(&w, "tenth", 0.1);
    json_put_real(&w, "nan", 0.0 / 0.0 * 1.0);
    json_put_raw(&w, "raw", STR("[1]"));
    json_end_object(&w);
    CHECK_STR(
        json_done(&w),
        "{\"text\":\"a\\\"\\\\\\n\\u0001\x7fä\xef\xbf\xbd😉\",\"c\":\"x\","
        "\"none\":null,\"min\":-9223372036854775808,\"list\":[true,false,{},[],null],"
        "\"id\":\"17\",\"no_id\":null,\"at\":\"2026-11-02T08:00:00.000Z\","
        "\"never\":null,\"tenth\":0.1,\"nan\":null,\"raw\":[1]}");
}

static struct str rewrite(struct fixture *f, const struct json *value)
{
    struct json_writer w = JSON_WRITER(&f->arena);

    json_put_value(&w, NULL, value);
    return json_done(&w);
}

static void what_was_read_is_written_again_with_all_its_digits(void **state)
{
    FIXTURE(f);
    const struct json *value =
        parse(&f, " { \"a\" : [ 1 , 2.50 , 1E+2 , 123456789012345678901234567890 ] ,"
                  " \"\\u0062\" : \"\\u00e4\\u0000\" , \"a2\" : { } , \"b\" : null } ");
    struct str once = rewrite(&f, value), twice;

    (void)state;
    CHECK_STR(once, "{\"a\":[1,2.50,1E+2,123456789012345678901234567890],"
                    "\"b\":null,\"a2\":{}}");
    twice = rewrite(&f, parse(&f, arena_cstr(&f.arena, once)));
    assert_true(str_eq(once, twice));
}

static void the_deepest_accepted_value_fits_into_an_answer(void **state)
{
    struct json_writer w;
    struct strbuf b;
    FIXTURE(f);

    (void)state;
    b = STRBUF(&f.arena);
    repeat(&b, '[', 64);
    repeat(&b, ']', 64);
    strbuf_char(&b, '\0');
    w = (struct json_writer)JSON_WRITER(&f.arena);
    json_begin_object(&w, NULL);
    json_put_value(&w, "payload", parse(&f, b.p));
    json_end_object(&w);
    assert_int_equal(json_done(&w).n, 128 + 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_test_suite_is_judged_rightly),
        cmocka_unit_test(depth_64_is_accepted_and_65_refused),
        cmocka_unit_test(ten_thousand_keys_are_accepted_and_one_more_is_refused),
        cmocka_unit_test(integers_of_64_bits_are_exact),
        cmocka_unit_test(what_is_wrong_is_named_with_its_byte),
        cmocka_unit_test(escapes_become_what_they_stand_for),
        cmocka_unit_test(the_last_of_repeated_keys_wins),
        cmocka_unit_test(readers_forgive_what_is_missing_or_of_another_type),
        cmocka_unit_test(the_writer_places_commas_keys_and_escapes),
        cmocka_unit_test(what_was_read_is_written_again_with_all_its_digits),
        cmocka_unit_test(the_deepest_accepted_value_fits_into_an_answer),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
