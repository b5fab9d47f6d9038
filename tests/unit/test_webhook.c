/* test_webhook.c - telling programs elsewhere: once for each event, until it is taken,
 * under the same id, and never given up behind somebody's back. */
#include "network.h"

#include "base/json.h"
#include "dialogue/webhook.h"
#include "event/event.h"
#include "job/job.h"
#include "net/signature.h"

#define URL   "https://crm.example/in"
#define KINDS "conversation.created check_back.due"

enum { MAX_SEEN = 400 };

/* The other end: answers the same until it is told otherwise. */
struct receiver {
    struct http_client base;
    struct fixture *f;
    int outcome, status;
    unsigned retry_after;
    const char *answer;
    size_t calls;
    struct seen {
        struct str url, body, id;
        struct http_fields headers;
        int64_t at;
        bool needs_tls, follows;
    } seen[MAX_SEEN];
};

static int receive(struct op *op, const struct http_client *client,
                   const struct http_call *call, struct http_reply *ret)
{
    struct receiver *r = CONTAINER_OF(client, struct receiver, base);
    struct arena *arena = &r->f->arena;
    struct seen *seen = &r->seen[r->calls++];

    assert_true(r->calls <= MAX_SEEN);
    seen->at = op->now;
    seen->url = arena_dup(arena, call->url);
    seen->body = arena_dup(arena, call->body);
    seen->needs_tls = call->needs_tls;
    seen->follows = call->follow_redirects;
    for (size_t i = 0; i < call->headers.count; i++)
        http_add(arena, &seen->headers, arena_dup(arena, call->headers.items[i].name),
                 arena_dup(arena, call->headers.items[i].value));
    seen->id = http_field(&seen->headers, "webhook-id");
    *ret = (struct http_reply){ .status = r->status,
                                .retry_after = r->retry_after,
                                .body = str_of(r->answer),
                                .reason = r->outcome ? STR("nobody is there") : STR("") };
    return r->outcome;
}

struct told {
    struct talk t;
    struct receiver r;
    struct webhook hook;
    struct str secret;
};

static struct webhook new_hook(const char *url, const char *kinds)
{
    return (
        struct webhook){ .name = STR("CRM"), .url = str_of(url), .kinds = str_of(kinds) };
}

static void begin_in(struct told *told)
{
    struct fixture *f = told->t.f;

    told->r = (struct receiver){ .base.send = receive, .f = f, .status = 204 };
    f->world.http = &told->r.base;
    told->hook = new_hook(URL, KINDS);
    CHECK_OK(f, webhook_add(&f->op, &told->hook, &told->secret));
    talk_work(&told->t);
}

static void begin(struct told *told, struct fixture *f)
{
    talk_begin(&told->t, f);
    begin_in(told);
}

#define TOLD(name, f)                                                                    \
    struct told name;                                                                    \
    begin(&name, &f)

/* Each by somebody else, so that each opens a conversation. */
static void happen(struct told *told, int count)
{
    for (int i = 0; i < count; i++) {
        struct str who = arena_fmt(&told->t.f->arena, "P%lld", (long long)told->t.said);

        talk_say(&told->t, who.p, "Hallo?");
    }
    talk_work(&told->t);
}

static struct webhook now_of(struct told *told)
{
    struct webhook hook = { 0 };

    CHECK_OK(told->t.f, webhook_get(&told->t.f->op, told->hook.id, &hook));
    return hook;
}

static struct webhook_delivery newest(struct told *told)
{
    struct webhook_delivery *list;
    size_t count;

    CHECK_OK(told->t.f,
             webhook_delivery_list(&told->t.f->op, told->hook.id, 0, 1, &list, &count));
    assert_int_equal(count, 1);
    return list[0];
}

