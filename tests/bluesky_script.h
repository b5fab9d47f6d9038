/* bluesky_script.h - a server of the AT Protocol that says what a test wrote. */
#ifndef TESTS_BLUESKY_SCRIPT_H
#define TESTS_BLUESKY_SCRIPT_H

#include "fixture.h"

#include "channel/bluesky.h"

enum { MAX_TURNS = 12 };

#define FAN  "at://did:plc:fan/app.bsky.feed.post/3k"
#define OURS "at://did:plc:us/app.bsky.feed.post/3a"

/* A server that gives its answers one after the other and remembers the questions. */
struct script {
    struct http_client base;
    struct http_reply replies[MAX_TURNS];
    int outcomes[MAX_TURNS];
    struct http_call seen[MAX_TURNS];
    size_t calls;
};

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);
    size_t i = script->calls++;

    (void)op;
    assert_true(i < MAX_TURNS);
    script->seen[i] = *call;
    *ret = script->replies[i];
    return script->outcomes[i];
}

struct setup {
    struct script script;
    struct connection connection;
    struct outbound out;
};

/* Let in already, unless a test forgets that. */
static void set_up(struct fixture *f, struct setup *s, const char *body)
{
    const struct bluesky_session session = { STR("did:plc:us"), STR("haus.test"),
                                             STR("access"), STR("refresh") };
    struct json *json;

    *s = (struct setup){ .script.base.send = scripted };
    f->world.http = &s->script.base;
    CHECK_OK(f, json_parse(&f->op,
                           STR("{\"url\":\"https://example.org/\",\"handle\":\"@haus\"}"),
                           &json));
    s->connection = (struct connection){ .channel_id = 7, .settings = json };
    s->connection.credential.site = STR("https://example.org/");
    s->connection.credential.text = STR("password");
    bluesky_session_keep(&s->connection, &session, f->op.now);
    s->out = (struct outbound){ .key = STR("k-1"),
                                .thread_external_id = STR(OURS),
                                .parent_external_id = STR(FAN),
                                .visibility = STR("public"),
                                .body = str_of(body) };
    CHECK_OK(f, connector_bluesky.compose(&f->op, &s->out, &s->out.bytes));
}

static struct http_reply answer(int status, const char *body)
{
    return (struct http_reply){ .status = status, .body = str_of(body) };
}

#define PARENT                                                                           \
    "{\"posts\":[{\"uri\":\"" FAN "\",\"cid\":\"c1\",\"record\":{\"reply\":{\"root\":{"  \
    "\"uri\":\"" OURS "\",\"cid\":\"c0\"}}}}]}"
#define TAKEN "{\"uri\":\"at://did:plc:us/app.bsky.feed.post/3z\",\"cid\":\"c2\"}"

#endif
