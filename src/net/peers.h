/* peers.h - how many connections each address has, and bytes of bodies. For net/ only;
 * any thread. */
#ifndef NET_PEERS_H
#define NET_PEERS_H

#include <sys/socket.h>

#include "base/base.h"

enum { PEER_KEY = 16 };

struct peers;

struct peers *peers_new(void);
void peers_free(struct peers *peers);

/* Who is this? IPv4 as a mapped address; IPv6 without its lower half, which one
 * customer of one provider may choose at will. Unknown families get one key together. */
void peer_key(const struct sockaddr *address, unsigned char ret[PEER_KEY]);
/* The same for an address in letters; false, and no key, for what is none. */
bool peer_key_of(const char *text, unsigned char ret[PEER_KEY]);

/* One more, unless there are `max` already. */
bool peers_enter(struct peers *peers, const unsigned char key[PEER_KEY], size_t max);
void peers_leave(struct peers *peers, const unsigned char key[PEER_KEY]);

/* `n` bytes of bodies more that it has here; are they `max` at most? Given back in any
 * case. */
bool peers_take(struct peers *peers, const unsigned char key[PEER_KEY], size_t n,
                size_t max);
void peers_give(struct peers *peers, const unsigned char key[PEER_KEY], size_t n);

#endif
