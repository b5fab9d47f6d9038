/* stage.h - ninety days in the order in which they would have passed.
 *
 * What will happen is planned as beats; the stage plays them in the order of their
 * times, with op->now set to each, and runs the stored jobs that fall due in between,
 * as the runner would have. What is planned for later than now does not happen: so
 * cases are open, overdue or waiting by themselves.
 */
#ifndef DEMO_STAGE_H
#define DEMO_STAGE_H

#include "base/clock.h"
#include "demo/cast.h"
#include "demo/house.h"

enum { DEMO_DAYS = 90 };

/* Whoever speaks in a play: 0 the customer of a scene (or ourselves, at a post), then one
 * for each letter of a post. */
enum { PLAY_VOICES = 27 };
struct voice {
    struct persona *who;
    struct str last_id; /* what the network calls their last message */
    int64_t conversation_id, person_id;
};

/* One concern, or one public thread, on its way through its lines. */
struct play {
    const struct book_block *block;
    size_t line;
    struct dice dice; /* its own: what it throws does not depend on who comes before it */
    struct place *place;
    struct department_of_house *department;
    const struct colleague *agent; /* NULL: nobody has taken it */
    struct str thread_id, title;
    const struct play *post; /* the thread that this comments on; NULL: its own */
    struct voice voices[PLAY_VOICES];
    size_t speaker; /* of voices[]: who spoke last */
    const struct slot *slots;
    int64_t started_at;
    int64_t wait_ms; /* before the next line; -1: as it comes */
    bool staged;     /* times are given, colleagues answer at any hour */
    bool ended;      /* told to stay as it is, solved or closed */
    bool answered;   /* by us, since the person spoke */
    bool reacted;    /* by us, at all */
    bool closes;     /* a comment: wound up without a check-back */
    bool asked;      /* "did it hold?" */
    bool came_back;

    /* For the next reply of ours. */
    bool by_trainee, uncertain;
    struct str failure; /* why it fails; empty: it does not */
    int64_t send_later_ms;
    int64_t box_id, message_id; /* of a reply that waits for approval */
    struct play *next;          /* in demo->plays */
};

struct demo;
typedef int beat_fn(struct op *op, struct demo *d, struct play *p);

struct beat {
    int64_t at;
    uint64_t order; /* beats of one instant keep the order in which they were planned */
    beat_fn *run;
    struct play *play;
};

struct demo {
    struct arena *arena; /* lives as long as the filling */
    struct book book;
    struct dice dice; /* of the play whose beat it is */
    struct cast cast;
    struct house house;
    int64_t start_at, now; /* the first day, and today */
    int64_t hour; /* in which now is: chance asks for no more, so that a demo that is made
                   * some minutes later has the same persons and words */
    struct play *plays;
    struct beat *beats; /* a heap, the earliest first */
    size_t count, size;
    uint64_t order;
    int64_t heard, said; /* messages so far */
    uint64_t names;      /* external ids so far */
    struct clock clock;  /* at the beat, for the jobs */
    struct world world;
};

/* A new play, in the list of plays. */
struct play *stage_new(struct demo *d, const struct book_block *block,
                       struct place *place);

/* `run` at `at`, unless that is later than now. */
void stage_plan(struct demo *d, int64_t at, beat_fn *run, struct play *p);

/* At most `steps` beats and jobs. `op` is inside a write, and op->now goes on with them.
 * STAGE_MORE: it is not today yet; else op->now is d->now. */
enum { STAGE_MORE = 1 };
int stage_run(struct op *op, struct demo *d, int steps) MUST_CHECK;

/* When somebody of the play's department would have reacted to what came at op->now. */
int stage_reaction_at(struct op *op, struct demo *d, const struct play *p,
                      int64_t *ret) MUST_CHECK;
/* `ms` of service time of the play's department after `from`. */
int stage_in_service(struct op *op, const struct play *p, int64_t from, int64_t ms,
                     int64_t *ret) MUST_CHECK;

/* An instant of the ninety days: more on Mondays than on Sundays, few at night. */
int stage_moment(struct op *op, struct demo *d, int64_t *ret) MUST_CHECK;
/* `days` before today at a local time. */
int stage_day(struct op *op, const struct demo *d, int days, int minute,
              int64_t *ret) MUST_CHECK;

/* "-2d4h30m" or "45m" as milliseconds. */
int64_t stage_span(struct str text);

/* What the slots of a play stand for; they stay the same in all of its lines. */
const struct slot *stage_slots(struct op *op, struct demo *d, const struct play *p);

#endif
