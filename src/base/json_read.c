/* json_read.c - a strict reader by recursive descent.
 *
 * Values of open arrays and objects wait on one stack outside the arena, and
 * are copied once, at their exact number, when the bracket closes: a request
 * body can then cost only a known multiple of its size.
 */
#include "base/json.h"

#include "base/failpoint.h"
#include "base/map.h"
#include "base/utf8.h"

/* Objects up to this size are searched for repeated keys one by one. */
enum { FEW_KEYS = 8 };

struct member {
    struct str key;
    struct json value;
};

struct reader {
    struct op *op;
    struct str input;
    size_t at;
    unsigned depth;
    struct member *stack;
    size_t used, size;
};

static int read_value(struct reader *in, struct json *ret);

static int fail_at(struct reader *in, size_t at, const char *what)
{
    return op_fail_as(in->op, ERR_MALFORMED, "json",
                      "the JSON is not valid: %s at byte %zu", what, at);
}

static int fail(struct reader *in, const char *what)
{
    return fail_at(in, in->at, what);
}

/* The byte at the reader's place, or -1 at the end. */
static int peek(const struct reader *in)
{
    return in->at < in->input.n ? (unsigned char)in->input.p[in->at] : -1;
}

static bool take(struct reader *in, char c)
{
    if (peek(in) != (unsigned char)c)
        return false;
    in->at++;
    return true;
}

static void skip_space(struct reader *in)
{
    for (int c = peek(in); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek(in))
        in->at++;
}

static int hex4(struct reader *in, uint32_t *ret)
{
    uint32_t result = 0;

    for (int i = 0; i < 4; i++, in->at++) {
        int c = peek(in);
        uint32_t digit;

        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (uint32_t)((c | 32) - 'a' + 10);
        else
            return fail(in, "\\u needs four hexadecimal digits");
        result = result << 4 | digit;
    }
    *ret = result;
    return 0;
}

