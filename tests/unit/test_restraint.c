/* test_restraint.c - reporting, muting and blocking: what is on record, what the network
 * is told and when, and what becomes of what somebody says meanwhile. */
#include "dialogue/restraint.h"

#include "talk.h"
#include "work/connect.h"
#include "work/work_restrain.h"

#define RELATION(muting, blocking)                                                       \
    {                                                                                    \
        0, 200, "{\"muting\":" muting ",\"blocking\":" blocking "}"                      \
    }
#define MUTED   RELATION("true", "false")
#define BLOCKED RELATION("false", "true")
#define FREE    RELATION("false", "false")
#define NO_SUCH_ADDRESS                                                                  \
    {                                                                                    \
        0, 404, "<h1>404 Not Found</h1>"                                                 \
    }

/* The talk's channel is an account on Mastodon, and Jonas wrote to it. */
struct place {
    struct talk talk;
    struct message msg;
    int64_t conversation;
};

static void at_mastodon(struct fixture *f, struct place *p)
{
    struct talk *t = &p->talk;
    struct message *list;
    size_t count;

    talk_begin(t, f);
    t->channel.settings = STR("{\"url\":\"https://peer.example\"}");
    RUN(f, "UPDATE channel SET network = 'mastodon', settings = $1",
        ARG_TEXT(t->channel.settings));
    t->channel.network = STR("mastodon");
    CHECK_OK(f, connect_keep_credential(&f->op, &t->channel, STR("token")));
    p->conversation = talk_say(t, "Jonas", "Ihr seid Idioten.");
    CHECK_OK(f, message_list_conversation(&f->op, p->conversation, &list, &count));
    p->msg = list[0];
    f->op.actor = (struct actor){ ACTOR_ACCOUNT, t->eva };
}

static int try_to(struct place *p, const char *kind, const char *reason,
                  struct restraint *ret)
{
    struct op *op = &p->talk.f->op;

    *ret = (struct restraint){ .kind = str_of(kind),
                               .reason = str_of(reason),
                               .note = STR("Nur Schimpf.") };
    if (strcmp(kind, "report") != 0)
        ret->until_at = op->now + DAYS(7);
    return restraint_ask(op, &p->msg, ret);
}

static int64_t ask(struct place *p, const char *kind)
{
    struct fixture *f = p->talk.f;
    struct restraint one;

    CHECK_OK(f, try_to(p, kind, "insult", &one));
    CHECK_OK(f, restrain_plan(&f->op, one.id));
    return one.id;
}

static struct restraint now(struct place *p, int64_t id)
{
    struct restraint one = { .id = 0 };

    assert_int_equal(restraint_get(&p->talk.f->op, id, &one), 0);
    return one;
}

static struct str url_of(const struct place *p, size_t call)
{
    return p->talk.http.seen[call].url;
}

static void a_report_is_told_once_and_stands_on_record(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct restraint one;
    int64_t id;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] =
        (struct talk_answer){ 0, 200, "{\"id\":\"9\",\"forwarded\":false}", 0 };
    id = ask(&p, "report");
    CHECK_STR(now(&p, id).state, "waiting");
    talk_work(&p.talk);
    one = now(&p, id);
    CHECK_STR(one.state, "stands");
    CHECK_STR(one.trouble, "");
    assert_true(one.asked_by == p.talk.eva && one.stood_at == f.op.now);
    assert_int_equal(p.talk.http.calls, 1);
    CHECK_STR(url_of(&p, 0), "https://peer.example/api/v1/reports");
    assert_int_equal(try_to(&p, "report", "insult", &one), ERR_CONFLICT);
    one = now(&p, id);
    assert_int_equal(restraint_end(&f.op, &one), ERR_CONFLICT);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM event WHERE kind LIKE 'restraint.%' "
                           "AND message_id = $1",
                           ARG_INT(p.msg.id)),
                     2);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM event WHERE payload LIKE '%Schimpf%' "
                           "AND workspace_id = $1",
                           ARG_INT(1)),
                     0);
}

