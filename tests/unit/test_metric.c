/* test_metric.c - summing up: medians, ranks, survival, shares, groups. */
#include "fixture.h"
#include "insight/metric.h"

static struct observations waits(struct fixture *f, const int64_t *minutes, size_t closed,
                                 size_t open)
{
    struct observations set = { .count = closed + open };

    set.items = arena_new(&f->arena, struct observation, set.count + 1);
    for (size_t i = 0; i < set.count; i++) {
        set.items[i].wall_ms = MINUTES(minutes[i]);
        set.items[i].service_ms = -1;
        set.items[i].customer_ms = MINUTES(minutes[i]) / 2;
        set.items[i].open = i >= closed;
        set.items[i].person_id = (int64_t)i + 1;
    }
    return set;
}

static void reaction_times_of_10_20_and_60_minutes_have_a_median_of_20(void **state)
{
    static const int64_t minutes[] = { 10, 20, 60, 120 };
    const struct metric *metric = metric_by_slug(STR("reaction_time"));
    struct figure figure;
    FIXTURE(f);
    struct observations set = waits(&f, minutes, 3, 1);

    (void)state;
    figure = metric_figure(&f.op, metric, &set);
    assert_int_equal(figure.n, 3);
    assert_int_equal(figure.median_ms, MINUTES(20));
    assert_int_equal(figure.p90_ms, MINUTES(60));
    assert_int_equal(figure.survival_median_ms, MINUTES(20));
    assert_int_equal(figure.service_median_ms, -1);
    assert_int_equal(figure.customer_median_ms, MINUTES(10));
}

static void ignoring_people_does_not_improve_the_survival_median(void **state)
{
    static const int64_t minutes[] = { 10, 20, 15, 120, 130, 140 };
    const struct metric *metric = metric_by_slug(STR("reaction_time"));
    struct figure figure;
    FIXTURE(f);
    struct observations set = waits(&f, minutes, 3, 3);

    (void)state;
    figure = metric_figure(&f.op, metric, &set);
    assert_int_equal(figure.median_ms, MINUTES(15));
    assert_int_equal(figure.survival_median_ms,
                     MINUTES(20)); /* half of six are over then */
    set = waits(&f, minutes, 2, 4);
    figure = metric_figure(&f.op, metric, &set);
    assert_int_equal(figure.survival_median_ms, -1); /* half of them never were */
}

static void the_median_of_an_even_count_is_the_mean_rounded_half_up(void **state)
{
    struct observation items[2] = { { .wall_ms = 1 }, { .wall_ms = 2 } };
    struct observations set = { .items = items, .count = 2 };
    FIXTURE(f);

    (void)state;
    assert_int_equal(
        metric_figure(&f.op, metric_by_slug(STR("resolution_time")), &set).median_ms, 2);
}

static void p90_is_the_nearest_rank(void **state)
{
    static const int64_t minutes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    const struct metric *metric = metric_by_slug(STR("reaction_time"));
    FIXTURE(f);

    (void)state;
    for (size_t n = 1; n <= COUNT_OF(minutes); n++) {
        struct observations set = waits(&f, minutes, n, 0);

        assert_int_equal(metric_figure(&f.op, metric, &set).p90_ms,
                         MINUTES((int64_t)(n * 9 + 9) / 10));
    }
}

static void an_empty_set_has_no_value_in_any_figure(void **state)
{
    struct observations nothing = { 0 };
    size_t seen = 0;
    FIXTURE(f);

    (void)state;
    for (const struct metric *m = metrics; m->slug; m++, seen++) {
        struct figure figure = metric_figure(&f.op, m, &nothing);

        assert_false(figure.has_value);
        assert_int_equal(figure.n, 0);
        assert_int_equal(figure.median_ms, -1);
        assert_true(m->definition[0][0] && m->definition[1][0]);
    }
    assert_true(seen >= 6);
}

static void twelve_contacts_of_five_people_are_2_4_each(void **state)
{
    struct observation items[12];
    struct observations set = { .items = items, .count = 12 };
    struct figure figure;
    FIXTURE(f);

    (void)state;
    memset(items, 0, sizeof(items));
    for (size_t i = 0; i < 12; i++)
        items[i].person_id = (int64_t)(i % 5) + 1;
    figure = metric_figure(&f.op, metric_by_slug(STR("contact_frequency")), &set);
    assert_true(figure.value > 2.39999 && figure.value < 2.40001);
}

static void
thirty_shares_of_six_posts_among_15000_are_5_each_and_2_of_a_thousand(void **state)
{
    struct observation items[6];
    struct observations set = { .items = items, .count = 6 };
    struct figure figure;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < 6; i++)
        items[i] = (struct observation){ .number = (int64_t)i * 2, .reach = 2500 };
    figure = metric_figure(&f.op, metric_by_slug(STR("shareability")), &set);
    assert_int_equal(figure.sum, 30);
    assert_true(figure.value > 4.99999 && figure.value < 5.00001);
    figure = metric_figure(&f.op, metric_by_slug(STR("shareability_reach")), &set);
    assert_int_equal(figure.base, 15000);
    assert_true(figure.value > 0.00199999 && figure.value < 0.00200001);
}

