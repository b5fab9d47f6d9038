/* test_outbox.c - what leaves moves as its header draws it, and never by guessing. */
#include "dialogue/message.h"
#include "talk.h"

/* Claim what must be claimable. */
static struct outbox claim(struct fixture *f, int64_t id)
{
    struct outbox box;
    int64_t at = -1;

    CHECK_OK(f, outbox_claim(&f->op, id, &box, &at));
    CHECK_STR(box.state, "sending");
    return box;
}

static struct outbox claim_find(struct fixture *f, int64_t id, int64_t number)
{
    struct outbox box;
    int64_t at, found = -1;

    assert_int_equal(outbox_claim_find(&f->op, id, &box, &found, &at), 0);
    assert_int_equal(found, number);
    return box;
}

static int settle(struct fixture *f, const struct outbox *box,
                  enum outbox_outcome outcome, int64_t retry_at)
{
    struct outbox_result result = { .outcome = outcome,
                                    .external_id = STR(""),
                                    .reason = STR("so it is"),
                                    .retry_at = retry_at };
    int r;

    if (outcome == OUTBOX_SENT || outcome == OUTBOX_FOUND)
        result.external_id = STR("r-1");
    r = outbox_settle(&f->op, box, &result);
    CHECK_OK(f, r);
    return r;
}

static void is_not_yet(struct fixture *f, int64_t id, int64_t expected_at)
{
    struct outbox box;
    int64_t at = -1;

    assert_int_equal(outbox_claim(&f->op, id, &box, &at), OUTBOX_NOT_YET);
    assert_true(at == expected_at);
}

static void a_reply_is_queued_with_a_job_and_a_key_of_its_own(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct outbox a = talk_reply(&t, c, "eins"), b = talk_reply(&t, c, "zwei");

    CHECK_STR(a.state, "queued");
    assert_false(str_eq(a.idempotency_key, b.idempotency_key));
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM job WHERE kind = 'deliver' AND state = 'queued'"),
        2);
}

static void each_outcome_leads_where_the_header_says(void **state)
{
    static const struct {
        enum outbox_outcome outcome;
        int64_t wait;
        const char *state, *delivery;
    } cases[] = {
        { OUTBOX_SENT, 0, "sent", "sent" },
        { OUTBOX_LATER, 60000, "queued", "later" },
        { OUTBOX_REFUSED, 0, "failed", "refused" },
        { OUTBOX_DOUBT, 30000, "unknown", "doubt" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t c =
            talk_say(&t, arena_cstr(&f.arena, arena_fmt(&f.arena, "P%zu", i)), "?");
        struct outbox box = talk_reply(&t, c, "ja"), now;
        int64_t at = f.op.now + cases[i].wait;

        box = claim(&f, box.id);
        assert_int_equal(box.epoch, 1);
        assert_int_equal(settle(&f, &box, cases[i].outcome, at), 0);
        now = talk_box(&t, box.id);
        CHECK_STR(now.state, cases[i].state);
        assert_int_equal(now.attempts, 1);
        assert_true(now.next_try_at == (cases[i].wait ? at : 0));
        assert_int_equal(now.lease_until_at, 0);
        assert_int_equal(COUNT(&f,
                               "SELECT COUNT(*) FROM delivery WHERE outbox_id = $1 AND "
                               "outcome = $2 AND ended_at IS NOT NULL",
                               ARG_INT(box.id), ARG_TEXT(str_of(cases[i].delivery))),
                         1);
        /* the network's name for it is one message's only */
        RUN(&f, "UPDATE message SET external_id = NULL WHERE external_id = 'r-1'");
    }
}

static void what_is_unknown_is_found_proved_absent_or_stays_in_doubt(void **state)
{
    static const struct {
        enum outbox_outcome outcome;
        int64_t wait;
        const char *state, *how;
    } cases[] = {
        { OUTBOX_FOUND, 0, "sent", "found" },
        { OUTBOX_ABSENT, 0, "queued", "" },
        { OUTBOX_SAME_NAME, 0, "queued", "" },
        { OUTBOX_CANNOT_TELL, 5000, "unknown", "" },
        { OUTBOX_CANNOT_TELL, 0, "uncertain", "" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t c =
            talk_say(&t, arena_cstr(&f.arena, arena_fmt(&f.arena, "P%zu", i)), "?");
        struct outbox box = talk_reply(&t, c, "ja");

        box = claim(&f, box.id);
        assert_int_equal(settle(&f, &box, OUTBOX_DOUBT, f.op.now), 0);
        box = claim_find(&f, box.id, 1);
        assert_int_equal(settle(&f, &box, cases[i].outcome,
                                cases[i].wait ? f.op.now + cases[i].wait : 0),
                         0);
        box = talk_box(&t, box.id);
        CHECK_STR(box.state, cases[i].state);
        CHECK_STR(box.how, cases[i].how);
    }
}

static void sending_gives_the_message_its_name_in_the_network(void **state)
{
    struct message message;
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    assert_int_equal(settle(&f, &box, OUTBOX_SENT, 0), 0);
    assert_int_equal(message_get(&f.op, box.message_id, &message), 0);
    CHECK_STR(message.external_id, "r-1");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'outbox.sent'"),
                     1);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'message.delivered'"), 1);
}

static void a_worker_that_was_thought_dead_changes_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja"), stale, finder;
    int64_t events;

    stale = claim(&f, box.id);
    CHECK_OK(&f, outbox_expire_lease(&f.op, box.id));
    CHECK_STR(talk_state(&t, box.id), "sending"); /* its lease still runs */
    fixture_advance(&f, OUTBOX_LEASE_MS);
    CHECK_OK(&f, outbox_expire_lease(&f.op, box.id));
    CHECK_STR(talk_state(&t, box.id), "unknown");
    events = COUNT(&f, "SELECT COUNT(*) FROM event");
    assert_int_equal(settle(&f, &stale, OUTBOX_SENT, 0), OUTBOX_STALE);
    assert_int_equal(settle(&f, &stale, OUTBOX_REFUSED, 0), OUTBOX_STALE);
    finder = claim_find(&f, box.id, 1);
    assert_int_equal(settle(&f, &stale, OUTBOX_FOUND, 0), OUTBOX_STALE);
    CHECK_STR(talk_state(&t, box.id), "unknown");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), events + 1); /* the claim */
    assert_int_equal(settle(&f, &finder, OUTBOX_ABSENT, 0), 0);
    CHECK_STR(talk_state(&t, box.id), "queued");
}

