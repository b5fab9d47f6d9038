/* test_mastodon_restrain.c - reporting, muting and blocking, as a scripted server answers
 * (test_mastodon_recorded.c: a real one). */
#include "mastodon_script.h"

#define RELATION(muting, blocking)                                                       \
    "{\"id\":\"2\",\"muting\":" muting ",\"blocking\":" blocking "}"
#define REPORT "{\"id\":\"9\",\"action_taken\":false,\"forwarded\":true}"

static struct restraint_wish wish(const char *kind, const char *reason)
{
    return (struct restraint_wish){ .kind = str_of(kind),
                                    .message = STR("12"),
                                    .account = STR("2"),
                                    .reason = str_of(reason),
                                    .comment = STR("Er droht."),
                                    .for_ms = DAYS(7) };
}

static int tell(struct fixture *f, struct setup *s, const struct restraint_wish *wish,
                struct http_reply reply, struct receipt *receipt)
{
    set_up(f, s);
    *receipt = (struct receipt){ .reason = STR("") };
    s->script.replies[0] = reply;
    return connector_mastodon.restrain(&f->op, &s->connection, wish, receipt);
}

static void a_report_names_account_status_category_and_comment(void **state UNUSED)
{
    static const struct {
        const char *reason, *category;
        bool forward;
    } cases[] = {
        { "spam", "spam", true },
        { "illegal", "legal", false },
        { "insult", "other", false },
        { "personal_data", "other", true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct restraint_wish one = wish("report", cases[i].reason);
        struct receipt receipt;
        struct setup s;

        one.forward = cases[i].forward;
        assert_int_equal(tell(&f, &s, &one, script_answer(200, REPORT), &receipt), 0);
        CHECK_STR(s.script.seen[0].url, "https://example.org/api/v1/reports");
        CHECK_STR(s.script.seen[0].method, "POST");
        CHECK_STR(s.script.seen[0].body,
                  arena_cstr(&f.arena,
                             arena_fmt(&f.arena,
                                       "{\"account_id\":\"2\",\"status_ids\":[\"12\"],"
                                       "\"comment\":\"Er droht.\",\"forward\":%s,"
                                       "\"category\":\"%s\"}",
                                       cases[i].forward ? "true" : "false",
                                       cases[i].category)));
        assert_null(receipt.trouble);
        assert_int_equal(s.script.calls, 1);
    }
}

static void a_mute_leaves_the_notifications_and_ends_there_by_itself(void **state UNUSED)
{
    static const struct {
        const char *kind;
        bool lift;
        const char *url, *body, *answer;
    } cases[] = {
        { "mute", false, "https://example.org/api/v1/accounts/2/mute",
          "{\"notifications\":false,\"duration\":604800}", RELATION("true", "false") },
        { "mute", true, "https://example.org/api/v1/accounts/2/unmute", "{}",
          RELATION("false", "false") },
        { "block", false, "https://example.org/api/v1/accounts/2/block", "{}",
          RELATION("false", "true") },
        { "block", true, "https://example.org/api/v1/accounts/2/unblock", "{}",
          RELATION("false", "false") },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct restraint_wish one = wish(cases[i].kind, "spam");
        struct receipt receipt;
        struct setup s;

        one.lift = cases[i].lift;
        assert_int_equal(
            tell(&f, &s, &one, script_answer(200, cases[i].answer), &receipt), 0);
        CHECK_STR(s.script.seen[0].url, cases[i].url);
        CHECK_STR(s.script.seen[0].body, cases[i].body);
        CHECK_STR(s.script.seen[0].credential.authorization, "Bearer token");
    }
}

/* What a server answers, and what that means. */
static void the_answer_decides_and_nothing_is_pretended(void **state UNUSED)
{
    static const struct {
        const char *kind;
        bool lift, forward;
        int status;
        const char *body;
        int expected;
        const char *trouble;
    } cases[] = {
        { "mute", false, false, 200, RELATION("false", "false"), SEND_REFUSED,
          "not_done" },
        { "block", true, false, 200, RELATION("false", "true"), SEND_REFUSED,
          "not_done" },
        { "block", false, false, 200, "<html>", SEND_LATER, "no_interface" },
        { "mute", false, false, 404, "<h1>404 Not Found (snac/2.75)</h1>", SEND_REFUSED,
          "not_offered" },
        { "report", false, false, 422, "", SEND_REFUSED, "not_offered" },
        { "report", false, false, 501, "", SEND_REFUSED, "not_offered" },
        { "report", false, false, 422, "{\"error\":\"too long\"}", SEND_REFUSED, NULL },
        { "block", false, false, 404, "{\"error\":\"Record not found\"}", SEND_REFUSED,
          "account_gone" },
        { "block", true, false, 404, "{\"error\":\"Record not found\"}", 0, NULL },
        { "mute", false, false, 403, "{\"error\":\"outside the scopes\"}", SEND_REFUSED,
          "restrain_rights" },
        { "report", false, false, 401, "{\"error\":\"revoked\"}", SEND_LATER,
          "credential_refused" },
        { "report", false, false, 429, "{}", SEND_LATER, "busy" },
        { "report", false, false, 503, "{}", SEND_DOUBT, NULL },
        { "mute", false, false, 503, "{}", SEND_LATER, NULL },
        { "report", false, false, 200, "{}", SEND_DOUBT, NULL },
        { "report", false, true, 200, "{\"id\":\"9\",\"forwarded\":false}", 0,
          "not_forwarded" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct restraint_wish one = wish(cases[i].kind, "spam");
        struct receipt receipt;
        struct setup s;
        int r;

        one.lift = cases[i].lift;
        one.forward = cases[i].forward;
        r = tell(&f, &s, &one, script_answer(cases[i].status, cases[i].body), &receipt);
        if (r != cases[i].expected)
            fail_msg("case %zu: %d", i, r);
        if (cases[i].trouble &&
            (!receipt.trouble || strcmp(receipt.trouble, cases[i].trouble) != 0))
            fail_msg("case %zu: %s", i, receipt.trouble ? receipt.trouble : "nothing");
        assert_true(r == 0 || receipt.reason.n > 0);
    }
}

/* Only a report can arrive twice. */
static void a_lost_answer_is_a_doubt_of_reports_alone(void **state UNUSED)
{
    static const struct {
        const char *kind;
        int outcome, expected;
    } cases[] = {
        { "report", HTTP_MAY_HAVE_LEFT, SEND_DOUBT },
        { "report", HTTP_NOT_SENT, SEND_LATER },
        { "report", HTTP_REFUSED, SEND_REFUSED },
        { "block", HTTP_MAY_HAVE_LEFT, SEND_LATER },
        { "mute", HTTP_NOT_SENT, SEND_LATER },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct restraint_wish one = wish(cases[i].kind, "spam");
        struct receipt receipt = { .reason = STR("") };
        struct setup s;

        set_up(&f, &s);
        s.script.outcomes[0] = cases[i].outcome;
        assert_int_equal(
            connector_mastodon.restrain(&f.op, &s.connection, &one, &receipt),
            cases[i].expected);
    }
}

static void whoever_is_not_known_is_not_asked_for(void **state UNUSED)
{
    static const char *const ids[] = { "", "../statuses/7", "a b" };

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        FIXTURE(f);
        struct restraint_wish one = wish("block", "spam");
        struct receipt receipt;
        struct setup s;

        one.account = str_of(ids[i]);
        assert_int_equal(tell(&f, &s, &one, script_answer(200, REPORT), &receipt),
                         SEND_REFUSED);
        assert_int_equal(s.script.calls, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_names_account_status_category_and_comment),
        cmocka_unit_test(a_mute_leaves_the_notifications_and_ends_there_by_itself),
        cmocka_unit_test(the_answer_decides_and_nothing_is_pretended),
        cmocka_unit_test(a_lost_answer_is_a_doubt_of_reports_alone),
        cmocka_unit_test(whoever_is_not_known_is_not_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
