/* message.h - one utterance in a thread, stored once.
 *
 * The text lives in message_version: an edit by its author adds a version, a
 * removal sets removed_at and keeps what was said. UNIQUE (channel, external
 * id) decides what is a duplicate, not a cache.
 */
#ifndef DIALOGUE_MESSAGE_H
#define DIALOGUE_MESSAGE_H

#include "event/record.h"

enum { MESSAGE_MAX_BODY = 65536 }; /* bytes */

struct message {
    int64_t id, channel_id, thread_id, conversation_id, parent_id;
    struct str parent_external_id;
    struct str external_id; /* empty: ours, not delivered yet */
    int64_t profile_id, person_id, account_id;
    struct str direction;  /* in, out, other */
    struct str visibility; /* public, private */
    int64_t automatic;
    struct str third_party; /* "", helper advocate satire impostor disruption */
    int64_t confirmed_at, confirmed_by;
    int64_t check_back_id;
    struct str language;
    int64_t version;
    int64_t sent_at, received_at, edited_at, removed_at;
    struct str standing; /* on its network: "" shown, held, spam, gone (removed there, by
                            whom and why is not known) */
};

struct message_version {
    int64_t version;
    struct str body;
    int64_t written_at, received_at;
};

extern const struct record message_record;

int message_get(struct op *op, int64_t id, struct message *ret) MUST_CHECK;
int message_body(struct op *op, int64_t id, int64_t version, struct str *ret) MUST_CHECK;
int message_versions(struct op *op, int64_t id, struct message_version **ret,
                     size_t *ret_count) MUST_CHECK;

enum { MESSAGE_NOT_FOUND = 1 };
int message_by_external_id(struct op *op, int64_t channel_id, struct str external_id,
                           struct message *ret) MUST_CHECK;

/* A text, and what was found in it (dialogue/findings.h; empty: nobody looked). */
struct message_said {
    struct str body, findings, model;
    bool judged; /* read: a person said something of what was found */
};
int message_read(struct op *op, int64_t id, int64_t version,
                 struct message_said *ret) MUST_CHECK;
/* A newer run found this. */
int message_set_findings(struct op *op, const struct message *msg, struct str findings,
                         struct str model) MUST_CHECK;

/* The row, its first version and its place in the search index. Sets msg->id.
 * Children that arrived before their parent are joined to it. */
int message_add(struct op *op, struct message *msg,
                const struct message_said *said) MUST_CHECK;

/* `now` is a changed copy of `old`, same text. */
int message_update(struct op *op, const struct message *old, const struct message *now,
                   const char *event_kind) MUST_CHECK;

/* The author changed it: a new version. */
int message_edit(struct op *op, const struct message *old,
                 const struct message_said *said, int64_t edited_at) MUST_CHECK;
int message_remove(struct op *op, const struct message *old,
                   int64_t removed_at) MUST_CHECK;

/* How it stands on its network now. "gone" takes it away like a removal, except that
 * nobody said so; anything else brings back what was gone. Sets `msg`. */
int message_stand(struct op *op, struct message *msg, struct str standing) MUST_CHECK;

/* Of a channel and named by its network, sent from `from` up to `to` and not removed, in
 * order of time; at most `limit`. */
struct message_span {
    int64_t channel_id, from, to, limit;
};
int message_list_span(struct op *op, const struct message_span *span,
                      struct message **ret, size_t *ret_count) MUST_CHECK;

/* In order of sent_at. */
int message_list_thread(struct op *op, int64_t thread_id, struct message **ret,
                        size_t *ret_count) MUST_CHECK;
int message_list_conversation(struct op *op, int64_t conversation_id,
                              struct message **ret, size_t *ret_count) MUST_CHECK;

/* What a person wrote and what was said in that person's conversations, on all channels,
 * newest first; the keyset (at, id) is 0, 0 at the start. */
struct message_page {
    int64_t person_id, before_at, before_id, limit;
};
int message_list_person(struct op *op, const struct message_page *page,
                        struct message **ret, size_t *ret_count) MUST_CHECK;

/* Answers of outsiders to outsiders, newest first; the keyset is 0, 0 at the start. */
int message_list_third_parties(struct op *op, int64_t before_at, int64_t before_id,
                               int64_t limit, struct message **ret,
                               size_t *ret_count) MUST_CHECK;

/* The newest message of the person, or the newest of ours, not automatic, that was
 * written after the message `after_id` (0: any). MESSAGE_NOT_FOUND. */
int message_newest_in(struct op *op, int64_t conversation_id,
                      struct message *ret) MUST_CHECK;
int message_newest_out(struct op *op, int64_t conversation_id, int64_t after_id,
                       struct message *ret) MUST_CHECK;
/* The newest message of the person that is still there: an answer goes below it. When all
 * were removed it is the newest of those. The second is one that the channel's network
 * knows: not written on a page of ours, whose external ids begin with PAGE_MESSAGE.
 * MESSAGE_NOT_FOUND. */
#define PAGE_MESSAGE "page:"
int message_newest_to_answer(struct op *op, int64_t conversation_id,
                             struct message *ret) MUST_CHECK;
int message_newest_of_network(struct op *op, int64_t conversation_id,
                              struct message *ret) MUST_CHECK;

/* Counts of likes, shares and so on; the newest count wins. */
int message_set_reactions(struct op *op, int64_t message_id, struct str kind,
                          int64_t number, int64_t at) MUST_CHECK;
struct reaction {
    struct str kind;
    int64_t number;
};
int message_reactions(struct op *op, int64_t message_id, struct reaction **ret,
                      size_t *ret_count) MUST_CHECK;

#endif
