/* fuzz_html.c - whatever was written by somebody stands on a page as text: no tag, no
 * attribute and no turned line comes of it. Input: what somebody wrote. */
#include "fuzz.h"

#include "base/utf8.h"
#include "page/html.h"

static void check_shown(struct str shown)
{
    static const char *const turning[] = { "\u202e", "\u2066", "\u200f", "\ufeff" };

    PROMISE(utf8_is_valid(shown));
    for (size_t i = 0; i < shown.n; i++) {
        PROMISE(!memchr("<>\"'", shown.p[i], 4));
        PROMISE((unsigned char)shown.p[i] >= ' ' || memchr("\t\n", shown.p[i], 2));
    }
    for (size_t i = 0; i < COUNT_OF(turning); i++)
        PROMISE(str_find(shown, str_of(turning[i])) < 0);
}

/* Without the tags that are ours. */
static struct str without(struct arena *arena, struct str shown, struct str tag)
{
    struct strbuf out = STRBUF(arena);
    ptrdiff_t at;

    while ((at = str_find(shown, tag)) >= 0) {
        strbuf_add(&out, str_sub(shown, 0, (size_t)at));
        shown = str_sub(shown, (size_t)at + tag.n, shown.n);
    }
    strbuf_add(&out, shown);
    return strbuf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct html text = HTML(&arena), lines = HTML(&arena), attr = HTML(&arena);
    struct str shown, head = STR(" title=\"");

    html_text(&text, INPUT);
    check_shown(html_done(&text));
    html_lines(&lines, INPUT);
    check_shown(without(&arena, html_done(&lines), STR("<br>")));
    html_attr(&attr, "title", INPUT);
    shown = html_done(&attr);
    PROMISE(str_starts(shown, head) && str_ends(shown, STR("\"")));
    check_shown(str_sub(shown, head.n, shown.n - head.n - 1));
    html_attr_id(&attr, "id", (int64_t)size);
    html_int(&attr, -(int64_t)size);
    return 0;
}
