/* test_finding.c - what one message says: rules, lists and names. */
#include "fixture.h"

#include "text/finding.h"

static const struct finding_setting nothing;

static struct findings read_with(struct fixture *f, const char *text,
                                 const struct finding_setting *setting)
{
    return text_findings(&f->arena, str_of(text), setting);
}

/* The words that a finding shows, or NULL when it is not there. */
static const char *shown(struct fixture *f, const char *text, enum finding_kind kind,
                         const char *value, const struct finding_setting *setting)
{
    struct findings all = read_with(f, text, setting);

    for (size_t i = 0; i < all.count; i++) {
        const struct finding *one = &all.list[i];

        if (one->kind == kind && str_is(one->value, value) && !one->unsure)
            return one->span_count
                       ? arena_cstr(&f->arena,
                                    str_sub(str_of(text), one->spans[0].from,
                                            one->spans[0].to - one->spans[0].from))
                       : "";
    }
    return NULL;
}

static const char *data(struct fixture *f, const char *text, const char *value)
{
    static const struct text_list row = { STR(TEXT_ORDER_NUMBER), STR(""),
                                          STR("AB-000000\n00/0000\n") };
    static const struct text_lists lists = { &row, 1 };
    static const struct finding_setting setting = { .lists = &lists };

    return shown(f, text, FINDING_PERSONAL_DATA, value, &setting);
}

static void personal_data_is_found_where_it_stands(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_string_equal(data(&f, "Mail an <a.b+c@post.example.org>.", "email"),
                        "a.b+c@post.example.org");
    assert_string_equal(data(&f, "IBAN DE02 1203 0000 0000 2020 51, danke", "iban"),
                        "DE02 1203 0000 0000 2020 51");
    assert_string_equal(data(&f, "GB29NWBK60161331926819", "iban"),
                        "GB29NWBK60161331926819");
    assert_string_equal(data(&f, "Karte 4111 1111 1111 1111 bitte", "card"),
                        "4111 1111 1111 1111");
    assert_string_equal(data(&f, "Bestellung AB-123456 fehlt", "order"), "AB-123456");
    assert_string_equal(data(&f, "Auftrag 26/0815: wo?", "order"), "26/0815");
    assert_null(data(&f, "im Jahr 2026/0815x", "order"));
    assert_string_equal(data(&f, "Tel. 030/23125-0123!", "phone"), "030/23125-0123");
    assert_string_equal(data(&f, "ring +44 (0)20 7946 0123 now", "phone"),
                        "+44 (0)20 7946 0123");
    assert_string_equal(data(&f, "reach me at (312) 555-0110.", "phone"),
                        "(312) 555-0110");
}

static void a_wrong_checksum_or_another_number_is_no_personal_data(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_null(data(&f, "IBAN DE03 1203 0000 0000 2020 51", "iban"));
    assert_null(data(&f, "4111 1111 1111 1112", "card"));
    assert_null(data(&f, "AB-1234567", "order"));
    assert_null(data(&f, "xAB-123456", "order"));
    assert_null(data(&f, "am 01.02.2026 um 10:00", "phone"));
    assert_null(data(&f, "Zählernummer 0012345678", "phone"));
    assert_null(data(&f, "1.000.000 Euro", "phone"));
    assert_null(data(&f, "@bahn und a@b", "email"));
    assert_null(data(&f, "@ . @@ a@. a@b. @b.c", "email"));
}

static void every_spelling_of_a_topic_is_that_topic(void **state)
{
    static const struct text_list rows[] = {
        { STR("topic"), STR("WLAN"), STR("WLAN|W-Lan|Wi-Fi|Wifi") },
    };
    static const struct text_lists lists = { rows, COUNT_OF(rows) };
    static const struct finding_setting setting = { .lists = &lists };
    FIXTURE(f);

    (void)state;
    assert_string_equal(shown(&f, "Mein W-Lan, ja", FINDING_TOPIC, "WLAN", &setting),
                        "W-Lan");
    assert_string_equal(shown(&f, "das (WLAN)!", FINDING_TOPIC, "WLAN", &setting),
                        "WLAN");
    assert_string_equal(shown(&f, "no  Wi-Fi", FINDING_TOPIC, "WLAN", &setting), "Wi-Fi");
    assert_null(shown(&f, "Mein Lan", FINDING_TOPIC, "WLAN", &setting));
}

