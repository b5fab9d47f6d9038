/* op.h - one unit of work, and how it fails.
 *
 * An op is an HTTP request, a job run or a command-line action. It is the
 * first parameter of every function that can fail for reasons outside our
 * code, and it carries what such a function needs: memory, the database
 * connection, the clock, and the place where the failure is described.
 *
 * RETURN VALUES, everywhere in the program:
 *
 *     0          it worked
 *     negative   it failed; op->err says how. Undo nothing by hand, add
 *                nothing to the log, return the value unchanged.
 *     positive   a named outcome of that one function (MESSAGE_NOT_FOUND,
 *                CHANNEL_RETRY ...), listed in its header. The caller must
 *                handle it and must not pass it on.
 *
 * Only the three edges turn a negative value into something visible: the API
 * dispatcher, the job runner and main().
 */
#ifndef BASE_OP_H
#define BASE_OP_H

#include "base/arena.h"

/* Why something failed, in the terms the edges need. */
enum err_kind {
    ERR_INVALID = -1,      /* 422: understood, but not acceptable; fields say why */
    ERR_MALFORMED = -2,    /* 400: not even readable */
    ERR_TOO_LARGE = -3,    /* 413: over a named ceiling */
    ERR_LOGIN = -4,        /* 401: not logged in, or no longer */
    ERR_DENIED = -5,       /* 403: logged in, but not allowed */
    ERR_NOT_FOUND = -6,    /* 404: there is no such thing, for this caller */
    ERR_CONFLICT = -7,     /* 409: it exists already, or its state forbids it */
    ERR_STALE = -8,        /* 412: it changed since the caller read it */
    ERR_BUSY = -9,         /* 429: a limit was hit; later may work */
    ERR_UNAVAILABLE = -10, /* 503: the disk, the database or a remote failed us */
    ERR_INTERNAL = -11,    /* 500: our bug, or our data is damaged */
};

struct err_field {
    struct str field;   /* "body", "author.name", "thread.external_id" */
    struct str message; /* one sentence that names the limit */
    const char *code;   /* "too_long"; NULL: "invalid" */
    int64_t min, max;   /* the limits, for codes that have some; 0: none */
    struct err_field *next;
};

struct err {
    enum err_kind kind;
    const char *code;  /* what programs test and interfaces translate, a word of
                          docs/api.md; NULL: the kind's name */
    struct str text;   /* for people: one line, lower case, no period */
    struct str detail; /* for the log: errno, status codes, SQL, context */
    struct err_field *fields;
    unsigned wait;    /* seconds; for ERR_BUSY and ERR_UNAVAILABLE: Retry-After */
    struct str extra; /* JSON members for the answer, such as both versions */
};

/* Who does it. */
enum actor_kind {
    ACTOR_SYSTEM = 0,  /* Draht itself: a job, a clock */
    ACTOR_ACCOUNT = 1, /* a user; id is account.id */
    ACTOR_PERSON = 2,  /* somebody outside; id is person.id */
    ACTOR_COMMAND = 3, /* the command line of the machine's owner */
};

struct actor {
    enum actor_kind kind;
    int64_t id;
};

struct op {
    struct arena *arena;
    const struct world *world; /* clock, randomness, ids, store, network */
    struct db *db;             /* the connection of this unit, NULL outside one */
    struct str id;             /* in every log line: "req-7f3a", "job-1182" */
    int64_t now;               /* milliseconds since 1970 UTC, read once */
    int64_t ask_until;         /* monotonic: no request leaves after it; 0: whenever */
    int64_t workspace;         /* 0: none yet */
    struct actor actor;
    struct record_gather *gather; /* event/record.h: rows that the next event tells too */
    struct err err;
};

/* What one process is made of; built by main() or by a test, then constant. */
struct world {
    struct clock *clock;            /* base/clock.h */
    struct random_source *random;   /* base/random.h */
    struct ids *ids;                /* base/ids.h */
    struct store *store;            /* db/store.h */
    const struct http_client *http; /* net/client.h */
    const struct dialer *dialer;    /* net/wire.h; NULL: no such way out */
    struct watcher *watcher;        /* work/watch.h; NULL: nothing is waited for */
    const struct secret_key *key;   /* admin/secret.h: seals secrets at rest */
    struct str public_url; /* by which people reach us, no slash at its end; empty: that
                              is not set */
    _Atomic int64_t
        *ends_at;     /* clock_monotonic() after which no talk with a network goes
                         on, since the process ends; 0 there, or NULL: it does not */
    int64_t lease_ms; /* after it a silent worker is thought dead; 0: the default */
};

/* May this unit of work still wait for a network? Not when the process ends and has
 * waited long enough for those that do not answer. */
bool op_is_ending(const struct op *op);

/* Describe the failure and return `kind`: `return op_fail(op, ERR_..., ...)`.
 * Replaces what was described before. */
int op_fail(struct op *op, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);

/* Name the field that is wrong and why; may be called several times. Returns
 * ERR_INVALID, so it can end a function too. */
int op_fail_field(struct op *op, const char *field, const char *fmt, ...) PRINTF(3, 4);

/* The same with a code. It never changes once it was released; docs/api.md lists all. */
int op_fail_as(struct op *op, enum err_kind kind, const char *code, const char *fmt, ...)
    PRINTF(4, 5);
int op_fail_field_as(struct op *op, const char *field, const char *code, const char *fmt,
                     ...) PRINTF(4, 5);

/* Ceilings: "is longer than 200 characters" and "has more than 20 members". */
int op_too_long(struct op *op, const char *field, int64_t max, const char *unit);
int op_too_many(struct op *op, const char *field, int64_t max);
/* "is shorter than 10 characters". */
int op_too_short(struct op *op, const char *field, int64_t min, const char *unit);
/* "must be MIN to MAX". */
int op_out_of_range(struct op *op, const char *field, int64_t min, int64_t max);

/* Add what only the log should know. Returns `r`, so it can end a chain:
 * `return op_detail(op, r, "while delivering message %lld", id)`. */
int op_detail(struct op *op, int r, const char *fmt, ...) PRINTF(3, 4);

#ifdef __clang_analyzer__
/* It reads one file at a time: tell it that a failure is negative. */
#define op_fail(op, kind, ...)    ((op_fail)((op), (kind), __VA_ARGS__), (int)(kind))
#define op_fail_field(op, ...)    ((op_fail_field)((op), __VA_ARGS__), (int)ERR_INVALID)
#define op_detail(op, r, ...)     ((op_detail)((op), (r), __VA_ARGS__), (r))
#define op_fail_as(op, kind, ...) ((op_fail_as)((op), (kind), __VA_ARGS__), (int)(kind))
#define op_fail_field_as(op, ...)                                                        \
    ((op_fail_field_as)((op), __VA_ARGS__), (int)ERR_INVALID)
#define op_too_long(op, ...)     ((op_too_long)((op), __VA_ARGS__), (int)ERR_INVALID)
#define op_too_short(op, ...)    ((op_too_short)((op), __VA_ARGS__), (int)ERR_INVALID)
#define op_too_many(op, ...)     ((op_too_many)((op), __VA_ARGS__), (int)ERR_INVALID)
#define op_out_of_range(op, ...) ((op_out_of_range)((op), __VA_ARGS__), (int)ERR_INVALID)
#endif

/* Write the failure to the log. For the edges only. */
void op_log_failure(const struct op *op);

const char *err_name(enum err_kind kind); /* "not_found": for programs to test */
int err_http_status(enum err_kind kind);
bool err_is_worth_retrying(enum err_kind kind);

#endif
