/* work_poll.c - fetching what is new from networks that are asked.
 *
 * A poll goes page by page: ask (without a transaction), keep the page and the cursor
 * behind it in one write under the lease, understand. Whatever is interrupted goes on
 * behind the last page that was kept; a page that is fetched twice changes nothing.
 *
 * Each night the last two days are read again in the same way, from the beginning, with a
 * job and a cursor of its own: its report says what the polls had missed.
 */
#include "work/work_poll.h"
#include "work/works.h"

#include "admin/workspace.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/zone.h"
#include "db/store.h"
#include "dialogue/message.h"
#include "dialogue/thread.h"
#include "job/job.h"
#include "work/judge.h"
#include "work/watch.h"
#include "work/work_intake.h"

/* Of one run; the rest comes with the next one, at once. */
enum { MAX_PAGES = 50 };
/* Of one page: what is compared with it, and what is asked for by name. */
enum { MAX_SPAN = 5000, MAX_LOOKS = 50 };

/* Each night this much is read again, whatever was read before: what a network shows
 * late, or hid from a poll, is found then, and counted. */
#define REREAD_MS DAYS(2)
enum { NIGHT_HOUR = 2 }; /* by the workspace's clock, for three hours */
#define NIGHT_MS HOURS(3)

static const char kind[] = "poll", kind_reread[] = "reread";
static const char cursor_recounted[] = "recounted"; /* when, in milliseconds */
static const char cursor_part[] = "part"; /* what cannot be read of it, and why */

struct run {
    const struct job *job;
    struct connected to;
    struct str why; /* it cannot be polled */
    struct pace_budget budget;
    const char *cursor_name; /* as the kind of its job */
    struct str cursor;
    int64_t wait_until; /* the network may not be asked before */
    int64_t late_before;
    bool lost, more, announces;
    int64_t again_ms;       /* the last page says when to come again; 0: it does not */
    bool failing;           /* calls before this one failed: one that works is news */
    struct receipt receipt; /* of the last page */
    int outcome;
    struct gap_report gap;
};

static bool can_poll(const struct connected *to)
{
    return to->connector && to->connector->poll && !to->channel.retired_at &&
           !str_is(to->channel.mode, "none");
}

/* From when on something new is no surprise. The first poll reads history. */
static int64_t late_before(const struct op *op, const struct run *run,
                           const struct channel_health *health)
{
    if (!health->polled_at)
        return 0;
    if (run->to.connector->check)
        return op->now - POLL_GRACE_MS;
    return health->polled_at - POLL_GRACE_MS;
}

static bool is_reread(const struct run *run)
{
    return run->cursor_name == kind_reread;
}

/* What was written before the channel began, and before what it looked back to then, is
 * none of ours. */
static int64_t reread_since(const struct op *op, const struct run *run)
{
    int64_t began = run->to.channel.created_at -
                    DAYS(connector_int(run->to.connector, run->to.connection.settings,
                                       "look_back_days"));

    return began > op->now - REREAD_MS ? began : op->now - REREAD_MS;
}

static int load(struct op *op, void *ctx)
{
    struct run *run = ctx;
    struct channel_health health;
    int r;

    r = connect_channel(op, run->gap.channel_id, &run->to, &run->why);
    if (r)
        return r < 0 ? r : 0;
    if (!can_poll(&run->to)) {
        run->why = STR("this channel is not polled");
        return 0;
    }
    run->budget = judge_budget(&run->to);
    r = channel_health_get(op, run->gap.channel_id, &health);
    if (r < 0)
        return r;
    run->late_before = late_before(op, run, &health);
    if (is_reread(run))
        run->to.connection.since = reread_since(op, run);
    return channel_cursor(op, run->gap.channel_id, str_of(run->cursor_name),
                          &run->cursor);
}

/* One more call, if the lease is still ours and the network may be asked. */
static int claim_call(struct op *op, void *ctx)
{
    struct run *run = ctx;
    struct pace pace;
    int r;

    run->wait_until = 0;
    r = job_renew(op, run->job);
    run->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = pace_look(op, run->gap.channel_id, &run->budget, &run->wait_until);
    if (r)
        return r < 0 ? r : 0;
    r = pace_take(op, run->gap.channel_id, &run->budget);
    if (r >= 0)
        r = pace_get(op, run->gap.channel_id, &pace);
    run->failing = r >= 0 && (pace.failures || pace.open_until_at);
    return r;
}

