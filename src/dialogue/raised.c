/* raised.c - what raises a conversation above the others. */
#include "dialogue/raised.h"

#include "dialogue/findings.h"

/* Of what two priorities say the same, the higher one is looked at first. */
static const struct {
    const char *name;
    enum raised degree;
    int64_t priority, reopened; /* from here on; 0: no matter */
    uint32_t mark;
    const char *intent;
} reasons[] = {
    { "at_risk", RAISED_TOP, 0, 0, MARK_AT_RISK, NULL },
    { "urgent", RAISED_TOP, 0, 0, MARK_URGENT, NULL },
    { "reopened", RAISED_TOP, 2, 1, 0, NULL },
    { "priority", RAISED_TOP, 2, 0, 0, NULL },
    { "frustrated", RAISED_HIGH, 0, 0, MARK_FRUSTRATED, NULL },
    { "deterred", RAISED_HIGH, 0, 0, MARK_DETERRED, NULL },
    { "chaser", RAISED_HIGH, 0, 0, MARK_CHASER, NULL },
    { "complaint", RAISED_HIGH, 0, 0, 0, "complaint" },
    { "priority", RAISED_HIGH, 1, 0, 0, NULL },
};

static bool holds(const struct conversation *c, uint32_t marks, size_t i)
{
    if (reasons[i].mark)
        return marks & reasons[i].mark;
    if (reasons[i].intent)
        return str_is(c->intent, reasons[i].intent);
    return c->priority >= reasons[i].priority && c->reopened_count >= reasons[i].reopened;
}

static bool is_told(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

enum raised raised_of(const struct conversation *c,
                      const char *ret[static RAISED_MAX_REASONS], size_t *ret_count)
{
    const uint32_t marks = findings_marks_read(c->marks);
    enum raised degree = RAISED_NOT;

    *ret_count = 0;
    if (conversation_is_finished(c))
        return degree;
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (!holds(c, marks, i))
            continue;
        degree = reasons[i].degree > degree ? reasons[i].degree : degree;
        if (!is_told(reasons[i].name, ret, *ret_count))
            ret[(*ret_count)++] = reasons[i].name;
    }
    return degree;
}
