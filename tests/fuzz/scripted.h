/* scripted.h - the other end of a connection and of an address, played by the input.
 *
 * What is said in each connection or answered to each call stands in parts, parted by
 * lines of "%%". A "?" waits for something of ours, a "!" where TLS begins is a
 * certificate that nobody vouches for. Of an answer to a call a part is its status, and
 * its body behind that line.
 */
#include "fuzz.h"

#include "net/client.h"
#include "net/wire.h"

struct script {
    struct dialer dialer;
    struct http_client http;
    struct str rest;
    size_t most_bare; /* bytes of one line of ours before TLS */
};

struct scripted {
    struct wire base;
    struct str says;
    size_t most_bare;
    bool secured;
};

static struct str next_part(struct str *rest)
{
    struct str mark = STR("%%\n"), part = *rest;
    ptrdiff_t at = str_find(*rest, mark);

    if (at < 0) {
        *rest = STR("");
        return part;
    }
    part = str_sub(*rest, 0, (size_t)at);
    *rest = str_sub(*rest, (size_t)at + mark.n, rest->n);
    return part;
}

static int hear(struct op *op UNUSED, struct wire *base, struct str bytes)
{
    struct scripted *wire = CONTAINER_OF(base, struct scripted, base);

    PROMISE(wire->secured ||
            (bytes.n <= wire->most_bare && str_find(bytes, STR("AUTH")) < 0 &&
             str_find(bytes, STR("LOGIN")) < 0));
    if (str_starts(wire->says, STR("?")))
        wire->says = str_sub(wire->says, 1, wire->says.n);
    return 0;
}

static int say(struct op *op UNUSED, struct wire *base, char *to, size_t room,
               size_t *ret_n)
{
    struct scripted *wire = CONTAINER_OF(base, struct scripted, base);
    struct str rest, part = str_cut(wire->says, '?', &rest);

    part.n = part.n < room ? part.n : room;
    if (!part.n) {
        base->why = STR("it ended the connection");
        return WIRE_BROKEN;
    }
    memcpy(to, part.p, part.n);
    *ret_n = part.n;
    wire->says = str_sub(wire->says, part.n, wire->says.n);
    return 0;
}

static int secure(struct op *op UNUSED, struct wire *base)
{
    struct scripted *wire = CONTAINER_OF(base, struct scripted, base);

    PROMISE(!wire->secured);
    wire->secured = !str_starts(wire->says, STR("!"));
    if (wire->secured)
        return 0;
    base->why = STR("nobody vouches for its certificate");
    return WIRE_REFUSED;
}

static int hold(struct wire *base UNUSED)
{
    return 0;
}

static int take(struct wire *base, char *to, size_t room, size_t *ret_n)
{
    return say(NULL, base, to, room, ret_n);
}

static int open_wire(struct op *op, const struct dialer *dialer, const struct dial *dial,
                     struct wire **ret, struct str *ret_why)
{
    struct script *script =
        CONTAINER_OF((struct dialer *)(uintptr_t)dialer, struct script, dialer);
    struct scripted *wire = arena_new(op->arena, struct scripted, 1);

    PROMISE(dial->host.n > 0 && dial->port > 0);
    if (!script->rest.n) {
        *ret_why = STR("nobody answers");
        return WIRE_NOT_OPENED;
    }
    wire->base = (struct wire){
        .transmit = hear, .receive = say, .secure = secure, .hold = hold, .take = take
    };
    wire->says = next_part(&script->rest);
    wire->most_bare = script->most_bare;
    *ret = &wire->base;
    return 0;
}

static int answer(struct op *op UNUSED, const struct http_client *client,
                  const struct http_call *call, struct http_reply *ret)
{
    struct script *script =
        CONTAINER_OF((struct http_client *)(uintptr_t)client, struct script, http);
    struct str body, part = next_part(&script->rest);
    uint64_t status = 0;

    PROMISE(call->url.n > 0);
    if (!str_to_u64(str_cut(part, '\n', &body), &status) || status < 100 ||
        status > 999) {
        ret->reason = STR("nothing came");
        return HTTP_MAY_HAVE_LEFT;
    }
    *ret = (struct http_reply){ .status = (int)status, .body = body, .url = call->url };
    return 0;
}