static void an_outcome_that_does_not_fit_the_state_is_dropped(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    assert_int_equal(settle(&f, &box, OUTBOX_ABSENT, 0), OUTBOX_STALE);
    CHECK_STR(talk_state(&t, box.id), "sending");
    assert_int_equal(settle(&f, &box, OUTBOX_SENT, 0), 0);
    assert_int_equal(settle(&f, &box, OUTBOX_REFUSED, 0), OUTBOX_STALE);
    CHECK_STR(talk_state(&t, box.id), "sent");
}

static void of_one_conversation_the_oldest_goes_first(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?"), other = talk_say(&t, "Wera", "?");
    struct outbox a = talk_reply(&t, c, "eins"), b = talk_reply(&t, c, "zwei");
    struct outbox alone = talk_reply(&t, other, "drei");
    int64_t look_again = f.op.now + SECONDS(30);

    is_not_yet(&f, b.id, look_again); /* queued before it */
    a = claim(&f, a.id);
    is_not_yet(&f, b.id, look_again); /* on its way */
    claim(&f, alone.id);              /* nobody's turn but its own */
    assert_int_equal(settle(&f, &a, OUTBOX_LATER, f.op.now + MINUTES(10)), 0);
    is_not_yet(&f, b.id, look_again); /* it waits for its next try */
    is_not_yet(&f, a.id, f.op.now + MINUTES(10));
    fixture_advance(&f, MINUTES(10));
    a = claim(&f, a.id);
    assert_int_equal(settle(&f, &a, OUTBOX_DOUBT, f.op.now), 0);
    is_not_yet(&f, b.id, f.op.now + SECONDS(30)); /* unknown */
    a = claim_find(&f, a.id, 1);
    assert_int_equal(settle(&f, &a, OUTBOX_CANNOT_TELL, 0), 0);
    claim(&f, b.id); /* uncertain holds nobody up: a person decides */
}

static void one_planned_for_a_later_hour_holds_nobody_up(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    struct desk_reply later = { .conversation_id = c,
                                .body = STR("morgen"),
                                .visibility = STR("public"),
                                .send_after_at = f.op.now + HOURS(12) };
    struct message message;
    struct outbox a, b;

    CHECK_OK(&f, desk_reply(&f.op, &later, &message, &a));
    b = talk_reply(&t, c, "sofort");
    is_not_yet(&f, a.id, f.op.now + HOURS(12));
    b = claim(&f, b.id);
    assert_int_equal(settle(&f, &b, OUTBOX_SENT, 0), 0);
    fixture_advance(&f, HOURS(12));
    claim(&f, a.id);
}

