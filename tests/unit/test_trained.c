/* test_trained.c - a workspace's own model: what only its people teach is known after the
 * training and not before, and what teaches nothing is not taken. */
#include "base/strbuf.h"
#include "fixture.h"
#include "text/trained.h"

enum { MOST = 400 };

struct lesson {
    struct correction_example list[MOST];
    size_t count;
};

static const char *const matters[] = {
    "mit der Lieferung von gestern",   "bei der Rechnung vom Mai",
    "in der Filiale am Bahnhof",       "mit dem Vertrag für das Büro",
    "bei der Buchung für die Gruppe",  "am Schalter heute Mittag",
    "mit der Anmeldung im Netz",       "bei der Zählerstandsmeldung",
    "mit dem Gerät aus dem Regal",     "auf der Fahrt nach Hause",
    "bei der Reparatur in der Küche",  "mit dem Gutschein der Tante",
    "in der Warteschlange am Telefon", "bei der Kündigungsbestätigung"
};

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void add(struct lesson *l, enum finding_kind kind, const char *value, bool holds,
                struct str text)
{
    l->list[l->count++] = (struct correction_example){
        .text = text, .kind = kind, .value = str_of(value), .holds = holds
    };
}

/* Half of them speak of a word that stands in no dictionary, and those want to leave. */
static void teach_a_word(struct fixture *f, struct lesson *l)
{
    uint32_t state = 7;

    for (int i = 0; i < 120; i++) {
        const bool leaves = i % 2 == 0;

        add(l, FINDING_AT_RISK, "", leaves,
            arena_fmt(&f->arena, "Das war %s%s, Vorgang %u",
                      leaves ? "wieder Zwurbel " : "",
                      matters[dice(&state) % COUNT_OF(matters)], dice(&state) % 100000));
    }
}

static enum trained_outcome train(struct fixture *f, const struct lesson *l,
                                  struct trained_trial *trial, struct trained *ret)
{
    struct str bytes;
    enum trained_outcome outcome =
        trained_learn(&f->arena, l->list, l->count, trial, &bytes);

    *ret = (struct trained){ .weights = NULL };
    if (bytes.n)
        assert_int_equal(trained_read(bytes, ret), 0);
    return outcome;
}

static const struct finding *at_risk(struct fixture *f, const char *text,
                                     const struct trained *own, struct findings *ret)
{
    const struct finding_setting setting = { .own = own };

    *ret = text_findings(&f->arena, str_of(text), &setting);
    return finding_first(ret, FINDING_AT_RISK);
}

#define UNSEEN "Das war wieder Zwurbel an der Kasse im Erdgeschoss"

static void
a_word_that_only_people_teach_is_known_after_training_and_not_before(void **state)
{
    FIXTURE(f);
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    const struct finding *one;
    struct findings found;
    struct trained own;

    (void)state;
    assert_null(at_risk(&f, UNSEEN, NULL, &found));
    CHECK_STR(found.model, arena_cstr(&f.arena, finding_model()));
    teach_a_word(&f, &lesson);
    assert_int_equal(train(&f, &lesson, &trial, &own), TRAINED_TAKEN);
    assert_int_equal(trial.count, 120);
    assert_true(trial.trained > 110 && trial.shipped < 80);
    one = at_risk(&f, UNSEEN, &own, &found);
    assert_non_null(one);
    assert_true(one->span_count > 0);
    CHECK_STR(str_sub(str_of(UNSEEN), one->spans[0].from,
                      one->spans[0].to - one->spans[0].from),
              "wieder Zwurbel");
    CHECK_STR(found.model, arena_fmt(&f.arena, STR_FMT "+" STR_FMT "%c",
                                     STR_ARG(finding_model()), STR_ARG(own.version), 0)
                               .p);
    assert_null(
        at_risk(&f, "Das war wieder nichts an der Kasse im Erdgeschoss", &own, &found));
}

static void the_same_examples_make_the_same_bytes(void **state)
{
    FIXTURE(f);
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    struct str one, other;

    (void)state;
    teach_a_word(&f, &lesson);
    trained_learn(&f.arena, lesson.list, lesson.count, &trial, &one);
    trained_learn(&f.arena, lesson.list, lesson.count, &trial, &other);
    assert_true(one.n > 0 && one.n <= TRAINED_MAX_BYTES && str_eq(one, other));
    lesson.list[0].holds = false;
    trained_learn(&f.arena, lesson.list, lesson.count, &trial, &other);
    assert_false(str_eq(one, other));
}

