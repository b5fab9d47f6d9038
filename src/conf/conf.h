/* conf.h - the settings of one process.
 *
 * A setting comes, in rising order, from its default, the file, the environment
 * (DRAHT_LISTEN) and the command line (--listen). An unknown name in the file is
 * an error, so a typing mistake does not pass unnoticed. Lists take the place of
 * what a lower source said, they are not added up.
 *
 * The file is "name = value", one a line; '#' begins a comment line. It is the
 * one named by --config or DRAHT_CONFIG, else draht.conf in the data folder when
 * there is one.
 *
 * TO ADD A SETTING: a member in struct conf and a row in keys[] in conf.c.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/log.h"
#include "base/op.h"

enum {
    CONF_MAX_FILE = 64 * 1024, /* bytes */
    CONF_MAX_VALUE = 2048,     /* bytes */
    CONF_MAX_LIST = 32,        /* members of a list */
    CONF_MAX_FLAGS = 64,       /* settings on one command line */
    CONF_KEYS = 17,
};

struct conf_list {
    struct str items[CONF_MAX_LIST];
    size_t count;
};

struct conf_address {
    struct str host; /* without the brackets of an IPv6 address */
    int64_t port;    /* 0: any that is free */
};

struct conf {
    struct str data;            /* folder, without a slash at the end */
    struct conf_address listen; /* of the web server */
    struct str db;              /* "sqlite:PATH" or "postgres://..."; never empty */
    struct str tls_certificate; /* files; both or none */
    struct str tls_key;
    struct str key_file;      /* seals secrets; never empty */
    int64_t workers;          /* jobs that may run at the same time */
    int64_t lease_seconds;    /* a worker that is silent for longer is thought dead */
    int64_t db_standbys;      /* servers that are meant to have each commit too */
    int64_t disk_alarm_mb;    /* below so much free space files are refused */
    int64_t disk_stop_mb;     /* and below so much everything that comes in */
    enum log_level log_level; /* errors, info, debug */
    struct str log_file;      /* empty: standard error */
    struct conf_list allow_host;
    struct conf_list trusted_proxy; /* addresses and networks, as they were written */
    struct str public_url;          /* without a slash at the end; empty: from `listen` */
    int64_t clock;                  /* where a virtual clock starts; 0: the machine's */

    struct str origins[CONF_KEYS]; /* "default", "DRAHT_LISTEN", "draht.conf line 3" */
    struct str values[CONF_KEYS];  /* as `draht config` shows them */
};

/* One setting of a command line. */
struct conf_flag {
    struct str name; /* as in the file: "allow_host" */
    struct str value;
};

struct conf_sources {
    const char *const
        *environment; /* "NAME=value", ends with NULL; NULL: nothing from there */
    struct str file;  /* from --config; empty: see above */
    struct conf_flag flags[CONF_MAX_FLAGS];
    size_t flag_count;
};

/* Move the settings of a command line ("--listen X", "--listen=X") to `sources`.
 * What is no setting stays in argv, in its order; its number goes to *ret_count.
 * argv[0] is left alone. Behind "--" nothing is a setting. */
int conf_take_flags(struct op *op, const char **argv, size_t count,
                    struct conf_sources *sources, size_t *ret_count) MUST_CHECK;

/* ERR_INVALID names the place and what was expected there. */
int conf_load(struct op *op, const struct conf_sources *sources,
              struct conf *ret) MUST_CHECK;

/* For `draht config`: every setting but the hidden ones. A password in `db`, and
 * what follows '?' there, is shown as "***". */
struct conf_line {
    const char *name;
    struct str value, origin;
    const char *help;
};
struct conf_line *conf_describe(struct arena *arena, const struct conf *conf,
                                size_t *ret_count);

#endif
