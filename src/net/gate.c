/* gate.c - which addresses may be asked for. */
#include "net/gate.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

struct range {
    unsigned char prefix[16];
    unsigned bits;
};

/* Not globally reachable, by the IANA special-purpose registries (RFC 6890), and what
 * is not meant for one host. */
static const struct range closed4[] = {
    { { 0 }, 8 },             /* this network */
    { { 10 }, 8 },            /* private */
    { { 100, 64 }, 10 },      /* shared by carriers */
    { { 127 }, 8 },           /* loopback */
    { { 169, 254 }, 16 },     /* link-local; clouds answer here with credentials */
    { { 172, 16 }, 12 },      /* private */
    { { 192, 0, 0 }, 24 },    /* protocol assignments */
    { { 192, 0, 2 }, 24 },    /* documentation */
    { { 192, 88, 99 }, 24 },  /* 6to4 relays */
    { { 192, 168 }, 16 },     /* private */
    { { 198, 18 }, 15 },      /* benchmarks */
    { { 198, 51, 100 }, 24 }, /* documentation */
    { { 203, 0, 113 }, 24 },  /* documentation */
    { { 224 }, 4 },           /* multicast */
    { { 240 }, 4 },           /* reserved, broadcast */
};

/* Of IPv6 only 2000::/3 is given out; these parts of it are special. */
static const struct range closed6[] = {
    { { 0x20, 0x01, 0x00 }, 23 },       /* protocol assignments, Teredo */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

static bool in_range(const unsigned char *bytes, const struct range *range)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    unsigned char mask = (unsigned char)(0xff << (8 - rest));

    if (memcmp(bytes, range->prefix, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] & mask) == (range->prefix[whole] & mask);
}

static bool is_public4(const unsigned char bytes[4])
{
    for (size_t i = 0; i < COUNT_OF(closed4); i++) {
        if (in_range(bytes, &closed4[i]))
            return false;
    }
    return true;
}

static bool is_public6(const unsigned char bytes[16])
{
    static const struct range mapped = { { [10] = 0xff, [11] = 0xff }, 96 };
    static const struct range nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };
    static const struct range given_out = { { 0x20 }, 3 };
    static const struct range six_to_four = { { 0x20, 0x02 }, 16 };

    if (in_range(bytes, &mapped) || in_range(bytes, &nat64))
        return is_public4(bytes + 12);
    if (in_range(bytes, &six_to_four))
        return is_public4(bytes + 2);
    if (!in_range(bytes, &given_out))
        return false;
    for (size_t i = 0; i < COUNT_OF(closed6); i++) {
        if (in_range(bytes, &closed6[i]))
            return false;
    }
    return true;
}

bool gate_is_public(const struct sockaddr *address)
{
    const void *p = address;
    const struct sockaddr_in *four = p;
    const struct sockaddr_in6 *six = p;

    if (address->sa_family == AF_INET)
        return is_public4((const unsigned char *)&four->sin_addr);
    if (address->sa_family == AF_INET6)
        return is_public6((const unsigned char *)&six->sin6_addr);
    return false;
}

bool gate_address(struct op *op, struct str host, uint16_t port, struct gate_address *ret)
{
    struct gate_address address = { .text = host };
    void *p = &address.socket;
    struct sockaddr_in *four = p;
    struct sockaddr_in6 *six = p;
    const char *text = arena_cstr(op->arena, host);

    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
    } else {
        return false;
    }
    *ret = address;
    return true;
}

static int system_resolve(struct op *op, const struct gate *gate UNUSED, struct str host,
                          uint16_t port, struct gate_pass *ret)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    struct addrinfo *found = NULL;
    char text[NI_MAXHOST];
    int r = getaddrinfo(arena_cstr(op->arena, host), NULL, &hints, &found);

    if (r != 0) {
        op_fail_as(op, ERR_UNAVAILABLE, "host_unknown",
                   "the host \"" STR_FMT "\" is not known", STR_ARG(host));
        op_detail(op, 0, "getaddrinfo: %s", gai_strerror(r));
        return GATE_UNKNOWN;
    }
    ret->count = 0;
    for (struct addrinfo *a = found; a && ret->count < GATE_MAX_ADDRESSES;
         a = a->ai_next) {
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
                        NI_NUMERICHOST) == 0 &&
            gate_address(op, arena_dup(op->arena, str_of(text)), port,
                         &ret->addresses[ret->count]))
            ret->count++;
    }
    freeaddrinfo(found);
    return 0;
}

static bool is_allowed(const struct gate *gate, struct str host)
{
    for (size_t i = 0; i < gate->allowed_count; i++) {
        if (str_eq_ignore_case(gate->allowed[i], host))
            return true;
    }
    return false;
}

static int find_addresses(struct op *op, const struct gate *gate, const struct url *url,
                          struct gate_pass *pass)
{
    if (url->is_address) {
        pass->count = gate_address(op, url->host, url->port, &pass->addresses[0]);
        return 0;
    }
    if (gate->resolve)
        return gate->resolve(op, gate, url->host, url->port, pass);
    return system_resolve(op, gate, url->host, url->port, pass);
}

int gate_check(struct op *op, const struct gate *gate, const struct url *url,
               struct gate_pass *ret)
{
    struct gate_pass pass = { .count = 0 };
    int r = find_addresses(op, gate, url, &pass);

    if (r != 0)
        return r;
    if (pass.count == 0) {
        op_fail_as(op, ERR_UNAVAILABLE, "host_unknown",
                   "the host \"" STR_FMT "\" has no address", STR_ARG(url->host));
        return GATE_UNKNOWN;
    }
    for (size_t i = 0; i < pass.count && !is_allowed(gate, url->host); i++) {
        const struct gate_address *address = &pass.addresses[i];

        if (!gate_is_public((const struct sockaddr *)&address->socket)) {
            op_fail_as(op, ERR_DENIED, "host_not_allowed",
                       "the host \"" STR_FMT "\" has the address " STR_FMT
                       ", which is not public; an administrator can allow the host",
                       STR_ARG(url->host), STR_ARG(address->text));
            return GATE_REFUSED;
        }
    }
    *ret = pass;
    return 0;
}