static void settling_wakes_what_goes_next(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    struct outbox a = talk_reply(&t, c, "eins"), b = talk_reply(&t, c, "zwei");

    RUN(&f, "UPDATE job SET state = 'done' WHERE kind = 'deliver'");
    a = claim(&f, a.id);
    assert_int_equal(settle(&f, &a, OUTBOX_SENT, 0), 0);
    assert_int_equal(
        COUNT(&f,
              "SELECT subject_id FROM job WHERE kind = 'deliver' AND state = 'queued'"),
        b.id);
}

static void after_twelve_tries_it_has_failed_and_says_why(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    for (int n = 1; n <= OUTBOX_MAX_ATTEMPTS; n++) {
        CHECK_STR(talk_state(&t, box.id), "queued");
        box = claim(&f, box.id);
        assert_int_equal(settle(&f, &box, OUTBOX_LATER, f.op.now + MINUTES(1)), 0);
        fixture_advance(&f, MINUTES(1));
    }
    box = talk_box(&t, box.id);
    CHECK_STR(box.state, "failed");
    CHECK_STR(box.reason, "given up after 12 tries: so it is");
}

static void after_a_day_it_has_failed_however_few_the_tries(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    assert_int_equal(settle(&f, &box, OUTBOX_LATER, f.op.now + DAYS(1)), 0);
    CHECK_STR(talk_state(&t, box.id), "queued");
    fixture_advance(&f, DAYS(1));
    box = claim(&f, box.id);
    assert_int_equal(settle(&f, &box, OUTBOX_LATER, f.op.now + 1), 0);
    CHECK_STR(talk_state(&t, box.id), "failed");
}

static void a_person_settles_what_the_program_cannot(void **state)
{
    static const struct {
        const char *from;
        int (*verb)(struct op *op, int64_t id);
        const char *to; /* NULL: refused */
    } cases[] = {
        { "held", outbox_approve, "queued" },
        { "queued", outbox_approve, NULL },
        { "sent", outbox_approve, NULL },
        { "failed", outbox_retry, "queued" },
        { "uncertain", outbox_retry, "queued" },
        { "unknown", outbox_retry, NULL },
        { "sending", outbox_retry, NULL },
        { "sent", outbox_retry, NULL },
        { "cancelled", outbox_retry, NULL },
        { "failed", outbox_mark_sent, "sent" },
        { "uncertain", outbox_mark_sent, "sent" },
        { "unknown", outbox_mark_sent, NULL },
        { "queued", outbox_mark_sent, NULL },
        { "held", outbox_cancel, "cancelled" },
        { "queued", outbox_cancel, "cancelled" },
        { "failed", outbox_cancel, "cancelled" },
        { "sending", outbox_cancel, NULL },
        { "unknown", outbox_cancel, NULL },
        { "uncertain", outbox_cancel, NULL },
        { "sent", outbox_cancel, NULL },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct outbox before;

        RUN(&f, "UPDATE outbox SET state = $1 WHERE id = $2",
            ARG_TEXT(str_of(cases[i].from)), ARG_INT(box.id));
        before = talk_box(&t, box.id);
        if (cases[i].verb(&f.op, box.id) != (cases[i].to ? 0 : ERR_CONFLICT))
            fail_msg("case %zu: %s", i, cases[i].from);
        CHECK_STR(talk_state(&t, box.id), cases[i].to ? cases[i].to : cases[i].from);
        if (cases[i].to) /* a worker that is still out there is fenced off */
            assert_true(talk_box(&t, box.id).epoch == before.epoch + 1);
    }
}

/* Queued again under the same name, without proof that the first try did not arrive. */
static struct outbox queued_in_doubt(struct talk *t, const char *who)
{
    struct fixture *f = t->f;
    struct outbox box = talk_reply(t, talk_say(t, who, "?"), "ja");

    box = claim(f, box.id);
    assert_int_equal(settle(f, &box, OUTBOX_DOUBT, f->op.now), 0);
    box = claim_find(f, box.id, 1);
    assert_int_equal(settle(f, &box, OUTBOX_SAME_NAME, 0), 0);
    CHECK_STR(talk_state(t, box.id), "queued");
    return talk_box(t, box.id);
}