static void a_mute_ends_by_itself_and_the_network_is_told_so(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct restraint one;
    int64_t id;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer)MUTED;
    p.talk.http.answers[1] = (struct talk_answer)FREE;
    id = ask(&p, "mute");
    talk_work(&p.talk);
    CHECK_STR(url_of(&p, 0), "https://peer.example/api/v1/accounts/Jonas/mute");
    fixture_advance(&f, DAYS(7) - 1);
    talk_work(&p.talk);
    CHECK_STR(now(&p, id).state, "stands");
    assert_int_equal(p.talk.http.calls, 1);
    fixture_advance(&f, 1);
    talk_work(&p.talk);
    one = now(&p, id);
    CHECK_STR(one.state, "lifted");
    assert_true(!one.ended_by && one.ended_at == f.op.now);
    CHECK_STR(url_of(&p, 1), "https://peer.example/api/v1/accounts/Jonas/unmute");
    fixture_advance(&f, DAYS(30));
    talk_work(&p.talk);
    assert_int_equal(p.talk.http.calls, 2);
}

static void what_the_network_does_not_offer_is_not_in_force(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct restraint one;
    int64_t id, other;
    bool on;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer)NO_SUCH_ADDRESS;
    id = ask(&p, "mute");
    talk_work(&p.talk);
    one = now(&p, id);
    CHECK_STR(one.state, "refused");
    CHECK_STR(one.trouble, "not_offered");
    assert_true(one.answer.n > 0 && !one.stood_at);
    CHECK_OK(&f, restraint_is_on(&f.op, p.msg.profile_id, &on));
    assert_false(on);
    assert_int_equal(restraint_end(&f.op, &one), ERR_CONFLICT);
    /* the channel goes on */
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM channel_health "
                           "WHERE last_error_at IS NOT NULL AND channel_id = $1",
                           ARG_INT(p.talk.channel.id)),
                     0);
    p.talk.http.answers[1] = (struct talk_answer)MUTED;
    other = ask(&p, "mute"); /* it may be tried again */
    talk_work(&p.talk);
    CHECK_STR(now(&p, other).state, "stands");
}

static void what_somebody_muted_says_is_kept_and_counted_as_hidden(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct conversation c;
    struct restraint one;
    int64_t id, kept, second;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer)MUTED;
    p.talk.http.answers[1] = (struct talk_answer)FREE;
    fixture_advance(&f, HOURS(1));
    id = ask(&p, "mute");
    talk_work(&p.talk);
    fixture_advance(&f, HOURS(1));
    talk_say(&p.talk, "Jonas", "Und noch etwas: wo ist mein Paket?");
    CHECK_OK(&f, conversation_need(&f.op, p.conversation, &c));
    assert_false(conversation_is_finished(&c)); /* what was open goes on */
    CHECK_OK(&f, desk_close(&f.op, p.conversation, STR("no_answer_needed"), STR("")));
    second = talk_say(&p.talk, "Jonas", "Wann kommt denn mein Paket?");
    CHECK_OK(&f, conversation_need(&f.op, second, &c));
    CHECK_STR(c.close_reason, "hidden");
    CHECK_STR(c.close_note, DESK_QUIETENED);
    assert_int_equal(c.waiting_since_at, 0);
    one = now(&p, id);
    CHECK_OK(&f, restraint_kept(&f.op, &one, &kept));
    assert_int_equal(kept, 2);
    CHECK_OK(&f, conversation_need(&f.op, talk_say(&p.talk, "Mara", "Wo ist mein Paket?"),
                                   &c));
    assert_false(conversation_is_finished(&c)); /* nobody else is meant */
    f.op.actor = (struct actor){ ACTOR_ACCOUNT, p.talk.eva };
    CHECK_OK(&f, restraint_end(&f.op, &one));
    CHECK_OK(&f, restrain_plan(&f.op, id));
    talk_work(&p.talk);
    CHECK_STR(now(&p, id).state, "lifted");
    assert_int_equal(now(&p, id).ended_by, p.talk.eva);
    second = talk_say(&p.talk, "Jonas", "Wann kommt denn nun mein Paket?");
    CHECK_OK(&f, conversation_need(&f.op, second, &c));
    assert_false(conversation_is_finished(&c));
}

static void until_the_network_takes_the_end_it_is_told_again(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct restraint one;
    int64_t id;
    bool on;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer)BLOCKED;
    p.talk.http.answers[1] =
        (struct talk_answer){ 0, 403, "{\"error\":\"outside the scopes\"}", 0 };
    p.talk.http.answers[2] = (struct talk_answer)BLOCKED;
    p.talk.http.answers[3] = (struct talk_answer)FREE;
    id = ask(&p, "block");
    talk_work(&p.talk);
    one = now(&p, id);
    CHECK_OK(&f, restraint_end(&f.op, &one));
    CHECK_OK(&f, restrain_plan(&f.op, id));
    talk_work(&p.talk);
    CHECK_STR(now(&p, id).state, "lifting");
    CHECK_STR(now(&p, id).trouble, "restrain_rights");
    CHECK_OK(&f, restraint_is_on(&f.op, p.msg.profile_id, &on));
    assert_true(on); /* it still is */
    for (int i = 0; i < 4; i++) {
        fixture_advance(&f, HOURS(1));
        talk_work(&p.talk);
    }
    CHECK_STR(now(&p, id).state, "lifted");
    CHECK_STR(now(&p, id).trouble, "");
    assert_int_equal(p.talk.http.calls, 4);
}

