/* dress.c - how people write: greetings, signatures, capitals. */
#include "demo/talk.h"

static bool is_german(const struct persona *who)
{
    return str_is(who->form, "du") || str_is(who->form, "sie");
}

/* The first letter as a small or a capital one, for the letters that texts begin with. */
static struct str with_first(struct op *op, struct str text, bool small)
{
    static const struct {
        const char *small, *capital;
    } letters[] = { { "ä", "Ä" }, { "ö", "Ö" }, { "ü", "Ü" } };
    char c = 0;

    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        const char *from = small ? letters[i].capital : letters[i].small;
        const char *to = small ? letters[i].small : letters[i].capital;

        if (str_starts(text, str_of(from)))
            return arena_fmt(op->arena, "%s" STR_FMT, to,
                             STR_ARG(str_sub(text, 2, text.n)));
    }
    if (text.n)
        c = text.p[0];
    if (small ? c < 'A' || c > 'Z' : c < 'a' || c > 'z')
        return text;
    return arena_fmt(op->arena, "%c" STR_FMT, c ^ 0x20,
                     STR_ARG(str_sub(text, 1, text.n)));
}

/* After "Guten Tag," words go on small, unless they are names of things or "Sie". */
static struct str after_comma(struct op *op, const struct demo *d, struct str text)
{
    const struct book_block *words = book_find(&d->book, "pool", STR("klein"));
    struct str small = with_first(op, text, true);

    for (size_t i = 0; words && i < words->line_count; i++) {
        struct str word = words->lines[i].texts[0];
        struct str rest = str_sub(small, word.n, 1);

        if (str_starts(small, word) && rest.n && str_find(STR(" ,.:!"), rest) >= 0)
            return small;
    }
    return text;
}

/* The line of a pool that is this person's habit. */
static struct str habit(const struct demo *d, const struct persona *who, const char *pool)
{
    const struct book_block *lines = book_find(&d->book, "pool", str_of(pool));

    return lines && lines->line_count
               ? lines->lines[who->habit % lines->line_count].texts[0]
               : STR("");
}

struct str talk_dress(struct op *op, struct demo *d, const struct play *p,
                      struct str body)
{
    const struct persona *who = p->voices[0].who;
    bool formal = str_is(who->form, "sie"), first = !p->voices[0].last_id.n;
    struct str end;

    if (!is_german(who) || p->closes)
        return body;
    if (!p->place->greets)
        return formal ? with_first(op, body, false) : body;
    if (!first)
        return who->habit % 3 ? arena_fmt(op->arena, STR_FMT "\n\n" STR_FMT,
                                          STR_ARG(body), STR_ARG(who->name))
                              : body;
    end = book_fill(op->arena, habit(d, who, formal ? "schluss-sie" : "schluss-du"),
                    p->slots);
    return arena_fmt(op->arena, STR_FMT "\n\n" STR_FMT "\n\n" STR_FMT "\n" STR_FMT,
                     STR_ARG(habit(d, who, formal ? "anrede-sie" : "anrede-du")),
                     STR_ARG(after_comma(op, d, body)), STR_ARG(end),
                     STR_ARG(formal ? who->name : who->first));
}

struct str talk_dress_reply(struct op *op, struct demo *d, const struct play *p,
                            struct str body)
{
    const struct persona *who = p->voices[0].who;
    const struct colleague *author =
        p->by_trainee ? house_colleague(&d->house, STR("Lukas")) : p->agent;
    bool formal = str_is(who->form, "sie");
    struct str greeting;

    if (p->place->is_public || !is_german(who))
        return body;
    greeting = formal ? arena_fmt(op->arena, "Guten Tag %s " STR_FMT,
                                  who->woman ? "Frau" : "Herr", STR_ARG(who->last))
                      : arena_fmt(op->arena, "Hallo " STR_FMT, STR_ARG(who->first));
    if (p->place->greets)
        return arena_fmt(op->arena,
                         STR_FMT ",\n\n" STR_FMT "\n\n%s\n%s, Radwerk Lindenau",
                         STR_ARG(greeting), STR_ARG(after_comma(op, d, body)),
                         formal ? "Freundliche Grüße" : "Viele Grüße",
                         formal ? author->name : author->first);
    return p->reacted || dice_happens(&d->dice, 25)
               ? body
               : arena_fmt(op->arena, STR_FMT "! " STR_FMT, STR_ARG(greeting),
                           STR_ARG(body));
}