static void what_may_have_arrived_is_never_called_failed_or_cancelled(void **state)
{
    static const struct {
        enum outbox_outcome outcome;
        const char *state;
    } cases[] = {
        { OUTBOX_LATER, "unknown" },
        { OUTBOX_REFUSED, "uncertain" },
        { OUTBOX_DOUBT, "unknown" },
        { OUTBOX_SENT, "sent" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str who = arena_fmt(&f.arena, "P%zu", i);
        struct outbox box = queued_in_doubt(&t, arena_cstr(&f.arena, who));

        assert_int_equal(outbox_cancel(&f.op, box.id), ERR_CONFLICT);
        f.op.err = (struct err){ 0 };
        box = claim(&f, box.id);
        assert_int_equal(settle(&f, &box, cases[i].outcome, f.op.now + 1000), 0);
        CHECK_STR(talk_state(&t, box.id), cases[i].state);
    }
}

static int64_t echo(struct fixture *f, struct talk *t, const char *external_id,
                    const char *body)
{
    struct message message;
    int64_t id = 0;
    struct outbox box;
    size_t count;
    struct outbox *list;
    int r;

    CHECK_OK(f, outbox_list(&f->op, STR(""), 0, 1, &list, &count));
    box = list[0];
    (void)t;
    assert_int_equal(message_get(&f->op, box.message_id, &message), 0);
    r = outbox_echo(
        &f->op,
        &(struct echo){ message.thread_id, str_of(external_id), str_of(body), STR("") },
        &id);
    CHECK_OK(f, r);
    return r == OUTBOX_NOT_FOUND ? 0 : id;
}

static void an_echo_settles_what_was_in_doubt_and_fences_the_worker(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box =
        talk_reply(&t, talk_say(&t, "Jonas", "?"), "Gr\xC3\xBC\xC3\x9F Gott");
    struct message message;

    assert_int_equal(echo(&f, &t, "e-1", "Gr\xC3\xBC\xC3\x9F Gott"), 0); /* never left */
    box = claim(&f, box.id);
    assert_int_equal(echo(&f, &t, "e-1", "etwas anderes"), 0);
    assert_true(echo(&f, &t, "e-1", " Gr\xC3\xBC\xC3\x9F  Gott ") == box.message_id);
    CHECK_STR(talk_box(&t, box.id).how, "echo");
    CHECK_STR(talk_state(&t, box.id), "sent");
    assert_int_equal(settle(&f, &box, OUTBOX_DOUBT, f.op.now), OUTBOX_STALE);
    assert_int_equal(message_get(&f.op, box.message_id, &message), 0);
    CHECK_STR(message.external_id, "e-1");
    assert_int_equal(echo(&f, &t, "e-2", "Gr\xC3\xBC\xC3\x9F Gott"), 0); /* only once */
}

static void an_echo_names_what_was_sent_without_learning_its_name(void **state)
{
    struct outbox_result result = { .outcome = OUTBOX_SENT,
                                    .external_id = STR(""),
                                    .reason = STR("") };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    CHECK_OK(&f, outbox_settle(&f.op, &box, &result));
    assert_true(echo(&f, &t, "e-1", "ja") == box.message_id);
    CHECK_STR(talk_box(&t, box.id).how, "answered");
}

static void a_first_try_that_comes_to_light_late_is_an_incident(void **state)
{
    struct outbox_result sent = { .outcome = OUTBOX_SENT,
                                  .external_id = STR("n-2"),
                                  .reason = STR("") };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    assert_int_equal(settle(&f, &box, OUTBOX_DOUBT, f.op.now), 0);
    box = claim_find(&f, box.id, 1);
    assert_int_equal(settle(&f, &box, OUTBOX_ABSENT, 0), 0);
    box = claim(&f, box.id);
    CHECK_OK(&f, outbox_settle(&f.op, &box, &sent));
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'outbox.duplicate_seen'"), 0);
    assert_int_equal(echo(&f, &t, "n-0", "nein"), 0);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'outbox.duplicate_seen'"), 0);
    assert_int_equal(echo(&f, &t, "n-1", "ja"), 0);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'outbox.duplicate_seen'"), 1);
}

static void a_copy_that_came_back_first_gives_its_name_up(void **state)
{
    struct incoming in = {
        .external_id = STR("r-1"),
        .thread = { .external_id = STR("post"),
                    .kind = STR("post"),
                    .visibility = STR("public") },
        .author = { .external_id = STR("us"), .name = STR("Wir"), .is_us = true },
        .body = STR("ja, und ein Zusatz des Netzes"),
        .open_conversations = true,
    };
    struct intake_result copy;
    struct message message;
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    box = claim(&f, box.id);
    in.channel_id = t.channel.id;
    in.sent_at = in.received_at = f.op.now;
    CHECK_OK(&f, intake_item(&f.op, &in, &copy));
    assert_int_equal(copy.what, INTAKE_NEW);
    assert_int_equal(settle(&f, &box, OUTBOX_SENT, 0), 0);
    assert_int_equal(message_get(&f.op, box.message_id, &message), 0);
    CHECK_STR(message.external_id, "r-1");
    assert_int_equal(message_get(&f.op, copy.message.id, &message), 0);
    assert_int_equal(message.external_id.n, 0);
    assert_true(message.removed_at != 0);
}

static void the_bytes_of_the_first_try_stay(void **state)
{
    struct str bytes;
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    assert_int_equal(outbox_bytes(&f.op, box.id, &bytes), OUTBOX_NOT_FOUND);
    CHECK_OK(&f, outbox_freeze(&f.op, box.id, STR("first")));
    CHECK_OK(&f, outbox_freeze(&f.op, box.id, STR("second")));
    CHECK_OK(&f, outbox_bytes(&f.op, box.id, &bytes));
    CHECK_STR(bytes, "first");
}

static void what_cannot_be_worked_on_any_more_is_shown_to_a_person(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = { { "queued", "failed" },
                  { "sending", "uncertain" },
                  { "unknown", "uncertain" },
                  { "sent", "sent" },
                  { "held", "held" } };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct outbox box = talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        RUN(&f, "UPDATE outbox SET state = $1 WHERE id = $2",
            ARG_TEXT(str_of(cases[i].from)), ARG_INT(box.id));
        CHECK_OK(&f, outbox_give_up(&f.op, box.id, STR("our bug")));
        CHECK_STR(talk_state(&t, box.id), cases[i].to);
    }
}

