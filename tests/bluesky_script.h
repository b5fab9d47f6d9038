/* bluesky_script.h - a server of the AT Protocol that says what a test wrote. */
#ifndef TESTS_BLUESKY_SCRIPT_H
#define TESTS_BLUESKY_SCRIPT_H

#include "script.h"

#include "channel/bluesky.h"

#define FAN  "at://did:plc:fan/app.bsky.feed.post/3k"
#define OURS "at://did:plc:us/app.bsky.feed.post/3a"

/* Let in already, unless a test forgets that. */
static void set_up(struct fixture *f, struct setup *s, const char *body)
{
    const struct bluesky_session session = { STR("did:plc:us"), STR("haus.test"),
                                             STR("access"), STR("refresh") };
    struct json *json;

    script_begin(f, s);
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

#define PARENT                                                                           \
    "{\"posts\":[{\"uri\":\"" FAN "\",\"cid\":\"c1\",\"record\":{\"reply\":{\"root\":{"  \
    "\"uri\":\"" OURS "\",\"cid\":\"c0\"}}}}]}"
#define TAKEN "{\"uri\":\"at://did:plc:us/app.bsky.feed.post/3z\",\"cid\":\"c2\"}"

#endif
