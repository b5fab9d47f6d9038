/* migrate.h - bringing a store to the schema of this program.
 *
 * Migrations are the files of schema/, numbered from 0001 without a gap, each
 * applied in a transaction of its own and recorded with its checksum: what has
 * been released is never edited, only followed. One text serves both engines;
 * lines between "-- only sqlite" or "-- only postgres" and "-- both" are for
 * one of them.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "base/embed.h"
#include "db/db.h"

extern const struct embedded schema_files[]; /* of this program */

/* Compare the store with the list, which is sorted by number. `*ret_version` is
 * the store's last migration (0: it is new), `*ret_pending` what is missing.
 * Fails with ERR_CONFLICT when the store was written by a newer program or when
 * a migration was edited after it had been applied. */
int migrate_check(struct op *op, const struct embedded *files, int64_t *ret_version,
                  int64_t *ret_pending) MUST_CHECK;

/* The same without making or locking anything. ERR_NOT_FOUND: there is no store yet. */
int migrate_look(struct op *op, const struct embedded *files, int64_t *ret_version,
                 int64_t *ret_pending) MUST_CHECK;

/* Apply what is missing. Two processes may try at once. */
int migrate_run(struct op *op, const struct embedded *files) MUST_CHECK;

/* The lines of `sql` that are meant for the engine. */
struct str migrate_text(struct arena *arena, struct str sql, bool postgres);

#endif
