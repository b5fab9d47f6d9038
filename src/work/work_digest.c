/* work_digest.c - what waits this morning, by mail, for those who want it.
 *
 * Numbers and addresses alone: a mail lies in foreign mailboxes, so no customer's name
 * and none of their words are in it. On a day without service, and when nothing waits,
 * there is none. Whoever is interrupted writes it again; it takes the place of the one
 * before.
 */
#include "admin/account.h"
#include "admin/department.h"
#include "admin/notice.h"
#include "admin/preference.h"
#include "admin/workspace.h"
#include "base/zone.h"
#include "db/store.h"
#include "desk/hours.h"
#include "dialogue/check_back.h"
#include "dialogue/inbox.h"
#include "dialogue/note.h"
#include "dialogue/outbox.h"
#include "work/notify.h"
#include "work/works.h"

enum { MORNING_HOUR = 7, NAMED = 5, MANY = 200 };

/* Later than this it is no morning's mail any more. */
#define TOO_LATE_MS HOURS(3)

/* A line of it: how many, and of those whose. */
enum figure { OVERDUE, WAITING, NEW, CHECK_BACKS, MENTIONS, STUCK, FIGURES };

static const char *const figure_words[FIGURES][2] = {
    [OVERDUE] = { "Überfällig", "Overdue" },
    [WAITING] = { "Warten, noch in der Zeit", "Waiting, still in time" },
    [NEW] = { "Neu, noch bei niemandem", "New, with nobody yet" },
    [CHECK_BACKS] = { "Heute nachzufragen", "To be checked back" },
    [MENTIONS] = { "Notizen mit dem eigenen Namen", "Notes that name you" },
    [STUCK] = { "Nicht oder vielleicht nicht gesendet", "Not sent, or perhaps not" },
};

enum phrase { SUBJECT, HELLO, OWN, LONGEST, SINCE, BYE, PHRASES };

static const char *const phrases[PHRASES][2] = {
    [SUBJECT] = { "%s überfällig, %s warten – %s", "%s overdue, %s waiting – %s" },
    [HELLO] = { "Guten Morgen, %s,\n\ndas liegt heute an bei %s:\n\n",
                "Good morning, %s,\n\nthis is the day at %s:\n\n" },
    [OWN] = { " (eigene: %s)", " (own: %s)" },
    [LONGEST] = { "\nAm längsten überfällig:\n", "\nOverdue for longest:\n" },
    [SINCE] = { "- seit %s Stunden: %s\n", "- for %s hours: %s\n" },
    [BYE] = { "\nDiese Mail kommt an Tagen mit Dienst, wenn etwas wartet. Abstellen "
              "lässt sie sich unter Einstellungen, Mein Konto.\n",
              "\nThis mail comes on days of service when something waits. It can be "
              "switched off in the settings, My account.\n" },
};

struct digest {
    const struct job *job;
    struct account account;
    struct workspace workspace;
    bool wanted;
    int64_t all[FIGURES], own[FIGURES]; /* own: -1 where all of them are */
    struct conversation *overdue;
    size_t overdue_count;
    int64_t again_at;
};

static const char *say(const struct digest *d, const char *const words[2])
{
    return words[str_is(d->account.language, "en")];
}

static struct str number(struct op *op, int64_t n)
{
    return arena_fmt(op->arena, "%lld%s", (long long)n, n >= INBOX_MAX_COUNT ? "+" : "");
}

/* The next morning after `after`, there. */
static int next_morning(struct op *op, struct str zone, int64_t after, int64_t *ret)
{
    struct civil civil;
    int r = zone_local(op, zone, after, &civil);

    if (r < 0)
        return r;
    civil.day += civil.hour >= MORNING_HOUR;
    civil.hour = MORNING_HOUR;
    civil.minute = civil.second = civil.millisecond = 0;
    return zone_instant(op, zone, &civil, ret);
}

int digest_plan(struct op *op, int64_t account_id, bool wanted)
{
    struct workspace workspace;
    int64_t at = 0;
    int r;

    if (!wanted)
        return job_cancel(op, work_digest.kind, account_id);
    r = workspace_get(op, &workspace);
    if (r == 0)
        r = next_morning(op, workspace.time_zone, op->now, &at);
    return r < 0 ? r : job_add(op, work_digest.kind, account_id, at);
}

/* Does a department serve before this day is over? `*ret_known`: it has a calendar. */
static int serves(struct op *op, int64_t department_id, bool *ret, bool *ret_known)
{
    int64_t open_ms = 0;
    int r = hours_between(op, department_id, op->now, op->now + HOURS(17), &open_ms);

    if (r < 0)
        return r;
    *ret_known = *ret_known || r == 0;
    *ret = *ret || (r == 0 && open_ms > 0);
    return 0;
}

/* A day of service for one of the person's departments, for any when there are none;
 * without any calendar Monday to Friday. */
static int is_workday(struct op *op, const struct digest *d, bool *ret)
{
    struct membership *mine;
    struct department *every;
    struct civil civil;
    size_t count = 0, all = 0;
    bool known = false;
    int r = account_memberships(op, d->account.id, &mine, &count);

    *ret = false;
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = serves(op, mine[i].department_id, ret, &known);
    if (r >= 0 && count == 0)
        r = department_list(op, 0, MANY, &every, &all);
    for (size_t i = 0; r >= 0 && i < all; i++)
        if (!every[i].retired_at)
            r = serves(op, every[i].id, ret, &known);
    if (r < 0 || known)
        return r;
    r = zone_local(op, d->workspace.time_zone, op->now, &civil);
    *ret = civil.weekday < 5;
    return r;
}

