/* client.c - asking other servers, by libcurl.
 *
 * One easy handle for each call and no reuse of connections: the calls are few, and
 * a connection that the other side has closed meanwhile would blur the one thing that
 * must be exact, whether a byte of the request has left (CURLINFO_REQUEST_SIZE counts
 * what the socket took). Two locks on the gate: names are pinned to the checked
 * addresses, and no socket is opened to any other.
 */
#include <curl/curl.h>

#include "net/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/strbuf.h"

/* One try at one address. */
struct attempt {
    struct op *op;
    CURL *easy;
    struct curl_slist *headers, *pins;
    const struct gate_pass *pass;
    struct strbuf body;
    struct http_fields fields;
    size_t head_n, max_answer;
    bool too_long;
    char error[CURL_ERROR_SIZE];
};

static void attempt_end(struct attempt *attempt)
{
    curl_slist_free_all(attempt->headers);
    curl_slist_free_all(attempt->pins);
    curl_easy_cleanup(attempt->easy);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct attempt *attempt = ctx;
    size_t n = size * count;

    if (n > attempt->max_answer - attempt->body.n) {
        attempt->too_long = true;
        return 0;
    }
    strbuf_add(&attempt->body, (struct str){ bytes, n });
    return n;
}

/* One line of the head. An interim answer (100) is followed by another head. */
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct attempt *attempt = ctx;
    struct str line = { bytes, size * count }, name, value;
    struct arena *arena = attempt->op->arena;

    attempt->head_n += line.n;
    if (attempt->head_n > CLIENT_MAX_HEAD) {
        attempt->too_long = true;
        return 0;
    }
    if (str_starts(line, STR("HTTP/"))) {
        attempt->fields = (struct http_fields){ NULL, 0, 0 };
        return line.n;
    }
    name = str_cut(line, ':', &value);
    if (name.n < line.n)
        http_add(arena, &attempt->fields, arena_dup(arena, name),
                 arena_dup(arena, str_trim(value)));
    return size * count;
}

static bool same_address(const struct sockaddr *a, const struct sockaddr_storage *b)
{
    const void *p = a, *q = b;
    const struct sockaddr_in *a4 = p, *b4 = q;
    const struct sockaddr_in6 *a6 = p, *b6 = q;

    if (a->sa_family != b->ss_family)
        return false;
    if (a->sa_family == AF_INET)
        return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return a->sa_family == AF_INET6 && a6->sin6_port == b6->sin6_port &&
           memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose UNUSED,
                             struct curl_sockaddr *address)
{
    const struct attempt *attempt = ctx;

    for (size_t i = 0; i < attempt->pass->count; i++) {
        if (same_address(&address->addr, &attempt->pass->addresses[i].socket))
            return socket(address->family, address->socktype | SOCK_CLOEXEC,
                          address->protocol);
    }
    return CURL_SOCKET_BAD;
}

/* The last moment before bytes leave: whoever holds a lease may have slept since they
 * decided to ask. */
static int on_ready(void *ctx, char *primary UNUSED, char *local UNUSED, int port UNUSED,
                    int local_port UNUSED)
{
    const struct attempt *attempt = ctx;
    int64_t until = attempt->op->ask_until;

    return until && clock_monotonic() >= until ? CURL_PREREQFUNC_ABORT
                                               : CURL_PREREQFUNC_OK;
}

/* libcurl calls it about once a second, also while nothing comes. */
static int on_progress(void *ctx, curl_off_t all_down UNUSED, curl_off_t down UNUSED,
                       curl_off_t all_up UNUSED, curl_off_t up UNUSED)
{
    const struct attempt *attempt = ctx;

    return op_is_ending(attempt->op);
}

