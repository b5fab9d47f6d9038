/* test_work_network.c - each class of network under hostile faults, in virtual time.
 *
 * DRAHT_TEST_SENDS is the number of replies of each class (150 when it is not set).
 */
#include "base/failpoint.h"
#include "job/job.h"
#include "network.h"
#include "work/works.h"

#define QUIET "{\"url\":\"https://net.example\",\"quiet_ms\":600000}"
#define HASTY "{\"url\":\"https://net.example\",\"quiet_ms\":0}"

static size_t sends(void)
{
    const char *text = getenv("DRAHT_TEST_SENDS");
    uint64_t n = 150;

    if (text)
        assert_true(str_to_u64(str_of(text), &n));
    return (size_t)n;
}

struct outcome {
    size_t sent, uncertain, failed, other;
    size_t doubled, lost;
};

/* Replies through the network until nothing is under way; what became of them. */
static struct outcome reply_through(struct talk *t, struct network *n, size_t count)
{
    struct outcome outcome = { 0 };
    struct outbox *boxes = arena_new(&t->f->arena, struct outbox, count);

    for (size_t i = 0; i < count; i++) {
        const char *who =
            arena_cstr(&t->f->arena, arena_fmt(&t->f->arena, "P%zu", i / 3));
        const char *text =
            arena_cstr(&t->f->arena, arena_fmt(&t->f->arena, "Antwort %zu", i));
        int64_t c = talk_say(t, who, "?");

        boxes[i] = talk_reply(t, c, text);
        network_let_pass(t, SECONDS(20));
    }
    network_let_pass(t, DAYS(4));
    for (size_t i = 0; i < count; i++) {
        struct outbox box = talk_box(t, boxes[i].id);
        size_t copies = network_copies(n, box.idempotency_key);

        outcome.sent += str_is(box.state, "sent");
        outcome.uncertain += str_is(box.state, "uncertain");
        outcome.failed += str_is(box.state, "failed");
        outcome.other += !str_is(box.state, "sent") && !str_is(box.state, "uncertain") &&
                         !str_is(box.state, "failed");
        outcome.doubled += copies > 1;
        outcome.lost += str_is(box.state, "sent") && copies == 0;
    }
    return outcome;
}

static void under_hostile_faults_nothing_is_lost_or_doubled_in_any_class(void **state)
{
    (void)state;
    for (enum delivery_class class = DELIVERY_EXACT; class <= DELIVERY_SILENT; class ++) {
        FIXTURE_STORE(f);
        TALK(t, f);
        NETWORK(n, t, class, QUIET);
        struct outcome outcome;

        random_seed(&f.random, 7 + (uint64_t) class);
        n.hostile = 22;
        n.late_ms = MINUTES(5);
        n.lag_ms = MINUTES(1);
        outcome = reply_through(&t, &n, sends());
        print_message("class %c: %zu sent, %zu uncertain, %zu failed, %zu calls\n",
                      'A' + (int)class - 1, outcome.sent, outcome.uncertain,
                      outcome.failed, n.calls);
        assert_int_equal(outcome.doubled, 0);
        assert_int_equal(outcome.lost, 0);
        assert_int_equal(outcome.other, 0);
        assert_true(n.faults[FAULT_LATE] && n.faults[FAULT_LOST] &&
                    n.faults[FAULT_SWALLOWED] && n.faults[FAULT_500_APPLIED]);
        if (class == DELIVERY_EXACT)
            assert_int_equal(outcome.uncertain, 0);
        if (class >= DELIVERY_ALIKE)
            assert_true(outcome.uncertain > 0);
    }
}

/* The control: a quiet time that is shorter than what the network may take. */
static void with_too_short_a_quiet_time_something_is_doubled(void **state)
{
    (void)state;
    FIXTURE_STORE(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, HASTY);

    random_seed(&f.random, 7);
    n.hostile = 40;
    n.late_ms = MINUTES(5);
    n.lag_ms = MINUTES(1);
    assert_true(reply_through(&t, &n, sends()).doubled > 0);
}

#define N FAULT_NONE
#define L FAULT_LOST
#define S FAULT_SWALLOWED