static int settle_call(struct op *op, void *ctx)
{
    struct run *run = ctx;
    const struct pace_result result = { .failed =
                                            run->outcome != 0 && !run->receipt.wait_ms,
                                        .rest_ms = run->receipt.wait_ms,
                                        .told = run->receipt.told,
                                        .told_left = run->receipt.told_left,
                                        .told_ms = run->receipt.told_ms,
                                        .reason = run->receipt.reason };
    int r = job_check(op, run->job);

    run->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = pace_settle(op, run->gap.channel_id, &result);
    if (r < 0 || !run->outcome)
        return r;
    return channel_poll_failed(op, run->gap.channel_id, run->receipt.reason,
                               str_of(run->receipt.trouble));
}

/* Is there a call to settle that was not the ordinary one? */
static bool is_news(const struct run *run)
{
    return run->outcome || run->failing || run->receipt.wait_ms || run->receipt.told ||
           run->budget.calls;
}

/* Memory of a page ends with the page; what outlives it moves to `op`. */
static void keep_words(struct op *op, struct op *page_op, struct run *run)
{
    op->err = page_op->err;
    op->err.text = arena_dup(op->arena, page_op->err.text);
    op->err.detail = arena_dup(op->arena, page_op->err.detail);
    op->err.extra = STR("");
    op->err.fields = NULL;
    run->cursor = arena_dup(op->arena, run->cursor);
    run->receipt.reason = arena_dup(op->arena, run->receipt.reason);
}

static int ask(struct op *op, struct run *run, struct poll_page *ret)
{
    run->receipt = (struct receipt){ .reason = STR("") };
    run->outcome =
        run->to.connector->poll(op, &run->to.connection, run->cursor, ret, &run->receipt);
    FAILPOINT("poll.fetched");
    if (run->outcome == 0 && ret->count > INBOUND_MAX_ITEMS) {
        run->outcome = POLL_FAILED;
        run->receipt.reason = STR("the network gave more in a page than is accepted");
    }
    if (run->outcome < 0)
        run->receipt.reason = op->err.text;
    op->err = (struct err){ 0 };
    return is_news(run) ? store_write(op, settle_call, run) : 0;
}

static int note_recount(struct op *op, void *ctx)
{
    const struct run *run = ctx;

    return channel_move_cursor(op, run->gap.channel_id, str_of(cursor_recounted),
                               arena_fmt(op->arena, "%lld", (long long)op->now));
}

int poll_recounted_at(struct op *op, int64_t channel_id, int64_t *ret)
{
    struct str text;
    int64_t at = 0;
    int r = channel_cursor(op, channel_id, str_of(cursor_recounted), &text);

    if (r >= 0 && !str_to_i64(text, &at))
        at = 0;
    *ret = at;
    return r < 0 ? r : 0;
}

struct told_part {
    int64_t channel_id;
    const struct poll_page *page;
};

static int note_part(struct op *op, void *ctx)
{
    const struct told_part *told = ctx;
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "error", told->page->part.reason);
    json_put_text(&w, "trouble", str_of(told->page->part.trouble));
    json_end_object(&w);
    return channel_move_cursor(op, told->channel_id, str_of(cursor_part), json_done(&w));
}

int poll_part(struct op *op, int64_t channel_id, struct poll_part *ret)
{
    const struct json *json;
    struct str text;
    int r = channel_cursor(op, channel_id, str_of(cursor_part), &text);

    if (r < 0)
        return r;
    json = text.n ? connector_json(op, text) : NULL;
    *ret = (struct poll_part){ json_text(json, "error"), json_text(json, "trouble") };
    return 0;
}

/* What a page tells besides its items. */
static int note_rest(struct op *op, struct run *run, const struct poll_page *page)
{
    struct told_part told = { run->gap.channel_id, page };
    int r = 0;

    if (page->part.told && !is_reread(run))
        r = store_write(op, note_part, &told);
    if (r >= 0 && page->recounted)
        r = store_write(op, note_recount, run);
    return r;
}

