/* talk.h - what people say and what colleagues do, by the verbs of the house. */
#ifndef DEMO_TALK_H
#define DEMO_TALK_H

#include "demo/stage.h"

enum talk_file { TALK_NO_FILE, TALK_PHOTO, TALK_INVOICE, TALK_LABEL };

/* Something said to us, as the channel would deliver it. */
struct heard {
    size_t voice; /* of p->voices[] */
    bool by_us;   /* our own post */
    bool history; /* imported: opens no conversation */
    bool held;    /* written on our own page: waits for release */
    struct str body;
    struct str parent_id;   /* "" */
    struct str external_id; /* empty: a new message */
    int64_t sent_at;        /* 0: a moment ago */
    int64_t edited_at, removed_at, likes;
    enum talk_file file;
};
/* Through the channel's intake; notes message and conversation at the voice. */
int talk_hear(struct op *op, struct demo *d, struct play *p,
              const struct heard *h) MUST_CHECK;

/* The agent takes the conversation of a voice: assigned, open, of the department. */
int talk_take(struct op *op, struct play *p, size_t voice) MUST_CHECK;

/* The agent's reply; honours by_trainee, failure, uncertain and send_later_ms. */
struct reply {
    size_t voice;
    bool in_private;
    struct str body;
    enum talk_file file;
};
int talk_say(struct op *op, struct demo *d, struct play *p,
             const struct reply *reply) MUST_CHECK;
/* The reply that waits for approval gets it from somebody who may. */
int talk_approve(struct op *op, struct demo *d, struct play *p) MUST_CHECK;

/* Solved by the agent. `*ret_due_at`: of the check-back, 0: none was planned. */
int talk_solve(struct op *op, struct play *p, size_t voice, bool check_back,
               int64_t *ret_due_at) MUST_CHECK;
int talk_close(struct op *op, struct play *p, size_t voice, const char *reason,
               struct str note) MUST_CHECK;

/* Who does it from now on. */
void talk_as(struct op *op, const struct colleague *who);
/* Somebody of the play's department, nearly always its agent. */
const struct colleague *talk_agent(struct demo *d, const struct play *p);

/* As this person would write it, and as a colleague would answer it, at this place. */
struct str talk_dress(struct op *op, struct demo *d, const struct play *p,
                      struct str body);
struct str talk_dress_reply(struct op *op, struct demo *d, const struct play *p,
                            struct str body);

/* "foto", "rechnung", "etikett" */
enum talk_file talk_file_of(struct str word);
struct talk_bytes {
    struct str name, mime, bytes;
};
/* Made in code: a small picture, or a page as PDF. */
struct talk_bytes talk_make_file(struct arena *arena, struct dice *dice,
                                 enum talk_file file);

#endif