static void add_code_point(struct strbuf *b, uint32_t c)
{
    if (c < 0x80) {
        strbuf_char(b, (char)c);
        return;
    }
    if (c < 0x800) {
        strbuf_char(b, (char)(0xc0 | c >> 6));
    } else if (c < 0x10000) {
        strbuf_char(b, (char)(0xe0 | c >> 12));
        strbuf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
    } else {
        strbuf_char(b, (char)(0xf0 | c >> 18));
        strbuf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        strbuf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    strbuf_char(b, (char)(0x80 | (c & 0x3f)));
}

/* After "\u": one UTF-16 unit, or two when they are a pair. */
static int unicode_escape(struct reader *in, struct strbuf *b)
{
    size_t start = in->at - 2;
    uint32_t c = 0, low = 0;
    int r;

    r = hex4(in, &c);
    if (r < 0)
        return r;
    if (c >= 0xdc00 && c <= 0xdfff)
        return fail_at(in, start, "lone surrogate");
    if (c >= 0xd800 && c <= 0xdbff) {
        if (!take(in, '\\') || !take(in, 'u'))
            return fail_at(in, start, "lone surrogate");
        r = hex4(in, &low);
        if (r < 0)
            return r;
        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(in, start, "lone surrogate");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    add_code_point(b, c);
    return 0;
}

/* After a backslash. */
static int escape(struct reader *in, struct strbuf *b)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    int c = peek(in);
    const char *found = c > 0 ? strchr(letters, c) : NULL;

    if (c == 'u') {
        in->at++;
        return unicode_escape(in, b);
    }
    if (!found)
        return fail(in, "unknown escape");
    in->at++;
    strbuf_char(b, meanings[found - letters]);
    return 0;
}

/* From the first backslash on: copied, run by run. */
static int text_with_escapes(struct reader *in, size_t start, struct str *ret)
{
    struct strbuf b = STRBUF(in->op->arena);
    int r;

    for (;;) {
        int c = peek(in);

        if (c != '\\' && c != '"' && c >= 0x20) {
            in->at++;
            continue;
        }
        strbuf_add(&b, str_sub(in->input, start, in->at - start));
        if (c < 0x20)
            return fail(in, c < 0 ? "unfinished text" : "control character in a text");
        in->at++;
        if (c == '"')
            break;
        r = escape(in, &b);
        if (r < 0)
            return r;
        start = in->at;
    }
    *ret = strbuf_str(&b);
    return 0;
}

/* At the opening quote. */
static int text(struct reader *in, struct str *ret)
{
    size_t start = ++in->at;

    for (;; in->at++) {
        int c = peek(in);

        if (c == '\\')
            return text_with_escapes(in, start, ret);
        if (c == '"')
            break;
        if (c < 0x20)
            return fail(in, c < 0 ? "unfinished text" : "control character in a text");
    }
    *ret = str_sub(in->input, start, in->at - start);
    in->at++;
    return 0;
}

static int digits(struct reader *in)
{
    size_t start = in->at;

    while (peek(in) >= '0' && peek(in) <= '9')
        in->at++;
    return in->at > start ? 0 : fail(in, "a digit is missing");
}

/* Walks over a number; `*ret_whole` when it has no fraction and no exponent. */
static int scan_number(struct reader *in, bool *ret_whole)
{
    bool whole = true;
    int r;

    take(in, '-');
    r = take(in, '0') ? 0 : digits(in);
    if (r < 0)
        return r;
    if (take(in, '.')) {
        whole = false;
        r = digits(in);
        if (r < 0)
            return r;
    }
    if (take(in, 'e') || take(in, 'E')) {
        whole = false;
        if (!take(in, '+'))
            take(in, '-');
        r = digits(in);
        if (r < 0)
            return r;
    }
    *ret_whole = whole;
    return 0;
}

static int number(struct reader *in, struct json *ret)
{
    size_t start = in->at;
    struct str raw;
    bool whole;
    int r;

    r = scan_number(in, &whole);
    if (r < 0)
        return r;
    raw = str_sub(in->input, start, in->at - start);
    if (whole && str_to_i64(raw, &ret->integer)) {
        ret->type = JSON_INT;
        ret->real = (double)ret->integer;
        return 0;
    }
    ARENA(scratch);
    ret->type = JSON_REAL;
    ret->real = strtod(arena_cstr(&scratch, raw), NULL);
    if (ret->real > 1.7976931348623157e308 || ret->real < -1.7976931348623157e308)
        return fail_at(in, start, "number out of range");
    return 0;
}

static int word(struct reader *in, const char *name, enum json_type type, bool boolean,
                struct json *ret)
{
    if (!str_starts(str_sub(in->input, in->at, in->input.n), str_of(name)))
        return fail(in, "a value was expected");
    in->at += strlen(name);
    ret->type = type;
    ret->boolean = boolean;
    return 0;
}

static void push(struct reader *in, struct str key, const struct json *item)
{
    if (in->used == in->size) {
        in->size = in->size ? in->size * 2 : 16;
        in->stack = must_realloc(in->stack, in->size * sizeof(*in->stack));
    }
    in->stack[in->used++] = (struct member){ key, *item };
}

/* What stands on the stack from `base` on becomes the members of `ret`. */
static void pop_array(struct reader *in, size_t base, struct json *ret)
{
    ret->count = in->used - base;
    ret->items = arena_new(in->op->arena, struct json, ret->count);
    for (size_t i = 0; i < ret->count; i++)
        ret->items[i] = in->stack[base + i].value;
    in->used = base;
}

/* Where the key stands among the first `count` members, or `count`. */
static size_t index_of(const struct member *members, size_t count, struct str key)
{
    size_t i = 0;

    while (i < count && !str_eq(members[i].key, key))
        i++;
    return i;
}

/* A repeated key keeps its place and takes the last value. */
static size_t drop_repeated(struct member *members, size_t count)
{
    ARENA(scratch);
    struct map seen = MAP(&scratch);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        struct member *known = &members[kept];

        if (count <= FEW_KEYS)
            known = &members[index_of(members, kept, members[i].key)];
        else if (map_get(&seen, members[i].key))
            known = map_get(&seen, members[i].key);
        else
            map_put(&seen, members[i].key, known);
        if (known == &members[kept])
            kept++;
        *known = members[i];
    }
    return kept;
}

static void pop_object(struct reader *in, size_t base, struct json *ret)
{
    struct member *members = in->used > base ? in->stack + base : NULL;

    ret->count = in->used > base ? drop_repeated(members, in->used - base) : 0;
    ret->items = arena_new(in->op->arena, struct json, ret->count);
    ret->keys = arena_new(in->op->arena, struct str, ret->count);
    for (size_t i = 0; i < ret->count; i++) {
        ret->items[i] = members[i].value;
        ret->keys[i] = members[i].key;
    }
    in->used = base;
}

