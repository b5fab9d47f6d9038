/* fuzz_language.c - whatever a browser prefers, a page speaks a language that the site
 * speaks. Input: Accept-Language, then a query. */
#include "fuzz.h"

#include "page/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct site german = { .languages = STR("de") },
                             english = { .languages = STR("en") },
                             both = { .languages = STR("de en") };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str query, accept = str_cut(INPUT, '\n', &query);
    struct http_field field = { STR("Accept-Language"), accept };
    const struct http_request rq = { .query = query, .headers = { &field, 1, 0 } };
    struct sheet page = { .op = &op, .rq = &rq, .site = both };
    struct str keep;

    PROMISE(language_of(&op, &rq, &german, STR("en")) == GERMAN);
    PROMISE(language_of(&op, &rq, &english, STR("de")) == ENGLISH);
    page.language = language_of(&op, &rq, &both, STR(""));
    PROMISE(page.language == GERMAN || page.language == ENGLISH);
    PROMISE(language_of(&op, &rq, NULL, STR("x")) == page.language);
    keep = sheet_keep(&page);
    PROMISE(!keep.n || str_is(keep, page.language == GERMAN ? "?lang=de" : "?lang=en"));
    PROMISE(op.err.kind == 0);
    return 0;
}
