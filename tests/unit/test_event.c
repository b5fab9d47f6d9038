/* test_event.c - the log is gapless, ordered, and notices every change. */
#include "fixture.h"

#include "event/event.h"

static void add(struct fixture *f, const char *kind, int64_t conversation)
{
    struct event event = { .kind = kind,
                           .conversation_id = conversation,
                           .extra = STR("\"reason\":\"because\"") };

    CHECK_OK(f, event_add(&f->op, &event));
}

static void fill(struct fixture *f, int n)
{
    for (int i = 0; i < n; i++)
        add(f, "conversation.created", i % 2 + 1);
}

static void events_are_numbered_without_a_gap_in_each_workspace(void **state)
{
    FIXTURE_BOTH(f);
    struct event_row *rows;
    size_t count;
    int64_t last;

    CHECK_OK(&f, event_last_seq(&f.op, &last));
    assert_int_equal(last, 0);
    fill(&f, 20);
    f.op.workspace = 2;
    fill(&f, 2);
    CHECK_OK(&f, event_last_seq(&f.op, &last));
    assert_int_equal(last, 2);
    f.op.workspace = 1;
    CHECK_OK(&f, event_list(&f.op, 0, 100, &rows, &count));
    assert_int_equal(count, 20);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows[i].seq, i + 1);
    CHECK_OK(&f, event_list(&f.op, 18, 100, &rows, &count));
    assert_int_equal(count, 2);
    CHECK_OK(&f, event_list(&f.op, 0, 3, &rows, &count));
    assert_int_equal(count, 3);
}

static void an_event_is_read_back_as_it_was_written(void **state)
{
    FIXTURE_BOTH(f);
    struct event event = { .kind = "message.received",
                           .conversation_id = 2,
                           .thread_id = 3,
                           .person_id = 4,
                           .channel_id = 5,
                           .message_id = 6,
                           .department_id = 7,
                           .subject_id = 8 };
    struct event_row *rows;
    size_t count;

    f.op.actor = (struct actor){ ACTOR_ACCOUNT, 9 };
    CHECK_OK(&f, event_add(&f.op, &event));
    CHECK_STR(event.payload, "{}");
    assert_int_equal(event.seq, 1);
    add(&f, "other", 1);
    CHECK_OK(&f, event_list_conversation(&f.op, 2, 0, 10, &rows, &count));
    assert_int_equal(count, 1);
    CHECK_STR(rows->kind, "message.received");
    CHECK_STR(rows->payload, "{}");
    assert_int_equal(rows->at, FIXTURE_NOW);
    assert_int_equal(rows->actor.kind, ACTOR_ACCOUNT);
    assert_int_equal(rows->actor.id, 9);
    assert_int_equal(rows->conversation_id, 2);
    assert_int_equal(rows->thread_id, 3);
    assert_int_equal(rows->person_id, 4);
    assert_int_equal(rows->channel_id, 5);
    assert_int_equal(rows->message_id, 6);
    assert_int_equal(rows->department_id, 7);
    assert_int_equal(rows->subject_id, 8);
}

static int verify(struct fixture *f, int64_t *ret_count, int64_t *ret_seq,
                  struct str *ret_why)
{
    int r = event_verify(&f->op, ret_count, ret_seq, ret_why);

    CHECK_OK(f, r);
    return r;
}

static void an_untouched_log_verifies_over_several_pages(void **state)
{
    FIXTURE_BOTH(f);
    int64_t count = -1, seq = -1;
    struct str why;

    assert_int_equal(verify(&f, &count, &seq, &why), 0);
    assert_int_equal(count, 0);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        fill(&f, 1001); /* a page is 500 */
        CHECK_OK(&f, db_commit(&tx));
    }
    assert_int_equal(verify(&f, &count, &seq, &why), 0);
    assert_int_equal(count, 1001);
    assert_int_equal(seq, -1);
}

/* The head is written by the outermost commit, and what was undone does not count. */
static void a_part_that_is_undone_leaves_no_gap_in_any_workspace(void **state)
{
    FIXTURE_BOTH(f);
    int64_t count, seq, last;
    struct str why;
    DB_TX(tx);

    CHECK_OK(&f, db_begin(&f.op, &tx));
    fill(&f, 2);
    for (int64_t workspace = 1; workspace <= 3; workspace++) {
        DB_TX(part);

        f.op.workspace = workspace;
        CHECK_OK(&f, db_begin(&f.op, &part));
        fill(&f, 3);
        CHECK_OK(&f, event_last_seq(&f.op, &last));
        assert_int_equal(last, workspace == 1 ? 5 : 3);
        if (workspace == 3)
            CHECK_OK(&f, db_commit(&part));
    }
    for (int64_t workspace = 1; workspace <= 3; workspace++) {
        f.op.workspace = workspace;
        fill(&f, 1);
    }
    CHECK_OK(&f, db_commit(&tx));
    for (int64_t workspace = 1; workspace <= 3; workspace++) {
        static const int64_t left[] = { 0, 3, 1, 4 };

        f.op.workspace = workspace;
        CHECK_OK(&f, event_last_seq(&f.op, &last));
        assert_int_equal(last, left[workspace]);
        assert_int_equal(verify(&f, &count, &seq, &why), 0);
        assert_int_equal(count, left[workspace]);
    }
}

