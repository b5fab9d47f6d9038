/* test_random.c - the same seed, the same bytes; no seed, the system's. */
#include "fixture.h"

static void the_same_seed_gives_the_same_bytes(void **state)
{
    unsigned char a[37], b[37], c[37];
    FIXTURE(one);
    FIXTURE(other);

    (void)state;
    random_fill(&one.op, a, sizeof(a));
    random_fill(&other.op, b, sizeof(b));
    assert_memory_equal(a, b, sizeof(a));
    random_fill(&one.op, b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    random_seed(&other.random, 2);
    random_fill(&other.op, c, sizeof(c));
    assert_memory_not_equal(a, c, sizeof(a));
}

static void without_a_seed_no_two_draws_are_equal(void **state)
{
    FIXTURE(f);

    (void)state;
    f.random = (struct random_source){ .seeded = false };
    for (int i = 0; i < 100; i++)
        assert_true(random_u64(&f.op) != random_u64(&f.op));
}

/* A few thousand seeded draws: each bit is set about half of the time. */
static void every_bit_of_a_seeded_source_moves(void **state)
{
    int set[64] = { 0 };
    FIXTURE(f);

    (void)state;
    for (int i = 0; i < 4096; i++) {
        uint64_t value = random_u64(&f.op);

        for (int bit = 0; bit < 64; bit++)
            set[bit] += (int)(value >> bit & 1);
    }
    for (int bit = 0; bit < 64; bit++)
        assert_in_range(set[bit], 1800, 2300);
}

static void tokens_have_the_length_of_their_encoding(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(random_hex(&f.op, 16).n, 32);
    assert_int_equal(random_token(&f.op, 32).n, 43);
    assert_int_equal(random_token(&f.op, 0).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(without_a_seed_no_two_draws_are_equal),
        cmocka_unit_test(every_bit_of_a_seeded_source_moves),
        cmocka_unit_test(tokens_have_the_length_of_their_encoding),
    };

    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
