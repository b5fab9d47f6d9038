/* power.h - a disk that can lose its power.
 *
 * Stands between SQLite and the file system. It remembers what each file surely
 * holds (what was there at its last flush) and what was written since. When the
 * power goes, of the latter any part may be there or not, in whole or torn at a
 * sector; what would then be found on the disk is written into a folder.
 */
#ifndef TESTS_POWER_H
#define TESTS_POWER_H

#include "fixture.h"

/* From now on SQLite's files of this process are watched. The power goes after
 * `writes` writes and flushes; the remains go to `folder`. `lie`: the disk says
 * that it has flushed and has not. */
void power_on(struct fixture *f, const char *folder, unsigned writes, bool lie);

bool power_is_lost(void);
void power_cut(void); /* now, unless it is lost already */

/* No longer watched. All stores must be closed. */
void power_off(void);

#endif
