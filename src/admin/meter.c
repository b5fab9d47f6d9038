/* meter.c - how often something may happen, in a table of fixed size.
 *
 * Each key belongs to one group of eight places, by its hash; so finding one is a walk
 * over eight. Two keys with the same 64-bit hash would share a count, which a secret
 * seed keeps from being arranged.
 */
#include "admin/meter.h"

#include <pthread.h>
#include <sodium.h>

#include "base/random.h"

enum { GROUPS = 1024, PLACES = 8 };

struct place {
    uint64_t hash; /* 0: free */
    int64_t begun, used;
};

struct meter {
    pthread_mutex_t lock; /* guards the places */
    unsigned char seed[crypto_shorthash_KEYBYTES];
    struct place places[GROUPS][PLACES];
};

struct meter *meter_new(struct op *op)
{
    struct meter *meter = must_zalloc(sizeof(*meter));

    pthread_mutex_init(&meter->lock, NULL);
    random_fill(op, meter->seed, sizeof(meter->seed));
    return meter;
}

void meter_free(struct meter *meter)
{
    if (!meter)
        return;
    pthread_mutex_destroy(&meter->lock);
    free(meter);
}

static uint64_t hash_of(const struct meter *meter, struct str key)
{
    unsigned char bytes[crypto_shorthash_BYTES];
    uint64_t hash;

    crypto_shorthash(bytes, (const unsigned char *)key.p, key.n, meter->seed);
    memcpy(&hash, bytes, sizeof(hash));
    return hash ? hash : 1;
}

/* The place of this hash, or the one that is given up for it. */
static struct place *find(struct place group[PLACES], uint64_t hash)
{
    struct place *oldest = &group[0];

    for (size_t i = 0; i < PLACES; i++) {
        if (group[i].hash == hash)
            return &group[i];
        if (!group[i].hash || (oldest->hash && group[i].begun < oldest->begun))
            oldest = &group[i];
    }
    *oldest = (struct place){ .hash = hash };
    return oldest;
}

static int64_t take(struct place *place, struct meter_limit limit, int64_t now)
{
    bool over = now < place->begun || now - place->begun >= limit.window_ms;

    if (over || !place->used) {
        place->begun = now;
        place->used = 0;
    }
    if (place->used >= limit.times)
        return place->begun + limit.window_ms - now;
    place->used++;
    return 0;
}

int64_t meter_take(struct meter *meter, struct str key, struct meter_limit limit,
                   int64_t now)
{
    uint64_t hash = hash_of(meter, key);
    int64_t wait;

    pthread_mutex_lock(&meter->lock);
    wait = take(find(meter->places[hash % GROUPS], hash), limit, now);
    pthread_mutex_unlock(&meter->lock);
    return wait;
}
