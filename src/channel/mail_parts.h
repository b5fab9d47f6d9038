/* mail_parts.h - what GMime makes of a mail; for mail_read.c and mail_show.c only. */
#ifndef CHANNEL_MAIL_PARTS_H
#define CHANNEL_MAIL_PARTS_H

#include <gmime/gmime.h>

#include "channel/mail.h"

/* The mail, until the arena ends. ERR_INVALID when it has no header at all. */
int mail_open(struct op *op, struct str bytes, GMimeMessage **ret);
/* The bytes of a part as they were before they were packed for the journey. */
struct str mail_part_bytes(struct op *op, GMimePart *part);
/* "text/html", in lower case. */
struct str mail_part_mime(struct op *op, GMimeObject *object);
/* Is it a file that hangs at the mail, and no part of its words? */
bool mail_part_is_attached(GMimeObject *object);
/* mail_show.c: is there HTML among what is to be read? */
bool mail_is_designed(struct op *op, GMimeMessage *message);

#endif
