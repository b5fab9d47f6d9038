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

static void try_picture(const struct script_pictures *tried,
                        const struct script_case *one)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    int r;
    FIXTURE(f);

    tried->begin(&f, &s);
    s.script.replies[tried->at] = script_answer(one->status, one->body);
    s.script.outcomes[tried->at] = one->outcome;
    r = tried->connector->send(&f.op, &s.connection, &s.out, &receipt);
    if (r != one->expected)
        fail_msg("%d %d %s: %d", one->outcome, one->status, one->body, r);
    assert_int_equal(s.script.calls, tried->at + 1); /* nothing was posted */
}

void script_try_pictures(const struct script_pictures *tried)
{
    static const struct script_case every[] = {
        { 0, 413, "", SEND_REFUSED },
        { 0, 429, "{}", SEND_LATER },
        { 0, 502, "", SEND_LATER },
        { 0, 503, "", SEND_LATER },
        { 0, 200, "{}", SEND_LATER },
        { HTTP_NOT_SENT, 0, "", SEND_LATER },
        { HTTP_MAY_HAVE_LEFT, 0, "", SEND_LATER },
        { HTTP_REFUSED, 0, "", SEND_REFUSED },
    };

    for (size_t i = 0; i < COUNT_OF(every); i++)
        try_picture(tried, &every[i]);
    for (size_t i = 0; i < tried->count; i++)
        try_picture(tried, &tried->cases[i]);
}
