/* value.c - reading the value of one setting. */
#include "base/clock.h"
#include "base/utf8.h"
#include "conf/conf_internal.h"

static int refuse(struct op *op, const struct conf_key *key, struct str origin,
                  struct str value, const char *expected)
{
    if (key->type == CONF_DB) /* it may hold a password */
        return op_fail(op, ERR_INVALID, STR_FMT ": the value is not %s", STR_ARG(origin),
                       expected);
    return op_fail(op, ERR_INVALID, STR_FMT ": \"" STR_FMT "\" is not %s",
                   STR_ARG(origin), STR_ARG(str_sub(value, 0, 100)), expected);
}

static bool set_address(struct str value, struct conf_address *ret)
{
    size_t end = value.n;
    struct str host;
    uint64_t port;

    while (end > 0 && value.p[end - 1] != ':')
        end--;
    if (end < 2 || !str_to_u64(str_sub(value, end, value.n), &port) || port > 65535)
        return false;
    host = str_sub(value, 0, end - 1);
    if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
        host = str_sub(host, 1, host.n - 2);
    else if (str_find(host, STR(":")) >= 0)
        return false;
    if (host.n == 0 || str_find(host, STR(" ")) >= 0)
        return false;
    *ret = (struct conf_address){ host, (int64_t)port };
    return true;
}

static bool set_level(struct str value, enum log_level *ret)
{
    static const char *const names[] = { "error", "info", "debug" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_is(value, names[i])) {
            *ret = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static size_t separator(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] != ',' && s.p[n] != ' ')
        n++;
    return n;
}

static bool set_hosts(struct str value, struct conf_list *ret)
{
    struct conf_list list = { .count = 0 };

    while (value.n > 0) {
        size_t n = separator(value);

        if (n > 0 && list.count == CONF_MAX_LIST)
            return false;
        if (n > 0)
            list.items[list.count++] = str_sub(value, 0, n);
        value = str_sub(value, n + 1, value.n);
    }
    *ret = list;
    return true;
}

static struct str without_slash(struct str s)
{
    while (s.n > 1 && s.p[s.n - 1] == '/')
        s.n--;
    return s;
}

static bool set_url(struct str value, struct str *ret)
{
    size_t scheme = str_starts(value, STR("https://"))  ? 8
                    : str_starts(value, STR("http://")) ? 7
                                                        : 0;

    for (size_t i = 0; i < value.n; i++) {
        if (strchr(" \"<>?#\\", value.p[i]))
            return false;
    }
    if (value.n > 0 && (scheme == 0 || value.n == scheme || value.p[scheme] == '/'))
        return false;
    *ret = without_slash(value);
    return true;
}

/* Empty and "sqlite" mean the file in the data folder; conf_load() fills it in. */
static bool set_db(struct str value, struct str *ret)
{
    bool own_file = value.n == 0 || str_is(value, "sqlite");
    bool file = str_starts(value, STR("sqlite:")) && value.n > 7;
    bool server =
        str_starts(value, STR("postgres://")) || str_starts(value, STR("postgresql://"));

    if (!own_file && !file && !server)
        return false;
    *ret = own_file ? STR("") : value;
    return true;
}

static bool set_number(const struct conf_key *key, struct str value, int64_t *ret)
{
    int64_t number;

    if (!str_to_i64(value, &number) || number < key->min || number > key->max)
        return false;
    *ret = number;
    return true;
}

static bool is_clean(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return false;
    }
    return utf8_is_valid(value);
}

static bool set(const struct conf_key *key, struct str value, void *member)
{
    switch (key->type) {
    case CONF_TEXT:
        *(struct str *)member = value;
        return true;
    case CONF_FOLDER:
        *(struct str *)member = without_slash(value);
        return value.n > 0;
    case CONF_NUMBER:
        return set_number(key, value, member);
    case CONF_ADDRESS:
        return set_address(value, member);
    case CONF_LEVEL:
        return set_level(value, member);
    case CONF_HOSTS:
        return set_hosts(value, member);
    case CONF_URL:
        return set_url(value, member);
    case CONF_DB:
        return set_db(value, member);
    case CONF_INSTANT:
        return value.n == 0 || time_parse(value, member);
    }
    return false;
}

static const char *expected(struct op *op, const struct conf_key *key)
{
    static const char *const words[] = {
        [CONF_TEXT] = "a text",
        [CONF_FOLDER] = "a folder",
        [CONF_ADDRESS] = "an address and a port, such as 127.0.0.1:8080 or [::1]:8080",
        [CONF_LEVEL] = "error, info or debug",
        [CONF_HOSTS] = "a list of at most 32 hosts, separated by commas",
        [CONF_URL] = "an address such as https://dialog.example",
        [CONF_DB] = "sqlite, sqlite:PATH or postgres://...",
        [CONF_INSTANT] = "an instant such as 2026-11-02T08:00:00Z",
    };

    if (key->type != CONF_NUMBER)
        return words[key->type];
    return arena_fmt(op->arena, "a number from %lld to %lld", (long long)key->min,
                     (long long)key->max)
        .p;
}

int conf_set(struct op *op, const struct conf_key *key, struct str origin,
             struct str value, struct conf *conf)
{
    if (value.n > CONF_MAX_VALUE)
        return op_fail(op, ERR_INVALID, STR_FMT ": the value is longer than %d bytes",
                       STR_ARG(origin), CONF_MAX_VALUE);
    if (!is_clean(value))
        return op_fail(op, ERR_INVALID,
                       STR_FMT ": the value is not valid text without control characters",
                       STR_ARG(origin));
    if (!set(key, value, (char *)conf + key->offset))
        return refuse(op, key, origin, value, expected(op, key));
    return 0;
}
