/* test_chaser.c - who asks after an earlier message in another thread: joined to the old
 * case, with the clock of the first message, or offered when that is not certain. */
#include "desk/chaser.h"
#include "dialogue/findings.h"
#include "dialogue/inbox.h"
#include "dialogue/message.h"
#include "talk.h"

#define DAY_LATER HOURS(20)
#define QUESTION  "Wann wird mein Anschluss freigeschaltet?"
#define AFTER_IT  "Bitte meine Anfrage von gestern endlich beantworten"

struct voice {
    const char *thread, *profile;
    int64_t channel_id, person_id;
    uint32_t marks;
    bool may_chase;
};

static int64_t say(struct talk *t, const struct voice *v, const char *text)
{
    struct fixture *f = t->f;
    struct intake_result result;
    struct incoming in = {
        .channel_id = v->channel_id ? v->channel_id : t->channel.id,
        .external_id = arena_fmt(&f->arena, "v-%lld", (long long)++t->said),
        .thread = { .external_id = str_of(v->thread),
                    .kind = STR("post"),
                    .visibility = STR("public") },
        .author = { .external_id = str_of(v->profile),
                    .name = STR("Ada"),
                    .person_id = v->person_id },
        .body = str_of(text),
        .marks = v->marks,
        .may_chase = v->may_chase || v->marks & MARK_CHASER,
        .asks_us = true,
        .sent_at = f->op.now,
        .received_at = f->op.now,
        .open_conversations = true,
    };

    CHECK_OK(f, intake_item(&f->op, &in, &result));
    CHECK_OK(f, desk_on_inbound(&f->op, &in, &result));
    return result.conversation.id;
}

static struct conversation of(struct talk *t, int64_t id)
{
    struct conversation c;

    assert_int_equal(conversation_get(&t->f->op, id, &c), 0);
    return c;
}

static int64_t other_channel(struct talk *t)
{
    struct channel channel = t->channel;

    channel.id = 0;
    channel.name = STR("Zweite Leitung");
    CHECK_OK(t->f, channel_add(&t->f->op, &channel));
    return channel.id;
}

static const struct voice first = { .thread = "one", .profile = "ada" };
static const struct voice again = { .thread = "two",
                                    .profile = "ada",
                                    .marks = MARK_CHASER };

static void a_sure_one_is_joined_with_the_clock_of_the_first(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t old = say(&t, &first, QUESTION);
    struct conversation before = of(&t, old), c;

    fixture_advance(&f, DAY_LATER);
    assert_int_equal(say(&t, &again, AFTER_IT), old);
    c = of(&t, old);
    assert_int_equal(c.waiting_since_at, before.waiting_since_at);
    assert_int_equal(c.due_at, before.due_at);
    assert_int_equal(c.opened_at, before.opened_at);
    assert_int_equal(c.last_inbound_at, f.op.now);
    assert_int_equal(c.priority, 1);
    assert_true(str_is(c.state, "new"));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation "
                               "WHERE merged_into IS NULL"),
                     1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM message WHERE conversation_id = $1",
                           ARG_INT(old)),
                     2);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM wait WHERE voided_at IS NULL"), 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event "
                               "WHERE kind = 'conversation.chased'"),
                     1);
    /* what comes there later belongs to it as well, whatever it says */
    assert_int_equal(
        say(&t, &(struct voice){ .thread = "two", .profile = "ada" }, "Und?"), old);
}

static void one_that_waited_for_the_person_is_ours_again(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t old = say(&t, &first, QUESTION);
    struct conversation c;

    talk_reply(&t, old, "Am Montag.");
    fixture_advance(&f, DAYS(3));
    assert_true(str_is(of(&t, old).state, "waiting"));
    assert_int_equal(say(&t, &again, AFTER_IT), old);
    c = of(&t, old);
    assert_true(str_is(c.state, "open"));
    assert_int_equal(c.waiting_for.n, 0);
    assert_int_equal(c.waiting_since_at, f.op.now); /* the first was answered */
}

