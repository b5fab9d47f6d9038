/* intake.h - from an inbound item to thread, person, message, conversation.
 *
 * Raw first: intake_raw() keeps what was sent, verbatim, before it is
 * understood. intake_item() then runs in one transaction and is safe to repeat.
 */
#ifndef DIALOGUE_INTAKE_H
#define DIALOGUE_INTAKE_H

#include "dialogue/conversation.h"
#include "dialogue/message.h"
#include "dialogue/person.h"
#include "dialogue/thread.h"

/* Bytes as a network sent them. */
struct raw_item {
    int64_t id, channel_id;
    struct str bytes, source; /* webhook poll import form widget */
    bool open_conversations;  /* false: history, opens none */
    int64_t received_at;
    struct str state, reason; /* received done failed */
    int64_t attempts;
};
enum { INTAKE_DUPLICATE = 1 };
/* Sets raw->id (of the one stored before, too). INTAKE_DUPLICATE: the same bytes were
 * there. */
int intake_raw(struct op *op, struct raw_item *raw) MUST_CHECK;
int intake_raw_get(struct op *op, int64_t id,
                   struct raw_item *ret) MUST_CHECK; /* RECORD_NOT_FOUND */
struct raw_item_filter {
    int64_t channel_id;
    struct str state;
    int64_t after_id, limit;
};
int intake_raw_list(struct op *op, const struct raw_item_filter *filter,
                    struct raw_item **ret, size_t *ret_count) MUST_CHECK;
/* 0: it waits to be told. INTAKE_SETTLED: another worker did, or it has failed. */
enum { INTAKE_SETTLED = 1 };
int intake_raw_waits(struct op *op, int64_t id) MUST_CHECK;
/* INTAKE_DUPLICATE: somebody else was done with it before. */
int intake_raw_done(struct op *op, int64_t id, int64_t message_id) MUST_CHECK;
/* It is about to be understood once more: said before, so that it counts when that ends
 * the process. */
int intake_raw_tried(struct op *op, int64_t id) MUST_CHECK;
int intake_raw_failed(struct op *op, int64_t id, struct str reason) MUST_CHECK;
int intake_raw_replay(struct op *op, int64_t id) MUST_CHECK;

/* The raw item in which a message stands that looked otherwise than its words do. */
int intake_keep_original(struct op *op, int64_t message_id, int64_t raw_id) MUST_CHECK;
enum { INTAKE_NO_ORIGINAL = 1 };
int intake_original(struct op *op, int64_t message_id, int64_t *ret_raw_id) MUST_CHECK;

struct incoming_attachment {
    struct str name, mime, bytes;
};
struct incoming_reaction {
    struct str kind;
    int64_t number;
};

/* One item, understood. Empty or 0: the network did not say. */
struct incoming {
    int64_t channel_id;
    struct str external_id; /* empty: made from author, text and time */
    struct thread thread;   /* channel_id and external_id at least */
    bool follows_parent;    /* the thread is the parent's, where that is known */
    int64_t case_number;    /* else that of this case, if it is of the channel; 0: none */
    struct str parent_external_id;
    struct str parent_mark; /* the key of the reply of ours that it answers; empty: it
                               shows none */
    struct author author;
    bool automatic;         /* an auto-responder: no reaction */
    struct str undelivered; /* the parent, a reply of ours, did not arrive, and why */
    struct str body, language;
    struct str own; /* what of the body is no quotation; empty: all */
    int64_t sent_at, received_at, edited_at, removed_at;
    bool snapshot;       /* how it stands now; when that changed is not known */
    struct str standing; /* of a snapshot: shown, held, spam, gone */
    bool mention;        /* nobody's concern until a person makes it one */
    struct str mark;     /* the key of the reply of ours that this is; empty: unknown */
    bool open_conversations;
    const struct incoming_attachment *attachments;
    size_t attachment_count;
    const struct incoming_reaction *reactions;
    size_t reaction_count;
    struct incoming_page {
        struct str moderation;  /* "", held, released: a comment on our page */
        struct str status_hash; /* of the secret link that its conversation gets */
        bool is_private;        /* although the thread may be public */
        int64_t parent_id;      /* our id of what it answers; 0: nothing */
    } page;                     /* of what was written on a page of ours */
    /* What text/ found, outside any lock: */
    struct str findings, model; /* as they are stored */
    struct str intent, intent_by, topic;
    uint32_t marks;  /* enum findings_mark */
    bool asks_us;    /* a matter, an urgency: the opposite of mere thanks */
    bool may_chase;  /* points to an earlier message, or a guess says so */
    bool is_thanks;  /* and nothing else */
    bool is_praise;  /* by a list, and the model leans to it; its tone is doubted */
    bool is_opt_out; /* in words that a list has */
};

/* What became of it. */
struct intake_result {
    enum intake_what {
        INTAKE_NEW = 1,  /* a new message */
        INTAKE_VERSION,  /* an edit or removal of a known one */
        INTAKE_REPEATED, /* known: counted, nothing changed */
        INTAKE_ECHO,     /* our own message came back */
    } what;
    struct message message;
    bool from_us; /* direction out */
    bool has_conversation;
    bool by_mail;  /* by another channel than its talk has: it is its parent's */
    bool opened;   /* by this message: begun, not yet added */
    bool surfaced; /* it was spam on its network and is none any more: nobody's concern
                      yet */
    struct conversation conversation; /* clocks not yet moved */
};

int intake_item(struct op *op, const struct incoming *in,
                struct intake_result *ret) MUST_CHECK;
/* Of bytes that came before: only what may have changed in between and come back, the
 * counts of reactions. Of a snapshot everything may have: intake_item(). */
int intake_recount(struct op *op, const struct incoming *in) MUST_CHECK;

#endif