static void what_happens_is_told_by_its_name_and_signed(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    const struct seen *seen = &told.r.seen[0];
    struct json *body;

    happen(&told, 1);
    assert_int_equal(told.r.calls, 1);
    CHECK_STR(seen->url, URL);
    CHECK_STR(http_field(&seen->headers, "content-type"), "application/json");
    assert_true(seen->needs_tls);
    assert_false(seen->follows);
    assert_int_equal(
        signature_verify(&f.op, told.secret, &seen->headers, seen->body, f.op.now), 0);
    assert_int_equal(
        signature_verify(&f.op, STR(TALK_SECRET), &seen->headers, seen->body, f.op.now),
        SIGNATURE_WRONG);
    CHECK_OK(&f, json_parse(&f.op, seen->body, &body));
    CHECK_STR(json_text(body, "type"), "conversation.created");
    CHECK_STR(json_text(body, "timestamp"), "2026-11-02T08:00:00.000Z");
    assert_true(json_text(json_get(body, "data"), "conversation_id").n > 0);
    assert_int_equal(str_find(seen->body, STR("Hallo")), -1);
    CHECK_STR(newest(&told).state, "delivered");
}

static void nothing_is_told_of_before_or_of_what_was_not_asked_for(void **state)
{
    FIXTURE_BOTH(f);
    struct told told;
    struct webhook old, now;
    int64_t before;
    struct check_back none;

    talk_begin(&told.t, &f);
    before = talk_say(&told.t, "Jonas", "Hallo?");
    begin_in(&told);
    old = now = now_of(&told);
    now.kinds = STR("conversation.solved");
    CHECK_OK(&f, webhook_update(&f.op, &old, &now));
    happen(&told, 2);
    assert_int_equal(told.r.calls, 0);
    CHECK_OK(&f, desk_solve(&f.op, before, false, &none));
    talk_work(&told.t);
    assert_int_equal(told.r.calls, 1);
    assert_true(str_find(told.r.seen[0].body, STR("conversation.solved")) > 0);
}

static void a_receiver_that_was_away_gets_all_under_the_same_ids(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    told.r.outcome = HTTP_NOT_SENT;
    happen(&told, 5);
    network_let_pass(&told.t, HOURS(5));
    assert_in_range(told.r.calls, 8, 60); /* it rests: not five times as often */
    assert_int_equal(now_of(&told).told_at, 0);
    told.r.outcome = 0;
    network_let_pass(&told.t, HOURS(7));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery "
                               "WHERE state = 'delivered'"),
                     5);
    for (size_t i = 1; i < told.r.calls; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(str_eq(told.r.seen[i].id, told.r.seen[j].id),
                             str_eq(told.r.seen[i].body, told.r.seen[j].body));
    assert_int_equal(now_of(&told).failing_at, 0);
}

static void a_delivery_waits_longer_each_time(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    int64_t wait = 0;

    told.r.status = 500;
    told.r.answer = "not \xff today";
    happen(&told, 1);
    network_let_pass(&told.t, HOURS(5));
    assert_in_range(told.r.calls, 6, 9);
    for (size_t i = 1; i < told.r.calls; i++) {
        int64_t next = told.r.seen[i].at - told.r.seen[i - 1].at;

        assert_true(next > wait);
        wait = next;
    }
    assert_int_equal(newest(&told).status, 500);
    CHECK_STR(newest(&told).answer, "not \xef\xbf\xbd today");
    CHECK_STR(newest(&told).state, "waiting");
}

static void a_redirect_is_a_failure_and_a_wait_that_was_asked_for_is_kept(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    told.r.status = 302;
    happen(&told, 1);
    CHECK_STR(newest(&told).state, "waiting");
    told.r.status = 429;
    told.r.retry_after = 1800;
    network_let_pass(&told.t, SECONDS(10));
    assert_int_equal(told.r.calls, 2);
    network_let_pass(&told.t, MINUTES(29));
    assert_int_equal(told.r.calls, 2);
    network_let_pass(&told.t, MINUTES(2));
    assert_int_equal(told.r.calls, 3);
}

static void a_receiver_that_is_gone_is_not_called_again(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    told.r.status = 410;
    happen(&told, 3);
    assert_int_equal(told.r.calls, 1);
    assert_int_equal(now_of(&told).enabled, 0);
    CHECK_STR(now_of(&told).ended, "gone");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery "
                               "WHERE state = 'failed'"),
                     3);
    happen(&told, 1);
    network_let_pass(&told.t, DAYS(1));
    assert_int_equal(told.r.calls, 1);
}

