/* conf.c - the table of settings, and where their values come from. */
#include "conf/conf_internal.h"

#include <errno.h>
#include <unistd.h>

#include "base/strbuf.h"

static const struct conf_key keys[] = {
    { .name = "data",
      .type = CONF_FOLDER,
      .offset = offsetof(struct conf, data),
      .fallback = "./draht-data",
      .help = "Folder of the database, the key and the file draht.conf." },
    { .name = "listen",
      .type = CONF_ADDRESS,
      .offset = offsetof(struct conf, listen),
      .fallback = "127.0.0.1:8080",
      .help = "Address and port of the web server." },
    { .name = "db",
      .type = CONF_DB,
      .offset = offsetof(struct conf, db),
      .fallback = "",
      .help = "Database: sqlite:PATH or postgres://...; empty: draht.db in the data "
              "folder." },
    { .name = "tls_certificate",
      .type = CONF_TEXT,
      .offset = offsetof(struct conf, tls_certificate),
      .fallback = "",
      .help = "File with the certificate chain (PEM); with it the server speaks "
              "HTTPS." },
    { .name = "tls_key",
      .type = CONF_TEXT,
      .offset = offsetof(struct conf, tls_key),
      .fallback = "",
      .help = "File with the private key of the certificate (PEM)." },
    { .name = "key_file",
      .type = CONF_TEXT,
      .offset = offsetof(struct conf, key_file),
      .fallback = "",
      .help = "File with the key that seals secrets; empty: key in the data folder." },
    { .name = "workers",
      .type = CONF_NUMBER,
      .offset = offsetof(struct conf, workers),
      .fallback = "4",
      .min = 1,
      .max = 64,
      .help = "How many jobs may run at the same time." },
    { .name = "lease_seconds",
      .type = CONF_NUMBER,
      .offset = offsetof(struct conf, lease_seconds),
      .fallback = "60",
      .min = 2,
      .max = 600,
      .help = "After how long of silence a worker is thought dead and another takes its "
              "work over; the same on all nodes." },
    { .name = "db_standbys",
      .type = CONF_NUMBER,
      .offset = offsetof(struct conf, db_standbys),
      .fallback = "0",
      .min = 0,
      .max = 8,
      .help = "How many synchronous standbys the PostgreSQL is meant to have; the start "
              "and the doctor say when it has fewer." },
    { .name = "disk_alarm_mb",
      .type = CONF_NUMBER,
      .offset = offsetof(struct conf, disk_alarm_mb),
      .fallback = "2048",
      .min = 0,
      .max = 1048576,
      .help = "Free space (MiB) below which, when it is also less than 5 per cent of the "
              "disk, files are refused and people are told. 0: never." },
    { .name = "disk_stop_mb",
      .type = CONF_NUMBER,
      .offset = offsetof(struct conf, disk_stop_mb),
      .fallback = "512",
      .min = 0,
      .max = 1048576,
      .help = "Free space (MiB) below which, when it is also less than 2 per cent of the "
              "disk, what comes in is answered 503. 0: never." },
    { .name = "log_level",
      .type = CONF_LEVEL,
      .offset = offsetof(struct conf, log_level),
      .fallback = "info",
      .help = "What is logged: error, info or debug." },
    { .name = "log_file",
      .type = CONF_TEXT,
      .offset = offsetof(struct conf, log_file),
      .fallback = "",
      .help = "File that the server's log goes to; SIGHUP opens it anew. Empty: "
              "standard error." },
    { .name = "allow_host",
      .type = CONF_HOSTS,
      .offset = offsetof(struct conf, allow_host),
      .fallback = "",
      .help = "Hosts that may be called although they are not public, separated by "
              "commas." },
    { .name = "trusted_proxy",
      .type = CONF_HOSTS,
      .offset = offsetof(struct conf, trusted_proxy),
      .fallback = "",
      .help = "Addresses or networks of web servers on other machines whose "
              "X-Forwarded-For counts, separated by commas." },
    { .name = "public_url",
      .type = CONF_URL,
      .offset = offsetof(struct conf, public_url),
      .fallback = "",
      .help = "How people reach the server, for links; empty: the address it listens "
              "on." },
    { .name = "clock",
      .type = CONF_INSTANT,
      .offset = offsetof(struct conf, clock),
      .fallback = "",
      .hidden = true,
      .help = "Start a virtual clock at this instant (for tests)." },
};

