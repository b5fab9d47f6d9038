/* test_raised.c - what raises a conversation, why, and that the database says the same.
 */
#include "dialogue/findings.h"
#include "dialogue/inbox.h"
#include "talk.h"

static const struct {
    struct conversation c;
    enum raised degree;
    const char *reasons;
} cases[] = {
    { { .marks = STR("") }, RAISED_NOT, "" },
    { { .marks = STR(" negative call_back unsure ") }, RAISED_NOT, "" },
    { { .intent = STR("question") }, RAISED_NOT, "" },
    { { .intent = STR("complaint") }, RAISED_HIGH, "complaint" },
    { { .marks = STR(" deterred ") }, RAISED_HIGH, "deterred" },
    { { .marks = STR(" frustrated chaser "), .intent = STR("complaint") },
      RAISED_HIGH,
      "frustrated chaser complaint" },
    { { .priority = 1 }, RAISED_HIGH, "priority" },
    { { .priority = 1, .marks = STR(" chaser "), .reopened_count = 1 },
      RAISED_HIGH,
      "chaser priority" },
    { { .priority = 2 }, RAISED_TOP, "priority" },
    { { .priority = 2, .reopened_count = 1 }, RAISED_TOP, "reopened priority" },
    { { .marks = STR(" urgent ") }, RAISED_TOP, "urgent" },
    { { .marks = STR(" urgent frustrated at_risk deterred chaser "),
        .intent = STR("complaint"),
        .priority = 2,
        .reopened_count = 3 },
      RAISED_TOP,
      "at_risk urgent reopened priority frustrated deterred chaser complaint" },
};

static struct str reasons_of(struct fixture *f, const struct conversation *c,
                             enum raised *ret)
{
    const char *reasons[RAISED_MAX_REASONS];
    struct str text = STR("");
    size_t count;

    *ret = raised_of(c, reasons, &count);
    for (size_t i = 0; i < count; i++)
        text =
            arena_fmt(&f->arena, STR_FMT "%s%s", STR_ARG(text), i ? " " : "", reasons[i]);
    return text;
}

static void each_reason_is_told_and_the_weightiest_comes_first(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct conversation c = cases[i].c;
        enum raised degree;

        c.state = STR("open");
        CHECK_STR(reasons_of(&f, &c, &degree), cases[i].reasons);
        assert_int_equal(degree, cases[i].degree);
    }
}

static void what_is_finished_is_not_raised(void **state)
{
    FIXTURE(f);
    const struct conversation c = { .state = STR("solved"), .priority = 2 };
    enum raised degree;

    (void)state;
    CHECK_STR(reasons_of(&f, &c, &degree), "");
    assert_int_equal(degree, RAISED_NOT);
}

static void set(struct talk *t, int64_t id, const struct conversation *as)
{
    struct fixture *f = t->f;
    struct conversation old, now;

    CHECK_OK(f, conversation_get(&f->op, id, &old));
    now = old;
    now.priority = as->priority;
    now.intent = as->intent;
    now.marks = as->marks;
    now.reopened_count = as->reopened_count;
    CHECK_OK(f, conversation_update(&f->op, &old, &now, "conversation.changed", STR("")));
}

static int64_t count_raised(struct talk *t, const char *view, enum raised degree)
{
    const struct inbox inbox = { .view = str_of(view), .raised = degree };
    int64_t n;

    CHECK_OK(t->f, inbox_count(&t->f->op, &inbox, INBOX_MAX_COUNT, &n));
    return n;
}

static void the_database_says_the_same(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Toll.");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        set(&t, id, &cases[i].c);
        for (int degree = RAISED_NOT; degree < RAISED_DEGREES; degree++) {
            const int64_t n = degree == (int)cases[i].degree;

            assert_int_equal(count_raised(&t, "open", (enum raised)degree), n);
            assert_int_equal(count_raised(&t, "unanswered", (enum raised)degree), n);
        }
    }
    assert_int_equal(count_raised(&t, "open", RAISED_ANY), 1);
}

static int64_t at_place(struct talk *t, const struct inbox *inbox, size_t place)
{
    struct conversation *list;
    size_t count;

    CHECK_OK(t->f, inbox_raised_first(&t->f->op, inbox, &list, &count));
    return place < count ? list[place].id : 0;
}

/* More than are looked for by their own index: then the index of the order is walked. */
static void many_that_are_raised_are_found_in_the_same_order(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    const struct conversation complaint = { .intent = STR("complaint") };
    const struct conversation leaves = { .marks = STR(" at_risk ") };
    const struct inbox inbox = { .view = STR("unanswered"), .limit = 3 };
    const int64_t calm = talk_say(&t, "Calm", "Wann?");
    int64_t first = 0, last = 0;

    for (int i = 0; i < 510; i++) {
        last = talk_say(&t, arena_fmt(&f.arena, "P%d%c", i, 0).p, "Kaputt.");
        first = first ? first : last;
        set(&t, last, &complaint);
    }
    assert_int_equal(at_place(&t, &inbox, 0), first);
    set(&t, last, &leaves);
    assert_int_equal(at_place(&t, &inbox, 0), last);
    assert_int_equal(at_place(&t, &inbox, 1), first);
    assert_int_not_equal(at_place(&t, &inbox, 2), calm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_is_told_and_the_weightiest_comes_first),
        cmocka_unit_test(what_is_finished_is_not_raised),
        BOTH_ENGINES(the_database_says_the_same),
        BOTH_ENGINES(many_that_are_raised_are_found_in_the_same_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
