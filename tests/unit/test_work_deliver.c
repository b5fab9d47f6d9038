/* test_work_deliver.c - what becomes of a reply, whatever the other end does. */
#include "base/json.h"
#include "dialogue/message.h"
#include "talk.h"
#include "work/works.h"

enum { NO_LINE = HTTP_NOT_SENT, LOST = HTTP_MAY_HAVE_LEFT, FORBIDDEN = HTTP_REFUSED };

#define TAKEN                                                                            \
    {                                                                                    \
        0, 200, "{\"external_id\":\"r-1\"}"                                              \
    }
#define FOUND                                                                            \
    {                                                                                    \
        0, 200, "{\"items\":[{\"external_id\":\"r-1\"}]}"                                \
    }
#define ABSENT                                                                           \
    {                                                                                    \
        0, 200, "{\"items\":[]}"                                                         \
    }

/* Half a day, in steps in which everything due is done. */
static void let_time_pass(struct talk *t, int64_t ms, int64_t step)
{
    talk_work(t);
    for (; ms > 0; ms -= step) {
        fixture_advance(t->f, step);
        talk_work(t);
    }
}

static void one_fault_of_the_other_end_never_loses_or_doubles_a_reply(void **state)
{
    static const struct {
        struct talk_answer answers[4];
        const char *asked; /* P a post, G a look, in order */
        const char *state, *how, *reason;
    } cases[] = {
        { { TAKEN }, "P", "sent", "answered", "" },
        { { { 0, 500, "" }, ABSENT, TAKEN }, "PGP", "sent", "answered", "" },
        { { { 0, 500, "" }, FOUND }, "PG", "sent", "found", "" },
        { { { LOST, 0, "" }, FOUND }, "PG", "sent", "found", "" },
        { { { LOST, 0, "" }, ABSENT, TAKEN }, "PGP", "sent", "answered", "" },
        { { { LOST, 0, "" }, { 0, 500, "" }, FOUND }, "PGG", "sent", "found", "" },
        { { { NO_LINE, 0, "" }, TAKEN }, "PP", "sent", "answered", "" },
        { { { 0, 429, "", 90 }, TAKEN }, "PP", "sent", "answered", "" },
        { { { 0, 422, "{\"error\":\"no\"}" } },
          "P",
          "failed",
          "",
          "the receiver answered 422: no" },
        { { { FORBIDDEN, 0, "" } }, "P", "failed", "", "no line" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *who = arena_cstr(&f.arena, arena_fmt(&f.arena, "P%zu", i));
        struct outbox box;
        char asked[TALK_MAX_CALLS + 1] = "";

        t.http.calls = 0;
        memcpy(t.http.answers, cases[i].answers, sizeof(cases[i].answers));
        box = talk_reply(&t, talk_say(&t, who, "?"), "ja");
        let_time_pass(&t, HOURS(1), SECONDS(30));
        for (size_t n = 0; n < t.http.calls; n++)
            asked[n] = str_is(t.http.seen[n].method, "POST") ? 'P' : 'G';
        if (strcmp(asked, cases[i].asked) != 0)
            fail_msg("case %zu asked %s", i, asked);
        box = talk_box(&t, box.id);
        CHECK_STR(box.state, cases[i].state);
        CHECK_STR(box.how, cases[i].how);
        CHECK_STR(box.reason, cases[i].reason);
        RUN(&f, "UPDATE message SET external_id = NULL WHERE external_id = 'r-1'");
    }
}

static void each_try_sends_the_same_bytes_under_the_same_key(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box;
    struct json *body;

    t.http.answers[0] = (struct talk_answer){ NO_LINE, 0, "", 0 };
    t.http.answers[1] = (struct talk_answer)TAKEN;
    box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "Bitte neu starten");
    talk_work(&t);
    RUN(&f, "UPDATE account SET name = 'Eva Neu'");
    let_time_pass(&t, MINUTES(5), SECONDS(30));
    assert_int_equal(t.http.calls, 2);
    assert_true(str_eq(t.http.seen[0].body, t.http.seen[1].body));
    CHECK_OK(&f, json_parse(&f.op, t.http.seen[0].body, &body));
    assert_true(str_eq(json_text(body, "idempotency_key"), box.idempotency_key));
    CHECK_STR(json_text(body, "thread_external_id"), "post");
    CHECK_STR(json_text(body, "parent_external_id"), "c-1");
    CHECK_STR(json_text(body, "visibility"), "public");
    CHECK_STR(json_text(body, "body"), "Bitte neu starten");
    CHECK_STR(json_text(body, "author_name"), "Eva");
}

