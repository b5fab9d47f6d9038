/* assets.h - files that are built into the program.
 *
 * A build step makes a `static const struct asset[]`, each with its compressed forms.
 * Files whose name carries a hash of the content never change: browsers may keep them
 * for a year. The others are asked for again, by ETag.
 */
#ifndef NET_ASSETS_H
#define NET_ASSETS_H

#include "net/http.h"

struct asset {
    const char *path; /* "/assets/index-3f2a.js" */
    const char *mime;
    const char *etag; /* with its quotes: "\"3f2a\"" */
    struct str body;
    struct str gzip;   /* n == 0: there is none */
    struct str brotli; /* n == 0: there is none */
    bool immutable;    /* the path names the content */
};

/* The asset at `path`, or NULL. `assets` ends with a row whose path is NULL. */
const struct asset *asset_find(const struct asset *assets, struct str path);

/* 200, 304 for a matching If-None-Match, 405 for anything but GET and HEAD. Chooses
 * the smallest form that Accept-Encoding allows. */
void asset_answer(struct arena *arena, const struct http_request *rq,
                  const struct asset *asset, struct http_answer *ret);

#endif
