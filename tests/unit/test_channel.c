/* test_channel.c - the row of a channel: what it lacks, how it ends, how it does. */
#include "talk.h"

static void what_a_channel_lacks_is_named(void **state)
{
    static const struct {
        struct channel channel;
        unsigned gaps;
    } cases[] = {
        { { .purpose = { "", 0 } },
          CHANNEL_NO_OWNER | CHANNEL_NO_DEPUTY | CHANNEL_NO_HOURS | CHANNEL_NO_PURPOSE },
        { { .owner_id = 1, .purpose = { " ", 1 } },
          CHANNEL_NO_DEPUTY | CHANNEL_NO_HOURS | CHANNEL_NO_PURPOSE },
        { { .owner_id = 1, .deputy_id = 2, .planned_minutes = 60, .purpose = { "x", 1 } },
          0 },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(channel_gaps(&cases[i].channel), cases[i].gaps);
}

static void an_incomplete_channel_only_listens_where_the_workspace_says_so(void **state)
{
    struct str mode;
    FIXTURE_BOTH(f);
    TALK(t, f);

    CHECK_OK(&f, channel_effective_mode(&f.op, &t.channel, &mode));
    CHECK_STR(mode, "dialogue");
    RUN(&f, "UPDATE workspace SET limit_incomplete_channels = 1");
    CHECK_OK(&f, channel_effective_mode(&f.op, &t.channel, &mode));
    CHECK_STR(mode, "listen");
    t.channel.deputy_id = t.eva;
    t.channel.planned_minutes = 60;
    CHECK_OK(&f, channel_effective_mode(&f.op, &t.channel, &mode));
    CHECK_STR(mode, "dialogue");
}

static void a_channel_is_stored_with_all_it_has_and_changed_in_one_event(void **state)
{
    struct channel now, read;
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t events = COUNT(&f, "SELECT COUNT(*) FROM event");

    now = t.channel;
    now.kind_name = STR("Messenger Z");
    now.planned_minutes = 90;
    now.target_ms = MINUTES(15);
    CHECK_OK(&f, channel_update(&f.op, &t.channel, &now));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), events + 1);
    assert_int_equal(channel_get(&f.op, now.id, &read), 0);
    CHECK_STR(read.kind_name, "Messenger Z");
    assert_int_equal(read.planned_minutes, 90);
    assert_int_equal(read.target_ms, MINUTES(15));
    assert_true(read.owner_id == t.eva);
    assert_int_equal(channel_get(&f.op, 7, &read), RECORD_NOT_FOUND);
}

static void two_channels_cannot_have_one_name(void **state)
{
    struct channel second, renamed;
    FIXTURE_BOTH(f);
    TALK(t, f);

    second = t.channel;
    assert_int_equal(channel_add(&f.op, &second), ERR_CONFLICT);
    second.name = STR("Andere");
    CHECK_OK(&f, channel_add(&f.op, &second));
    renamed = second;
    renamed.name = t.channel.name;
    assert_int_equal(channel_update(&f.op, &second, &renamed), ERR_CONFLICT);
}

/* S4-19, X-18 */
static void a_channel_with_open_conversations_is_not_retired_and_lists_them(void **state)
{
    struct channel now;
    int64_t *open;
    size_t count;
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Fritz", "Beschwerde");

    assert_int_equal(
        channel_retire(&f.op, t.channel.id, STR("Bitte per Brief"), &open, &count),
        ERR_CONFLICT);
    assert_int_equal(count, 1);
    assert_true(open[0] == c);
    CHECK_STR(f.op.err.extra,
              arena_cstr(&f.arena, arena_fmt(&f.arena, "\"open\":[{\"id\":\"%lld\"}]",
                                             (long long)c)));
    CHECK_OK(&f, desk_close(&f.op, c, STR("no_answer_needed"), STR("erledigt")));
    assert_int_equal(channel_retire(&f.op, t.channel.id, STR(" "), &open, &count),
                     ERR_INVALID);
    CHECK_OK(&f,
             channel_retire(&f.op, t.channel.id, STR("Bitte per Brief"), &open, &count));
    assert_int_equal(channel_get(&f.op, t.channel.id, &now), 0);
    assert_true(now.retired_at == f.op.now);
    CHECK_STR(now.forwarding_note, "Bitte per Brief");
    assert_int_equal(
        channel_retire(&f.op, t.channel.id, STR("noch einmal"), &open, &count),
        ERR_CONFLICT);
}

static void the_words_of_people_stay_out_of_the_log(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct channel now = t.channel;

    now.name = STR("Draht Nord");
    now.purpose = STR("geheimer Zweck");
    CHECK_OK(&f, channel_update(&f.op, &t.channel, &now));
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE payload LIKE '%Draht Nord%'"), 1);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE payload LIKE '%geheimer%'"), 0);
}

