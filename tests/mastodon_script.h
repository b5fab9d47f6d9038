/* mastodon_script.h - a server of Mastodon's interface that says what a test wrote. */
#ifndef TESTS_MASTODON_SCRIPT_H
#define TESTS_MASTODON_SCRIPT_H

#include "script.h"

#include "channel/mastodon.h"

static void set_up(struct fixture *f, struct setup *s)
{
    struct json *json;

    script_begin(f, s);
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

#define ME "{\"id\":\"1\",\"username\":\"haus\",\"url\":\"https://example.org/@haus\"}"

#define PARENT                                                                           \
    "{\"id\":\"12\",\"visibility\":\"public\",\"account\":{\"id\":\"2\",\"acct\":"       \
    "\"fan\"}}"

#endif