static int take(struct op *op, struct run *run, const struct poll_page *page)
{
    struct intake_batch batch = { .to = &run->to,
                                  .items = page->items,
                                  .count = page->count,
                                  .source = "poll",
                                  .open_conversations = true,
                                  .cursor_name = run->cursor_name,
                                  .cursor = page->next,
                                  .lease = run->job,
                                  .late_before = run->late_before };
    struct intake_counts counts = { 0 };
    int r = intake_accept(op, &batch, &counts);

    run->lost = r == INTAKE_LOST;
    if (r)
        return r < 0 ? r : 0;
    FAILPOINT("poll.kept");
    run->gap.fetched += (int64_t)page->count;
    run->gap.added += counts.accepted;
    run->gap.missed += counts.missed;
    run->gap.refused += (int64_t)counts.rejected_count;
    run->gap.removed += page->vanished;
    run->cursor = page->next;
    run->more = page->more;
    run->again_ms = page->again_ms;
    run->announces = page->announces;
    return note_rest(op, run, page);
}

/* What we have of the time that a page covers as a whole. */
struct span {
    struct message_span wanted;
    struct str thread; /* of this one alone; empty: of all */
    int64_t thread_id; /* 0: of all, or there is no such thread */
    struct message *list;
    size_t count;
};

static int list_span(struct op *op, void *ctx)
{
    struct span *span = ctx;
    struct thread thread;
    int r;

    if (span->thread.n) {
        r = thread_find(op, span->wanted.channel_id, span->thread, &thread);
        if (r)
            return r < 0 ? r : 0;
        span->thread_id = thread.id;
    }
    return message_list_span(op, &span->wanted, &span->list, &span->count);
}

static int note_gone(struct op *op, void *ctx)
{
    struct message msg;
    int r = message_get(op, *(const int64_t *)ctx, &msg);

    if (r || msg.removed_at)
        return r < 0 ? r : 0;
    return message_stand(op, &msg, STR("gone"));
}

static bool is_listed(const struct str *ids, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(ids[i], id))
            return true;
    return false;
}

/* One that the network does not list any more. Sets *ret_end when no more may be asked.
 */
static int look_at(struct op *op, struct run *run, const struct message *msg,
                   bool *ret_end)
{
    struct receipt receipt = { .reason = STR("") };
    int64_t id = msg->id;
    int r = store_write(op, claim_call, run);

    *ret_end = r < 0 || run->lost || run->wait_until;
    run->wait_until = 0;
    if (*ret_end)
        return r < 0 ? r : 0;
    r = run->to.connector->look(op, &run->to.connection, msg->external_id, &receipt);
    if (r < 0)
        op->err = (struct err){ 0 };
    if (r == LOOK_GONE) {
        run->gap.removed++;
        return store_write(op, note_gone, &id);
    }
    run->gap.unclear += r != 0;
    *ret_end = r != 0;
    return 0;
}

/* What stood there and is not listed any more: asked for one by one before anybody reads
 * that it was removed. */
static int look_for_gone(struct op *op, struct run *run, const struct poll_page *page)
{
    struct span span = { .wanted = { run->gap.channel_id, page->whole.from,
                                     page->whole.to, MAX_SPAN },
                         .thread = page->whole.thread };
    struct str *ids = arena_new(op->arena, struct str, page->count);
    size_t known = 0, looks = 0;
    bool end = false;
    int r;

    if (page->whole.to <= page->whole.from || !run->to.connector->look)
        return 0;
    for (size_t i = 0; i < page->count; i++) {
        struct item item = { .external_id = STR("") };

        if (run->to.connector->parse(op, page->items[i], &item) >= 0)
            ids[known++] = item.external_id;
    }
    op->err = (struct err){ 0 };
    r = store_read(op, list_span, &span);
    for (size_t i = 0; r >= 0 && !end && i < span.count; i++) {
        if ((span.thread_id && span.list[i].thread_id != span.thread_id) ||
            is_listed(ids, known, span.list[i].external_id))
            continue;
        if (looks++ == MAX_LOOKS)
            return 0; /* the next round goes on */
        r = look_at(op, run, &span.list[i], &end);
    }
    return r;
}

/* One page. Sets run->more when there is another. */
static int fetch(struct op *op, struct run *run)
{
    ARENA(scratch);
    struct op page_op = *op;
    struct poll_page page = { 0 };
    int r;

    run->more = false;
    page_op.arena = &scratch;
    r = store_write(&page_op, claim_call, run);
    if (r >= 0 && !run->lost && !run->wait_until) {
        r = ask(&page_op, run, &page);
        if (r >= 0 && run->outcome == 0 && !run->lost)
            r = take(&page_op, run, &page);
        if (r >= 0 && run->outcome == 0 && !run->lost)
            r = look_for_gone(&page_op, run, &page);
    }
    keep_words(op, &page_op, run);
    return r;
}

