/* test_channel_item.c - what the custom network may send, and what is refused how. */
#include "fixture.h"

#include "base/bytes.h"
#include "base/strbuf.h"
#include "channel/custom.h"

/* `count` times `unit`. */
static struct str times(struct arena *arena, const char *unit, size_t count)
{
    struct strbuf b = STRBUF(arena);

    for (size_t i = 0; i < count; i++)
        strbuf_add(&b, str_of(unit));
    return strbuf_str(&b);
}

static bool names_field(const struct op *op, const char *field)
{
    for (const struct err_field *f = op->err.fields; f; f = f->next)
        if (str_is(f->field, field))
            return true;
    return false;
}

static void the_whole_shape_is_read(void **state)
{
    static const char text[] =
        "{\"external_id\":\"c-17\",\"thread\":{\"external_id\":\"p-3\",\"kind\":\"post\","
        "\"url\":\"https://example.org/p/"
        "3\",\"title\":\"Hallo\",\"visibility\":\"public\"},"
        "\"parent_external_id\":\"c-1\",\"author\":{\"external_id\":\"u-9\",\"handle\":"
        "\"jonas\",\"name\":\"J\\u00f6nas\",\"url\":null,\"avatar_url\":null,"
        "\"followers\":"
        "120,\"is_us\":true},\"body\":\"Mein W-Lan geht nicht \xF0\x9F\x98\x89\","
        "\"language\":\"de\",\"sent_at\":\"2026-11-02T08:00:00.000Z\",\"edited_at\":"
        "\"2026-11-02T09:00:00+01:00\",\"removed_at\":null,\"automatic\":true,"
        "\"attachments\":[{\"name\":\"a.txt\",\"mime\":\"text/"
        "plain\",\"base64\":\"aGk=\"}],"
        "\"reactions\":{\"like\":3,\"share\":0},\"from_the_future\":{\"x\":[1]}}";
    struct item item;
    (void)state;
    FIXTURE(f);

    assert_int_equal(custom_parse(&f.op, str_of(text), &item), 0);
    CHECK_STR(item.external_id, "c-17");
    CHECK_STR(item.thread.external_id, "p-3");
    CHECK_STR(item.thread.kind, "post");
    CHECK_STR(item.thread.url, "https://example.org/p/3");
    CHECK_STR(item.thread.title, "Hallo");
    CHECK_STR(item.thread.visibility, "public");
    CHECK_STR(item.parent_external_id, "c-1");
    CHECK_STR(item.author.external_id, "u-9");
    CHECK_STR(item.author.name, "J\xC3\xB6nas");
    assert_int_equal(item.author.followers, 120);
    assert_true(item.author.is_us);
    CHECK_STR(item.body, "Mein W-Lan geht nicht \xF0\x9F\x98\x89");
    assert_int_equal(item.sent_at, FIXTURE_NOW);
    assert_int_equal(item.edited_at, FIXTURE_NOW);
    assert_int_equal(item.removed_at, 0);
    assert_true(item.automatic);
    assert_int_equal(item.file_count, 1);
    CHECK_STR(item.files[0].bytes, "hi");
    assert_int_equal(item.reaction_count, 2);
    assert_int_equal(item.reactions[0].number, 3);
}

static void a_message_without_author_is_from_somebody_unknown(void **state)
{
    struct item item;
    (void)state;
    FIXTURE(f);

    assert_int_equal(
        custom_parse(&f.op, STR("{\"thread\":{\"external_id\":\"p\"},\"body\":\"Amen\"}"),
                     &item),
        0);
    assert_int_equal(item.author.external_id.n, 0);
    assert_int_equal(item.author.name.n, 0);
    assert_false(item.author.is_us);
}