static void one_fault_by_class_leads_where_the_contract_says(void **state)
{
    static const struct {
        enum delivery_class class;
        const char *settings;
        enum fault script[12];
        size_t scripted;
        const char *state, *how;
        size_t posts, copies;
    } cases[] = {
        { DELIVERY_EXACT, QUIET, { L, N }, 2, "sent", "found", 1, 1 },
        { DELIVERY_EXACT, QUIET, { S, N, N }, 3, "sent", "answered", 2, 1 },
        /* Five looks without an answer: the same name again, which makes no second one.
         */
        { DELIVERY_EXACT, QUIET, { L, L, L, L, L, L }, 6, "sent", "answered", 2, 1 },
        /* So, refused: the first try may stand there all the same. */
        { DELIVERY_EXACT,
          QUIET,
          { L, L, L, L, L, L, FAULT_REFUSED },
          7,
          "uncertain",
          "",
          2,
          1 },
        { DELIVERY_KEYED, QUIET, { S, N, N }, 3, "sent", "answered", 2, 1 },
        { DELIVERY_MARKED, QUIET, { L, L, L, L, L, L }, 6, "uncertain", "", 1, 1 },
        { DELIVERY_MARKED, QUIET, { S, N, N }, 3, "sent", "answered", 2, 1 },
        { DELIVERY_ALIKE, QUIET, { L, N }, 2, "sent", "found", 1, 1 },
        { DELIVERY_ALIKE, QUIET, { S, N }, 2, "uncertain", "", 1, 0 },
        { DELIVERY_ALIKE,
          "{\"url\":\"https://"
          "net.example\",\"quiet_ms\":1000,\"repeat_when_absent\":true}",
          { S, N, N, N },
          4,
          "sent",
          "answered",
          2,
          1 },
        { DELIVERY_SILENT, QUIET, { L, N }, 2, "uncertain", "", 1, 1 },
        { DELIVERY_SILENT, QUIET, { S, N }, 2, "uncertain", "", 1, 0 },
        { DELIVERY_SILENT, QUIET, { FAULT_REFUSED }, 1, "failed", "", 1, 0 },
        { DELIVERY_SILENT, QUIET, { FAULT_429, N }, 2, "sent", "answered", 2, 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_BOTH(f);
        TALK(t, f);
        NETWORK(n, t, cases[i].class, cases[i].settings);
        struct outbox box;

        memcpy(n.script, cases[i].script, sizeof(cases[i].script));
        n.scripted = cases[i].scripted;
        box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
        network_let_pass(&t, DAYS(2));
        box = talk_box(&t, box.id);
        if (!str_is(box.state, cases[i].state) || n.posts != cases[i].posts)
            fail_msg("case %zu: " STR_FMT " after %zu posts", i, STR_ARG(box.state),
                     n.posts);
        CHECK_STR(box.how, cases[i].how);
        assert_int_equal(network_copies(&n, box.idempotency_key), cases[i].copies);
    }
}

#undef N
#undef L
#undef S

static void a_network_that_is_down_is_asked_by_probes_and_not_by_everybody(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    size_t while_down;

    n.hostile = 0;
    for (size_t i = 0; i < NETWORK_MAX_SCRIPT; i++)
        n.script[i] = FAULT_NO_LINE;
    n.scripted = NETWORK_MAX_SCRIPT;
    for (int i = 0; i < 30; i++) {
        const char *who = arena_cstr(&f.arena, arena_fmt(&f.arena, "P%d", i));

        talk_reply(&t, talk_say(&t, who, "?"), "ja");
    }
    network_let_pass(&t, HOURS(1));
    while_down = n.calls;
    assert_in_range(while_down, PACE_OPEN_AFTER + 2, PACE_OPEN_AFTER + 16);
    n.scripted = 0; /* it works again */
    network_let_pass(&t, HOURS(8));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM outbox WHERE state = 'sent'"), 30);
    assert_int_equal(n.taken_count, 30);
}

/* Thirty replies to a network that is down, up to the instant at which one may probe. */
static int64_t open_breaker(struct talk *t, struct network *n)
{
    struct fixture *f = t->f;
    struct pace pace;
    int64_t channel = 0;

    for (size_t i = 0; i < NETWORK_MAX_SCRIPT; i++)
        n->script[i] = FAULT_NO_LINE;
    n->scripted = NETWORK_MAX_SCRIPT;
    for (int i = 0; i < 30; i++) {
        const char *who = arena_cstr(&f->arena, arena_fmt(&f->arena, "P%d", i));

        channel = talk_reply(t, talk_say(t, who, "?"), "ja").channel_id;
    }
    network_let_pass(t, SECONDS(5));
    CHECK_OK(f, pace_get(&f->op, channel, &pace));
    assert_string_equal(pace_state(&f->op, &pace), "open");
    fixture_advance(f, pace.open_until_at - f->op.now);
    return channel;
}

#define TAKEN_UP(f) COUNT(f, "SELECT SUM(epoch) FROM job WHERE kind = 'deliver'")
#define DUE(f, job)                                                                      \
    COUNT(f,                                                                             \
          "SELECT COUNT(*) FROM job WHERE kind = $1 AND state = 'queued' "               \
          "AND run_at <= $2",                                                            \
          ARG_TEXT(STR(job)), ARG_INT((f)->op.now))

static void
while_one_call_probes_nobody_else_looks_and_its_success_wakes_them(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    const struct pace_budget none = { 0, 0 };
    const struct pace_result worked = { .reason = STR("") };
    int64_t channel = open_breaker(&t, &n), before = TAKEN_UP(&f);
    size_t calls = n.calls;

    CHECK_OK(&f, pace_take(&f.op, channel, &none)); /* somebody's call is on its way */
    network_let_pass(&t, PACE_PROBE_MS - 1);
    assert_int_equal(n.calls, calls);
    assert_in_range(TAKEN_UP(&f) - before, 20, 30); /* each of them once */
    assert_int_equal(DUE(&f, "deliver"), 0);

    n.scripted = 0;
    CHECK_OK(&f, pace_settle(&f.op, channel, &worked));
    talk_work(&t);
    assert_in_range(n.taken_count, 25, 30); /* those that never failed themselves */
}

static void
what_else_waits_for_the_network_is_woken_too_and_nothing_of_others(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    int64_t channel = open_breaker(&t, &n), elsewhere = channel + 1;
    int64_t soon = f.op.now + PACE_MAX_OPEN_MS;
    int64_t message = COUNT(&f, "SELECT MIN(id) FROM message");
    int64_t other = COUNT(&f, "SELECT MAX(id) FROM message");

    assert_int_not_equal(message, other);
    COUNT(&f, "UPDATE message SET channel_id = $1 WHERE id = $2 RETURNING 1",
          ARG_INT(elsewhere), ARG_INT(other));
    CHECK_OK(&f, job_add(&f.op, "moderate", message, soon));
    CHECK_OK(&f, job_add(&f.op, "moderate", other, soon));
    CHECK_OK(&f, job_add(&f.op, "poll", channel, soon));
    CHECK_OK(&f, job_add(&f.op, "poll", elsewhere, soon));
    assert_int_equal(DUE(&f, "moderate") + DUE(&f, "poll"), 0);
    CHECK_OK(&f, pace_forgive(&f.op, channel));
    assert_int_equal(DUE(&f, "moderate"), 1);
    assert_int_equal(DUE(&f, "poll"), 1);
    assert_int_equal(DUE(&f, "deliver"), 30);
}

static void
a_channel_that_is_not_polled_is_not_polled_when_its_breaker_closes(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);

    CHECK_OK(&f, pace_forgive(&f.op, open_breaker(&t, &n)));
    assert_int_equal(DUE(&f, "poll"), 0);
    assert_int_equal(DUE(&f, "deliver"), 30);
}

