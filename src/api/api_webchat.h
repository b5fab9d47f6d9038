/* api_webchat.h - what the two halves of the web chat's interface share. */
#ifndef API_API_WEBCHAT_H
#define API_API_WEBCHAT_H

#include "admin/meter.h"
#include "api/api_show.h"
#include "channel/webchat.h"
#include "dialogue/visit.h"
#include "work/connect.h"

/* How often strangers may call; more answers 429. Each process counts for itself. */
#define READS_PER_ADDRESS  ((struct meter_limit){ 1200, MINUTES(1) })
#define WRITES_PER_ADDRESS ((struct meter_limit){ 60, MINUTES(1) })
#define WRITES_PER_VISITOR ((struct meter_limit){ 20, MINUTES(1) })
#define SEEN_PER_VISITOR   ((struct meter_limit){ 120, MINUTES(1) })
#define MAILS_PER_ADDRESS  ((struct meter_limit){ 60, HOURS(1) })
#define MAILS_PER_VISITOR  ((struct meter_limit){ 20, HOURS(1) })
#define TALKS_PER_ADDRESS  ((struct meter_limit){ 30, HOURS(1) })

/* Who calls which chat. */
struct visit {
    const struct api_call *call;
    struct connected to;
    struct webchat_visitor visitor; /* id empty: nobody (yet) */
    struct thread thread;           /* id 0: never wrote */
};

/* Find channel, visitor and talk, and set op->workspace; op->db is a reader.
 * ERR_NOT_FOUND for everything that is no web chat in use. */
int visit_enter(struct op *op, void *visit) MUST_CHECK;

/* What the window shows before anybody wrote. */
int webchat_show(struct op *op, const struct visit *visit,
                 struct http_answer *ret) MUST_CHECK;
/* The talk, newest first. */
int webchat_talk(struct op *op, const struct visit *visit,
                 struct http_answer *ret) MUST_CHECK;

#endif
