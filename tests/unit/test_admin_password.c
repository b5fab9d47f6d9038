/* test_admin_password.c - what is a password, and what is kept of it. */
#include "fixture.h"

#include "base/strbuf.h"

#include "admin/password.h"

static struct str repeated(struct arena *arena, const char *text, size_t times)
{
    struct strbuf out = { .arena = arena };

    for (size_t i = 0; i < times; i++)
        strbuf_add(&out, str_of(text));
    return strbuf_str(&out);
}

static void the_length_is_counted_in_characters(void **state)
{
    FIXTURE(f);
    struct str most = repeated(&f.arena, "äbçd€", 40);
    struct str email = STR("a@example.org");

    (void)state;
    CHECK_OK(&f, password_check(&f.op, "password", STR("äöüßabc€12"), email));
    assert_int_equal(password_check(&f.op, "password", STR("äöüßabc€1"), email),
                     ERR_INVALID);
    CHECK_STR(f.op.err.fields->field, "password");
    fixture_next_op(&f);
    CHECK_OK(&f, password_check(&f.op, "password", most, email));
    assert_int_equal(password_check(&f.op, "password",
                                    arena_fmt(&f.arena, STR_FMT "x", STR_ARG(most)),
                                    email),
                     ERR_INVALID);
}

static void what_is_tried_first_is_refused(void **state)
{
    static const char *const poor[] = {
        "passwort123",
        "Passwort123",
        "1234567890",
        "aaaaaaaaaaaa",
        "abababababab",
        "QWERTZUIOP",
        "eva.muster@example.org",
        "EVA.MUSTER",
        "Ｐａｓｓｗｏｒｔ１２３",
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(poor); i++) {
        fixture_next_op(&f);
        assert_int_equal(password_check(&f.op, "password", str_of(poor[i]),
                                        STR("eva.muster@example.org")),
                         ERR_INVALID);
    }
}

static void a_hash_fits_its_password_alone(void **state)
{
    FIXTURE(f);
    struct str hash, second;

    (void)state;
    CHECK_OK(&f, password_hash(&f.op, STR("ein Satz zum Merken"), &hash));
    CHECK_OK(&f, password_hash(&f.op, STR("ein Satz zum Merken"), &second));
    assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(hash, second));
    assert_true(password_fits(&f.op, hash, STR("ein Satz zum Merken")));
    assert_true(password_fits(&f.op, second, STR("ein Satz zum Merken")));
    assert_false(password_fits(&f.op, hash, STR("ein Satz zum Merken ")));
    assert_false(password_fits(&f.op, hash, STR("")));
    assert_false(password_fits(&f.op, STR(""), STR("")));
    assert_false(password_fits(&f.op, STR("$argon2id$nonsense"), STR("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_length_is_counted_in_characters),
        cmocka_unit_test(what_is_tried_first_is_refused),
        cmocka_unit_test(a_hash_fits_its_password_alone),
    };
    return cmocka_run_group_tests_name("admin_password", tests, NULL, NULL);
}
