/* test_api_session.c - logging in and out: cookies, rotation, CSRF, guessing, links. */
#include "office.h"

#include "admin/account.h"
#include "admin/password.h"
#include "admin/role.h"
#include "admin/totp.h"
#include "admin/workspace.h"

static void set_up_works_once_and_logs_in(void **state)
{
    OFFICE_BOTH(o);

    assert_int_equal(ask(&o, NULL, "GET", "/api/v1/setup", NULL), 200);
    assert_false(seen(&o, "needed")->boolean);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    CHECK_STR(seen_text(&o, "account.role.slug"), "administrator");
    CHECK_STR(seen_text(&o, "account.email"), "Ada@Example.org");
    assert_true(seen(&o, "account.trained")->boolean);
    CHECK_STR(seen_text(&o, "workspace.slug"), "default");
    assert_int_equal(ask(&o, NULL, "POST", "/api/v1/setup",
                         "{\"token\":\"x\",\"workspace_name\":\"x\",\"email\":\"a@b\","
                         "\"name\":\"x\",\"password\":\"" OFFICE_PASSWORD "\"}"),
                     409);
}

static void a_login_sets_a_cookie_that_scripts_cannot_read(void **state)
{
    OFFICE_BOTH(o);
    struct caller who = { 0 };
    struct str cookie;

    assert_int_equal(log_in(&o, &who, " ada@example.ORG", OFFICE_PASSWORD), 201);
    cookie = http_field(&o.answer.headers, "Set-Cookie");
    assert_true(str_find(cookie, STR("; HttpOnly")) > 0);
    assert_true(str_find(cookie, STR("; SameSite=Strict")) > 0);
    assert_true(str_find(cookie, STR("; Path=/;")) > 0);
    assert_true(str_find(cookie, STR("Secure")) < 0);
    assert_int_equal(ask(&o, &who, "GET", "/api/v1/me", NULL), 200);
    assert_int_equal(ask(&o, NULL, "GET", "/api/v1/me", NULL), 401);
    CHECK_STR(http_field(&o.answer.headers, "WWW-Authenticate"), "Bearer");
}

static void an_unknown_address_and_a_wrong_password_look_the_same(void **state)
{
    OFFICE(o);
    struct str wrong;

    (void)state;
    assert_int_equal(log_in(&o, NULL, "ada@example.org", "falsch falsch"), 401);
    wrong = seen_text(&o, "detail");
    assert_int_equal(log_in(&o, NULL, "wer@example.org", "falsch falsch"), 401);
    assert_true(str_eq(wrong, seen_text(&o, "detail")));
}

static void a_planted_cookie_is_not_taken_over(void **state)
{
    OFFICE(o);
    struct caller who = { .cookie = STR("draht_session=planted-by-somebody") };

    (void)state;
    assert_int_equal(log_in(&o, &who, "ada@example.org", OFFICE_PASSWORD), 201);
    assert_true(str_find(who.cookie, STR("planted")) < 0);
    struct caller thief = { .cookie = STR("draht_session=planted-by-somebody") };
    assert_int_equal(ask(&o, &thief, "GET", "/api/v1/me", NULL), 401);
}