_Static_assert(COUNT_OF(keys) == CONF_KEYS, "CONF_KEYS is the number of settings");

static const struct conf_key *find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (str_is(name, keys[i].name))
            return &keys[i];
    }
    return NULL;
}

/* Store the value and remember where it came from. */
static int assign(struct op *op, const struct conf_key *key, struct str origin,
                  struct str value, struct conf *conf)
{
    size_t i = (size_t)(key - keys);
    int r;

    value = str_trim(value);
    r = conf_set(op, key, origin, value, conf);
    if (r < 0)
        return r;
    conf->origins[i] = origin;
    conf->values[i] = value;
    return 0;
}

static int set_fallbacks(struct op *op, struct conf *conf)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        int r = assign(op, &keys[i], STR("default"), str_of(keys[i].fallback), conf);

        if (r < 0)
            return r;
    }
    return 0;
}

/* "allow_host" as "DRAHT_ALLOW_HOST". In ASCII a letter without bit 5 is a capital,
 * and '_' has no bit 5. */
static struct str variable_name(struct arena *arena, const char *name)
{
    struct strbuf b = STRBUF(arena);

    strbuf_add(&b, STR("DRAHT_"));
    for (; *name; name++)
        strbuf_char(&b, (char)(*name & ~32));
    return strbuf_str(&b);
}

/* "allow_host" as "--allow-host". */
static struct str flag_name(struct arena *arena, const char *name)
{
    struct strbuf b = STRBUF(arena);

    strbuf_add(&b, STR("--"));
    for (; *name; name++)
        strbuf_add(&b, *name == '_' ? STR("-") : (struct str){ name, 1 });
    return strbuf_str(&b);
}

/* Empty when it is not set, or set to nothing. */
static struct str variable(const char *const *environment, struct str name)
{
    for (const char *const *entry = environment; entry && *entry; entry++) {
        struct str value, key = str_cut(str_of(*entry), '=', &value);

        if (str_eq(key, name))
            return value;
    }
    return (struct str){ NULL, 0 };
}

static int set_from_environment(struct op *op, const char *const *environment,
                                struct conf *conf)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct str name = variable_name(op->arena, keys[i].name);
        struct str value = variable(environment, name);
        int r;

        if (value.n == 0 || keys[i].hidden)
            continue;
        r = assign(op, &keys[i], name, value, conf);
        if (r < 0)
            return r;
    }
    return 0;
}

/* The values of a list that is given several times belong together. */
static struct str flag_value(struct arena *arena, const struct conf_sources *sources,
                             const struct conf_key *key)
{
    struct strbuf all = STRBUF(arena);

    for (size_t i = 0; i < sources->flag_count; i++) {
        if (!str_is(sources->flags[i].name, key->name))
            continue;
        if (key->type != CONF_HOSTS)
            all.n = 0; /* of other settings the last one counts */
        else if (all.n > 0)
            strbuf_char(&all, ',');
        strbuf_add(&all, sources->flags[i].value);
    }
    return strbuf_str(&all);
}

static bool has_flag(const struct conf_sources *sources, const char *name)
{
    bool found = false;

    for (size_t i = 0; i < sources->flag_count; i++)
        found |= str_is(sources->flags[i].name, name);
    return found;
}