static void the_wish_to_be_left_alone_is_kept_to_the_second(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    t.http.answers[0] = (struct talk_answer){ 0, 429, "", 90 };
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, SECONDS(89), SECONDS(1));
    assert_int_equal(t.http.calls, 1);
    let_time_pass(&t, SECONDS(1), SECONDS(1));
    assert_int_equal(t.http.calls, 2);
}

static void nobody_is_asked_before_the_quiet_time_is_over(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    t.http.answers[0] = (struct talk_answer){ LOST, 0, "", 0 };
    t.http.answers[1] = (struct talk_answer)FOUND;
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, SECONDS(29), SECONDS(1));
    assert_int_equal(t.http.calls, 1);
    let_time_pass(&t, SECONDS(1), SECONDS(1));
    assert_int_equal(t.http.calls, 2);
}

static void
what_cannot_be_told_is_asked_five_times_and_then_left_to_a_person(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box;

    t.http.answers[0] = (struct talk_answer){ LOST, 0, "", 0 };
    for (int i = 1; i < 20; i++)
        t.http.answers[i] = (struct talk_answer){ 0, 500, "", 0 };
    box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, HOURS(12), MINUTES(1));
    assert_int_equal(t.http.calls, 6);
    box = talk_box(&t, box.id);
    CHECK_STR(box.state, "uncertain");
    CHECK_STR(box.reason, "the receiver answered 500");
    let_time_pass(&t, DAYS(3), HOURS(6));
    assert_int_equal(t.http.calls, 6); /* never by itself again */
}

static void
a_worker_that_dies_while_sending_leaves_a_doubt_that_is_looked_up(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box;
    int64_t at;

    t.http.answers[0] = (struct talk_answer)FOUND;
    box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    CHECK_OK(&f,
             outbox_claim(&f.op, box.id, &box, &at)); /* and then the light went out */
    let_time_pass(&t, OUTBOX_LEASE_MS - SECONDS(1), SECONDS(1));
    CHECK_STR(talk_state(&t, box.id), "sending");
    let_time_pass(&t, MINUTES(2), SECONDS(10));
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(t.http.calls, 1);
    CHECK_STR(t.http.seen[0].method, "GET");
}

/* The process is killed in the middle of a try: its job stays "running" until the job's
 * own lease ends by the machine's clock, but the item must not wait for that. */
static int killed(struct op *op, const struct http_client *client,
                  const struct http_call *call, struct http_reply *ret)
{
    struct fixture *f = CONTAINER_OF(op->world, struct fixture, world);

    (void)client;
    (void)call;
    (void)ret;
    RUN(f, "UPDATE job SET epoch = epoch + 1 WHERE kind = 'deliver'");
    RUN(f, "UPDATE outbox SET epoch = epoch + 1"); /* nothing that follows counts */
    return HTTP_MAY_HAVE_LEFT;
}

static void a_killed_worker_is_replaced_when_the_lease_of_the_item_ends(void **state)
{
    struct http_client dying = { .send = killed };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    f.world.http = &dying;
    talk_work(&t);
    CHECK_STR(talk_state(&t, box.id), "sending");
    assert_int_equal(
        COUNT(&f,
              "SELECT COUNT(*) FROM job WHERE kind = 'deliver' AND state = 'running'"),
        1);
    f.world.http = &t.http.base;
    t.http.answers[0] = (struct talk_answer)ABSENT;
    t.http.answers[1] = (struct talk_answer)TAKEN;
    let_time_pass(&t, OUTBOX_LEASE_MS + MINUTES(1), SECONDS(30));
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(t.http.calls, 2);
}

