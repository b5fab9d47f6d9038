/* bluesky.h - the parts of the connector for Bluesky (the AT Protocol). */
#ifndef CHANNEL_BLUESKY_H
#define CHANNEL_BLUESKY_H

#include "channel/connector.h"
#include "net/client.h"

extern const struct connector connector_bluesky;

#define BLUESKY_POST "app.bsky.feed.post"
#define BLUESKY_GATE "app.bsky.feed.threadgate"

enum {
    BLUESKY_MOST = 300,             /* graphemes of a post */
    BLUESKY_MOST_BYTES = 3000,      /* of the same, as UTF-8 */
    BLUESKY_PICTURES = 4,           /* of a post, as app.bsky.embed.images has it */
    BLUESKY_MOST_PICTURE = 1000000, /* bytes of one */
    BLUESKY_MAX_FACETS = 100,
    BLUESKY_TID = 13,                /* characters */
    BLUESKY_CHAT_MOST = 1000,        /* graphemes of a chat message */
    BLUESKY_CHAT_MOST_BYTES = 10000, /* of the same, as UTF-8 */
};

/* bluesky_syntax.c: the names of the protocol, as its specification writes them. */
bool bluesky_is_did(struct str text);
bool bluesky_is_handle(struct str text);
bool bluesky_is_nsid(struct str text);
bool bluesky_is_record_key(struct str text);
bool bluesky_is_tid(struct str text);
struct bluesky_uri {
    struct str repo, collection, key; /* the last two may be empty */
};
/* "at://did:plc:abc/app.bsky.feed.post/3k": false for anything else. */
bool bluesky_uri_read(struct str text, struct bluesky_uri *ret);
/* A record that is named by its DID and fits into an external id; else empty. */
struct str bluesky_id(struct str uri);
/* The key of a record that is made at this moment; no two are alike. */
struct str bluesky_tid(struct op *op, int64_t at);

/* bluesky_session.c: proof of who we are, kept in the memory of this process alone. */
struct bluesky_session {
    struct str did, handle, access, refresh;
    int64_t until_at; /* of `access`; 0: it does not say */
};
enum bluesky_outcome {
    BLUESKY_NOT_SENT = 1, /* certainly not received */
    BLUESKY_REFUSED,      /* by us: nothing was sent, repeating is no use */
    BLUESKY_SILENT,       /* perhaps received */
    BLUESKY_NO_SESSION,   /* the server does not let us in; the call was not made */
};
/* What is kept for this channel and password, else a new one. */
int bluesky_session(struct op *op, const struct connection *connection,
                    struct bluesky_session *ret, struct receipt *receipt);
/* The server does not take it any more: another one, by the token that renews it or by
 * the password. */
int bluesky_session_renew(struct op *op, const struct connection *connection,
                          struct bluesky_session *session, struct receipt *receipt);
void bluesky_session_keep(const struct connection *connection,
                          const struct bluesky_session *session, int64_t now);
void bluesky_session_forget(const struct connection *connection);
bool bluesky_token_life(const struct connection *connection, struct token_life *ret);

/* bluesky_call.c: one call. `json` empty: GET. What an answer tells besides (rate limit,
 * words of a failure) stands in `receipt`. */
struct bluesky_question {
    struct str method; /* "com.atproto.repo.getRecord" */
    struct str query;  /* "?limit=40", or empty */
    struct str json;
    struct str bytes, mime; /* what is sent instead of `json`; empty: nothing */
    struct str proxy;       /* the service that our server passes it on to; empty: none */
    int64_t patience_ms;    /* 0: as long as usual */
};
struct bluesky_answer {
    int status;
    struct http_reply reply;
    const struct json *json; /* NULL: what came is none */
    struct str error;        /* "InvalidToken", of a failure */
};
/* A token that does not count is told with 400, and by name. */
bool bluesky_is_token_refused(const struct bluesky_answer *answer);
/* With this token, whatever it is. */
int bluesky_call(struct op *op, const struct connection *connection, struct str token,
                 const struct bluesky_question *question, struct bluesky_answer *ret,
                 struct receipt *receipt);