/* One claim and settlement as one write, with the nth database call failing. */
static int claim_and_settle(struct op *op, void *ctx)
{
    int64_t at, *id = ctx;
    struct outbox_result result = { .outcome = OUTBOX_SENT,
                                    .external_id = STR("r-1"),
                                    .reason = STR("") };
    struct outbox box;
    int r;

    r = outbox_claim(op, *id, &box, &at);
    return r < 0 ? r : outbox_settle(op, &box, &result);
}

static void a_failure_anywhere_leaves_the_item_as_it_was(void **state)
{
    (void)state;
    FIXTURE_STORE(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    struct outbox box = talk_reply(&t, c, "ja");
    int64_t before = COUNT(&f, "SELECT COUNT(*) FROM event");

    talk_reply(&t, c, "noch etwas");
    before = COUNT(&f, "SELECT COUNT(*) FROM event");
    for (unsigned nth = 1;; nth++) {
        bool failed;
        int r;

        f.op.db = flaky_db(f.op.db, nth);
        {
            DB_TX(tx);

            r = db_begin(&f.op, &tx);
            if (r >= 0)
                r = claim_and_settle(&f.op, &box.id);
            if (r >= 0)
                r = db_commit(&tx);
        }
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        CHECK_STR(talk_state(&t, box.id), failed ? "queued" : "sent");
        assert_true((r < 0) == failed);
        if (!failed) {
            assert_true(nth > 10); /* claim, delivery, events, message: all were tried */
            break;
        }
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), before);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM delivery"), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_reply_is_queued_with_a_job_and_a_key_of_its_own),
        BOTH_ENGINES(each_outcome_leads_where_the_header_says),
        BOTH_ENGINES(what_is_unknown_is_found_proved_absent_or_stays_in_doubt),
        BOTH_ENGINES(sending_gives_the_message_its_name_in_the_network),
        BOTH_ENGINES(a_worker_that_was_thought_dead_changes_nothing),
        BOTH_ENGINES(an_outcome_that_does_not_fit_the_state_is_dropped),
        BOTH_ENGINES(of_one_conversation_the_oldest_goes_first),
        BOTH_ENGINES(one_planned_for_a_later_hour_holds_nobody_up),
        BOTH_ENGINES(settling_wakes_what_goes_next),
        BOTH_ENGINES(after_twelve_tries_it_has_failed_and_says_why),
        BOTH_ENGINES(after_a_day_it_has_failed_however_few_the_tries),
        BOTH_ENGINES(a_person_settles_what_the_program_cannot),
        BOTH_ENGINES(what_may_have_arrived_is_never_called_failed_or_cancelled),
        BOTH_ENGINES(an_echo_settles_what_was_in_doubt_and_fences_the_worker),
        BOTH_ENGINES(an_echo_names_what_was_sent_without_learning_its_name),
        BOTH_ENGINES(a_first_try_that_comes_to_light_late_is_an_incident),
        BOTH_ENGINES(a_copy_that_came_back_first_gives_its_name_up),
        BOTH_ENGINES(the_bytes_of_the_first_try_stay),
        BOTH_ENGINES(what_cannot_be_worked_on_any_more_is_shown_to_a_person),
        cmocka_unit_test(a_failure_anywhere_leaves_the_item_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
