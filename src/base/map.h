/* map.h - from text or number to pointer, in an arena. Open addressing; keys
 * are borrowed and must live as long as the map. No removal.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t used, size;
};

#define MAP(arena_) ((struct map){ .arena = (arena_) })

void map_put(struct map *map, struct str key, void *value);
/* Put it unless it is there; false then. */
bool map_add(struct map *map, struct str key, void *value);
void *map_get(const struct map *map, struct str key); /* NULL if absent */
void map_put_id(struct map *map, int64_t key, void *value);
void *map_get_id(const struct map *map, int64_t key);

#endif