/* Each of these leaves a doubt, and nothing is joined. */
static void what_is_not_certain_is_offered_and_joined_by_a_person(void **state)
{
    enum { GUESS, TWO_OPEN, OTHER_CHANNEL, TYPED, CASES };

    for (int i = 0; i < CASES; i++) {
        FIXTURE_BOTH(f);
        TALK(t, f);
        struct voice begin = first, later = again;
        int64_t old, id;
        struct conversation c;

        if (i == TYPED)
            begin.profile = later.profile = PROFILE_TYPED "ada";
        old = say(&t, &begin, QUESTION);
        later.person_id = of(&t, old).person_id;
        if (i == GUESS)
            later =
                (struct voice){ .thread = "two", .profile = "ada", .may_chase = true };
        if (i == TWO_OPEN)
            say(&t, &(struct voice){ .thread = "three", .profile = "ada" }, "Und das?");
        if (i == OTHER_CHANNEL) {
            later.channel_id = other_channel(&t);
            later.profile = "ada_there";
        }
        fixture_advance(&f, DAY_LATER);
        id = say(&t, &later, AFTER_IT);
        assert_true(id != old);
        c = of(&t, id);
        assert_true(str_is(c.suggestion, CHASER_SUGGESTION));
        assert_int_equal(c.person_id, of(&t, old).person_id);
        assert_int_equal(c.priority, i == GUESS ? 0 : 1);
        later.marks = 0;
        say(&t, &later, "Hallo?"); /* the offer stands */
        assert_true(str_is(of(&t, id).suggestion, CHASER_SUGGESTION));
        CHECK_OK(&f, desk_merge(&f.op, id, old));
        assert_int_equal(of(&t, old).waiting_since_at, FIXTURE_NOW);
    }
}

static void without_an_open_case_of_this_person_there_is_nothing_to_join(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct check_back cb;
    int64_t old = say(&t, &first, QUESTION), id;

    id = say(&t,
             &(struct voice){ .thread = "two", .profile = "ben", .marks = MARK_CHASER },
             AFTER_IT);
    assert_true(id != old);
    assert_int_equal(of(&t, id).suggestion.n, 0);
    assert_int_equal(of(&t, id).priority, 1); /* somebody says that they wait */
    CHECK_OK(&f, desk_solve(&f.op, old, false, &cb));
    id = say(&t, &again, AFTER_IT);
    assert_true(id != old);
    assert_int_equal(of(&t, id).suggestion.n, 0);
}

static void a_new_matter_of_the_same_person_stays_one_of_its_own(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t old = say(&t, &first, QUESTION);
    int64_t id = say(&t, &(struct voice){ .thread = "two", .profile = "ada" },
                     "Haben Sie am Samstag geöffnet?");

    assert_true(id != old);
    assert_int_equal(of(&t, id).suggestion.n, 0);
    assert_int_equal(of(&t, id).priority, 0);
}

/* Whatever fails on the way: nothing is joined by half. */
static void a_join_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        FIXTURE_STORE(f);
        TALK(t, f);
        int64_t old = say(&t, &first, QUESTION);
        struct intake_result result;
        struct incoming in = { .channel_id = t.channel.id,
                               .external_id = STR("late"),
                               .thread = { .external_id = STR("two"),
                                           .kind = STR("post"),
                                           .visibility = STR("public") },
                               .author = { .external_id = STR("ada"),
                                           .name = STR("Ada") },
                               .body = STR(AFTER_IT),
                               .marks = MARK_CHASER,
                               .may_chase = true,
                               .sent_at = f.op.now,
                               .received_at = f.op.now,
                               .open_conversations = true };
        bool failed;
        int r;

        {
            DB_TX(tx);

            CHECK_OK(&f, db_begin(&f.op, &tx));
            f.op.db = flaky_db(f.op.db, nth);
            r = intake_item(&f.op, &in, &result);
            if (r >= 0)
                r = desk_on_inbound(&f.op, &in, &result);
            failed = flaky_db_has_failed(f.op.db);
            flaky_db_remove(&f.op);
            if (r >= 0)
                CHECK_OK(&f, db_commit(&tx));
        }
        assert_int_equal(COUNT(&f,
                               "SELECT COUNT(*) FROM message WHERE "
                               "conversation_id = $1",
                               ARG_INT(old)),
                         failed ? 1 : 2);
        if (!failed)
            return;
        assert_true(r < 0 && nth < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_sure_one_is_joined_with_the_clock_of_the_first),
        BOTH_ENGINES(one_that_waited_for_the_person_is_ours_again),
        BOTH_ENGINES(what_is_not_certain_is_offered_and_joined_by_a_person),
        BOTH_ENGINES(without_an_open_case_of_this_person_there_is_nothing_to_join),
        BOTH_ENGINES(a_new_matter_of_the_same_person_stays_one_of_its_own),
        cmocka_unit_test(a_join_that_fails_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
