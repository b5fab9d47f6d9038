/* script.c - a server that says what a test wrote. */
#include "script.h"

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);
    size_t i = script->calls++;

    (void)op;
    assert_true(i < SCRIPT_MAX);
    script->seen[i] = *call;
    *ret = script->replies[i];
    return script->outcomes[i];
}

void script_begin(struct fixture *f, struct setup *s)
{
    *s = (struct setup){ .script.base.send = scripted };
    f->world.http = &s->script.base;
}

struct http_reply script_answer(int status, const char *body)
{
    return (struct http_reply){ .status = status, .body = str_of(body) };
}
