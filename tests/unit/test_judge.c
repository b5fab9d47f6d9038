/* test_judge.c - what each kind of network makes of each answer. */
#include "fixture.h"
#include "work/judge.h"

enum { QUIET_MS = 300 * 1000, KEY_MS = 3600 * 1000 };

static struct connector network(enum delivery_class class)
{
    return (struct connector){ .delivery = class, .key_ms = KEY_MS };
}

static void what_follows_a_look_depends_on_what_the_network_offers(void **state)
{
    static const struct {
        enum delivery_class class;
        int found; /* of find() */
        int64_t finds, asked_after_ms, key_age_ms;
        bool repeats; /* the channel's setting, of D */
        enum outbox_outcome outcome;
        bool comes_again;
    } cases[] = {
        { DELIVERY_EXACT, 0, 1, QUIET_MS, 0, false, OUTBOX_FOUND, false },
        { DELIVERY_SILENT, 0, 1, QUIET_MS, 0, false, OUTBOX_FOUND, false },
        /* Not there: the same again, but not where it could be overlooked. */
        { DELIVERY_EXACT, FIND_ABSENT, 1, QUIET_MS, 0, false, OUTBOX_ABSENT, false },
        { DELIVERY_KEYED, FIND_ABSENT, 1, QUIET_MS, 2 * KEY_MS, false, OUTBOX_ABSENT,
          false },
        { DELIVERY_MARKED, FIND_ABSENT, 1, QUIET_MS, 0, false, OUTBOX_ABSENT, false },
        { DELIVERY_ALIKE, FIND_ABSENT, 1, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL, false },
        { DELIVERY_ALIKE, FIND_ABSENT, 1, QUIET_MS, 0, true, OUTBOX_CANNOT_TELL, true },
        { DELIVERY_ALIKE, FIND_ABSENT, 2, 2 * QUIET_MS - 1, 0, true, OUTBOX_CANNOT_TELL,
          true },
        { DELIVERY_ALIKE, FIND_ABSENT, 2, 2 * QUIET_MS, 0, true, OUTBOX_ABSENT, false },
        /* Not to be told: look again, five times at most. */
        { DELIVERY_EXACT, FIND_CANNOT_TELL, 4, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL,
          true },
        { DELIVERY_MARKED, FIND_CANNOT_TELL, 4, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL,
          true },
        { DELIVERY_EXACT, FIND_CANNOT_TELL, 5, QUIET_MS, 9 * KEY_MS, false,
          OUTBOX_SAME_NAME, false },
        { DELIVERY_KEYED, FIND_CANNOT_TELL, 5, QUIET_MS, KEY_MS - MINUTES(1) - 1, false,
          OUTBOX_SAME_NAME, false },
        { DELIVERY_KEYED, FIND_CANNOT_TELL, 5, QUIET_MS, KEY_MS - MINUTES(1), false,
          OUTBOX_CANNOT_TELL, false },
        { DELIVERY_MARKED, FIND_CANNOT_TELL, 5, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL,
          false },
        { DELIVERY_ALIKE, FIND_CANNOT_TELL, 5, QUIET_MS, 0, true, OUTBOX_CANNOT_TELL,
          false },
        { DELIVERY_SILENT, FIND_CANNOT_TELL, 1, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL,
          false },
        /* Our own failure tells nothing either. */
        { DELIVERY_MARKED, ERR_UNAVAILABLE, 1, QUIET_MS, 0, false, OUTBOX_CANNOT_TELL,
          true },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct connector connector = network(cases[i].class);
        struct receipt receipt = { .reason = STR("words") };
        struct json *settings;
        struct connection connection = { 0 };
        struct outbox box = { .unknown_since_at = f.op.now - cases[i].asked_after_ms };
        struct ended ended = { .connector = &connector,
                               .class = connector.delivery,
                               .quiet_ms = QUIET_MS,
                               .connection = &connection,
                               .box = &box,
                               .looked = true,
                               .finds = cases[i].finds,
                               .first_tried_at = f.op.now - cases[i].key_age_ms,
                               .r = cases[i].found,
                               .receipt = &receipt };
        struct outbox_result result;

        CHECK_OK(&f, json_parse(&f.op,
                                cases[i].repeats ? STR("{\"repeat_when_absent\":true}")
                                                 : STR("{}"),
                                &settings));
        connection.settings = settings;
        result = judge_find(&f.op, &ended);
        if (result.outcome != cases[i].outcome ||
            (result.retry_at > f.op.now) != cases[i].comes_again)
            fail_msg("case %zu: outcome %d, again at %lld", i, result.outcome,
                     (long long)result.retry_at);
    }
}

