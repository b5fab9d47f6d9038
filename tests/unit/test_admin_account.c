/* test_admin_account.c - workspaces, roles, accounts, departments below the interface. */
#include "fixture.h"

#include "admin/account.h"
#include "admin/department.h"
#include "admin/guard.h"
#include "admin/link.h"
#include "admin/role.h"
#include "admin/workspace.h"

static struct workspace make_workspace(struct fixture *f, const char *slug)
{
    struct workspace workspace = { .slug = str_of(slug), .name = STR("Laden") };

    CHECK_OK(f, workspace_create(&f->op, &workspace));
    return workspace;
}

static int try_account(struct fixture *f, const char *email, const char *role_slug,
                       struct account *ret)
{
    struct role role;

    assert_int_equal(role_by_slug(&f->op, str_of(role_slug), &role), 0);
    *ret = (struct account){ .email = str_of(email),
                             .name = STR("Eva"),
                             .role_id = role.id,
                             .language = STR("de") };
    return account_add(&f->op, ret);
}

static void a_new_workspace_has_the_usual_roles(void **state)
{
    static const char *const usual[][2] = {
        { "administrator", "read draft answer note work approve moderate release hold "
                           "report channels settings users secrets audit" },
        { "manager", "read draft answer note work approve moderate release hold report "
                     "channels settings audit" },
        { "coordinator", "read note report release hold" },
        { "agent", "read draft answer note work moderate report" },
        { "trainee", "read draft note" },
        { "legal", "read note approve release hold audit report" },
        { "reader", "read report" },
    };
    FIXTURE_BOTH(f);
    struct workspace workspace = make_workspace(&f, "laden"), again = workspace;
    struct role *roles;
    size_t n;

    assert_int_equal(f.op.workspace, workspace.id);
    CHECK_OK(&f, role_list(&f.op, &roles, &n));
    assert_int_equal(n, COUNT_OF(usual));
    for (size_t i = 0; i < n; i++) {
        CHECK_STR(roles[i].slug, usual[i][0]);
        CHECK_STR(roles[i].rights, usual[i][1]);
    }
    assert_int_equal(workspace_create(&f.op, &again), ERR_CONFLICT);
    CHECK_OK(&f, workspace_get(&f.op, &again));
    CHECK_STR(again.time_zone, "Europe/Berlin");
    assert_int_equal(again.default_target_ms, HOURS(1));
}

static void rights_are_kept_in_one_order_and_only_known_ones(void **state)
{
    FIXTURE_BOTH(f);
    struct role old, now;

    make_workspace(&f, "laden");
    assert_int_equal(role_by_slug(&f.op, STR("reader"), &old), 0);
    now = old;
    now.rights = STR("report note read note");
    CHECK_OK(&f, role_update(&f.op, &old, &now));
    assert_int_equal(role_get(&f.op, old.id, &now), 0);
    CHECK_STR(now.rights, "read note report");
    now.rights = STR("read fly");
    assert_int_equal(role_update(&f.op, &old, &now), ERR_INVALID);
    assert_true(role_has(STR("read note"), "note"));
    assert_false(role_has(STR("read note"), "not"));
    assert_false(role_has(STR(""), "read"));
}

static void an_address_belongs_to_one_account_of_a_workspace(void **state)
{
    FIXTURE_BOTH(f);
    struct account account, found;
    struct workspace first = make_workspace(&f, "eins"), second;

    CHECK_OK(&f, try_account(&f, " Eva@Example.org ", "agent", &account));
    CHECK_STR(account.email, "Eva@Example.org");
    assert_int_equal(try_account(&f, "eva@EXAMPLE.org", "reader", &found), ERR_CONFLICT);
    assert_int_equal(account_by_email(&f.op, STR("EVA@example.org"), &found), 0);
    assert_int_equal(found.id, account.id);
    second = make_workspace(&f, "zwei");
    CHECK_OK(&f, try_account(&f, "eva@example.org", "agent", &found));
    assert_int_equal(account_get(&f.op, account.id, &found), ACCOUNT_NOT_FOUND);
    f.op.workspace = first.id;
    assert_int_equal(account_get(&f.op, account.id, &found), 0);
    assert_int_not_equal(first.id, second.id);
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const wrong[] = { "",      "eva",   "@b.de",  "eva@",
                                         "a@b@c", "a b@c", "a@b\tc", "a@\x7f" };
    FIXTURE_STORE(f);
    struct account account;
    char *most = arena_alloc(&f.arena, 1, 1, 256);

    (void)state;
    make_workspace(&f, "laden");
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(try_account(&f, wrong[i], "agent", &account), ERR_INVALID);
    memset(most, 'a', 255);
    most[1] = '@';
    assert_int_equal(try_account(&f, most, "agent", &account), ERR_INVALID);
    most[254] = '\0';
    CHECK_OK(&f, try_account(&f, most, "agent", &account));
}

