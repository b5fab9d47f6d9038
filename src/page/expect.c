/* expect.c - when somebody may count on an answer.
 *
 * What is promised is the target of the channel, in the hours of its department; what
 * was kept is measured as everywhere (insight/expected.h), so that the chat and the
 * pages never say two things of one channel.
 */
#include "page/expect.h"

#include "desk/hours.h"
#include "insight/expected.h"

enum { DAY = 1440 };

static const enum word days[] = { W_DAY_0, W_DAY_1, W_DAY_2, W_DAY_3,
                                  W_DAY_4, W_DAY_5, W_DAY_6 };

/* "08:00–12:00, 13:00–17:00"; empty: closed that day. */
static struct str text_of(struct sheet *page, const struct hours *hours, int day)
{
    struct strbuf text = STRBUF(page->op->arena);

    for (size_t i = 0; i < hours->slot_count; i++) {
        const struct hours_slot *slot = &hours->slots[i];
        int until = slot->until > DAY ? slot->until - DAY : slot->until;

        if (slot->weekday == day)
            strbuf_fmt(&text, "%s%02d:%02d–%02d:%02d", text.n ? ", " : "",
                       slot->from / 60, slot->from % 60, until / 60, until % 60);
    }
    return strbuf_str(&text);
}

/* Days that are alike stand on one line; gives the day after them. */
static int put_days(struct sheet *page, const struct hours *hours, int day)
{
    struct str text = text_of(page, hours, day);
    int last = day;

    while (last < 6 && str_eq(text_of(page, hours, last + 1), text))
        last++;
    if (!text.n)
        return last + 1;
    html_put(&page->html, "<li><span class=\"day\">");
    sheet_say(page, days[day]);
    if (last > day) {
        html_put(&page->html, "–");
        sheet_say(page, days[last]);
    }
    html_put(&page->html, "</span> ");
    html_text(&page->html, text);
    html_put(&page->html, "</li>\n");
    return last + 1;
}

int expect_put_hours(struct sheet *page, const struct channel *channel)
{
    struct hours hours;
    int r = hours_get(page->op, channel->department_id, page->op->now, &hours);

    if (r < 0)
        return r;
    if (r == HOURS_NONE || !hours.slot_count) {
        sheet_say(page, W_CONTACT_ALWAYS);
        return 0;
    }
    html_put(&page->html, "<ul class=\"hours\">\n");
    for (int day = 0; day < 7;)
        day = put_days(page, &hours, day);
    html_put(&page->html, "</ul>\n");
    return 0;
}

int expect_put_answer(struct sheet *page, const struct channel *channel)
{
    int64_t target =
        channel->target_ms ? channel->target_ms : page->workspace.default_target_ms;
    struct hours hours;
    struct expected expected;
    bool known = false;
    int r = hours_get(page->op, channel->department_id, page->op->now, &hours);
    bool timed = r == 0 && hours.slot_count;

    if (r >= 0) {
        r = expected_reaction(page->op, channel->id, &expected);
        known = r == 0;
    }
    if (r < 0)
        return r;
    sheet_say_with(page, timed ? W_CONTACT_TARGET_HOURS : W_CONTACT_TARGET,
                   sheet_duration(page, target));
    if (known) {
        html_put(&page->html, "; ");
        sheet_say_with(page, W_CONTACT_MEASURED, sheet_duration(page, expected.ms));
    }
    return 0;
}