static void a_second_login_ends_the_first_of_the_same_browser(void **state)
{
    OFFICE(o);
    struct caller old = o.admin;

    (void)state;
    assert_int_equal(log_in(&o, &o.admin, "ada@example.org", OFFICE_PASSWORD), 201);
    assert_false(str_eq(old.cookie, o.admin.cookie));
    assert_int_equal(ask(&o, &old, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
}

static void a_new_password_rotates_this_session_and_ends_the_others(void **state)
{
    OFFICE_BOTH(o);
    struct caller other = { 0 }, old = o.admin;

    assert_int_equal(log_in(&o, &other, "ada@example.org", OFFICE_PASSWORD), 201);
    assert_int_equal(
        ask(&o, &o.admin, "PATCH", "/api/v1/me",
            "{\"password\":\"noch ein Satz\",\"current_password\":\"nein\"}"),
        422);
    assert_true(complains(&o, "current_password"));
    assert_int_equal(ask(&o, &other, "GET", "/api/v1/me", NULL), 200);
    assert_int_equal(
        ask(&o, &o.admin, "PATCH", "/api/v1/me",
            "{\"password\":\"noch ein Satz\",\"current_password\":\"" OFFICE_PASSWORD
            "\"}"),
        200);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    assert_int_equal(ask(&o, &old, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(ask(&o, &other, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(log_in(&o, NULL, "ada@example.org", OFFICE_PASSWORD), 401);
}

static void an_unsafe_method_needs_the_token_of_this_very_login(void **state)
{
    OFFICE(o);
    struct caller other = caller_new(&o, "eva@example.org", "manager"), forged = o.admin;

    (void)state;
    const char *body = "{\"name\":\"Service\"}";
    forged.csrf = (struct str){ 0 };
    assert_int_equal(ask(&o, &forged, "POST", "/api/v1/departments", body), 403);
    forged.csrf = other.csrf;
    assert_int_equal(ask(&o, &forged, "POST", "/api/v1/departments", body), 403);
    assert_int_equal(ask(&o, &forged, "GET", "/api/v1/departments", NULL), 200);
    assert_int_equal(seen(&o, "items")->count, 0);
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/departments", body), 201);
}

static void a_page_of_another_origin_is_refused(void **state)
{
    static const struct {
        const char *origin;
        int status;
    } cases[] = {
        { "http://draht.test", 201 },      { "https://draht.test", 201 },
        { "http://evil.test", 403 },       { "null", 403 },
        { "http://draht.test.evil", 403 }, { "http://draht.test:81", 403 },
    };
    OFFICE(o);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct caller who = { .extra = { STR("Origin"), str_of(cases[i].origin) } };
        assert_int_equal(log_in(&o, &who, "ada@example.org", OFFICE_PASSWORD),
                         cases[i].status);
    }
}

static void sessions_end_by_idleness_and_by_age(void **state)
{
    OFFICE_BOTH(o);

    for (int day = 0; day < 29 * 3; day++) {
        fixture_advance(&o.f, HOURS(8));
        assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    }
    fixture_advance(&o.f, HOURS(8) * 3);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(log_in(&o, &o.admin, "ada@example.org", OFFICE_PASSWORD), 201);
    fixture_advance(&o.f, HOURS(12) - 1);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    fixture_advance(&o.f, HOURS(12));
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 401);
}

static void my_sessions_are_listed_and_revoked_at_once(void **state)
{
    OFFICE_BOTH(o);
    struct caller eva = caller_new(&o, "eva@example.org", "agent"), second = { 0 };
    struct str id, path;

    assert_int_equal(log_in(&o, &second, "eva@example.org", OFFICE_PASSWORD), 201);
    assert_int_equal(ask(&o, &second, "GET", "/api/v1/sessions", NULL), 200);
    assert_int_equal(seen(&o, "items")->count, 2);
    assert_true(seen(&o, "items.0.current")->boolean);
    assert_false(seen(&o, "items.1.current")->boolean);
    id = seen_text(&o, "items.1.id");
    path = arena_fmt(&o.f.arena, "/api/v1/sessions/" STR_FMT, STR_ARG(id));
    /* Not even an administrator ends it here. */
    assert_int_equal(ask(&o, &o.admin, "DELETE", path.p, NULL), 404);
    assert_int_equal(ask(&o, &second, "DELETE", path.p, NULL), 204);
    assert_int_equal(ask(&o, &eva, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(ask(&o, &second, "DELETE", "/api/v1/sessions/current", NULL), 204);
    assert_null(second.cookie.p);
}

static void guessing_is_slowed_and_the_owner_gets_in(void **state)
{
    OFFICE_BOTH(o);
    struct caller thief = { .address = STR("203.0.113.9") };
    struct caller owner = { 0 }, away = { .address = STR("198.51.100.4") };
    int status = 0, guesses = 0;

    while (status != 429 && guesses < 50) {
        status = log_in(&o, &thief, "ada@example.org", "geraten geraten");
        guesses++;
    }
    assert_int_equal(guesses, 6);
    assert_int_equal(o.answer.retry_after, 1);
    /* The right password from elsewhere waits too, so it tells the guesser nothing. */
    assert_int_equal(log_in(&o, &away, "ada@example.org", OFFICE_PASSWORD), 429);
    /* Set-up was done from the owner's address: it is known. */
    assert_int_equal(log_in(&o, &owner, "ada@example.org", OFFICE_PASSWORD), 201);
    /* And so is a browser that was logged in before, wherever it is now. */
    struct caller laptop = o.admin;
    laptop.address = STR("198.51.100.7");
    assert_int_equal(log_in(&o, &laptop, "ada@example.org", OFFICE_PASSWORD), 201);
}

static void the_wait_doubles_and_a_day_forgets(void **state)
{
    OFFICE(o);
    struct caller thief = { .address = STR("203.0.113.9") };
    unsigned waits[12];

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(log_in(&o, &thief, "ada@example.org", "geraten geraten"), 401);
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        assert_int_equal(log_in(&o, &thief, "ada@example.org", "geraten geraten"), 429);
        waits[i] = o.answer.retry_after;
        fixture_advance(&o.f, SECONDS(waits[i]));
        assert_int_equal(log_in(&o, &thief, "ada@example.org", "geraten geraten"), 401);
    }
    assert_int_equal(waits[0], 1);
    assert_int_equal(waits[5], 32);
    assert_int_equal(waits[11], 900);
    fixture_advance(&o.f, DAYS(1));
    assert_int_equal(log_in(&o, &thief, "ada@example.org", OFFICE_PASSWORD), 201);
}

static void one_address_cannot_try_many_accounts(void **state)
{
    OFFICE(o);
    struct caller thief = { .address = STR("2001:db8:1:2:3::4") };
    int n = 0;

    (void)state;
    for (; n < 60; n++) {
        struct str email = arena_fmt(&o.f.arena, "nutzer%d@example.org", n);
        /* Another address of the same network is the same guesser. */
        thief.address = arena_fmt(&o.f.arena, "2001:db8:1:2:3::%x", n + 4);
        if (log_in(&o, &thief, email.p, "geraten geraten") == 429)
            break;
    }
    assert_int_equal(n, 30);
}

/* A socket for both families shows a caller of the fourth as "::ffff:192.0.2.7": that is
 * one house, not a network of all of them. */
static void callers_through_a_socket_for_both_families_are_told_apart(void **state)
{
    OFFICE(o);
    struct caller thief = { .address = STR("::ffff:203.0.113.9") };
    struct caller owner = { .address = STR("::ffff:198.51.100.1") };

    (void)state;
    assert_int_equal(log_in(&o, &owner, "ada@example.org", OFFICE_PASSWORD), 201);
    owner.cookie = owner.csrf = STR("");
    for (int n = 0; n < 60; n++)
        (void)log_in(&o, &thief, arena_fmt(&o.f.arena, "nutzer%d@example.org", n).p,
                     "geraten geraten");
    for (int n = 0; n < 20; n++)
        (void)log_in(&o, &thief, "ada@example.org", "geraten geraten");
    assert_int_equal(log_in(&o, &thief, "wer@example.org", "geraten geraten"), 429);
    assert_int_equal(log_in(&o, &owner, "ada@example.org", OFFICE_PASSWORD), 201);
    owner.address = STR("::ffff:198.51.100.2");
    assert_int_equal(log_in(&o, &owner, "wer@example.org", "geraten geraten"), 401);
}

/* The same /64 is written in several ways, and two of them may begin alike. */
static void an_ipv6_network_is_known_however_it_is_written(void **state)
{
    OFFICE(o);
    static const char *const same[] = { "2001:db8::1:0:0:1",
                                        "2001:db8:0:0:1::", "2001:db8::5" };
    struct caller thief = { 0 };
    int n = 0;

    (void)state;
    for (; n < 60; n++) {
        thief.address = str_of(same[n % 3]);
        if (log_in(&o, &thief, arena_fmt(&o.f.arena, "nutzer%d@example.org", n).p,
                   "geraten geraten") == 429)
            break;
    }
    assert_int_equal(n, 30);
    thief.address = STR("2001:db8::7:1:2:3:4"); /* 2001:db8:0:7::/64 */
    assert_int_equal(log_in(&o, &thief, "wer@example.org", "geraten geraten"), 401);
}

static struct str code_now(struct office *o, struct str secret)
{
    return totp_code(&o->f.arena, secret, clock_now(&o->f.clock) / 30000, 6);
}

/* The secret's bytes, from base32. */
static struct str from_base32(struct office *o, struct str text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct strbuf out = STRBUF(&o->f.arena);
    uint64_t bits = 0;
    int count = 0;

    for (size_t i = 0; i < text.n; i++) {
        bits = bits << 5 | (uint64_t)(strchr(alphabet, text.p[i]) - alphabet);
        count += 5;
        if (count >= 8)
            strbuf_char(&out, (char)(bits >> (count -= 8)));
    }
    return strbuf_str(&out);
}

static int log_in_with(struct office *o, struct str code)
{
    return ask_fmt(o, NULL, "POST", "/api/v1/sessions",
                   "{\"email\":\"ada@example.org\",\"password\":\"" OFFICE_PASSWORD
                   "\",\"code\":\"" STR_FMT "\"}",
                   STR_ARG(code));
}

static void a_second_factor_is_asked_for_and_counts_once(void **state)
{
    OFFICE_BOTH(o);
    struct str secret, code, recovery, old = o.admin.cookie;

    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/me/totp", "{}"), 422);
    assert_true(complains(&o, "password"));
    assert_int_equal(
        ask(&o, &o.admin, "POST", "/api/v1/me/totp", "{\"password\":\"falsch\"}"), 422);
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/me/totp",
                         "{\"password\":\"" OFFICE_PASSWORD "\"}"),
                     201);
    secret = from_base32(&o, seen_text(&o, "secret"));
    assert_int_equal(secret.n, TOTP_SECRET);
    assert_int_equal(
        ask(&o, &o.admin, "POST", "/api/v1/me/totp/confirm", "{\"code\":\"abc\"}"), 422);
    code = code_now(&o, secret);
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/me/totp/confirm",
                             "{\"code\":\"" STR_FMT "\"}", STR_ARG(code)),
                     200);
    assert_int_equal(seen(&o, "recovery_codes")->count, 10);
    recovery = seen_text(&o, "recovery_codes.3");
    assert_false(str_eq(old, o.admin.cookie));
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);

    assert_int_equal(log_in(&o, NULL, "ada@example.org", OFFICE_PASSWORD), 401);
    assert_true(complains(&o, "code"));
    assert_int_equal(log_in_with(&o, code), 401); /* used to confirm */
    fixture_advance(&o.f, SECONDS(30));
    code = code_now(&o, secret);
    assert_int_equal(log_in_with(&o, code), 201);
    assert_int_equal(log_in_with(&o, code), 401);
    assert_int_equal(log_in_with(&o, recovery), 201);
    assert_int_equal(log_in_with(&o, recovery), 401);

    assert_int_equal(
        ask(&o, &o.admin, "DELETE", "/api/v1/me/totp", "{\"password\":\"falsch\"}"), 422);
    assert_int_equal(ask(&o, &o.admin, "DELETE", "/api/v1/me/totp",
                         "{\"password\":\"" OFFICE_PASSWORD "\"}"),
                     204);
    assert_int_equal(log_in(&o, NULL, "ada@example.org", OFFICE_PASSWORD), 201);
}

