/* server.c - listening, loops and stopping.
 *
 * Each loop has a listening socket of its own (SO_REUSEPORT), so the kernel spreads
 * connections and loops share nothing but two counters and the table of peers.
 */
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

enum { BACKLOG = 1024 };

/* "127.0.0.1:8080", "[::1]:0", "localhost:8080". */
static int parse_listen(struct op *op, struct str listen_, struct sockaddr_storage *ret)
{
    struct str host = listen_, port = { NULL, 0 };
    uint64_t number;
    int r;

    for (size_t i = listen_.n; i > 0 && !port.p; i--) {
        if (listen_.p[i - 1] == ':') {
            host = str_sub(listen_, 0, i - 1);
            port = str_sub(listen_, i, listen_.n);
        }
    }
    if (!str_to_u64(port, &number) || number > 65535)
        return op_fail(op, ERR_INVALID, "\"" STR_FMT "\" is not ADDRESS:PORT",
                       STR_ARG(listen_));
    if (str_is(host, "localhost"))
        host = STR("127.0.0.1");
    memset(ret, 0, sizeof(*ret));
    if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
        r = uv_ip6_addr(arena_cstr(op->arena, str_sub(host, 1, host.n - 2)), (int)number,
                        (struct sockaddr_in6 *)ret);
    else
        r = uv_ip4_addr(arena_cstr(op->arena, host), (int)number,
                        (struct sockaddr_in *)ret);
    if (r < 0)
        return op_fail(op, ERR_INVALID, "\"" STR_FMT "\" is no address to listen on",
                       STR_ARG(host));
    return 0;
}

static int open_socket(struct op *op, const struct server *server,
                       const struct sockaddr_storage *address, int *ret)
{
    socklen_t n = address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                 : sizeof(struct sockaddr_in);
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1, r;

    if (fd < 0) {
        r = op_fail(op, ERR_UNAVAILABLE, "cannot open a socket");
        return op_detail(op, r, "socket: errno %d", errno);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (server->loop_count > 1)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)address, n) < 0) {
        r = op_fail(op, ERR_UNAVAILABLE, "cannot listen on " STR_FMT "%s",
                    STR_ARG(server->config.listen),
                    errno == EADDRINUSE ? ": another program does already" : "");
        op_detail(op, r, "bind: errno %d", errno);
        close(fd);
        return r;
    }
    *ret = fd;
    return 0;
}

static void on_connection(uv_stream_t *listener, int status)
{
    if (status == 0)
        connection_accept(listener->data);
}

static void on_wake(uv_async_t *wake)
{
    loop_read_notes(wake->data);
}

static void on_tick(uv_timer_t *tick)
{
    struct loop *loop = tick->data;
    struct connection *conn, *next;
    bool late = loop->stopping && uv_now(&loop->uv) >= loop->stop_at;

    for (conn = loop->connections; conn; conn = next) {
        next = conn->next;
        if (late)
            connection_close(conn);
        else
            connection_check(conn);
    }
}

static void run(void *ctx)
{
    struct loop *loop = ctx;

    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop, int64_t grace_ms)
{
    struct connection *conn, *next;

    loop->stopping = true;
    loop->stop_at = uv_now(&loop->uv) + (uint64_t)grace_ms;
    uv_close((uv_handle_t *)&loop->listener, NULL);
    for (conn = loop->connections; conn; conn = next) {
        next = conn->next;
        connection_stop(conn);
    }
    loop_maybe_end(loop);
}

void loop_maybe_end(struct loop *loop)
{
    bool stopped;

    if (!loop->stopping || loop->connections)
        return;
    pthread_mutex_lock(&loop->lock);
    stopped = loop->stopped;
    loop->stopped = true;
    pthread_mutex_unlock(&loop->lock);
    if (stopped)
        return;
    loop_read_notes(loop); /* what came meanwhile finds no connection */
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->tick, NULL);
}

/* Often enough that a deadline is late by a quarter of itself at most. */
static uint64_t tick_ms(const struct server_config *config)
{
    int64_t shortest =
        config->receive_ms < config->idle_ms ? config->receive_ms : config->idle_ms;

    if (shortest > 4000)
        return 1000;
    return shortest < 20 ? 5 : (uint64_t)shortest / 4;
}

static int loop_open(struct op *op, struct server *server, struct loop *loop,
                     struct sockaddr_storage *address)
{
    int size = sizeof(*address), fd, r;

    r = open_socket(op, server, address, &fd);
    if (r < 0)
        return r;
    loop->server = server;
    loop->last_note = &loop->notes;
    if (uv_loop_init(&loop->uv) < 0)
        abort();
    pthread_mutex_init(&loop->lock, NULL);
    uv_tcp_init(&loop->uv, &loop->listener);
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    uv_timer_init(&loop->uv, &loop->tick);
    loop->listener.data = loop->wake.data = loop->tick.data = loop;
    r = uv_tcp_open(&loop->listener, fd);
    if (r == 0)
        r = uv_listen((uv_stream_t *)&loop->listener, BACKLOG, on_connection);
    if (r == 0)
        r = uv_timer_start(&loop->tick, on_tick, tick_ms(&server->config),
                           tick_ms(&server->config));
    if (r < 0) {
        r = op_fail(op, ERR_UNAVAILABLE, "cannot listen on " STR_FMT,
                    STR_ARG(server->config.listen));
        return op_detail(op, r, "uv_listen failed");
    }
    /* With port 0 the others listen where the first one got a place. */
    uv_tcp_getsockname(&loop->listener, (struct sockaddr *)address, &size);
    return 0;
}