static void access_is_what_role_and_departments_give(void **state)
{
    FIXTURE_BOTH(f);
    struct department service = { .name = STR("Service") }, bills = { .name = STR("R") };
    struct account account;
    struct access who;

    make_workspace(&f, "laden");
    CHECK_OK(&f, department_add(&f.op, &service));
    CHECK_OK(&f, department_add(&f.op, &bills));
    CHECK_OK(&f, try_account(&f, "eva@example.org", "agent", &account));
    assert_int_equal(access_of_account(&f.op, account.id, &who), 0);
    assert_true(access_in_department(&who, bills.id));
    assert_false(access_is_head(&who, service.id));

    struct membership list[] = { { .department_id = service.id, .is_head = true },
                                 { .department_id = 4711 } };
    assert_int_equal(account_set_memberships(&f.op, account.id, list, 2), ERR_INVALID);
    CHECK_OK(&f, account_set_memberships(&f.op, account.id, list, 1));
    assert_int_equal(access_of_account(&f.op, account.id, &who), 0);
    assert_true(access_in_department(&who, service.id));
    assert_true(access_in_department(&who, 0));
    assert_false(access_in_department(&who, bills.id));
    assert_true(access_is_head(&who, service.id));
    assert_true(access_has(&who, "answer"));
    assert_false(access_has(&who, "users"));

    /* The other one instead: head of nothing any more. */
    list[0] = (struct membership){ .department_id = bills.id };
    CHECK_OK(&f, account_set_memberships(&f.op, account.id, list, 1));
    assert_int_equal(access_of_account(&f.op, account.id, &who), 0);
    assert_int_equal(who.departments, 1);
    assert_false(access_in_department(&who, service.id));
    assert_false(access_is_head(&who, service.id));
}

static void a_link_works_once_and_a_new_one_ends_the_old(void **state)
{
    FIXTURE_BOTH(f);
    struct str first, second;
    struct link link, again;

    f.op.workspace = 0;
    CHECK_OK(&f, link_new(&f.op, "setup", 0, &first));
    CHECK_OK(&f, link_new(&f.op, "setup", 0, &second));
    assert_int_equal(link_find(&f.op, first, &link), LINK_UNKNOWN);
    assert_int_equal(link_find(&f.op, second, &link), 0);
    again = link;
    assert_int_equal(link_use(&f.op, &link), 0);
    assert_int_equal(link_use(&f.op, &again), LINK_UNKNOWN);
    assert_int_equal(link_find(&f.op, second, &link), LINK_UNKNOWN);
    CHECK_OK(&f, link_new(&f.op, "setup", 0, &first));
    fixture_advance(&f, LINK_SETUP_MS);
    assert_int_equal(link_find(&f.op, first, &link), LINK_UNKNOWN);
}

static void a_failed_account_leaves_nothing_behind(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        FIXTURE_STORE(f);
        struct account account;
        bool failed;
        int r;

        make_workspace(&f, "laden");
        {
            DB_TX(tx);
            struct role role;
            CHECK_OK(&f, db_begin(&f.op, &tx));
            assert_int_equal(role_by_slug(&f.op, STR("agent"), &role), 0);
            account = (struct account){ .email = STR("eva@example.org"),
                                        .name = STR("Eva"),
                                        .role_id = role.id,
                                        .language = STR("de") };
            f.op.db = flaky_db(f.op.db, nth);
            r = account_add(&f.op, &account);
            failed = flaky_db_has_failed(f.op.db);
            flaky_db_remove(&f.op);
            if (r == 0)
                CHECK_OK(&f, db_commit(&tx));
        }
        assert_int_equal(r < 0, failed);
        assert_int_equal(account.id != 0, !failed);
        assert_int_equal(
            COUNT(&f, "SELECT COUNT(*) FROM account WHERE id > $1", ARG_INT(0)),
            failed ? 0 : 1);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = $1",
                               ARG_TEXT(STR("account.created"))),
                         failed ? 0 : 1);
        if (!failed) {
            assert_true(nth > 4);
            return;
        }
    }
}

static void attempts_at_once_are_all_charged(void **state)
{
    FIXTURE_BOTH(f);
    struct guard guard = { .email_key = STR("eva@example.org"),
                           .address = STR("203.0.113.9") };
    int passed = 0;

    /* A hundred begin before the first password is looked at. */
    for (int i = 0; i < 100; i++)
        passed += guard_enter(&f.op, &guard) == 0;
    assert_int_equal(passed, GUARD_FREE_ACCOUNT);
    CHECK_OK(&f, guard_success(&f.op, &guard));
    assert_int_equal(guard_enter(&f.op, &guard), 0);
    assert_true(guard.known);
    CHECK_OK(&f, guard_refund(&f.op, &guard));
    for (passed = 0; guard_enter(&f.op, &guard) == 0; passed++)
        continue;
    assert_int_equal(passed, GUARD_FREE_KNOWN);
    assert_int_equal(f.op.err.wait, 1);
    fixture_advance(&f, GUARD_KNOWN_MS);
    guard.known = false;
    assert_int_equal(guard_enter(&f.op, &guard), 0);
    assert_false(guard.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_new_workspace_has_the_usual_roles),
        BOTH_ENGINES(rights_are_kept_in_one_order_and_only_known_ones),
        BOTH_ENGINES(an_address_belongs_to_one_account_of_a_workspace),
        cmocka_unit_test(what_is_no_address_is_refused),
        BOTH_ENGINES(access_is_what_role_and_departments_give),
        BOTH_ENGINES(a_link_works_once_and_a_new_one_ends_the_old),
        cmocka_unit_test(a_failed_account_leaves_nothing_behind),
        BOTH_ENGINES(attempts_at_once_are_all_charged),
    };
    return cmocka_run_group_tests_name("admin_account", tests, NULL, NULL);
}
