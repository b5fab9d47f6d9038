/* test_finding_posts.c - what the shipped model says of short public posts, each with
 * neighbours that say the same in other words.
 */
#include "fixture.h"

#include "text/finding.h"

static struct findings read(struct fixture *f, const char *text)
{
    static const struct text_list rows[] = {
        { STR("topic"), STR("WLAN"), STR("WLAN|W-Lan|Wi-Fi|Wifi") },
    };
    static const struct text_lists lists = { rows, COUNT_OF(rows) };
    static const struct finding_setting setting = { .lists = &lists };

    return text_findings(&f->arena, str_of(text), &setting);
}

static bool has(struct fixture *f, const char *text, enum finding_kind kind,
                const char *value)
{
    struct findings all = read(f, text);

    for (size_t i = 0; i < all.count; i++) {
        if (all.list[i].kind == kind && str_is(all.list[i].value, value) &&
            !all.list[i].unsure)
            return true;
    }
    return false;
}

/* Is something said of the kind for sure, whatever it is? */
static bool is_sure(struct fixture *f, const char *text, enum finding_kind kind)
{
    struct findings all = read(f, text);

    return finding_first(&all, kind) != NULL;
}

static void assert_all(struct fixture *f, const char *const *texts,
                       enum finding_kind kind, const char *value)
{
    for (; *texts; texts++) {
        if (!has(f, *texts, kind, value))
            fail_msg("%s is not %s %s", *texts, finding_kind_name(kind), value);
    }
}

static void assert_none(struct fixture *f, const char *const *texts,
                        enum finding_kind kind, const char *value)
{
    for (; *texts; texts++) {
        if (has(f, *texts, kind, value))
            fail_msg("%s is %s %s", *texts, finding_kind_name(kind), value);
    }
}

static void what_colleagues_ask_their_boss_is_none_of_the_intents(void **state)
{
    static const char *const texts[] = {
        "Lieber Chef, wir würden gerne mal ein wenig in dem Social Media mitmachen",
        "Liebe Chefin, wir würden gern ein bisschen beim Firmenblog mithelfen",
        "Dear boss, we would like to join in a bit with the company blog",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "other");
}

static void a_mild_doubt_is_discussion_and_no_alarm(void **state)
{
    static const char *const texts[] = {
        "Hmmm, irgendwie bin ich noch immer im Zweifel was das alles bringen soll.",
        "Hm, irgendwie sehe ich noch nicht, was das Ganze nützen soll.",
        "Hmm, I still wonder what all of this is good for.",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "discussion");
    assert_none(&f, texts, FINDING_URGENT, "");
    assert_none(&f, texts, FINDING_FRUSTRATED, "");
    assert_none(&f, texts, FINDING_SENTIMENT, "negative");
}

static void who_agrees_warmly_with_an_author_praises(void **state)
{
    static const char *const texts[] = {
        "„Amen\" kann ich da nur sagen, lieber Roman!",
        "„Bravo“, liebe Helga, das hast du fein geschrieben!",
        "\"Hear, hear\" is all I can say, dear Helen!",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "praise");
    assert_none(&f, texts, FINDING_INTENT, "complaint");
}

static void who_gives_no_number_in_public_asks_for_a_private_way(void **state)
{
    static const char *const texts[] = {
        "Mein Anschluss ist gestört. Meine Telefonnummer möchte ich hier nicht "
        "öffentlich schreiben, wie erreiche ich Sie?",
        "Wie kann ich Ihnen meine Kundennummer geben, ohne sie hier öffentlich zu "
        "schreiben?",
        "How can I reach you without posting my phone number in public?",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "question");
    assert_all(&f, texts, FINDING_PRIVATE, "");
}

static void a_broken_thing_without_a_receipt_is_a_complaint(void **state)
{
    static const char *const texts[] = {
        "Mein DVD-Player ist defekt, ich möchte ihn umtauschen, aber der Kassazettel "
        "fehlt.",
        "Die neue Waschmaschine ist defekt, ich will sie umtauschen, den Beleg habe ich "
        "nicht mehr.",
        "My DVD player is broken, I want to exchange it but the receipt is lost.",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "complaint");
    assert_all(&f, texts, FINDING_SENTIMENT, "negative");
}

static void who_wants_an_answer_at_last_points_to_an_earlier_message(void **state)
{
    static const char *const texts[] = {
        "Bitte meine Anfrage von gestern endlich beantworten",
        "die Bahn möge doch bitte seine Anfrage von gestern endlich beantworten",
        "Könnten Sie meine Frage von vorgestern bitte endlich beantworten?",
        "Please answer my enquiry of yesterday at last",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_CHASER, "");
    assert_all(&f, texts, FINDING_FRUSTRATED, "");
}

static void a_problem_that_is_described_is_reported_with_its_topic(void **state)
{
    static const char *const texts[] = {
        "Ich schilderte ein Problem mit meinem W-Lan",
        "Ich berichtete von einem Problem mit meinem WLAN",
        "I told you about a problem with my Wi-Fi",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "complaint");
    assert_all(&f, texts, FINDING_TOPIC, "WLAN");
}