static void name_address(struct server *server, const struct sockaddr_storage *address)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    char text[48] = "";

    if (address->ss_family == AF_INET6) {
        uv_ip6_name(six, text, sizeof(text));
        snprintf(server->address_text, sizeof(server->address_text), "[%s]:%u", text,
                 ntohs(six->sin6_port));
    } else {
        uv_ip4_name(four, text, sizeof(text));
        snprintf(server->address_text, sizeof(server->address_text), "%s:%u", text,
                 ntohs(four->sin_port));
    }
    server->address = str_of(server->address_text);
}

static void fill_defaults(struct server_config *config)
{
    if (config->csp.n == 0)
        config->csp = STR(SERVER_CSP);
    if (config->max_connections == 0)
        config->max_connections = SERVER_MAX_CONNECTIONS;
    if (config->max_bodies == 0)
        config->max_bodies = SERVER_MAX_BODIES;
    if (config->max_stream_queue == 0)
        config->max_stream_queue = SERVER_MAX_STREAM_QUEUE;
    if (config->receive_ms == 0)
        config->receive_ms = SERVER_RECEIVE_MS;
    if (config->idle_ms == 0)
        config->idle_ms = SERVER_IDLE_MS;
}

/* Each connection is a file, and the usual soft limit is 1024 of them. */
static void raise_file_limit(size_t connections)
{
    struct rlimit limit;
    rlim_t wanted = connections + 1024;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void free_server(struct server **server)
{
    server_free(*server);
}

/* NULL where the configuration names no files. */
static int open_tls(struct op *op, const struct server_config *config, SSL_CTX **ret)
{
    if (!config->certificate && !config->key)
        return 0;
    return tls_context(op, config->certificate ? config->certificate : "",
                       config->key ? config->key : "", ret);
}

int server_renew_tls(struct op *op, struct server *server)
{
    SSL_CTX *fresh = NULL, *old;
    int r = open_tls(op, &server->config, &fresh);

    if (r < 0)
        return r;
    pthread_mutex_lock(&server->tls_lock);
    old = server->tls;
    server->tls = fresh;
    pthread_mutex_unlock(&server->tls_lock);
    SSL_CTX_free(old); /* connections that use it hold it */
    return 0;
}

int server_start(struct op *op, const struct server_config *config, struct server **ret)
{
    CLEANUP(free_server) struct server *server = must_zalloc(sizeof(*server));
    struct sockaddr_storage address;
    unsigned wanted = config->loops ? config->loops : 1;
    int r;

    signal(SIGPIPE, SIG_IGN); /* libuv writes to sockets whose peer may be gone */
    pthread_mutex_init(&server->tls_lock, NULL);
    server->config = *config;
    server->peers = peers_new();
    server->loops = must_zalloc(wanted * sizeof(*server->loops));
    fill_defaults(&server->config);
    raise_file_limit(server->config.max_connections);
    r = parse_listen(op, config->listen, &address);
    if (r < 0)
        return r;
    r = open_tls(op, config, &server->tls);
    if (r < 0)
        return r;
    server->loop_count = wanted;
    for (unsigned i = 0; i < wanted; i++) {
        r = loop_open(op, server, &server->loops[i], &address);
        if (r < 0)
            return r;
    }
    name_address(server, &address);
    for (unsigned i = 0; i < wanted; i++)
        server->loops[i].thread = thread_start("http", run, &server->loops[i]);
    *ret = TAKE(server);
    return 0;
}

struct str server_address(const struct server *server)
{
    return server->address;
}

unsigned server_connections(const struct server *server)
{
    return atomic_load(&server->connections);
}

void server_stop(struct server *server, int64_t grace_ms)
{
    struct note note = { .kind = NOTE_STOP, .grace_ms = grace_ms };

    if (atomic_exchange(&server->stopping, true))
        return;
    for (unsigned i = 0; i < server->loop_count; i++) {
        if (server->loops[i].server)
            loop_note(&server->loops[i], &note);
    }
    for (unsigned i = 0; i < server->loop_count; i++) {
        struct loop *loop = &server->loops[i];

        if (loop->thread)
            thread_join(loop->thread);
        else if (loop->server) /* the start failed half way */
            uv_run(&loop->uv, UV_RUN_DEFAULT);
    }
}

void server_free(struct server *server)
{
    if (!server)
        return;
    server_stop(server, 0);
    assert(atomic_load(&server->exchanges) == 0);
    for (unsigned i = 0; i < server->loop_count; i++) {
        struct loop *loop = &server->loops[i];

        if (!loop->server)
            continue;
        if (uv_loop_close(&loop->uv) < 0)
            abort();
        pthread_mutex_destroy(&loop->lock);
    }
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->tls_lock);
    peers_free(server->peers);
    free(server->loops);
    free(server);
}
