/* connector.h - a network that messages come from and go to.
 *
 * One file per network; a channel names it by `network`. A
 * connector knows its network's protocol and nothing else: no database, no desk, no
 * decision about retries. It turns bytes into items, a reply into bytes, and what the
 * network answered into one of the outcomes below. docs/api.md shows the shapes of
 * the custom network, whose connector (custom.c, custom_item.c) is the template.
 *
 * TO ADD A NETWORK: (1) <network>.c with one `const struct connector`, (2) one line in
 * connectors[] in connector.c, (3) one line in meson.build, (4) a table of cases in
 * tests/unit/test_channel_<network>.c and a row in each test_conformance*.c, which try
 * what every connector promises, (5) docs/channels.md: what it can do and against what it
 * was tested.
 *
 * WHAT A NEW CONNECTOR MUST FILL: network, name, capabilities, settings; verify, check,
 * split and parse when something comes in; compose, send, quiet_ms and `delivery` (the
 * class A to E: say the weakest that is true) when something goes out, find unless the
 * class is E; length when the network limits a text; budget when the network has one;
 * poll and poll_ms when it can be polled; measure and measure_posts when it counts (else
 * NULL, and its section in docs/channels.md says that it gives none). A connector that
 * can only one direction leaves the other's functions NULL. Of each answer say exactly:
 * was it certainly not applied (SEND_LATER, SEND_REFUSED) or perhaps (SEND_DOUBT)? And
 * pass on wait_ms (Retry-After) and the budget it told. Repeating, waiting, breaker and
 * budget are not the connector's: work/work_deliver.c, dialogue/pace.h.
 */
#ifndef CHANNEL_CONNECTOR_H
#define CHANNEL_CONNECTOR_H

#include "base/json.h"
#include "net/http.h"
#include "text/counted.h"
#include "text/length.h"
#include "text/safe.h"

enum {
    ITEM_MAX_ID = 512,                   /* bytes of an external id */
    ITEM_MAX_NAME = 200,                 /* characters of names, handles and titles */
    ITEM_MAX_BODY = 65536,               /* bytes of a text */
    ITEM_MAX_URL = 2048,                 /* bytes */
    ITEM_MAX_FILES = 10,                 /* attachments of one item */
    ITEM_MAX_FILE = 8 * 1024 * 1024,     /* bytes of one, decoded */
    ITEM_MAX_LEFT = 20,                  /* of those left out, how many are named */
    ITEM_MAX_REACTIONS = 32,             /* kinds of reactions of one item */
    INBOUND_MAX_ITEMS = 1000,            /* of one request */
    INBOUND_MAX_BYTES = 8 * 1024 * 1024, /* of one request */
};

/* One message as a network tells it. Empty or 0: it did not say. Views of the bytes
 * that were parsed, or of op->arena. */
