/* test_digest.c - a byte that changed behind our back is found, named, and not sent. */
#include "dialogue/digest.h"

#include "dialogue/attachment.h"
#include "dialogue/intake.h"
#include "talk.h"

/* One of everything that has a digest; the reply's id. */
static int64_t keep_some(struct talk *t)
{
    struct fixture *f = t->f;
    struct raw_item raw = { .channel_id = t->channel.id,
                            .bytes = STR("{\"body\":\"?\"}"),
                            .source = STR("webhook") };
    struct attachment a = { .name = STR("a"), .mime = STR("a/b"), .account_id = t->eva };
    struct outbox box = talk_reply(t, talk_say(t, "Jonas", "?"), "ja");

    CHECK_OK(f, intake_raw(&f->op, &raw));
    CHECK_OK(f, attachment_add(&f->op, &a, STR("bytes of a file")));
    CHECK_OK(f, outbox_freeze(&f->op, box.id, STR("{\"body\":\"ja\"}")));
    return box.id;
}

static void what_was_kept_fits_its_digests(void **state)
{
    int64_t count;
    struct str why;
    FIXTURE_BOTH(f);
    TALK(t, f);

    keep_some(&t);
    assert_int_equal(digest_verify(&f.op, &count, &why), 0);
    assert_int_equal(count, 5); /* the question, the reply, and three more */
}

static void a_changed_byte_is_found_and_its_table_named(void **state)
{
    static const struct {
        const char *change, *named;
    } cases[] = {
        { "UPDATE raw_item SET bytes = digest", "raw_item" },
        { "UPDATE message_version SET body = 'ha'", "message_version" },
        { "UPDATE outbox_bytes SET bytes = digest", "outbox_bytes" },
        { "DELETE FROM attachment_chunk", "attachment" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t count;
        struct str why = STR("");
        FIXTURE_BOTH(f);
        TALK(t, f);

        keep_some(&t);
        CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db, cases[i].change));
        assert_int_equal(digest_verify(&f.op, &count, &why), DIGEST_DIFFERS);
        assert_true(str_starts(why, str_of(cases[i].named)));
    }
}

static void a_reply_whose_words_have_changed_is_not_sent(void **state)
{
    struct str bytes;
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = keep_some(&t);

    CHECK_OK(&f, outbox_bytes(&f.op, id, &bytes));
    CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db,
                                       "UPDATE outbox_bytes SET bytes = digest"));
    assert_int_equal(outbox_bytes(&f.op, id, &bytes), ERR_INTERNAL);
    talk_work(&t);
    assert_int_equal(t.http.calls, 0);
}

static void a_row_from_before_digests_fits(void **state)
{
    int64_t count;
    struct str why;
    FIXTURE_BOTH(f);
    TALK(t, f);

    keep_some(&t);
    CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db,
                                       "UPDATE message_version SET digest = NULL"));
    assert_int_equal(digest_verify(&f.op, &count, &why), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_was_kept_fits_its_digests),
        BOTH_ENGINES(a_changed_byte_is_found_and_its_table_named),
        BOTH_ENGINES(a_reply_whose_words_have_changed_is_not_sent),
        BOTH_ENGINES(a_row_from_before_digests_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
