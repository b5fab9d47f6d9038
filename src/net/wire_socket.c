/* wire_socket.c - the real connection: a socket, the gate before it, OpenSSL over it. */
#include "net/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

/* A held connection that is silent for so long is asked for a sign of life. */
enum { ALIVE_SECONDS = 60 };

/* Between two looks at whether the process ends. */
enum { LOOK_MS = 200 };

struct socket_wire {
    struct wire base;
    struct op *op;
    int socket;
    SSL_CTX *context;
    SSL *ssl;
    struct str host, authority;
    bool is_address;
    int64_t until; /* clock_monotonic() */
};

static void end_wire(void *ctx)
{
    struct socket_wire *w = ctx;

    if (w->ssl) {
        ERR_clear_error();
        if (SSL_is_init_finished(w->ssl))
            SSL_shutdown(w->ssl);
        ERR_clear_error();
        SSL_free(w->ssl);
    }
    SSL_CTX_free(w->context);
    if (w->socket >= 0)
        close(w->socket);
}

static struct socket_wire *of(struct wire *wire)
{
    return CONTAINER_OF(wire, struct socket_wire, base);
}

static int broken(struct socket_wire *w, const char *what)
{
    w->base.why = arena_fmt(w->op->arena, STR_FMT " %s", STR_ARG(w->host), what);
    return WIRE_BROKEN;
}

/* Wait until the socket can be read or written. False: no time is left, or the process
 * ends. */
static bool ready(const struct socket_wire *w, short events)
{
    struct pollfd poller = { .fd = w->socket, .events = events };
    int r;

    do {
        int64_t left = w->until - clock_monotonic();

        if (left <= 0 || op_is_ending(w->op))
            return false;
        r = poll(&poller, 1, (int)(left < LOOK_MS ? left : LOOK_MS));
    } while (r == 0 || (r < 0 && errno == EINTR));
    return r > 0;
}

static int too_late(struct socket_wire *w)
{
    if (!op_is_ending(w->op))
        return broken(w, "does not answer in time");
    w->base.why = STR("this server is ending, and did not wait any longer");
    return WIRE_BROKEN;
}

/* What OpenSSL could not do yet. 0: do it again. */
static int again(struct socket_wire *w, int r)
{
    int error = SSL_get_error(w->ssl, r);

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return ready(w, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT) ? 0
                                                                         : too_late(w);
    ERR_clear_error();
    return broken(w, "ended the connection");
}

static int receive(struct op *op UNUSED, struct wire *wire, char *to, size_t room,
                   size_t *ret_n)
{
    struct socket_wire *w = of(wire);

    for (;;) {
        ssize_t n;
        int r;

        if (w->ssl) {
            ERR_clear_error();
            r = SSL_read_ex(w->ssl, to, room, ret_n);
            if (r == 1)
                return 0;
            r = again(w, r);
            if (r)
                return r;
            continue;
        }
        n = recv(w->socket, to, room, 0);
        *ret_n = n > 0 ? (size_t)n : 0;
        if (n > 0)
            return 0;
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return broken(w, "ended the connection");
        if (!ready(w, POLLIN))
            return too_late(w);
    }
}

/* Some of the bytes, or none when it has to be tried again. */
static int transmit_sealed(struct socket_wire *w, struct str bytes, size_t *ret_done)
{
    int r;

    *ret_done = 0;
    ERR_clear_error();
    r = SSL_write_ex(w->ssl, bytes.p, bytes.n, ret_done);
    return r == 1 ? 0 : again(w, r);
}

static int transmit_plain(struct socket_wire *w, struct str bytes, size_t *ret_done)
{
    ssize_t n = send(w->socket, bytes.p, bytes.n, MSG_NOSIGNAL);

    *ret_done = n > 0 ? (size_t)n : 0;
    if (n >= 0)
        return 0;
    if (errno != EAGAIN && errno != EINTR)
        return broken(w, "ended the connection");
    return ready(w, POLLOUT) ? 0 : too_late(w);
}

