/* proxies.c - whose word counts about the sender of a request. */
#include "net/proxies.h"

#include <arpa/inet.h>

enum { LONGEST = INET6_ADDRSTRLEN, MAPPED_BITS = 96 };

/* Ourselves, whatever was set. */
static const struct proxies_range here[] = {
    { { [10] = 0xff, [11] = 0xff, [12] = 127 }, MAPPED_BITS + 8 },
    { { [15] = 1 }, 128 },
};

static bool read_address(struct str text, unsigned char ret[16])
{
    unsigned char four[4], bytes[16] = { [10] = 0xff, [11] = 0xff };
    char copy[LONGEST];

    if (text.n == 0 || text.n >= LONGEST || memchr(text.p, 0, text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET, copy, four) == 1)
        memcpy(bytes + 12, four, 4);
    else if (inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    memcpy(ret, bytes, 16);
    return true;
}

static bool in_range(const unsigned char address[16], const struct proxies_range *range)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    unsigned char mask = (unsigned char)(0xff << (8 - rest));

    return memcmp(address, range->prefix, whole) == 0 &&
           (rest == 0 || (address[whole] & mask) == (range->prefix[whole] & mask));
}

static bool read_range(struct str text, struct proxies_range *ret)
{
    struct str bits, address = str_cut(text, '/', &bits);
    bool whole = address.n == text.n, four = str_find(address, STR(":")) < 0;
    uint64_t most = four ? 32 : 128, n = most;

    if (!read_address(address, ret->prefix))
        return false;
    if (!whole && (!str_to_u64(bits, &n) || n > most))
        return false;
    ret->bits = (unsigned)n + (four ? MAPPED_BITS : 0);
    return true;
}

int proxies_read(struct op *op, const struct str *texts, size_t count,
                 struct proxies *ret)
{
    struct proxies proxies = { .count = 0 };

    if (count > PROXIES_MAX)
        return op_fail(op, ERR_INVALID, "more than %d web servers are to be trusted",
                       PROXIES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!read_range(texts[i], &proxies.ranges[proxies.count++]))
            return op_fail(op, ERR_INVALID,
                           "\"" STR_FMT "\" is no address and no network such as "
                           "10.0.0.0/8",
                           STR_ARG(texts[i]));
    }
    *ret = proxies;
    return 0;
}

bool proxies_trust(const struct proxies *proxies, struct str address)
{
    unsigned char bytes[16];

    if (!read_address(address, bytes))
        return false;
    for (size_t i = 0; i < COUNT_OF(here); i++)
        if (in_range(bytes, &here[i]))
            return true;
    for (size_t i = 0; proxies && i < proxies->count; i++)
        if (in_range(bytes, &proxies->ranges[i]))
            return true;
    return false;
}

/* "192.0.2.1:443" and "[2001:db8::1]:443" without their ports. */
static struct str without_port(struct str hop)
{
    struct str rest, before = str_cut(hop, ':', &rest);

    if (str_starts(hop, STR("[")))
        return str_cut(str_sub(hop, 1, hop.n), ']', &rest);
    return str_find(rest, STR(":")) < 0 ? before : hop;
}

/* "::ffff:192.0.2.1": how a socket for both kinds names who came by IPv4. */
static struct str unmapped(struct str address)
{
    struct str prefix = STR("::ffff:"), four = str_sub(address, prefix.n, address.n);

    return str_starts(address, prefix) && str_find(four, STR(".")) > 0 ? four : address;
}

/* The last hops of all fields together, the newest at the end: some servers append to the
 * field that came, others add one of their own. */
static size_t read_hops(const struct http_request *rq, struct str ret[PROXIES_MAX_HOPS])
{
    size_t count = 0;

    for (size_t i = 0; i < rq->headers.count; i++) {
        struct str list = rq->headers.items[i].value;

        if (!str_eq_ignore_case(rq->headers.items[i].name, STR("x-forwarded-for")))
            continue;
        while (list.n) {
            struct str one = str_trim(str_cut(list, ',', &list));

            if (!one.n)
                continue;
            if (count == PROXIES_MAX_HOPS)
                memmove(ret, ret + 1, --count * sizeof(*ret));
            ret[count++] = one;
        }
    }
    return count;
}

struct str proxies_sender(const struct proxies *proxies, const struct http_request *rq)
{
    struct str hops[PROXIES_MAX_HOPS], sender = unmapped(rq->remote);
    size_t count = 0;

    if (proxies_trust(proxies, sender))
        count = read_hops(rq, hops);
    while (count > 0 && proxies_trust(proxies, sender)) {
        struct str hop = unmapped(without_port(hops[--count]));
        unsigned char bytes[16];

        if (!read_address(hop, bytes)) /* "unknown", or nonsense: it was that server */
            break;
        sender = hop;
    }
    return sender;
}
