/* test_work_poll.c - fetching what is new: to the end, once, by one poller, with a
 * report. */
#include "base/zone.h"
#include "job/job.h"
#include "network.h"
#include "work/work_poll.h"

#define URL "{\"url\":\"https://net.example\"}"

static struct str cursor_of(struct talk *t)
{
    struct str cursor = STR("");

    CHECK_OK(t->f, channel_cursor(&t->f->op, t->channel.id, STR("poll"), &cursor));
    return cursor;
}

static void publish(struct network *n, int from, int to, int64_t sent_at)
{
    for (int i = from; i < to; i++) {
        struct str id = arena_fmt(&n->f->arena, "i-%d", i);

        network_publish(n, id.p, "Jonas", "Hallo?", sent_at);
    }
}

static void plan(struct talk *t)
{
    CHECK_OK(t->f, poll_plan(&t->f->op, &t->channel));
}

static int64_t stored(struct fixture *f)
{
    return COUNT(f, "SELECT COUNT(*) FROM message WHERE external_id LIKE 'i-%'");
}

static struct gap_report last_gap(struct talk *t)
{
    struct gap_report *list;
    size_t count;

    CHECK_OK(t->f, gap_list(&t->f->op, t->channel.id, 0, 10, &list, &count));
    assert_true(count > 0);
    return list[0];
}

static void a_poll_reads_all_pages_and_says_what_it_fetched(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct gap_report gap;

    publish(&n, 0, 25, f.op.now - HOURS(1));
    plan(&t);
    talk_work(&t);
    assert_int_equal(stored(&f), 25);
    CHECK_STR(cursor_of(&t), "25");
    assert_int_equal(n.polls, 3);
    gap = last_gap(&t);
    assert_int_equal(gap.fetched, 25);
    assert_int_equal(gap.added, 25);
    assert_int_equal(gap.missed, 0); /* the first one reads history */
    CHECK_STR(gap.asked_by, "timer");
    network_let_pass(&t, MINUTES(10)); /* nothing new: no report */
    assert_in_range(n.polls, 11, 15);
    assert_true(last_gap(&t).id == gap.id);
}

static void what_a_webhook_lost_is_found_and_counted_as_missed(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct gap_report gap;

    plan(&t);
    talk_work(&t);
    fixture_advance(&f, MINUTES(10));
    publish(&n, 0, 2, f.op.now - MINUTES(5));                 /* long ago */
    publish(&n, 2, 3, f.op.now - POLL_GRACE_MS + SECONDS(1)); /* perhaps on its way */
    plan(&t);
    talk_work(&t);
    gap = last_gap(&t);
    assert_int_equal(gap.fetched, 3);
    assert_int_equal(gap.added, 3);
    assert_int_equal(gap.missed, 2);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'channel.gap'"),
                     1);
}

static void a_page_that_is_fetched_again_changes_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct channel_health before, after;

    publish(&n, 0, 7, f.op.now);
    plan(&t);
    talk_work(&t);
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &before));
    CHECK_OK(&f, channel_move_cursor(&f.op, t.channel.id, STR("poll"), STR("0")));
    fixture_advance(&f, HOURS(1));
    plan(&t);
    talk_work(&t);
    assert_int_equal(stored(&f), 7);
    CHECK_STR(cursor_of(&t), "7");
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &after));
    assert_true(after.last_inbound_at == before.last_inbound_at);
    assert_int_equal(after.duplicates, 0);
    assert_true(after.polled_at > before.polled_at);
}

static void
a_network_that_does_not_answer_moves_no_cursor_and_shows_in_the_health(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct channel_health health;
    int64_t next = 0;

    publish(&n, 0, 3, f.op.now);
    n.poll_fails = true;
    plan(&t);
    talk_work(&t);
    CHECK_STR(cursor_of(&t), "");
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    CHECK_STR(health.poll_error, "no line");
    assert_true(health.poll_failed_at == f.op.now && !health.polled_at);
    CHECK_OK(&f, poll_next_at(&f.op, t.channel.id, &next));
    assert_true(next > f.op.now);
    n.poll_fails = false;
    network_let_pass(&t, MINUTES(2));
    assert_int_equal(stored(&f), 3);
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    CHECK_STR(health.poll_error, "");
    assert_true(!health.poll_failed_at && health.polled_at);
}

