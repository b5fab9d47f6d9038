/* likeness.c - names as the eye sees them, without official words, and their distance. */
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "text/likeness.h"

#include "base/strbuf.h"
#include "base/utf8.h"

enum { MAX_SEEN = 4 * LIKENESS_MAX_BYTES, MAX_WORDS = 64 };

/* What sounds like the company itself. */
static const char *const official[] = {
    "official",
    "offiziell",
    "offizielle",
    "offizieller",
    "original",
    "echt",
    "real",
    "verified",
    "verifiziert",
    "support",
    "service",
    "services",
    "help",
    "helps",
    "helpdesk",
    "hilfe",
    "hilft",
    "care",
    "cares",
    "team",
    "kundenservice",
    "kundendienst",
    "kundenhilfe",
    "kundenbetreuung",
    "customer",
    "customerservice",
    "customercare",
    "hotline",
    "kontakt",
    "contact",
    "beratung",
    "info",
    "online",
    "security",
    "sicherheit",
    "24",
    "247",
    "24h",
    "the",
    "hq",
    "de",
    "at",
    "ch",
    "eu",
    "com",
    "net",
    "org",
    "app",
    "web",
    "desk",
    "ask",
    "frag",
    "wir",
    "1",
    "0",
};

/* What says that it is somebody else. */
static const char *const others[] = {
    "fan",         "fans",       "fanclub",   "fanpage",     "fanseite",     "fanblog",
    "freunde",     "freund",     "friends",   "liebhaber",   "lover",        "lovers",
    "parodie",     "parody",     "satire",    "fake",        "anti",         "gegen",
    "nein",        "kritik",     "kritiker",  "watch",       "geschaedigte", "opfer",
    "kunden",      "nutzer",     "user",      "users",       "forum",        "community",
    "stammtisch",  "sammler",    "collector", "history",     "museum",       "ehemalige",
    "betriebsrat", "streik",     "not",       "kein",        "ohne",         "ex",
    "boykott",     "initiative", "verein",    "inoffiziell", "unofficial",
};

struct likeness {
    USpoofChecker *spoof;
    const UNormalizer2 *nfkc;
    struct str official[MAX_WORDS], others[MAX_WORDS];
};

/* A name in the forms in which it is compared. */
struct seen {
    struct str letters; /* folded, without separators */
    struct str shape;   /* what the eye sees of it */
};

static struct str nfkc(struct arena *arena, const struct likeness *l, struct str s)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar in[MAX_SEEN], out[MAX_SEEN];
    int32_t n = 0;
    char *p = arena_new(arena, char, MAX_SEEN);

    u_strFromUTF8(in, COUNT_OF(in), &n, s.p, (int32_t)s.n, &error);
    n = unorm2_normalize(l->nfkc, in, n, out, COUNT_OF(out), &error);
    u_strToUTF8(p, MAX_SEEN, &n, out, n, &error);
    return U_FAILURE(error) ? s : (struct str){ p, (size_t)n };
}

static struct str skeleton(struct arena *arena, const struct likeness *l, struct str s)
{
    UErrorCode error = U_ZERO_ERROR;
    char *p = arena_new(arena, char, MAX_SEEN);
    int32_t n =
        uspoof_getSkeletonUTF8(l->spoof, 0, s.p, (int32_t)s.n, p, MAX_SEEN, &error);

    return U_FAILURE(error) ? s : (struct str){ p, (size_t)n };
}

static bool is_separator(char c)
{
    return (c >= 0 && c < '0' && c != '$') || (c > '9' && c < 'a') ||
           (c > 'z' && c >= 0 && c != '|');
}

/* What Unicode leaves apart and the eye does not; i and l are one. */
static char by_eye(char c)
{
    static const char from[] = "0134578i|$9", to[] = "oleastbllsg";

    for (size_t i = 0; from[i]; i++)
        if (from[i] == c)
            return to[i];
    return c;
}

static struct str without_separators(struct arena *arena, struct str folded)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < folded.n; i++)
        if (!is_separator(folded.p[i]))
            strbuf_char(&out, folded.p[i]);
    return strbuf_str(&out);
}

/* Before the separators go: "Adler Nord" has no m. */
static struct str shape_of(struct arena *arena, struct str letters)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < letters.n; i++) {
        if (str_starts(str_sub(letters, i, 2), STR("vv"))) {
            strbuf_char(&out, 'w');
            i++;
        } else if (str_starts(str_sub(letters, i, 2), STR("rn"))) {
            strbuf_char(&out, 'm');
            i++;
        } else {
            strbuf_char(&out, by_eye(letters.p[i]));
        }
    }
    return strbuf_str(&out);
}

static struct seen see(struct arena *arena, const struct likeness *l, struct str name)
{
    struct str whole = utf8_repair(arena, str_sub(name, 0, LIKENESS_MAX_BYTES));
    struct str plain = nfkc(arena, l, whole);
    /* Case is folded after the skeleton: a capital I looks like l, a small i does not. */
    struct str eye = utf8_fold(arena, skeleton(arena, l, plain));

    return (struct seen){
        .letters = without_separators(arena, utf8_fold(arena, plain)),
        .shape = without_separators(arena, shape_of(arena, eye)),
    };
}

/* Words of a list in the shape in which they are looked for. */
static void prepare(struct arena *arena, const struct likeness *l,
                    const char *const *words, size_t count, struct str *ret)
{
    for (size_t i = 0; i < count && i < MAX_WORDS; i++)
        ret[i] = see(arena, l, str_of(words[i])).shape;
}