static int transmit(struct op *op UNUSED, struct wire *wire, struct str bytes)
{
    struct socket_wire *w = of(wire);

    while (bytes.n) {
        size_t done;
        int r =
            w->ssl ? transmit_sealed(w, bytes, &done) : transmit_plain(w, bytes, &done);

        if (r < 0)
            return r;
        bytes = str_sub(bytes, done, bytes.n);
    }
    return 0;
}

static int wait_for(struct wire *wire, int64_t ms)
{
    struct socket_wire *w = of(wire);
    struct pollfd poller = { .fd = w->socket, .events = POLLIN };

    if (w->ssl && SSL_pending(w->ssl) > 0)
        return 1;
    return poll(&poller, 1, (int)ms);
}

static void set_option(const struct socket_wire *w, int level, int name, int value)
{
    (void)setsockopt(w->socket, level, name, &value, sizeof(value));
}

/* Whom to believe was decided; what it was decided by takes most of a megabyte. */
static void forget_authorities(struct socket_wire *w)
{
    X509_STORE *none = w->context ? X509_STORE_new() : NULL;

    if (none)
        SSL_CTX_set_cert_store(w->context, none);
}

/* A deadline that is over: ready() never waits. The system asks a peer that is silent
 * whether it is still there. */
static int hold(struct wire *wire)
{
    struct socket_wire *w = of(wire);

    w->until = 0;
    forget_authorities(w);
    set_option(w, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(w, IPPROTO_TCP, TCP_KEEPIDLE, ALIVE_SECONDS);
    set_option(w, IPPROTO_TCP, TCP_KEEPINTVL, ALIVE_SECONDS / 3);
    set_option(w, IPPROTO_TCP, TCP_KEEPCNT, 3);
    return w->socket;
}

static int take_sealed(struct socket_wire *w, char *to, size_t room, size_t *ret_n)
{
    int r, error;

    ERR_clear_error();
    r = SSL_read_ex(w->ssl, to, room, ret_n);
    if (r == 1)
        return 0;
    *ret_n = 0;
    error = SSL_get_error(w->ssl, r);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
               ? 0
               : broken(w, "ended the connection");
}

static int take(struct wire *wire, char *to, size_t room, size_t *ret_n)
{
    struct socket_wire *w = of(wire);
    ssize_t n;

    if (w->ssl)
        return take_sealed(w, to, room, ret_n);
    n = recv(w->socket, to, room, 0);
    *ret_n = n > 0 ? (size_t)n : 0;
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return 0;
    return broken(w, "ended the connection");
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

/* Every certificate of the PEM text is one more authority. */
static bool add_authorities(SSL_CTX *context, struct str pem)
{
    CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509 *certificate;
    int count = 0;

    while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        count += X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
    }
    ERR_clear_error();
    return count > 0;
}

static bool name_peer(struct socket_wire *w)
{
    const char *host = arena_cstr(w->op->arena, w->host);

    if (w->is_address)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(w->ssl), host) == 1;
    return SSL_set1_host(w->ssl, host) == 1 &&
           SSL_set_tlsext_host_name(w->ssl, host) == 1;
}

static int unverified(struct socket_wire *w)
{
    long error = SSL_get_verify_result(w->ssl);

    if (error == X509_V_OK)
        return broken(w, "does not speak TLS as it should");
    w->base.why =
        arena_fmt(w->op->arena, "the certificate of " STR_FMT " cannot be trusted: %s",
                  STR_ARG(w->host), X509_verify_cert_error_string(error));
    return WIRE_REFUSED;
}