static void health_counts_and_keeps_the_last_error(void **state)
{
    struct channel_health health;
    FIXTURE_BOTH(f);
    TALK(t, f);

    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_int_equal(health.accepted + health.last_inbound_at, 0);
    CHECK_OK(&f, channel_heard(&f.op, t.channel.id, 3, 1));
    CHECK_OK(&f, channel_heard(&f.op, t.channel.id, 2, 0));
    CHECK_OK(&f, channel_failed(&f.op, t.channel.id, STR("no line")));
    fixture_advance(&f, 1000);
    CHECK_OK(&f, channel_succeeded(&f.op, t.channel.id));
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_int_equal(health.accepted, 5);
    assert_int_equal(health.duplicates, 1);
    assert_true(health.last_error_at == FIXTURE_NOW);
    CHECK_STR(health.last_error, "no line");
    assert_true(health.last_success_at == FIXTURE_NOW + 1000);
}

static void a_cursor_is_where_it_was_left(void **state)
{
    struct str at;
    FIXTURE_BOTH(f);
    TALK(t, f);

    CHECK_OK(&f, channel_cursor(&f.op, t.channel.id, STR("mentions"), &at));
    CHECK_STR(at, "");
    CHECK_OK(&f, channel_move_cursor(&f.op, t.channel.id, STR("mentions"), STR("17")));
    CHECK_OK(&f, channel_move_cursor(&f.op, t.channel.id, STR("mentions"), STR("18")));
    CHECK_OK(&f, channel_cursor(&f.op, t.channel.id, STR("mentions"), &at));
    CHECK_STR(at, "18");
}

static void the_workspace_of_a_channel_is_found_from_any_other(void **state)
{
    int64_t workspace = 0, own;
    FIXTURE_BOTH(f);
    TALK(t, f);

    own = f.op.workspace;
    f.op.workspace = 0;
    assert_int_equal(channel_workspace(&f.op, t.channel.id, &workspace), 0);
    assert_true(workspace == own);
    assert_int_equal(channel_workspace(&f.op, 7, &workspace), RECORD_NOT_FOUND);
}

/* Hears one item an hour `times` times over; leaves the clock at the last. */
static void hear_hourly(struct fixture *f, int64_t id, int times)
{
    for (int i = 0; i < times; i++) {
        f->op.now += i ? MINUTES(60) : 0;
        CHECK_OK(f, channel_heard(&f->op, id, 1, 0));
    }
}

static int64_t silent_after(struct fixture *f, const struct channel *channel, int64_t ms)
{
    struct channel_health health;
    struct op later = f->op;

    CHECK_OK(f, channel_health_get(&f->op, channel->id, &health));
    later.now += ms;
    return channel_silent_since(&later, channel, &health);
}

static void a_channel_is_silent_when_it_is_so_longer_than_ever(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t last, id = t.channel.id;

    hear_hourly(&f, id, CHANNEL_HISTORY - 1);
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 24 * 30)), 0);
    CHECK_OK(&f, channel_heard(&f.op, id, 1, 0));
    last = f.op.now;
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 6)), 0);
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 6) + 1), last);

    f.op.now += MINUTES(60 * 10); /* a night: from now on that is usual */
    CHECK_OK(&f, channel_heard(&f.op, id, 1, 0));
    last = f.op.now;
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 15)), 0);
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 15) + 1), last);

    t.channel.mode = STR("none");
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 15) + 1), 0);
    t.channel.mode = STR("dialogue");
    t.channel.retired_at = 1;
    assert_int_equal(silent_after(&f, &t.channel, MINUTES(60 * 15) + 1), 0);
}

static void a_long_silence_is_half_forgotten_after_sixty_days(void **state)
{
    struct channel_health health;
    FIXTURE_BOTH(f);
    TALK(t, f);

    CHECK_OK(&f, channel_heard(&f.op, t.channel.id, 1, 0));
    f.op.now += MINUTES(60 * 24 * 8);
    for (int day = 0; day <= CHANNEL_SILENCE_DAYS; day++) {
        CHECK_OK(&f, channel_heard(&f.op, t.channel.id, 1, 0));
        CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
        assert_int_equal(health.silence_ms, MINUTES(60 * 24 * 8));
        f.op.now += MINUTES(60 * 24);
    }
    CHECK_OK(&f, channel_heard(&f.op, t.channel.id, 1, 0));
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_int_equal(health.silence_ms, MINUTES(60 * 24 * 4));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_channel_lacks_is_named),
        BOTH_ENGINES(an_incomplete_channel_only_listens_where_the_workspace_says_so),
        BOTH_ENGINES(a_channel_is_stored_with_all_it_has_and_changed_in_one_event),
        BOTH_ENGINES(two_channels_cannot_have_one_name),
        BOTH_ENGINES(a_channel_with_open_conversations_is_not_retired_and_lists_them),
        BOTH_ENGINES(the_words_of_people_stay_out_of_the_log),
        BOTH_ENGINES(health_counts_and_keeps_the_last_error),
        BOTH_ENGINES(a_cursor_is_where_it_was_left),
        BOTH_ENGINES(a_channel_is_silent_when_it_is_so_longer_than_ever),
        BOTH_ENGINES(a_long_silence_is_half_forgotten_after_sixty_days),
        BOTH_ENGINES(the_workspace_of_a_channel_is_found_from_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
