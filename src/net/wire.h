/* wire.h - a connection of bytes to another server, for what is not HTTP (mail).
 *
 * A table of one function, as with client.h, so that tests script the other end. The real
 * one (wire_dialer_init) blocks and is for workers; it passes every address through the
 * gate and connects to what the gate has checked alone. Nothing secret leaves before
 * wire_secure(), which takes no certificate that an authority does not vouch for, and
 * none that is for another name.
 *
 * All of one connection has one deadline. Everything here returns 0 or
 *
 *     WIRE_REFUSED     the gate, the address or the certificate forbids it; nothing was
 *                      said, and trying again is no use
 *     WIRE_NOT_OPENED  no such name, nobody answers: nothing was said
 *     WIRE_BROKEN      it ended, or time ran out, or what came is too long
 *
 * and then `why` says it in words. Negative: our own failure.
 */
#ifndef NET_WIRE_H
#define NET_WIRE_H

#include "net/gate.h"

enum { WIRE_REFUSED = 1, WIRE_NOT_OPENED, WIRE_BROKEN };

enum {
    WIRE_MAX_LINE = 1024 * 1024,
    WIRE_CONNECT_MS = 10 * 1000,
    WIRE_TOTAL_MS = 60 * 1000,
};

struct dial {
    struct str host;
    int64_t port;
    struct str authority; /* PEM, one more authority to be believed; empty: none */
    int64_t total_ms;     /* 0: WIRE_TOTAL_MS */
};

struct wire {
    /* What is behind it. `transmit` sends all; `receive` gives at least one byte. */
    int (*transmit)(struct op *op, struct wire *wire, struct str bytes);
    int (*receive)(struct op *op, struct wire *wire, char *to, size_t room,
                   size_t *ret_n);
    int (*secure)(struct op *op, struct wire *wire);
    /* Is there something to receive within so long? 0: no. NULL: unknown, so yes. */
    int (*wait)(struct wire *wire, int64_t ms);
    /* From now on nothing waits: what cannot be sent at once breaks the connection. The
     * descriptor to watch, -1: there is none. NULL: it cannot be held. */
    int (*hold)(struct wire *wire);
    /* Of a held one: what is here, which may be nothing. */
    int (*take)(struct wire *wire, char *to, size_t room, size_t *ret_n);
    struct str why;
    char *buffer; /* of wire.c: what was received and not read yet */
    size_t at, n;
    bool spoken; /* bytes have left */
};

struct dialer {
    /* `*ret` belongs to op->arena and ends with it. */
    int (*open)(struct op *op, const struct dialer *dialer, const struct dial *dial,
                struct wire **ret, struct str *ret_why);
};

struct wire_dialer {
    struct dialer base;
    const struct gate *gate;
};
void wire_dialer_init(struct wire_dialer *dialer, const struct gate *gate);

/* op->world->dialer. WIRE_REFUSED in a world without a network of this kind. */
int wire_open(struct op *op, const struct dial *dial, struct wire **ret,
              struct str *ret_why);

int wire_write(struct op *op, struct wire *wire, struct str bytes);
/* Up to the end of the line, without it; a view into op->arena. */
int wire_line(struct op *op, struct wire *wire, struct str *ret);
/* Exactly `n` bytes. */
int wire_bytes(struct op *op, struct wire *wire, size_t n, struct str *ret);
/* TLS from now on. What the other side said before is forgotten: it could be anybody's.
 */
int wire_secure(struct op *op, struct wire *wire);
/* Did something come, or comes within `ms`? */
bool wire_has_more(struct wire *wire, int64_t ms);
/* Keep it for longer than its deadline, and let one thread look after many; also what
 * keeps a connection alive that says nothing. False: not with this one. */
bool wire_hold(struct wire *wire, int *ret_descriptor);
/* Of a held one: what came, at most `room` bytes; 0 bytes: nothing yet. */
int wire_take(struct wire *wire, char *to, size_t room, size_t *ret_n);

#endif
