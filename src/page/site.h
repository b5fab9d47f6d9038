/* site.h - the settings of a workspace's public pages, and what a channel does otherwise.
 *
 * Without an imprint there are no public pages: whoever runs them answers for them by
 * name. Everything else has a value that is safe when nobody chose: read-along pages
 * off, comments wait for release, no figures for everybody.
 */
#ifndef PAGE_SITE_H
#define PAGE_SITE_H

#include "dialogue/channel.h"
#include "dialogue/thread.h"

enum {
    SITE_MAX_IMPRINT = 4000,  /* characters */
    SITE_MAX_PRIVACY = 20000, /* characters */
};

struct site {
    int64_t id;         /* the workspace's; 0: nothing was set yet */
    struct str name;    /* empty: the workspace's */
    struct str imprint; /* empty: no public pages */
    struct str privacy;
    struct str colour;    /* "#1a6b54" or empty */
    struct str languages; /* "de en", "de", "en" */
    int64_t threads;      /* 1: read-along pages of public threads */
    struct str comments;  /* off held known */
    int64_t listening;    /* 1: /contact names channels that only listen */
    int64_t transparency; /* 1: /transparency is there */
    int64_t created_at;
};

struct channel_site {
    int64_t id;          /* the channel's; 0: nothing was set */
    struct str threads;  /* "", on, off */
    struct str comments; /* "", off, held, known */
    struct str listed;   /* "", off */
    struct str account_url;
    int64_t created_at;
};

extern const struct record site_record, channel_site_record;

/* What nobody set has the safe value. */
int site_get(struct op *op, struct site *ret) MUST_CHECK;
int site_set(struct op *op, const struct site *site) MUST_CHECK;
bool site_is_on(const struct site *site); /* has it an imprint? */
bool site_has_language(const struct site *site, const char *language);

int channel_site_get(struct op *op, int64_t channel_id,
                     struct channel_site *ret) MUST_CHECK;
int channel_site_set(struct op *op, const struct channel_site *site) MUST_CHECK;

/* Why a thread has no public page, in this order; 0: it has one. */
enum site_gap {
    SITE_NO_IMPRINT = 1,
    SITE_PRIVATE,     /* the thread is not public */
    SITE_NO_DIALOGUE, /* its channel only listens, or is retired */
    SITE_SWITCHED_OFF,
};
int site_thread_gap(struct op *op, const struct site *site, const struct thread *thread,
                    enum site_gap *ret) MUST_CHECK;
const char *site_gap_name(enum site_gap gap); /* "no_imprint" */

/* off, held or known, for a channel. */
int site_comments(struct op *op, const struct site *site, int64_t channel_id,
                  struct str *ret) MUST_CHECK;

#endif
