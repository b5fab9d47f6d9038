/* gate.h - the gate before every address that comes from outside.
 *
 * Whoever can make us fetch an address must not reach our own network with it.
 * So: parse strictly, resolve once, check ALL addresses, connect only to those
 * checked (client.c pins them), and do the same again for each redirect. Hosts
 * that the administrator allows (`--allow-host`) pass without the check.
 */
#ifndef NET_GATE_H
#define NET_GATE_H

#include <sys/socket.h>

#include "base/op.h"

enum { URL_MAX = 2048, GATE_MAX_ADDRESSES = 16 };

struct url {
    struct str text;   /* normalised: scheme and host in lower case, no fragment */
    struct str scheme; /* "http" or "https" */
    struct str host;   /* lower case, punycode; an IPv6 address without brackets */
    struct str target; /* path and query, at least "/" */
    uint16_t port;
    bool secure;
    bool is_address; /* the host is an IP address, not a name */
};

/* Only http and https; no user, no fragment kept, no blanks or control characters, at
 * most URL_MAX bytes. Numeric hosts must be written as four decimal numbers or in
 * brackets: "127.1", "0x7f.1" and "2130706433" fail. ERR_INVALID, in words. */
int url_parse(struct op *op, struct str text, struct url *ret);

/* `location` of a redirect, relative to `base`. */
int url_resolve(struct op *op, const struct url *base, struct str location,
                struct url *ret);

struct gate_address {
    struct sockaddr_storage socket;
    struct str text; /* "203.0.113.7", "2001:db8::1" */
};

/* `host` is a numeric address: fill `*ret`. False when it is none. */
bool gate_address(struct op *op, struct str host, uint16_t port,
                  struct gate_address *ret);

struct gate_pass {
    struct gate_address addresses[GATE_MAX_ADDRESSES];
    size_t count;
};

struct gate {
    const struct str *allowed; /* host names or addresses, lower case, without port */
    size_t allowed_count;
    /* How names become addresses; NULL: the system's resolver. Returns 0 or
     * GATE_UNKNOWN. Tests script it. */
    int (*resolve)(struct op *op, const struct gate *gate, struct str host, uint16_t port,
                   struct gate_pass *ret);
    void *ctx;
};

enum {
    GATE_REFUSED = 1, /* an address of it is not public; op->err.text says which */
    GATE_UNKNOWN = 2, /* the name does not resolve (now) */
};

/* Resolve and check. `*ret` are the addresses that may be connected to. */
int gate_check(struct op *op, const struct gate *gate, const struct url *url,
               struct gate_pass *ret);

/* Is this an address of the public internet? False for loopback, private,
 * link-local, shared (CGNAT), multicast, unspecified, documentation, benchmark and
 * reserved ranges, also inside IPv4-mapped, 6to4, Teredo and NAT64 addresses. */
bool gate_is_public(const struct sockaddr *address);

#endif