struct item_author {
    struct str external_id, handle, name, url, avatar_url;
    int64_t followers;
    bool is_us;
};
struct item_file {
    struct str name, mime, bytes;
    struct str description; /* what it shows, in words; or empty */
};
/* A picture that stands at an address and is fetched from there by itself. */
struct item_picture {
    struct str url, description;
};
/* What is not kept here: it is too large, or one too many. */
struct item_left {
    struct str name;
    size_t bytes; /* 0: that is not known */
};
struct item_reaction {
    struct str kind;
    int64_t number;
};
struct item {
    struct str external_id;
    struct {
        struct str external_id, kind, url, title, visibility;
        bool follows_parent; /* it is its parent's, where that is known */
        int64_t case_number; /* else that of this case; 0: none is named */
    } thread;
    struct str parent_external_id;
    struct str parent_mark; /* the key of the reply of ours that it answers, where that
                               shows; empty: it does not */
    struct item_author author;
    struct str body, language;
    struct str own; /* the part of the body that is no quotation; empty: all of it */
    int64_t sent_at, edited_at, removed_at;
    bool automatic;
    struct str undelivered; /* says that a reply of ours, its parent, did not arrive, and
                               why; empty: it does not */
    /* The network tells how it stands now, and not when it changed: a text that differs
     * is a version as of its arrival, and so is what `standing` says. */
    bool snapshot;
    bool designed;        /* it looked otherwise than its words do: show() */
    const char *standing; /* NULL: as `removed_at` says; "shown", "held" (nobody outside
                             reads it yet), "spam", "gone" (taken down there, by whom
                             and why is not known) */
    int64_t untold;       /* with `undelivered`: not a reply came back but what the house
                             told one of its own people, the number in house_mail.key */
    bool mention;         /* somebody talks about us elsewhere and asked us nothing: opens
                             no conversation by itself */
    struct str mark; /* the key of the reply of ours that this is; empty: by its text */
    const struct item_file *files;
    size_t file_count;
    const struct item_picture *pictures; /* the body says where they are, too, since one
                                            may not be had */
    size_t picture_count;
    /* Said below the body, in the language of the house (work/left_out.h): files that
     * stay where they are, and how many there are in all; the whole length of something
     * of which only the beginning came, in bytes, 0: all of it. An item that has any of
     * these may have no body. */
    const struct item_left *left;
    size_t left_count, left_in_all;
    int64_t whole;
    bool wordless; /* nothing is said in words, and it is a message all the same */
    const struct item_reaction *reactions;
    size_t reaction_count;
    struct item_page {
        struct str moderation;    /* "", held, released: a comment */
        struct str status_hash;   /* of the secret link to make for its conversation */
        bool is_private;          /* whatever the thread is */
        int64_t parent_id;        /* our id of what it answers; 0: nothing */
        struct str mail;          /* where answers go by mail; empty: nowhere */
        struct str mail_language; /* de, en */
    } page; /* of what was written on a page of ours, the source "form" alone */
};

/* For a credential that the network may exchange for another one when it is used, and
 * then take once only (RFC 6749 6). begin() before it is used; end() with what came
 * instead (empty: nothing) before anything else hangs on the answer, and after each
 * begin() that gave 0. Both write: outside of a transaction. */
enum {
    RENEWAL_BUSY = 1, /* another process of the house is at it */
    RENEWAL_OVER = 2, /* people gave another one meanwhile */
};
struct connection;
struct renewal {
    int (*begin)(struct op *op, const struct connection *connection,
                 struct str *ret); /* as it is stored now */
    int (*end)(struct op *op, const struct connection *connection, struct str text);
};

/* A channel as its connector sees it. */
struct connection {
    int64_t channel_id;
    const struct json *settings; /* an object; as `settings` below say */
    const struct str *secrets;   /* what signs; newest first, older ones still count */
    size_t secret_count;
    struct {
        struct str site, text; /* what people gave, and the address they gave it for;
                                  empty: nothing yet */
        int64_t given;         /* another number when people gave another one */
    } credential;
    const struct renewal *renewal; /* NULL: what comes instead is not kept */
    int64_t since; /* poll() from the beginning reads what was written since then; 0: as
                      far back as the settings say */
};

/* A reply on its way out. */
struct outbound {
    struct str key; /* the same at each try, never used twice */
    int64_t conversation_id;
    struct str thread_external_id, parent_external_id, thread_title;
    struct str to;      /* the network's name of whoever is answered */
    struct str subject; /* of a mail; empty: made of the thread's title */
    struct str visibility, body, author_name;
    int64_t case_number;         /* by which people know the conversation; 0: none */
    const struct json *settings; /* of the channel, for compose() */
    const struct item_file *files;
    size_t file_count; /* without files_apart: for compose() alone */
    struct str bytes;  /* send(), find(): what compose() gave, kept since the first try */
};

/* What the house tells one of its own people. */
struct house_mail {
    struct str key; /* the same at each try */
    struct str to, name, subject, text;
};

