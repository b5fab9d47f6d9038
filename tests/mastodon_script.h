/* mastodon_script.h - a server of Mastodon's interface that says what a test wrote. */
#ifndef TESTS_MASTODON_SCRIPT_H
#define TESTS_MASTODON_SCRIPT_H

#include "fixture.h"

#include "channel/mastodon.h"

enum { MAX_TURNS = 12 };

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

static void set_up(struct fixture *f, struct setup *s)
{
    struct json *json;

    *s = (struct setup){ .script.base.send = scripted };
    f->world.http = &s->script.base;
    CHECK_OK(f, json_parse(&f->op, STR("{\"url\":\"https://example.org/\"}"), &json));
    s->connection = (struct connection){ .settings = json };
    s->connection.credential.site = STR("https://example.org/");
    s->connection.credential.text = STR("token");
    s->out = (struct outbound){ .key = STR("k-1"),
                                .thread_external_id = STR("4"),
                                .parent_external_id = STR("12"),
                                .visibility = STR("public"),
                                .body = STR("Danke & bis bald") };
    CHECK_OK(f, connector_mastodon.compose(&f->op, &s->out, &s->out.bytes));
}

static struct http_reply answer(int status, const char *body)
{
    return (struct http_reply){ .status = status, .body = str_of(body) };
}

#define ME "{\"id\":\"1\",\"username\":\"haus\",\"url\":\"https://example.org/@haus\"}"

#define PARENT                                                                           \
    "{\"id\":\"12\",\"visibility\":\"public\",\"account\":{\"id\":\"2\",\"acct\":"       \
    "\"fan\"}}"

#endif