static void a_poll_that_works_again_closes_the_breaker(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct pace pace;

    publish(&n, 0, 3, f.op.now);
    n.poll_fails = true;
    plan(&t);
    network_let_pass(&t, MINUTES(30));
    CHECK_OK(&f, pace_get(&f.op, t.channel.id, &pace));
    assert_string_not_equal(pace_state(&f.op, &pace), "closed");
    n.poll_fails = false;
    network_let_pass(&t, PACE_MAX_OPEN_MS + MINUTES(2));
    CHECK_OK(&f, pace_get(&f.op, t.channel.id, &pace));
    assert_string_equal(pace_state(&f.op, &pace), "closed");
    assert_int_equal(pace.failures, 0);
    assert_int_equal(stored(&f), 3);
}

static void one_bad_item_of_a_page_is_kept_and_holds_nobody_up(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    publish(&n, 0, 2, f.op.now);
    n.items[0] = STR("{\"thread\":{},\"body\":7}");
    plan(&t);
    talk_work(&t);
    assert_int_equal(stored(&f), 1);
    assert_int_equal(last_gap(&t).refused, 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM raw_item WHERE state = 'failed'"),
                     1);
    CHECK_STR(cursor_of(&t), "2");
}

/* While the page is on its way another node takes the lease over. */
static void rob(struct network *n)
{
    RUN(n->f, "UPDATE job SET epoch = epoch + 1 WHERE kind = 'poll'");
}

static void a_poller_that_lost_its_lease_keeps_no_page_and_moves_no_cursor(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    publish(&n, 0, 3, f.op.now);
    n.meanwhile = rob;
    plan(&t);
    talk_work(&t);
    assert_int_equal(n.polls, 1);
    CHECK_STR(cursor_of(&t), "");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM raw_item"), 0);
    n.meanwhile = NULL;
    network_let_pass(&t, 0);
    fixture_advance(&f, JOB_LEASE_MS + 1); /* the thief did nothing with it */
    talk_work(&t);
    assert_int_equal(stored(&f), 3);
}

static void only_one_can_poll_a_channel_at_a_time(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct gap_report gap = { 0 };
    struct job job;

    publish(&n, 0, 3, f.op.now);
    plan(&t);
    CHECK_OK(&f, job_claim_one(&f.op, "poll", t.channel.id, &job));
    assert_int_equal(poll_now(&f.op, t.channel.id, &gap), ERR_CONFLICT);
    assert_int_equal(n.polls, 0);
    assert_int_equal(job_done(&f.op, &job), 0);
    f.op.err = (struct err){ 0 };
    CHECK_OK(&f, poll_now(&f.op, t.channel.id, &gap));
    assert_int_equal(gap.fetched, 3);
    CHECK_STR(gap.asked_by, "command");
}

static void polling_ends_with_the_channel_and_with_the_mode(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    plan(&t);
    talk_work(&t);
    assert_int_equal(n.polls, 1);
    t.channel.mode = STR("none");
    plan(&t);
    network_let_pass(&t, HOURS(1));
    assert_int_equal(n.polls, 1);
}

static int64_t night_at(struct talk *t)
{
    return COUNT(t->f,
                 "SELECT run_at FROM job WHERE kind = 'reread' AND state = 'queued'");
}

static int local_hour(struct talk *t, int64_t at)
{
    struct civil civil;

    CHECK_OK(t->f, zone_local(&t->f->op, STR("Europe/Berlin"), at, &civil));
    return civil.hour;
}

static void go_to(struct talk *t, int64_t at)
{
    fixture_advance(t->f, at - t->f->op.now);
    talk_work(t);
}

/* Polls read past it: the network showed it too late, or the cursor was a wrong one. */
static void hide_one_from_the_polls(struct talk *t, struct network *n)
{
    publish(n, 0, 12, t->f->op.now - HOURS(1));
    plan(t);
    talk_work(t);
    fixture_advance(t->f, HOURS(2));
    publish(n, 12, 13, t->f->op.now - HOURS(1));
    CHECK_OK(t->f, channel_move_cursor(&t->f->op, t->channel.id, STR("poll"), STR("13")));
    talk_work(t);
    assert_int_equal(stored(t->f), 12);
}

