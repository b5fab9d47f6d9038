/* test_finding_model.c - what the shipped model finds, why, and what corrections change.
 */
#include "fixture.h"

#include "base/strbuf.h"
#include "text/corpus.h"
#include "text/correction.h"

/* How often memory is asked for, by our own code; the linker sends the calls here. */
static unsigned asked;

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker gives the names */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    asked++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    asked++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    asked++;
    return __real_realloc(old, size);
}
/* NOLINTEND(bugprone-reserved-identifier) */

static const struct finding *find(struct fixture *f, struct str text,
                                  enum finding_kind kind, const char *value,
                                  const struct correction *learned)
{
    const struct finding_setting setting = { .learned = learned };
    struct findings all = text_findings(&f->arena, text, &setting);

    for (size_t i = 0; i < all.count; i++) {
        if (all.list[i].kind == kind && str_is(all.list[i].value, value))
            return &all.list[i];
    }
    return NULL;
}

static bool is_sure(struct fixture *f, const char *text, enum finding_kind kind,
                    const char *value)
{
    const struct finding *one = find(f, str_of(text), kind, value, NULL);

    return one && !one->unsure;
}

static void what_a_person_would_say_at_once_is_said(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_true(is_sure(&f,
                        "Hmmm, irgendwie bin ich noch immer im Zweifel was das alles "
                        "bringen soll.",
                        FINDING_INTENT, "discussion"));
    assert_true(is_sure(&f,
                        "Klasse. Da hat die Telekom wirklich interesse am Kunden "
                        "gezeigt.",
                        FINDING_INTENT, "praise"));
    assert_true(is_sure(&f, "Bitte meine Anfrage von gestern endlich beantworten",
                        FINDING_CHASER, ""));
    assert_true(is_sure(&f,
                        "Meine Telefonnummer möchte ich hier nicht öffentlich schreiben, "
                        "wie erreiche ich Sie?",
                        FINDING_PRIVATE, ""));
    assert_true(is_sure(&f, "When do you open on Sunday?", FINDING_INTENT, "question"));
    assert_true(is_sure(&f, "Wie lange dauert die Lieferung?", FINDING_LANGUAGE, "de"));
    assert_true(is_sure(&f, "How long does delivery take?", FINDING_LANGUAGE, "en"));
    assert_true(
        is_sure(&f, "Combien de temps dure la livraison ?", FINDING_LANGUAGE, "fr"));
}

static void twofold_words_are_left_to_a_person(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_false(is_sure(&f, "Nicht schlecht!", FINDING_SENTIMENT, "negative"));
    assert_false(is_sure(&f, "Nicht schlecht!", FINDING_SENTIMENT, "positive"));
    assert_false(
        is_sure(&f, "Super, wieder kein Empfang.", FINDING_SENTIMENT, "positive"));
}

/* The text without the words that a finding shows. */
static struct str without(struct fixture *f, struct str text, const struct finding *one)
{
    struct strbuf rest = STRBUF(&f->arena);
    size_t from = 0;

    for (size_t i = 0; i < one->span_count; i++) {
        strbuf_add(&rest, str_sub(text, from, one->spans[i].from - from));
        from = one->spans[i].to;
    }
    strbuf_add(&rest, str_sub(text, from, text.n));
    return strbuf_str(&rest);
}

