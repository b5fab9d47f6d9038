/* peers.c - a small hash table of addresses under one lock. */
#include "net/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>

#include "base/arena.h"

enum { BUCKETS = 4096 };

struct peer {
    struct peer *next;
    unsigned char key[PEER_KEY];
    size_t count; /* connections */
    size_t bytes; /* of bodies that are here */
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

bool peer_key_of(const char *text, unsigned char ret[PEER_KEY])
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        peer_key((const struct sockaddr *)&four, ret);
        return true;
    }
    if (inet_pton(AF_INET6, text, &six.sin6_addr) != 1)
        return false;
    peer_key((const struct sockaddr *)&six, ret);
    return true;
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

/* The address' place, made when it has none. */
static struct peer *place(struct peers *peers, const unsigned char key[PEER_KEY])
{
    struct peer **link = find(peers, key);

    if (!*link) {
        *link = must_zalloc(sizeof(**link));
        memcpy((*link)->key, key, PEER_KEY);
    }
    return *link;
}

static void forget_if_gone(struct peers *peers, const unsigned char key[PEER_KEY])
{
    struct peer **link = find(peers, key), *peer = *link;

    if (peer && peer->count == 0 && peer->bytes == 0) {
        *link = peer->next;
        free(peer);
    }
}

bool peers_enter(struct peers *peers, const unsigned char key[PEER_KEY], size_t max)
{
    struct peer *peer;
    bool free_place;

    pthread_mutex_lock(&peers->lock);
    peer = place(peers, key);
    free_place = peer->count < max;
    if (free_place)
        peer->count++;
    forget_if_gone(peers, key);
    pthread_mutex_unlock(&peers->lock);
    return free_place;
}

void peers_leave(struct peers *peers, const unsigned char key[PEER_KEY])
{
    pthread_mutex_lock(&peers->lock);
    place(peers, key)->count--;
    forget_if_gone(peers, key);
    pthread_mutex_unlock(&peers->lock);
}

bool peers_take(struct peers *peers, const unsigned char key[PEER_KEY], size_t n,
                size_t max)
{
    bool fits;

    pthread_mutex_lock(&peers->lock);
    fits = (place(peers, key)->bytes += n) <= max;
    pthread_mutex_unlock(&peers->lock);
    return fits;
}

void peers_give(struct peers *peers, const unsigned char key[PEER_KEY], size_t n)
{
    pthread_mutex_lock(&peers->lock);
    place(peers, key)->bytes -= n;
    forget_if_gone(peers, key);
    pthread_mutex_unlock(&peers->lock);
}