static void what_follows_a_try_to_send_is_the_same_for_every_network(void **state)
{
    static const struct {
        int sent;
        int64_t wait_ms;
        bool answered;
        enum outbox_outcome outcome;
        bool failed; /* of the network's pace */
    } cases[] = {
        { 0, 0, false, OUTBOX_SENT, false },
        { SEND_LATER, 0, false, OUTBOX_LATER, true },      /* no line */
        { SEND_LATER, 90000, false, OUTBOX_LATER, false }, /* 429 with Retry-After */
        { SEND_LATER, 0, true, OUTBOX_LATER, false },      /* 429 without */
        { SEND_REFUSED, 0, false, OUTBOX_REFUSED, false },
        { SEND_DOUBT, 0, false, OUTBOX_DOUBT, true },
        { ERR_UNAVAILABLE, 0, false, OUTBOX_LATER, false },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct connector connector = network(DELIVERY_MARKED);
        struct receipt receipt = { .reason = STR("words"),
                                   .wait_ms = cases[i].wait_ms,
                                   .answered = cases[i].answered };
        struct outbox box = { .attempts = 1 };
        struct ended ended = { .quiet_ms = QUIET_MS,
                               .connector = &connector,
                               .box = &box,
                               .r = cases[i].sent,
                               .receipt = &receipt };
        struct outbox_result result = judge_send(&f.op, &ended);

        if (result.outcome != cases[i].outcome)
            fail_msg("case %zu: outcome %d", i, result.outcome);
        assert_int_equal(judge_pace(&ended).failed, cases[i].failed);
        assert_int_equal(judge_pace(&ended).rest_ms, cases[i].wait_ms);
        if (result.outcome == OUTBOX_LATER)
            assert_true(result.retry_at >= f.op.now + cases[i].wait_ms);
        if (result.outcome == OUTBOX_DOUBT)
            assert_true(result.retry_at == f.op.now + QUIET_MS);
    }
}

static void waits_are_random_up_to_a_ceiling_that_rises_and_ends(void **state)
{
    static const struct {
        int64_t attempts, most_ms;
    } cases[] = { { 1, MINUTES(1) },    { 2, MINUTES(4) }, { 12, MINUTES(144) },
                  { 18, MINUTES(324) }, { 19, HOURS(6) },  { 1000, HOURS(6) } };
    struct connector connector = network(DELIVERY_MARKED);
    struct receipt receipt = { .reason = STR("") };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct outbox box = { .attempts = cases[i].attempts };
        struct ended ended = { .quiet_ms = QUIET_MS,
                               .connector = &connector,
                               .box = &box,
                               .r = SEND_LATER,
                               .receipt = &receipt };
        int64_t least = INT64_MAX, most = 0;

        for (int n = 0; n < 300; n++) {
            int64_t wait = judge_send(&f.op, &ended).retry_at - f.op.now;

            least = wait < least ? wait : least;
            most = wait > most ? wait : most;
        }
        assert_in_range(most, cases[i].most_ms * 9 / 10, cases[i].most_ms);
        assert_in_range(least, 1, cases[i].most_ms / 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_a_look_depends_on_what_the_network_offers),
        cmocka_unit_test(what_follows_a_try_to_send_is_the_same_for_every_network),
        cmocka_unit_test(waits_are_random_up_to_a_ceiling_that_rises_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
