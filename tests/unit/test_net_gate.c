/* test_net_gate.c - which addresses pass the gate, however they are spelled. */
#include "fixture.h"

#include "net/gate.h"

static void addresses_of_our_own_are_not_public(void **state UNUSED)
{
    static const struct {
        const char *address;
        bool public;
    } cases[] = {
        { "0.0.0.0", false },
        { "0.255.255.255", false },
        { "1.0.0.0", true },
        { "9.255.255.255", true },
        { "10.0.0.0", false },
        { "10.255.255.255", false },
        { "11.0.0.0", true },
        { "100.63.255.255", true },
        { "100.64.0.0", false },
        { "100.127.255.255", false },
        { "100.128.0.0", true },
        { "126.255.255.255", true },
        { "127.0.0.1", false },
        { "127.255.255.255", false },
        { "128.0.0.0", true },
        { "169.253.255.255", true },
        { "169.254.169.254", false },
        { "169.255.0.0", true },
        { "172.15.255.255", true },
        { "172.16.0.0", false },
        { "172.31.255.255", false },
        { "172.32.0.0", true },
        { "192.0.0.8", false },
        { "192.0.1.0", true },
        { "192.0.2.1", false },
        { "192.88.99.1", false },
        { "192.167.255.255", true },
        { "192.168.0.0", false },
        { "192.168.255.255", false },
        { "192.169.0.0", true },
        { "198.17.255.255", true },
        { "198.18.0.0", false },
        { "198.19.255.255", false },
        { "198.20.0.0", true },
        { "198.51.100.7", false },
        { "203.0.113.7", false },
        { "223.255.255.255", true },
        { "224.0.0.1", false },
        { "239.255.255.255", false },
        { "240.0.0.1", false },
        { "255.255.255.255", false },
        { "8.8.8.8", true },
        { "::", false },
        { "::1", false },
        { "::7f00:1", false },
        { "::ffff:127.0.0.1", false },
        { "::ffff:10.0.0.1", false },
        { "::ffff:8.8.8.8", true },
        { "64:ff9b::127.0.0.1", false },
        { "64:ff9b::a9fe:a9fe", false },
        { "64:ff9b::8.8.8.8", true },
        { "64:ff9b:1::8.8.8.8", false },
        { "100::1", false },
        { "2001::1", false },
        { "2001:2::1", false },
        { "2001:1ff::1", false },
        { "2001:200::1", true },
        { "2001:db8::1", false },
        { "2001:4860:4860::8888", true },
        { "2002:7f00:1::", false },
        { "2002:a00:1::1", false },
        { "2002:808:808::1", true },
        { "2a00:1450:4001::1", true },
        { "3fff::1", false },
        { "3fff:fff::1", false },
        { "3ffe::1", true },
        { "4000::1", false },
        { "fc00::1", false },
        { "fd12:3456::1", false },
        { "fe80::1", false },
        { "fec0::1", false },
        { "ff02::1", false },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gate_address address;

        assert_true(gate_address(&f.op, str_of(cases[i].address), 80, &address));
        if (gate_is_public((struct sockaddr *)&address.socket) != cases[i].public)
            print_error("%s\n", cases[i].address);
        assert_int_equal(gate_is_public((struct sockaddr *)&address.socket),
                         cases[i].public);
    }
    assert_false(gate_is_public(&(struct sockaddr){ .sa_family = AF_UNIX }));
}

