/* log.h - one line per fact, key=value, always with the op's id.
 *
 * Levels: error (someone must act), info (something happened), debug. Never a
 * secret, never a body. Lines go to standard error, one write each, with the
 * real time; control characters are replaced, so a line stays a line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/arena.h"

enum log_level { LOG_ERROR, LOG_INFO, LOG_DEBUG };

/* A text as a value, in quotes: those inside it, and backslashes, get a backslash. */
struct str log_quoted(struct arena *arena, struct str text);

void log_set_level(enum log_level level); /* once, at start; LOG_INFO before */
/* Let lines, and all else on standard error, go to the end of a file (mode 0640). Call it
 * again after the file was moved away. False, errno set: it cannot be opened, and lines
 * go where they went before. */
bool log_to_file(const char *path);
void log_line(enum log_level level, struct str op_id, const char *fmt, ...) PRINTF(3, 4);

#endif