static void people_are_told_after_three_days_and_a_day_later_it_is_off(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    told.r.status = 500;
    happen(&told, 1);
    network_let_pass(&told.t, DAYS(3) - MINUTES(1));
    assert_int_equal(now_of(&told).told_at, 0);
    network_let_pass(&told.t, MINUTES(1));
    CHECK_STR(newest(&told).state, "failed");
    assert_true(now_of(&told).told_at > 0);
    network_let_pass(&told.t, DAYS(1) - MINUTES(1));
    assert_int_equal(now_of(&told).enabled, 1);
    network_let_pass(&told.t, MINUTES(1));
    assert_int_equal(now_of(&told).enabled, 0);
    CHECK_STR(now_of(&told).ended, "failing");
    assert_true(now_of(&told).told_at > 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind IN "
                               "('webhook.failing', 'webhook.disabled')"),
                     2);
}

static void a_success_takes_the_warning_back(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    told.r.status = 500;
    happen(&told, 1);
    network_let_pass(&told.t, DAYS(3));
    assert_true(now_of(&told).told_at > 0);
    told.r.status = 200;
    happen(&told, 1);
    assert_int_equal(now_of(&told).told_at, 0);
    network_let_pass(&told.t, DAYS(2));
    assert_int_equal(now_of(&told).enabled, 1);
}

static void what_failed_can_be_sent_again_under_its_id(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct webhook hook;
    struct str id;

    told.r.status = 500;
    happen(&told, 1);
    network_let_pass(&told.t, DAYS(3));
    CHECK_STR(newest(&told).state, "failed");
    id = told.r.seen[0].id;
    told.r.status = 200;
    hook = now_of(&told);
    CHECK_OK(&f, webhook_resend(&f.op, &hook, newest(&told).id));
    talk_work(&told.t);
    CHECK_STR(newest(&told).state, "delivered");
    assert_true(str_eq(told.r.seen[told.r.calls - 1].id, id));
    assert_int_equal(webhook_resend(&f.op, &hook, hook.id), ERR_NOT_FOUND);
}

static void one_that_is_switched_on_again_hears_of_what_comes_then(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct webhook old = now_of(&told), off = old;

    off.enabled = 0;
    CHECK_OK(&f, webhook_update(&f.op, &old, &off));
    CHECK_STR(now_of(&told).ended, "person");
    happen(&told, 3);
    assert_int_equal(told.r.calls, 0);
    assert_int_equal(webhook_try(&f.op, &off), ERR_CONFLICT);
    f.op.err = (struct err){ 0 };
    off = now_of(&told);
    old = off;
    old.enabled = 1;
    CHECK_OK(&f, webhook_update(&f.op, &off, &old));
    happen(&told, 1);
    assert_int_equal(told.r.calls, 1);
}

static void a_try_goes_to_the_webhook_that_is_tried(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct webhook other = new_hook("https://other.example/", KINDS), hook;
    struct str secret;

    CHECK_OK(&f, webhook_add(&f.op, &other, &secret));
    hook = now_of(&told);
    CHECK_OK(&f, webhook_try(&f.op, &hook));
    talk_work(&told.t);
    happen(&told, 1);
    assert_int_equal(told.r.calls, 3); /* the try, and the event to both */
    assert_true(str_find(told.r.seen[0].body, STR("webhook.test")) > 0);
    CHECK_STR(told.r.seen[0].url, URL);
}

static void while_a_secret_is_replaced_both_are_valid(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct webhook hook = now_of(&told);
    const struct seen *seen = &told.r.seen[0];
    struct str fresh;

    CHECK_OK(&f, webhook_renew_secret(&f.op, &hook, &fresh));
    happen(&told, 1);
    assert_int_equal(
        signature_verify(&f.op, told.secret, &seen->headers, seen->body, f.op.now), 0);
    assert_int_equal(signature_verify(&f.op, fresh, &seen->headers, seen->body, f.op.now),
                     0);
    network_let_pass(&told.t, DAYS(1));
    happen(&told, 1);
    seen++;
    assert_int_equal(
        signature_verify(&f.op, told.secret, &seen->headers, seen->body, f.op.now),
        SIGNATURE_WRONG);
    assert_int_equal(signature_verify(&f.op, fresh, &seen->headers, seen->body, f.op.now),
                     0);
}