static void a_transaction_that_is_undone_leaves_the_head_where_it_was(void **state)
{
    FIXTURE_BOTH(f);
    int64_t count, seq;
    struct str why;

    fill(&f, 2);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        fill(&f, 5);
    }
    fill(&f, 1);
    assert_int_equal(verify(&f, &count, &seq, &why), 0);
    assert_int_equal(count, 3);
}

/* Each of these is one byte, or one row, that somebody changed by hand. */
static void every_change_by_hand_is_noticed_and_named(void **state)
{
    static const struct {
        const char *sql;
        int seq;
        const char *why;
    } cases[] = {
        { "UPDATE event SET payload = '{\"reason\":\"becaus3\"}' WHERE seq = 3", 3,
          "event 3 has another payload than the one that was hashed" },
        { "UPDATE event SET at = at + 1 WHERE seq = 4", 4,
          "event 4 does not follow from the row before it" },
        { "UPDATE event SET actor_id = 1 WHERE seq = 1", 1,
          "event 1 does not follow from the row before it" },
        { "UPDATE event SET kind = 'conversation.createe' WHERE seq = 2", 2,
          "event 2 does not follow from the row before it" },
        { "UPDATE event SET conversation_id = 1 WHERE seq = 2", 2,
          "event 2 does not follow from the row before it" },
        { "UPDATE event SET person_id = 1 WHERE seq = 5", 5,
          "event 5 does not follow from the row before it" },
        { "UPDATE event SET subject_id = 1 WHERE seq = 5", 5,
          "event 5 does not follow from the row before it" },
        { "DELETE FROM event WHERE seq = 3", 3, "event 3 is missing" },
        { "DELETE FROM event WHERE seq = 5", 5,
          "event 5 is missing at the end of the log" },
        { "DELETE FROM event", 1, "event 1 is missing at the end of the log" },
        { "UPDATE chain SET last_seq = 4", 6, "event 6 stands after the end of the log" },
        { "UPDATE event SET hash = payload_hash WHERE seq = 5", 5,
          "event 5 does not follow from the row before it" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_BOTH(f);
        int64_t count, seq = -1;
        struct str why = STR("");

        fill(&f, 5);
        CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db, cases[i].sql));
        assert_int_equal(verify(&f, &count, &seq, &why), EVENT_BROKEN);
        assert_int_equal(seq, cases[i].seq);
        CHECK_STR(why, cases[i].why);
    }
}

static void an_erased_payload_leaves_the_chain_whole(void **state)
{
    FIXTURE_BOTH(f);
    struct event_row *rows;
    int64_t count, seq;
    struct str why;
    size_t n;

    fill(&f, 5);
    CHECK_OK(&f, f.op.db->driver->exec(
                     &f.op, f.op.db,
                     "UPDATE event SET payload = NULL, salt = NULL WHERE seq = 3"));
    assert_int_equal(verify(&f, &count, &seq, &why), 0);
    CHECK_OK(&f, event_list(&f.op, 2, 1, &rows, &n));
    assert_int_equal(rows->payload.n, 0);
}

static void a_failure_anywhere_leaves_no_event(void **state)
{
    for (unsigned nth = 1;; nth++) {
        FIXTURE_BOTH(f);
        struct event event = { .kind = "x" };
        int64_t count, seq;
        struct str why;
        bool failed;
        int r;

        fill(&f, 1);
        f.op.db = flaky_db(f.op.db, nth);
        r = event_add(&f.op, &event);
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        assert_int_equal(r, failed ? ERR_UNAVAILABLE : 0);
        assert_int_equal(event.seq, failed ? 0 : 2);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), failed ? 1 : 2);
        assert_int_equal(verify(&f, &count, &seq, &why), 0);
        if (!failed) {
            assert_true(nth > 6);
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(events_are_numbered_without_a_gap_in_each_workspace),
        BOTH_ENGINES(an_event_is_read_back_as_it_was_written),
        BOTH_ENGINES(an_untouched_log_verifies_over_several_pages),
        BOTH_ENGINES(a_part_that_is_undone_leaves_no_gap_in_any_workspace),
        BOTH_ENGINES(a_transaction_that_is_undone_leaves_the_head_where_it_was),
        BOTH_ENGINES(every_change_by_hand_is_noticed_and_named),
        BOTH_ENGINES(an_erased_payload_leaves_the_chain_whole),
        BOTH_ENGINES(a_failure_anywhere_leaves_no_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
