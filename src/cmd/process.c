/* process.c - building the world that one process lives in. */
#include "cmd/command.h"

#include "db/space.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

int process_folder(struct op *op, const struct conf *conf)
{
    struct str path = conf->data;
    const char *folder = arena_cstr(op->arena, path);
    struct stat st;

    if (mkdir(folder, 0700) == 0 || errno == EEXIST) {
        if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
            return 0;
        errno = ENOTDIR;
    }
    return op_fail(op, ERR_UNAVAILABLE, "the data folder %s cannot be used: %s", folder,
                   strerror(errno));
}

static int read_clock(struct op *op, void *ctx)
{
    return store_clock_get(op, ctx);
}

int process_open(struct op *op, const struct conf *conf, unsigned readers,
                 struct process *p)
{
    int64_t frozen;
    int r;

    *p = (struct process){ .gate = { .allowed = conf->allow_host.items,
                                     .allowed_count = conf->allow_host.count } };
    if (sodium_init() < 0)
        return op_fail(op, ERR_INTERNAL, "the library for secrets does not start");
    http_client_init(&p->http, &p->gate);
    wire_dialer_init(&p->dialer, &p->gate);
    p->world = (struct world){
        .clock = &p->clock,
        .random = &p->random,
        .ids = &p->ids,
        .http = &p->http.base,
        .dialer = &p->dialer.base,
        .key = &p->key,
        .public_url = conf->public_url,
        .ends_at = &p->ends_at,
        .lease_ms = SECONDS(conf->lease_seconds),
    };
    op->world = &p->world;
    op->now = clock_now(&p->clock);
    r = process_folder(op, conf);
    if (r < 0)
        return r;
    r = secret_key_open(op, conf->key_file, &p->key);
    if (r < 0)
        return r;
    r = store_open(op, conf->db, readers, &p->store);
    if (r < 0)
        return r;
    p->world.store = p->store;
    space_limits(p->store, MIB(conf->disk_alarm_mb), MIB(conf->disk_stop_mb));
    r = store_read(op, read_clock, &frozen);
    if (r < 0)
        return r;
    if (frozen)
        clock_set(&p->clock, frozen);
    op->now = clock_now(&p->clock);
    return 0;
}

void process_close(struct process *p)
{
    store_close(p->store);
    secret_key_wipe(&p->key);
}