static void a_secret_that_cannot_be_opened_shows_as_a_failure(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    memset(told.t.key.bytes, 'x', sizeof(told.t.key.bytes));
    happen(&told, 1);
    assert_int_equal(told.r.calls, 0);
    assert_true(str_find(newest(&told).reason, STR("damaged")) > 0);
    memset(told.t.key.bytes, 'k', sizeof(told.t.key.bytes));
    network_let_pass(&told.t, MINUTES(1));
    assert_int_equal(told.r.calls, 1);
}

static void a_workspace_has_twenty_webhooks_at_most(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct webhook hook;
    struct str secret;

    for (int i = 1; i < WEBHOOK_MAX; i++) {
        hook = new_hook(URL, KINDS);
        CHECK_OK(&f, webhook_add(&f.op, &hook, &secret));
    }
    hook = new_hook(URL, KINDS);
    assert_int_equal(webhook_add(&f.op, &hook, &secret), ERR_CONFLICT);
    f.op.err = (struct err){ 0 };
    CHECK_OK(&f, webhook_remove(&f.op, &told.hook));
    CHECK_OK(&f, webhook_add(&f.op, &hook, &secret));
}

static void an_address_outside_has_to_be_safe(void **state)
{
    static const struct {
        const char *url;
        int r;
    } cases[] = {
        { "https://crm.example/in?key=1", 0 },
        { "http://127.0.0.1:8080/in", 0 },
        { "http://[::1]/in", 0 },
        { "http://192.168.1.7/in", 0 },
        { "http://crm.house/in", 0 }, /* looked at when it is called */
        { "http://203.0.114.9/in", ERR_INVALID },
        { "ftp://crm.example/", ERR_INVALID },
        { "https://eva:geheim@crm.example/", ERR_INVALID },
        { "crm", ERR_INVALID },
    };
    FIXTURE_BOTH(f);
    TOLD(told, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct webhook hook = new_hook(cases[i].url, KINDS);
        struct str secret;
        int r = webhook_add(&f.op, &hook, &secret);

        if (r != cases[i].r)
            print_message("%s\n", cases[i].url);
        assert_int_equal(r, cases[i].r);
        f.op.err = (struct err){ 0 };
    }
}

static void only_events_that_are_promised_can_be_asked_for(void **state)
{
    static const char *const wrong[] = { "", "conversation", "account.created",
                                         KINDS " webhook.test", " conversation.created" };
    FIXTURE_BOTH(f);
    TOLD(told, f);

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct webhook hook = new_hook(URL, wrong[i]);
        struct str secret;

        assert_int_equal(webhook_add(&f.op, &hook, &secret), ERR_INVALID);
        f.op.err = (struct err){ 0 };
    }
    for (size_t i = 0; webhook_kind_at(i); i++) {
        struct webhook now = now_of(&told), changed = now;

        changed.kinds = str_of(webhook_kind_at(i));
        CHECK_OK(&f, webhook_update(&f.op, &now, &changed));
    }
}

static void what_is_too_much_waits_in_the_log_and_comes_later(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct event event = { .kind = "check_back.due" };

    told.r.status = 500;
    for (int i = 0; i < WEBHOOK_MAX_WAITING + 3; i++) {
        event.seq = 0;
        CHECK_OK(&f, event_add(&f.op, &event));
    }
    CHECK_OK(&f, webhook_wake(&f.op, "check_back.due"));
    for (bool more = true; more;) {
        struct webhook hook = now_of(&told);

        CHECK_OK(&f, webhook_feed(&f.op, &hook, &more));
    }
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery"),
                     WEBHOOK_MAX_WAITING);
    RUN(&f, "UPDATE webhook_delivery SET state = 'delivered'");
    for (bool more = true; more;) {
        struct webhook hook = now_of(&told);

        CHECK_OK(&f, webhook_feed(&f.op, &hook, &more));
    }
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery "
                               "WHERE state = 'waiting'"),
                     3);
    /* The oldest of what is over were forgotten. */
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery"), WEBHOOK_KEPT);
    assert_int_equal(
        now_of(&told).seen_seq,
        COUNT(&f, "SELECT MAX(seq) FROM event WHERE kind = 'check_back.due'"));
}