static void a_talk_is_private_unless_its_kind_is_public(void **state)
{
    static const struct {
        const char *kind, *visibility;
    } cases[] = {
        { "post", "public" },    { "comment_section", "public" }, { "forum", "public" },
        { "chat", "private" },   { "mail", "private" },           { "call", "private" },
        { "letter", "private" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item;
        FIXTURE(f);
        struct str text = arena_fmt(
            &f.arena,
            "{\"thread\":{\"external_id\":\"p\",\"kind\":\"%s\"},\"body\":\"x\"}",
            cases[i].kind);

        assert_int_equal(custom_parse(&f.op, text, &item), 0);
        CHECK_STR(item.thread.visibility, cases[i].visibility);
    }
}

static void what_is_wrong_is_refused_by_the_name_of_its_field(void **state)
{
    static const struct {
        const char *json, *field;
    } cases[] = {
        { "{\"body\":\"x\"}", "thread.external_id" },
        { "{\"thread\":{},\"body\":\"x\"}", "thread.external_id" },
        { "{\"thread\":{\"external_id\":\"\"},\"body\":\"x\"}", "thread.external_id" },
        { "{\"thread\":{\"external_id\":7},\"body\":\"x\"}", "thread.external_id" },
        { "{\"thread\":\"p\",\"body\":\"x\"}", "thread" },
        { "{\"thread\":{\"external_id\":\"p\"}}", "body" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"\"}", "body" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":null}", "body" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":1}", "body" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"a\\u0000b\"}", "body" },
        { "{\"thread\":{\"external_id\":\"p\",\"kind\":\"tv\"},\"body\":\"x\"}",
          "thread.kind" },
        { "{\"thread\":{\"external_id\":\"p\",\"visibility\":\"all\"},\"body\":\"x\"}",
          "thread.visibility" },
        { "{\"thread\":{\"external_id\":\"p\",\"url\":\"javascript:alert(1)\"},"
          "\"body\":\"x\"}",
          "thread.url" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"url\":\"ftp://x\"},"
          "\"body\":\"x\"}",
          "author.url" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"avatar_url\":"
          "\"https://a b\"},\"body\":\"x\"}",
          "author.avatar_url" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":[],\"body\":\"x\"}", "author" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"followers\":-1},"
          "\"body\":\"x\"}",
          "author.followers" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"followers\":1.5},"
          "\"body\":\"x\"}",
          "author.followers" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"followers\":"
          "9007199254740993},\"body\":\"x\"}",
          "author.followers" },
        { "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"is_us\":\"yes\"},"
          "\"body\":\"x\"}",
          "author.is_us" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"sent_at\":\"today\"}",
          "sent_at" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"edited_at\":1}",
          "edited_at" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"automatic\":1}",
          "automatic" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"attachments\":{}}",
          "attachments" },
        { "{\"thread\":{\"external_id\":\"p\"},\"attachments\":[{\"name\":\"a\"}]}",
          "attachments.0.base64" },
        { "{\"thread\":{\"external_id\":\"p\"},\"attachments\":[{\"base64\":\"*\"}]}",
          "attachments.0.base64" },
        { "{\"thread\":{\"external_id\":\"p\"},\"attachments\":[7]}",
          "attachments.0.base64" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"reactions\":[]}",
          "reactions" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"reactions\":{\"like\":"
          "\"3\"}}",
          "reactions.like" },
        { "{\"thread\":{\"external_id\":\"p\"},\"body\":\"x\",\"reactions\":{\"\":3}}",
          "reactions" },
        { "{\"thread\":{\"external_id\":\"p\"},\"removed_at\":null,\"external_id\":"
          "\"c\"}",
          "body" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item = { .file_count = 77 };
        FIXTURE(f);

        if (custom_parse(&f.op, str_of(cases[i].json), &item) != ERR_INVALID ||
            !names_field(&f.op, cases[i].field))
            fail_msg("%s: not refused for %s", cases[i].json, cases[i].field);
        assert_int_equal(item.file_count, 77);
    }
}

/* Each ceiling: at it accepted, one past it refused by name. `%` is what repeats. */
static void each_ceiling_holds_at_it_and_one_past_it(void **state)
{
    static const struct {
        const char *before, *unit, *after;
        size_t max;
        const char *field;
    } cases[] = {
        { "\"external_id\":\"", "x", "\"", ITEM_MAX_ID, "external_id" },
        { "\"parent_external_id\":\"", "x", "\"", ITEM_MAX_ID, "parent_external_id" },
        { "\"author\":{\"external_id\":\"", "x", "\"}", ITEM_MAX_ID,
          "author.external_id" },
        { "\"author\":{\"name\":\"", "\xC3\xB6", "\"}", ITEM_MAX_NAME, "author.name" },
        { "\"author\":{\"handle\":\"", "\xF0\x9F\x98\x89", "\"}", ITEM_MAX_NAME,
          "author.handle" },
        { "\"author\":{\"url\":\"http://", "x", "\"}", ITEM_MAX_URL - 7, "author.url" },
        { "\"body\":\"", "x", "\"", ITEM_MAX_BODY, "body" },
        { "\"attachments\":[{\"base64\":\"\"}", ",{\"base64\":\"\"}", "]",
          ITEM_MAX_FILES - 1, "attachments" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t past = 0; past < 2; past++) {
            struct item item;
            FIXTURE(f);
            struct str middle = times(&f.arena, cases[i].unit, cases[i].max + past);
            struct str text = arena_fmt(
                &f.arena,
                "{\"body\":\"x\",\"thread\":{\"external_id\":\"p\"},%s" STR_FMT "%s}",
                cases[i].before, STR_ARG(middle), cases[i].after);
            int r = custom_parse(&f.op, text, &item);

            if (r != (past ? ERR_INVALID : 0) ||
                (past && !names_field(&f.op, cases[i].field)))
                fail_msg("%s, %zu past: %d", cases[i].field, past, r);
        }
}

static void reactions_of_more_kinds_than_the_ceiling_are_refused(void **state)
{
    (void)state;

    for (size_t count = ITEM_MAX_REACTIONS; count <= ITEM_MAX_REACTIONS + 1; count++) {
        struct item item;
        FIXTURE(f);
        struct strbuf b = STRBUF(&f.arena);

        strbuf_fmt(&b, "{\"body\":\"x\",\"thread\":{\"external_id\":\"p\"},"
                       "\"reactions\":{");
        for (size_t i = 0; i < count; i++)
            strbuf_fmt(&b, "%s\"k%zu\":%zu", i ? "," : "", i, i);
        strbuf_fmt(&b, "}}");
        assert_int_equal(custom_parse(&f.op, strbuf_str(&b), &item),
                         count > ITEM_MAX_REACTIONS ? ERR_INVALID : 0);
    }
}

static void a_file_is_at_most_8_mib_large(void **state)
{
    (void)state;

    for (size_t past = 0; past < 2; past++) {
        struct item item;
        FIXTURE(f);
        struct str bytes = times(&f.arena, "x", ITEM_MAX_FILE + past);
        struct str code = base64_encode(&f.arena, bytes);
        struct strbuf b = STRBUF(&f.arena);

        strbuf_fmt(&b, "{\"thread\":{\"external_id\":\"p\"},\"attachments\":[{"
                       "\"base64\":\"");
        strbuf_add(&b, code);
        strbuf_fmt(&b, "\"}]}");
        assert_int_equal(custom_parse(&f.op, strbuf_str(&b), &item),
                         past ? ERR_INVALID : 0);
    }
}

static void a_removal_needs_no_words(void **state)
{
    struct item item;
    (void)state;
    FIXTURE(f);

    assert_int_equal(
        custom_parse(&f.op,
                     STR("{\"external_id\":\"c\",\"thread\":{\"external_id\":"
                         "\"p\"},\"removed_at\":\"2026-11-02T08:00:00Z\"}"),
                     &item),
        0);
    assert_int_equal(item.removed_at, FIXTURE_NOW);
}

static void an_array_is_cut_into_its_elements_byte_for_byte(void **state)
{
    struct str *items;
    size_t count;
    (void)state;
    FIXTURE(f);

    assert_int_equal(
        custom_split(&f.op, STR(" [ {\"a\" : 1} ,7, \"x\" ] "), &items, &count), 0);
    assert_int_equal(count, 3);
    CHECK_STR(items[0], "{\"a\" : 1}");
    CHECK_STR(items[1], "7");
    CHECK_STR(items[2], "\"x\"");
    assert_int_equal(custom_split(&f.op, STR("\n{\"a\":2}\n"), &items, &count), 0);
    assert_int_equal(count, 1);
    CHECK_STR(items[0], "{\"a\":2}");
}

static void what_is_no_list_of_items_is_refused_whole(void **state)
{
    static const struct {
        const char *json;
        int r;
    } cases[] = {
        { "", ERR_MALFORMED },       { "{", ERR_MALFORMED },
        { "7", ERR_MALFORMED },      { "null", ERR_MALFORMED },
        { "[{}] x", ERR_MALFORMED }, { "{\"a\":\"\xFF\"}", ERR_MALFORMED },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str *items;
        size_t count;
        FIXTURE(f);

        assert_int_equal(custom_split(&f.op, str_of(cases[i].json), &items, &count),
                         cases[i].r);
    }
}

static void a_thousand_items_come_in_at_once_and_not_one_more(void **state)
{
    (void)state;

    for (size_t count = INBOUND_MAX_ITEMS; count <= INBOUND_MAX_ITEMS + 1; count++) {
        struct str *items;
        size_t found = 0;
        FIXTURE(f);
        struct str text = arena_fmt(&f.arena, "[{}" STR_FMT "]",
                                    STR_ARG(times(&f.arena, ",{}", count - 1)));
        int r = custom_split(&f.op, text, &items, &found);

        assert_int_equal(r, count > INBOUND_MAX_ITEMS ? ERR_TOO_LARGE : 0);
        assert_int_equal(found, count > INBOUND_MAX_ITEMS ? 0 : count);
    }
}

static void a_body_above_8_mib_is_not_even_read(void **state)
{
    struct str *items;
    size_t count;
    (void)state;
    FIXTURE(f);
    struct str text = times(&f.arena, " ", INBOUND_MAX_BYTES + 1);

    assert_int_equal(custom_split(&f.op, text, &items, &count), ERR_TOO_LARGE);
    assert_int_equal(custom_split(&f.op, str_sub(text, 1, text.n), &items, &count),
                     ERR_MALFORMED);
}

static void items_nested_too_deep_are_refused(void **state)
{
    struct str *items;
    size_t count;
    (void)state;
    FIXTURE(f);
    struct str open = times(&f.arena, "[", 65), close = times(&f.arena, "]", 65);
    struct str text = arena_fmt(&f.arena, STR_FMT STR_FMT, STR_ARG(open), STR_ARG(close));

    assert_int_equal(custom_split(&f.op, text, &items, &count), ERR_MALFORMED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_shape_is_read),
        cmocka_unit_test(a_message_without_author_is_from_somebody_unknown),
        cmocka_unit_test(a_talk_is_private_unless_its_kind_is_public),
        cmocka_unit_test(what_is_wrong_is_refused_by_the_name_of_its_field),
        cmocka_unit_test(each_ceiling_holds_at_it_and_one_past_it),
        cmocka_unit_test(reactions_of_more_kinds_than_the_ceiling_are_refused),
        cmocka_unit_test(a_file_is_at_most_8_mib_large),
        cmocka_unit_test(a_removal_needs_no_words),
        cmocka_unit_test(an_array_is_cut_into_its_elements_byte_for_byte),
        cmocka_unit_test(what_is_no_list_of_items_is_refused_whole),
        cmocka_unit_test(a_thousand_items_come_in_at_once_and_not_one_more),
        cmocka_unit_test(a_body_above_8_mib_is_not_even_read),
        cmocka_unit_test(items_nested_too_deep_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