static void a_budget_is_never_passed_and_in_the_end_everything_has_left(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED,
            "{\"url\":\"https://net.example\",\"calls_per_minute\":6}");

    for (int i = 0; i < 40; i++) {
        const char *who = arena_cstr(&f.arena, arena_fmt(&f.arena, "P%d", i));

        talk_reply(&t, talk_say(&t, who, "?"), "ja");
    }
    for (int minute = 1; minute <= 4; minute++) {
        network_let_pass(&t, MINUTES(1));
        assert_true(n.calls <= 6 + 6 * (size_t)minute);
    }
    network_let_pass(&t, HOURS(1));
    assert_int_equal(n.taken_count, 40);
}

/* The program stands still once at a place: between reading and the claim, or between the
 * claim and the call. */
struct sleeper {
    struct fixture *f;
    const char *place;
    int64_t ms;
};

static bool sleeps(void *ctx, const char *place)
{
    struct sleeper *sleeper = ctx;

    if (strcmp(place, sleeper->place) == 0 && sleeper->ms) {
        int64_t ms = sleeper->ms;

        sleeper->ms = 0;
        fixture_advance(sleeper->f, ms);
    }
    return false;
}

static void who_slept_past_the_lease_does_not_send_any_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    struct sleeper sleeper = { &f, "outbox.claimed", OUTBOX_LEASE_MS + 1 };
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    clock_simulate(&f.clock); /* the machine sleeps, monotonic clock and all */
    failpoint_watch(sleeps, &sleeper);
    assert_int_equal(job_step(&f.world, works), 1);
    failpoint_watch(NULL, NULL);
    clock_simulate(NULL);
    assert_int_equal(n.posts, 0);
    network_let_pass(&t, HOURS(1));
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(n.posts, 1);
}