/* How a reply will look there. Empty: there is no such thing. */
struct reply_look {
    struct str from;        /* under which name it stands */
    struct str to, subject; /* of a mail */
    struct str body;        /* all its words, with what goes before ours */
};

/* What the network said, beside the outcome. */
struct receipt {
    struct str external_id; /* what it calls the message; empty: it has no name for it */
    struct str reason;      /* of any other outcome, for people */
    const char *trouble;    /* the same as a word of docs/channels.md, which interfaces
                               translate; NULL: it has none */
    int64_t wait_ms;        /* it asked to be left alone for so long; 0: it did not say */
    bool told;              /* it said what is left of its budget: */
    int64_t told_left, told_ms; /* calls, and until it is renewed */
    bool answered;              /* SEND_LATER: it works and said no, 429 without a time */
    int64_t copies;             /* found: how many are there; 0: it does not say */
    bool nowhere;               /* SENT without anybody to send to: recorded only */
    struct str keep; /* of a send that certainly posted nothing: the bytes of the next
                        try, which know what is there already; empty: the same */
};

/* How send() ends. 0: sent. */
enum send_outcome {
    SEND_LATER = 1,   /* certainly not applied; trying again may work */
    SEND_REFUSED = 2, /* certainly not applied; trying again is no use */
    SEND_DOUBT = 3,   /* may have been applied: ask find() before any repeat */
};

/* How find() ends. 0: found. */
enum find_outcome {
    FIND_ABSENT = 1, /* it is not there, and the reading back was complete */
    FIND_CANNOT_TELL = 2,
};

/* What a network offers against a second copy; decides what follows a doubt. In each
 * case nothing is repeated before the quiet time is over and find() was asked. */
enum delivery_class {
    DELIVERY_EXACT = 1, /* A: a name of our choosing cannot exist twice there. Absent, or
                           not to be told: send again under the same name */
    DELIVERY_KEYED,     /* B: it remembers a key for key_ms. The same while that lasts,
                           then as C */
    DELIVERY_MARKED,    /* C: a mark of ours can be found there. Send again only when
                           find() proved it absent; not to be told: a person decides */
    DELIVERY_ALIKE,  /* D: only text, author and time can be compared. A person decides,
                        unless the channel's setting "repeat_when_absent" is true: then
                        it is sent again after two complete looks, a quiet time apart */
    DELIVERY_SILENT, /* E: it cannot be asked, find is NULL. A person decides, unless
                        the message comes back by itself before */
};

/* How poll() ends. 0: a page. */
enum poll_outcome { POLL_FAILED = 1 }; /* receipt.reason, receipt.wait_ms */

/* A page of what is new, in the network's order. */
struct poll_page {
    struct str *items; /* the verbatim bytes of each, for parse(); at most
                          INBOUND_MAX_ITEMS */
    size_t count;
    struct str
        next;  /* the cursor behind the page; the same again when there is no more */
    bool more; /* there is another page behind it */
    int64_t again_ms; /* when to come again; 0: after poll_ms */
    bool recounted;   /* the network counts anew: some was read again, since the place up
                         to which was read said nothing any more */
    bool announces;   /* the network would say when something is new: watch() */
    /* Part of the channel could not be read while the rest could, or can be again:
     * `reason` empty. Told when that changes. */
    struct {
        bool told;
        struct str reason;
        const char *trouble; /* as of a receipt */
    } part;
    int64_t vanished; /* so many that were read before stand there no more: the house's
                         own doing, which changes nothing of them here */
    /* Everything sent in this time that is still there, and only that, is among the
     * items: what the house has of it besides is looked at (look). 0, 0: no such claim.
     * `thread`: the claim is of that thread alone; empty: of the whole channel. */
    struct {
        int64_t from, to;
        struct str thread; /* its external id */
    } whole;
};

/* How look() ends. 0: it is there. */
enum look_outcome {
    LOOK_GONE = 1,
    LOOK_CANNOT_TELL = 2,
};

