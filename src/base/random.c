/* random.c - bytes from the kernel, or from a seed. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/bytes.h"

/* Spreads a small seed over the whole state (splitmix64). */
static uint64_t spread(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void random_seed(struct random_source *source, uint64_t seed)
{
    source->seeded = true;
    source->state[0] = spread(&seed);
    source->state[1] = spread(&seed) | 1; /* all zero would stay zero */
}

static uint64_t next(struct random_source *source)
{
    uint64_t a = source->state[0], b = source->state[1];

    source->state[0] = b;
    a ^= a << 23;
    source->state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return source->state[1] + b;
}

static void fill_seeded(struct random_source *source, char *p, size_t n)
{
    while (n > 0) {
        uint64_t value = next(source);
        size_t part = n < sizeof(value) ? n : sizeof(value);

        memcpy(p, &value, part);
        p += part;
        n -= part;
    }
}

/* Without randomness no token is safe, so there is nothing to go on with. */
static void fill_system(char *p, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

void random_fill(struct op *op, void *bytes, size_t n)
{
    struct random_source *source = op->world->random;

    if (source->seeded)
        fill_seeded(source, bytes, n);
    else
        fill_system(bytes, n);
}

uint64_t random_u64(struct op *op)
{
    uint64_t value;

    random_fill(op, &value, sizeof(value));
    return value;
}

static struct str draw(struct op *op, size_t n)
{
    char *p = arena_alloc(op->arena, 1, 1, n);

    random_fill(op, p, n);
    return (struct str){ p, n };
}

struct str random_hex(struct op *op, size_t n)
{
    return hex_encode(op->arena, draw(op, n));
}

struct str random_token(struct op *op, size_t n)
{
    return base64url_encode(op->arena, draw(op, n));
}
