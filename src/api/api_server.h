/* api_server.h - the interface as a part of a process: dispatcher, pools, streams.
 *
 * A request walks: loop thread (route, ceiling of the body) -> a pool (who is it,
 * may they, is the body in order) -> the handler, on a reader's snapshot, as a
 * write, or on a worker. A write holds no thread while it waits for the commit.
 */
#ifndef API_API_SERVER_H
#define API_API_SERVER_H

#include "api/api.h"
#include "net/server.h"

struct api_server;

struct api_config {
    const struct world *world; /* with the store opened; lives longer than the server */
    struct str version;        /* of the program, for /metrics and openapi.json */
    struct str base_url;       /* "https://talk.example.org"; empty: from each request */
    /* Everything outside of the routes: assets and pages, on the loop thread.
     * 0, or positive when there is nothing at this address. NULL: there is none. */
    int (*pages)(struct arena *arena, const struct http_request *rq,
                 struct http_answer *ret);
    /* Further routes that this process has (the test clock), or NULL; ends with { NULL }.
     */
    const struct api_route *routes;
    void *ctx; /* for their handlers: api_server_ctx() */
};

/* Before store_start(), since it listens to commits. `*config` is copied. */
int api_server_new(struct op *op, const struct api_config *config,
                   struct api_server **ret) MUST_CHECK;
/* Start the pools and the thread of the streams. */
void api_server_start(struct api_server *api);
/* Ends the streams, then waits for what runs. After server_stop() (so nothing new
 * arrives), before store_close(). */
void api_server_stop(struct api_server *api);
/* After store_close(), which answers the writes that still wait and wakes listeners.
 * NULL is fine. */
void api_server_free(struct api_server *api);

void *api_server_ctx(const struct api_server *api);
const struct api_config *api_server_config(const struct api_server *api);
/* For /metrics: the connections of the server that was started with this one. */
void api_server_attach(struct api_server *api, const struct server *server);

/* For struct server_config: on_request and max_body, with ctx = the api_server. */
void api_on_request(struct exchange *exchange, void *ctx);
size_t api_max_body(struct str method, struct str path, void *ctx);

/* One request from beginning to end on this thread, after the commit; for tests and
 * tools. op->arena, op->world and op->now are given, the rest is filled here. Does
 * not serve the event stream. */
void api_dispatch(struct api_server *api, struct op *op, const struct http_request *rq,
                  struct http_answer *ret);

#endif
