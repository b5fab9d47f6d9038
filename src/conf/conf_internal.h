/* conf_internal.h - what the table of settings and its readers share. */
#ifndef CONF_CONF_INTERNAL_H
#define CONF_CONF_INTERNAL_H

#include "conf/conf.h"

enum conf_type {
    CONF_TEXT,
    CONF_FOLDER,  /* text, without a slash at the end */
    CONF_NUMBER,  /* int64_t, min to max */
    CONF_ADDRESS, /* struct conf_address */
    CONF_LEVEL,   /* enum log_level */
    CONF_HOSTS,   /* struct conf_list, separated by commas or spaces */
    CONF_URL,     /* http or https, without a slash at the end, or empty */
    CONF_DB,
    CONF_INSTANT, /* int64_t, RFC 3339 or empty */
};

struct conf_key {
    const char *name;
    size_t offset; /* of the member in struct conf */
    const char *fallback;
    int64_t min, max; /* CONF_NUMBER only */
    const char *help;
    enum conf_type type;
    bool hidden; /* for tests: on the command line only, and never listed */
};

/* Put `value` into `conf`; `origin` is for the message when it cannot be. */
int conf_set(struct op *op, const struct conf_key *key, struct str origin,
             struct str value, struct conf *conf) MUST_CHECK;

#endif
