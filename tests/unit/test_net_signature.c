/* test_net_signature.c - Standard Webhooks, and HMAC-SHA256 beneath it. */
#include "fixture.h"

#include "base/bytes.h"
#include "base/json.h"
#include "net/signature.h"

#define HMAC_VECTORS                                                                     \
    "../shared/suites/wycheproof-hmac/testvectors_v1/hmac_sha256_test.json"
#define SPEC "../shared/suites/standard-webhooks/spec/standard-webhooks.md"

#define SECRET     STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
#define ID         STR("msg_p5jXN8AQM9LWM0D4loKWxJek")
#define SECONDS_AT INT64_C(1614265330)
#define BODY       STR("{\"test\": 2432232314}")
#define SIGNED     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static struct http_fields fields_of(struct fixture *f, const char *id,
                                    const char *timestamp, const char *signature)
{
    struct http_fields fields = { NULL, 0, 0 };

    if (id)
        http_add(&f->arena, &fields, STR("Webhook-Id"), str_of(id));
    if (timestamp)
        http_add(&f->arena, &fields, STR("Webhook-Timestamp"), str_of(timestamp));
    if (signature)
        http_add(&f->arena, &fields, STR("Webhook-Signature"), str_of(signature));
    return fields;
}

static void a_known_message_gets_its_known_signature(void **state UNUSED)
{
    FIXTURE(f);
    struct str signature;

    assert_int_equal(signature_sign(&f.op, SECRET, ID, SECONDS_AT, BODY, &signature), 0);
    CHECK_STR(signature, SIGNED);
    assert_int_equal(
        signature_sign(&f.op, str_sub(SECRET, 6, 99), ID, SECONDS_AT, BODY, &signature),
        0);
    CHECK_STR(signature, SIGNED);
}