_Static_assert(COUNT_OF(official) <= MAX_WORDS, "official words");
_Static_assert(COUNT_OF(others) <= MAX_WORDS, "words of others");

int likeness_open(struct op *op, struct likeness **ret)
{
    struct likeness *l = arena_new(op->arena, struct likeness, 1);
    UErrorCode error = U_ZERO_ERROR;

    l->nfkc = unorm2_getNFKCInstance(&error);
    l->spoof = uspoof_open(&error);
    if (U_FAILURE(error))
        return op_fail(op, ERR_INTERNAL, "no table of look-alike letters: %s",
                       u_errorName(error));
    prepare(op->arena, l, official, COUNT_OF(official), l->official);
    prepare(op->arena, l, others, COUNT_OF(others), l->others);
    *ret = l;
    return 0;
}

void likeness_close(struct likeness *l)
{
    if (l)
        uspoof_close(l->spoof);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Changed, added, missing and turned letters between two shapes, by the optimal string
 * alignment distance. */
static size_t distance(struct arena *arena, struct str a, struct str b)
{
    size_t width = b.n + 1, *rows = arena_new(arena, size_t, 3 * width);
    size_t *before = rows, *last = rows + width, *row = rows + 2 * width, *spare;

    for (size_t j = 0; j <= b.n; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t best = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);

            best = least(best, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                best = least(best, before[j - 2] + 1);
            row[j] = best;
        }
        spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b.n];
}

/* How alike two shapes are by their distance; short names have many neighbours. */
static double by_distance(struct arena *arena, struct str a, struct str b)
{
    size_t shorter = least(a.n, b.n), d;
    double score;

    if (shorter < 3 || a.n > 2 * b.n || b.n > 2 * a.n)
        return 0;
    d = distance(arena, a, b);
    if (d == 0)
        return 1;
    score = 1 - 1.1 * (double)d / (double)shorter;
    if (a.p[0] != b.p[0])
        score -= 0.1; /* other words begin differently, pretenders rarely do */
    if (shorter < 5)
        score -= 0.1;
    return score < 0 ? 0 : score;
}

/* Words of a list at both ends of `s`, taken off, longest first; what is left. */
static struct str strip(struct str s, const struct str *words, size_t count, size_t keep)
{
    for (;;) {
        struct str best = { NULL, 0 };

        for (size_t i = 0; i < count; i++) {
            if (words[i].n > best.n && s.n >= words[i].n + keep &&
                (str_starts(s, words[i]) || str_ends(s, words[i])))
                best = words[i];
        }
        if (best.n == 0)
            return s;
        s = str_ends(s, best) ? str_sub(s, 0, s.n - best.n) : str_sub(s, best.n, s.n);
    }
}

/* `longer` has the shape of `name` within it: what do the words around it say? */
static struct likeness_finding around(struct op *op, const struct likeness *l,
                                      struct str name, struct str longer)
{
    ptrdiff_t at = name.n < 3 ? -1 : str_find(longer, name);
    struct str rest, left;

    if (at < 0)
        return (struct likeness_finding){ 0, LIKENESS_DIFFERENT };
    rest = arena_fmt(op->arena, STR_FMT STR_FMT, STR_ARG(str_sub(longer, 0, (size_t)at)),
                     STR_ARG(str_sub(longer, (size_t)at + name.n, longer.n)));
    left = strip(rest, l->official, COUNT_OF(official), 0);
    if (left.n == 0)
        return (struct likeness_finding){ 0.92, LIKENESS_OFFICIAL };
    if (strip(rest, l->others, COUNT_OF(others), 0).n < rest.n)
        return (struct likeness_finding){ 0.2, LIKENESS_NEIGHBOUR };
    if (left.n == 1 && name.n >= 5)
        return (struct likeness_finding){ 0.86, LIKENESS_TYPO };
    return (struct likeness_finding){ 0.4, LIKENESS_NEIGHBOUR };
}

static struct likeness_finding better(struct likeness_finding a,
                                      struct likeness_finding b)
{
    return b.score > a.score ? b : a;
}

struct likeness_finding likeness_of(struct op *op, struct likeness *l, struct str a,
                                    struct str b)
{
    struct seen left = see(op->arena, l, a), right = see(op->arena, l, b);
    struct str bare_a, bare_b;
    struct likeness_finding found = { 0, LIKENESS_DIFFERENT }, near;

    if (left.shape.n == 0 || right.shape.n == 0)
        return found;
    if (str_eq(left.letters, right.letters))
        return (struct likeness_finding){ 1, LIKENESS_SAME };
    if (str_eq(left.shape, right.shape))
        return (struct likeness_finding){ 0.97, LIKENESS_LOOKS };
    found = left.shape.n < right.shape.n ? around(op, l, left.shape, right.shape)
                                         : around(op, l, right.shape, left.shape);
    if (found.why == LIKENESS_NEIGHBOUR)
        return found;
    near.why = LIKENESS_TYPO;
    near.score = 0.98 * by_distance(op->arena, left.shape, right.shape);
    found = better(found, near);
    bare_a = strip(left.shape, l->official, COUNT_OF(official), 4);
    bare_b = strip(right.shape, l->official, COUNT_OF(official), 4);
    near.why = str_eq(bare_a, bare_b) ? LIKENESS_OFFICIAL : LIKENESS_TYPO;
    near.score = 0.94 * by_distance(op->arena, bare_a, bare_b);
    found = better(found, near);
    if (found.score < LIKENESS_ALIKE)
        found.why = LIKENESS_DIFFERENT;
    return found;
}
