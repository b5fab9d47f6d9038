/* api_show.h - how things look in JSON: one function for each shape of docs/api.md.
 *
 * A struct show remembers the names that repeat on a page (channels, colleagues,
 * departments), so that a list of two hundred rows asks for each only once.
 */
#ifndef API_API_SHOW_H
#define API_API_SHOW_H

#include "api/api.h"
#include "base/map.h"
#include "desk/desk.h"
#include "dialogue/attachment.h"
#include "dialogue/channel.h"
#include "dialogue/measured.h"
#include "dialogue/note.h"

struct show {
    struct op *op;
    struct json_writer *w;
    struct map accounts, departments, channels;
};

struct show show_begin(struct op *op, struct json_writer *w);

/* `{"id", "name"}` under `key`, or null. */
int show_account(struct show *s, const char *key, int64_t id) MUST_CHECK;
int show_department(struct show *s, const char *key, int64_t id) MUST_CHECK;

/* A channel as lists name it, under "channel". */
int show_channel(struct show *s, int64_t id) MUST_CHECK;

/* Members of the open object: so that a caller can add some of its own. */
int show_conversation_members(struct show *s, const struct conversation *c) MUST_CHECK;
int show_message_members(struct show *s, const struct message *msg) MUST_CHECK;

/* Whole objects under `key` (NULL: in an array). */
int show_conversation(struct show *s, const char *key,
                      const struct conversation *c) MUST_CHECK;
int show_message(struct show *s, const char *key, const struct message *msg) MUST_CHECK;
/* "measured": how it was counted last, null: never. Of the message 0 the account. */
void show_counted(struct json_writer *w, const struct measured *m);
/* "findings" of a message, and the "model" that found them. */
int show_findings(struct show *s, const struct message *msg,
                  const struct message_said *said) MUST_CHECK;
/* "findings" of any text. */
struct found;
int show_found(struct show *s, struct str body, const struct found *list,
               size_t count) MUST_CHECK;
/* "alike": the group of nearly the same messages that one of its messages is in, or null;
 * and the largest ones of which something is open today. */
int show_alike_of(struct show *s, const struct conversation *c) MUST_CHECK;
int show_alike_today(struct show *s) MUST_CHECK;
int show_check_back(struct show *s, const char *key,
                    const struct check_back *cb) MUST_CHECK;
int show_draft(struct show *s, const struct draft *draft) MUST_CHECK; /* "draft" */
int show_outbox(struct show *s, const char *key, const struct outbox *box) MUST_CHECK;
int show_person_members(struct show *s, const struct person *person) MUST_CHECK;

/* "restraint_offers" and "restraints": what may be done on its network about the author
 * of a message, and what was done. */
int show_restraints(struct show *s, const struct message *msg,
                    const struct channel *channel) MUST_CHECK;

/* What people may name as a reason; some are none (moderation_is_reason). */
#define REASON_CHOICES "personal_data|insult|spam|illegal|off_topic|other|image|unwelcome"
/* Answers with the rule. The attempt is on record, so it is no failure that would take
 * everything back. */
struct reason_refused {
    const char *event;
    bool of_account; /* it was not the message that was to be hidden */
    struct str reason;
};
int api_refuse_reason(struct op *op, const struct message *msg,
                      const struct reason_refused *refused,
                      struct http_answer *ret) MUST_CHECK;

/* The name under which a topic is known here, in whatever spelling it comes. */
int topic_name(struct op *op, struct str name, struct str *ret) MUST_CHECK;
/* A person gave the conversation its topic, or took it away: an example from which the
 * next messages are judged. */
int topic_judge(struct op *op, const struct api_call *call,
                const struct conversation *c) MUST_CHECK;

/* A message, when the caller may write in its department. */
int need_writable_message(struct op *op, const struct api_call *call, int64_t id,
                          struct message *ret) MUST_CHECK;

/* The first words of a text, at most 140 characters, in one line. */
/* One line; of a text with a warning that alone. */
struct str show_excerpt(struct op *op, struct str body);

/* Answer with a file as a download, which no browser shows or runs. */
int answer_file(struct op *op, const struct attachment *file,
                struct http_answer *ret) MUST_CHECK;

#endif
