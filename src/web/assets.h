/* assets.h - the files of the user interface, as tools/embed-web built them in. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "net/assets.h"

extern const struct asset web_assets[]; /* ends with a row whose path is NULL */

#endif