static int count_view(struct op *op, struct digest *d, enum figure figure,
                      struct inbox inbox)
{
    int r = inbox_count(op, &inbox, INBOX_MAX_COUNT, &d->all[figure]);

    inbox.assignee_id = d->account.id;
    return r < 0 ? r : inbox_count(op, &inbox, INBOX_MAX_COUNT, &d->own[figure]);
}

static int count_inbox(struct op *op, struct digest *d)
{
    const struct inbox overdue = { .view = STR("overdue"), .limit = NAMED };
    const struct inbox fresh = { .state = STR("new"), .assignee_id = -1 };
    int r = count_view(op, d, OVERDUE, overdue);

    if (r >= 0)
        r = count_view(op, d, WAITING, (struct inbox){ .view = STR("in_time") });
    if (r >= 0)
        r = inbox_count(op, &fresh, INBOX_MAX_COUNT, &d->all[NEW]);
    if (r >= 0)
        r = inbox_list(op, &overdue, &d->overdue, &d->overdue_count);
    return r;
}

static int count_rest(struct op *op, struct digest *d)
{
    const struct check_back_filter due = { .state = STR("due"), .limit = MANY };
    struct check_back *check_backs;
    struct mention *mentions;
    struct outbox *boxes;
    size_t count = 0;
    int r = check_back_list(op, &due, &check_backs, &count);

    d->all[CHECK_BACKS] = (int64_t)count;
    if (r >= 0)
        r = mention_list(op, d->account.id, 0, MANY, &mentions, &count);
    for (size_t i = 0; r >= 0 && i < count; i++)
        d->all[MENTIONS] += !mentions[i].seen_at;
    if (r >= 0)
        r = outbox_list(op, STR("uncertain"), 0, MANY, &boxes, &count);
    d->all[STUCK] = (int64_t)count;
    if (r >= 0)
        r = outbox_list(op, STR("failed"), 0, MANY, &boxes, &count);
    d->all[STUCK] += (int64_t)count;
    return r;
}

static int look(struct op *op, void *ctx)
{
    struct digest *d = ctx;
    struct preference preference;
    int r = account_get(op, d->job->subject_id, &d->account);

    if (r == 0)
        r = preference_get(op, d->account.id, &preference);
    if (r || !preference.digest)
        return r < 0 ? r : 0;
    r = workspace_get(op, &d->workspace);
    if (r == 0)
        r = next_morning(op, d->workspace.time_zone, op->now, &d->again_at);
    if (r == 0)
        r = is_workday(op, d, &d->wanted);
    if (r < 0)
        return r;
    d->wanted =
        d->wanted && !d->account.disabled_at && op->now - d->job->run_at < TOO_LATE_MS;
    if (!d->wanted)
        return 0;
    r = count_inbox(op, d);
    return r < 0 ? r : count_rest(op, d);
}

static bool is_calm(const struct digest *d)
{
    int64_t sum = 0;

    for (size_t i = 0; i < FIGURES; i++)
        sum += d->all[i];
    return sum == 0;
}

static struct str text_of(struct op *op, const struct digest *d)
{
    struct str base = op->world->public_url;
    struct strbuf out = STRBUF(op->arena);

    notify_fill(&out, say(d, phrases[HELLO]), d->account.name, d->workspace.name,
                STR(""));
    for (size_t i = 0; i < FIGURES; i++) {
        if (!d->all[i])
            continue;
        strbuf_fmt(&out, "- %s: " STR_FMT, say(d, figure_words[i]),
                   STR_ARG(number(op, d->all[i])));
        if (d->own[i] >= 0)
            notify_fill(&out, say(d, phrases[OWN]), number(op, d->own[i]), STR(""),
                        STR(""));
        strbuf_char(&out, '\n');
    }
    if (d->overdue_count && base.n)
        strbuf_add(&out, str_of(say(d, phrases[LONGEST])));
    for (size_t i = 0; base.n && i < d->overdue_count; i++) {
        const struct conversation *c = &d->overdue[i];

        notify_fill(
            &out, say(d, phrases[SINCE]), number(op, (op->now - c->due_at) / HOURS(1)),
            arena_fmt(op->arena, STR_FMT "/c/%lld", STR_ARG(base), (long long)c->id),
            STR(""));
    }
    strbuf_add(&out, str_of(say(d, phrases[BYE])));
    return strbuf_str(&out);
}

static int put(struct op *op, void *ctx)
{
    const struct digest *d = ctx;
    struct notice notice = { .account_id = d->account.id, .kind = STR("digest") };
    struct strbuf subject = STRBUF(op->arena);
    int64_t channel_id;
    int r = mailbox_find(op, MAILBOX_NOTICES, 0, &channel_id);

    if (r)
        return r < 0 ? r : 0;
    notify_fill(&subject, say(d, phrases[SUBJECT]), number(op, d->all[OVERDUE]),
                number(op, d->all[WAITING]), d->workspace.name);
    notice.subject = strbuf_str(&subject);
    notice.text = text_of(op, d);
    return notify_put(op, &notice);
}

static int run_digest(struct op *op, const struct job *job, struct work_result *ret)
{
    struct digest d = {
        .job = job,
        .own = { [NEW] = -1, [CHECK_BACKS] = -1, [MENTIONS] = -1, [STUCK] = -1 }
    };
    int r = store_read(op, look, &d);

    if (r == 0 && d.wanted && !is_calm(&d))
        r = store_write(op, put, &d);
    if (r < 0 || !d.again_at)
        return r;
    ret->again_at = d.again_at;
    return WORK_AGAIN;
}

const struct work work_digest = {
    .kind = "digest",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = run_digest,
};