/* A connection that was left open, on which the network says that something is new:
 * poll() reads it then. Who holds it (work/watch.c) passes each line to hear(), and
 * sends what stands in `say` afterwards. */
enum { WATCH_NEWS = 1, WATCH_OVER = 2 };
struct wire;
struct watch {
    struct wire *wire;
    int descriptor;
    bool news;    /* something was new already when it began */
    bool waiting; /* it owes an answer */
    int64_t known;
    unsigned tag;
    struct str say; /* empty: nothing; it may point into `words` */
    char words[32];

    /* One line of what came: 0, WATCH_NEWS, or WATCH_OVER and `why`. */
    int (*hear)(struct watch *watch, struct str line);
    const char *why;
    /* Is it still there? Says something that must be answered. */
    void (*renew)(struct watch *watch);
};
enum { WATCH_NONE = 1 };

/* What is to be counted: own posts by their external ids, or the account. */
struct measure_wish {
    const struct str *posts;
    size_t count; /* at most measure_posts; 0: the account */
};
/* How measure() ends. 0: it is told. */
enum measure_outcome { MEASURE_FAILED = 1 }; /* receipt.reason, receipt.wait_ms */

/* What is done on a network about an account, for a message of its. */
struct restraint_wish {
    struct str kind;    /* report, mute, block: what the network's capabilities name */
    bool lift;          /* take a mute or a block back */
    struct str message; /* its external id, which may be of something that is gone */
    struct str account; /* of its author, the external id */
    struct str reason;  /* personal_data insult spam illegal */
    struct str comment; /* of a report: what its readers are told */
    bool forward;       /* a report goes to the server of the account, too */
    int64_t for_ms;     /* how long a mute or a block is to last */
};

/* Which files a network that has "files" takes with one reply. Zeros: as Draht does. */
struct file_rule {
    size_t most, most_bytes;
    bool pictures; /* JPEG, PNG, WebP and GIF alone */
};

/* Calls to the network, all kinds together. */
struct budget {
    int64_t calls, per_ms;
};

/* Leave to speak for an account, given by a person on the network's own page. */
struct consent_wish {
    struct str back;  /* where the page sends the person, with the code */
    struct str state; /* what it sends along, unchanged */
};
struct consent {
    struct str address; /* of the page */
    struct str ticket;  /* what consented() needs, an object of JSON; nobody else may
                           read it */
};
enum consent_outcome { CONSENT_FAILED = 1 }; /* receipt.reason, receipt.trouble */

enum check_outcome { CHECK_FORGED = 1 }; /* receipt.reason says what does not fit */
enum verify_outcome { VERIFY_FAILED = 1 };

enum setting_type {
    SETTING_TEXT = 1,
    SETTING_LINES, /* a text of several lines */
    SETTING_URL,
    SETTING_INT,
    SETTING_BOOL,
    SETTING_COLOUR, /* "#1a5fb4" */
};

/* One row of the form by which a channel is set up. */
struct setting {
    const char *name;
    enum setting_type type;
    const char *label, *help;
    bool required, secret;
    int64_t min, max, fallback; /* SETTING_INT; `max` of SETTING_LINES: bytes, 0:
                                   ITEM_MAX_URL */
    /* Texts: what else must be true, ERR_INVALID naming `field`. NULL: nothing. */
    int (*check)(struct op *op, const char *field, struct str text);
};

/* What the network gave us for what people entered, as far as this process knows. */
struct token_life {
    int64_t renewed_at, until_at; /* until 0: the network does not say */
};

