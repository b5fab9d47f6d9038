/* left_out.c - the words below a message of which not everything is kept here. */
#include "work/left_out.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "work/notify.h"

enum { NAME = 60, ROOM_FOR_NAMES = LEFT_OUT_MAX - 512 };

static const struct words {
    const char *language;
    const char *beginning; /* so many MB */
    const char *files;     /* before their names */
    const char *more;      /* so many more */
    const char *where;     /* behind their names */
    const char *wordless;
} words[] = {
    { "en", "[Only the beginning: the whole mail has %s MB and is in the mailbox.]",
      "[Not kept here, but in the mailbox: ", ", and %s more", ".]",
      "[A mail without text.]" },
    { "de", "[Nur der Anfang: Die ganze Mail hat %s MB und liegt im Postfach.]",
      "[Nicht hier, aber im Postfach: ", " und %s weitere", ".]",
      "[Eine Mail ohne Text.]" },
};

static struct str number_of(struct op *op, int64_t number)
{
    return arena_fmt(op->arena, "%lld", (long long)number);
}

static struct str size_of(struct op *op, size_t bytes)
{
    size_t kb = bytes / 1024 + (bytes % 1024 != 0);

    if (kb < 1024)
        return arena_fmt(op->arena, "%zu KB", kb);
    return arena_fmt(op->arena, "%zu MB", (kb + 1023) / 1024);
}

static void name_files(struct op *op, const struct words *say, const struct item *item,
                       struct strbuf *out)
{
    size_t begin = out->n, named = 0;

    strbuf_add(out, str_of(say->files));
    while (named < item->left_count && out->n - begin < ROOM_FOR_NAMES) {
        const struct item_left *left = &item->left[named];

        strbuf_fmt(out, "%s" STR_FMT, named ? ", " : "",
                   STR_ARG(utf8_cut(left->name, NAME)));
        if (left->bytes)
            strbuf_fmt(out, " (" STR_FMT ")", STR_ARG(size_of(op, left->bytes)));
        named++;
    }
    if (item->left_in_all > named)
        notify_fill(out, say->more, number_of(op, (int64_t)(item->left_in_all - named)),
                    STR(""), STR(""));
    strbuf_add(out, str_of(say->where));
}

static void begin_line(struct strbuf *out, struct str body)
{
    if (out->n)
        strbuf_add(out, out->n == body.n ? STR("\n\n") : STR("\n"));
}

struct str left_out_say(struct op *op, struct str language, const struct item *item,
                        struct str body)
{
    const struct words *say = &words[str_is(language, "de")];
    struct strbuf out = STRBUF(op->arena);

    if (!item->whole && !item->left_count && !(item->wordless && !body.n))
        return body;
    strbuf_add(&out, body);
    if (item->whole) {
        begin_line(&out, body);
        notify_fill(&out, say->beginning, number_of(op, item->whole / 1024 / 1024),
                    STR(""), STR(""));
    }
    if (item->left_count) {
        begin_line(&out, body);
        name_files(op, say, item, &out);
    }
    if (!out.n)
        strbuf_add(&out, str_of(say->wordless));
    return strbuf_str(&out);
}
