/* script.h - a server that gives its answers one after the other and remembers the
 * questions, for tests of what a connector makes of them.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "fixture.h"

#include "channel/connector.h"
#include "net/client.h"

enum { SCRIPT_MAX = 12 };

struct script {
    struct http_client base;
    struct http_reply replies[SCRIPT_MAX];
    int outcomes[SCRIPT_MAX]; /* of http_send() */
    struct http_call seen[SCRIPT_MAX];
    size_t calls;
};

/* What a test of a connector has in its hands. */
struct setup {
    struct script script;
    struct connection connection;
    struct outbound out;
};

/* Empty, and whoever calls out in this world meets the script. */
void script_begin(struct fixture *f, struct setup *s);

struct http_reply script_answer(int status, const char *body);

/* How a send must end when the server says this to the bringing of its one picture. */
struct script_case {
    int outcome, status;
    const char *body;
    int expected;
};
/* Tries these, and besides them what every server may say. `begin` sets up a reply with
 * a picture and all that is asked before it is brought, which is the call number `at`:
 * nothing may be asked, and nothing posted, after it. */
struct script_pictures {
    const struct connector *connector;
    void (*begin)(struct fixture *f, struct setup *s);
    size_t at;
    const struct script_case *cases;
    size_t count;
};
void script_try_pictures(const struct script_pictures *tried);

#endif