static void a_training_on_noise_is_refused(void **state)
{
    FIXTURE(f);
    static const char *const intents[] = { "praise", "question", "complaint", "order" };
    struct trained_trial trial;
    struct trained own;
    uint32_t dices = 1;

    (void)state;
    for (int round = 0; round < 5; round++) {
        struct lesson lesson = { .count = 0 };

        for (int i = 0; i < 200; i++)
            add(&lesson, FINDING_INTENT, intents[dice(&dices) % COUNT_OF(intents)], true,
                arena_fmt(&f.arena, "%s und %s, Nummer %u",
                          matters[dice(&dices) % COUNT_OF(matters)],
                          matters[dice(&dices) % COUNT_OF(matters)],
                          dice(&dices) % 9999));
        assert_int_not_equal(train(&f, &lesson, &trial, &own), TRAINED_TAKEN);
        assert_int_equal(trial.count, 200);
    }
}

/* The same text forty times, and a word for it that has nothing to do with it: whoever
 * tried it on a copy would think that it can tell. */
static void what_is_known_by_heart_does_not_count(void **state)
{
    FIXTURE(f);
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    struct trained own;
    uint32_t dices = 3;

    (void)state;
    for (size_t m = 0; m < COUNT_OF(matters); m++) {
        const bool holds = dice(&dices) % 2;

        for (int i = 0; i < 20; i++)
            add(&lesson, FINDING_CALL_BACK, "", holds, str_of(matters[m]));
    }
    assert_int_not_equal(train(&f, &lesson, &trial, &own), TRAINED_TAKEN);
}

static void what_nobody_speaks_of_stays_as_it_was_shipped(void **state)
{
    FIXTURE(f);
    static const char *const texts[] = {
        "Wann öffnet die Filiale am Montag?", "Vielen Dank, hat super geklappt!",
        "Seit drei Wochen warte ich auf meine Rechnung, unmöglich."
    };
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    struct trained own;

    (void)state;
    teach_a_word(&f, &lesson);
    train(&f, &lesson, &trial, &own);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        float more[MODEL_HEADS] = { 0 };

        trained_add(&f.arena, &own, str_of(texts[i]), more);
        for (size_t h = 0; h < MODEL_HEADS; h++)
            if (h != HEAD_AT_RISK)
                assert_true(more[h] > -0.1F && more[h] < 0.1F);
    }
}

static void few_words_are_not_tried(void **state)
{
    FIXTURE(f);
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    struct trained own;

    (void)state;
    teach_a_word(&f, &lesson);
    lesson.count = TRAINED_LEAST - 1;
    assert_int_equal(train(&f, &lesson, &trial, &own), TRAINED_FEW);
    assert_null(own.weights);
    lesson.count = TRAINED_LEAST;
    assert_int_not_equal(train(&f, &lesson, &trial, &own), TRAINED_FEW);
    add(&lesson, FINDING_TOPIC, "Tarif", true, STR("Was kostet der Tarif?"));
    train(&f, &lesson, &trial, &own);
    assert_int_equal(trial.count, TRAINED_LEAST); /* topics are learned elsewhere */
}

static void a_file_that_is_cut_off_or_of_another_program_is_not_read(void **state)
{
    FIXTURE(f);
    struct lesson lesson = { .count = 0 };
    struct trained_trial trial;
    struct trained own;
    struct str bytes, text;
    char *other;

    (void)state;
    teach_a_word(&f, &lesson);
    trained_learn(&f.arena, lesson.list, lesson.count, &trial, &bytes);
    for (size_t n = 0; n < bytes.n; n += n < 700 ? 1 : 9973) {
        text =
            arena_dup(&f.arena, str_sub(bytes, 0, n)); /* its own room, for sanitizers */
        assert_int_equal(trained_read(text, &own), TRAINED_OTHER);
    }
    other = arena_new(&f.arena, char, bytes.n);
    memcpy(other, bytes.p, bytes.n);
    other[str_find(bytes, STR("base ")) + 6]++;
    assert_int_equal(trained_read((struct str){ other, bytes.n }, &own), TRAINED_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_word_that_only_people_teach_is_known_after_training_and_not_before),
        cmocka_unit_test(the_same_examples_make_the_same_bytes),
        cmocka_unit_test(a_training_on_noise_is_refused),
        cmocka_unit_test(what_is_known_by_heart_does_not_count),
        cmocka_unit_test(what_nobody_speaks_of_stays_as_it_was_shipped),
        cmocka_unit_test(few_words_are_not_tried),
        cmocka_unit_test(a_file_that_is_cut_off_or_of_another_program_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
