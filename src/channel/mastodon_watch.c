/* mastodon_watch.c - letting the server say that somebody wrote to us (its streaming
 * interface: server-sent events over HTTP).
 *
 * It only says that something is new; what it is, the next poll reads, so nothing that is
 * said or not said here can lose a message. The token goes where it counts and nowhere
 * else: a server that streams at another address is polled, and so is one without TLS.
 */
#include "base/strbuf.h"
#include "channel/mastodon.h"
#include "net/wire.h"

enum { MAX_FIELDS = 100 }; /* of an answer's head */

/* "event: notification". Sizes of pieces, data and comments (":thump", each quarter of a
 * minute) only show that it is there. */
static int hear(struct watch *watch, struct str line)
{
    struct str value, member = str_cut(line, ':', &value);

    watch->waiting = false;
    return str_is(member, "event") && str_is(str_trim(value), "notification") ? WATCH_NEWS
                                                                              : 0;
}

/* Whatever comes next answers this. */
static void renew(struct watch *watch)
{
    watch->waiting = true;
}

/* Where it streams, told as "wss://…" for other ways than ours; of the same site. */
static int find(struct op *op, const struct connection *connection, struct url *ret,
                struct receipt *receipt)
{
    const struct json *instance;
    struct url home;
    struct str told;
    int r =
        mastodon_read(op, connection, STR("v1/instance"), STR(""), &instance, receipt);

    if (r)
        return r < 0 ? r : WATCH_NONE;
    told = json_text(json_get(instance, "urls"), "streaming_api");
    if (!str_starts(told, STR("wss:")))
        return WATCH_NONE;
    told = arena_fmt(op->arena, "https" STR_FMT, STR_ARG(str_sub(told, 3, told.n)));
    if (url_parse(op, told, ret) < 0 ||
        url_parse(op, connection->credential.site, &home) < 0) {
        op->err = (struct err){ 0 };
        return WATCH_NONE;
    }
    return home.secure && str_eq(ret->host, home.host) && ret->port == home.port
               ? 0
               : WATCH_NONE;
}

static int ask(struct op *op, struct wire *wire, const struct connection *connection,
               struct str host)
{
    struct strbuf text = STRBUF(op->arena);

    strbuf_fmt(&text,
               "GET /api/v1/streaming/user/notification HTTP/1.1\r\nHost: " STR_FMT
               "\r\nAccept: text/event-stream\r\nAuthorization: Bearer " STR_FMT
               "\r\n\r\n",
               STR_ARG(host), STR_ARG(connection->credential.text));
    return wire_write(op, wire, strbuf_str(&text));
}

static bool is_field(struct str line, const char *name, struct str begins)
{
    struct str value, member = str_cut(line, ':', &value);

    return str_eq_ignore_case(member, str_of(name)) &&
           str_starts(str_trim(value), begins);
}

/* 200 and a stream of events; WATCH_NONE for anything else. */
static int read_head(struct op *op, struct wire *wire)
{
    bool streams = false;
    struct str line;
    int r = wire_line(op, wire, &line);

    if (r || !str_starts(line, STR("HTTP/1.1 200")))
        return r < 0 ? r : WATCH_NONE;
    for (size_t i = 0; i < MAX_FIELDS; i++) {
        r = wire_line(op, wire, &line);
        if (r)
            return r < 0 ? r : WATCH_NONE;
        if (!str_trim(line).n)
            return streams ? 0 : WATCH_NONE;
        streams = streams || is_field(line, "content-type", STR("text/event-stream"));
    }
    return WATCH_NONE;
}

int mastodon_watch(struct op *op, const struct connection *connection, struct str cursor,
                   struct watch *ret, struct receipt *receipt)
{
    struct watch watch = { .hear = hear, .renew = renew };
    struct dial dial = { 0 };
    struct url url;
    int r = find(op, connection, &url, receipt);

    (void)cursor;
    if (r)
        return r;
    dial.host = url.host;
    dial.port = url.port;
    r = wire_open(op, &dial, &watch.wire, &receipt->reason);
    if (r == 0)
        r = wire_secure(op, watch.wire);
    if (r == 0)
        r = ask(op, watch.wire, connection, url.host);
    if (r == 0)
        r = read_head(op, watch.wire);
    if (r)
        return r < 0 ? r : WATCH_NONE;
    if (!wire_hold(watch.wire, &watch.descriptor))
        return WATCH_NONE;
    *ret = watch;
    return 0;
}
