/* import_mail.h - the mails of a file, for draht import: one (.eml), or many (mbox). */
#ifndef CMD_IMPORT_MAIL_H
#define CMD_IMPORT_MAIL_H

#include <stdio.h>

#include "channel/connector.h"

struct import_mail {
    FILE *file;
    const struct json *settings; /* of the channel */
    bool begun, many, more;
};

/* The next mail as an item of the network "email". 1; 0: there is none any more. Of a
 * mail that is too long the beginning. */
int import_mail_next(struct op *op, struct import_mail *from, struct str *ret);

#endif