static void an_invitation_works_once_and_grows_old(void **state)
{
    OFFICE_BOTH(o);
    struct str token, path;

    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/users",
                         "{\"email\":\"eva@example.org\",\"name\":\"Eva\","
                         "\"role\":\"agent\"}"),
                     201);
    CHECK_STR(str_cut(seen_text(&o, "invitation_url"), '=', &token),
              "http://draht.test/link?token");
    path = arena_fmt(&o.f.arena, "/api/v1/links/" STR_FMT, STR_ARG(token));
    assert_int_equal(ask(&o, NULL, "GET", path.p, NULL), 200);
    CHECK_STR(seen_text(&o, "kind"), "invitation");
    assert_int_equal(ask(&o, NULL, "POST", path.p, "{\"password\":\"eva@example.org\"}"),
                     422);
    fixture_advance(&o.f, DAYS(7) - 1);
    assert_int_equal(ask(&o, NULL, "GET", path.p, NULL), 200);
    fixture_advance(&o.f, 1);
    assert_int_equal(ask(&o, NULL, "GET", path.p, NULL), 404);
}

static void a_reset_keeps_the_second_factor(void **state)
{
    OFFICE(o);
    struct str id, secret, token, path;

    (void)state;
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    id = seen_text(&o, "account.id");
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/me/totp",
                         "{\"password\":\"" OFFICE_PASSWORD "\"}"),
                     201);
    secret = from_base32(&o, seen_text(&o, "secret"));
    struct str code = code_now(&o, secret);
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/me/totp/confirm",
                             "{\"code\":\"" STR_FMT "\"}", STR_ARG(code)),
                     200);
    path = arena_fmt(&o.f.arena, "/api/v1/users/" STR_FMT "/reset", STR_ARG(id));
    assert_int_equal(ask(&o, &o.admin, "POST", path.p, NULL), 201);
    (void)str_cut(seen_text(&o, "reset_url"), '=', &token);
    path = arena_fmt(&o.f.arena, "/api/v1/links/" STR_FMT, STR_ARG(token));
    assert_int_equal(ask(&o, NULL, "POST", path.p, "{\"password\":\"neuer Satz hier\"}"),
                     401);
    assert_true(complains(&o, "code"));
    fixture_advance(&o.f, SECONDS(30));
    code = code_now(&o, secret);
    assert_int_equal(ask_fmt(&o, NULL, "POST", path.p,
                             "{\"password\":\"neuer Satz hier\",\"code\":\"" STR_FMT
                             "\"}",
                             STR_ARG(code)),
                     201);
    assert_int_equal(ask(&o, NULL, "GET", path.p, NULL), 404);
}