static void nobody_of_1400_is_0_and_nobody_of_an_unknown_number_is_no_data(void **state)
{
    const struct metric *metric = metric_by_slug(STR("interacting_followers"));
    struct observations set = { .base = 1400 };
    struct figure figure;
    FIXTURE(f);

    (void)state;
    figure = metric_figure(&f.op, metric, &set);
    assert_true(figure.has_value);
    assert_int_equal(figure.sum, 0);
    set.base = 0;
    assert_false(metric_figure(&f.op, metric, &set).has_value);
}

static void
a_channel_is_divided_by_its_own_followers_and_a_day_by_those_of_all(void **state)
{
    const struct metric *metric = metric_by_slug(STR("interacting_followers"));
    struct observation items[] = {
        { .channel_id = 7, .person_id = 1, .number = 100 },
        { .channel_id = 7, .person_id = 2, .number = 100 },
        { .channel_id = 8, .person_id = 1, .number = 300 },
    };
    struct observations set = { .items = items, .count = COUNT_OF(items), .base = 900 };
    struct group *groups;
    size_t count;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, metric_groups(&f.op, &set, BY_CHANNEL, STR("UTC"), &groups, &count));
    assert_int_equal(metric_figure(&f.op, metric, &groups[0].set).base, 100);
    assert_int_equal(metric_figure(&f.op, metric, &groups[1].set).base, 300);
    CHECK_OK(&f, metric_groups(&f.op, &set, BY_DAY, STR("UTC"), &groups, &count));
    assert_int_equal(count, 1);
    assert_int_equal(metric_figure(&f.op, metric, &groups[0].set).base, 900);
}

static void groups_share_out_every_observation_once(void **state)
{
    struct observation items[] = {
        { .channel_id = 7, .hit = true },
        { .channel_id = 8 },
        { .channel_id = 7 },
        { .channel_id = 0 },
    };
    struct observations set = { .items = items, .count = COUNT_OF(items) };
    struct group *groups;
    size_t count, sum = 0;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, metric_groups(&f.op, &set, BY_CHANNEL, STR("Europe/Berlin"), &groups,
                               &count));
    assert_int_equal(count, 3);
    CHECK_STR(groups[0].key, "");
    CHECK_STR(groups[1].key, "7");
    for (size_t i = 0; i < count; i++)
        sum += groups[i].set.count;
    assert_int_equal(sum, COUNT_OF(items));
}

static void hours_of_the_day_are_local(void **state)
{
    struct observation items[] = { { .at = FIXTURE_NOW } }; /* 8:00 UTC */
    struct observations set = { .items = items, .count = 1 };
    struct group *groups;
    size_t count;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f,
             metric_groups(&f.op, &set, BY_HOUR, STR("Europe/Berlin"), &groups, &count));
    CHECK_STR(groups[0].key, "09");
}

/* FIXTURE_NOW is a Monday, 2026-11-02, 9:00 in Berlin; six days later it is Sunday. */
static void days_weeks_and_months_are_those_on_the_wall(void **state)
{
    static const struct {
        enum metric_group by;
        const char *now, *sunday_night;
    } cases[] = {
        { BY_DAY, "2026-11-02", "2026-11-08" },
        { BY_WEEK, "2026-11-02", "2026-11-02" },
        { BY_MONTH, "2026-11", "2026-11" },
        { BY_WEEKDAY_HOUR, "0 09", "6 23" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct observation items[] = { { .at = FIXTURE_NOW },
                                       { .at = FIXTURE_NOW + DAYS(6) + HOURS(14) } };
        struct observations set = { .items = items, .count = 2 };

        CHECK_OK(&f, metric_narrow(&f.op, &set, cases[i].by,
                                   str_of(cases[i].sunday_night), STR("Europe/Berlin")));
        assert_int_equal(items[set.count - 1].at, FIXTURE_NOW + DAYS(6) + HOURS(14));
        set = (struct observations){ .items = items, .count = 1 };
        items[0].at = FIXTURE_NOW;
        CHECK_OK(&f, metric_narrow(&f.op, &set, cases[i].by, str_of(cases[i].now),
                                   STR("Europe/Berlin")));
        assert_int_equal(set.count, 1);
    }
}

static void narrowing_to_a_group_that_is_not_there_leaves_nothing(void **state)
{
    struct observation items[] = { { .at = FIXTURE_NOW, .intent = STR("question") } };
    struct observations set = { .items = items, .count = 1 };
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, metric_narrow(&f.op, &set, BY_INTENT, STR("praise"), STR("UTC")));
    assert_int_equal(set.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaction_times_of_10_20_and_60_minutes_have_a_median_of_20),
        cmocka_unit_test(ignoring_people_does_not_improve_the_survival_median),
        cmocka_unit_test(the_median_of_an_even_count_is_the_mean_rounded_half_up),
        cmocka_unit_test(p90_is_the_nearest_rank),
        cmocka_unit_test(an_empty_set_has_no_value_in_any_figure),
        cmocka_unit_test(twelve_contacts_of_five_people_are_2_4_each),
        cmocka_unit_test(
            thirty_shares_of_six_posts_among_15000_are_5_each_and_2_of_a_thousand),
        cmocka_unit_test(nobody_of_1400_is_0_and_nobody_of_an_unknown_number_is_no_data),
        cmocka_unit_test(
            a_channel_is_divided_by_its_own_followers_and_a_day_by_those_of_all),
        cmocka_unit_test(groups_share_out_every_observation_once),
        cmocka_unit_test(hours_of_the_day_are_local),
        cmocka_unit_test(days_weeks_and_months_are_those_on_the_wall),
        cmocka_unit_test(narrowing_to_a_group_that_is_not_there_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
