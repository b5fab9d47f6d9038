/* workspace.h - the organisation that everything belongs to, and its settings. */
#ifndef ADMIN_WORKSPACE_H
#define ADMIN_WORKSPACE_H

#include "event/record.h"

struct workspace {
    int64_t id;
    struct str slug; /* "default": letters, digits and hyphens, at most 63 */
    struct str name;
    struct str language;                                 /* "de" or "en" */
    struct str time_zone;                                /* IANA */
    int64_t limit_incomplete_channels, figures_by_agent; /* 0 or 1 */
    struct str figures_by_agent_reason;
    int64_t default_target_ms; /* to the first reaction */
    int64_t check_back_days;
    int64_t created_at;
    int64_t is_demo; /* 1: filled to try things with, by the demo */
};

extern const struct record workspace_record;

/* Make one with the usual roles, in `language`. Sets op->workspace to it. Members that
 * are empty get: slug "default", language "de", zone "Europe/Berlin", one hour, 7 days.
 * ERR_CONFLICT when the slug is taken. */
int workspace_create(struct op *op, struct workspace *workspace) MUST_CHECK;

/* The one of the op. ERR_NOT_FOUND when there is none. */
int workspace_get(struct op *op, struct workspace *ret) MUST_CHECK;
int workspace_update(struct op *op, const struct workspace *old,
                     const struct workspace *now) MUST_CHECK;

enum { WORKSPACE_NONE = 1 };
int workspace_by_slug(struct op *op, struct str slug, int64_t *ret) MUST_CHECK;
/* The one with the lowest id above `after`; 0 to begin. */
int workspace_next(struct op *op, int64_t after, int64_t *ret) MUST_CHECK;

#endif
