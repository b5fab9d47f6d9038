/* idn.h - host names in other scripts than Latin. */
#ifndef BASE_IDN_H
#define BASE_IDN_H

#include "base/arena.h"

/* "bücher.example" becomes "xn--bcher-kva.example" (UTS 46, non-transitional). False
 * for what cannot be the name of a host. */
bool idn_to_ascii(struct arena *arena, struct str name, struct str *ret);

#endif
