/* url.c - reading addresses of the web, strictly.
 *
 * Lenient readers are how gates are passed: what one program takes for a name,
 * another takes for 127.0.0.1. So whatever could be read in two ways is refused, and
 * only the normalised text goes on to the HTTP library.
 */
#include "net/gate.h"

#include <arpa/inet.h>

#include "base/idn.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "net/http.h"

static int refuse(struct op *op, const char *why)
{
    return op_fail_as(op, ERR_INVALID, "not_an_address", "the address %s", why);
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    }
    return true;
}

/* The last label is a number, so somebody would take the whole for an IPv4 address. */
static bool looks_numeric(struct str host)
{
    struct str rest = host, label = host;

    while (rest.n > 0)
        label = str_cut(rest, '.', &rest);
    if (label.n > 1 && label.p[0] == '0' && lower(label.p[1]) == 'x')
        return true;
    for (size_t i = 0; i < label.n; i++) {
        if (!is_digit(label.p[i]))
            return false;
    }
    return true;
}

static bool is_name(struct str host)
{
    struct str rest = host, label;

    if (host.n == 0 || host.n > 253 || host.p[host.n - 1] == '.')
        return false;
    while (rest.n > 0) {
        label = str_cut(rest, '.', &rest);
        if (label.n == 0 || label.n > 63)
            return false;
        for (size_t i = 0; i < label.n; i++) {
            char c = label.p[i];

            if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-' && c != '_')
                return false;
        }
    }
    return true;
}

static int read_literal(struct op *op, int family, struct str text, struct str *ret)
{
    unsigned char bytes[16];
    char canonical[INET6_ADDRSTRLEN];

    if (inet_pton(family, arena_cstr(op->arena, text), bytes) != 1)
        return refuse(op, "has a host that is no proper IP address");
    inet_ntop(family, bytes, canonical, sizeof(canonical));
    *ret = arena_dup(op->arena, str_of(canonical));
    return 0;
}

static int read_host(struct op *op, struct str host, struct url *url)
{
    char *p;

    if (str_starts(host, STR("["))) {
        url->is_address = true;
        if (!str_ends(host, STR("]")))
            return refuse(op, "has no valid host name");
        return read_literal(op, AF_INET6, str_sub(host, 1, host.n - 2), &url->host);
    }
    if (!is_ascii(host) && !idn_to_ascii(op->arena, host, &host))
        return refuse(op, "has no valid host name");
    p = arena_alloc(op->arena, 1, 1, host.n + 1);
    for (size_t i = 0; i < host.n; i++)
        p[i] = lower(host.p[i]);
    host.p = p;
    if (str_ends(host, STR(".")))
        host.n--; /* the root may be named; it is the same host */
    if (!is_name(host))
        return refuse(op, "has no valid host name");
    url->host = host;
    url->is_address = looks_numeric(host);
    return url->is_address ? read_literal(op, AF_INET, host, &url->host) : 0;
}

static int read_authority(struct op *op, struct str authority, struct url *url)
{
    struct str host = authority, port = { NULL, 0 };
    uint64_t number = url->secure ? 443 : 80;

    if (authority.n && memchr(authority.p, '@', authority.n))
        return refuse(op, "names a user, which is not allowed");
    for (size_t i = authority.n; i > 0; i--) {
        if (authority.p[i - 1] == ']')
            break;
        if (authority.p[i - 1] == ':') {
            host = str_sub(authority, 0, i - 1);
            port = str_sub(authority, i, authority.n);
            if (!str_to_u64(port, &number) || number == 0 || number > 65535)
                return refuse(op, "has no valid port");
            break;
        }
    }
    url->port = (uint16_t)number;
    return read_host(op, host, url);
}

/* Path and query as they may stand in a request line. */
static struct str read_target(struct op *op, struct str text)
{
    struct strbuf out = STRBUF(op->arena);
    struct str rest = str_cut(text, '#', &(struct str){ NULL, 0 });

    if (rest.n == 0 || rest.p[0] != '/')
        strbuf_char(&out, '/');
    for (size_t i = 0; i < rest.n; i++) {
        unsigned char c = (unsigned char)rest.p[i];

        if (c < 0x80)
            strbuf_char(&out, (char)c);
        else
            strbuf_fmt(&out, "%%%02X", c);
    }
    return strbuf_str(&out);
}

static int check_bytes(struct op *op, struct str text)
{
    if (text.n > URL_MAX)
        return op_fail_as(op, ERR_INVALID, "not_an_address",
                          "the address is longer than %d bytes", URL_MAX);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c <= ' ' || c == 0x7f || c == '\\')
            return refuse(op, "has a blank, a control character or a backslash");
    }
    if (!utf8_is_valid(text))
        return refuse(op, "is not UTF-8 text");
    return 0;
}

int url_parse(struct op *op, struct str text, struct url *ret)
{
    struct url url = { .scheme = STR("http") };
    ptrdiff_t colon = str_find(text, STR("://"));
    struct str scheme, rest;
    size_t n = 0;
    int r;

    r = check_bytes(op, text);
    if (r < 0)
        return r;
    scheme = str_sub(text, 0, colon < 0 ? 0 : (size_t)colon);
    if (str_eq_ignore_case(scheme, STR("https"))) {
        url.scheme = STR("https");
        url.secure = true;
    } else if (!str_eq_ignore_case(scheme, STR("http"))) {
        return refuse(op, "does not begin with http:// or https://");
    }
    rest = str_sub(text, (size_t)colon + 3, text.n);
    while (n < rest.n && !memchr("/?#", rest.p[n], 3))
        n++;
    r = read_authority(op, str_sub(rest, 0, n), &url);
    if (r < 0)
        return r;
    url.target = read_target(op, str_sub(rest, n, rest.n));
    url.text = arena_fmt(op->arena,
                         memchr(url.host.p, ':', url.host.n) ? STR_FMT "://[" STR_FMT "]"
                                                             : STR_FMT "://" STR_FMT,
                         STR_ARG(url.scheme), STR_ARG(url.host));
    if (url.port != (url.secure ? 443 : 80))
        url.text = arena_fmt(op->arena, STR_FMT ":%u", STR_ARG(url.text), url.port);
    url.text =
        arena_fmt(op->arena, STR_FMT STR_FMT, STR_ARG(url.text), STR_ARG(url.target));
    *ret = url;
    return 0;
}

/* Has it a scheme of its own? A colon before any slash says so (RFC 3986 4.2). */
static bool is_absolute(struct str location)
{
    for (size_t i = 0; i < location.n && !memchr("/?#", location.p[i], 3); i++) {
        if (location.p[i] == ':')
            return true;
    }
    return false;
}

int url_resolve(struct op *op, const struct url *base, struct str location,
                struct url *ret)
{
    struct str site = str_sub(base->text, 0, base->text.n - base->target.n);
    struct str path = str_cut(base->target, '?', &(struct str){ NULL, 0 });

    if (is_absolute(location))
        return url_parse(op, location, ret);
    if (str_starts(location, STR("//")))
        return url_parse(op,
                         arena_fmt(op->arena, STR_FMT ":" STR_FMT, STR_ARG(base->scheme),
                                   STR_ARG(location)),
                         ret);
    if (str_starts(location, STR("/")))
        path = STR("");
    else if (location.n > 0 && location.p[0] != '?' && location.p[0] != '#')
        while (path.p[path.n - 1] != '/')
            path.n--;
    else if (!str_starts(location, STR("?")))
        path = base->target; /* nothing, or a fragment: the same document */
    return url_parse(op,
                     arena_fmt(op->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(site),
                               STR_ARG(path), STR_ARG(location)),
                     ret);
}
