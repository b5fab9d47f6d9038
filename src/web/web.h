/* web.h - the user interface that is built into the program.
 *
 * Its files have names that carry a hash of the content. Every address of the
 * interface itself ("/inbox/all", "/conversations/12") is answered with the one
 * page whose script then shows it; an address that is neither is not ours.
 *
 * TO ADD A PAGE: (1) web/src/pages, (2) a row of routes in web/src/lib/router.svelte.ts,
 * (3) its first segment in pages[] in web.c.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "net/http.h"

enum { WEB_NOT_FOUND = 1 };

/* /widget.js, the chat for other people's pages, is always here, whatever is public.
 *
 * Answer a request for the interface: 0, or WEB_NOT_FOUND and `*ret` is unchanged.
 * What `*ret` points to lives in `arena` or for ever. */
int web_answer(struct arena *arena, const struct http_request *rq,
               struct http_answer *ret) MUST_CHECK;

#endif
