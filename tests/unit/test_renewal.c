/* test_renewal.c - a credential that counts once: who uses it, and what is stored when.
 */
#include "talk.h"

#include "channel/email_token.h"
#include "db/store.h"
#include "work/connect.h"
#include "work/renewal.h"

#define MAILBOX                                                                          \
    "{\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","               \
    "\"smtp_host\":\"mail.example.org\",\"client_id\":\"draht\","                        \
    "\"token_url\":\"https://example.org/token\"}"

/* The channel of the talk as a mailbox. */
static void become_mailbox(struct talk *t, struct connected *ret)
{
    struct channel mailbox = t->channel;
    struct str why;

    mailbox.id = 0;
    mailbox.name = STR("Postfach");
    mailbox.network = STR("email");
    mailbox.settings = STR(MAILBOX);
    CHECK_OK(t->f, channel_add(&t->f->op, &mailbox));
    t->channel = mailbox;
    CHECK_OK(t->f, connect_keep_credential(&t->f->op, &t->channel, STR("geheim alt")));
    CHECK_OK(t->f, connect_channel(&t->f->op, t->channel.id, ret, &why));
    email_token_forget(
        &ret->connection); /* ids begin anew in each test, memory does not */
}

static struct str stored(struct talk *t)
{
    struct connected to;
    struct str why;

    CHECK_OK(t->f, connect_channel(&t->f->op, t->channel.id, &to, &why));
    return to.connection.credential.text;
}

static int ask(struct talk *t, const struct connection *connection, struct str *ret)
{
    struct receipt receipt = { .reason = STR("") };
    struct email_account account;
    int r;

    email_account(&t->f->op, connection->settings, &account);
    r = email_token(&t->f->op, connection, &account, ret, &receipt);
    if (r > 0)
        *ret = receipt.reason;
    return r;
}

static bool asked_with(const struct talk *t, size_t call, const char *refresh)
{
    const char *text = arena_cstr(
        t->http.arena,
        arena_fmt(t->http.arena, "client_secret=geheim&refresh_token=%s", refresh));

    return str_find(t->http.seen[call].body, str_of(text)) >= 0;
}

static void what_comes_instead_is_stored_in_its_place_and_used_next(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to, again;
    struct str token, why;

    become_mailbox(&t, &to);
    t.http.answers[0] = (struct talk_answer){
        .status = 200, .body = "{\"access_token\":\"a\",\"refresh_token\":\"neu\"}"
    };
    t.http.answers[1] =
        (struct talk_answer){ .status = 200, .body = "{\"access_token\":\"b\"}" };
    CHECK_OK(&f, ask(&t, &to.connection, &token));
    CHECK_STR(token, "a");
    assert_true(asked_with(&t, 0, "alt"));
    CHECK_STR(stored(&t), "geheim neu");
    CHECK_OK(&f, connect_channel(&f.op, t.channel.id, &again, &why));
    assert_int_equal(again.connection.credential.given, to.connection.credential.given);
    CHECK_STR(again.connection.credential.site,
              arena_cstr(&f.arena, to.connection.credential.site));
    /* Whoever read the channel before asks with what is stored all the same. */
    email_token_forget(&to.connection);
    CHECK_OK(&f, ask(&t, &to.connection, &token));
    CHECK_STR(token, "b");
    assert_true(asked_with(&t, 1, "neu"));
    CHECK_STR(stored(&t), "geheim neu");
}

/* No token that came with it is used before. */
static int fails(struct op *op, const struct connection *connection UNUSED,
                 struct str text UNUSED)
{
    return op_fail(op, ERR_UNAVAILABLE, "the disk is full");
}

static void what_could_not_be_stored_is_not_used_and_not_forgotten(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct renewal full = renewal;
    struct connected to;
    struct str token = STR("none");

    full.end = fails;
    become_mailbox(&t, &to);
    to.connection.renewal = &full;
    t.http.answers[0] = (struct talk_answer){
        .status = 200, .body = "{\"access_token\":\"a\",\"refresh_token\":\"neu\"}"
    };
    t.http.answers[1] =
        (struct talk_answer){ .status = 200, .body = "{\"access_token\":\"b\"}" };
    assert_int_equal(ask(&t, &to.connection, &token), ERR_UNAVAILABLE);
    CHECK_STR(token, "none");
    CHECK_STR(stored(&t), "geheim alt");
    f.op.err = (struct err){ 0 };
    to.connection.renewal = &renewal;
    CHECK_OK(&f, ask(&t, &to.connection, &token));
    CHECK_STR(token, "b");
    assert_true(asked_with(&t, 1, "neu"));
    CHECK_STR(stored(&t), "geheim neu");
}

