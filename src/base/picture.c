/* picture.c - the parts of a JPEG, PNG or WebP, and which of them make the picture. */
#include "base/picture.h"

#include "base/strbuf.h"

enum { EXIF_HEAD = 6, TIFF_HEAD = 8, TIFF_ENTRY = 12, TAG_ORIENTATION = 0x0112 };

#define PNG_HEAD STR("\x89PNG\r\n\x1a\n")

static uint32_t byte(struct str s, size_t at)
{
    return at < s.n ? (unsigned char)s.p[at] : 0;
}

static uint32_t big16(struct str s, size_t at)
{
    return byte(s, at) << 8 | byte(s, at + 1);
}

static uint32_t big32(struct str s, size_t at)
{
    return big16(s, at) << 16 | big16(s, at + 2);
}

static uint32_t little16(struct str s, size_t at)
{
    return byte(s, at) | byte(s, at + 1) << 8;
}

static uint32_t little24(struct str s, size_t at)
{
    return little16(s, at) | byte(s, at + 2) << 16;
}

static uint32_t little32(struct str s, size_t at)
{
    return little16(s, at) | little16(s, at + 2) << 16;
}

static bool is_in(struct str kind, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(kind, list[i]))
            return true;
    return false;
}

static enum picture_kind kind_of(struct str bytes)
{
    if (str_starts(bytes, STR("\xff\xd8\xff")))
        return PICTURE_JPEG;
    if (str_starts(bytes, PNG_HEAD))
        return PICTURE_PNG;
    if (str_starts(bytes, STR("RIFF")) && str_eq(str_sub(bytes, 8, 4), STR("WEBP")))
        return PICTURE_WEBP;
    if (str_starts(bytes, STR("GIF87a")) || str_starts(bytes, STR("GIF89a")))
        return PICTURE_GIF;
    return PICTURE_NONE;
}

const char *picture_mime(enum picture_kind kind)
{
    switch (kind) {
    case PICTURE_JPEG:
        return "image/jpeg";
    case PICTURE_PNG:
        return "image/png";
    case PICTURE_WEBP:
        return "image/webp";
    case PICTURE_GIF:
        return "image/gif";
    case PICTURE_NONE:
        break;
    }
    return "";
}

bool picture_is_mime(struct str mime)
{
    for (enum picture_kind kind = PICTURE_JPEG; kind <= PICTURE_GIF; kind++)
        if (str_is(mime, picture_mime(kind)))
            return true;
    return false;
}

/* JPEG: a part is 0xFF, its mark, and but for a few a length with what follows. */
struct jpeg {
    struct str rest;
    uint32_t mark;
    struct str whole, body; /* whole: with mark and length */
};
enum { JPEG_PART, JPEG_END, JPEG_DAMAGED };

static bool is_alone(uint32_t mark)
{
    return mark == 0x01 || (mark >= 0xD0 && mark <= 0xD9);
}

static int jpeg_next(struct jpeg *jpeg)
{
    struct str s = jpeg->rest;
    size_t fill = 0, n;

    if (!s.n)
        return JPEG_END;
    while (byte(s, fill) == 0xFF && byte(s, fill + 1) == 0xFF && fill + 1 < s.n)
        fill++;
    s = str_sub(s, fill, s.n);
    jpeg->mark = byte(s, 1);
    if (s.n < 2 || byte(s, 0) != 0xFF || !jpeg->mark)
        return JPEG_DAMAGED;
    n = is_alone(jpeg->mark) ? 2 : 2 + (size_t)big16(s, 2);
    if (n > s.n || (!is_alone(jpeg->mark) && n < 4))
        return JPEG_DAMAGED;
    jpeg->whole = str_sub(s, 0, n);
    jpeg->body = n > 4 ? str_sub(s, 4, n - 4) : STR("");
    jpeg->rest = str_sub(s, n, s.n);
    return JPEG_PART;
}

/* What follows a scan's head up to the next mark: in it 0xFF stands only before 0 and
 * before marks of a new start. */
static struct str take_scan(struct jpeg *jpeg)
{
    struct str s = jpeg->rest;
    size_t n = 0;

    while (n < s.n) {
        uint32_t next = byte(s, n + 1);

        if (byte(s, n) == 0xFF && n + 1 < s.n && next && next != 0xFF &&
            !(next >= 0xD0 && next <= 0xD7))
            break;
        n++;
    }
    jpeg->rest = str_sub(s, n, s.n);
    return str_sub(s, 0, n);
}

static uint32_t tiff16(struct str tiff, size_t at, bool little)
{
    return little ? little16(tiff, at) : big16(tiff, at);
}

/* How an Exif part says the picture is turned: 1 to 8; 1: not. */
static uint32_t exif_turn(struct str body)
{
    struct str tiff = str_sub(body, EXIF_HEAD, body.n);
    bool little = str_starts(tiff, STR("II"));
    size_t at = little ? little32(tiff, 4) : big32(tiff, 4);
    uint32_t turn, count;

    if (!str_starts(body, STR("Exif\0\0")) || tiff.n < TIFF_HEAD || at >= tiff.n)
        return 1;
    count = tiff16(tiff, at, little);
    for (at += 2; count && at + TIFF_ENTRY <= tiff.n; count--, at += TIFF_ENTRY) {
        if (tiff16(tiff, at, little) != TAG_ORIENTATION)
            continue;
        turn = tiff16(tiff, at + 8, little);
        return turn >= 1 && turn <= 8 ? turn : 1;
    }
    return 1;
}

