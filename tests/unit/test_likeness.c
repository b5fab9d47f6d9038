/* test_likeness.c - names that could be taken for ours, and names that stand near. */
#include "fixture.h"

#include "text/likeness.h"

static const struct {
    const char *ours, *theirs;
    enum likeness_why why;
} cases[] = {
    { "Talbahn", "Talbahn", LIKENESS_SAME },
    { "Talbahn", "TALBAHN", LIKENESS_SAME },
    { "Talbahn", "tal.bahn", LIKENESS_SAME },
    { "Talbahn", "Tаlbаhn", LIKENESS_LOOKS }, /* Cyrillic a */
    { "Talbahn", "TaIbahn", LIKENESS_LOOKS }, /* a capital I */
    { "Talbahn", "T4lbahn", LIKENESS_LOOKS },
    { "Talbahn", "Ｔａｌｂａｈｎ", LIKENESS_SAME }, /* full width */
    { "Norwind", "Nonwind", LIKENESS_TYPO },
    { "Bäckerei Morgenrot", "Backerei Morgenrot", LIKENESS_TYPO },
    { "Morgenrot", "Morgemrot", LIKENESS_TYPO },
    { "Hammer Markt", "Harnrner Markt", LIKENESS_LOOKS },
    { "Talbahn", "talbahn_hilft", LIKENESS_OFFICIAL },
    { "Talbahn", "Talbahn Kundenservice 24", LIKENESS_OFFICIAL },
    { "Talbahn", "the_real_ta1bahn", LIKENESS_OFFICIAL },
    { "Talbahn", "Tlabahn", LIKENESS_TYPO },
    { "Talbahn", "Talbahnn", LIKENESS_TYPO },
    { "Talbahn", "Talbahn Fanclub", LIKENESS_NEIGHBOUR },
    { "Talbahn", "anti_talbahn", LIKENESS_NEIGHBOUR },
    { "Talbahn", "Talbahn Lindau", LIKENESS_NEIGHBOUR },
    { "Talbahn", "Eva Sommer", LIKENESS_DIFFERENT },
    { "Talbahn", "Bergbahn", LIKENESS_DIFFERENT },
    { "Schuhhaus Adler", "Schuhhaus Adler Nord", LIKENESS_NEIGHBOUR },
    { "Talbahn", "", LIKENESS_DIFFERENT },
    { "Talbahn", "...", LIKENESS_DIFFERENT },
    { "ING", "KING", LIKENESS_NEIGHBOUR },
};

static bool alike(enum likeness_why why)
{
    return why != LIKENESS_DIFFERENT && why != LIKENESS_NEIGHBOUR;
}

static void look_alikes_are_found_and_neighbours_left_alone(void **state)
{
    FIXTURE(f);
    struct likeness *likeness = NULL;
    (void)state;

    CHECK_OK(&f, likeness_open(&f.op, &likeness));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str a = str_of(cases[i].ours), b = str_of(cases[i].theirs);
        struct likeness_finding found = likeness_of(&f.op, likeness, a, b);
        struct likeness_finding turned = likeness_of(&f.op, likeness, b, a);

        if (found.why != cases[i].why ||
            (found.score >= LIKENESS_ALIKE) != alike(cases[i].why))
            fail_msg("%s, %s: %d, %.3f", cases[i].ours, cases[i].theirs, (int)found.why,
                     found.score);
        assert_true(found.score == turned.score && found.why == turned.why);
    }
    likeness_close(likeness);
}

static void a_name_is_looked_at_up_to_its_ceiling(void **state)
{
    FIXTURE(f);
    struct likeness *likeness = NULL;
    char a[LIKENESS_MAX_BYTES + 1], b[LIKENESS_MAX_BYTES + 1];
    (void)state;

    memset(a, 'a', sizeof(a));
    memset(b, 'a', sizeof(b));
    b[LIKENESS_MAX_BYTES] = 'x';
    CHECK_OK(&f, likeness_open(&f.op, &likeness));
    assert_int_equal(likeness_of(&f.op, likeness, (struct str){ a, sizeof(a) },
                                 (struct str){ b, sizeof(b) })
                         .why,
                     LIKENESS_SAME);
    b[LIKENESS_MAX_BYTES - 1] = 'x';
    assert_int_not_equal(likeness_of(&f.op, likeness, (struct str){ a, sizeof(a) },
                                     (struct str){ b, sizeof(b) })
                             .why,
                         LIKENESS_SAME);
    likeness_close(likeness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_alikes_are_found_and_neighbours_left_alone),
        cmocka_unit_test(a_name_is_looked_at_up_to_its_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