/* As who we are; `session` may be NULL. */
int bluesky_ask(struct op *op, const struct connection *connection,
                const struct bluesky_question *question, struct bluesky_session *session,
                struct bluesky_answer *ret, struct receipt *receipt);
/* The same, when nothing but an answer of 2xx helps: POLL_FAILED otherwise. */
int bluesky_read(struct op *op, const struct connection *connection,
                 const struct bluesky_question *question, struct bluesky_session *session,
                 const struct json **ret, struct receipt *receipt);
/* One post as it is shown, NULL when it is not: POLL_FAILED. */
int bluesky_read_post(struct op *op, const struct connection *connection, struct str uri,
                      struct bluesky_session *session, const struct json **ret,
                      struct receipt *receipt);

/* bluesky_words.c */
/* The words of a post with the addresses behind them. */
struct str bluesky_words(struct op *op, const struct json *record);
/* Whatever it is, as one line of text without what cannot be seen. */
struct str bluesky_clean(struct op *op, struct str text, bool lines);
/* An address for people, or nothing. */
struct str bluesky_address(struct str url);
/* Where in a text something is named that a post can lead to. In bytes. */
struct bluesky_facet {
    enum bluesky_facet_kind { FACET_LINK = 1, FACET_NAME, FACET_TAG } kind;
    size_t start, end;
    struct str value; /* the address, the handle, the word; later the DID */
};
/* In the order of the text, at most BLUESKY_MAX_FACETS. */
size_t bluesky_facets(struct op *op, struct str text, struct bluesky_facet **ret);
/* The member "facets", of those that have a value. */
void bluesky_put_facets(struct json_writer *w, const struct bluesky_facet *facets,
                        size_t count);

/* bluesky_item.c */
struct bluesky_me {
    struct str did, handle;
};
int bluesky_parse(struct op *op, struct str bytes, struct item *ret);
/* The bytes of one post: its members that we read, without what changes by itself. */
struct str bluesky_item(struct op *op, const struct bluesky_me *me,
                        const struct json *post, bool hidden);
/* The topmost post above this one, or itself. */
struct str bluesky_root(const struct json *post);
/* Where people read it. */
struct str bluesky_page(struct op *op, struct str uri);
/* For both kinds of what people say, posts and chat messages. */
struct str bluesky_name(struct op *op, struct str text);
void bluesky_put_texts(struct json_writer *w, const struct json *from,
                       const char *const *names);
void bluesky_put_embed(struct json_writer *w, const struct json *embed);
/* What is shown beside the words, below what `out` has. */
void bluesky_add_embed(struct op *op, const struct json *embed, struct str words,
                       struct strbuf *out);
void bluesky_read_author(struct op *op, const struct json *author, struct str us,
                         struct item *ret);

/* bluesky_tree.c: what stands around one post. */
struct bluesky_tree {
    const struct json **list; /* what is above it, oldest first; itself; what is below */
    struct str *ids;          /* of each */
    size_t count, own;        /* its own place; count 0: it is not there */
    struct str *deeper;       /* posts with answers that were not among these */
    size_t deeper_count;
    const struct json *hidden; /* what the author of the thread hides */
    bool whole;                /* the server gave no more than was taken */
};
/* POLL_FAILED. */
int bluesky_tree(struct op *op, const struct connection *connection, struct str id,
                 struct bluesky_session *session, struct bluesky_tree *ret,
                 struct receipt *receipt);
bool bluesky_is_hidden(const struct bluesky_tree *tree, struct str id);

/* bluesky_poll.c */
int bluesky_poll(struct op *op, const struct connection *connection, struct str cursor,
                 struct poll_page *ret, struct receipt *receipt);

/* bluesky_send.c */
int bluesky_compose(struct op *op, const struct outbound *out, struct str *ret);
int bluesky_send(struct op *op, const struct connection *connection,
                 const struct outbound *out, struct receipt *ret);
int bluesky_find(struct op *op, const struct connection *connection,
                 const struct outbound *out, struct receipt *ret);