static void what_the_polls_did_not_see_is_found_at_night_and_counted(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct gap_report gap;
    int64_t first;

    hide_one_from_the_polls(&t, &n);
    first = night_at(&t);
    assert_in_range(local_hour(&t, first), 2, 4);
    assert_true(first > f.op.now && first < f.op.now + DAYS(1));
    go_to(&t, first);
    assert_int_equal(stored(&f), 13);
    CHECK_OK(&f, gap_last_night(&f.op, t.channel.id, &gap));
    assert_int_equal(gap.fetched, 13);
    assert_int_equal(gap.added, 1);
    assert_int_equal(gap.missed, 1);
    CHECK_STR(gap.asked_by, "night");
    CHECK_STR(cursor_of(&t), "13"); /* the polls go on where they were */

    assert_in_range(local_hour(&t, night_at(&t)), 2, 4);
    assert_in_range(night_at(&t) - first, HOURS(21), HOURS(27));
    go_to(&t, night_at(&t)); /* nothing was missed, and that is said */
    CHECK_OK(&f, gap_last_night(&f.op, t.channel.id, &gap));
    assert_int_equal(gap.fetched, 13);
    assert_int_equal(gap.added + gap.missed, 0);
    assert_int_equal(gap.ended_at, f.op.now);
}

static void
at_night_two_days_are_read_again_and_nothing_from_before_the_channel(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    plan(&t);
    talk_work(&t);
    assert_int_equal(n.since, 0);
    RUN(&f, "UPDATE job SET run_at = 9000000000000 WHERE kind = 'poll'");
    go_to(&t, night_at(&t));
    assert_true(n.since == FIXTURE_NOW);
    go_to(&t, night_at(&t));
    go_to(&t, night_at(&t));
    assert_true(n.since == f.op.now - DAYS(2));
}

static void fail_the_next(struct network *n)
{
    n->poll_fails = n->polls > 0;
}

static void a_night_that_is_interrupted_goes_on_where_it_was(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct gap_report gap;
    struct str at;

    hide_one_from_the_polls(&t, &n);
    RUN(&f, "UPDATE job SET run_at = 9000000000000 WHERE kind = 'poll'");
    n.polls = 0;
    n.meanwhile = fail_the_next;
    go_to(&t, night_at(&t));
    CHECK_OK(&f, channel_cursor(&f.op, t.channel.id, STR("reread"), &at));
    CHECK_STR(at, "10");
    assert_int_equal(gap_last_night(&f.op, t.channel.id, &gap), GAP_NOT_FOUND);
    n.meanwhile = NULL;
    n.poll_fails = false;
    network_let_pass(&t, MINUTES(5));
    assert_int_equal(stored(&f), 13);
    CHECK_OK(&f, gap_last_night(&f.op, t.channel.id, &gap));
    assert_int_equal(gap.missed, 1);
    CHECK_OK(&f, channel_cursor(&f.op, t.channel.id, STR("reread"), &at));
    CHECK_STR(at, "");
}

static void a_channel_that_is_not_polled_is_not_read_again_either(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    plan(&t);
    assert_true(night_at(&t) > 0);
    t.channel.mode = STR("none");
    plan(&t);
    assert_int_equal(night_at(&t), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_poll_reads_all_pages_and_says_what_it_fetched),
        BOTH_ENGINES(what_a_webhook_lost_is_found_and_counted_as_missed),
        BOTH_ENGINES(a_page_that_is_fetched_again_changes_nothing),
        BOTH_ENGINES(
            a_network_that_does_not_answer_moves_no_cursor_and_shows_in_the_health),
        BOTH_ENGINES(a_poll_that_works_again_closes_the_breaker),
        BOTH_ENGINES(one_bad_item_of_a_page_is_kept_and_holds_nobody_up),
        BOTH_ENGINES(a_poller_that_lost_its_lease_keeps_no_page_and_moves_no_cursor),
        BOTH_ENGINES(only_one_can_poll_a_channel_at_a_time),
        BOTH_ENGINES(what_the_polls_did_not_see_is_found_at_night_and_counted),
        BOTH_ENGINES(
            at_night_two_days_are_read_again_and_nothing_from_before_the_channel),
        BOTH_ENGINES(a_night_that_is_interrupted_goes_on_where_it_was),
        BOTH_ENGINES(a_channel_that_is_not_polled_is_not_read_again_either),
        BOTH_ENGINES(polling_ends_with_the_channel_and_with_the_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