struct connector {
    const char *network;             /* "custom": stands in channel.network */
    const char *name;                /* for people */
    const char *const *capabilities; /* public, private, files, edits, removals,
                                        reactions, read_back, polling, hide, spam (it
                                        has a word for it), mentions, metrics (measure),
                                        consent (below),
                                        descriptions (of files, in words), warnings (a
                                        reply may have one, text/warning.h),
                                        report, mute, block (restrain),
                                        chats (private talks that others begin, of words
                                        alone, beside the public ones),
                                        mail (it writes to addresses of e-mail); ends
                                        with NULL */
    const struct setting *settings;  /* ends with { NULL } */
    const char *signing_secret;      /* name of the secret that signs; NULL: none */
    const char *credential;          /* name of the secret setting that people fill in. It
                                        is sealed, never shown, and counts only for the
                                        site that "url" named when it was given. NULL: none */

    /* What the credential counts for, made of the settings; NULL: the setting "url". */
    struct str (*site)(struct op *op, const struct json *settings);

    struct file_rule files;
    bool files_apart; /* send() and find() are given the files again at each try:
                         compose() need not copy them */

    enum delivery_class delivery;
    enum delivery_class chat_delivery; /* of private messages; 0: the same */
    int64_t key_ms;       /* DELIVERY_KEYED: how long the network remembers a key */
    int64_t poll_ms;      /* how often to poll(); 0 when it cannot */
    bool shows_late;      /* what was taken is there for find() only after a while: how
                             long is measured, by a find() an hour at most */
    size_t measure_posts; /* how many posts measure() takes at once */

    /* Can it work? 0 and receipt.reason says what was seen, or VERIFY_FAILED and it says
     * what is missing, in words to act on. Asks the network. */
    int (*verify)(struct op *op, const struct connection *connection,
                  struct receipt *ret);

    /* Since when and until when we are let in by a token that is renewed by itself.
     * False: this process holds none just now. NULL: what was entered is all there is. */
    bool (*token_life)(const struct connection *connection, struct token_life *ret);

    /* Where a person agrees that we speak for their account, and what becomes of the code
     * with which they come back: the credential. Ask the network, which need not know us
     * before. Both or neither. */
    int (*consent)(struct op *op, const struct connection *connection,
                   const struct consent_wish *wish, struct consent *ret,
                   struct receipt *ret_receipt);
    int (*consented)(struct op *op, const struct connection *connection,
                     const struct json *ticket, struct str code, struct str *ret,
                     struct receipt *ret_receipt);

    /* Webhook: is this genuine? Looks at the raw bytes before anything parses them. */
    int (*check)(struct op *op, const struct connection *connection,
                 const struct http_fields *headers, struct str body, struct receipt *ret);

    /* Webhook: the verbatim bytes of each item. ERR_MALFORMED, ERR_TOO_LARGE. */
    int (*split)(struct op *op, struct str body, struct str **ret, size_t *ret_count);

    /* One item. ERR_INVALID naming the fields: this one is refused, not its neighbours.
     */
    int (*parse)(struct op *op, struct str bytes, struct item *ret);

    /* The bytes that send() will send, made once. */
    int (*compose)(struct op *op, const struct outbound *out, struct str *ret);

    /* How it will look there, shown to whoever writes it; asks nobody. `out` may have no
     * key, files or parent yet, and `handle` is that of whoever is answered. NULL: its
     * words alone. */
    int (*preview)(struct op *op, const struct connection *connection,
                   const struct outbound *out, struct str handle, struct reply_look *ret);

    int (*send)(struct op *op, const struct connection *connection,
                const struct outbound *out, struct receipt *ret);
    /* NULL with DELIVERY_SILENT. */
    int (*find)(struct op *op, const struct connection *connection,
                const struct outbound *out, struct receipt *ret);

    /* How long after the last byte could have left until find() is sure: longer than the
     * network may take to apply a call and to show it. With `shows_late` that is only
     * where it begins: it is measured (dialogue/visible.h). */
    int64_t (*quiet_ms)(const struct connection *connection);

    /* How long a reply may be there, told to people while they write and checked before
     * it is taken. NULL: as long as Draht takes. */
    struct length_rule (*length)(const struct connection *connection, bool is_private);

