/* fuzz_stream.c - whatever a server of Mastodon's interface says that streams: it is
 * watched or left, each line is news or none, and nothing leaves before TLS.
 *
 * Input: scripted.h, the answer that tells where it streams, and what is said there.
 */
#include "scripted.h"

#include "channel/mastodon.h"

static void check_lines(struct watch *watch, struct str rest)
{
    while (rest.n) {
        int r = watch->hear(watch, str_trim(str_cut(rest, '\n', &rest)));

        PROMISE(r == 0 || r == WATCH_NEWS);
        PROMISE(!watch->waiting && !watch->say.n);
    }
}

/* Left open, and line by line whatever follows, with signs of life between. */
static void check_watch(struct op *op, const struct connection *connection)
{
    struct receipt receipt = { .reason = STR("") };
    struct watch watch = { .known = 0 };
    char piece[512];
    size_t n;
    int r = mastodon_watch(op, connection, STR(""), &watch, &receipt);

    PROMISE(op->err.kind == 0 && (r == 0 || r == WATCH_NONE));
    if (r)
        return;
    PROMISE(watch.wire && watch.hear && watch.renew && !watch.say.n);
    PROMISE(CONTAINER_OF(watch.wire, struct scripted, base)->secured);
    while (wire_take(watch.wire, piece, sizeof(piece), &n) == 0) {
        PROMISE(n > 0 && n <= sizeof(piece));
        check_lines(&watch, (struct str){ piece, n });
        watch.renew(&watch);
        PROMISE(watch.waiting && !watch.say.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char settings[] = "{\"url\": \"https://example.org/\"}";
    ARENA(arena);
    struct script script = { .dialer.open = open_wire,
                             .http.send = answer,
                             .rest = INPUT };
    const struct world world = { .http = &script.http, .dialer = &script.dialer };
    struct op op = { .arena = &arena, .world = &world, .now = INT64_C(1793606400000) };
    struct connection connection = { .channel_id = 7 };
    struct json *json;

    PROMISE(json_parse(&op, str_of(settings), &json) == 0);
    connection.settings = json;
    connection.credential.site = STR("https://example.org");
    connection.credential.text = STR("geheim");
    check_watch(&op, &connection);
    return 0;
}