static void a_reply_that_finally_fails_opens_the_wait_again(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "Mein W-Lan geht nicht?");
    struct outbox box;

    t.http.answers[0] = (struct talk_answer){ 0, 400, "", 0 };
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM wait WHERE closed_at IS NULL"), 1);
    fixture_advance(&f, MINUTES(5));
    box = talk_reply(&t, c, "ja");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM wait WHERE closed_at IS NULL"), 0);
    talk_work(&t);
    CHECK_STR(talk_state(&t, box.id), "failed");
    assert_true(COUNT(&f, "SELECT opened_at FROM wait WHERE closed_at IS NULL") ==
                FIXTURE_NOW);
}

static void replies_of_one_conversation_leave_in_their_order(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    struct json *body;

    t.http.answers[0] = (struct talk_answer){ NO_LINE, 0, "", 0 };
    talk_reply(&t, c, "eins");
    talk_reply(&t, c, "zwei");
    talk_reply(&t, c, "drei");
    let_time_pass(&t, MINUTES(10), SECONDS(10));
    assert_int_equal(t.http.calls, 4);
    for (size_t i = 0; i < 4; i++) {
        static const char *const order[] = { "eins", "eins", "zwei", "drei" };

        CHECK_OK(&f, json_parse(&f.op, t.http.seen[i].body, &body));
        CHECK_STR(json_text(body, "body"), order[i]);
    }
}

static void without_an_address_a_reply_is_recorded_and_says_so(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct channel now = t.channel;
    struct outbox box;

    now.settings = STR("{}");
    CHECK_OK(&f, channel_update(&f.op, &t.channel, &now));
    box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    talk_work(&t);
    CHECK_STR(talk_state(&t, box.id), "sent");
    CHECK_STR(talk_box(&t, box.id).how, "no_address");
    assert_int_equal(t.http.calls, 0);
}

static void a_network_that_this_program_does_not_speak_fails_in_words(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct channel now = t.channel;
    struct outbox box;

    now.network = STR("morse");
    CHECK_OK(&f, channel_update(&f.op, &t.channel, &now));
    box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    talk_work(&t);
    CHECK_STR(talk_state(&t, box.id), "failed");
    CHECK_STR(talk_box(&t, box.id).reason, "this program does not speak morse");
}

static void a_held_reply_stays_until_it_is_approved(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct desk_reply reply = { .conversation_id = talk_say(&t, "Jonas", "?"),
                                .body = STR("ja"),
                                .visibility = STR("public"),
                                .needs_approval = true };
    struct message message;
    struct outbox box;

    CHECK_OK(&f, desk_reply(&f.op, &reply, &message, &box));
    let_time_pass(&t, DAYS(2), HOURS(1));
    assert_int_equal(t.http.calls, 0);
    CHECK_OK(&f, outbox_approve(&f.op, box.id));
    talk_work(&t);
    assert_int_equal(t.http.calls, 1);
    CHECK_STR(talk_state(&t, box.id), "sent");
}

static void what_the_channel_does_shows_in_its_health(void **state)
{
    struct channel_health health;
    FIXTURE_BOTH(f);
    TALK(t, f);

    t.http.answers[0] = (struct talk_answer){ 0, 400, "", 0 };
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    talk_work(&t);
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    CHECK_STR(health.last_error, "the receiver answered 400");
    assert_true(health.last_error_at == FIXTURE_NOW);
    assert_int_equal(health.last_success_at, 0);
    talk_reply(&t, talk_say(&t, "Wera", "?"), "ja");
    talk_work(&t);
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_true(health.last_success_at == FIXTURE_NOW);
}

/* Many replies through an end that fails at random, with a ledger of its own: each is
 * there once, or the outbox says that a person must look. */
