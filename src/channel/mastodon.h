/* mastodon.h - the parts of the connector for Mastodon and servers of its interface. */
#ifndef CHANNEL_MASTODON_H
#define CHANNEL_MASTODON_H

#include "channel/connector.h"
#include "net/client.h"

extern const struct connector connector_mastodon;

enum { MASTODON_MAX_SECRET = 1024 }; /* bytes of what it gives us to prove who we are */
enum { MASTODON_MAX_ID = 64 };       /* bytes of an id there */

/* mastodon_call.c: one call to the server's interface. `json` empty: GET. What an answer
 * tells besides (rate limit, words of a failure) stands in `receipt`. */
struct mastodon_question {
    struct str path;  /* "v1/statuses/7", without a slash before */
    struct str query; /* "?limit=40", or empty */
    struct str json;
    struct str form, form_type; /* what is sent instead of `json`; empty: nothing */
    struct str key; /* a second call of this key does nothing there; empty: none */
};
struct mastodon_answer {
    int status;
    struct http_reply reply;
    const struct json *json; /* NULL: what came is none */
    int64_t now;             /* by the server's clock */
};
enum {
    MASTODON_NOT_SENT = 1, /* certainly not received */
    MASTODON_REFUSED,      /* by us: nothing was sent, repeating is no use */
    MASTODON_SILENT,       /* perhaps received */
};
int mastodon_ask(struct op *op, const struct connection *connection,
                 const struct mastodon_question *question, struct mastodon_answer *ret,
                 struct receipt *receipt);
/* The same, when nothing but an answer of 2xx helps: POLL_FAILED otherwise. */
int mastodon_read(struct op *op, const struct connection *connection, struct str path,
                  struct str query, const struct json **ret, struct receipt *receipt);

/* Our account there, as the server writes it. */
struct mastodon_me {
    struct str id, username, url;
};
struct mastodon_me mastodon_me_read(struct op *op, const struct json *account);
/* Asks the server. POLL_FAILED. */
int mastodon_ask_me(struct op *op, const struct connection *connection,
                    struct mastodon_me *ret, struct receipt *receipt);
void mastodon_me_write(struct json_writer *w, const char *key,
                       const struct mastodon_me *me);

/* mastodon_item.c */
int mastodon_parse(struct op *op, struct str bytes, struct item *ret);
/* The bytes of one status: its members that we read, without what changes by itself. */
struct str mastodon_item(struct op *op, const struct mastodon_me *me,
                         const struct json *thread, const struct json *status);
/* How a server names a status, made the same whenever it is read. Empty: no id. */
struct str mastodon_id(struct op *op, struct str id);
bool mastodon_is_private(const struct json *status);
/* The words of HTML as its author typed them: mentions and hashtags without their
 * addresses. */
struct str mastodon_words(struct op *op, struct str html);

/* mastodon_tree.c: what stands around one status. */
struct mastodon_tree {
    const struct json **list; /* what is above it, oldest first; itself; what is below */
    struct str *ids;          /* of each */
    const struct json **threads; /* that gives its thread to each: the topmost above it
                                    that is as public or as private, without one of the
                                    other kind between */
    size_t count, own; /* its own place; count 0: it is not there, or not for us */
    bool whole;        /* the server gave no more than was taken */
};
/* POLL_FAILED. */
int mastodon_tree(struct op *op, const struct connection *connection, struct str id,
                  struct mastodon_tree *ret, struct receipt *receipt);

/* mastodon_poll.c */
int mastodon_poll(struct op *op, const struct connection *connection, struct str cursor,
                  struct poll_page *ret, struct receipt *receipt);

/* mastodon_watch.c */
int mastodon_watch(struct op *op, const struct connection *connection, struct str cursor,
                   struct watch *ret, struct receipt *receipt);

/* mastodon_measure.c */
enum { MASTODON_MEASURED = 20 }; /* posts of one round */
int mastodon_measure(struct op *op, const struct connection *connection,
                     const struct measure_wish *wish, struct counted *ret,
                     struct receipt *receipt);

/* mastodon_consent.c */
int mastodon_consent(struct op *op, const struct connection *connection,
                     const struct consent_wish *wish, struct consent *ret,
                     struct receipt *receipt);
int mastodon_consented(struct op *op, const struct connection *connection,
                       const struct json *ticket, struct str code, struct str *ret,
                       struct receipt *receipt);

/* mastodon_restrain.c */
int mastodon_restrain(struct op *op, const struct connection *connection,
                      const struct restraint_wish *wish, struct receipt *ret);

/* mastodon_media.c: the pictures of a reply, before it is posted. */
enum { MASTODON_MEDIA = 4 }; /* of one post, as Mastodon has it */
struct mastodon_medium {
    struct str id; /* empty: it was not brought yet */
    bool ready;
};
/* One for each of out->files, brought or ready since an earlier try. 0: all are ready;
 * else as send(), and what was brought is known in `media`. */
int mastodon_media(struct op *op, const struct connection *connection,
                   const struct outbound *out, struct mastodon_medium *media,
                   struct receipt *receipt);

/* mastodon_send.c */
int mastodon_preview(struct op *op, const struct connection *connection,
                     const struct outbound *out, struct str handle,
                     struct reply_look *ret);
int mastodon_compose(struct op *op, const struct outbound *out, struct str *ret);
int mastodon_send(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct receipt *ret);
int mastodon_find(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct receipt *ret);
int mastodon_look(struct op *op, const struct connection *connection,
                  struct str external_id, struct receipt *ret);

#endif
