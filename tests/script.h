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

#endif
