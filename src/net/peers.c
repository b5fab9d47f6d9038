/* peers.c - a small hash table of addresses under one lock. */
#include "net/peers.h"

#include <netinet/in.h>
#include <pthread.h>

#include "base/arena.h"

enum { BUCKETS = 4096 };

struct peer {
    struct peer *next;
    unsigned char key[PEER_KEY];
    size_t count;
};

struct peers {
    pthread_mutex_t lock;
    struct peer *buckets[BUCKETS];
};

struct peers *peers_new(void)
{
    struct peers *peers = must_zalloc(sizeof(*peers));

    pthread_mutex_init(&peers->lock, NULL);
    return peers;
}

void peers_free(struct peers *peers)
{
    struct peer *peer, *next;

    if (!peers)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (peer = peers->buckets[i]; peer; peer = next) {
            next = peer->next;
            free(peer);
        }
    }
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}

void peer_key(const struct sockaddr *address, unsigned char ret[PEER_KEY])
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;

    memset(ret, 0, PEER_KEY);
    if (address->sa_family == AF_INET) {
        memcpy(ret, mapped, 12);
        memcpy(ret + 12, &four->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(ret, &six->sin6_addr, PEER_KEY);
        if (memcmp(ret, mapped, 12) != 0 && !IN6_IS_ADDR_LOOPBACK(&six->sin6_addr))
            memset(ret + 8, 0, 8);
    }
}

bool peer_is_loopback(const unsigned char key[PEER_KEY])
{
    static const unsigned char six[PEER_KEY] = { [15] = 1 };

    return memcmp(key, six, PEER_KEY) == 0 ||
           (key[10] == 0xff && key[11] == 0xff && key[12] == 127);
}

static struct peer **find(struct peers *peers, const unsigned char key[PEER_KEY])
{
    uint32_t hash = 2166136261u;
    struct peer **link;

    for (size_t i = 0; i < PEER_KEY; i++)
        hash = (hash ^ key[i]) * 16777619u;
    link = &peers->buckets[hash % BUCKETS];
    while (*link && memcmp((*link)->key, key, PEER_KEY) != 0)
        link = &(*link)->next;
    return link;
}

bool peers_enter(struct peers *peers, const unsigned char key[PEER_KEY], size_t max)
{
    struct peer **link;
    bool free_place;

    pthread_mutex_lock(&peers->lock);
    link = find(peers, key);
    free_place = !*link || (*link)->count < max;
    if (!*link && free_place) {
        *link = must_zalloc(sizeof(**link));
        memcpy((*link)->key, key, PEER_KEY);
    }
    if (free_place)
        (*link)->count++;
    pthread_mutex_unlock(&peers->lock);
    return free_place;
}

void peers_leave(struct peers *peers, const unsigned char key[PEER_KEY])
{
    struct peer **link, *peer;

    pthread_mutex_lock(&peers->lock);
    link = find(peers, key);
    peer = *link;
    if (peer && --peer->count == 0) {
        *link = peer->next;
        free(peer);
    }
    pthread_mutex_unlock(&peers->lock);
}
