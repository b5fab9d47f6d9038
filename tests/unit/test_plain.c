/* test_plain.c - HTML as people read it, in plain text. */
#include "fixture.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/plain.h"

static const struct {
    const char *html, *text;
} cases[] = {
    { "", "" },
    { "Guten Tag", "Guten Tag" },
    { "  zu \n viel\t Luft  ", "zu viel Luft" },
    { "<p>Eins</p>\n<p>Zwei</p>\n", "Eins\n\nZwei" },
    { "Eins<br>Zwei<br/>Drei", "Eins\nZwei\nDrei" },
    { "<div>Eins</div><div>Zwei</div>", "Eins\nZwei" },
    { "Das ist <b>laut</b> &amp; schlecht &lt;3", "Das ist laut & schlecht <3" },
    { "Stra&szlig;e&nbsp;7 &#8222;So&#x201c; &hellip; it&apos;s",
      "Straße 7 \xe2\x80\x9eSo\xe2\x80\x9c \xe2\x80\xa6 it's" },
    { "&#150;&#0;&#xD800;&#x110000;&#31;",
      "\xe2\x80\x93\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "AT&T &unknown; &; & &#; &#x; &#12a;", "AT&T &unknown; &; & &#; &#x; &#12a;" },
    { "<ul><li>Brot</li><li>Salz</li></ul>", "- Brot\n- Salz" },
    { "<blockquote>Ihr <p>schweigt</p></blockquote>Nein", "> Ihr\n\n> schweigt\n\nNein" },
    { "<a href=\"https://example.org/a?b=1&amp;c=2\">hier</a>.",
      "hier (https://example.org/a?b=1&c=2)." },
    { "<a href='https://example.org/'>https://example.org/</a>", "https://example.org/" },
    { "<a href=https://example.org/>example.org</a>", "example.org" },
    { "<a href=\"https://a.example/\x01z\">hier</a>", "hier (https://a.example/z)" },
    { "<a href=\"javascript:alert(1)\">klick</a>", "klick" },
    { "<a href=\"https://example.org/bild\"><img src=x></a>",
      "https://example.org/bild" },
    { "<a href=\"https://example.org/\">offen", "offen (https://example.org/)" },
    { "<img src=\"x.png\" alt=\"Eine &quot;Katze&quot;\">!", "Eine \"Katze\"!" },
    { "<script>alert('x')</script>Text<style>p{}</style><!-- still -->", "Text" },
    { "<SCRIPT>1</script x>2", "2" },
    { "<script>ohne Ende", "" },
    { "1 < 2 und 3 > 2, <3", "1 < 2 und 3 > 2, <3" },
    { "<p title=\"a>b\">c</p>", "c" },
    { "Ende <b", "Ende <b" },
    { "<!DOCTYPE html><?xml version=\"1.0\"?>Da", "Da" },
    { "<!-- nie zu", "<!-- nie zu" },
    { "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3" },
    { "a\x01"
      "b\x7f"
      "c\xff",
      "abc\xef\xbf\xbd" },
    { "<unbekanntesundlangeselement>Wort</unbekanntesundlangeselement>", "Wort" },
};

static void each_piece_of_html_is_read_as_people_would(void **state)
{
    (void)state;
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(text_plain(&f.arena, str_of(cases[i].html), false), cases[i].text);
}

static void line_breaks_count_where_people_typed_them(void **state)
{
    (void)state;
    FIXTURE(f);

    CHECK_STR(text_plain(&f.arena, STR("Eins\nZwei\r\n\r\n\nDrei  vier"), true),
              "Eins\nZwei\n\nDrei vier");
    CHECK_STR(text_plain(&f.arena, STR("Eins\nZwei"), false), "Eins Zwei");
}

/* Each of these made a walk to the end for every one of its thousands of beginnings, if
 * nothing stopped it; the text must come out whole. */
static void what_never_ends_is_text(void **state)
{
    static const char *const openings[] = { "<a ", "<!-- ", "<!x ", "<a b=\" ", "&amp " };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        FIXTURE(f);
        struct strbuf html = STRBUF(&f.arena);
        struct str text;

        while (html.n < 65536)
            strbuf_add(&html, str_of(openings[i]));
        text = text_plain(&f.arena, strbuf_str(&html), false);
        assert_true(utf8_is_valid(text));
        assert_true(text.n + 1 >= html.n);
    }
}

static void a_tag_up_to_its_ceiling_is_one_and_a_longer_one_is_text(void **state)
{
    (void)state;

    for (size_t n = 16 * 1024; n <= 16 * 1024 + 1; n++) {
        FIXTURE(f);
        struct strbuf html = STRBUF(&f.arena);

        strbuf_add(&html, STR("<"));
        while (html.n < n)
            strbuf_char(&html, 'b');
        strbuf_add(&html, STR(">da"));
        if (n == 16 * 1024)
            CHECK_STR(text_plain(&f.arena, strbuf_str(&html), false), "da");
        else
            assert_true(text_plain(&f.arena, strbuf_str(&html), false).n == html.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_piece_of_html_is_read_as_people_would),
        cmocka_unit_test(line_breaks_count_where_people_typed_them),
        cmocka_unit_test(what_never_ends_is_text),
        cmocka_unit_test(a_tag_up_to_its_ceiling_is_one_and_a_longer_one_is_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