static void without_the_words_it_shows_a_finding_is_less_probable(void **state)
{
    static const struct {
        const char *text;
        enum finding_kind kind;
        const char *value;
    } rows[] = {
        { "Wann habt ihr am Samstag offen?", FINDING_INTENT, "question" },
        { "Großes Lob an die nette Dame am Schalter!", FINDING_INTENT, "praise" },
        { "Bitte meine Anfrage von gestern endlich beantworten", FINDING_CHASER, "" },
        { "My parcel arrived broken, this is awful.", FINDING_INTENT, "complaint" },
        { "Please call me back this afternoon.", FINDING_CALL_BACK, "" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str text = str_of(rows[i].text);
        const struct finding *all = find(&f, text, rows[i].kind, rows[i].value, NULL);
        const struct finding *less;

        assert_non_null(all);
        assert_true(all->span_count > 0);
        less = find(&f, without(&f, text, all), rows[i].kind, rows[i].value, NULL);
        assert_true(!less || less->probability < all->probability);
    }
}

static void a_correction_helps_at_once_and_alike_texts_too(void **state)
{
    FIXTURE(f);
    struct correction *learned = correction_new(&f.arena);
    const struct correction_example example = { STR("Der Aushang im Hausflur ist grün"),
                                                FINDING_INTENT, STR("complaint"), true };
    struct str alike = STR("Der Aushang im Flur ist schon wieder grün");
    const struct finding *before = find(&f, alike, FINDING_INTENT, "complaint", NULL);
    const struct finding *after;

    (void)state;
    assert_true(correction_learn(&f.arena, learned, &example));
    assert_int_equal(correction_count(learned), 1);
    after = find(&f, example.text, FINDING_INTENT, "complaint", learned);
    assert_non_null(after);
    assert_false(after->unsure);
    after = find(&f, alike, FINDING_INTENT, "complaint", learned);
    assert_non_null(after);
    assert_true(!before || after->probability > before->probability);
}

static void nothing_is_learned_of_what_no_model_tells(void **state)
{
    FIXTURE(f);
    struct correction *learned = correction_new(&f.arena);
    struct correction_example e = { STR("hallo"), FINDING_TOPIC, STR("x"), true };

    (void)state;
    assert_false(correction_learn(&f.arena, learned, &e));
    e.kind = FINDING_INTENT;
    assert_false(correction_learn(&f.arena, learned, &e));
    e.value = STR("praise");
    for (size_t i = 0; i < CORRECTION_MAX_EXAMPLES; i++) {
        ARENA(scratch);

        assert_true(correction_learn(&scratch, learned, &e));
    }
    assert_false(correction_learn(&f.arena, learned, &e));
}

static int read_corpus(struct fixture *f, const char *text)
{
    struct corpus corpus;

    corpus_begin(&f->arena, &corpus);
    return corpus_read(&f->op, "x.tsv", str_of(text), &corpus);
}

static void examples_without_columns_or_with_strange_labels_are_refused(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(read_corpus(&f, "intents\ttext\npraise,order\tja\\nnein\n"), 0);
    assert_true(read_corpus(&f, "praise\tja\n") < 0);
    assert_true(read_corpus(&f, "intents\ttext\nmood\tja\n") < 0);
    assert_true(read_corpus(&f, "intents\ttext\npraise\n") < 0);
    assert_true(read_corpus(&f, "intents\ttext\npraise\tja\tmehr\n") < 0);
}

static void a_model_that_is_cut_off_is_refused(void **state)
{
    FIXTURE(f);
    struct model model;

    (void)state;
    assert_true(model_read(&f.op, STR("draht model 1\nversion 1\n\n"), &model) < 0);
    assert_true(model_read(&f.op, STR("something else"), &model) < 0);
    assert_true(finding_model().n > 0);
}

/* Room enough for what follows, so that the arena itself asks for nothing. */
static void fill_up_to_the_largest_chunk(struct arena *arena)
{
    enum { SMALL_CHUNKS = 4096 * 63, PIECE = 1024 };

    for (size_t n = 0; n <= SMALL_CHUNKS; n += PIECE)
        arena_alloc(arena, 1, 1, PIECE);
}

static void
a_message_of_200_characters_is_understood_in_the_memory_of_the_arena(void **state)
{
    static const struct text_list row = { STR(TEXT_ORDER_NUMBER), STR(""),
                                          STR("AB-000000") };
    static const struct text_lists lists = { &row, 1 };
    static const struct finding_setting setting = { .lists = &lists };
    static const char text[] =
        "Guten Tag, seit drei Tagen warte ich auf den Techniker zum Auftrag AB-123456. "
        "Niemand hat abgesagt, am Telefon hing ich 40 Minuten in der Schleife. Wann "
        "kommt "
        "denn nun endlich jemand vorbei? :-( Danke!!";
    FIXTURE(f);
    ARENA(arena);
    size_t found = text_findings(&f.arena, str_of(text), &setting).count;

    (void)state;
    fill_up_to_the_largest_chunk(&arena);
    asked = 0;
    assert_int_equal(text_findings(&arena, str_of(text), &setting).count, found);
    assert_int_equal(asked, 0);
    free(must_alloc(1));
    assert_int_equal(asked, 1); /* the counter counts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_person_would_say_at_once_is_said),
        cmocka_unit_test(twofold_words_are_left_to_a_person),
        cmocka_unit_test(without_the_words_it_shows_a_finding_is_less_probable),
        cmocka_unit_test(a_correction_helps_at_once_and_alike_texts_too),
        cmocka_unit_test(nothing_is_learned_of_what_no_model_tells),
        cmocka_unit_test(examples_without_columns_or_with_strange_labels_are_refused),
        cmocka_unit_test(a_model_that_is_cut_off_is_refused),
        cmocka_unit_test(
            a_message_of_200_characters_is_understood_in_the_memory_of_the_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
