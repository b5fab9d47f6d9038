/* fuzz_safe.c - whatever is sent as HTML comes out as tags of the list, each closed, with
 * attributes of the list alone. Input: a piece of HTML. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/safe.h"
#include "text/tag.h"

/* " href=\"…\"" and the like, up to ">"; the length of what was read. */
static size_t check_attributes(struct str text)
{
    static const char *const allowed[] = {
        " href=\"http", " href=\"mailto:", " href=\"tel:", " target=\"_blank\"",
        " rel=\"noop",  " dir=\"",         " colspan=\"",  " rowspan=\"",
        " start=\"",    " src=\"data:im",  " alt=\"",      " href=\"HTTP",
    };
    size_t at = 0;

    while (at < text.n && text.p[at] == ' ') {
        struct str rest = str_sub(text, at, text.n);
        ptrdiff_t quote = str_find(rest, STR("=\"")), end;
        bool known = false;

        for (size_t i = 0; i < COUNT_OF(allowed); i++)
            known = known || str_eq_ignore_case(str_sub(rest, 0, strlen(allowed[i])),
                                                str_of(allowed[i]));
        PROMISE(known && quote > 0);
        end = str_find(str_sub(rest, (size_t)quote + 2, rest.n), STR("\""));
        PROMISE(end >= 0);
        at += (size_t)quote + 2 + (size_t)end + 1;
    }
    return at;
}

static void check_html(struct str html)
{
    size_t open = 0;

    PROMISE(utf8_is_valid(html));
    for (size_t i = 0; i < html.n; i++) {
        struct str name = str_sub(html, i + 1, html.n);
        bool closing = name.n && name.p[0] == '/';
        size_t n = closing;

        PROMISE(html.p[i] != '>' && html.p[i] != '"');
        if (html.p[i] != '<')
            continue;
        while (n < name.n && ((name.p[n] >= 'a' && name.p[n] <= 'z') ||
                              (name.p[n] >= '1' && name.p[n] <= '6')))
            n++;
        PROMISE(n > (size_t)closing && n < TAG_MAX_NAME);
        name = str_sub(name, closing, n - closing);
        PROMISE(!str_is(name, "script") && !str_is(name, "style") &&
                !str_is(name, "iframe") && !str_is(name, "form") &&
                !str_is(name, "link") && !str_is(name, "meta"));
        if (!str_is(name, "br") && !str_is(name, "hr") && !str_is(name, "img"))
            open += closing ? (size_t)-1 : 1;
        i += 1 + n;
        i += closing ? 0 : check_attributes(str_sub(html, i, html.n));
        PROMISE(i < html.n && html.p[i] == '>');
    }
    PROMISE(open == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct safe_part parts[] = {
        { { "bild", 4 }, { "image/png", 9 }, { "\x89PNG", 4 } },
        { { "text", 4 }, { "text/html", 9 }, { "<b>", 3 } },
    };
    ARENA(arena);
    struct safe_html safe;

    text_safe(&arena, INPUT, parts, COUNT_OF(parts), &safe);
    check_html(safe.html);
    check_html(text_safe_words(&arena, INPUT));
    return 0;
}
