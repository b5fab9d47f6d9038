/* json_write.c - JSON by begin, append, end. */
#include "base/json.h"

#include "base/clock.h"
#include "base/utf8.h"

/* Every level is a bit in json_writer.objects. */
enum { MAX_WRITER_DEPTH = 64 };

static void add_escaped(struct strbuf *b, unsigned char c)
{
    static const char letters[] = "\b\t\n\f\r\"\\", names[] = "btnfr\"\\";
    const char *found = c ? strchr(letters, c) : NULL;

    if (found)
        strbuf_fmt(b, "\\%c", names[found - letters]);
    else
        strbuf_fmt(b, "\\u%04x", c);
}

/* Printable ASCII that nothing needs to be done with. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            return false;
    }
    return true;
}

static void add_quoted(struct strbuf *b, struct str s)
{
    ARENA(scratch);
    size_t start = 0;

    if (is_plain(s)) { /* all keys, most words of the program */
        strbuf_char(b, '"');
        strbuf_add(b, s);
        strbuf_char(b, '"');
        return;
    }

    s = utf8_repair(&scratch, s);
    strbuf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_add(b, str_sub(s, start, i - start));
        add_escaped(b, c);
        start = i + 1;
    }
    strbuf_add(b, str_sub(s, start, s.n));
    strbuf_char(b, '"');
}

struct str json_quote(struct arena *arena, struct str s)
{
    struct strbuf b = STRBUF(arena);

    add_quoted(&b, s);
    return strbuf_str(&b);
}

/* The comma and the key that stand before a value. A key where none belongs,
 * and a missing one, are bugs of the caller. */
static void before(struct json_writer *w, const char *key)
{
    bool in_object = w->depth > 0 && (w->objects >> (w->depth - 1) & 1);

    if (in_object != (key != NULL) || (w->depth == 0 && w->buf.n > 0))
        abort();
    if (w->comma)
        strbuf_char(&w->buf, ',');
    w->comma = true;
    if (!key)
        return;
    add_quoted(&w->buf, str_of(key));
    strbuf_char(&w->buf, ':');
}

static void begin(struct json_writer *w, const char *key, bool object)
{
    uint64_t bit;

    before(w, key);
    if (w->depth == MAX_WRITER_DEPTH)
        abort();
    bit = UINT64_C(1) << w->depth++;
    w->objects = object ? w->objects | bit : w->objects & ~bit;
    w->comma = false;
    strbuf_char(&w->buf, object ? '{' : '[');
}

static void end(struct json_writer *w, bool object)
{
    if (w->depth == 0 || (w->objects >> (w->depth - 1) & 1) != object)
        abort();
    w->depth--;
    w->comma = true;
    strbuf_char(&w->buf, object ? '}' : ']');
}

void json_begin_object(struct json_writer *w, const char *key)
{
    begin(w, key, true);
}

void json_end_object(struct json_writer *w)
{
    end(w, true);
}

void json_begin_array(struct json_writer *w, const char *key)
{
    begin(w, key, false);
}

void json_end_array(struct json_writer *w)
{
    end(w, false);
}

void json_put_text(struct json_writer *w, const char *key, struct str value)
{
    before(w, key);
    add_quoted(&w->buf, value);
}

void json_put_c(struct json_writer *w, const char *key, const char *value)
{
    if (value)
        json_put_text(w, key, str_of(value));
    else
        json_put_null(w, key);
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
    before(w, key);
    strbuf_int(&w->buf, value);
}

/* The fewest digits that read back as the same number; JSON has no infinity. */
void json_put_real(struct json_writer *w, const char *key, double value)
{
    char digits[40];

    if (!(value - value == 0)) {
        json_put_null(w, key);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof(digits), "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    before(w, key);
    strbuf_add(&w->buf, str_of(digits));
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
    json_put_raw(w, key, value ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *w, const char *key)
{
    json_put_raw(w, key, STR("null"));
}

void json_put_id(struct json_writer *w, const char *key, int64_t id)
{
    if (id == 0) {
        json_put_null(w, key);
        return;
    }
    before(w, key);
    strbuf_char(&w->buf, '"');
    strbuf_int(&w->buf, id);
    strbuf_char(&w->buf, '"');
}

void json_put_time(struct json_writer *w, const char *key, int64_t at)
{
    if (at == 0)
        json_put_null(w, key);
    else
        json_put_text(w, key, time_format(w->buf.arena, at));
}

void json_put_raw(struct json_writer *w, const char *key, struct str json)
{
    before(w, key);
    strbuf_add(&w->buf, json);
}

/* Not by begin and end: what was read may be as deep as the reader allows,
 * whatever it is put into. */
static void add_value(struct strbuf *b, const struct json *value)
{
    bool object = value->type == JSON_OBJECT;

    if (value->type == JSON_TEXT)
        add_quoted(b, value->text);
    if (value->type != JSON_ARRAY && !object) {
        if (value->type != JSON_TEXT)
            strbuf_add(b, value->raw);
        return;
    }
    strbuf_char(b, object ? '{' : '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            strbuf_char(b, ',');
        if (object) {
            add_quoted(b, value->keys[i]);
            strbuf_char(b, ':');
        }
        add_value(b, &value->items[i]);
    }
    strbuf_char(b, object ? '}' : ']');
}

void json_put_value(struct json_writer *w, const char *key, const struct json *value)
{
    if (!value) {
        json_put_null(w, key);
        return;
    }
    before(w, key);
    add_value(&w->buf, value);
}

struct str json_done(struct json_writer *w)
{
    if (w->depth != 0)
        abort();
    return strbuf_str(&w->buf);
}
