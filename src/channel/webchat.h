/* webchat.h - the network of the chat on a web page: who writes, from where, and what.
 *
 * A visitor is known by a random key that the browser made (its hash is the name of the
 * talk, so the key itself is stored nowhere), or, when the page says who is logged in
 * and signs it with the channel's secret, by the page's own id of that person, on
 * every device. A signature that does not fit makes nobody: the key counts then.
 */
#ifndef CHANNEL_WEBCHAT_H
#define CHANNEL_WEBCHAT_H

#include "channel/connector.h"

enum {
    WEBCHAT_MAX_TEXT = 10000,     /* characters of a message */
    WEBCHAT_MAX_CLIENT_ID = 64,   /* letters, digits, "-" and "_" */
    WEBCHAT_MAX_FILES = 4,        /* of a message */
    WEBCHAT_MAX_FILE = 5 << 20,   /* bytes of all files of a message, decoded */
    WEBCHAT_MAX_USER = 200,       /* bytes of the page's id of a person */
    WEBCHAT_MIN_KEY = 32,         /* characters of a visitor's key */
    WEBCHAT_MAX_KEY = 128,        /* the same */
    WEBCHAT_MAX_ORIGINS = 32,     /* pages that may show the chat */
    WEBCHAT_MAX_REQUEST = 8 << 20 /* bytes of a message with its files, as sent */
};

extern const struct connector connector_webchat;

/* What a request says about who writes. Empty: nothing. */
struct webchat_claim {
    struct str key;             /* the browser's */
    struct str user, signature; /* the page's id of a person, and the proof, hex */
};

enum webchat_identity {
    WEBCHAT_UNSIGNED = 0, /* the page names nobody */
    WEBCHAT_SIGNED,       /* and proved it */
    WEBCHAT_FORGED,       /* and the signature is missing or does not fit */
};

struct webchat_visitor {
    struct str id;   /* of the talk and the profile: "v:HASH" or "u:USER" */
    struct str user; /* WEBCHAT_SIGNED: the page's id */
    enum webchat_identity identity;
};

/* WEBCHAT_NOBODY: neither a proved person nor a key; `ret->identity` is set. */
enum { WEBCHAT_NOBODY = 1 };
int webchat_identify(struct op *op, const struct connection *connection,
                     const struct webchat_claim *claim, struct webchat_visitor *ret);

/* The name of a message: it says whose it is, so that nobody meets another's. */
struct str webchat_message_id(struct op *op, const struct webchat_visitor *visitor,
                              struct str client_id);
struct str webchat_client_id(struct str external_id); /* and back */
/* Letters, digits, "-" and "_": no sign that parts the names of a message. */
bool webchat_is_client_id(struct str id);

/* What is kept verbatim and parsed: what the browser sent, in an envelope that says
 * who sent it. `change`: NULL, "edit" or "remove", at `at`. */
struct webchat_envelope {
    const struct webchat_visitor *visitor;
    const char *change;
    int64_t at;
    struct str client_id; /* of what is changed */
    struct str message;   /* JSON; for a removal empty */
};
struct str webchat_wrap(struct op *op, const struct webchat_envelope *envelope);
int webchat_parse(struct op *op, struct str bytes, struct item *ret);

/* May a page at this address show the chat? An empty list allows all. */
bool webchat_may_show(struct op *op, const struct json *settings, struct str page_url);
/* The directive of the Content-Security-Policy that says the same to the browser:
 * "frame-ancestors 'self' https://shop.example"; empty when all may. */
struct str webchat_frame_ancestors(struct op *op, const struct json *settings);
/* ERR_INVALID, naming `field`, for a list that cannot be read. */
int webchat_check_origins(struct op *op, const char *field, struct str text);

#endif