/* A suspended machine: its wall clock goes on, its monotonic one stands still. */
static void who_was_suspended_past_the_lease_does_not_send_any_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    struct sleeper sleeper = { &f, "outbox.claimed", OUTBOX_LEASE_MS + 1 };
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    failpoint_watch(sleeps, &sleeper);
    assert_int_equal(job_step(&f.world, works), 1);
    failpoint_watch(NULL, NULL);
    assert_int_equal(n.posts, 0);
    network_let_pass(&t, HOURS(1));
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(n.posts, 1);
}

static void the_lease_begins_when_it_is_claimed_however_long_reading_took(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    struct sleeper sleeper = { &f, "outbox.composed", HOURS(1) };
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    n.script[0] = FAULT_LATE;
    n.scripted = 1;
    failpoint_watch(sleeps, &sleeper);
    assert_int_equal(job_step(&f.world, works), 1);
    failpoint_watch(NULL, NULL);
    assert_int_equal(COUNT(&f, "SELECT MAX(started_at) FROM delivery"),
                     FIXTURE_NOW + HOURS(1));
    box = talk_box(&t, box.id);
    CHECK_STR(box.state, "unknown");
    assert_int_equal(box.unknown_since_at, FIXTURE_NOW + HOURS(1));
    network_let_pass(&t, HOURS(2));
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(n.taken_count, 1);
}

static void the_quiet_time_begins_when_the_call_has_ended(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, QUIET);
    struct sleeper sleeper = { &f, "outbox.claimed", SECONDS(20) };
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    n.script[0] = FAULT_SWALLOWED;
    n.scripted = 1;
    failpoint_watch(sleeps, &sleeper);
    assert_int_equal(job_step(&f.world, works), 1);
    failpoint_watch(NULL, NULL);
    box = talk_box(&t, box.id);
    CHECK_STR(box.state, "unknown");
    assert_int_equal(box.unknown_since_at, FIXTURE_NOW + SECONDS(20));
    assert_int_equal(box.next_try_at, FIXTURE_NOW + SECONDS(20) + MINUTES(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_hostile_faults_nothing_is_lost_or_doubled_in_any_class),
        cmocka_unit_test(with_too_short_a_quiet_time_something_is_doubled),
        BOTH_ENGINES(one_fault_by_class_leads_where_the_contract_says),
        BOTH_ENGINES(a_network_that_is_down_is_asked_by_probes_and_not_by_everybody),
        BOTH_ENGINES(while_one_call_probes_nobody_else_looks_and_its_success_wakes_them),
        BOTH_ENGINES(what_else_waits_for_the_network_is_woken_too_and_nothing_of_others),
        BOTH_ENGINES(a_channel_that_is_not_polled_is_not_polled_when_its_breaker_closes),
        BOTH_ENGINES(who_slept_past_the_lease_does_not_send_any_more),
        BOTH_ENGINES(who_was_suspended_past_the_lease_does_not_send_any_more),
        BOTH_ENGINES(the_lease_begins_when_it_is_claimed_however_long_reading_took),
        BOTH_ENGINES(the_quiet_time_begins_when_the_call_has_ended),
        BOTH_ENGINES(a_budget_is_never_passed_and_in_the_end_everything_has_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
