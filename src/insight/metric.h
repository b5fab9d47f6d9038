/* metric.h - figures that anybody can open: one definition each.
 *
 * Every figure is a set of observations (waits, solutions, messages,
 * conversations) of a period, and one way to sum them up; its series groups the
 * same observations, its cases list them. So a figure and what it opens can
 * never disagree. The rows come from the records that the event log rebuilds, and of
 * posts and followers from what their networks counted.
 *
 * Median of an even count: the mean of the two middle ones, rounded half up.
 * p90: the nearest rank. Survival median: Kaplan and Meier (1958), where open
 * waits count as "longer than so far", so ignoring people cannot improve it.
 *
 * TO ADD A FIGURE: (1) a loader in observe.c with its statement, (2) one line in
 * metrics[] in metric.c, (3) its line in docs/metrics.md.
 */
#ifndef INSIGHT_METRIC_H
#define INSIGHT_METRIC_H

#include "db/db.h"

enum { METRIC_MAX_OBSERVATIONS = 1000000 };

struct observation {
    int64_t conversation_id, message_id, person_id;
    int64_t channel_id, department_id, account_id;
    int64_t at;          /* when it happened */
    int64_t wall_ms;     /* -1: not a duration */
    int64_t service_ms;  /* -1: unknown */
    int64_t customer_ms; /* of it: waiting for the customer; -1: not asked for */
    struct str intent;
    int64_t number;    /* what was counted of it; -1: nothing is */
    int64_t reach;     /* of it: among so many; -1: unknown */
    int64_t thread_id; /* where it stands, of what is no conversation; 0: not asked for */
    struct str part;   /* its class, where the figure has classes */
    bool hit;          /* counts for the numerator of a share */
    bool hidden;       /* something of it was hidden; counts all the same */
    bool open;         /* not over yet: wall_ms is how long so far */
};

struct observations {
    struct observation *items;
    size_t count, size;
    int64_t received; /* books: counted by another statement */
    int64_t pending;  /* too young to be judged */
    int64_t base;     /* METRIC_OF_BASE: what the whole is a part of; 0: unknown */
};

enum metric_sum {
    METRIC_DURATION,   /* value: the median */
    METRIC_SHARE,      /* value: hits / n */
    METRIC_PER_PERSON, /* value: n / distinct persons */
    METRIC_BALANCE,    /* value: received minus the sum of the classes */
    METRIC_COUNT,      /* value: n */
    METRIC_PER_ONE,    /* value: the sum of the numbers / n */
    METRIC_OF_REACH,   /* value: the sum of the numbers / that of their reaches */
    METRIC_OF_BASE,    /* value: n / base */
};

struct metric {
    const char *slug;
    const char *unit; /* ms, share, permille, number */
    enum metric_sum sum;
    int64_t closes_early_ms; /* solved less than that ago is pending */
    int (*load)(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                struct observations *ret);
    const char *title[2]; /* German, English */
    const char *definition[2];
};

extern const struct metric metrics[];                 /* ends with { NULL } */
const struct metric *metric_by_slug(struct str slug); /* NULL: there is none */

/* What a set of observations sums up to. n == 0: no data, whatever the rest says. */
struct figure {
    int64_t n, hidden;
    double value;
    bool has_value;
    int64_t median_ms, p90_ms;                 /* -1: none */
    int64_t service_median_ms, service_p90_ms; /* -1: none */
    int64_t survival_median_ms;                /* -1: not reached */
    int64_t customer_median_ms;                /* -1: the figure does not ask for it */
    int64_t sum, base;                         /* what is divided by what; -1: not told */
};
struct figure metric_figure(struct op *op, const struct metric *metric,
                            const struct observations *set);

enum metric_group {
    BY_NOTHING,
    BY_CHANNEL,
    BY_DEPARTMENT,
    BY_AGENT,
    BY_INTENT,
    BY_HOUR,         /* "09": of the day, in the workspace's zone as all below */
    BY_WEEKDAY_HOUR, /* "0 09": Monday, nine o'clock */
    BY_DAY,          /* "2026-11-02" */
    BY_WEEK,         /* its Monday */
    BY_MONTH,        /* "2026-11" */
    BY_PART,
    BY_HIDDEN /* "hidden", or "" */
};

/* One group of a series: the key as text ("" for none), its observations. */
struct group {
    struct str key;
    struct observations set;
};
int metric_groups(struct op *op, const struct observations *set, enum metric_group by,
                  struct str time_zone, struct group **ret, size_t *ret_count) MUST_CHECK;

/* Only the observations of one group; none when there is no such group. */
int metric_narrow(struct op *op, struct observations *set, enum metric_group by,
                  struct str key, struct str time_zone) MUST_CHECK;

/* Loaders, in observe.c. Period: from <= at < until. */
int observe_reactions(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret) MUST_CHECK;
int observe_first_reactions(struct op *op, const struct metric *metric, int64_t from,
                            int64_t until, struct observations *ret) MUST_CHECK;
int observe_contacts(struct op *op, const struct metric *metric, int64_t from,
                     int64_t until, struct observations *ret) MUST_CHECK;
int observe_resolutions(struct op *op, const struct metric *metric, int64_t from,
                        int64_t until, struct observations *ret) MUST_CHECK;
int observe_answers(struct op *op, const struct metric *metric, int64_t from,
                    int64_t until, struct observations *ret) MUST_CHECK;
int observe_solutions(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret) MUST_CHECK;
int observe_books(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret) MUST_CHECK;
int observe_mix(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                struct observations *ret) MUST_CHECK;
int observe_check_backs(struct op *op, const struct metric *metric, int64_t from,
                        int64_t until, struct observations *ret) MUST_CHECK;
int observe_posts(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret) MUST_CHECK;
int observe_reach(struct op *op, const struct metric *metric, int64_t from, int64_t until,
                  struct observations *ret) MUST_CHECK;
int observe_followers(struct op *op, const struct metric *metric, int64_t from,
                      int64_t until, struct observations *ret) MUST_CHECK;

#endif
