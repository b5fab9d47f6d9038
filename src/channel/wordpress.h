/* wordpress.h - the parts of the connector for comments on a WordPress site. */
#ifndef CHANNEL_WORDPRESS_H
#define CHANNEL_WORDPRESS_H

#include "channel/connector.h"
#include "net/client.h"

extern const struct connector connector_wordpress;

/* wordpress_call.c: one call to the site's own interface (wp/v2). `query` begins with
 * "&" or is empty; `json` empty: GET. What an answer tells besides stands in `receipt`,
 * and a failure there in words to act on. */
struct wordpress_question {
    struct str path, query, json;
};
struct wordpress_answer {
    int status; /* 0: there is none */
    struct http_reply reply;
    const struct json *json; /* NULL: what came is none */
    struct str code;         /* of a failure, WordPress's own word for it */
};
enum {
    WORDPRESS_NOT_SENT = 1, /* certainly not received */
    WORDPRESS_REFUSED,      /* by us: nothing was sent, repeating is no use */
    WORDPRESS_SILENT,       /* perhaps received */
};
int wordpress_ask(struct op *op, const struct connection *connection,
                  const struct wordpress_question *question, struct wordpress_answer *ret,
                  struct receipt *receipt);

/* wordpress_item.c */
int wordpress_parse(struct op *op, struct str bytes, struct item *ret);
/* The bytes of one comment as the list has it, without what changes by itself. `me` is
 * our user there. */
struct str wordpress_item(struct op *op, const struct json *comment, int64_t me);
/* "2026-11-28T13:02:00" in UTC, as WordPress writes it; 0: it is none. */
int64_t wordpress_time(struct op *op, struct str text);

/* wordpress_poll.c */
int wordpress_poll(struct op *op, const struct connection *connection, struct str cursor,
                   struct poll_page *ret, struct receipt *receipt);

#define WORDPRESS_MARK "Draht "

#endif