static int secure(struct op *op UNUSED, struct wire *wire)
{
    struct socket_wire *w = of(wire);

    w->context = SSL_CTX_new(TLS_client_method());
    if (!w->context)
        abort();
    SSL_CTX_set_min_proto_version(w->context, TLS1_2_VERSION);
    SSL_CTX_set_mode(w->context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(w->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_default_verify_paths(w->context);
    if (w->authority.n && !add_authorities(w->context, w->authority)) {
        wire->why = STR("the certificate of the authority cannot be read");
        return WIRE_REFUSED;
    }
    w->ssl = SSL_new(w->context);
    if (!w->ssl || SSL_set_fd(w->ssl, w->socket) != 1 || !name_peer(w))
        abort();
    for (;;) {
        int r, error;

        ERR_clear_error();
        r = SSL_connect(w->ssl);
        if (r == 1)
            return 0;
        error = SSL_get_error(w->ssl, r);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            return unverified(w);
        r = again(w, r);
        if (r)
            return r;
    }
}

/* To one of the addresses that the gate let pass. */
static bool connect_to(struct socket_wire *w, const struct gate_address *address)
{
    const struct sockaddr *to = (const struct sockaddr *)&address->socket;
    socklen_t n = to->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                           : sizeof(struct sockaddr_in6);
    int error = 0;
    socklen_t size = sizeof(error);

    w->socket = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->socket < 0)
        return false;
    if (connect(w->socket, to, n) == 0)
        return true;
    if (errno == EINPROGRESS && ready(w, POLLOUT) &&
        getsockopt(w->socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
        return true;
    close(w->socket);
    w->socket = -1;
    return false;
}

static int connect_any(struct socket_wire *w, const struct gate_pass *pass,
                       int64_t total_ms)
{
    int64_t begun = clock_monotonic();

    w->until = begun + (total_ms < WIRE_CONNECT_MS ? total_ms : WIRE_CONNECT_MS);
    for (size_t i = 0; i < pass->count; i++) {
        if (!connect_to(w, &pass->addresses[i]))
            continue;
        w->until = begun + total_ms;
        return 0;
    }
    return WIRE_NOT_OPENED;
}

/* Whoever asks holds a lease, and must be done before it ends. */
static int64_t total_of(const struct op *op, const struct dial *dial)
{
    int64_t total = dial->total_ms ? dial->total_ms : WIRE_TOTAL_MS;
    int64_t most = op->world->lease_ms / 4 * 3;

    return most && total > most ? most : total;
}

/* Host and port are read as strictly as those of an address of the web. */
static int look_up(struct op *op, const struct gate *gate, const struct dial *dial,
                   struct url *url, struct gate_pass *ret)
{
    bool six = str_find(dial->host, STR(":")) >= 0;
    struct str text = arena_fmt(
        op->arena, six ? "https://[" STR_FMT "]:%lld" : "https://" STR_FMT ":%lld",
        STR_ARG(dial->host), (long long)dial->port);
    int r = url_parse(op, text, url);

    if (r == ERR_INVALID)
        return WIRE_REFUSED;
    if (r == 0)
        r = gate_check(op, gate, url, ret);
    if (r <= 0)
        return r;
    return r == GATE_REFUSED ? WIRE_REFUSED : WIRE_NOT_OPENED;
}

static int open_socket(struct op *op, const struct dialer *base, const struct dial *dial,
                       struct wire **ret, struct str *ret_why)
{
    const struct wire_dialer *dialer = CONTAINER_OF(base, struct wire_dialer, base);
    struct socket_wire *w = arena_new(op->arena, struct socket_wire, 1);
    struct err before = op->err;
    struct gate_pass pass;
    struct url url;
    int r = look_up(op, dialer->gate, dial, &url, &pass);

    if (r) {
        *ret_why = op->err.text;
        if (r > 0)
            op->err = before;
        return r;
    }
    *w = (struct socket_wire){ .base = { .transmit = transmit,
                                         .receive = receive,
                                         .secure = secure,
                                         .wait = wait_for,
                                         .hold = hold,
                                         .take = take },
                               .op = op,
                               .socket = -1,
                               .host = url.host,
                               .authority = dial->authority,
                               .is_address = url.is_address };
    arena_defer(op->arena, end_wire, w);
    r = connect_any(w, &pass, total_of(op, dial));
    if (r && op_is_ending(op)) {
        *ret_why = STR("this server is ending");
        return r;
    }
    if (r) {
        *ret_why = arena_fmt(op->arena, STR_FMT " does not answer on port %lld",
                             STR_ARG(url.host), (long long)dial->port);
        return r;
    }
    *ret = &w->base;
    return 0;
}

void wire_dialer_init(struct wire_dialer *dialer, const struct gate *gate)
{
    *dialer = (struct wire_dialer){ .base = { .open = open_socket }, .gate = gate };
}
