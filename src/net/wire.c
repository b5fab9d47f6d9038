/* wire.c - reading lines and bytes from a connection, whatever is behind it. */
#include "net/wire.h"

#include "base/strbuf.h"

enum { ROOM = 16 * 1024 };

int wire_open(struct op *op, const struct dial *dial, struct wire **ret,
              struct str *ret_why)
{
    const struct dialer *dialer = op->world->dialer;

    if (!dialer) {
        *ret_why = STR("there is no way out for mail here");
        return WIRE_REFUSED;
    }
    return dialer->open(op, dialer, dial, ret, ret_why);
}

int wire_write(struct op *op, struct wire *wire, struct str bytes)
{
    wire->spoken = true;
    return wire->transmit(op, wire, bytes);
}

/* Into the buffer, which is empty. */
static int fill(struct op *op, struct wire *wire)
{
    if (!wire->buffer)
        wire->buffer = arena_new(op->arena, char, ROOM);
    wire->at = wire->n = 0;
    return wire->receive(op, wire, wire->buffer, ROOM, &wire->n);
}

static int too_long(struct wire *wire)
{
    wire->why = STR("the server answered with a line that is too long");
    return WIRE_BROKEN;
}

int wire_line(struct op *op, struct wire *wire, struct str *ret)
{
    struct strbuf line = STRBUF(op->arena);

    for (;;) {
        struct str have = { NULL, wire->n - wire->at }, rest, part;
        int r;

        if (have.n) { /* else there may be no buffer yet */
            have.p = wire->buffer + wire->at;
            part = str_cut(have, '\n', &rest);
            strbuf_add(&line, part);
            wire->at += part.n < have.n ? part.n + 1 : part.n;
            if (line.n > WIRE_MAX_LINE)
                return too_long(wire);
            if (part.n < have.n)
                break;
        }
        r = fill(op, wire);
        if (r)
            return r;
    }
    *ret = strbuf_str(&line);
    if (str_ends(*ret, STR("\r")))
        ret->n--;
    return 0;
}

int wire_bytes(struct op *op, struct wire *wire, size_t n, struct str *ret)
{
    char *to = arena_new(op->arena, char, n + 1);
    size_t done = 0;

    while (done < n) {
        size_t have = wire->n - wire->at;
        int r;

        have = have < n - done ? have : n - done;
        if (have)
            memcpy(to + done, wire->buffer + wire->at, have);
        wire->at += have;
        done += have;
        if (done == n)
            break;
        r = fill(op, wire);
        if (r)
            return r;
    }
    *ret = (struct str){ to, n };
    return 0;
}

int wire_secure(struct op *op, struct wire *wire)
{
    wire->at = wire->n = 0;
    return wire->secure(op, wire);
}

bool wire_has_more(struct wire *wire, int64_t ms)
{
    return wire->at < wire->n || !wire->wait || wire->wait(wire, ms) != 0;
}

bool wire_hold(struct wire *wire, int *ret_descriptor)
{
    int descriptor = wire->hold && wire->take ? wire->hold(wire) : -1;

    if (descriptor < 0)
        return false;
    *ret_descriptor = descriptor;
    return true;
}

int wire_take(struct wire *wire, char *to, size_t room, size_t *ret_n)
{
    size_t have = wire->n - wire->at;

    if (!have)
        return wire->take(wire, to, room, ret_n);
    *ret_n = have < room ? have : room; /* read before it was held */
    memcpy(to, wire->buffer + wire->at, *ret_n);
    wire->at += *ret_n;
    return 0;
}