/* One call of the database fails, wherever: all or nothing. */
static void a_failing_store_loses_and_doubles_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct event event = { .kind = "check_back.due" };
    bool failed = true;

    for (int i = 0; i < 3; i++)
        CHECK_OK(&f, event_add(&f.op, &event));
    for (unsigned nth = 1; failed; nth++) {
        struct webhook hook = now_of(&told);
        bool more;
        int r;
        DB_TX(tx);

        f.op.err = (struct err){ 0 };
        f.op.db = flaky_db(f.op.db, nth);
        r = db_begin(&f.op, &tx);
        if (r >= 0)
            r = webhook_feed(&f.op, &hook, &more);
        if (r >= 0)
            r = db_commit(&tx);
        db_tx_end(&tx);
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        assert_int_equal(r < 0, failed);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM webhook_delivery"),
                         failed ? 0 : 3);
        assert_true(failed || nth > 8); /* begin, look, three, place, commit and more */
    }
}

/* A transaction of a thousand events wakes once, and one that is undone never. */
static void a_transaction_wakes_once_and_when_it_is_committed(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);

    for (int commit = 0; commit < 2; commit++) {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        for (int i = 0; i < 3; i++)
            CHECK_OK(&f, webhook_wake(&f.op, "check_back.due"));
        CHECK_OK(&f, webhook_wake(&f.op, "account.created"));
        assert_non_null(f.op.db->last);
        assert_null(f.op.db->last->next);
        if (commit)
            CHECK_OK(&f, db_commit(&tx));
        db_tx_end(&tx);
        assert_null(f.op.db->last);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job WHERE kind = 'webhook' "
                                   "AND state = 'queued'"),
                         commit);
    }
}

static void the_log_rebuilds_webhooks(void **state)
{
    FIXTURE_BOTH(f);
    TOLD(told, f);
    struct str why = STR("");
    int64_t count;

    told.r.status = 410;
    happen(&told, 1);
    assert_int_equal(record_verify(&f.op, &webhook_record, &count, &why), 0);
    assert_int_equal(count, 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE payload LIKE '%crm%'"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_happens_is_told_by_its_name_and_signed),
        BOTH_ENGINES(nothing_is_told_of_before_or_of_what_was_not_asked_for),
        BOTH_ENGINES(a_receiver_that_was_away_gets_all_under_the_same_ids),
        BOTH_ENGINES(a_delivery_waits_longer_each_time),
        BOTH_ENGINES(a_redirect_is_a_failure_and_a_wait_that_was_asked_for_is_kept),
        BOTH_ENGINES(a_receiver_that_is_gone_is_not_called_again),
        BOTH_ENGINES(people_are_told_after_three_days_and_a_day_later_it_is_off),
        BOTH_ENGINES(a_success_takes_the_warning_back),
        BOTH_ENGINES(what_failed_can_be_sent_again_under_its_id),
        BOTH_ENGINES(one_that_is_switched_on_again_hears_of_what_comes_then),
        BOTH_ENGINES(a_try_goes_to_the_webhook_that_is_tried),
        BOTH_ENGINES(while_a_secret_is_replaced_both_are_valid),
        BOTH_ENGINES(a_secret_that_cannot_be_opened_shows_as_a_failure),
        BOTH_ENGINES(a_workspace_has_twenty_webhooks_at_most),
        BOTH_ENGINES(an_address_outside_has_to_be_safe),
        BOTH_ENGINES(only_events_that_are_promised_can_be_asked_for),
        BOTH_ENGINES(what_is_too_much_waits_in_the_log_and_comes_later),
        BOTH_ENGINES(a_failing_store_loses_and_doubles_nothing),
        BOTH_ENGINES(a_transaction_wakes_once_and_when_it_is_committed),
        BOTH_ENGINES(the_log_rebuilds_webhooks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