static int set_from_flags(struct op *op, const struct conf_sources *sources,
                          struct conf *conf)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        int r;

        if (!has_flag(sources, keys[i].name))
            continue;
        r = assign(op, &keys[i], flag_name(op->arena, keys[i].name),
                   flag_value(op->arena, sources, &keys[i]), conf);
        if (r < 0)
            return r;
    }
    return 0;
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* A missing file is an empty one, unless somebody named it. */
static int read_file(struct op *op, struct str path, bool named, struct str *ret)
{
    CLEANUP(close_file) FILE *file = fopen(arena_cstr(op->arena, path), "re");
    char *p;
    size_t n;

    if (!file && errno == ENOENT && !named) {
        *ret = (struct str){ NULL, 0 };
        return 0;
    }
    if (!file)
        return op_fail(op, ERR_INVALID, "the file " STR_FMT " cannot be read: %s",
                       STR_ARG(path), strerror(errno));
    p = arena_alloc(op->arena, 1, 1, CONF_MAX_FILE + 1);
    n = fread(p, 1, CONF_MAX_FILE + 1, file);
    if (ferror(file))
        return op_fail(op, ERR_INVALID, "the file " STR_FMT " cannot be read",
                       STR_ARG(path));
    if (n > CONF_MAX_FILE)
        return op_fail(op, ERR_INVALID, "the file " STR_FMT " is larger than %d bytes",
                       STR_ARG(path), CONF_MAX_FILE);
    *ret = (struct str){ p, n };
    return 0;
}

/* One line of the file. `seen` has a bit for each setting of the lines before. */
static int set_from_line(struct op *op, struct str line, struct str origin,
                         struct conf *conf, uint64_t *seen)
{
    struct str value, name = str_trim(str_cut(line, '=', &value));
    const struct conf_key *key = find(name);
    uint64_t bit;

    if (name.n == line.n)
        return op_fail(op, ERR_INVALID, STR_FMT ": \"name = value\" was expected",
                       STR_ARG(origin));
    if (!key || key->hidden)
        return op_fail(op, ERR_INVALID, STR_FMT ": there is no setting \"" STR_FMT "\"",
                       STR_ARG(origin), STR_ARG(str_sub(name, 0, 100)));
    bit = UINT64_C(1) << (key - keys);
    if (*seen & bit)
        return op_fail(op, ERR_INVALID, STR_FMT ": %s is set twice", STR_ARG(origin),
                       key->name);
    *seen |= bit;
    return assign(op, key, origin, value, conf);
}

static int set_from_text(struct op *op, struct str path, struct str text,
                         struct conf *conf)
{
    uint64_t seen = 0;

    for (int number = 1; text.n > 0; number++) {
        struct str line = str_trim(str_cut(text, '\n', &text));
        int r;

        if (line.n == 0 || line.p[0] == '#')
            continue;
        r = set_from_line(op, line,
                          arena_fmt(op->arena, STR_FMT " line %d", STR_ARG(path), number),
                          conf, &seen);
        if (r < 0)
            return r;
    }
    return 0;
}

/* The data folder as far as it is known before the file was read: it says where
 * the file is. A file found that way cannot send us elsewhere. */
static int set_from_file(struct op *op, const struct conf_sources *sources,
                         struct conf *conf)
{
    struct str named = sources->file.n
                           ? sources->file
                           : variable(sources->environment, STR("DRAHT_CONFIG"));
    struct str path = named, text, before;
    struct conf known = *conf;
    int r;

    r = set_from_environment(op, sources->environment, &known);
    if (r < 0)
        return r;
    r = set_from_flags(op, sources, &known);
    if (r < 0)
        return r;
    if (path.n == 0)
        path = arena_fmt(op->arena, STR_FMT "/draht.conf", STR_ARG(known.data));
    r = read_file(op, path, named.n > 0, &text);
    if (r < 0)
        return r;
    before = conf->data;
    r = set_from_text(op, path, text, conf);
    if (r == 0 && named.n == 0 && !str_eq(before, conf->data))
        return op_fail(op, ERR_INVALID,
                       STR_FMT " lies in the data folder and cannot name another one",
                       STR_ARG(path));
    return r;
}

static void show(struct conf *conf, const char *name, struct str value)
{
    conf->values[find(str_of(name)) - keys] = value;
}

/* What depends on more than one setting. */
static int complete(struct op *op, struct conf *conf)
{
    if ((conf->tls_certificate.n > 0) != (conf->tls_key.n > 0))
        return op_fail(op, ERR_INVALID,
                       "tls_certificate and tls_key belong together: %s "
                       "is missing",
                       conf->tls_key.n ? "tls_certificate" : "tls_key");
    if (conf->db.n == 0)
        conf->db =
            arena_fmt(op->arena, "sqlite:" STR_FMT "/draht.db", STR_ARG(conf->data));
    if (conf->key_file.n == 0)
        conf->key_file = arena_fmt(op->arena, STR_FMT "/key", STR_ARG(conf->data));
    show(conf, "db", conf->db);
    show(conf, "key_file", conf->key_file);
    return 0;
}

