/* cast.c - inventing people. */
#include "demo/cast.h"

#include "base/strbuf.h"

struct str cast_any(struct cast *cast, const char *pool)
{
    const struct book_block *block = book_find(cast->book, "pool", str_of(pool));

    return block && block->line_count
               ? block->lines[dice_roll(cast->dice, block->line_count)].texts[0]
               : STR("");
}

/* "Jörg Keßler" -> "joerg.kessler": what stands in an address or a handle. */
static struct str plain(struct arena *arena, struct str name)
{
    static const struct {
        const char *from, *to;
    } letters[] = {
        { "ä", "ae" }, { "ö", "oe" }, { "ü", "ue" }, { "ß", "ss" }, { "Ö", "oe" },
        { "Ç", "c" },  { "ç", "c" },  { "ş", "s" },  { "Ş", "s" },  { "ı", "i" },
        { "è", "e" },  { "é", "e" },  { "ğ", "g" },  { " ", "." },
    };
    struct strbuf b = STRBUF(arena);

    while (name.n) {
        size_t n = 1;
        char c = name.p[0];

        for (size_t i = 0; i < COUNT_OF(letters); i++) {
            if (!str_starts(name, str_of(letters[i].from)))
                continue;
            strbuf_add(&b, str_of(letters[i].to));
            n = str_of(letters[i].from).n;
            c = 0;
            break;
        }
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 'a' - 'A');
        if (c > 0)
            strbuf_char(&b, c);
        name = str_sub(name, n, name.n);
    }
    return strbuf_str(&b);
}

static bool is_taken(const struct cast *cast, struct str name)
{
    for (size_t i = 0; i < cast->count; i++) {
        if (str_eq(cast->people[i]->name, name))
            return true;
    }
    return false;
}

static void name_german(struct cast *cast, struct persona *p)
{
    do {
        p->woman = dice_happens(cast->dice, 52);
        p->first = cast_any(cast, p->woman ? "vorname-f" : "vorname-m");
        p->last = cast_any(cast, "nachname");
        p->name = arena_fmt(cast->arena, STR_FMT " " STR_FMT, STR_ARG(p->first),
                            STR_ARG(p->last));
    } while (is_taken(cast, p->name));
}

static void name_foreign(struct cast *cast, struct persona *p)
{
    const char *pool = arena_cstr(
        cast->arena, arena_fmt(cast->arena, "fremd-" STR_FMT, STR_ARG(p->form)));

    p->name = cast_any(cast, pool);
    p->first = str_cut(p->name, ' ', &p->last);
}

static struct persona *invent(struct cast *cast, const void *home, struct str form)
{
    static const char *const hosts[] = { "example.org", "example.com", "example.net" };
    struct persona *p = arena_new(cast->arena, struct persona, 1);

    p->number = cast->count;
    p->form = form;
    p->home = home;
    if (str_is(form, "du") || str_is(form, "sie"))
        name_german(cast, p);
    else
        name_foreign(cast, p);
    p->email = arena_fmt(cast->arena, STR_FMT "@%s", STR_ARG(plain(cast->arena, p->name)),
                         hosts[dice_roll(cast->dice, COUNT_OF(hosts))]);
    p->handle =
        arena_fmt(cast->arena, STR_FMT "_" STR_FMT, STR_ARG(plain(cast->arena, p->first)),
                  STR_ARG(cast_any(cast, "handle")));
    p->visitor = arena_fmt(cast->arena, "v:%016llx%016llx",
                           (unsigned long long)dice_next(cast->dice),
                           (unsigned long long)dice_next(cast->dice));
    p->habit = dice_roll(cast->dice, 1000);
    p->followers = dice_happens(cast->dice, 4) ? dice_between(cast->dice, 2000, 40000)
                                               : dice_between(cast->dice, 4, 900);
    cast->people[cast->count++] = p;
    return p;
}

struct persona *cast_impostor(struct cast *cast)
{
    struct persona *p = arena_new(cast->arena, struct persona, 1);

    *p = (struct persona){ .first = STR("Radwerk"),
                           .last = STR("Gewinnspiel"),
                           .name = STR("Radwerk Lindenau Gewinnspiel"),
                           .handle = STR("radwerk_lindenau_gewinn"),
                           .email = STR("gewinn@example.net"),
                           .form = STR("du"),
                           .number = CAST_MOST,
                           .followers = 3 };
    return p;
}

static bool fits(const struct persona *p, const void *home, struct str form,
                 const void *thread)
{
    return p->home == home && str_eq(p->form, form) && (!thread || p->place != thread);
}

/* Somebody who was there before, or NULL. */
static struct persona *reuse(const struct cast *cast, const void *home, struct str form,
                             const void *thread)
{
    size_t begin = cast->count ? dice_roll(cast->dice, cast->count) : 0;

    for (size_t i = 0; i < cast->count; i++) {
        struct persona *p = cast->people[(begin + i) % cast->count];

        if (fits(p, home, form, thread))
            return p;
    }
    return NULL;
}

struct persona *cast_pick(struct cast *cast, const void *home, struct str form,
                          const void *thread, int percent)
{
    bool full = cast->count == CAST_MOST;
    struct persona *p = NULL;

    if (full || dice_happens(cast->dice, percent))
        p = reuse(cast, home, form, thread);
    if (!p && !full)
        p = invent(cast, home, form);
    if (!p) /* everybody who fits is here already: then once more */
        p = reuse(cast, home, form, NULL);
    if (!p)
        p = cast->people[dice_roll(cast->dice, cast->count)];
    p->place = thread;
    return p;
}
