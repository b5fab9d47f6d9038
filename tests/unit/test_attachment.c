/* test_attachment.c - files come out as they went in, under a harmless name. */
#include "dialogue/attachment.h"
#include "talk.h"

static struct str bytes_of(struct fixture *f, size_t n)
{
    char *p = arena_new(&f->arena, char, n);

    for (size_t i = 0; i < n; i++)
        p[i] = (char)(i * 31 + i / 251);
    return (struct str){ p, n };
}

static void a_file_of_any_length_comes_out_as_it_went_in(void **state)
{
    static const size_t sizes[] = { 0,
                                    1,
                                    ATTACHMENT_CHUNK - 1,
                                    ATTACHMENT_CHUNK,
                                    ATTACHMENT_CHUNK + 1,
                                    3 * ATTACHMENT_CHUNK };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct attachment a = { .name = STR("a.bin"),
                                .mime = STR("image/png"),
                                .account_id = t.eva },
                          read;
        struct str in = bytes_of(&f, sizes[i]), out;

        CHECK_OK(&f, attachment_add(&f.op, &a, in));
        assert_int_equal(attachment_get(&f.op, a.id, &read), 0);
        assert_int_equal(read.size, sizes[i]);
        CHECK_STR(read.mime, "image/png");
        CHECK_OK(&f, attachment_bytes(&f.op, a.id, &out));
        assert_true(str_eq(in, out));
    }
}

static void eight_mib_are_kept_and_one_byte_more_is_not(void **state)
{
    FIXTURE_STORE(f);
    TALK(t, f);
    struct attachment a = { .name = STR("a"), .mime = STR("a/b"), .account_id = t.eva };
    struct str bytes = bytes_of(&f, (size_t)ATTACHMENT_MAX_BYTES + 1);
    (void)state;

    assert_int_equal(attachment_add(&f.op, &a, bytes), ERR_TOO_LARGE);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM attachment"), 0);
    bytes.n--;
    CHECK_OK(&f, attachment_add(&f.op, &a, bytes));
}

static void names_and_types_that_could_do_harm_are_made_harmless(void **state)
{
    static const struct {
        const char *name, *clean, *mime, *kept;
    } cases[] = {
        { "foto.jpg", "foto.jpg", "image/jpeg", "image/jpeg" },
        { "../../etc/passwd", ".._.._etc_passwd", "text/plain; charset=utf-7",
          "application/octet-stream" },
        { "C:\\boot\r\nX-Evil: 1", "C:_boot__X-Evil: 1", "", "application/octet-stream" },
        { "a\xE2\x80\xAEgpj.exe", "agpj.exe", "text/html\r\nX: y",
          "application/octet-stream" },
        { " ", "file", "/", "application/octet-stream" },
        { "", "file", "image/svg+xml", "image/svg+xml" },
        { "\xFF.txt", "\xEF\xBF\xBD.txt", "a/b/c", "application/octet-stream" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct attachment a = { .name = str_of(cases[i].name),
                                .mime = str_of(cases[i].mime),
                                .account_id = t.eva };

        CHECK_OK(&f, attachment_add(&f.op, &a, STR("x")));
        CHECK_STR(a.name, cases[i].clean);
        CHECK_STR(a.mime, cases[i].kept);
    }
}

static void only_who_brought_a_file_can_send_it_and_only_once(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct attachment a = { .name = STR("a"), .mime = STR("a/b"), .account_id = t.eva };
    struct attachment *list;
    size_t count;

    CHECK_OK(&f, attachment_add(&f.op, &a, STR("x")));
    f.op.actor.id = 7;
    assert_int_equal(attachment_attach(&f.op, a.id, 5), ERR_NOT_FOUND);
    f.op.actor.id = t.eva;
    CHECK_OK(&f, attachment_attach(&f.op, a.id, 5));
    assert_int_equal(attachment_attach(&f.op, a.id, 6), ERR_NOT_FOUND);
    CHECK_OK(&f, attachment_list(&f.op, 5, &list, &count));
    assert_int_equal(count, 1);
    assert_true(list[0].id == a.id);
}

static void a_message_has_ten_files_and_not_one_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (int i = 0; i <= ATTACHMENT_MAX_PER_MESSAGE; i++) {
        struct attachment a = { .message_id = 5, .name = STR("a"), .mime = STR("a/b") };

        assert_int_equal(attachment_add(&f.op, &a, STR("x")),
                         i < ATTACHMENT_MAX_PER_MESSAGE ? 0 : ERR_INVALID);
    }
    (void)t;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_file_of_any_length_comes_out_as_it_went_in),
        cmocka_unit_test(eight_mib_are_kept_and_one_byte_more_is_not),
        BOTH_ENGINES(names_and_types_that_could_do_harm_are_made_harmless),
        BOTH_ENGINES(only_who_brought_a_file_can_send_it_and_only_once),
        BOTH_ENGINES(a_message_has_ten_files_and_not_one_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