static void a_refusal_lets_the_next_one_ask_at_once(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to;
    struct str token, text;

    become_mailbox(&t, &to);
    t.http.answers[0] =
        (struct talk_answer){ .status = 400, .body = "{\"error\":\"invalid_grant\"}" };
    assert_int_equal(ask(&t, &to.connection, &token), EMAIL_FAILED);
    CHECK_STR(stored(&t), "geheim alt");
    CHECK_OK(&f, channel_cursor(&f.op, t.channel.id, STR("renewal"), &text));
    CHECK_STR(text, "");
}

/* Writes down that another process is at it: one that lives (its number is that of the
 * store beside us), or none. */
static void another_is_at_it(struct talk *t, int64_t node)
{
    CHECK_OK(t->f,
             channel_move_cursor(&t->f->op, t->channel.id, STR("renewal"),
                                 arena_fmt(&t->f->arena, "%lld %lld", (long long)node,
                                           (long long)(t->f->op.now + RENEWAL_MS))));
}

static void
while_another_process_asks_nobody_does_and_one_that_died_is_not_waited_for(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to;
    struct str token;
    int64_t other = store_node(f.store) + 1;

    become_mailbox(&t, &to);
    RUN(&f,
        "INSERT INTO node (node_id, name, leased_until_at, last_id, clock_at) "
        "VALUES ($1, 'other', $2, 0, 0)",
        ARG_INT(other), ARG_INT(INT64_MAX));
    another_is_at_it(&t, other);
    assert_int_equal(ask(&t, &to.connection, &token), EMAIL_FAILED);
    CHECK_STR(token, "another process gets a token for this mailbox just now");
    assert_int_equal(t.http.calls, 0);
    t.http.answers[0] = t.http.answers[1] =
        (struct talk_answer){ .status = 200,
                              .body = "{\"access_token\":\"a\",\"expires_in\":1}" };
    another_is_at_it(&t, other + 1); /* which there is not */
    CHECK_OK(&f, ask(&t, &to.connection, &token));
    another_is_at_it(&t, other);
    fixture_advance(&f, RENEWAL_MS);
    CHECK_OK(&f, ask(&t, &to.connection, &token));
    assert_int_equal(t.http.calls, 2);
}

static void what_people_give_meanwhile_counts_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to, now;
    struct str token, text, why;

    become_mailbox(&t, &to);
    CHECK_OK(&f, renewal.begin(&f.op, &to.connection, &text));
    CHECK_STR(text, "geheim alt");
    CHECK_OK(&f, connect_keep_credential(&f.op, &t.channel, STR("geheim anders")));
    CHECK_OK(&f, renewal.end(&f.op, &to.connection, STR("geheim neu")));
    CHECK_STR(stored(&t), "geheim anders");
    assert_int_equal(ask(&t, &to.connection, &token), EMAIL_FAILED);
    CHECK_STR(token, "something else was entered for this mailbox just now");
    assert_int_equal(t.http.calls, 0);
    /* And a token that was got for the one before counts for it no more. */
    t.http.answers[0] = t.http.answers[1] =
        (struct talk_answer){ .status = 200, .body = "{\"access_token\":\"a\"}" };
    CHECK_OK(&f, connect_channel(&f.op, t.channel.id, &now, &why));
    CHECK_OK(&f, ask(&t, &now.connection, &token));
    CHECK_OK(&f, ask(&t, &now.connection, &token));
    assert_int_equal(t.http.calls, 1);
    CHECK_OK(&f, connect_keep_credential(&f.op, &t.channel, STR("geheim noch")));
    CHECK_OK(&f, connect_channel(&f.op, t.channel.id, &now, &why));
    CHECK_OK(&f, ask(&t, &now.connection, &token));
    assert_int_equal(t.http.calls, 2);
    assert_true(asked_with(&t, 1, "noch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_comes_instead_is_stored_in_its_place_and_used_next),
        BOTH_ENGINES(what_could_not_be_stored_is_not_used_and_not_forgotten),
        BOTH_ENGINES(a_refusal_lets_the_next_one_ask_at_once),
        BOTH_ENGINES(
            while_another_process_asks_nobody_does_and_one_that_died_is_not_waited_for),
        BOTH_ENGINES(what_people_give_meanwhile_counts_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
