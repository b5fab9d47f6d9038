/* file.c - attachments made in code: a picture as PNG, a page as PDF. */
#include "demo/talk.h"

#include "base/strbuf.h"

enum { WIDTH = 96, HEIGHT = 64, ROW = WIDTH + 1, COLOURS = 4 };

enum talk_file talk_file_of(struct str word)
{
    if (str_is(word, "foto"))
        return TALK_PHOTO;
    return str_is(word, "rechnung") ? TALK_INVOICE : TALK_LABEL;
}

static void put_32(struct strbuf *b, uint32_t x)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        strbuf_char(b, (char)(x >> shift & 0xff));
}

/* The check sum of PNG (ISO 3309), bit by bit. */
static uint32_t crc_of(struct str bytes)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (unsigned char)bytes.p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ UINT32_C(0xEDB88320) : crc >> 1;
    }
    return ~crc;
}

static uint32_t adler_of(struct str bytes)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        a = (a + (unsigned char)bytes.p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void put_chunk(struct strbuf *b, const char *kind, struct str data)
{
    size_t begin;

    put_32(b, (uint32_t)data.n);
    begin = b->n;
    strbuf_add(b, str_of(kind));
    strbuf_add(b, data);
    put_32(b, crc_of(str_sub(strbuf_str(b), begin, b->n)));
}

/* One stored block of deflate (RFC 1951) in the frame of zlib (RFC 1950). */
static struct str stored(struct arena *arena, struct str data)
{
    struct strbuf b = STRBUF(arena);

    strbuf_add(&b, (struct str){ "\x78\x01\x01", 3 });
    strbuf_char(&b, (char)(data.n & 0xff));
    strbuf_char(&b, (char)(data.n >> 8));
    strbuf_char(&b, (char)(~data.n & 0xff));
    strbuf_char(&b, (char)(~data.n >> 8 & 0xff));
    strbuf_add(&b, data);
    put_32(&b, adler_of(data));
    return strbuf_str(&b);
}

/* Within a ring of radius 11 to 13 around a hub. */
static bool is_wheel(int x, int y, int hub)
{
    int distance = (x - hub) * (x - hub) + (y - 42) * (y - 42);

    return distance >= 121 && distance <= 180;
}

/* A bicycle on a lawn below a sky, more or less. */
static char colour_at(int x, int y, int shift)
{
    bool frame = (y == 42 && x > 30 && x < 66) || (x + y == 74 && y > 22 && y < 43) ||
                 (x - y == 24 && y > 22 && y < 43) || (y == 22 && x > 44 && x < 56);

    if (is_wheel(x, y, 30 + shift) || is_wheel(x, y, 66 + shift))
        return 2;
    if (frame)
        return 3;
    return y > 54 ? 1 : 0;
}

static struct str picture(struct arena *arena, struct dice *dice)
{
    static const unsigned char header[] = {
        0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 3, 0, 0, 0
    };
    char palette[COLOURS * 3] = "\xcf\xe3\xf2\x7d\xa8\x5e\x33\x33\x33\xb0\x3a\x2e";
    char *rows = arena_new(arena, char, (size_t)HEIGHT *ROW);
    struct strbuf b = STRBUF(arena);
    int shift = (int)dice_roll(dice, 5);

    palette[0] = (char)dice_between(dice, 0xc0, 0xf0);
    palette[9] = (char)dice_between(dice, 0x40, 0xd0);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            rows[y * ROW + x + 1] = colour_at(x, y, shift);
    strbuf_add(&b, (struct str){ "\x89PNG\r\n\x1a\n", 8 });
    put_chunk(&b, "IHDR", (struct str){ (const char *)header, sizeof(header) });
    put_chunk(&b, "PLTE", (struct str){ palette, sizeof(palette) });
    put_chunk(&b, "IDAT", stored(arena, (struct str){ rows, (size_t)HEIGHT * ROW }));
    put_chunk(&b, "IEND", STR(""));
    return strbuf_str(&b);
}

/* One page with a line of text; the table at the end says where each object stands. */
static struct str page(struct arena *arena, const char *text)
{
    struct str content = arena_fmt(arena, "BT /F1 24 Tf 60 760 Td (%s) Tj ET", text);
    const struct str objects[] = {
        STR("<< /Type /Catalog /Pages 2 0 R >>"),
        STR("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        STR("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            "/Resources << /Font << /F1 5 0 R >> >> >>"),
        arena_fmt(arena, "<< /Length %zu >>\nstream\n" STR_FMT "\nendstream", content.n,
                  STR_ARG(content)),
        STR("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
    };
    struct strbuf b = STRBUF(arena);
    size_t starts[COUNT_OF(objects)], table;

    strbuf_add(&b, STR("%PDF-1.4\n"));
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        starts[i] = b.n;
        strbuf_fmt(&b, "%zu 0 obj\n" STR_FMT "\nendobj\n", i + 1, STR_ARG(objects[i]));
    }
    table = b.n;
    strbuf_fmt(&b, "xref\n0 %zu\n0000000000 65535 f \n", COUNT_OF(objects) + 1);
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        strbuf_fmt(&b, "%010zu 00000 n \n", starts[i]);
    strbuf_fmt(&b, "trailer << /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
               COUNT_OF(objects) + 1, table);
    return strbuf_str(&b);
}

struct talk_bytes talk_make_file(struct arena *arena, struct dice *dice,
                                 enum talk_file file)
{
    static const char *const pictures[] = { "IMG_2041.png", "foto.png", "schaden.png",
                                            "Bild vom Küchentisch.png" };

    if (file == TALK_PHOTO)
        return (struct talk_bytes){ str_of(pictures[dice_roll(dice, COUNT_OF(pictures))]),
                                    STR("image/png"), picture(arena, dice) };
    if (file == TALK_INVOICE)
        return (struct talk_bytes){ STR("Rechnung.pdf"), STR("application/pdf"),
                                    page(arena, "Radwerk Lindenau (Demo): Rechnung") };
    return (struct talk_bytes){ STR("Rücksendeetikett.pdf"), STR("application/pdf"),
                                page(arena, "Radwerk Lindenau (Demo): Etikett") };
}