/* `"key":` before a member of an object. */
static int read_key(struct reader *in, struct str *ret)
{
    int r;

    if (peek(in) != '"')
        return fail(in, "a key in quotes was expected");
    r = text(in, ret);
    if (r < 0)
        return r;
    skip_space(in);
    return take(in, ':') ? 0 : fail(in, "a colon was expected");
}

/* One member, with its key in an object. */
static int member(struct reader *in, enum json_type type)
{
    struct str name = { NULL, 0 };
    struct json item;
    int r = 0;

    skip_space(in);
    if (type == JSON_OBJECT)
        r = read_key(in, &name);
    if (r < 0)
        return r;
    r = read_value(in, &item);
    if (r < 0)
        return r;
    push(in, name, &item);
    skip_space(in);
    return 0;
}

/* At the opening bracket. */
static int container(struct reader *in, enum json_type type, struct json *ret)
{
    const char end = type == JSON_ARRAY ? ']' : '}';
    size_t base = in->used;
    int r;

    if (in->depth >= JSON_MAX_DEPTH && !FAILPOINT("control.any_depth"))
        return fail(in, "more than 64 levels");
    in->depth++;
    in->at++;
    skip_space(in);
    if (!take(in, end)) {
        do {
            r = member(in, type);
            if (r >= 0 && type == JSON_OBJECT && in->used - base > JSON_MAX_KEYS)
                r = fail(in, "more than 10000 keys in one object");
            if (r < 0)
                return r;
        } while (take(in, ','));
        if (!take(in, end))
            return fail(in, type == JSON_ARRAY ? "a comma or ] was expected"
                                               : "a comma or } was expected");
    }
    in->depth--;
    ret->type = type;
    if (type == JSON_ARRAY)
        pop_array(in, base, ret);
    else
        pop_object(in, base, ret);
    return 0;
}

static int any_value(struct reader *in, struct json *ret)
{
    switch (peek(in)) {
    case '{':
        return container(in, JSON_OBJECT, ret);
    case '[':
        return container(in, JSON_ARRAY, ret);
    case '"':
        ret->type = JSON_TEXT;
        return text(in, &ret->text);
    case 't':
        return word(in, "true", JSON_BOOL, true, ret);
    case 'f':
        return word(in, "false", JSON_BOOL, false, ret);
    case 'n':
        return word(in, "null", JSON_NULL, false, ret);
    case '-':
    case '0' ... '9':
        return number(in, ret);
    default:
        return fail(in, "a value was expected");
    }
}

static int read_value(struct reader *in, struct json *ret)
{
    size_t start;
    int r;

    skip_space(in);
    *ret = (struct json){ .type = JSON_NULL };
    start = in->at;
    r = any_value(in, ret);
    ret->raw = str_sub(in->input, start, in->at - start);
    return r;
}

static int check_utf8(struct reader *in)
{
    size_t valid = utf8_valid_prefix(in->input);

    return valid == in->input.n ? 0 : fail_at(in, valid, "invalid UTF-8");
}

static void free_stack(struct reader *in)
{
    free(in->stack);
}

int json_parse(struct op *op, struct str input, struct json **ret)
{
    CLEANUP(free_stack) struct reader in = { .op = op, .input = input };
    struct json *root;
    int r;

    r = check_utf8(&in);
    if (r < 0)
        return r;
    root = arena_new(op->arena, struct json, 1);
    r = read_value(&in, root);
    if (r < 0)
        return r;
    skip_space(&in);
    if (in.at < input.n)
        return fail(&in, "text after the end");
    *ret = root;
    return 0;
}

const struct json *json_get(const struct json *value, const char *key)
{
    if (!value || value->type != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < value->count; i++) {
        if (str_is(value->keys[i], key))
            return &value->items[i];
    }
    return NULL;
}

struct str json_text(const struct json *value, const char *key)
{
    const struct json *found = json_get(value, key);

    return found && found->type == JSON_TEXT ? found->text : (struct str){ NULL, 0 };
}

int64_t json_int(const struct json *value, const char *key, int64_t fallback)
{
    const struct json *found = json_get(value, key);

    return found && found->type == JSON_INT ? found->integer : fallback;
}

bool json_bool(const struct json *value, const char *key)
{
    const struct json *found = json_get(value, key);

    return found && found->type == JSON_BOOL && found->boolean;
}