struct peer {
    struct http_client base;
    struct fixture *f;
    struct str taken[400];
    size_t count;
};

static bool knows(const struct peer *peer, struct str text)
{
    for (size_t i = 0; i < peer->count; i++)
        if (str_find(text, peer->taken[i]) >= 0)
            return true;
    return false;
}

static int moody(struct op *op, const struct http_client *client,
                 const struct http_call *call, struct http_reply *ret)
{
    struct peer *peer = CONTAINER_OF(client, struct peer, base);
    uint64_t dice = random_u64(&peer->f->op) % 10;
    bool post = str_is(call->method, "POST");
    struct json *body;

    *ret =
        (struct http_reply){ .status = 500, .body = STR(""), .reason = STR("no line") };
    if (dice == 0)
        return HTTP_NOT_SENT;
    if (dice == 1)
        return HTTP_MAY_HAVE_LEFT; /* before it was taken */
    if (dice == 2)
        return 0; /* 500 */
    if (post) {
        CHECK_OK(peer->f, json_parse(op, call->body, &body));
        peer->taken[peer->count++] =
            arena_dup(&peer->f->arena, json_text(body, "idempotency_key"));
    }
    if (dice <= 4)
        return HTTP_MAY_HAVE_LEFT; /* the answer was lost */
    ret->status = post ? 204 : 200;
    if (!post)
        ret->body =
            knows(peer, call->url) ? STR("{\"items\":[{}]}") : STR("{\"items\":[]}");
    return 0;
}

static void two_hundred_replies_arrive_once_each_or_say_uncertain(void **state)
{
    struct peer peer = { .base.send = moody };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox *boxes;
    size_t count;

    peer.f = &f;
    f.world.http = &peer.base;
    for (int i = 0; i < 40; i++) {
        const char *who = arena_cstr(&f.arena, arena_fmt(&f.arena, "P%d", i));
        int64_t c = talk_say(&t, who, "?");

        for (int n = 0; n < 5; n++)
            talk_reply(&t, c, "ja");
    }
    let_time_pass(&t, DAYS(2), MINUTES(20));
    CHECK_OK(&f, outbox_list(&f.op, STR(""), 0, 300, &boxes, &count));
    assert_int_equal(count, 200);
    for (size_t i = 0; i < count; i++) {
        size_t times = 0;

        for (size_t n = 0; n < peer.count; n++)
            times += str_eq(peer.taken[n], boxes[i].idempotency_key);
        if (str_is(boxes[i].state, "sent"))
            assert_int_equal(times, 1);
        else {
            CHECK_STR(boxes[i].state, "uncertain");
            assert_true(times <= 1);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(one_fault_of_the_other_end_never_loses_or_doubles_a_reply),
        BOTH_ENGINES(each_try_sends_the_same_bytes_under_the_same_key),
        BOTH_ENGINES(the_wish_to_be_left_alone_is_kept_to_the_second),
        BOTH_ENGINES(nobody_is_asked_before_the_quiet_time_is_over),
        BOTH_ENGINES(what_cannot_be_told_is_asked_five_times_and_then_left_to_a_person),
        BOTH_ENGINES(a_worker_that_dies_while_sending_leaves_a_doubt_that_is_looked_up),
        BOTH_ENGINES(a_killed_worker_is_replaced_when_the_lease_of_the_item_ends),
        BOTH_ENGINES(a_reply_that_finally_fails_opens_the_wait_again),
        BOTH_ENGINES(replies_of_one_conversation_leave_in_their_order),
        BOTH_ENGINES(without_an_address_a_reply_is_recorded_and_says_so),
        BOTH_ENGINES(a_network_that_this_program_does_not_speak_fails_in_words),
        BOTH_ENGINES(a_held_reply_stays_until_it_is_approved),
        BOTH_ENGINES(what_the_channel_does_shows_in_its_health),
        BOTH_ENGINES(two_hundred_replies_arrive_once_each_or_say_uncertain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
