/* map.c - open addressing with linear probing, at most three quarters full. */
#include "base/map.h"

struct map_slot {
    struct str key; /* text; p is NULL for a number */
    int64_t id;
    uint64_t hash; /* 0: the slot is free */
    void *value;
};

enum { FIRST_SIZE = 16 };

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ b) * UINT64_C(0x9fb21c651e98df25);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Keys come from strangers, so the hash differs from map to map: the arena's
 * address is not known outside. */
static uint64_t hash_of(const struct map *map, struct str key, int64_t id)
{
    uint64_t hash = mix((uintptr_t)map->arena, key.n + 1), word;

    hash = mix(hash, (uint64_t)id);
    for (; key.n >= sizeof(word); key = str_sub(key, sizeof(word), key.n)) {
        memcpy(&word, key.p, sizeof(word));
        hash = mix(hash, word) + 1;
    }
    word = 0;
    if (key.n)
        memcpy(&word, key.p, key.n);
    hash = mix(mix(hash, word), UINT64_C(0xd6e8feb86659fd93));
    return hash ? hash : 1;
}

static bool is_key(const struct map_slot *slot, struct str key, int64_t id)
{
    if (!key.p || !slot->key.p)
        return key.p == slot->key.p && slot->id == id;
    return str_eq(slot->key, key);
}

/* The slot of the key, or the free one where it belongs. */
static struct map_slot *find(const struct map *map, struct str key, int64_t id,
                             uint64_t hash)
{
    size_t i = hash & (map->size - 1);

    while (map->slots[i].hash &&
           (map->slots[i].hash != hash || !is_key(&map->slots[i], key, id)))
        i = (i + 1) & (map->size - 1);
    return &map->slots[i];
}

static void grow(struct map *map)
{
    struct map bigger = { .arena = map->arena, .used = map->used };

    bigger.size = map->size ? map->size * 2 : FIRST_SIZE;
    bigger.slots = arena_new(map->arena, struct map_slot, bigger.size);
    for (size_t i = 0; i < map->size; i++) {
        const struct map_slot *old = &map->slots[i];

        if (old->hash)
            *find(&bigger, old->key, old->id, old->hash) = *old;
    }
    *map = bigger;
}

/* The slot of the key, or the free one where it goes: there is room for it. */
static struct map_slot *slot_for(struct map *map, struct str key, int64_t id,
                                 uint64_t hash)
{
    if ((map->used + 1) * 4 > map->size * 3)
        grow(map);
    return find(map, key, id, hash);
}

static void put(struct map *map, struct str key, int64_t id, void *value)
{
    uint64_t hash = hash_of(map, key, id);
    struct map_slot *slot = slot_for(map, key, id, hash);

    if (!slot->hash)
        map->used++;
    *slot = (struct map_slot){ key, id, hash, value };
}

static void *get(const struct map *map, struct str key, int64_t id)
{
    return map->size ? find(map, key, id, hash_of(map, key, id))->value : NULL;
}

/* An empty view may have no address, which would make it a number. */
static struct str text_key(struct str key)
{
    return key.n ? key : STR("");
}

void map_put(struct map *map, struct str key, void *value)
{
    put(map, text_key(key), 0, value);
}

bool map_add(struct map *map, struct str key, void *value)
{
    uint64_t hash;
    struct map_slot *slot;

    key = text_key(key);
    hash = hash_of(map, key, 0);
    slot = slot_for(map, key, 0, hash);
    if (slot->hash)
        return false;
    map->used++;
    *slot = (struct map_slot){ key, 0, hash, value };
    return true;
}

void *map_get(const struct map *map, struct str key)
{
    return get(map, text_key(key), 0);
}

void map_put_id(struct map *map, int64_t key, void *value)
{
    put(map, (struct str){ NULL, 0 }, key, value);
}

void *map_get_id(const struct map *map, int64_t key)
{
    return get(map, (struct str){ NULL, 0 }, key);
}