int conf_load(struct op *op, const struct conf_sources *sources, struct conf *ret)
{
    struct conf conf = { .data = { NULL, 0 } };
    int r;

    r = set_fallbacks(op, &conf);
    if (r < 0)
        return r;
    r = set_from_file(op, sources, &conf);
    if (r < 0)
        return r;
    r = set_from_environment(op, sources->environment, &conf);
    if (r < 0)
        return r;
    r = set_from_flags(op, sources, &conf);
    if (r < 0)
        return r;
    r = complete(op, &conf);
    if (r < 0)
        return r;
    *ret = conf;
    return 0;
}

/* "--allow-host" as "allow_host"; empty when it is no setting's flag. */
static struct str setting_of(struct arena *arena, struct str flag)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (str_eq(flag, flag_name(arena, keys[i].name)))
            return str_of(keys[i].name);
    }
    return str_is(flag, "--config") ? STR("config") : (struct str){ NULL, 0 };
}

static int take(struct op *op, struct str name, struct str value,
                struct conf_sources *sources)
{
    if (str_is(name, "config")) {
        sources->file = value;
        return 0;
    }
    if (sources->flag_count == CONF_MAX_FLAGS)
        return op_fail(op, ERR_INVALID, "more than %d settings on the command line",
                       CONF_MAX_FLAGS);
    sources->flags[sources->flag_count++] = (struct conf_flag){ name, value };
    return 0;
}

int conf_take_flags(struct op *op, const char **argv, size_t count,
                    struct conf_sources *sources, size_t *ret_count)
{
    size_t kept = count ? 1 : 0, i = kept;

    for (; i < count && strcmp(argv[i], "--") != 0; i++) {
        struct str value, flag = str_cut(str_of(argv[i]), '=', &value);
        struct str name = setting_of(op->arena, flag);
        int r;

        if (name.n == 0) {
            argv[kept++] = argv[i];
            continue;
        }
        if (flag.n == strlen(argv[i])) {
            if (i + 1 == count)
                return op_fail(op, ERR_INVALID, "%s needs a value", argv[i]);
            value = str_of(argv[++i]);
        }
        r = take(op, name, value, sources);
        if (r < 0)
            return r;
    }
    for (; i < count; i++)
        argv[kept++] = argv[i];
    *ret_count = kept;
    return 0;
}

static size_t find_last(struct str s, char c)
{
    while (s.n > 0 && s.p[s.n - 1] != c)
        s.n--;
    return s.n; /* behind it; 0: not there */
}

/* postgres://user:password@host/name?password=...: it is nobody's business. */
static struct str masked(struct arena *arena, struct str url)
{
    struct str query, place = str_cut(url, '?', &query);
    ptrdiff_t start = str_find(place, STR("://"));
    size_t at = find_last(place, '@');
    struct str login, user, password;

    if (start < 0 || (at == 0 && query.n == 0))
        return url;
    login = at ? str_sub(place, (size_t)start + 3, at - 1 - (size_t)start - 3) : place;
    user = str_cut(login, ':', &password);
    if (at && password.n > 0)
        place = arena_fmt(arena, STR_FMT "://" STR_FMT ":***@" STR_FMT,
                          STR_ARG(str_sub(place, 0, (size_t)start)), STR_ARG(user),
                          STR_ARG(str_sub(place, at, place.n)));
    return query.n ? arena_fmt(arena, STR_FMT "?***", STR_ARG(place)) : place;
}

struct conf_line *conf_describe(struct arena *arena, const struct conf *conf,
                                size_t *ret_count)
{
    struct conf_line *lines = arena_new(arena, struct conf_line, COUNT_OF(keys));
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (keys[i].hidden)
            continue;
        lines[count++] = (struct conf_line){
            .name = keys[i].name,
            .value = masked(arena, conf->values[i]),
            .origin = conf->origins[i],
            .help = keys[i].help,
        };
    }
    *ret_count = count;
    return lines;
}
