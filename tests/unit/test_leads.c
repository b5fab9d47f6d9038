/* test_leads.c - what in a text leads somewhere, and where it ends. */
#include "fixture.h"

#include "text/leads.h"

static void each_kind_is_found_with_its_end(void **state UNUSED)
{
    static const struct {
        const char *text, *value;
        enum lead_kind kind; /* 0: nothing leads anywhere */
    } cases[] = {
        { "https://example.org/x?a=1.", "https://example.org/x?a=1", LEAD_ADDRESS },
        { "(http://a.example)", "http://a.example", LEAD_ADDRESS },
        { "https://", "", 0 },
        { "xhttps://a.example", "", 0 },
        { "@haus.example.org!", "haus.example.org", LEAD_NAME },
        { "@fan@example.net, ja", "fan@example.net", LEAD_NAME },
        { "a@example.net", "", 0 },
        { "@", "", 0 },
        { "@-", "", 0 },
        { "@.-@.-@", "", 0 },
        { "#Ruhe.", "Ruhe", LEAD_TAG },
        { "#Stra\xc3\x9f"
          "e",
          "Stra\xc3\x9f"
          "e",
          LEAD_TAG },
        { "#1", "", 0 },
        { "Fall #12a", "12a", LEAD_TAG },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str text = str_of(cases[i].text);
        struct lead lead = { .value = STR("") };
        bool found = false;

        for (size_t at = 0; at < text.n && !found; at++)
            found = lead_at(text, at, &lead);
        if (found != (cases[i].kind != 0))
            fail_msg("%s", cases[i].text);
        if (!found)
            continue;
        assert_int_equal(lead.kind, cases[i].kind);
        CHECK_STR(lead.value, cases[i].value);
        assert_true(lead.start < lead.end && lead.end <= text.n);
    }
}

static void a_tag_has_a_longest_length(void **state UNUSED)
{
    char text[LEAD_MAX_TAG + 3] = "#";
    struct lead lead;

    memset(text + 1, 'a', LEAD_MAX_TAG);
    assert_true(lead_at(str_of(text), 0, &lead));
    text[LEAD_MAX_TAG + 1] = 'a';
    assert_false(lead_at(str_of(text), 0, &lead));
}

static void a_name_has_a_longest_length(void **state UNUSED)
{
    char text[LEAD_MAX_NAME + 3] = "@";
    struct lead lead;

    memset(text + 1, 'a', LEAD_MAX_NAME);
    assert_true(lead_at(str_of(text), 0, &lead));
    text[LEAD_MAX_NAME + 1] = 'a';
    assert_false(lead_at(str_of(text), 0, &lead));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_found_with_its_end),
        cmocka_unit_test(a_tag_has_a_longest_length),
        cmocka_unit_test(a_name_has_a_longest_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
