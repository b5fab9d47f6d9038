/* test_html.c - whatever comes in, nothing of it becomes markup. */
#include "fixture.h"

#include "base/utf8.h"
#include "page/html.h"

static const struct {
    const char *text, *written;
} cases[] = {
    { "", "" },
    { "Grüße", "Grüße" },
    { "<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" },
    { "\"><img src=x onerror=y>", "&quot;&gt;&lt;img src=x onerror=y&gt;" },
    { "a & b &amp; c", "a &amp; b &amp;amp; c" },
    { "a\nb\tc", "a\nb\tc" },
    { "a\x01\x1f\x7f"
      "b",
      "ab" },
    { "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "links\xe2\x80\xaerechts", "linksrechts" },
    { "\xe2\x81\xa6"
      "a\xe2\x81\xa9",
      "a" },
    { "😉", "😉" },
};

static void text_is_escaped_repaired_and_never_turns_the_line(void **state)
{
    FIXTURE(f);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct html html = HTML(&f.arena);

        html_text(&html, str_of(cases[i].text));
        CHECK_STR(html_done(&html), cases[i].written);
    }
}

static void an_attribute_stays_inside_its_quotes(void **state)
{
    FIXTURE(f);
    struct html html = HTML(&f.arena);
    (void)state;

    html_put(&html, "<a");
    html_attr(&html, "href", STR("\" onclick=\"x\"><b"));
    html_attr_id(&html, "data-id", -7);
    html_put(&html, ">");
    html_int(&html, INT64_MIN);
    CHECK_STR(html_done(&html), "<a href=\"&quot; onclick=&quot;x&quot;&gt;&lt;b\" "
                                "data-id=\"-7\">-9223372036854775808");
}

static void lines_are_breaks_and_blanks_around_are_gone(void **state)
{
    FIXTURE(f);
    struct html html = HTML(&f.arena);
    (void)state;

    html_lines(&html, STR("\n a\nb<br>\n "));
    CHECK_STR(html_done(&html), "a<br>\nb&lt;br&gt;");
}

/* Every byte and every code point: no sign that could end a text or an attribute. */
static void no_character_at_all_gets_out(void **state)
{
    FIXTURE(f);
    struct html html = HTML(&f.arena);
    struct str rest;
    (void)state;

    for (int c = 0; c < 256; c++) {
        char byte = (char)c;

        html_text(&html, (struct str){ &byte, 1 });
    }
    rest = html_done(&html);
    assert_true(utf8_is_valid(rest));
    for (size_t i = 0; i < rest.n; i++) {
        assert_false(strchr("<>\"'", rest.p[i]) && rest.p[i]);
        assert_true((unsigned char)rest.p[i] >= 0x20 || rest.p[i] == '\n' ||
                    rest.p[i] == '\t');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped_repaired_and_never_turns_the_line),
        cmocka_unit_test(an_attribute_stays_inside_its_quotes),
        cmocka_unit_test(lines_are_breaks_and_blanks_around_are_gone),
        cmocka_unit_test(no_character_at_all_gets_out),
    };

    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