static void a_lost_answer_makes_no_second_report_and_one_more_block(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    int64_t report, block;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer){ HTTP_MAY_HAVE_LEFT, 0, "", 0 };
    report = ask(&p, "report");
    talk_work(&p.talk);
    fixture_advance(&f, HOURS(2));
    talk_work(&p.talk);
    CHECK_STR(now(&p, report).state, "unsure");
    assert_int_equal(p.talk.http.calls, 1);
    p.talk.http.answers[1] = (struct talk_answer){ HTTP_MAY_HAVE_LEFT, 0, "", 0 };
    p.talk.http.answers[2] = (struct talk_answer)BLOCKED;
    block = ask(&p, "block");
    talk_work(&p.talk);
    CHECK_STR(now(&p, block).state, "waiting");
    fixture_advance(&f, HOURS(2));
    talk_work(&p.talk);
    CHECK_STR(now(&p, block).state, "stands");
    assert_int_equal(p.talk.http.calls, 3);
}

/* Taken back before the network was told, it is told all the same that it is over. */
static void what_was_taken_back_at_once_does_not_stand(void **state)
{
    FIXTURE_BOTH(f);
    struct place p;
    struct restraint one;
    int64_t id;

    at_mastodon(&f, &p);
    p.talk.http.answers[0] = (struct talk_answer)FREE;
    id = ask(&p, "block");
    one = now(&p, id);
    CHECK_OK(&f, restraint_end(&f.op, &one));
    talk_work(&p.talk);
    CHECK_STR(now(&p, id).state, "lifted");
    CHECK_STR(url_of(&p, 0), "https://peer.example/api/v1/accounts/Jonas/unblock");
    assert_int_equal(p.talk.http.calls, 1);
}

static void nobody_is_restrained_without_a_reason_and_an_end(void **state)
{
    FIXTURE_BOTH(f);
    struct restraint one;
    struct place p;

    at_mastodon(&f, &p);
    assert_int_equal(try_to(&p, "mute", "image", &one), ERR_INVALID);
    assert_int_equal(try_to(&p, "block", "", &one), ERR_INVALID);
    one = (struct restraint){ .kind = STR("report"), .reason = STR("spam") };
    assert_int_equal(restraint_ask(&f.op, &p.msg, &one), ERR_INVALID); /* no words */
    one = (struct restraint){ .kind = STR("block"), .reason = STR("spam") };
    assert_int_equal(restraint_ask(&f.op, &p.msg, &one), ERR_INVALID); /* no end */
    one.until_at = f.op.now + DAYS(RESTRAINT_MAX_DAYS) + 1;
    assert_int_equal(restraint_ask(&f.op, &p.msg, &one), ERR_INVALID);
    one.until_at = f.op.now + DAYS(RESTRAINT_MAX_DAYS);
    CHECK_OK(&f, restraint_ask(&f.op, &p.msg, &one));
    assert_int_equal(try_to(&p, "block", "spam", &one), ERR_CONFLICT);
    CHECK_OK(&f, try_to(&p, "mute", "spam", &one)); /* that is another */
    p.msg.direction = STR("out");
    assert_int_equal(try_to(&p, "report", "spam", &one), ERR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_report_is_told_once_and_stands_on_record),
        BOTH_ENGINES(a_mute_ends_by_itself_and_the_network_is_told_so),
        BOTH_ENGINES(what_the_network_does_not_offer_is_not_in_force),
        BOTH_ENGINES(what_somebody_muted_says_is_kept_and_counted_as_hidden),
        BOTH_ENGINES(until_the_network_takes_the_end_it_is_told_again),
        BOTH_ENGINES(a_lost_answer_makes_no_second_report_and_one_more_block),
        BOTH_ENGINES(what_was_taken_back_at_once_does_not_stand),
        BOTH_ENGINES(nobody_is_restrained_without_a_reason_and_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
