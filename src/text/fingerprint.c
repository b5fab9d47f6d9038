/* fingerprint.c - the smallest of many hashes. */
#include "text/fingerprint.h"

#include "base/utf8.h"

enum { PER_KEY = FINGERPRINT_MINS / FINGERPRINT_KEYS };

static uint64_t mix(uint64_t h)
{
    h ^= h >> 31;
    h *= 0x7FB5D329728EA185U;
    h ^= h >> 27;
    h *= 0x81DADEF4BC2DD44DU;
    return h ^ h >> 33;
}

/* Letters alone, a blank between words; addresses and @names are not the text. */
static size_t letters_of(struct str folded, char *ret)
{
    size_t n = 0;

    while (folded.n > 0) {
        struct str rest, word = str_cut(folded, ' ', &rest);
        bool some = false;

        folded = rest;
        if (str_find(word, STR("://")) >= 0 || str_starts(word, STR("@")) ||
            str_starts(word, STR("www.")))
            continue;
        for (size_t i = 0; i < word.n; i++) {
            unsigned char c = (unsigned char)word.p[i];

            if (c < 0x80 && (unsigned)(c - 'a') >= 26)
                continue;
            ret[n++] = (char)c;
            some = true;
        }
        if (some)
            ret[n++] = ' ';
    }
    return n;
}

static void take_run(struct fingerprint *f, uint64_t run)
{
    uint64_t h = mix(run + 0x9E3779B97F4A7C15U);
    uint32_t low = (uint32_t)h, step = (uint32_t)(h >> 32) | 1;

    for (uint32_t i = 0; i < FINGERPRINT_MINS; i++) {
        uint32_t one = (low + i * step) * 0x9E3779B1U;

        one ^= one >> 15;
        f->mins[i] = one < f->mins[i] ? one : f->mins[i];
    }
}

struct fingerprint text_fingerprint(struct arena *arena, struct str text)
{
    struct fingerprint f;
    struct str folded = utf8_fold(arena, str_sub(text, 0, FINGERPRINT_MAX_BYTES));
    char *letters = arena_new(arena, char, folded.n + 1);
    size_t n = letters_of(folded, letters);
    uint64_t run = 0;

    memset(f.mins, 0xFF, sizeof(f.mins));
    f.empty = n == 0;
    for (size_t i = 0; i < n; i++) {
        if (n < FINGERPRINT_LEAST) {
            run = mix(run ^ (unsigned char)letters[i]);
            continue;
        }
        run = (run << 8 | (unsigned char)letters[i]) &
              (((uint64_t)1 << 8 * FINGERPRINT_RUN) - 1);
        if (i + 1 >= FINGERPRINT_RUN)
            take_run(&f, run);
    }
    if (n > 0 && n < FINGERPRINT_LEAST)
        take_run(&f, run);
    return f;
}

double fingerprint_likeness(const struct fingerprint *a, const struct fingerprint *b)
{
    size_t same = 0;

    if (a->empty || b->empty)
        return 0;
    for (size_t i = 0; i < FINGERPRINT_MINS; i++)
        same += a->mins[i] == b->mins[i];
    return (double)same / FINGERPRINT_MINS;
}

void fingerprint_keys(const struct fingerprint *f, int64_t ret[FINGERPRINT_KEYS])
{
    for (size_t k = 0; k < FINGERPRINT_KEYS; k++) {
        uint64_t h = k;

        for (size_t i = 0; i < PER_KEY; i++)
            h = mix(h << 32 ^ h ^ f->mins[k * PER_KEY + i]);
        ret[k] = (int64_t)(h >> 1);
    }
}
