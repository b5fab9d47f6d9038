/* test_picture.c - what pictures say about themselves, and what is left of it. */
#include "fixture.h"

#include "base/bytes.h"
#include "base/picture.h"
#include "base/strbuf.h"

/* Three points wide and two high, as Chromium writes them. */
static const char jpeg[] =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdC"
    "IFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAA"
    "AADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlk"
    "ZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAA"
    "ABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAA"
    "AAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAA"
    "AABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEA"
    "AAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAA"
    "ACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABALDA4MChAODQ4SERAT"
    "GCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARES"
    "EhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
    "Y2NjY2P/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAA"
    "AAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAb/xAAUEQEAAAAAAAAAAAAAAAAAAAAA"
    "/9oADAMBAAIRAxEAPwCeAGpH/9k=";

static const char webp[] =
    "UklGRhYCAABXRUJQVlA4WAoAAAAgAAAAAgAAAQAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdC"
    "IFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAA"
    "AADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlk"
    "ZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAA"
    "ABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAA"
    "AAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAA"
    "AABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEA"
    "AAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAA"
    "ACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggKAAAAJABAJ0BKgMAAgAC"
    "wEwloAJ0ugADmAD+6NcevPUxxf/maP0m+k3cwAA=";

static const char png[] =
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAEklEQVR4AWI6Y2z8H4aZGJAAAAAA"
    "///qnsSoAAAABklEQVQDAH+1BpjuJVuvAAAAAElFTkSuQmCC";

#define SECRET "N52.5200 E13.4050"

static struct str bytes_of(struct fixture *f, const char *base64)
{
    struct str bytes;

    assert_true(base64_decode(&f->arena, str_of(base64), &bytes));
    return bytes;
}

static struct str join(struct fixture *f, const struct str *parts, size_t count)
{
    struct strbuf all = STRBUF(&f->arena);

    for (size_t i = 0; i < count; i++)
        strbuf_add(&all, parts[i]);
    return strbuf_str(&all);
}

/* `more` put in after the first `at` bytes. */
static struct str with(struct fixture *f, struct str bytes, size_t at, struct str more)
{
    const struct str parts[] = { str_sub(bytes, 0, at), more,
                                 str_sub(bytes, at, bytes.n) };

    return join(f, parts, COUNT_OF(parts));
}

static struct str bare(struct fixture *f, struct str bytes)
{
    struct str ret = STR("untouched");

    assert_int_equal(picture_bare(&f->arena, bytes, &ret), 0);
    return ret;
}

static void the_bytes_say_what_a_picture_is_and_how_large(void **state)
{
    const struct {
        const char *base64;
        enum picture_kind kind;
        const char *mime;
    } cases[] = { { jpeg, PICTURE_JPEG, "image/jpeg" },
                  { png, PICTURE_PNG, "image/png" },
                  { webp, PICTURE_WEBP, "image/webp" } };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct picture p = picture_look(bytes_of(&f, cases[i].base64));

        assert_int_equal(p.kind, cases[i].kind);
        assert_string_equal(picture_mime(p.kind), cases[i].mime);
        assert_int_equal(p.width, 3);
        assert_int_equal(p.height, 2);
    }
    assert_int_equal(picture_look(STR("GIF89a\3\0\2\0")).width, 3);
    assert_int_equal(
        picture_look(STR("RIFF\x12\0\0\0WEBPVP8L\5\0\0\0\x2f\2\x40\0\0\0")).height, 2);
    assert_int_equal(picture_look(STR("%PDF-1.7")).kind, PICTURE_NONE);
    assert_int_equal(picture_look(STR("\x89PNG\r\n\x1a\n")).width, 0);
}

static void a_picture_that_says_nothing_else_stays_as_it_is(void **state)
{
    static const char *const all[] = { jpeg, png, webp };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct str bytes = bytes_of(&f, all[i]);

        assert_true(str_eq(bare(&f, bytes), bytes));
    }
    CHECK_STR(bare(&f, STR("%PDF-1.7 GPS")), "%PDF-1.7 GPS");
    CHECK_STR(bare(&f, STR("")), "");
}

/* Exif in both orders of bytes, XMP, IPTC, a comment, a small copy, and what stands
 * behind the end. */
static void of_a_jpeg_only_the_picture_and_how_it_is_turned_is_left(void **state)
{
#define TURNED "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    static const struct str wrote[] = {
        STR("\xff\xe1\0\x33" TURNED SECRET),
        STR("\xff\xe1\0\x33"
            "Exif\0\0II*"
            "\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0" SECRET),
    };
    static const struct str more =
        STR("\xff\xe1\0\x19http:\0" SECRET "\xff\xed\0\x13" SECRET "\xff\xfe\0\x13" SECRET
            "\xff\xe0\0\x18JFXX\0" SECRET "\xff\xe2\0\x17MPF\0" SECRET);
    FIXTURE(f);
    struct str plain = bytes_of(&f, jpeg);
    struct str expected = with(&f, plain, 2, STR("\xff\xe1\0\x22" TURNED));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrote); i++) {
        struct str told = with(&f, with(&f, plain, 2, more), 2, wrote[i]), left;

        told = with(&f, told, told.n, STR("\xff\xd8" SECRET));
        assert_int_equal(picture_look(told).width, 2); /* a portrait */
        assert_true(str_find(told, STR(SECRET)) >= 0);
        left = bare(&f, told);
        assert_true(str_find(left, STR(SECRET)) < 0);
        assert_true(str_eq(left, expected));
        assert_true(str_eq(bare(&f, left), left));
        assert_int_equal(picture_look(left).height, 3);
    }
