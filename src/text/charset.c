/* charset.c - bytes of some character set, as UTF-8. */
#include "text/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "base/strbuf.h"
#include "base/utf8.h"

enum { MAX_NAME = 64 };

static const char usual[] = "windows-1252";

/* Sets whose bytes look like ASCII and mean something else. */
static bool is_stateful(struct str name)
{
    static const char *const prefixes[] = { "iso-2022", "utf-7",  "hz",
                                            "utf-16",   "utf-32", "csiso2022" };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (str_eq_ignore_case(str_sub(name, 0, strlen(prefixes[i])),
                               str_of(prefixes[i])))
            return true;
    return false;
}

static bool is_any_of(struct str name, const char *const *names)
{
    for (; *names; names++)
        if (str_eq_ignore_case(name, str_of(*names)))
            return true;
    return false;
}

/* Whoever says one of these has characters of Windows more often than not. */
static bool means_windows(struct str name)
{
    static const char *const names[] = {
        "iso-8859-1", "iso8859-1",      "latin1",    "iso_8859-1", "us-ascii",
        "ascii",      "ansi_x3.4-1968", "utf-8",     "utf8",       "unknown-8bit",
        "8bit",       "7bit",           "x-unknown", "default",    "",
        NULL
    };

    return is_any_of(name, names);
}

static void close_converter(UConverter **converter)
{
    if (*converter)
        ucnv_close(*converter);
}

/* False: ICU knows no such set, or the text is too long for it. */
static bool convert(struct arena *arena, struct str bytes, const char *name,
                    struct str *ret)
{
    UErrorCode error = U_ZERO_ERROR;
    CLEANUP(close_converter) UConverter *converter = ucnv_open(name, &error);
    int32_t room, n, written = 0;
    UChar *wide;
    char *out;

    if (U_FAILURE(error) || bytes.n > INT32_MAX / 8)
        return false;
    room = (int32_t)bytes.n * 2 + 16;
    wide = arena_new(arena, UChar, (size_t)room);
    n = ucnv_toUChars(converter, wide, room, bytes.p, (int32_t)bytes.n, &error);
    if (U_FAILURE(error))
        return false;
    out = arena_new(arena, char, (size_t)n * 3 + 1);
    u_strToUTF8WithSub(out, n * 3 + 1, &written, wide, n, 0xfffd, NULL, &error);
    if (U_FAILURE(error))
        return false;
    *ret = (struct str){ out, (size_t)written };
    return true;
}

static struct str without_nul(struct arena *arena, struct str text)
{
    struct strbuf out = STRBUF(arena);

    if (!text.n || !memchr(text.p, '\0', text.n))
        return text;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i])
            strbuf_char(&out, text.p[i]);
    return strbuf_str(&out);
}

static bool is_escaped_japanese(struct str bytes)
{
    return str_find(bytes, STR("\033$B")) >= 0 || str_find(bytes, STR("\033$@")) >= 0;
}

struct str text_from_charset(struct arena *arena, struct str bytes, struct str declared)
{
    struct str name = str_trim(declared), text;

    if (name.n > MAX_NAME)
        name = STR("");
    if (means_windows(name) && is_escaped_japanese(bytes))
        name = STR("iso-2022-jp");
    if (!is_stateful(name) && utf8_is_valid(bytes))
        return without_nul(arena, utf8_repair(arena, bytes));
    if (!means_windows(name) && convert(arena, bytes, arena_cstr(arena, name), &text))
        return without_nul(arena, utf8_repair(arena, text));
    if (convert(arena, bytes, usual, &text))
        return without_nul(arena, utf8_repair(arena, text));
    return without_nul(arena, utf8_repair(arena, bytes));
}
