/* api_event.h - a row of the event log as JSON. */
#ifndef API_API_EVENT_H
#define API_API_EVENT_H

#include "base/json.h"
#include "event/event.h"

/* As the event stream sends it: `{seq, at, kind, actor, conversation_id, ...}`. */
void api_put_event(struct json_writer *w, const struct event_row *row);
/* As a log shows it: with department_id, subject_id and `facts` (the payload, or null
 * after erasure) besides. */
void api_put_log_row(struct json_writer *w, const struct event_row *row);

#endif