    /* How many calls the account may make in how long; 0 calls: it has no budget. Sends,
     * looks and polls are counted together. NULL: none. */
    struct budget (*budget)(const struct connection *connection);

    /* What is new behind `cursor` (empty: from the beginning, or from as far back as the
     * network goes), one page. Idempotent. Reads a little of what it read before, so that
     * what appears late is not missed: the same bytes again cost nothing. NULL: no
     * polling; then poll_ms is 0. */
    int (*poll)(struct op *op, const struct connection *connection, struct str cursor,
                struct poll_page *ret, struct receipt *ret_receipt);

    /* Let the network say when something is new behind `cursor`, on a connection of its
     * own that belongs to op->arena and is held. WATCH_NONE: not now. Called after a
     * poll() that announces. NULL: it never does. */
    int (*watch)(struct op *op, const struct connection *connection, struct str cursor,
                 struct watch *ret, struct receipt *ret_receipt);

    /* What the network counts now, by few calls: one for each post of the wish in its
     * order, or one of the account. Start from counted_nothing(): what is not told stays
     * not given, and a post that is not shown stays not there. NULL: the network gives no
     * numbers, or sends them along with its items (custom). */
    int (*measure)(struct op *op, const struct connection *connection,
                   const struct measure_wish *wish, struct counted *ret,
                   struct receipt *receipt);

    /* Set how a message stands there: "shown", "held" (nobody outside reads it) or
     * "spam". Setting it twice is setting it once; nothing is ever deleted. 0: it stands
     * so now. Else as send(). NULL: the network does not let us. */
    int (*moderate)(struct op *op, const struct connection *connection,
                    struct str external_id, struct str standing, struct receipt *ret);

    /* Report, mute or block an account, or take that back. Mutes and blocks are set and
     * lifted as often as wanted; a report that may have arrived is SEND_DOUBT. 0: so it
     * is now, and receipt.reason may say what is otherwise than was asked. A mute must
     * not keep from poll() what is said to us. NULL: the network does not let us. */
    int (*restrain)(struct op *op, const struct connection *connection,
                    const struct restraint_wish *wish, struct receipt *ret);

    /* Is a message of this external id still there? Asked before the house says that
     * something was removed. NULL when poll() never claims to be whole. */
    int (*look)(struct op *op, const struct connection *connection,
                struct str external_id, struct receipt *ret);

    /* What item.designed promised: the bytes of an item as they looked to whom they were
     * sent, made harmless. Like parse(). NULL: the network has nothing but words. */
    int (*show)(struct op *op, struct str bytes, struct safe_html *ret);

    /* Tell one of our own people something: no dialogue, no copy in the mailbox, nothing
     * that is looked for afterwards, since a second one harms nothing. As send(). NULL:
     * it cannot write to addresses of e-mail. */
    int (*tell)(struct op *op, const struct connection *connection,
                const struct house_mail *mail, struct receipt *ret);
};

/* NULL when there is no such network. */
const struct connector *connector_by_network(struct str network);
/* NULL past the end. */
const struct connector *connector_at(size_t index);

bool connector_can(const struct connector *connector, const char *capability);

/* Of a message of this visibility. */
enum delivery_class connector_delivery(const struct connector *connector,
                                       struct str visibility);

/* Settings as somebody sent them, an object: known names only, of the right type, and
 * what is required. ERR_INVALID naming "settings.NAME". */
int connector_check_settings(struct op *op, const struct connector *connector,
                             const struct json *settings);

/* What a network answered; NULL: it is no JSON, which is no failure of ours. */
const struct json *connector_json(struct op *op, struct str body);

/* The value of a number among the settings, or its fallback. */
int64_t connector_int(const struct connector *connector, const struct json *settings,
                      const char *name);

/* From when on poll() reads what was written: `since` of the connection, else so many
 * days ago as the setting "look_back_days" says. */
int64_t connector_since(const struct op *op, const struct connector *connector,
                        const struct connection *connection);

#endif
