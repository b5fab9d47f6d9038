/* files.h - files of messages: named on a page, and given out so that none can do harm.
 *
 * A file from outside may be anything that calls itself a picture. It is given out with
 * its own address under a policy that lets it run and load nothing, and as a download;
 * only what begins as a PNG, JPEG, GIF or WebP does is shown, as just that.
 */
#ifndef PAGE_FILES_H
#define PAGE_FILES_H

#include "dialogue/attachment.h"
#include "dialogue/message.h"
#include "page/sheet.h"

/* The files of a message, as links to `at` + "/files/{id}". */
int files_put(struct sheet *page, const struct message *msg, struct str at) MUST_CHECK;
/* How many there are, without giving them out. */
int files_count(struct sheet *page, const struct message *msg) MUST_CHECK;

/* A file that belongs to a message: 0, or FILES_NONE. */
enum { FILES_NONE = 1 };
int files_find(struct op *op, int64_t id, struct attachment *ret) MUST_CHECK;

/* `name`: under which it is saved. */
enum files_how { FILES_SAVED = 1, FILES_SHOWN };
int files_answer(struct op *op, const struct attachment *file, struct str name,
                 enum files_how how, struct http_answer *ret) MUST_CHECK;

#endif