/* The next night begins from the beginning; this one is told even if nothing was missed:
 * that is what one wants to know. */
static int finish_reread(struct op *op, struct run *run)
{
    int r = channel_move_cursor(op, run->gap.channel_id, str_of(kind_reread), STR(""));

    run->gap.ended_at = op->now;
    return r < 0 ? r : gap_file(op, &run->gap);
}

/* All pages are here: say so. */
static int finish(struct op *op, void *ctx)
{
    struct run *run = ctx;
    int r = job_check(op, run->job);

    run->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    if (is_reread(run))
        return finish_reread(op, run);
    r = channel_polled(op, run->gap.channel_id);
    if (r < 0)
        return r;
    run->gap.ended_at = op->now;
    if (!run->gap.added && !run->gap.missed && !run->gap.refused && !run->gap.removed &&
        !run->gap.unclear && !str_is(run->gap.asked_by, "command"))
        return 0; /* nothing new: the health says when that was */
    return gap_file(op, &run->gap);
}

/* From the cursor to the end. */
static int poll_to_the_end(struct op *op, struct run *run)
{
    int r;

    run->gap.started_at = op->now;
    r = store_read(op, load, run);
    if (r < 0 || run->why.n)
        return r;
    for (int pages = 0; pages < MAX_PAGES; pages++) {
        r = fetch(op, run);
        if (r < 0 || run->lost || run->wait_until || run->outcome)
            return r;
        op->now = clock_now(op->world->clock);
        if (!run->more)
            return store_write(op, finish, run);
    }
    return 0;
}

static int64_t next_time(struct op *op, const struct run *run)
{
    int64_t every = run->again_ms ? run->again_ms : run->to.connector->poll_ms;

    if (run->wait_until)
        return run->wait_until;
    if (run->more && !run->outcome)
        return op->now;
    if (run->receipt.wait_ms > every)
        every = run->receipt.wait_ms;
    /* Nine to eleven tenths: channels that began together do not stay together. */
    return op->now + every / 10 * 9 + pace_jitter(op, every / 5);
}

/* All was read: what comes next may be told. */
static int watch(struct op *op, const struct run *run)
{
    const struct watch_wish wish = { .job = run->job,
                                     .to = &run->to,
                                     .cursor = run->cursor,
                                     .surprised = run->gap.added > 0 };

    if (!run->announces || run->more || run->outcome || run->wait_until)
        return 0;
    return watch_tend(op, &wish);
}

static int run_poll(struct op *op, const struct job *job, struct work_result *ret)
{
    struct run run = {
        .job = job,
        .cursor_name = kind,
        .gap = { .channel_id = job->subject_id, .asked_by = STR("timer") },
    };
    int r = poll_to_the_end(op, &run);

    if (r < 0)
        return r;
    if (run.why.n || run.lost)
        return 0;
    r = watch(op, &run);
    if (r < 0)
        return r;
    ret->again_at = next_time(op, &run);
    return WORK_AGAIN;
}

