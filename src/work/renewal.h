/* renewal.h - a credential that is used up by being used. */
#ifndef WORK_RENEWAL_H
#define WORK_RENEWAL_H

#include "channel/connector.h"

/* One process of all at a time, for a channel; one that died is waited for so long. */
#define RENEWAL_MS MINUTES(2)

extern const struct renewal renewal;

#endif
