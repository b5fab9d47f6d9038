/* language.h - which language a page speaks; for page/ only. */
#ifndef PAGE_LANGUAGE_H
#define PAGE_LANGUAGE_H

#include "page/sheet.h"

/* By the link that was followed, by what the browser prefers, by what is `usual`
 * there; always one that the site speaks (NULL: both). */
enum language language_of(struct op *op, const struct http_request *rq,
                          const struct site *site, struct str usual);

#endif