static void pin(struct attempt *attempt, const struct url *url)
{
    struct strbuf text = STRBUF(attempt->op->arena);

    strbuf_fmt(&text, STR_FMT ":%u:", STR_ARG(url->host), url->port);
    for (size_t i = 0; i < attempt->pass->count; i++) {
        const struct gate_address *address = &attempt->pass->addresses[i];
        bool six = address->socket.ss_family == AF_INET6;

        strbuf_fmt(&text, six ? "%s[" STR_FMT "]" : "%s" STR_FMT, i ? "," : "",
                   STR_ARG(address->text));
    }
    attempt->pins =
        curl_slist_append(NULL, arena_cstr(attempt->op->arena, strbuf_str(&text)));
    curl_easy_setopt(attempt->easy, CURLOPT_RESOLVE, attempt->pins);
}

static void add_header(struct attempt *attempt, const char *line)
{
    attempt->headers = curl_slist_append(attempt->headers, line);
}

static void set_headers(struct attempt *attempt, const struct http_call *call,
                        bool same_site)
{
    struct http_fields fields = { NULL, 0, 0 };
    struct arena *arena = attempt->op->arena;
    const struct http_field *item;

    add_header(attempt, "Expect:"); /* no waiting for "100 Continue" */
    if (!http_field(&call->headers, "content-type").p)
        add_header(attempt, "Content-Type:"); /* curl would call it a form */
    for (size_t i = 0; i < call->headers.count; i++) {
        item = &call->headers.items[i];
        if (!same_site && (str_eq_ignore_case(item->name, STR("authorization")) ||
                           str_eq_ignore_case(item->name, STR("cookie"))))
            continue;
        http_add(arena, &fields, item->name, item->value); /* keeps each on its line */
        item = &fields.items[fields.count - 1];
        add_header(
            attempt,
            arena_cstr(arena, arena_fmt(arena,
                                        item->value.n ? STR_FMT ": " STR_FMT
                                                      : STR_FMT ";" STR_FMT,
                                        STR_ARG(item->name), STR_ARG(item->value))));
    }
    if (same_site && call->credential.authorization.n) {
        http_add(arena, &fields, STR("Authorization"), call->credential.authorization);
        item = &fields.items[fields.count - 1];
        add_header(attempt, arena_cstr(arena, arena_fmt(arena, "Authorization: " STR_FMT,
                                                        STR_ARG(item->value))));
    }
    curl_easy_setopt(attempt->easy, CURLOPT_HTTPHEADER, attempt->headers);
}

static void set_method(struct attempt *attempt, const struct http_call *call)
{
    CURL *easy = attempt->easy;
    bool get = call->method.n == 0 || str_is(call->method, "GET");

    if (str_is(call->method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (get && call->body.n == 0) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    /* POSTFIELDS gives any method a body of this length, also an empty one. */
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.n ? call->body.p : "");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                     get ? "GET" : arena_cstr(attempt->op->arena, call->method));
}

static void set_fences(struct attempt *attempt, const struct http_client_curl *client)
{
    CURL *easy = attempt->easy;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (client->authorities)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->authorities);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, attempt);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, attempt);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, attempt);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, attempt);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, attempt);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, attempt->error);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Draht");
}

static int explain(struct attempt *attempt, const struct url *url, CURLcode code,
                   struct http_reply *ret)
{
    struct op *op = attempt->op;
    long sent = 0;

    curl_easy_getinfo(attempt->easy, CURLINFO_REQUEST_SIZE, &sent);
    if (attempt->too_long)
        ret->reason =
            arena_fmt(op->arena, "the answer of " STR_FMT " is longer than %zu bytes",
                      STR_ARG(url->host), attempt->max_answer);
    else if (code == CURLE_ABORTED_BY_CALLBACK && op_is_ending(op))
        ret->reason = arena_fmt(
            op->arena, "this server is ending, and did not wait any longer for " STR_FMT,
            STR_ARG(url->host));
    else
        ret->reason =
            arena_fmt(op->arena, STR_FMT " could not be asked: %s", STR_ARG(url->host),
                      attempt->error[0] ? attempt->error : curl_easy_strerror(code));
    return sent == 0 ? HTTP_NOT_SENT : HTTP_MAY_HAVE_LEFT;
}

