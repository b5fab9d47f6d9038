/* test_alike.c - nearly the same messages are one group, its persons are counted, and a
 * text that changed, was removed or is long ago leaves it. */
#include "base/ids.h"
#include "dialogue/inbox.h"
#include "dialogue/message.h"
#include "dialogue/person.h"
#include "talk.h"
#include "work/work_alike.h"
#include "work/works.h"

#define LATE                                                                             \
    "Seit drei Wochen warte ich auf die Lieferung 4711, niemand antwortet auf meine "    \
    "Mails."
#define LATE_TOO                                                                         \
    "Seit drei Wochen warte ich auf die Lieferung 0815, niemand antwortet auf meine "    \
    "mails!!"
#define OTHER                                                                            \
    "Wann öffnet die Filiale in der Bahnhofstraße am Montag nach den Feiertagen?"

static void group(struct talk *t)
{
    CHECK_OK(t->f, alike_plan(&t->f->op));
    fixture_advance(t->f, SECONDS(2));
    talk_work(t);
}

/* So many of each say it: P0, P1, ... */
static int64_t many_say(struct talk *t, int people, int times, const char *text)
{
    int64_t id = 0;

    for (int i = 0; i < people * times; i++)
        id = talk_say(t, arena_fmt(&t->f->arena, "P%d%c", i % people, 0).p, text);
    return id;
}

static struct alike of(struct talk *t, int64_t conversation)
{
    struct alike alike = { .id = 0 };
    int r = alike_of_conversation(&t->f->op, conversation, &alike);

    assert_true(r == 0 || r == ALIKE_NONE);
    return alike;
}

static struct alike_sum sum_of(struct talk *t, int64_t conversation)
{
    struct alike alike = of(t, conversation);
    struct alike_sum sum = { .said = 0 };

    if (alike.id)
        CHECK_OK(t->f, alike_sum(&t->f->op, &alike, &sum));
    return sum;
}

static int64_t count_in_inbox(struct talk *t, int64_t alike_id)
{
    const struct inbox inbox = { .view = STR("open"), .alike_id = alike_id };
    int64_t n;

    CHECK_OK(t->f, inbox_count(&t->f->op, &inbox, INBOX_MAX_COUNT, &n));
    return n;
}

static void what_is_nearly_the_same_is_one_group_whoever_says_it(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", LATE), b = talk_say(&t, "Ben", LATE_TOO),
            c = talk_say(&t, "Cem", OTHER);
    struct inbox inbox = { .view = STR("all"), .limit = 10 };
    struct conversation *list;
    size_t count;

    group(&t);
    assert_int_equal(of(&t, a).id, of(&t, b).id);
    assert_int_equal(of(&t, a).said, 2);
    assert_int_equal(of(&t, c).id, 0);
    assert_int_equal(sum_of(&t, a).people, 2);
    assert_true(str_is(sum_of(&t, b).words, LATE));
    assert_int_equal(count_in_inbox(&t, of(&t, a).id), 2);
    inbox.alike_id = of(&t, a).id;
    CHECK_OK(&f, inbox_list(&f.op, &inbox, &list, &count));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].id, b);
    assert_int_equal(list[1].id, a);
}

static void one_who_says_it_forty_times_is_one_person_and_not_many(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = many_say(&t, 1, ALIKE_MANY, LATE);

    group(&t);
    assert_int_equal(sum_of(&t, id).said, ALIKE_MANY);
    assert_int_equal(sum_of(&t, id).people, 1);
    assert_int_equal(sum_of(&t, id).conversations, 1);
    assert_false(sum_of(&t, id).many);
}