static void a_competitor_is_named_by_whole_words(void **state)
{
    static const struct text_list rows[] = {
        { STR(TEXT_COMPETITOR), STR("Möbel Rieger"), STR("Möbel Rieger\nRieger*") },
        { STR(TEXT_COMPETITOR), STR("Nord"), STR("Nord") },
    };
    static const struct text_lists lists = { rows, COUNT_OF(rows) };
    static const struct finding_setting setting = { .lists = &lists };
    FIXTURE(f);

    (void)state;
    assert_non_null(shown(&f, "bei MOEBEL Rieger gekauft", FINDING_COMPETITOR,
                          "Möbel Rieger", &setting));
    assert_non_null(shown(&f, "die Riegers waren netter", FINDING_COMPETITOR,
                          "Möbel Rieger", &setting));
    assert_null(shown(&f, "im Norden", FINDING_COMPETITOR, "Nord", &setting));
}

static void every_kind_has_a_name_that_leads_back_to_it(void **state)
{
    enum finding_kind kind = FINDING_LANGUAGE;

    (void)state;
    for (int k = 0; k < FINDING_KINDS; k++) {
        assert_int_equal(
            finding_kind_parse(str_of(finding_kind_name((enum finding_kind)k)), &kind),
            0);
        assert_int_equal(kind, k);
    }
    assert_int_equal(finding_kind_parse(STR("mood"), &kind), FINDING_NO_KIND);
}

static void an_empty_text_says_nothing(void **state)
{
    FIXTURE(f);
    struct findings all = read_with(&f, " \n", &nothing);

    (void)state;
    assert_int_equal(all.count, 0);
    assert_true(all.fingerprint.empty);
}

static double alike(struct fixture *f, const char *a, const char *b)
{
    struct fingerprint left = text_fingerprint(&f->arena, str_of(a));
    struct fingerprint right = text_fingerprint(&f->arena, str_of(b));

    return fingerprint_likeness(&left, &right);
}

static void a_text_that_is_lightly_changed_is_nearly_the_same(void **state)
{
    static const char text[] = "Seit drei Tagen kein Strom in der Lindenstraße, und am "
                               "Telefon weiß niemand etwas davon. Das ist unglaublich!";
    FIXTURE(f);

    (void)state;
    assert_true(alike(&f, text, text) == 1);
    assert_true(
        alike(&f, text,
              "@werk SEIT 4 Tagen kein Strom in der Lindenstrasse und am Telefon "
              "weiss niemand etwas davon, das ist unglaublich https://a.example") >=
        FINGERPRINT_NEAR);
    assert_true(alike(&f, text,
                      "Seit zwei Wochen kein Wasser im Haus, und am Schalter hilft "
                      "niemand weiter. Das ist eine Zumutung!") < FINGERPRINT_NEAR);
    assert_true(alike(&f, "Danke!", "danke") == 1);
    assert_true(alike(&f, "Danke!", "Dank") == 0);
    assert_true(alike(&f, "?!", "?!") == 0);
}

static void near_texts_share_a_key_to_look_them_up_by(void **state)
{
    FIXTURE(f);
    struct fingerprint a = text_fingerprint(
        &f.arena, STR("Why was the train to Leeds cancelled again this morning? Shame!"));
    struct fingerprint b = text_fingerprint(
        &f.arena, STR("why was the train to Leeds cancelled again this morning, shame"));
    int64_t left[FINGERPRINT_KEYS], right[FINGERPRINT_KEYS];
    size_t same = 0;

    (void)state;
    fingerprint_keys(&a, left);
    fingerprint_keys(&b, right);
    for (size_t i = 0; i < FINGERPRINT_KEYS; i++) {
        assert_true(left[i] >= 0);
        same += left[i] == right[i];
    }
    assert_true(same > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(personal_data_is_found_where_it_stands),
        cmocka_unit_test(a_wrong_checksum_or_another_number_is_no_personal_data),
        cmocka_unit_test(every_spelling_of_a_topic_is_that_topic),
        cmocka_unit_test(a_competitor_is_named_by_whole_words),
        cmocka_unit_test(every_kind_has_a_name_that_leads_back_to_it),
        cmocka_unit_test(an_empty_text_says_nothing),
        cmocka_unit_test(a_text_that_is_lightly_changed_is_nearly_the_same),
        cmocka_unit_test(near_texts_share_a_key_to_look_them_up_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
