/* embed.h - files that were compiled into the program by tools/embed.py. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/str.h"

struct embedded {
    const char *name; /* NULL: the end of the list */
    struct str bytes;
};

#endif