/* At each number, and one below it; and when it took longer. */
static void forty_in_two_hours_by_twenty_people_are_many(void **state)
{
    static const struct {
        int people, times, more;
        int64_t pause;
        bool many;
    } cases[] = {
        { 20, 2, 0, 0, true },         { 19, 2, 2, 0, false },
        { 39, 1, 0, 0, false },        { 39, 1, 1, 0, true },
        { 20, 1, 20, HOURS(2), true }, { 20, 1, 20, HOURS(2) + 1, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_BOTH(f);
        TALK(t, f);
        int64_t id = many_say(&t, cases[i].people, cases[i].times, LATE);

        fixture_advance(&f, cases[i].pause);
        if (cases[i].more)
            id = many_say(&t, cases[i].more, 1, LATE_TOO);
        group(&t);
        assert_int_equal(sum_of(&t, id).many, cases[i].many);
    }
}

static void more_than_a_portion_is_read_to_the_end_and_nothing_twice(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = many_say(&t, 40, 6, LATE);

    assert_true(40 * 6 > ALIKE_PORTION);
    group(&t);
    assert_int_equal(sum_of(&t, id).said, 240);
    group(&t); /* the last minute is looked at once more */
    assert_int_equal(of(&t, id).said, 240);
    fixture_advance(&f, MINUTES(2));
    talk_say(&t, "Late", LATE);
    group(&t);
    assert_int_equal(of(&t, id).said, 241);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_band"), FINGERPRINT_KEYS);
    assert_int_equal(COUNT(&f, "SELECT remembered FROM alike_read"), 1);
}

static void a_group_is_counted_up_to_its_ceiling(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = many_say(&t, 1, ALIKE_MOST - 1, LATE);

    group(&t);
    assert_int_equal(of(&t, id).said, ALIKE_MOST - 1);
    many_say(&t, 1, 2, LATE);
    group(&t);
    assert_int_equal(of(&t, id).said, ALIKE_MOST);
    assert_int_equal(sum_of(&t, id).said, ALIKE_MOST);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_message"), ALIKE_MOST + 1);
}

static struct message newest(struct talk *t, int64_t conversation)
{
    struct message msg;

    assert_int_equal(message_newest_in(&t->f->op, conversation, &msg), 0);
    return msg;
}

static void read_anew(struct talk *t, const struct message *msg)
{
    CHECK_OK(t->f, alike_plan_one(&t->f->op, msg->id));
    talk_work(t);
}

static void who_says_something_else_leaves_and_who_removes_it_too(void **state)
{
    const struct message_said other = { .body = STR(OTHER),
                                        .findings = STR(""),
                                        .model = STR("") };
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", LATE), b = talk_say(&t, "Ben", LATE_TOO),
            c = talk_say(&t, "Cem", LATE), d = talk_say(&t, "Dan", OTHER);
    struct message msg;

    group(&t);
    assert_int_equal(of(&t, a).said, 3);
    msg = newest(&t, a); /* the first, whose fingerprint it is */
    CHECK_OK(&f, message_edit(&f.op, &msg, &other, f.op.now));
    read_anew(&t, &msg);
    assert_int_equal(of(&t, b).said, 2);
    assert_int_equal(of(&t, a).id, of(&t, d).id);
    assert_int_equal(of(&t, d).said, 2);
    msg = newest(&t, b);
    CHECK_OK(&f, message_remove(&f.op, &msg, f.op.now));
    assert_int_equal(sum_of(&t, c).said, 1); /* at once */
    read_anew(&t, &msg);
    assert_int_equal(of(&t, c).id, 0);
    assert_int_equal(COUNT(&f, "SELECT said FROM alike_text ORDER BY id LIMIT 1"), 1);
}

static void people_who_are_joined_count_once(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", LATE), b = talk_say(&t, "Ben", LATE_TOO);

    group(&t);
    assert_int_equal(sum_of(&t, a).people, 2);
    CHECK_OK(&f, person_merge(&f.op, newest(&t, a).person_id, newest(&t, b).person_id));
    assert_int_equal(sum_of(&t, a).people, 1);
}

static void what_has_no_letters_is_alike_to_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", "!!! 12345"), b = talk_say(&t, "Ben", "!!! 12345");

    group(&t);
    group(&t);
    assert_int_equal(of(&t, a).id, 0);
    assert_int_equal(of(&t, b).id, 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_message"), 2);
}

static void what_nobody_says_any_more_is_remembered_no_longer(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", LATE);

    talk_say(&t, "Ben", LATE_TOO);
    talk_say(&t, "Cem", OTHER);
    talk_say(&t, "Dan", "!!!");
    group(&t);
    fixture_advance(&f, DAYS(ALIKE_DAYS) - HOURS(1));
    group(&t);
    assert_int_equal(COUNT(&f, "SELECT remembered FROM alike_read"), 2);
    fixture_advance(&f, HOURS(2));
    group(&t);
    assert_int_equal(COUNT(&f, "SELECT remembered FROM alike_read"), 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_band"), 0);
    assert_int_equal(sum_of(&t, a).said, 2); /* what was is still told */
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 1);
    talk_say(&t, "Eli", LATE); /* and one that comes now begins anew */
    group(&t);
    assert_int_equal(of(&t, a).said, 2);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 2);
}

