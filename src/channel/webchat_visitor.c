/* webchat_visitor.c - who writes in a web chat, and on which pages it may be shown. */
#include "base/bytes.h"
#include "channel/webchat.h"
#include "net/gate.h"
#include "net/signature.h"

enum { KEY_HASH_BYTES = 16 };

static bool is_key(struct str key)
{
    if (key.n < WEBCHAT_MIN_KEY || key.n > WEBCHAT_MAX_KEY)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static bool is_user(struct str user)
{
    return user.n > 0 && user.n <= WEBCHAT_MAX_USER && !memchr(user.p, 0, user.n);
}

/* The integrator computes HMAC-SHA-256 of the id, with the secret as it was shown. */
static bool is_proved(struct op *op, const struct connection *connection,
                      const struct webchat_claim *claim)
{
    for (size_t i = 0; i < connection->secret_count; i++) {
        struct str right = hex_encode(
            op->arena, hmac_sha256(op->arena, connection->secrets[i], claim->user));

        if (str_eq_secret(right, claim->signature))
            return true;
    }
    return false;
}

int webchat_identify(struct op *op, const struct connection *connection,
                     const struct webchat_claim *claim, struct webchat_visitor *ret)
{
    struct webchat_visitor visitor = { .identity = WEBCHAT_UNSIGNED };
    struct str hash;

    if (claim->user.n)
        visitor.identity = is_user(claim->user) && is_proved(op, connection, claim)
                               ? WEBCHAT_SIGNED
                               : WEBCHAT_FORGED;
    if (visitor.identity == WEBCHAT_SIGNED) {
        visitor.user = claim->user;
        visitor.id = arena_fmt(op->arena, "u:" STR_FMT, STR_ARG(claim->user));
    } else if (is_key(claim->key)) {
        hash = hmac_sha256(op->arena, STR("draht webchat visitor"), claim->key);
        hash = hex_encode(op->arena, str_sub(hash, 0, KEY_HASH_BYTES));
        visitor.id = arena_fmt(op->arena, "v:" STR_FMT, STR_ARG(hash));
    }
    *ret = visitor;
    return visitor.id.n ? 0 : WEBCHAT_NOBODY;
}

/* One entry of the list: an origin, with "*." any name below it. */
struct origin {
    struct url url;
    bool below;
};

static int parse_origin(struct op *op, struct str text, struct origin *ret)
{
    static const char *const schemes[] = { "https://", "http://" };
    struct origin origin = { .below = false };
    int r;

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        struct str scheme = str_of(schemes[i]);
        struct str star = arena_fmt(op->arena, "%s*.", schemes[i]);

        if (!str_starts(text, star))
            continue;
        origin.below = true;
        text = arena_fmt(op->arena, STR_FMT STR_FMT, STR_ARG(scheme),
                         STR_ARG(str_sub(text, star.n, text.n)));
    }
    r = url_parse(op, text, &origin.url);
    if (r < 0)
        return r;
    if (!str_is(origin.url.target, "/") || (origin.below && origin.url.is_address))
        return op_fail(op, ERR_INVALID, "is no origin");
    *ret = origin;
    return 0;
}

/* The next entry of the list; false at its end. */
static bool next_entry(struct str *list, struct str *ret)
{
    size_t n = 0;

    *list = str_trim(*list);
    while (list->n && *list->p == ',')
        *list = str_trim(str_sub(*list, 1, list->n));
    while (n < list->n && !strchr(" \t\r\n,", list->p[n]))
        n++;
    *ret = str_sub(*list, 0, n);
    *list = str_sub(*list, n, list->n);
    return n > 0;
}

int webchat_check_origins(struct op *op, const char *field, struct str text)
{
    struct origin origin;
    struct str entry;
    size_t count = 0;

    while (text.n && next_entry(&text, &entry)) {
        struct str shown = str_sub(entry, 0, 100);

        if (++count > WEBCHAT_MAX_ORIGINS)
            return op_fail_field(op, field, "has more than %d pages",
                                 WEBCHAT_MAX_ORIGINS);
        if (parse_origin(op, entry, &origin) < 0) {
            op->err = (struct err){ 0 };
            return op_fail_field(op, field,
                                 "\"" STR_FMT "\" must look like https://shop.example",
                                 STR_ARG(shown));
        }
    }
    return 0;
}

/* All readable entries. What is stored was checked on its way in. */
static size_t read_origins(struct op *op, const struct json *settings,
                           struct origin ret[WEBCHAT_MAX_ORIGINS])
{
    struct str text = json_text(settings, "allowed_origins"), entry;
    size_t count = 0;

    while (text.n && count < WEBCHAT_MAX_ORIGINS && next_entry(&text, &entry))
        if (parse_origin(op, entry, &ret[count]) == 0)
            count++;
    op->err = (struct err){ 0 };
    return count;
}

static bool covers(struct op *op, const struct origin *origin, const struct url *page)
{
    if (origin->url.secure != page->secure || origin->url.port != page->port)
        return false;
    if (!origin->below)
        return str_eq(origin->url.host, page->host);
    return str_ends(page->host,
                    arena_fmt(op->arena, "." STR_FMT, STR_ARG(origin->url.host)));
}

bool webchat_may_show(struct op *op, const struct json *settings, struct str page_url)
{
    struct origin *list = arena_new(op->arena, struct origin, WEBCHAT_MAX_ORIGINS);
    size_t count = read_origins(op, settings, list);
    struct url page;

    if (!count)
        return true;
    if (url_parse(op, page_url, &page) < 0) {
        op->err = (struct err){ 0 };
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (covers(op, &list[i], &page))
            return true;
    return false;
}

struct str webchat_frame_ancestors(struct op *op, const struct json *settings)
{
    struct origin *list = arena_new(op->arena, struct origin, WEBCHAT_MAX_ORIGINS);
    size_t count = read_origins(op, settings, list);
    struct strbuf out = STRBUF(op->arena);

    if (!count)
        return STR("");
    strbuf_add(&out, STR("frame-ancestors 'self'"));
    for (size_t i = 0; i < count; i++) {
        const struct url *url = &list[i].url;
        bool v6 = memchr(url->host.p, ':', url->host.n) != NULL;

        strbuf_fmt(&out, " " STR_FMT "://%s%s" STR_FMT "%s:%u", STR_ARG(url->scheme),
                   list[i].below ? "*." : "", v6 ? "[" : "", STR_ARG(url->host),
                   v6 ? "]" : "", url->port);
    }
    return strbuf_str(&out);
}
