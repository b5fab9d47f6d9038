/* sim.h - the insides of a run: who there is, and the ledger of what was said and
 * acknowledged. For the files of this folder.
 */
#ifndef SIMULATE_SIM_H
#define SIMULATE_SIM_H

#include "admin/secret.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "channel/connector.h"
#include "db/store.h"
#include "net/client.h"
#include "simulate/agenda.h"
#include "simulate/fiber.h"
#include "simulate/ramdisk.h"
#include "simulate/simulate.h"
#include "simulate/trace.h"

enum { MAX_SEATS = 3, MAX_WORKERS = 2, MAX_PEERS = 2, MAX_PAGE = 10 };
enum { BULK_PERSONS = 60, BULK_REPLIES = 250 };

#define SIM_URL  "sqlite:/simulated/draht.db"
#define SIM_PATH "/simulated/draht.db"

/* What the seed draws before anything happens (plan.c). */
struct plan {
    unsigned seats, workers, peers;
    enum delivery_class class[MAX_PEERS];
    bool polls[MAX_PEERS];
    size_t overlap[MAX_PEERS];           /* items that a poll reads again */
    int64_t calls_per_minute[MAX_PEERS]; /* 0: no budget */
    unsigned hostile;                    /* per cent of calls that meet a fault */
    unsigned echoes;                     /* per cent of what was applied */
    unsigned troubles, persons, questions;
    unsigned answered; /* per cent of what colleagues do that is an answer */
    int64_t length_ms;
    bool bulk;        /* replies and nothing else */
    bool storms;      /* much happens in little time */
    bool sleeps_long; /* at the end the clock moves on by weeks */
};

struct sim;

/* A place for a program that serves; of its lives one is there at a time. */
struct seat {
    struct sim *sim;
    unsigned number, failures; /* failures: to open the store, in a row */
    struct life *life;         /* NULL: it is down */
    struct clock clock;        /* of the machine */
    int64_t ahead_ms;          /* of the true one */
};

/* A worker of a program: one job at a time. */
struct worker {
    struct life *life;
    struct fiber *fiber;
    int64_t rest_until;
    int r;
    bool calls; /* a message of ours is on its way */
    bool news;  /* a poll brought something new */
};

/* A program from its start to its end. When it was killed it lives on as a ghost until
 * its last errand has come back: nothing it does reaches disk, network or people. */
struct life {
    struct ramdisk_owner owner;
    struct sim *sim;
    struct seat *seat;
    unsigned number;
    struct world world;
    struct random_source random;
    struct ids ids;
    struct http_client http;
    struct store *store;
    struct worker workers[MAX_WORKERS];
    unsigned errands; /* steps, requests and entries of the agenda that name it */
    int64_t stopped_until;
    bool writer_planned;
    int64_t rest_until[MAX_PEERS]; /* what the networks asked of it */
};

/* What somebody outside said. */
struct asked {
    struct sim *sim;
    struct str id, text, thread, who;
    unsigned peer, tries;
    int64_t said_at, acked_at; /* acked_at: taken in by webhook */
    bool published;            /* on the list that is polled */
    bool echo;                 /* it was ours */
    bool thanks;
    const struct asked *of;        /* an edition of that one; NULL: the first words */
    int64_t edited_at, removed_at; /* of an edition: one of them */
};

/* An answer of a colleague's, as far as the colleague was told. */
struct answer {
    int64_t outbox_id, message_id, conversation_id;
    struct str text;
    unsigned peer;
    int64_t at;
    bool held;
    bool handled;     /* a person did something to it later */
    unsigned retries; /* of them: "send again" */
    size_t copies;    /* that the network took, and the first of them: in the end */
    int64_t taken_at;
};

/* A note of a colleague's that was acknowledged. */
struct noted {
    int64_t id;
};

/* What a network took. */
struct taken {
    struct str key, text, thread, id;
    int64_t applied_at, visible_at;
};

/* A network, with its own ledger. */
struct peer {
    struct sim *sim;
    unsigned number;
    enum delivery_class class;
    int64_t channel_id;
    struct taken *taken;
    size_t taken_count, taken_size;
    const struct asked **items; /* what poll finds */
    size_t item_count;
    int64_t down_until, blind_until; /* blind: it takes, and does not tell */
    int64_t ahead_ms;                /* its clock, of the true one */
    double tokens;                   /* of its budget, as the oracle counts it */
    int64_t tokens_at;
    size_t calls, posts;
};

/* What will go wrong next, and where. */
enum trouble { TROUBLE_NONE, TROUBLE_KILL, TROUBLE_STOP, TROUBLE_POWER, TROUBLE_FLUSH };
struct fuse {
    enum trouble trouble;
    const char *place; /* NULL: any */
    unsigned passes;   /* times that the place is come by before */
};

struct sim {
    const struct simulate_options *options;
    struct simulate_result *result;
    struct plan plan;
    struct arena arena;
    struct clock clock;
    struct random_source random, disk_random, edit_random, skew_random;
    struct world world; /* of the simulator itself: its randomness */
    struct secret_key key;
    struct agenda agenda;
    struct trace trace;

    struct seat seats[MAX_SEATS];
    unsigned lives;
    struct life *acting;
    struct peer peers[MAX_PEERS];
    int64_t workspace_id, account_id;