static void praise_is_seen_through_slips_of_the_pen(void **state)
{
    static const char *const texts[] = {
        "Klasse. Da hat die Telekom wirklich interesse am Kunden gezeigt.",
        "klasse, da hat der laden echt herz für seine kunden gezeigt",
        "Great. They really did show interest in their customers.",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "praise");
    assert_all(&f, texts, FINDING_SENTIMENT, "positive");
}

static void an_advert_in_the_form_of_a_question_is_no_question(void **state)
{
    static const char *const texts[] = {
        "Sie benötigen Beratung für Ihre Social Media Strategie?",
        "Sie brauchen Beratung zu Ihrer Strategie im Netz? Unser Büro hilft gern.",
        "Do you need advice on your social media strategy? Our office will help.",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "other");
    assert_none(&f, texts, FINDING_INTENT, "question");
    assert_none(&f, texts, FINDING_INTENT, "spam");
}

static void a_loud_word_alone_sets_nothing_off(void **state)
{
    static const char *const texts[] = {
        "Wer da noch „Shitstorm\" schreit, hat nichts verstanden!",
        "Wer hier gleich „Shitstorm“ ruft, hat den Text nicht gelesen!",
        "Whoever still shouts \"shitstorm\" has not understood a thing!",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    assert_all(&f, texts, FINDING_INTENT, "discussion");
    assert_none(&f, texts, FINDING_INTENT, "complaint");
    assert_none(&f, texts, FINDING_RUDE, "");
    assert_none(&f, texts, FINDING_INSULT, "");
    assert_none(&f, texts, FINDING_URGENT, "");
}

static void praise_by_negation_and_irony_are_left_to_a_person(void **state)
{
    static const char *const texts[] = {
        "Nicht schlecht!",
        "Gar nicht übel!",
        "Not bad at all!",
        "Super, wieder kein Empfang.",
        "Klasse, schon wieder kein Netz.",
        "Great, no reception again.",
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (is_sure(&f, texts[i], FINDING_SENTIMENT))
            fail_msg("the mood of %s is sure", texts[i]);
        if (is_sure(&f, texts[i], FINDING_INTENT))
            fail_msg("what %s wants is sure", texts[i]);
    }
}

/* Not all that is sure of itself is doubted: a plain complaint and plain praise. */
static void who_means_what_they_say_is_believed(void **state)
{
    static const char *const texts[] = {
        "Seit gestern kein Empfang.",
        "Seit Wochen kein Internet, ich bin stinksauer.",
        "Vielen Dank, der Empfang ist jetzt wirklich sehr gut!",
        "No reception since yesterday.",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; texts[i]; i++)
        if (!is_sure(&f, texts[i], FINDING_INTENT))
            fail_msg("what %s wants is unsure", texts[i]);
}

static void disrespect_with_a_matter_is_told_from_disrespect_alone(void **state)
{
    static const char *const rude[] = {
        "Ihr Trottel habt mir schon wieder die falsche Rechnung geschickt!",
        "You morons sent me the wrong parcel again!",
        NULL,
    };
    static const char *const insult[] = { "Ihr Vollidioten!", "You bunch of clowns",
                                          NULL };
    FIXTURE(f);

    (void)state;
    assert_all(&f, rude, FINDING_RUDE, "");
    assert_all(&f, rude, FINDING_INTENT, "complaint");
    assert_none(&f, rude, FINDING_INSULT, "");
    assert_all(&f, insult, FINDING_INSULT, "");
    assert_none(&f, insult, FINDING_RUDE, "");
}

static void other_stands_alone(void **state)
{
    static const char *const texts[] = {
        "Sie benötigen Beratung für Ihre Social Media Strategie?",
        "Gewerkschaft kündigt Warnstreik an, Kunden verärgert",
        "Ihr Vollidioten!",
        NULL,
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; texts[i]; i++) {
        struct findings all = read(&f, texts[i]);
        size_t intents = 0;

        for (size_t k = 0; k < all.count; k++)
            intents += all.list[k].kind == FINDING_INTENT;
        assert_int_equal(intents, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_colleagues_ask_their_boss_is_none_of_the_intents),
        cmocka_unit_test(a_mild_doubt_is_discussion_and_no_alarm),
        cmocka_unit_test(who_agrees_warmly_with_an_author_praises),
        cmocka_unit_test(who_gives_no_number_in_public_asks_for_a_private_way),
        cmocka_unit_test(a_broken_thing_without_a_receipt_is_a_complaint),
        cmocka_unit_test(who_wants_an_answer_at_last_points_to_an_earlier_message),
        cmocka_unit_test(a_problem_that_is_described_is_reported_with_its_topic),
        cmocka_unit_test(praise_is_seen_through_slips_of_the_pen),
        cmocka_unit_test(an_advert_in_the_form_of_a_question_is_no_question),
        cmocka_unit_test(a_loud_word_alone_sets_nothing_off),
        cmocka_unit_test(praise_by_negation_and_irony_are_left_to_a_person),
        cmocka_unit_test(who_means_what_they_say_is_believed),
        cmocka_unit_test(disrespect_with_a_matter_is_told_from_disrespect_alone),
        cmocka_unit_test(other_stands_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
