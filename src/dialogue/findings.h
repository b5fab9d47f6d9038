/* findings.h - what was found in a message: as it is stored, with what people said of it,
 * and what follows for its conversation.
 *
 * Stored it is one line each: kind, source (m model, l list, r rule), thousandths of
 * probability (with "?" when unsure), the bytes of the body that speak for it ("-": all)
 * and the value, which may be empty:
 *
 *     intent m 912 12-20,31-40 complaint
 *     urgent m 431? 0-8
 */
#ifndef DIALOGUE_FINDINGS_H
#define DIALOGUE_FINDINGS_H

#include "dialogue/message.h"
#include "dialogue/verdict.h"
#include "text/finding.h"

enum found_source {
    FOUND_BY_MODEL = 'm',
    FOUND_BY_LIST = 'l',
    FOUND_BY_RULE = 'r',
    FOUND_BY_PERSON = 'p',
};

struct found {
    enum finding_kind kind;
    enum found_source source;
    bool unsure;
    int64_t permille;
    struct str value;
    struct finding_span spans[FINDING_MAX_SPANS]; /* of the body */
    size_t span_count;
    int64_t account_id, judged_at; /* by a person */
};

/* `offset`: where in the body the text begins that was looked at. */
struct str findings_pack(struct arena *arena, const struct findings *findings,
                         size_t offset);
/* What cannot be read is left out. At most FINDING_MAX. */
size_t findings_unpack(struct arena *arena, struct str packed, struct found **ret);

/* Of the message's present text; a person's word stands for all that was found of its
 * kind. */
int findings_of(struct op *op, const struct message *msg, const struct message_said *said,
                struct found **ret, size_t *ret_count) MUST_CHECK;

/* The part of a body that is looked at: of a mail what was written just now. */
struct str findings_text(struct str visibility, struct str body);

/* Whether several values of the kind can hold at once, or one value, or it is yes or no.
 */
bool findings_is_choice(enum finding_kind kind);

/* Marks: what the list of conversations shows and is filtered by. */
enum findings_mark {
    MARK_URGENT = 1 << 0,
    MARK_FRUSTRATED = 1 << 1,
    MARK_AT_RISK = 1 << 2,
    MARK_DETERRED = 1 << 3,
    MARK_CALL_BACK = 1 << 4,
    MARK_PRIVATE = 1 << 5,
    MARK_CHASER = 1 << 6,
    MARK_RUDE = 1 << 7,
    MARK_INSULT = 1 << 8,
    MARK_COMPETITOR = 1 << 9,
    MARK_NEGATIVE = 1 << 10,
    MARK_NEUTRAL = 1 << 11,
    MARK_POSITIVE = 1 << 12,
    MARK_THIRD = 1 << 13, /* the mood is about somebody else */
    MARK_UNSURE = 1 << 14 /* of the intent: a person decides */
};
/* " negative urgent ", in the order of the enum; empty: none. */
struct str findings_marks_text(struct arena *arena, uint32_t marks);
uint32_t findings_marks_read(struct str text);
#define FINDINGS_MARK_CHOICES                                                            \
    "urgent|frustrated|at_risk|deterred|call_back|private|chaser|rude|insult|"           \
    "competitor|negative|neutral|positive|third|unsure"

/* Of a conversation, when one more message comes: the mood is that of the newest, what is
 * urgent stays so until we have answered, and who leaves is at risk until the end. */
uint32_t findings_marks_join(uint32_t before, uint32_t message, bool answered);

/* What follows from the findings of one message. */
struct findings_sum {
    struct str intent, intent_by, topic, language; /* empty: none, or unsure */
    uint32_t marks;
    bool asks_us, may_chase, is_thanks, is_opt_out; /* as in struct incoming */
    bool leans_to_praise; /* the model: no intent is sure, and praise the likeliest by
                             far, or nothing that concerns us */
};
struct findings_sum findings_sum(const struct found *list, size_t count);

#endif
