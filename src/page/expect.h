/* expect.h - when somebody may count on an answer: said before and after sending. */
#ifndef PAGE_EXPECT_H
#define PAGE_EXPECT_H

#include "page/sheet.h"

/* The hours of a channel's department, days that are alike on one line:
 * "Mo–Fr 08:00–17:00". */
int expect_put_hours(struct sheet *page, const struct channel *channel) MUST_CHECK;
/* "innerhalb von 1 Stunde in diesen Zeiten; zuletzt neun von zehn Antworten innerhalb von
 * 14 Minuten"; the second half once there are EXPECTED_MIN answers. */
int expect_put_answer(struct sheet *page, const struct channel *channel) MUST_CHECK;

#endif
