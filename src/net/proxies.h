/* proxies.h - whose word counts about the sender of a request.
 *
 * A web server before us appends to X-Forwarded-For whom it spoke with. Read from its
 * end, an entry counts as long as the one who wrote it is trusted: the peer first, then
 * each web server that an entry names. What stands before that is anybody's word.
 * The machine itself is always trusted. `Forwarded` (RFC 7239) is not read: a web server
 * that writes only one of the two lets the other through as somebody sent it.
 */
#ifndef NET_PROXIES_H
#define NET_PROXIES_H

#include "net/http.h"

enum { PROXIES_MAX = 32, PROXIES_MAX_HOPS = 16 };

struct proxies {
    struct proxies_range {
        unsigned char prefix[16]; /* IPv4 as a mapped address */
        unsigned bits;
    } ranges[PROXIES_MAX];
    size_t count;
};

/* Addresses and networks: "192.0.2.1", "10.0.0.0/8", "2001:db8::/32". ERR_INVALID names
 * the one that is none. */
int proxies_read(struct op *op, const struct str *texts, size_t count,
                 struct proxies *ret) MUST_CHECK;

/* NULL: the machine itself alone. False for what is no address. */
bool proxies_trust(const struct proxies *proxies, struct str address);

/* Who asked, of an IPv4 address in IPv6 the IPv4 address; a view of the request. */
struct str proxies_sender(const struct proxies *proxies, const struct http_request *rq);

#endif