/* A second workspace with somebody of the same address and another password. */
static void make_other_workspace(struct office *o)
{
    struct workspace other = { .slug = STR("zweite"), .name = STR("Zweite") };
    struct role role;
    struct account account;
    struct str hash;

    fixture_next_op(&o->f);
    CHECK_OK(&o->f, workspace_create(&o->f.op, &other));
    assert_int_equal(role_by_slug(&o->f.op, STR("reader"), &role), 0);
    CHECK_OK(&o->f, password_hash(&o->f.op, STR("im anderen Haus"), &hash));
    account = (struct account){ .email = STR("ada@example.org"),
                                .name = STR("Ada Zwei"),
                                .role_id = role.id,
                                .language = STR("en"),
                                .password_hash = hash };
    CHECK_OK(&o->f, account_add(&o->f.op, &account));
}

static void a_login_can_name_its_workspace(void **state)
{
    OFFICE_BOTH(o);
    struct caller who = { 0 };

    make_other_workspace(&o);
    assert_int_equal(log_in(&o, &who, "ada@example.org", OFFICE_PASSWORD), 201);
    CHECK_STR(seen_text(&o, "account.name"), "Ada");
    assert_int_equal(log_in(&o, NULL, "ada@example.org", "im anderen Haus"), 401);
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/sessions",
                         "{\"email\":\"ada@example.org\",\"workspace\":\"zweite\","
                         "\"password\":\"im anderen Haus\"}"),
                     201);
    assert_int_equal(ask(&o, &who, "GET", "/api/v1/me", NULL), 200);
    CHECK_STR(seen_text(&o, "workspace.slug"), "zweite");
    assert_int_equal(ask(&o, NULL, "POST", "/api/v1/sessions",
                         "{\"email\":\"ada@example.org\",\"workspace\":\"dritte\","
                         "\"password\":\"im anderen Haus\"}"),
                     401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(set_up_works_once_and_logs_in),
        BOTH_ENGINES(a_login_sets_a_cookie_that_scripts_cannot_read),
        cmocka_unit_test(an_unknown_address_and_a_wrong_password_look_the_same),
        cmocka_unit_test(a_planted_cookie_is_not_taken_over),
        cmocka_unit_test(a_second_login_ends_the_first_of_the_same_browser),
        BOTH_ENGINES(a_new_password_rotates_this_session_and_ends_the_others),
        cmocka_unit_test(an_unsafe_method_needs_the_token_of_this_very_login),
        cmocka_unit_test(a_page_of_another_origin_is_refused),
        BOTH_ENGINES(sessions_end_by_idleness_and_by_age),
        BOTH_ENGINES(my_sessions_are_listed_and_revoked_at_once),
        BOTH_ENGINES(guessing_is_slowed_and_the_owner_gets_in),
        cmocka_unit_test(the_wait_doubles_and_a_day_forgets),
        cmocka_unit_test(one_address_cannot_try_many_accounts),
        cmocka_unit_test(callers_through_a_socket_for_both_families_are_told_apart),
        cmocka_unit_test(an_ipv6_network_is_known_however_it_is_written),
        BOTH_ENGINES(a_second_factor_is_asked_for_and_counts_once),
        BOTH_ENGINES(an_invitation_works_once_and_grows_old),
        cmocka_unit_test(a_reset_keeps_the_second_factor),
        BOTH_ENGINES(a_login_can_name_its_workspace),
    };
    return cmocka_run_group_tests_name("api_session", tests, NULL, NULL);
}