int bluesky_look(struct op *op, const struct connection *connection,
                 struct str external_id, struct receipt *ret);

/* How a call ended that only asks: nothing was applied by it. As send(). */
int bluesky_judge_question(int r, const struct bluesky_answer *answer);
/* The accounts behind the names among these: 0, or as send(). */
int bluesky_resolve(struct op *op, const struct connection *connection,
                    struct bluesky_facet *facets, size_t count, struct receipt *receipt);

/* bluesky_chat.c: private messages. They are no posts: a service of its own keeps them,
 * to which our server passes the calls on, and which nobody else's program can read. A
 * talk there is "chat:CONVO" here, a message "chat:CONVO/MESSAGE". */
struct bluesky_chat_id {
    struct str convo, message; /* the second may be empty */
};
bool bluesky_chat_id_read(struct str text, struct bluesky_chat_id *ret);
/* Empty when these are no names as the network gives. */
struct str bluesky_chat_id(struct op *op, struct str convo, struct str message);
/* The channel's setting. */
bool bluesky_chats(const struct connection *connection);
/* bluesky_ask() to that service. Whatever is no 2xx has words in `receipt`, and is no
 * failure of the server that has the posts. */
int bluesky_chat_ask(struct op *op, const struct connection *connection,
                     const struct bluesky_question *question,
                     struct bluesky_session *session, struct bluesky_answer *ret,
                     struct receipt *receipt);
/* Sentence for verify(): whether chat messages can be read. Empty: they can, or are not
 * asked for. */
int bluesky_chat_verify(struct op *op, const struct connection *connection,
                        struct receipt *ret);

/* bluesky_chat_item.c */
/* A message as the service shows it, written by `author`; empty: it is none that anybody
 * wrote. */
struct str bluesky_chat_item(struct op *op, const struct bluesky_me *me, struct str convo,
                             const struct json *author, const struct json *message);
int bluesky_chat_parse(struct op *op, const struct json *item, struct item *ret);

/* bluesky_chat_poll.c: what is still to be read, kept in the cursor. */
struct bluesky_chat;
struct bluesky_chat *bluesky_chat_read(struct op *op, const struct json *cursor);
void bluesky_chat_write(struct json_writer *w, const struct bluesky_chat *chat);
/* Is there something to do now? */
bool bluesky_chat_is_due(const struct op *op, const struct connection *connection,
                         const struct bluesky_chat *chat);
/* One call. What only concerns the chat service stands in page->part, and is no failure.
 */
int bluesky_chat_step(struct op *op, const struct connection *connection,
                      struct bluesky_chat *chat, struct poll_page *page,
                      struct receipt *receipt);

/* bluesky_chat_send.c */
int bluesky_chat_compose(struct op *op, const struct outbound *out,
                         const struct bluesky_chat_id *thread, struct str *ret);
int bluesky_chat_send(struct op *op, const struct connection *connection,
                      const struct json *ours, struct receipt *ret);
int bluesky_chat_find(struct op *op, const struct connection *connection,
                      const struct json *ours, struct receipt *ret);

/* bluesky_media.c: the pictures of a reply, before it is posted. */
struct bluesky_blob {
    struct str cid, mime;
    int64_t size;
};
/* One for each of out->files. Else as send(): nothing was posted. */
int bluesky_media(struct op *op, const struct connection *connection,
                  const struct outbound *out, struct bluesky_blob *ret,
                  struct receipt *receipt);
/* The member "embed" of a record. */
void bluesky_put_media(struct json_writer *w, const struct outbound *out,
                       const struct bluesky_blob *blobs);

/* bluesky_measure.c */
enum { BLUESKY_MEASURED = 25 }; /* posts of one call, as its lexicon says */
int bluesky_measure(struct op *op, const struct connection *connection,
                    const struct measure_wish *wish, struct counted *ret,
                    struct receipt *receipt);

/* bluesky_gate.c */
int bluesky_moderate(struct op *op, const struct connection *connection,
                     struct str external_id, struct str standing, struct receipt *ret);

#endif
