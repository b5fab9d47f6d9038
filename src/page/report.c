/* report.c - "report this": somebody outside says that a public page is not right. */
#include "page/report.h"

#include "base/ids.h"
#include "base/utf8.h"
#include "page/stmt.h"

static const struct column columns[] = {
    COLUMN(page_report, id, COLUMN_ID),
    COLUMN(page_report, page, COLUMN_TEXT),
    COLUMN(page_report, thread_id, COLUMN_ID),
    COLUMN(page_report, message_id, COLUMN_ID),
    COLUMN(page_report, why, COLUMN_TEXT),
    COLUMN_WORDS(page_report, body),
    COLUMN(page_report, state, COLUMN_TEXT),
    COLUMN_WORDS(page_report, note),
    COLUMN(page_report, settled_at, COLUMN_TIME),
    COLUMN(page_report, settled_by, COLUMN_ID),
    COLUMN(page_report, created_at, COLUMN_TIME),
    { NULL },
};

const struct record page_report_record = {
    .table = "page_report",
    .columns = columns,
    .size = sizeof(struct page_report),
    .get = &SQL_PAGE_REPORT_GET,
    .add = &SQL_PAGE_REPORT_ADD,
    .set = &SQL_PAGE_REPORT_SET,
    .all = &SQL_PAGE_REPORT_ALL,
};

static struct event event_of(const char *kind, const struct page_report *report)
{
    return (struct event){ .kind = kind,
                           .thread_id = report->thread_id,
                           .message_id = report->message_id,
                           .subject_id = report->id };
}

bool page_report_is_reason(struct str why)
{
    static const char *const reasons[] = { "personal_data", "insult", "illegal", "false",
                                           "other" };

    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (str_is(why, reasons[i]))
            return true;
    return false;
}

int page_report_add(struct op *op, struct page_report *report)
{
    struct event event;

    report->id = id_next(op);
    report->state = STR("open");
    report->created_at = op->now;
    event = event_of("page.reported", report);
    return record_insert(op, &page_report_record, report, &event);
}

int page_report_get(struct op *op, int64_t id, struct page_report *ret)
{
    return record_get(op, &page_report_record, id, ret);
}

int page_report_settle(struct op *op, int64_t id, struct str note)
{
    struct page_report old, now;
    struct event event;
    int r = page_report_get(op, id, &old);

    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such report");
    if (!str_is(old.state, "open"))
        return op_fail(op, ERR_CONFLICT, "the report is settled already");
    if (utf8_count(note) > REPORT_MAX_NOTE)
        return op_fail_field(op, "note", "is longer than %d characters", REPORT_MAX_NOTE);
    now = old;
    now.state = STR("settled");
    now.note = note;
    now.settled_at = op->now;
    now.settled_by = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    event = event_of("page.report_settled", &now);
    return record_update(op, &page_report_record, &old, &now, &event);
}

int page_report_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                     struct page_report **ret, size_t *ret_count)
{
    return record_list(op, &page_report_record, ret, ret_count, &SQL_PAGE_REPORT_LIST,
                       ARG_WS, ARG_TEXT(state),
                       ARG_INT(before_id ? before_id : INT64_MAX), ARG_INT(limit));
}

int page_report_count(struct op *op, struct str state, int64_t *ret)
{
    return db_number(op, ret, &SQL_PAGE_REPORT_COUNT, ARG_WS, ARG_TEXT(state));
}