static void above_the_ceiling_the_oldest_are_remembered_no_longer(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = talk_say(&t, "Ada", OTHER);

    group(&t);
    RUN(&f, "UPDATE alike_read SET remembered = $1", ARG_INT(ALIKE_REMEMBERED - 1));
    talk_say(&t, "Ben", LATE);
    group(&t);
    assert_int_equal(COUNT(&f, "SELECT remembered FROM alike_read"), ALIKE_REMEMBERED);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 2);
    talk_say(&t, "Cem",
             "Die neue Anwendung stürzt beim Öffnen der Rechnung jedes Mal ab.");
    group(&t);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM alike_text"), 0);
    assert_int_equal(of(&t, a).id, 0);
}

static void only_large_groups_are_listed_the_newest_first(void **state)
{
    struct alike_page page = { .last_id = INT64_MAX, .id = INT64_MAX, .limit = 1 };
    struct alike *list;
    size_t count;
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t a = many_say(&t, ALIKE_LISTED, 1, LATE), b;

    many_say(&t, ALIKE_LISTED - 1, 1,
             "Die neue Anwendung stürzt beim Öffnen der Rechnung jedes Mal ab.");
    group(&t);
    a = of(&t, a).id; /* each person has one conversation: the largest of theirs */
    b = many_say(&t, ALIKE_LISTED + 1, 1, OTHER);
    group(&t);
    b = of(&t, b).id;
    assert_true(a != b);
    CHECK_OK(&f, alike_list(&f.op, &page, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].id, b);
    page.last_id = list[0].last_id;
    page.id = list[0].id;
    page.limit = 10;
    CHECK_OK(&f, alike_list(&f.op, &page, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].id, a);
    page.since_id = list[0].last_id + 1;
    CHECK_OK(&f, alike_list(&f.op, &page, &list, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_is_nearly_the_same_is_one_group_whoever_says_it),
        BOTH_ENGINES(one_who_says_it_forty_times_is_one_person_and_not_many),
        BOTH_ENGINES(forty_in_two_hours_by_twenty_people_are_many),
        BOTH_ENGINES(more_than_a_portion_is_read_to_the_end_and_nothing_twice),
        BOTH_ENGINES(a_group_is_counted_up_to_its_ceiling),
        BOTH_ENGINES(who_says_something_else_leaves_and_who_removes_it_too),
        BOTH_ENGINES(people_who_are_joined_count_once),
        BOTH_ENGINES(what_has_no_letters_is_alike_to_nothing),
        BOTH_ENGINES(what_nobody_says_any_more_is_remembered_no_longer),
        BOTH_ENGINES(above_the_ceiling_the_oldest_are_remembered_no_longer),
        BOTH_ENGINES(only_large_groups_are_listed_the_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
