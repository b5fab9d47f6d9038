/* test_ticket.c - a form's hidden field: genuine, of this form, neither too new nor old.
 */
#include "fixture.h"

#include "admin/secret.h"
#include "page/ticket.h"

static const struct secret_key key = { { 7 } };

/* The same world, with a key. */
static void give_key(struct fixture *f, struct world *world)
{
    *world = *f->op.world;
    world->key = &key;
    f->op.world = world;
}

static void a_ticket_says_when_it_was_made_and_keeps_its_number(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket out, in;
    struct str text;
    (void)state;

    give_key(&f, &world);
    out = ticket_new(&f.op);
    CHECK_OK(&f, ticket_write(&f.op, &out, "comment", 17, &text));
    f.op.now += TICKET_MIN_MS;
    CHECK_OK(&f, ticket_read(&f.op, text, "comment", 17, &in));
    assert_int_equal(in.made_at, out.made_at);
    assert_memory_equal(in.number, out.number, TICKET_NUMBER);
    assert_false(in.asked);
}

static void it_fits_one_form_of_one_thing_in_one_workspace(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket out, in;
    struct str text;
    (void)state;

    give_key(&f, &world);
    out = ticket_new(&f.op);
    CHECK_OK(&f, ticket_write(&f.op, &out, "comment", 17, &text));
    f.op.now += TICKET_MIN_MS;
    assert_int_equal(ticket_read(&f.op, text, "comment", 18, &in), TICKET_FORGED);
    assert_int_equal(ticket_read(&f.op, text, "contact", 17, &in), TICKET_FORGED);
    f.op.workspace++;
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), TICKET_FORGED);
}

static void a_changed_one_is_forged_whichever_sign_changed(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket out, in;
    struct str text, changed;
    (void)state;

    give_key(&f, &world);
    out = ticket_new(&f.op);
    CHECK_OK(&f, ticket_write(&f.op, &out, "comment", 17, &text));
    f.op.now += TICKET_MIN_MS;
    for (size_t i = 0; i < text.n; i++) {
        changed = arena_dup(&f.arena, text);
        ((char *)changed.p)[i] = changed.p[i] == 'A' ? 'g' : 'A';
        assert_int_equal(ticket_read(&f.op, changed, "comment", 17, &in), TICKET_FORGED);
    }
    assert_int_equal(ticket_read(&f.op, STR(""), "comment", 17, &in), TICKET_FORGED);
}

static void two_seconds_and_a_day_are_the_limits(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket out, in;
    struct str text;
    int64_t began = f.op.now;
    (void)state;

    give_key(&f, &world);
    out = ticket_new(&f.op);
    CHECK_OK(&f, ticket_write(&f.op, &out, "comment", 17, &text));
    f.op.now = began + TICKET_MIN_MS - 1;
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), TICKET_HASTY);
    f.op.now = began + TICKET_MIN_MS;
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), 0);
    f.op.now = began + TICKET_MAX_MS;
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), 0);
    f.op.now = began + TICKET_MAX_MS + 1;
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), TICKET_STALE);
}

static void who_was_asked_once_need_not_wait(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket out, in;
    struct str text;
    (void)state;

    give_key(&f, &world);
    out = ticket_new(&f.op);
    out.asked = true;
    CHECK_OK(&f, ticket_write(&f.op, &out, "comment", 17, &text));
    assert_int_equal(ticket_read(&f.op, text, "comment", 17, &in), 0);
}

static void the_same_form_has_the_same_secret_and_another_another(void **state)
{
    FIXTURE(f);
    struct world world;
    struct ticket one, other;
    struct str a, b, c, d;
    (void)state;

    give_key(&f, &world);
    one = ticket_new(&f.op);
    other = ticket_new(&f.op);
    CHECK_OK(&f, ticket_secret(&f.op, &one, 17, STR("sent"), &a));
    one.asked = true;
    one.made_at++;
    CHECK_OK(&f, ticket_secret(&f.op, &one, 17, STR("sent"), &b));
    CHECK_OK(&f, ticket_secret(&f.op, &other, 17, STR("sent"), &c));
    CHECK_OK(&f, ticket_secret(&f.op, &one, 17, STR("sent by another"), &d));
    assert_int_equal(a.n, 43);
    assert_true(str_eq(a, b));
    assert_false(str_eq(a, c));
    assert_false(str_eq(a, d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_says_when_it_was_made_and_keeps_its_number),
        cmocka_unit_test(it_fits_one_form_of_one_thing_in_one_workspace),
        cmocka_unit_test(a_changed_one_is_forged_whichever_sign_changed),
        cmocka_unit_test(two_seconds_and_a_day_are_the_limits),
        cmocka_unit_test(who_was_asked_once_need_not_wait),
        cmocka_unit_test(the_same_form_has_the_same_secret_and_another_another),
    };

    return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