static void read_answer(struct attempt *attempt, const struct url *url,
                        struct http_reply *ret)
{
    struct op *op = attempt->op;
    long status = 0;

    curl_easy_getinfo(attempt->easy, CURLINFO_RESPONSE_CODE, &status);
    *ret = (struct http_reply){
        .status = (int)status,
        .headers = attempt->fields,
        .body = strbuf_str(&attempt->body),
        .retry_after = http_retry_after(http_field(&attempt->fields, "retry-after"),
                                        http_field(&attempt->fields, "date"), op->now),
        .url = url->text,
    };
}

/* Where one call stands on its way through redirects. */
struct journey {
    const struct http_client_curl *client;
    const struct http_call *call;
    struct url first, url;
    int64_t until; /* clock_monotonic() */
};

static bool is_same_site(const struct url *a, const struct url *b)
{
    return a->secure == b->secure && a->port == b->port && str_eq(a->host, b->host);
}

/* Is the credential, if there is one, for where the call goes? */
static bool may_know(struct op *op, const struct journey *journey)
{
    const struct http_credential *credential = &journey->call->credential;
    struct url site;

    if (!credential->site.n)
        return true;
    return url_parse(op, credential->site, &site) == 0 &&
           is_same_site(&site, &journey->first);
}

/* Whoever is on the way could read what proves who we are; on this machine and in the
 * house's own network, which an administrator has allowed, nobody else is. */
static bool is_readable(const struct journey *journey, const struct gate_pass *pass)
{
    bool known =
        journey->call->needs_tls || (journey->call->credential.site.n > 0 &&
                                     is_same_site(&journey->first, &journey->url));

    for (size_t i = 0; known && !journey->url.secure && i < pass->count; i++)
        if (gate_is_public((const struct sockaddr *)&pass->addresses[i].socket))
            return true;
    return false;
}