static void addresses_are_read_strictly(void **state UNUSED)
{
    static const struct {
        const char *text;
        const char *normal; /* NULL: refused */
    } cases[] = {
        { "http://a.example", "http://a.example/" },
        { "HTTPS://A.Example:443/x?Y#z", "https://a.example/x?Y" },
        { "http://a.example:8080?q", "http://a.example:8080/?q" },
        { "http://a.example./", "http://a.example/" },
        { "http://b\xc3\xbc"
          "cher.example/\xc3\xa4",
          "http://xn--bcher-kva.example/%C3%A4" },
        { "http://8.8.8.8/", "http://8.8.8.8/" },
        { "http://[2001:DB8:0::1]:81/", "http://[2001:db8::1]:81/" },
        { "http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]/" },
        { "http://a_b.example/", "http://a_b.example/" },
        { "http://1.example/", "http://1.example/" },
        { "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "http://127.0.0.1/" },
        { "", NULL },
        { "a.example", NULL },
        { "//a.example/", NULL },
        { "ftp://a.example/", NULL },
        { "file:///etc/passwd", NULL },
        { "gopher://a.example/", NULL },
        { "javascript:alert(1)//://a", NULL },
        { "http://", NULL },
        { "http:///x", NULL },
        { "http://user@a.example/", NULL },
        { "http://user:pw@a.example/", NULL },
        { "http://a.example\\@b.example/", NULL },
        { "http://a.example:0/", NULL },
        { "http://a.example:65536/", NULL },
        { "http://a.example:/", NULL },
        { "http://a.example:80x/", NULL },
        { "http://a.example: 80/", NULL },
        { "http://a..example/", NULL },
        { "http://.a.example/", NULL },
        { "http://a.example../", NULL },
        { "http://a%2eexample/", NULL },
        { "http://a b/", NULL },
        { "http://a\n.example/", NULL },
        { "http://a.example/\r\nX: y", NULL },
        { "http://127.1/", NULL },
        { "http://0x7f.1/", NULL },
        { "http://0x7f000001/", NULL },
        { "http://2130706433/", NULL },
        { "http://017700000001/", NULL },
        { "http://0177.0.0.1/", NULL },
        { "http://127.0.0.01/", NULL },
        { "http://127.0.0.1.2/", NULL },
        { "http://256.0.0.1/", NULL },
        { "http://a.0x1/", NULL },
        { "http://[::1/", NULL },
        { "http://::1/", NULL },
        { "http://[127.0.0.1]/", NULL },
        { "http://[fe80::1%25eth0]/", NULL },
        { "http://a.example/\xff", NULL },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct url url;
        int r = url_parse(&f.op, str_of(cases[i].text), &url);

        if ((r == 0) != (cases[i].normal != NULL))
            print_error("%s\n", cases[i].text);
        assert_int_equal(r, cases[i].normal ? 0 : ERR_INVALID);
        if (r == 0)
            CHECK_STR(url.text, cases[i].normal);
    }
}

static void the_parts_of_an_address_are_told(void **state UNUSED)
{
    FIXTURE(f);
    struct url url;

    assert_int_equal(url_parse(&f.op, STR("https://[::1]:444/a?b"), &url), 0);
    CHECK_STR(url.scheme, "https");
    CHECK_STR(url.host, "::1");
    CHECK_STR(url.target, "/a?b");
    assert_int_equal(url.port, 444);
    assert_true(url.secure && url.is_address);
    assert_int_equal(url_parse(&f.op, STR("http://a.example#x"), &url), 0);
    CHECK_STR(url.target, "/");
    assert_int_equal(url.port, 80);
    assert_false(url.secure || url.is_address);
}

static int parse_long(struct fixture *f, size_t length)
{
    char *bytes = arena_alloc(&f->arena, 1, 1, length);
    struct url url;

    memset(bytes, 'a', length);
    memcpy(bytes, "http://a/", 9);
    return url_parse(&f->op, (struct str){ bytes, length }, &url);
}

static void an_address_has_a_ceiling(void **state UNUSED)
{
    FIXTURE(f);

    assert_int_equal(parse_long(&f, URL_MAX), 0);
    assert_int_equal(parse_long(&f, URL_MAX + 1), ERR_INVALID);
    CHECK_STR(f.op.err.text, "the address is longer than 2048 bytes");
}

static void a_redirect_is_relative_to_where_it_came_from(void **state UNUSED)
{
    static const struct {
        const char *location, *text; /* NULL: refused */
    } cases[] = {
        { "http://b.example/x", "http://b.example/x" },
        { "//b.example/x", "https://b.example/x" },
        { "/x?y", "https://a.example:8443/x?y" },
        { "x", "https://a.example:8443/p/x" },
        { "x:y", NULL },
        { "?z", "https://a.example:8443/p/q?z" },
        { "#z", "https://a.example:8443/p/q?r" },
        { "", "https://a.example:8443/p/q?r" },
        { "x/http://c", "https://a.example:8443/p/x/http://c" },
        { "ftp://b/", NULL },
        { "file:/x", NULL },
        { "http://u@b/", NULL },
    };
    FIXTURE(f);
    struct url base, url;

    assert_int_equal(url_parse(&f.op, STR("https://a.example:8443/p/q?r"), &base), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int r = url_resolve(&f.op, &base, str_of(cases[i].location), &url);

        assert_int_equal(r, cases[i].text ? 0 : ERR_INVALID);
        if (r == 0)
            CHECK_STR(url.text, cases[i].text);
    }
}

/* A resolver of two rows. */
static int resolve(struct op *op, const struct gate *gate UNUSED, struct str host,
                   uint16_t port, struct gate_pass *ret)
{
    if (str_is(host, "none.example"))
        return GATE_UNKNOWN;
    ret->count = 2;
    assert_true(gate_address(op, STR("8.8.8.8"), port, &ret->addresses[0]));
    assert_true(
        gate_address(op, str_is(host, "mixed.example") ? STR("10.0.0.1") : STR("2a00::1"),
                     port, &ret->addresses[1]));
    return 0;
}

static int check(struct fixture *f, const struct gate *gate, const char *text,
                 struct gate_pass *pass)
{
    struct url url;

    assert_int_equal(url_parse(&f->op, str_of(text), &url), 0);
    return gate_check(&f->op, gate, &url, pass);
}

static void every_address_of_a_name_is_checked(void **state UNUSED)
{
    FIXTURE(f);
    struct gate gate = { .resolve = resolve };
    struct gate_pass pass = { .count = 7 };

    assert_int_equal(check(&f, &gate, "http://mixed.example/", &pass), GATE_REFUSED);
    assert_true(str_find(f.op.err.text, STR("10.0.0.1, which is not public")) > 0);
    assert_int_equal(check(&f, &gate, "http://none.example/", &pass), GATE_UNKNOWN);
    assert_int_equal(check(&f, &gate, "http://127.0.0.1/", &pass), GATE_REFUSED);
    assert_int_equal(check(&f, &gate, "http://[::ffff:127.0.0.1]/", &pass), GATE_REFUSED);
    assert_int_equal(pass.count, 7);
    assert_int_equal(check(&f, &gate, "http://good.example/", &pass), 0);
    assert_int_equal(pass.count, 2);
    CHECK_STR(pass.addresses[1].text, "2a00::1");
}

static void an_administrator_may_allow_a_host(void **state UNUSED)
{
    static const struct str allowed[] = { STR("127.0.0.1"), STR("mixed.example"),
                                          STR("localhost") };
    FIXTURE(f);
    struct gate gate = { allowed, COUNT_OF(allowed), resolve, NULL };
    struct gate_pass pass;

    assert_int_equal(check(&f, &gate, "http://127.0.0.1:99/", &pass), 0);
    assert_int_equal(check(&f, &gate, "http://Mixed.Example/", &pass), 0);
    assert_int_equal(check(&f, &gate, "http://127.0.0.2/", &pass), GATE_REFUSED);
    assert_int_equal(check(&f, &gate, "http://[::1]/", &pass), GATE_REFUSED);
    assert_int_equal(check(&f, &gate, "http://[::ffff:127.0.0.1]/", &pass), GATE_REFUSED);
    gate.resolve = NULL;
    assert_int_equal(check(&f, &gate, "http://localhost/", &pass), 0);
    assert_true(pass.count >= 1);
    gate.allowed_count = 0;
    assert_int_equal(check(&f, &gate, "http://localhost/", &pass), GATE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_our_own_are_not_public),
        cmocka_unit_test(addresses_are_read_strictly),
        cmocka_unit_test(the_parts_of_an_address_are_told),
        cmocka_unit_test(an_address_has_a_ceiling),
        cmocka_unit_test(a_redirect_is_relative_to_where_it_came_from),
        cmocka_unit_test(every_address_of_a_name_is_checked),
        cmocka_unit_test(an_administrator_may_allow_a_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