#undef TURNED
}

static void the_small_copy_in_a_jfif_is_left_out(void **state)
{
    FIXTURE(f);
    struct str plain = bytes_of(&f, jpeg);
    const struct str parts[] = { str_sub(plain, 0, 4), STR("\0\x13"), /* 3 bytes more */
                                 str_sub(plain, 6, 12), STR("\1\1rgb"),
                                 str_sub(plain, 20, plain.n) };

    (void)state;
    assert_true(str_eq(bare(&f, join(&f, parts, COUNT_OF(parts))), plain));
}

static void of_a_png_texts_times_and_unknown_parts_are_left_out(void **state)
{
    static const struct str more =
        STR("\0\0\0\x11tEXt" SECRET "crc.\0\0\0\x11iTXt" SECRET
            "crc.\0\0\0\x11zTXt" SECRET "crc.\0\0\0\x11"
            "eXIf" SECRET "crc.\0\0\0\x11tIME" SECRET "crc.\0\0\0\x11maKe" SECRET "crc.");
    FIXTURE(f);
    struct str plain = bytes_of(&f, png);
    struct str told = with(&f, plain, 33, more);

    (void)state;
    told = with(&f, told, told.n, STR(SECRET));
    assert_true(str_eq(bare(&f, told), plain));
}

/* RIFF's length and the flags of VP8X follow what is left. */
static void of_a_webp_exif_and_xmp_are_left_out(void **state)
{
    static const struct str more =
        STR("EXIF\x11\0\0\0" SECRET "\0XMP \x11\0\0\0" SECRET "\0");
    FIXTURE(f);
    struct str plain = bytes_of(&f, webp), told = with(&f, plain, plain.n, more);
    char *bytes = arena_alloc(&f.arena, 1, 1, told.n);

    (void)state;
    memcpy(bytes, told.p, told.n);
    bytes[4] = (char)((told.n - 8) & 0xFF);
    bytes[5] = (char)((told.n - 8) >> 8);
    bytes[20] = (char)(bytes[20] | 0x0C);
    assert_true(str_eq(bare(&f, (struct str){ bytes, told.n }), plain));
}

static void what_cannot_be_told_apart_is_not_promised(void **state)
{
    static const struct str damaged[] = {
        STR("\xff\xd8\xff\xe1\xff\xff"
            "Exif"),
        STR("\xff\xd8\xff\xe1\0\1"),
        STR("\xff\xd8\xff\xdb\0\4abGPS"),
        STR("\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt"),
        STR("\x89PNG\r\n\x1a\nabc"),
        STR("RIFF\x10\0\0\0WEBPEXIF\xff\xff\xff\xff"),
        STR("RIFF\xff\xff\xff\xffWEBP"),
        STR("RIFF\0\0\0\0WEBP"),
    };
    FIXTURE(f);
    struct str ret = STR("untouched");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(damaged); i++) {
        assert_int_equal(picture_bare(&f.arena, damaged[i], &ret), PICTURE_DAMAGED);
        CHECK_STR(ret, "untouched");
    }
}

/* Wherever it ends, it is damaged or short, and nothing is read behind its end. */
static void a_picture_that_ends_too_early_harms_nothing(void **state)
{
    static const char *const all[] = { jpeg, png, webp };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct str bytes = bytes_of(&f, all[i]), ret = { NULL, 0 };

        for (size_t n = 0; n < bytes.n; n++) {
            (void)picture_look(str_sub(bytes, 0, n));
            if (picture_bare(&f.arena, str_sub(bytes, 0, n), &ret) == 0)
                assert_true(ret.n <= n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_say_what_a_picture_is_and_how_large),
        cmocka_unit_test(a_picture_that_says_nothing_else_stays_as_it_is),
        cmocka_unit_test(of_a_jpeg_only_the_picture_and_how_it_is_turned_is_left),
        cmocka_unit_test(the_small_copy_in_a_jfif_is_left_out),
        cmocka_unit_test(of_a_png_texts_times_and_unknown_parts_are_left_out),
        cmocka_unit_test(of_a_webp_exif_and_xmp_are_left_out),
        cmocka_unit_test(what_cannot_be_told_apart_is_not_promised),
        cmocka_unit_test(a_picture_that_ends_too_early_harms_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