static int try_once(struct op *op, const struct journey *journey, struct http_reply *ret)
{
    const struct http_call *call = journey->call;
    struct gate_pass pass;
    CLEANUP(attempt_end)
    struct attempt attempt = { .op = op, .pass = &pass, .body = STRBUF(op->arena) };
    int64_t left = journey->until - clock_monotonic();
    int64_t connect_ms = call->connect_ms ? call->connect_ms : CLIENT_CONNECT_MS;
    CURLcode code;
    int r;

    r = gate_check(op, journey->client->gate, &journey->url, &pass);
    if (r < 0)
        return r;
    if (r > 0) {
        ret->reason = op->err.text;
        return r == GATE_REFUSED ? HTTP_REFUSED : HTTP_NOT_SENT;
    }
    if (is_readable(journey, &pass)) {
        ret->reason = STR("what proves who we are is not sent without TLS: the address "
                          "must begin with https://");
        return HTTP_REFUSED;
    }
    if (left <= 0) {
        ret->reason = STR("there was no time left to ask");
        return HTTP_NOT_SENT;
    }
    attempt.easy = curl_easy_init();
    if (!attempt.easy)
        abort();
    attempt.max_answer = call->max_answer ? call->max_answer : CLIENT_MAX_ANSWER;
    set_fences(&attempt, journey->client);
    set_method(&attempt, call);
    set_headers(&attempt, call, is_same_site(&journey->first, &journey->url));
    if (!journey->url.is_address)
        pin(&attempt, &journey->url);
    curl_easy_setopt(attempt.easy, CURLOPT_URL, arena_cstr(op->arena, journey->url.text));
    curl_easy_setopt(attempt.easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(attempt.easy, CURLOPT_TIMEOUT_MS, (long)left);
    code = curl_easy_perform(attempt.easy);
    if (code != CURLE_OK)
        return explain(&attempt, &journey->url, code, ret);
    read_answer(&attempt, &journey->url, ret);
    return 0;
}

static bool is_redirect(const struct http_call *call, const struct http_reply *reply)
{
    bool safe = call->method.n == 0 || str_is(call->method, "GET") ||
                str_is(call->method, "HEAD");

    return call->follow_redirects && safe &&
           (reply->status == 301 || reply->status == 302 || reply->status == 303 ||
            reply->status == 307 || reply->status == 308) &&
           http_field(&reply->headers, "location").n > 0;
}

static int refuse_redirect(struct op *op, struct str why, struct http_reply *ret)
{
    ret->reason =
        arena_fmt(op->arena, "the redirect was not followed: " STR_FMT, STR_ARG(why));
    return HTTP_REFUSED;
}

static int follow(struct op *op, struct journey *journey, struct http_reply *ret)
{
    struct url next;
    int r;

    for (unsigned redirects = 0;; redirects++) {
        r = try_once(op, journey, ret);
        if (r != 0 || !is_redirect(journey->call, ret))
            return r;
        if (redirects == CLIENT_MAX_REDIRECTS)
            return refuse_redirect(op, STR("there are too many"), ret);
        r = url_resolve(op, &journey->url, http_field(&ret->headers, "location"), &next);
        if (r == ERR_INVALID)
            return refuse_redirect(op, op->err.text, ret);
        if (r < 0)
            return r;
        if (journey->url.secure && !next.secure)
            return refuse_redirect(op, STR("it leads away from TLS"), ret);
        journey->url = next;
    }
}

/* What it failed with is told by the outcome; the op goes on with its work. */
static void forget(struct op *op, const struct err *before)
{
    op->err = *before;
}

/* Whoever asks holds a lease, and must have the answer before it ends. */
static int64_t total_of(const struct op *op, const struct http_call *call)
{
    int64_t total = call->total_ms ? call->total_ms : CLIENT_TOTAL_MS;
    int64_t most = op->world->lease_ms / 4 * 3;

    return most && total > most ? most : total;
}

static int curl_send(struct op *op, const struct http_client *base,
                     const struct http_call *call, struct http_reply *ret)
{
    struct journey journey = {
        .client = CONTAINER_OF(base, struct http_client_curl, base),
        .call = call,
        .until = clock_monotonic() + total_of(op, call),
    };
    struct http_reply reply = { 0 };
    struct err before = op->err;
    int r;

    r = url_parse(op, call->url, &journey.url);
    if (r == ERR_INVALID) {
        reply.reason = op->err.text;
        r = HTTP_REFUSED;
    } else if (r == 0) {
        journey.first = journey.url;
        if (may_know(op, &journey)) {
            r = follow(op, &journey, &reply);
        } else {
            reply.reason = STR("what proves who we are was given for another address");
            r = HTTP_REFUSED;
        }
    }
    if (r < 0)
        return r;
    forget(op, &before);
    *ret = r == 0 ? reply : (struct http_reply){ .reason = reply.reason };
    return r;
}

void http_client_init(struct http_client_curl *client, const struct gate *gate)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    *client = (struct http_client_curl){ .base = { .send = curl_send }, .gate = gate };
}

int http_send(struct op *op, const struct http_call *call, struct http_reply *ret)
{
    return op->world->http->send(op, op->world->http, call, ret);
}

unsigned http_retry_after(struct str value, struct str date, int64_t now)
{
    uint64_t seconds;
    int64_t at, from;

    if (str_to_u64(value, &seconds))
        return seconds > INT32_MAX ? INT32_MAX : (unsigned)seconds;
    if (!http_date_parse(value, &at))
        return 0;
    if (!http_date_parse(date, &from))
        from = now;
    if (at <= from)
        return 0;
    return at - from > SECONDS(INT32_MAX) ? INT32_MAX : (unsigned)((at - from) / 1000);
}