    struct fuse fuse;
    int64_t full_until; /* the disk is full */
    int64_t edited;     /* per cent of what is said that is changed later */
    bool skewed;        /* clocks differ */
    bool calm;       /* nothing goes wrong any more, until everything has come to rest */
    bool ending;     /* nothing new begins */
    bool polls_rest; /* nobody polls any more */
    bool dirty;      /* something was committed */
    int64_t due_at;  /* the next job, when not dirty */

    struct ramdisk_owner watcher; /* looks at the store from outside */
    struct db *watcher_db;

    struct asked **asked;
    size_t asked_count, asked_size;
    struct answer *answers;
    size_t answer_count, answer_size;
    struct noted *notes;
    size_t note_count, note_size;
    struct seen_wait *waits; /* oracle_clocks.c */
    size_t wait_count, wait_size;
};

/* run.c */
int64_t sim_now(const struct sim *sim);
uint64_t sim_random(struct sim *sim);
/* From dice of their own, both included. */
int64_t sim_draw(struct random_source *dice, int64_t from, int64_t to);
int64_t sim_between(struct sim *sim, int64_t from, int64_t to); /* both included */
bool sim_chance(struct sim *sim, unsigned percent);
void sim_trace(struct sim *sim, const char *fmt, ...) PRINTF(2, 3);
void sim_mark(struct sim *sim, enum simulate_mark mark);
void sim_fault(struct sim *sim, const char *fmt, ...) PRINTF(2, 3);
bool sim_has_failed(const struct sim *sim);
void sim_after(struct sim *sim, int64_t ms, agenda_fn *run, void *ctx);
bool sim_has_mutant(const struct sim *sim, const char *name);
/* Room for one more; returns the array. */
void *sim_grow(void *list, size_t *size, size_t count, size_t each);

/* plan.c */
void plan_draw(struct sim *sim);

/* life.c */
void seat_open(void *seat);
struct life *life_any(struct sim *sim); /* one that serves; NULL: none */
struct op life_op(struct life *life, struct arena *arena);
struct life *life_enter(struct life *life); /* returns who acted before */
void life_leave(struct sim *sim, struct life *before);
void life_kill(struct life *life, const char *where);
void life_all_end(struct sim *sim, const char *why); /* the machine is down */
void life_sleep(struct life *life, int64_t ms);      /* inside a worker */
void life_plan_writer(struct life *life);
void life_errand(struct life *life); /* one more */
void life_errand_ends(struct life *life);
/* Let a worker take a job, when one is due before `until`. False: nothing to do. */
bool life_work(struct sim *sim, int64_t until);
struct worker *life_worker(struct life *life); /* the one that runs, NULL: none */

/* trouble.c */
/* A failpoint_watch_fn; also called for places of the simulator's own. */
bool trouble_watch(void *sim, const char *place);
void trouble_plan(struct sim *sim);
const char *trouble_misreading(const struct db_stmt *stmt);
void trouble_choose_mutant(const char *name); /* NULL: none */

/* peer.c */
void peer_begin(struct sim *sim, unsigned number);
int peer_answer(struct op *op, const struct http_client *client,
                const struct http_call *call, struct http_reply *ret);
void peer_free(struct peer *peer);

/* people.c */
void people_begin(struct sim *sim);
/* Ours comes back by itself. */
void people_echo(struct peer *peer, const struct taken *taken);
/* Into the ledger; lives as long as the run. */
struct asked *people_remember(struct sim *sim, const struct asked *asked);
/* `,"edited_at":"…"`, or nothing. */
struct str people_edition(struct op *op, const struct asked *asked);
/* Now, on these ways. */
void people_tell(struct asked *asked, bool by_poll, bool by_webhook);

/* edits.c */
void edits_begin(struct sim *sim);
void edits_plan(struct sim *sim, struct asked *asked); /* what becomes of it later */
void edits_mark(struct asked *edition);                /* it was acknowledged */
void edits_check(struct op *op, struct sim *sim);

/* skew.c */
void skew_begin(struct sim *sim);
void skew_pass(struct sim *sim, int64_t now);         /* it is that late */
void skew_act_as(struct sim *sim, struct life *life); /* NULL: the true clock */
int64_t skew_of(const struct peer *peer);             /* what its clock says */
int64_t skew_most(const struct sim *sim); /* between two of them, in milliseconds */

/* agent.c */
void agent_begin(struct sim *sim);

/* oracle.c */
void oracle_look(struct sim *sim); /* now and then: what must always be true */
void oracle_end(struct sim *sim);  /* everything has come to rest */
bool oracle_is_at_rest(struct sim *sim);
int64_t watch_number(struct sim *sim, const struct db_stmt *stmt,
                     const struct db_arg *args, size_t count);
/* The first number that a statement gives, -1 when none. The text must be a literal. */
#define WATCH(sim, sql, ...)                                                             \
    __extension__({                                                                      \
        static const struct db_stmt stmt_ = { "watch", sql, NULL };                      \
        watch_number((sim), &stmt_, DB_ARGS(__VA_ARGS__));                               \
    })
/* An op of the watcher's, with its connection; ends with the arena. NULL in op.db: the
 * store cannot be opened just now. */
struct op watch_op(struct sim *sim, struct arena *arena);
void watch_end(struct sim *sim);

/* oracle_order.c */
void oracle_order(struct op *op, struct sim *sim);

/* oracle_clocks.c */
void oracle_clocks(struct op *op, struct sim *sim);
void oracle_recount(struct op *op, struct sim *sim);

#endif