const struct work work_poll = {
    .kind = kind,
    .policy = { .max_attempts = 1000000,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = run_poll,
};

/* The night of today, or that of `days` later: one instant of it, so that not all
 * channels of all houses read again at once. */
static int night(struct op *op, int days, int64_t *ret)
{
    struct workspace workspace;
    struct civil civil;
    int64_t begins;
    int r = workspace_get(op, &workspace);

    if (r >= 0)
        r = zone_local(op, workspace.time_zone, op->now, &civil);
    civil.hour = NIGHT_HOUR;
    civil.minute = civil.second = civil.millisecond = 0;
    if (r >= 0)
        r = zone_instant(op, workspace.time_zone, &civil, &begins);
    if (r >= 0)
        r = zone_add_days(op, workspace.time_zone, begins, days, &begins);
    if (r >= 0)
        *ret = begins + pace_jitter(op, NIGHT_MS);
    return r;
}

static int tomorrow_night(struct op *op, void *ctx)
{
    return night(op, 1, ctx);
}

static int run_reread(struct op *op, const struct job *job, struct work_result *ret)
{
    struct run run = {
        .job = job,
        .cursor_name = kind_reread,
        .gap = { .channel_id = job->subject_id, .asked_by = STR("night") },
    };
    int r = poll_to_the_end(op, &run);

    if (r < 0)
        return r;
    if (run.why.n || run.lost)
        return 0;
    if (run.wait_until || run.more || run.outcome)
        ret->again_at = next_time(op, &run);
    else
        r = store_read(op, tomorrow_night, &ret->again_at);
    return r < 0 ? r : WORK_AGAIN;
}

const struct work work_reread = {
    .kind = kind_reread,
    .policy = { .max_attempts = 1000000,
                .first_wait_ms = MINUTES(1),
                .max_wait_ms = HOURS(1) },
    .run = run_reread,
};

static int plan_reread(struct op *op, int64_t channel_id)
{
    int64_t at = 0;
    int r = night(op, 0, &at);

    if (r >= 0 && at <= op->now)
        r = night(op, 1, &at);
    return r < 0 ? r : job_add(op, kind_reread, channel_id, at);
}

int poll_plan(struct op *op, const struct channel *channel)
{
    struct connected to = { .channel = *channel,
                            .connector = connector_by_network(channel->network) };
    int r;

    if (can_poll(&to)) {
        r = job_add(op, kind, channel->id, op->now);
        return r < 0 ? r : plan_reread(op, channel->id);
    }
    r = job_cancel(op, kind, channel->id);
    return r < 0 ? r : job_cancel(op, kind_reread, channel->id);
}

int poll_plan_all(struct op *op)
{
    struct channel *list;
    size_t count;
    int r = channel_list(op, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++)
        r = poll_plan(op, &list[i]);
    return r;
}

int poll_next_at(struct op *op, int64_t channel_id, int64_t *ret)
{
    int r = job_planned_at(op, kind, channel_id, ret);

    if (r == JOB_NONE)
        *ret = 0;
    return r < 0 ? r : 0;
}

/* The job of a poll by hand: the same lease as everybody's. */
struct by_hand {
    int64_t channel_id;
    struct job job;
    bool busy;
    int64_t again_at;
};

static int claim_by_hand(struct op *op, void *ctx)
{
    struct by_hand *hand = ctx;
    int r;

    r = job_add(op, kind, hand->channel_id, op->now);
    if (r < 0)
        return r;
    r = job_claim_one(op, kind, hand->channel_id, &hand->job);
    hand->busy = r == JOB_NONE;
    return r < 0 ? r : 0;
}

static int settle_by_hand(struct op *op, void *ctx)
{
    const struct by_hand *hand = ctx;
    int r = hand->again_at ? job_again(op, &hand->job, hand->again_at)
                           : job_done(op, &hand->job);

    return r < 0 ? r : 0;
}

static int explain(struct op *op, const struct run *run)
{
    if (run->why.n)
        return op_fail(op, ERR_CONFLICT, STR_FMT, STR_ARG(run->why));
    if (run->lost)
        return op_fail(op, ERR_CONFLICT, "another process took the polling over");
    if (run->wait_until)
        return op_fail(op, ERR_UNAVAILABLE,
                       "the network may not be asked just now: see the channel's health");
    if (run->outcome)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT, STR_ARG(run->receipt.reason));
    return 0;
}

int poll_now(struct op *op, int64_t channel_id, struct gap_report *ret)
{
    struct by_hand hand = { .channel_id = channel_id };
    struct run run = { .job = &hand.job,
                       .cursor_name = kind,
                       .gap = { .channel_id = channel_id, .asked_by = STR("command") } };
    int r, settled;

    r = store_read(op, load, &run);
    if (r >= 0)
        r = explain(op, &run);
    if (r >= 0)
        r = store_write(op, claim_by_hand, &hand);
    if (r < 0)
        return r;
    if (hand.busy)
        return op_fail(op, ERR_CONFLICT, "another process is polling this channel");
    do {
        run.gap.asked_by = STR("command");
        r = poll_to_the_end(op, &run);
    } while (r >= 0 && run.more && !run.lost && !run.outcome && !run.wait_until);
    if (r >= 0)
        r = explain(op, &run);
    if (run.lost)
        return r;
    hand.again_at = run.why.n ? 0 : next_time(op, &run);
    {
        struct err before = op->err;

        settled = store_write(op, settle_by_hand, &hand);
        if (r < 0)
            op->err = before;
    }
    if (r >= 0 && settled >= 0)
        *ret = run.gap;
    return r < 0 ? r : settled;
}
