/* person.h - a human being, and the profiles by which networks know him or her.
 *
 * The first message of an unknown profile makes a person. Two profiles become
 * one person only when somebody says so (person_merge), and can be parted
 * again (profile_unlink). A message without an author makes a person of its
 * own every time: two unknown voices are never taken for one.
 */
#ifndef DIALOGUE_PERSON_H
#define DIALOGUE_PERSON_H

#include "event/record.h"

struct person {
    int64_t id;
    struct str name;
    struct str relation;     /* follower fan customer prospect supplier media unknown */
    int64_t contact_count;   /* messages from this person */
    struct str address_form; /* "du", "sie", "" */
    int64_t outreach_locked_at; /* asked not to be written to */
    struct str outreach_lock_reason;
    struct str note;
    int64_t first_seen_at, last_seen_at;
    int64_t merged_into;
};

struct profile {
    int64_t id, person_id, channel_id;
    struct str external_id, handle, name, url, avatar_url;
    int64_t followers; /* 0: unknown */
    int64_t is_us;
    int64_t impostor_at;
    int64_t first_seen_at;
};

extern const struct record person_record, profile_record;

/* What the external id of a profile begins with that is known by a form of ours alone:
 * name and address were typed, and nobody has proved either. No private fact may be told
 * for the name's sake. */
#define PROFILE_TYPED "page:"
bool profile_is_proved(const struct profile *profile);

/* Follows merges. RECORD_NOT_FOUND. */
int person_get(struct op *op, int64_t id, struct person *ret) MUST_CHECK;
int profile_get(struct op *op, int64_t id, struct profile *ret) MUST_CHECK;

/* What a network says about an author. */
struct author {
    struct str external_id, handle, name, url, avatar_url;
    int64_t followers;
    bool is_us;
    int64_t person_id; /* whose it is if it is new; 0: of a new person */
};

/* The profile of an author who wrote at `at` on a channel, made (with its person) when it
 * is new, brought up to date when name, handle or followers changed. Without an
 * external_id the handle serves; a bare name identifies nobody: a new
 * person each time. Counts as a contact of the person, unless it is us who wrote. */
int profile_of_author(struct op *op, int64_t channel_id, const struct author *author,
                      int64_t at, struct profile *ret) MUST_CHECK;

/* Changes by a user; `now` is a changed copy of `old`. Validates relation and
 * address form. Locking outreach cancels planned check-backs (done by desk/). */
int person_update(struct op *op, const struct person *old,
                  const struct person *now) MUST_CHECK;

/* `from` becomes part of `into`: profiles, conversations and messages move,
 * counts add up, `from` keeps a permanent redirect. ERR_CONFLICT for itself. */
int person_merge(struct op *op, int64_t from, int64_t into) MUST_CHECK;

/* The profile gets a person of its own again; its conversations go with it. */
int profile_unlink(struct op *op, int64_t profile_id, int64_t *ret_person_id) MUST_CHECK;
int profile_mark_impostor(struct op *op, int64_t profile_id, bool impostor) MUST_CHECK;

/* Newest contact first; `before` is the keyset (0, 0 at the start). */
int person_list(struct op *op, int64_t before_at, int64_t before_id, int64_t limit,
                struct person **ret, size_t *ret_count) MUST_CHECK;
int profile_list(struct op *op, int64_t person_id, struct profile **ret,
                 size_t *ret_count) MUST_CHECK;

/* Whether the person ever wrote to us: no private message without it. */
int person_wrote(struct op *op, int64_t person_id, bool *ret) MUST_CHECK;

#endif
