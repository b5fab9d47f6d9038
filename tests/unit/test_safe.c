/* test_safe.c - foreign HTML made harmless. */
#include "fixture.h"

#include "base/strbuf.h"
#include "text/safe.h"

#define AWAY " target=\"_blank\" rel=\"noopener noreferrer nofollow\""

static const struct {
    const char *html, *safe;
    size_t left_out;
} cases[] = {
    { "", "" },
    { "Guten Tag", "Guten Tag" },
    { "<p>Eins <b>zwei</b></p>", "<p>Eins <b>zwei</b></p>" },
    { "<p onclick=\"alert(1)\" style=\"color:red\" class=x id=y>Eins</p>",
      "<p>Eins</p>" },
    { "1 < 2 & 3 > \"2\" &lt;b&gt; &amp; &#39;", "1 &lt; 2 &amp; 3 &gt; &quot;2&quot; "
                                                 "&lt;b&gt; &amp; &#39;" },
    { "<script>alert(1)</script>Text<style>p{}</style><!-- still -->", "Text" },
    { "<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)" },
    { "<svg><g onload=alert(1)><svg></svg></g></svg>Text", "Text" },
    { "<form action=/x><input value=y><button>los</button></form>", "los" },
    { "<html><head><title>T</title></head><body><div>D</div></body></html>",
      "<div>D</div>" },
    { "<b><i>verschränkt</b></i>", "<b><i>verschränkt</i></b>" },
    { "<div><p>offen", "<div><p>offen</p></div>" },
    { "</div></p>zu", "zu" },
    { "<a href=\"https://example.org/a?b=1&amp;c=2\">example.org</a>",
      "<a href=\"https://example.org/a?b=1&amp;c=2\"" AWAY ">example.org</a>" },
    { "<a href=https://boese.example:81/x>www.gut.example</a>",
      "<a href=\"https://boese.example:81/x\"" AWAY
      ">www.gut.example</a> [boese.example:81]" },
    { "<a href=\"https://gut.example@boese.example/\">gut.example</a>",
      "<a href=\"https://gut.example@boese.example/\"" AWAY
      ">gut.example</a> [boese.example]" },
    { "<a href=mailto:a@example.org>a</a>",
      "<a href=\"mailto:a@example.org\"" AWAY ">a</a>" },
    { "<a href=\"javascript:alert(1)\">k</a><a href=\" java\nscript:x\">l</a>"
      "<a href=\"data:text/html,x\">m</a>",
      "<a>k</a><a>l</a><a>m</a>" },
    { "<a href='https://x.example/\" onclick=\"y'>x.example</a>",
      "<a href=\"https://x.example/&quot; onclick=&quot;y\"" AWAY ">x.example</a>" },
    { "<a href=https://a.example>a.example <a href=https://b.example>b</a>",
      "<a href=\"https://a.example\"" AWAY ">a.example b</a>" },
    { "<td colspan=2 rowspan=0>x</td><ol start=101><li>y</ol>",
      "<td colspan=\"2\">x</td><ol><li>y</li></ol>" },
    { "<p dir=RTL>x</p><p dir=rtl>y</p>", "<p>x</p><p dir=\"rtl\">y</p>" },
    { "<div style=\"Display : NONE\">Vorschau<div>x</div></div>Da", "Da" },
    { "<img src=https://t.example/x.gif alt=\"Ein &quot;Haus&quot;\">",
      "Ein &quot;Haus&quot;", 1 },
    { "<img src=\"//t.example/x\"><img src=data:image/svg+xml,x><img alt=nichts>",
      "nichts", 2 },
    { "<img src=cid:haus alt='Haus'>",
      "<img src=\"data:image/png;base64,iVBORw==\" alt=\"Haus\">" },
    { "<img src=cid:seite><img src=cid:fehlt>", "", 2 },
    { "\x01"
      "a\x7f"
      "b",
      "ab" },
};

static const struct safe_part parts[] = {
    { { "haus", 4 }, { "image/png", 9 }, { "\x89PNG", 4 } },
    { { "seite", 5 }, { "text/html", 9 }, { "<b>", 3 } },
};

static void what_comes_out_is_on_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ARENA(arena);
        struct safe_html safe;

        text_safe(&arena, str_of(cases[i].html), parts, COUNT_OF(parts), &safe);
        assert_string_equal(arena_cstr(&arena, safe.html), cases[i].safe);
        assert_int_equal(safe.left_out, cases[i].left_out);
        assert_false(safe.cut);
    }
}

static struct str many(struct arena *arena, const char *what, size_t times)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < times; i++)
        strbuf_add(&out, str_of(what));
    return strbuf_str(&out);
}

static void elements_up_to_the_ceiling_are_kept_and_deeper_ones_are_words(void **state)
{
    ARENA(arena);
    struct safe_html safe;

    (void)state;
    text_safe(&arena, many(&arena, "<b>", SAFE_MAX_DEPTH), NULL, 0, &safe);
    assert_int_equal(safe.html.n, SAFE_MAX_DEPTH * 7);
    text_safe(&arena, many(&arena, "<b>", SAFE_MAX_DEPTH + 1), NULL, 0, &safe);
    assert_int_equal(safe.html.n, SAFE_MAX_DEPTH * 7);
}

static void what_is_behind_the_ceiling_is_left_out_and_it_says_so(void **state)
{
    ARENA(arena);
    struct safe_html safe;

    (void)state;
    text_safe(&arena, many(&arena, "a", SAFE_MAX_HTML), NULL, 0, &safe);
    assert_false(safe.cut);
    text_safe(&arena, many(&arena, "a", SAFE_MAX_HTML + 1), NULL, 0, &safe);
    assert_true(safe.cut);
    assert_int_equal(safe.html.n, SAFE_MAX_HTML);
}

static void pictures_up_to_the_ceilings_are_shown(void **state)
{
    ARENA(arena);
    struct safe_part part = { STR("p"), STR("image/png"),
                              many(&arena, "x", SAFE_MAX_PICTURE) };
    struct safe_html safe;

    (void)state;
    text_safe(&arena, many(&arena, "<img src=cid:p>", 5), &part, 1, &safe);
    assert_int_equal(safe.left_out, 1); /* four make the ceiling of all */
    part.bytes = many(&arena, "x", SAFE_MAX_PICTURE + 1);
    text_safe(&arena, STR("<img src=cid:p>"), &part, 1, &safe);
    assert_int_equal(safe.left_out, 1);
}

static void words_stand_as_they_are(void **state)
{
    ARENA(arena);

    (void)state;
    assert_true(
        str_is(text_safe_words(&arena, STR("a <b>\n c")), "<pre>a &lt;b&gt;\n c</pre>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_out_is_on_the_list),
        cmocka_unit_test(elements_up_to_the_ceiling_are_kept_and_deeper_ones_are_words),
        cmocka_unit_test(what_is_behind_the_ceiling_is_left_out_and_it_says_so),
        cmocka_unit_test(pictures_up_to_the_ceilings_are_shown),
        cmocka_unit_test(words_stand_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
