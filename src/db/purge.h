/* purge.h - everything of one workspace gone from every table.
 *
 * Which tables those are the catalogue says: every table that has a workspace_id. So a
 * table that a later migration adds is not forgotten. This is for whole workspaces that
 * nobody needs to remember (the demo); erasing a person is another thing and keeps the
 * log.
 */
#ifndef DB_PURGE_H
#define DB_PURGE_H

#include "db/store.h"

struct purged {
    struct str table;
    int64_t rows;
};

/* Inside a write. `*ret`: the tables that had rows, by name. */
int purge_workspace(struct op *op, int64_t workspace_id, struct purged **ret,
                    size_t *ret_count) MUST_CHECK;

/* Gives the space of removed rows back to the disk; outside of any write, on a store that
 * is driven by hand. ERR_UNAVAILABLE when another process is using it right then: nothing
 * is lost, the space is used again by what comes. */
int purge_free_space(struct op *op, struct store *store) MUST_CHECK;

#endif
