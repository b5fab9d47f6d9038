/* test_admin_secret.c - sealing, the key file, rotation. */
#include "fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "admin/secret.h"

static void what_was_sealed_comes_back_and_every_flipped_bit_is_noticed(void **state)
{
    FIXTURE(f);
    struct secret_key key = { { 7 } };
    struct str sealed, plain;

    (void)state;
    f.world.key = &key;
    f.op.workspace = 3;
    CHECK_OK(&f, secret_seal(&f.op, 5, STR("signing"), STR("geheim"), &sealed));
    assert_true(str_find(sealed, STR("geheim")) < 0);
    assert_int_equal(secret_unseal(&f.op, 5, STR("signing"), sealed, &plain), 0);
    CHECK_STR(plain, "geheim");
    for (size_t bit = 0; bit < sealed.n * 8; bit++) {
        struct str damaged = arena_dup(&f.arena, sealed);
        ((char *)damaged.p)[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(secret_unseal(&f.op, 5, STR("signing"), damaged, &plain),
                         SECRET_DAMAGED);
    }
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(
            secret_unseal(&f.op, 5, STR("signing"), str_sub(sealed, 0, n), &plain),
            SECRET_DAMAGED);
}

static void a_sealed_value_is_worth_nothing_in_another_place(void **state)
{
    FIXTURE(f);
    struct secret_key key = { { 7 } }, other = { { 8 } };
    struct str sealed, plain = STR("unchanged");

    (void)state;
    f.world.key = &key;
    f.op.workspace = 3;
    CHECK_OK(&f, secret_seal(&f.op, 5, STR("signing"), STR("geheim"), &sealed));
    assert_int_equal(secret_unseal(&f.op, 6, STR("signing"), sealed, &plain),
                     SECRET_DAMAGED);
    assert_int_equal(secret_unseal(&f.op, 5, STR("totp"), sealed, &plain),
                     SECRET_DAMAGED);
    f.op.workspace = 4;
    assert_int_equal(secret_unseal(&f.op, 5, STR("signing"), sealed, &plain),
                     SECRET_DAMAGED);
    f.op.workspace = 3;
    f.world.key = &other;
    assert_int_equal(secret_unseal(&f.op, 5, STR("signing"), sealed, &plain),
                     SECRET_DAMAGED);
    CHECK_STR(plain, "unchanged");
    f.world.key = NULL;
    assert_int_equal(secret_unseal(&f.op, 5, STR("signing"), sealed, &plain),
                     ERR_INTERNAL);
}

static void a_rotated_secret_counts_until_it_retires(void **state)
{
    FIXTURE_BOTH(f);
    struct secret_key key = { { 7 } };
    struct str list[SECRET_MAX_VALID];
    struct secret newest;
    size_t n;

    f.world.key = &key;
    assert_int_equal(secret_get(&f.op, 9, STR("signing"), &newest), SECRET_NONE);
    CHECK_OK(&f, secret_put(&f.op, 9, STR("signing"), STR("eins"), 0));
    CHECK_OK(&f, secret_put(&f.op, 9, STR("signing"), STR("zwei"), HOURS(24)));
    CHECK_OK(&f, secret_valid(&f.op, 9, STR("signing"), list, &n));
    assert_int_equal(n, 2);
    CHECK_STR(list[0], "zwei");
    CHECK_STR(list[1], "eins");
    fixture_advance(&f, HOURS(24));
    CHECK_OK(&f, secret_valid(&f.op, 9, STR("signing"), list, &n));
    assert_int_equal(n, 1);
    CHECK_OK(&f, secret_put(&f.op, 9, STR("signing"), STR("drei"), 0));
    CHECK_OK(&f, secret_valid(&f.op, 9, STR("signing"), list, &n));
    assert_int_equal(n, 1);
    CHECK_STR(list[0], "drei");
}

static void a_secret_has_a_ceiling(void **state)
{
    FIXTURE_STORE(f);
    struct secret_key key = { { 7 } };
    struct str most = { arena_alloc(&f.arena, 1, 1, SECRET_MAX + 1), SECRET_MAX };
    struct str more = { most.p, SECRET_MAX + 1 };

    (void)state;
    f.world.key = &key;
    CHECK_OK(&f, secret_put(&f.op, 9, STR("x"), most, 0));
    assert_int_equal(secret_put(&f.op, 9, STR("x"), more, 0), ERR_TOO_LARGE);
}

static void the_key_is_made_once_and_is_for_its_owner_alone(void **state)
{
    FIXTURE(f);
    char folder[] = "/tmp/draht-test-XXXXXX";
    struct secret_key first, again, other;
    struct stat info;
    struct str path;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = arena_fmt(&f.arena, "%s/key", folder);
    CHECK_OK(&f, secret_key_open(&f.op, path, &first));
    CHECK_OK(&f, secret_key_open(&f.op, path, &again));
    assert_memory_equal(&first, &again, sizeof(first));
    assert_int_equal(stat(path.p, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    assert_int_equal(chmod(path.p, 0640), 0);
    memset(&other, 1, sizeof(other));
    again = other;
    assert_int_equal(secret_key_open(&f.op, path, &again), ERR_UNAVAILABLE);
    assert_memory_equal(&again, &other, sizeof(other));
    assert_int_equal(chmod(path.p, 0600), 0);
    file = fopen(path.p, "w");
    assert_non_null(file);
    fputs("0123", file);
    fclose(file);
    assert_int_equal(secret_key_open(&f.op, path, &again), ERR_UNAVAILABLE);
    unlink(path.p);
    rmdir(folder);
    secret_key_wipe(&first);
    assert_int_equal(first.bytes[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_comes_back_and_every_flipped_bit_is_noticed),
        cmocka_unit_test(a_sealed_value_is_worth_nothing_in_another_place),
        BOTH_ENGINES(a_rotated_secret_counts_until_it_retires),
        cmocka_unit_test(a_secret_has_a_ceiling),
        cmocka_unit_test(the_key_is_made_once_and_is_for_its_owner_alone),
    };
    return cmocka_run_group_tests_name("admin_secret", tests, NULL, NULL);
}