/* An Exif part that says that and nothing else. */
static void put_turn(struct strbuf *out, uint32_t turn)
{
    strbuf_add(out, STR("\xff\xe1\0\x22"
                        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"));
    strbuf_char(out, (char)turn);
    strbuf_add(out, STR("\0\0\0\0\0\0"));
}

/* Of the application's parts: that it is a JFIF, its colours, and what Adobe's decoder
 * needs. JFXX holds a small copy, MPF leads to further pictures behind the end. */
static bool jpeg_keeps(const struct jpeg *jpeg)
{
    if (jpeg->mark == 0xE0)
        return str_starts(jpeg->body, STR("JFIF\0"));
    if (jpeg->mark == 0xE2)
        return str_starts(jpeg->body, STR("ICC_PROFILE\0"));
    if (jpeg->mark == 0xEE)
        return str_starts(jpeg->body, STR("Adobe"));
    return jpeg->mark != 0xFE && !(jpeg->mark >= 0xE0 && jpeg->mark <= 0xEF);
}

/* A JFIF may bring a small copy, too: its two sizes become 0 and its bytes stay away. */
static void put_jpeg_part(struct strbuf *out, const struct jpeg *jpeg)
{
    enum { JFIF_BEFORE = 16 };

    if (jpeg->mark != 0xE0 || jpeg->body.n < JFIF_BEFORE - 2) {
        strbuf_add(out, jpeg->whole);
        return;
    }
    strbuf_add(out, STR("\xff\xe0\0\x10"));
    strbuf_add(out, str_sub(jpeg->body, 0, JFIF_BEFORE - 4));
    strbuf_add(out, STR("\0\0"));
}

/* The turn stands before everything, where decoders look for it. */
static uint32_t jpeg_turn(struct str bytes)
{
    struct jpeg jpeg = { .rest = bytes };

    while (jpeg_next(&jpeg) == JPEG_PART && jpeg.mark != 0xDA && jpeg.mark != 0xD9)
        if (jpeg.mark == 0xE1 && exif_turn(jpeg.body) != 1)
            return exif_turn(jpeg.body);
    return 1;
}

static int bare_jpeg(struct str bytes, struct strbuf *out)
{
    struct jpeg jpeg = { .rest = bytes };
    uint32_t turn = jpeg_turn(bytes);
    bool shows = false;
    int r;

    while ((r = jpeg_next(&jpeg)) == JPEG_PART) {
        if (!jpeg_keeps(&jpeg))
            continue;
        put_jpeg_part(out, &jpeg);
        if (turn != 1)
            put_turn(out, turn);
        turn = 1;
        if (jpeg.mark == 0xD9)
            break;
        if (jpeg.mark != 0xDA)
            continue;
        strbuf_add(out, take_scan(&jpeg));
        shows = true;
    }
    return r != JPEG_DAMAGED && shows ? 0 : PICTURE_DAMAGED;
}

static void measure_jpeg(struct str bytes, struct picture *ret)
{
    struct jpeg jpeg = { .rest = bytes };

    while (jpeg_next(&jpeg) == JPEG_PART && jpeg.mark != 0xDA && jpeg.mark != 0xD9) {
        uint32_t m = jpeg.mark;

        if (m < 0xC0 || m > 0xCF || m == 0xC4 || m == 0xC8 || m == 0xCC)
            continue;
        ret->height = big16(jpeg.body, 1);
        ret->width = big16(jpeg.body, 3);
        break;
    }
    if (jpeg_turn(bytes) >= 5) {
        uint32_t width = ret->width;

        ret->width = ret->height;
        ret->height = width;
    }
}

/* PNG: length, kind, bytes, checksum. A kind in capitals is needed; of the others those
 * that change how it looks. */
static bool png_keeps(struct str kind)
{
    static const char *const looks[] = { "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB",
                                         "cICP", "mDCV", "cLLI", "bKGD", "pHYs", "hIST",
                                         "sPLT", "acTL", "fcTL", "fdAT" };

    return (kind.p[0] >= 'A' && kind.p[0] <= 'Z') || is_in(kind, looks, COUNT_OF(looks));
}

static int bare_png(struct str bytes, struct strbuf *out)
{
    enum { AROUND = 12 };
    struct str rest = str_sub(bytes, PNG_HEAD.n, bytes.n);

    if (!str_eq(str_sub(rest, 4, 4), STR("IHDR")))
        return PICTURE_DAMAGED;
    strbuf_add(out, PNG_HEAD);
    while (rest.n) {
        struct str kind = str_sub(rest, 4, 4);
        size_t n = (size_t)big32(rest, 0) + AROUND;

        if (n > rest.n)
            return PICTURE_DAMAGED;
        if (png_keeps(kind))
            strbuf_add(out, str_sub(rest, 0, n));
        if (str_is(kind, "IEND"))
            return 0;
        rest = str_sub(rest, n, rest.n);
    }
    return 0;
}

/* WebP: RIFF, the length of all that follows, WEBP; then the parts. */
static bool webp_parts(struct str bytes, struct str *ret)
{
    size_t length = little32(bytes, 4);

    if (length < 4 || length > bytes.n - 8)
        return false;
    *ret = str_sub(bytes, 12, length - 4);
    return true;
}

/* A part is its kind, a length and bytes, filled up to an even number. */
static bool webp_next(struct str *rest, struct str *ret_kind, struct str *ret_whole)
{
    size_t n = 8 + (size_t)little32(*rest, 4);

    if (n > rest->n)
        return false;
    n += n % 2 && n < rest->n;
    *ret_kind = str_sub(*rest, 0, 4);
    *ret_whole = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return true;
}

static void put_little32(struct strbuf *out, size_t n)
{
    for (size_t i = 0; i < 4; i++)
        strbuf_char(out, (char)(n >> (8 * i) & 0xFF));
}

/* VP8X begins with a byte of flags: 8 says that there is Exif, 4 that there is XMP. */
static void put_webp_part(struct strbuf *out, struct str kind, struct str whole)
{
    if (!str_is(kind, "VP8X") || whole.n < 9) {
        strbuf_add(out, whole);
    } else {
        strbuf_add(out, str_sub(whole, 0, 8));
        strbuf_char(out, (char)(byte(whole, 8) & ~0x0CU));
        strbuf_add(out, str_sub(whole, 9, whole.n));
    }
    if (whole.n % 2)
        strbuf_char(out, '\0');
}

static int bare_webp(struct arena *arena, struct str bytes, struct strbuf *out)
{
    static const char *const looks[] = { "VP8 ", "VP8L", "VP8X", "ANIM",
                                         "ANMF", "ALPH", "ICCP" };
    struct strbuf parts = STRBUF(arena);
    struct str rest, kind, whole;

    if (!webp_parts(bytes, &rest))
        return PICTURE_DAMAGED;
    while (rest.n) {
        if (!webp_next(&rest, &kind, &whole))
            return PICTURE_DAMAGED;
        if (is_in(kind, looks, COUNT_OF(looks)))
            put_webp_part(&parts, kind, whole);
    }
    if (!parts.n)
        return PICTURE_DAMAGED;
    strbuf_add(out, STR("RIFF"));
    put_little32(out, parts.n + 4);
    strbuf_add(out, STR("WEBP"));
    strbuf_add(out, strbuf_str(&parts));
    return 0;
}

static void measure_webp(struct str bytes, struct picture *ret)
{
    enum { HEAD = 8, SIDE = 0x3FFF };
    struct str rest, kind, part;

    if (!webp_parts(bytes, &rest) || !webp_next(&rest, &kind, &part))
        return;
    part = str_sub(part, HEAD, part.n);
    if (str_is(kind, "VP8X") && part.n >= 10) {
        ret->width = little24(part, 4) + 1;
        ret->height = little24(part, 7) + 1;
    } else if (str_is(kind, "VP8L") && part.n >= 5) {
        uint32_t sides = little32(part, 1);

        ret->width = (sides & SIDE) + 1;
        ret->height = (sides >> 14 & SIDE) + 1;
    } else if (str_is(kind, "VP8 ") && part.n >= 10) {
        ret->width = little16(part, 6) & SIDE;
        ret->height = little16(part, 8) & SIDE;
    }
}

struct picture picture_look(struct str bytes)
{
    struct picture picture = { .kind = kind_of(bytes) };

    switch (picture.kind) {
    case PICTURE_JPEG:
        measure_jpeg(bytes, &picture);
        break;
    case PICTURE_PNG:
        if (str_eq(str_sub(bytes, 12, 4), STR("IHDR"))) {
            picture.width = big32(bytes, 16);
            picture.height = big32(bytes, 20);
        }
        break;
    case PICTURE_WEBP:
        measure_webp(bytes, &picture);
        break;
    case PICTURE_GIF:
        picture.width = little16(bytes, 6);
        picture.height = little16(bytes, 8);
        break;
    case PICTURE_NONE:
        break;
    }
    if (!picture.width || !picture.height)
        picture.width = picture.height = 0;
    return picture;
}

int picture_bare(struct arena *arena, struct str bytes, struct str *ret)
{
    struct strbuf out = STRBUF(arena);
    int r = 0;

    switch (kind_of(bytes)) {
    case PICTURE_JPEG:
        r = bare_jpeg(bytes, &out);
        break;
    case PICTURE_PNG:
        r = bare_png(bytes, &out);
        break;
    case PICTURE_WEBP:
        r = bare_webp(arena, bytes, &out);
        break;
    case PICTURE_GIF:
    case PICTURE_NONE:
        *ret = bytes;
        return 0;
    }
    if (r == 0)
        *ret = strbuf_str(&out);
    return r;
}
