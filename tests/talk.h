/* talk.h - a workspace with a channel and a talk in it, for tests above the dialogue.
 *
 * TALK(t, f) after FIXTURE_STORE(f) or FIXTURE_BOTH(f) makes the workspace, the account
 * "Eva" and a custom channel that she owns; talk_say() lets somebody write, talk_reply()
 * lets Eva answer. The network is scripted: t.http gives the answers in order.
 */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include "admin/secret.h"
#include "desk/desk.h"
#include "dialogue/channel.h"
#include "fixture.h"
#include "net/client.h"

enum { TALK_MAX_CALLS = 64 };

/* What the other end does, call by call; past the end it answers 204. */
struct talk_http {
    struct http_client base;
    struct talk_answer {
        int outcome; /* of http_send() */
        int status;
        const char *body;
        unsigned retry_after;
    } answers[TALK_MAX_CALLS];
    size_t calls;
    struct http_call seen[TALK_MAX_CALLS]; /* copied: calls end with their job */
    struct arena *arena;
};

#define TALK_SECRET "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

struct talk {
    struct fixture *f;
    struct secret_key key;
    struct talk_http http;
    struct channel channel;
    int64_t eva;
    int64_t said; /* counts, for external ids */
};

void talk_begin(struct talk *t, struct fixture *f);
#define TALK(name, f)                                                                    \
    struct talk name;                                                                    \
    talk_begin(&name, &f)

/* `who` writes in the thread "post"; the conversation's id. */
int64_t talk_say(struct talk *t, const char *who, const char *text);
/* Eva answers in public. */
struct outbox talk_reply(struct talk *t, int64_t conversation, const char *text);
/* Run what is due until nothing is. */
void talk_work(struct talk *t);
/* As it is stored now. */
struct outbox talk_box(struct talk *t, int64_t id);
struct str talk_state(struct talk *t, int64_t id);

#endif
