/* fuzz_reply.c - whatever a network answers has one of the named outcomes, and what it
 * calls a message fits. Input: answers, one for each call, parted by lines of "%%"; an
 * answer is its status, its fields one a line, an empty line, its body. */
#include "fuzz.h"

#include "base/random.h"
#include "base/utf8.h"
#include "channel/bluesky.h"
#include "channel/connector.h"
#include "net/client.h"

enum { POLLS = 3, LONGEST_CURSOR = 16 * 1024 };

struct script {
    struct http_client base;
    struct str rest;
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

/* As net/client.c hands it over: a line that has no colon is no field. */
static int answer(struct op *op, const struct http_client *client,
                  const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);
    struct str line, value, part = next_part(&script->rest);
    struct http_reply reply = { .url = call->url };
    uint64_t status = 0;

    PROMISE(call->url.n > 0);
    (void)str_to_u64(str_cut(part, '\n', &part), &status);
    if (status < 100 || status > 999) {
        ret->reason = STR("nothing came");
        return status % 2 ? HTTP_NOT_SENT : HTTP_MAY_HAVE_LEFT;
    }
    reply.status = (int)status;
    while (part.n && (line = str_cut(part, '\n', &part)).n) {
        struct str name = str_cut(line, ':', &value);

        http_add(op->arena, &reply.headers, name, str_trim(value));
    }
    reply.body = part;
    reply.retry_after = http_retry_after(http_field(&reply.headers, "retry-after"),
                                         http_field(&reply.headers, "date"), op->now);
    *ret = reply;
    return 0;
}

static void check_receipt(const struct receipt *receipt, int r, int worst)
{
    PROMISE(r >= 0 && r <= worst);
    PROMISE(r == 0 || receipt->reason.n > 0);
    PROMISE(receipt->external_id.n <= ITEM_MAX_ID && receipt->wait_ms >= 0);
    PROMISE(!receipt->external_id.n ||
            !memchr(receipt->external_id.p, 0, receipt->external_id.n));
}

static void check_poll(struct op *op, const struct connector *connector,
                       const struct connection *connection)
{
    struct str cursor = STR("");

    for (int i = 0; connector->poll && i < POLLS; i++) {
        struct receipt receipt = { .reason = STR("") };
        struct poll_page page = { 0 };
        int r = connector->poll(op, connection, cursor, &page, &receipt);

        check_receipt(&receipt, r, POLL_FAILED);
        if (r)
            return;
        PROMISE(page.next.n > 0 && page.next.n <= LONGEST_CURSOR);
        PROMISE(utf8_is_valid(page.next));
        for (size_t k = 0; k < page.count; k++) {
            struct item item;

            PROMISE(connector->parse(op, page.items[k], &item) <= 0);
            op->err = (struct err){ 0 };
        }
        cursor = page.next;
    }
}

static void check_out(struct op *op, const struct connector *connector,
                      const struct connection *connection)
{
    struct outbound out = { .key = STR("k-1"),
                            .thread_external_id = STR("12"),
                            .parent_external_id = STR("5"),
                            .visibility = STR("public"),
                            .body = STR("Danke & <gern>"),
                            .author_name = STR("Eva") };
    struct receipt sent = { .reason = STR("") }, found = { .reason = STR("") };

    if (!connector->send)
        return;
    PROMISE(connector->compose(op, &out, &out.bytes) == 0);
    check_receipt(&sent, connector->send(op, connection, &out, &sent), SEND_DOUBT);
    check_receipt(&found, connector->find(op, connection, &out, &found),
                  FIND_CANNOT_TELL);
    PROMISE(found.copies >= 0);
}

static void check_restrain(struct op *op, const struct connector *connector,
                           const struct connection *connection)
{
    static const char *const kinds[] = { "report", "mute", "block" };

    for (size_t i = 0; connector->restrain && i < 2 * COUNT_OF(kinds); i++) {
        struct receipt receipt = { .reason = STR("") };
        const struct restraint_wish wish = { .kind = str_of(kinds[i / 2]),
                                             .lift = i >= 2 && i % 2,
                                             .message = STR("5"),
                                             .account = STR("2"),
                                             .reason = STR("spam"),
                                             .for_ms = DAYS(1) };

        check_receipt(&receipt, connector->restrain(op, connection, &wish, &receipt),
                      i < 2 ? SEND_DOUBT : SEND_REFUSED);
    }
}

static void check_rest(struct op *op, const struct connector *connector,
                       const struct connection *connection)
{
    struct receipt receipt = { .reason = STR("") };

    check_receipt(&receipt, connector->verify(op, connection, &receipt), VERIFY_FAILED);
    if (connector->look)
        PROMISE((unsigned)connector->look(op, connection, STR("5"), &receipt) <=
                LOOK_CANNOT_TELL);
    receipt = (struct receipt){ .reason = STR("") };
    if (connector->moderate)
        check_receipt(
            &receipt,
            connector->moderate(op, connection, STR("5"), STR("spam"), &receipt),
            SEND_DOUBT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char settings[] =
        "{\"url\": \"https://example.org/\", \"user\": \"eva\", "
        "\"outbound_url\": \"https://example.org/in\"}";
    static const struct str secrets[] = { STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") };
    const struct connector *connector;
    ARENA(arena);
    struct script script = { .base.send = answer };
    struct random_source random;
    const struct world world = { .http = &script.base, .random = &random };
    struct op op = { .arena = &arena, .world = &world, .now = INT64_C(1793606400000) };
    struct connection connection = { .secrets = secrets, .secret_count = 1 };
    const struct bluesky_session session = { STR("did:plc:us"), STR("us"), STR("a"),
                                             STR("r") };
    struct json *json;

    random_seed(&random, 1);
    PROMISE(json_parse(&op, str_of(settings), &json) == 0);
    connection.settings = json;
    connection.credential.site = STR("https://example.org/");
    connection.credential.text = STR("abcd efgh");
    for (size_t i = 0; (connector = connector_at(i)) != NULL; i++) {
        if (str_starts(str_of(connector->network), STR("mock")))
            continue;
        bluesky_session_keep(&connection, &session, 1);
        script.rest = INPUT;
        check_poll(&op, connector, &connection);
        script.rest = INPUT;
        check_out(&op, connector, &connection);
        script.rest = INPUT;
        check_rest(&op, connector, &connection);
        script.rest = INPUT;
        check_restrain(&op, connector, &connection);
    }
    return 0;
}