static void a_signature_counts_only_as_it_was_made(void **state UNUSED)
{
    static const struct {
        const char *id, *timestamp, *signature;
        int outcome;
    } cases[] = {
#define GOOD_ID   "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define GOOD_TIME "1614265330"
        { GOOD_ID, GOOD_TIME, SIGNED, 0 },
        { GOOD_ID, GOOD_TIME, "v1,AAAA " SIGNED, 0 },
        { GOOD_ID, GOOD_TIME, SIGNED " v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNV", 0 },
        { GOOD_ID, GOOD_TIME,
          "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SIGNATURE_WRONG },
        { GOOD_ID, GOOD_TIME,
          "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SIGNATURE_WRONG },
        { GOOD_ID, GOOD_TIME, "v1,", SIGNATURE_WRONG },
        { GOOD_ID, GOOD_TIME, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
          SIGNATURE_WRONG },
        { GOOD_ID, GOOD_TIME,
          "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SIGNATURE_WRONG },
        { "msg_other", GOOD_TIME, SIGNED, SIGNATURE_WRONG },
        { GOOD_ID, "1614265331", SIGNED, SIGNATURE_WRONG },
        { NULL, GOOD_TIME, SIGNED, SIGNATURE_MISSING },
        { GOOD_ID, NULL, SIGNED, SIGNATURE_MISSING },
        { GOOD_ID, GOOD_TIME, NULL, SIGNATURE_MISSING },
        { "", GOOD_TIME, SIGNED, SIGNATURE_MISSING },
        { "a.b", GOOD_TIME, SIGNED, SIGNATURE_MISSING },
        { GOOD_ID, "1614265330.0", SIGNED, SIGNATURE_MISSING },
        { GOOD_ID, "now", SIGNED, SIGNATURE_MISSING },
        { GOOD_ID, "9223372036854775807", SIGNED, SIGNATURE_STALE },
        { GOOD_ID, "-9223372036854775808", SIGNED, SIGNATURE_STALE },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_fields fields =
            fields_of(&f, cases[i].id, cases[i].timestamp, cases[i].signature);

        assert_int_equal(
            signature_verify(&f.op, SECRET, &fields, BODY, SECONDS_AT * 1000),
            cases[i].outcome);
    }
}

static void a_message_is_fresh_for_five_minutes_either_way(void **state UNUSED)
{
    static const struct {
        int64_t age_ms;
        int outcome;
    } cases[] = {
        { 300000, 0 },
        { 300001, SIGNATURE_STALE },
        { -300000, 0 },
        { -300001, SIGNATURE_STALE },
    };
    FIXTURE(f);
    struct http_fields fields = fields_of(&f, GOOD_ID, GOOD_TIME, SIGNED);

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(signature_verify(&f.op, SECRET, &fields, BODY,
                                          SECONDS_AT * 1000 + cases[i].age_ms),
                         cases[i].outcome);
}

static void one_changed_byte_is_noticed(void **state UNUSED)
{
    FIXTURE(f);
    struct http_fields fields = fields_of(&f, GOOD_ID, GOOD_TIME, SIGNED);
    struct str body = arena_dup(&f.arena, BODY);

    for (size_t i = 0; i < body.n; i++) {
        ((char *)(uintptr_t)body.p)[i] ^= 1;
        assert_int_equal(
            signature_verify(&f.op, SECRET, &fields, body, SECONDS_AT * 1000),
            SIGNATURE_WRONG);
        ((char *)(uintptr_t)body.p)[i] ^= 1;
    }
    assert_int_equal(signature_verify(&f.op, SECRET, &fields, body, SECONDS_AT * 1000),
                     0);
}

static void a_secret_has_a_form_and_a_size(void **state UNUSED)
{
    static const struct {
        size_t bytes;
        int outcome;
    } cases[] = { { 0, ERR_INVALID },
                  { 15, ERR_INVALID },
                  { 16, 0 },
                  { 128, 0 },
                  { 129, ERR_INVALID } };
    char zeros[129] = { 0 };
    FIXTURE(f);
    struct str key;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str text = base64_encode(&f.arena, (struct str){ zeros, cases[i].bytes });

        text = arena_fmt(&f.arena, "whsec_" STR_FMT, STR_ARG(text));
        assert_int_equal(signature_secret(&f.op, text, &key), cases[i].outcome);
    }
    assert_int_equal(signature_secret(&f.op, STR(""), &key), ERR_INVALID);
    assert_int_equal(signature_secret(&f.op, STR("whsec_!"), &key), ERR_INVALID);
    assert_int_equal(
        signature_verify(&f.op, STR(""), &(struct http_fields){ 0 }, BODY, 0),
        ERR_INVALID);
    CHECK_STR(f.op.err.fields->field, "secret");
}

static void what_we_sign_we_accept(void **state UNUSED)
{
    FIXTURE(f);
    struct str secret = signature_new_secret(&f.op);
    struct str other = signature_new_secret(&f.op);
    struct http_fields fields = { NULL, 0, 0 };

    assert_int_equal(secret.n, strlen("whsec_") + 32);
    assert_int_equal(signature_add(&f.op, secret, STR("key-1"), BODY, &fields), 0);
    CHECK_STR(http_field(&fields, "webhook-timestamp"), "1793606400");
    assert_int_equal(signature_verify(&f.op, secret, &fields, BODY, f.op.now), 0);
    assert_int_equal(signature_verify(&f.op, other, &fields, BODY, f.op.now),
                     SIGNATURE_WRONG);
    assert_int_equal(signature_add(&f.op, secret, STR("a.b"), BODY, &fields),
                     ERR_INVALID);
}

/* The example of the specification has no known secret; its fields must be readable. */
static void the_example_of_the_specification_is_readable(void **state UNUSED)
{
    FIXTURE(f);
    struct str text = fixture_read_file(&f.arena, SPEC), rest = text, line;
    struct http_fields fields = { NULL, 0, 0 };
    int64_t at = INT64_C(1674087231000);

    if (!text.p) {
        print_message("SKIP: %s is not there\n", SPEC);
        skip();
    }
    while (rest.n > 0) {
        line = str_cut(rest, '\n', &rest);
        if (str_starts(line, STR("webhook-"))) {
            struct str value, name = str_cut(line, ':', &value);

            http_add(&f.arena, &fields, name, str_trim(value));
        }
    }
    assert_int_equal(fields.count, 3);
    assert_int_equal(signature_verify(&f.op, SECRET, &fields, STR(""), at),
                     SIGNATURE_WRONG);
    assert_int_equal(signature_verify(&f.op, SECRET, &fields, STR(""), at + HOURS(1)),
                     SIGNATURE_STALE);
}

static unsigned run_vectors(struct fixture *f, const struct json *group)
{
    const struct json *tests = json_get(group, "tests");
    size_t bytes = (size_t)json_int(group, "tagSize", 0) / 8;

    for (size_t i = 0; i < tests->count; i++) {
        const struct json *test = &tests->items[i];
        struct str key, message, tag, mac;

        assert_true(hex_decode(&f->arena, json_text(test, "key"), &key));
        assert_true(hex_decode(&f->arena, json_text(test, "msg"), &message));
        assert_true(hex_decode(&f->arena, json_text(test, "tag"), &tag));
        mac = str_sub(hmac_sha256(&f->arena, key, message), 0, bytes);
        assert_int_equal(str_eq_secret(mac, tag),
                         str_is(json_text(test, "result"), "valid"));
    }
    return (unsigned)tests->count;
}

static void hmac_agrees_with_the_vectors_of_wycheproof(void **state UNUSED)
{
    FIXTURE(f);
    struct str text = fixture_read_file(&f.arena, HMAC_VECTORS);
    const struct json *groups;
    struct json *json;
    unsigned count = 0;

    if (!text.p) {
        print_message("SKIP: %s is not there\n", HMAC_VECTORS);
        skip();
    }
    assert_int_equal(json_parse(&f.op, text, &json), 0);
    groups = json_get(json, "testGroups");
    for (size_t i = 0; i < groups->count; i++)
        count += run_vectors(&f, &groups->items[i]);
    assert_int_equal(count, json_int(json, "numberOfTests", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_message_gets_its_known_signature),
        cmocka_unit_test(a_signature_counts_only_as_it_was_made),
        cmocka_unit_test(a_message_is_fresh_for_five_minutes_either_way),
        cmocka_unit_test(one_changed_byte_is_noticed),
        cmocka_unit_test(a_secret_has_a_form_and_a_size),
        cmocka_unit_test(what_we_sign_we_accept),
        cmocka_unit_test(the_example_of_the_specification_is_readable),
        cmocka_unit_test(hmac_agrees_with_the_vectors_of_wycheproof),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
