/* test_net_proxies.c - who asked, behind one web server or several. */
#include "fixture.h"

#include "base/strbuf.h"
#include "net/proxies.h"

/* The sender of a request of that peer with these fields of the proxies' name. */
static struct str sender(const struct proxies *proxies, const char *remote,
                         const char *const *fields)
{
    struct http_field items[3];
    struct http_request rq = { .remote = str_of(remote), .headers = { items, 0, 0 } };

    while (fields && fields[rq.headers.count]) {
        items[rq.headers.count] = (struct http_field){ STR("X-Forwarded-For"),
                                                       str_of(fields[rq.headers.count]) };
        rq.headers.count++;
    }
    return proxies_sender(proxies, &rq);
}

static void an_entry_counts_as_long_as_its_writer_is_trusted(void **state UNUSED)
{
    static const struct str trusted[] = { STR("10.0.0.0/8"), STR("192.0.2.7"),
                                          STR("2001:db8:1::/48"), STR("172.16.0.0/12") };
    static const struct {
        const char *remote, *first, *second, *expected;
    } cases[] = {
        /* Nobody trusted said it. */
        { "198.51.100.1", "203.0.113.9", NULL, "198.51.100.1" },
        { "192.0.2.8", "203.0.113.9", NULL, "192.0.2.8" },
        { "2001:db8:2::1", "203.0.113.9", NULL, "2001:db8:2::1" },
        { "172.32.0.1", "203.0.113.9", NULL, "172.32.0.1" },
        /* One web server. */
        { "10.1.2.3", "203.0.113.9", NULL, "203.0.113.9" },
        { "172.31.0.1", "203.0.113.9", NULL, "203.0.113.9" },
        { "::ffff:10.1.2.3", "203.0.113.9", NULL, "203.0.113.9" },
        { "2001:db8:1:2::3", "2001:db8:9::9", NULL, "2001:db8:9::9" },
        { "127.0.0.1", "203.0.113.9", NULL, "203.0.113.9" },
        { "10.1.2.3", NULL, NULL, "10.1.2.3" },
        /* Several, and what the sender wrote before them. */
        { "10.1.2.3", "1.1.1.1, 203.0.113.9, 192.0.2.7", NULL, "203.0.113.9" },
        { "10.1.2.3", "1.1.1.1, 203.0.113.9", "127.0.0.1, 10.9.9.9", "203.0.113.9" },
        { "10.1.2.3", "10.0.0.1, 203.0.113.9", NULL, "203.0.113.9" },
        { "10.1.2.3", "10.0.0.1", NULL, "10.0.0.1" },
        /* With ports, in brackets, and what is no address. */
        { "10.1.2.3", "203.0.113.9:4711", NULL, "203.0.113.9" },
        { "10.1.2.3", "[2001:db8:9::9]:443", NULL, "2001:db8:9::9" },
        { "10.1.2.3", "::ffff:203.0.113.9", NULL, "203.0.113.9" },
        { "10.1.2.3", "203.0.113.9, unknown", NULL, "10.1.2.3" },
        { "10.1.2.3", "203.0.113.9, 192.0.2.7, _x", NULL, "10.1.2.3" },
        { "10.1.2.3", "203.0.113.9, ,", " ", "203.0.113.9" },
        { "10.1.2.3", "203.0.113.9; for=1.1.1.1", NULL, "10.1.2.3" },
        { "10.1.2.3", "1.1.1.1]", NULL, "10.1.2.3" },
    };
    struct proxies proxies;
    FIXTURE(f);

    CHECK_OK(&f, proxies_read(&f.op, trusted, COUNT_OF(trusted), &proxies));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const fields[] = { cases[i].first, cases[i].second, NULL };

        CHECK_STR(sender(&proxies, cases[i].remote, fields), cases[i].expected);
    }
}

static void only_the_last_hops_are_read(void **state UNUSED)
{
    struct proxies proxies;
    const struct str trusted[] = { STR("10.0.0.0/8") };
    struct strbuf list;
    FIXTURE(f);

    CHECK_OK(&f, proxies_read(&f.op, trusted, 1, &proxies));
    for (int hops = PROXIES_MAX_HOPS - 1; hops <= PROXIES_MAX_HOPS; hops++) {
        const char *fields[] = { NULL, NULL };

        list = STRBUF(&f.arena);
        strbuf_add(&list, STR("203.0.113.9"));
        for (int i = 0; i < hops; i++)
            strbuf_fmt(&list, ", 10.0.0.%d", i);
        fields[0] = arena_cstr(&f.arena, strbuf_str(&list));
        CHECK_STR(sender(&proxies, "10.1.2.3", fields),
                  hops < PROXIES_MAX_HOPS ? "203.0.113.9" : "10.0.0.0");
    }
}

static void what_is_no_network_is_refused_by_name(void **state UNUSED)
{
    static const char *const wrong[] = {
        "x",           "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129",
        "10.0.0.0/-1", "10.0.0.0/8/", "",          "localhost"
    };
    static const char *const right[] = { "0.0.0.0/0", "10.0.0.1/32", "::/0",
                                         "2001:db8::1/128" };
    struct str many[PROXIES_MAX + 1];
    struct proxies proxies;
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct str text = str_of(wrong[i]);

        assert_int_equal(proxies_read(&f.op, &text, 1, &proxies), ERR_INVALID);
        assert_true(str_find(f.op.err.text, text) >= 0);
    }
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        struct str text = str_of(right[i]);

        CHECK_OK(&f, proxies_read(&f.op, &text, 1, &proxies));
    }
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = STR("192.0.2.1");
    CHECK_OK(&f, proxies_read(&f.op, many, PROXIES_MAX, &proxies));
    assert_int_equal(proxies_read(&f.op, many, PROXIES_MAX + 1, &proxies), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_counts_as_long_as_its_writer_is_trusted),
        cmocka_unit_test(only_the_last_hops_are_read),
        cmocka_unit_test(what_is_no_network_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
