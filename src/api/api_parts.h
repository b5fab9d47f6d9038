/* api_parts.h - what the files of the dispatcher share; resources need api.h alone. */
#ifndef API_API_PARTS_H
#define API_API_PARTS_H

#include <stdatomic.h>

#include "admin/meter.h"
#include "api/api_server.h"
#include "base/pool.h"

struct api_streams;

struct api_server {
    struct api_config config;
    struct pool *readers, *workers, *hashers;
    struct api_streams *streams;
    struct meter *meter;             /* of strangers on open addresses */
    const struct api_route **routes; /* all resources' and the config's */
    size_t route_count;
    _Atomic(const struct server *) http;
    _Atomic uint64_t answers[6]; /* by the status' first digit */
    _Atomic uint64_t writes;     /* of ours that were committed */
    int64_t started_at;          /* monotonic */
    bool running;
};

/* One request on its way. Lies in the exchange's arena. */
struct api_request {
    struct op op;
    struct api_call call;
    struct http_answer answer;
    struct exchange *exchange; /* NULL: api_dispatch() */
    struct task task;
    struct store_write write;
};

/* api_route.c: which route is this? `*call` gets route, id, id2, name. */
enum { API_NO_PATH = 1, API_NO_METHOD = 2 };
int api_route_find(const struct api_server *api, struct arena *arena, struct str method,
                   struct str path, struct api_call *call);
void api_routes_collect(struct api_server *api);
/* "GET, POST": the methods of a path. */
struct str api_route_methods(const struct api_server *api, struct arena *arena,
                             struct str path);

/* api_check.c: body and query against the rows; fills body, limit, cursor, params. */
int api_check_request(struct op *op, struct api_call *call) MUST_CHECK;

/* api_run.c: the steps of a request. */
int api_authenticate(struct op *op, struct api_call *call) MUST_CHECK;
int api_prepare(struct op *op, void *request) MUST_CHECK; /* a store_fn: who, may they */
int api_handle(struct op *op, void *request) MUST_CHECK;  /* a store_fn */
/* One more of `what` by `who`; ERR_BUSY, with how long to wait: not now. */
int api_limit(struct op *op, const struct api_call *call, const char *what,
              struct str who, struct meter_limit limit) MUST_CHECK;
/* What became of it, as an answer in rq->answer. */
void api_conclude(struct api_request *rq, int r);
void api_count(struct api_server *api, int status);

/* api_idempotency.c: the first answer again (1), nothing known (0), or a failure. */
enum { API_REPEATED = 1 };
int api_idempotency_find(struct op *op, const struct api_call *call,
                         struct http_answer *ret) MUST_CHECK;
int api_idempotency_keep(struct op *op, const struct api_call *call,
                         const struct http_answer *answer) MUST_CHECK;

/* api_stream.c */
struct api_streams *api_streams_new(struct api_server *api);
void api_streams_start(struct api_streams *streams);
void api_streams_stop(struct api_streams *streams); /* ends all of them */
void api_streams_free(struct api_streams *streams);
void api_streams_wake(struct api_streams *streams);
size_t api_streams_count(struct api_streams *streams);
/* Turn the request into a stream; ends the exchange unless it fails. */
int api_streams_open(struct api_request *rq) MUST_CHECK;
/* One round without the thread: deliver what is new; `check` also looks whether
 * the logins still count and sends the comment that keeps connections open. */
void api_streams_step(struct api_streams *streams, bool check);

#endif
