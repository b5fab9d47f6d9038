/* json.h - reading and writing JSON (RFC 8259) in an arena.
 *
 * The reader is strict: valid UTF-8 only, no NUL byte outside of escapes, no
 * trailing text, at most JSON_MAX_DEPTH levels and JSON_MAX_KEYS keys, integers of 64
 * bits exact. Of repeated keys the last wins. Text without escapes is a view of the
 * input, so the input must live as long as the values.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/op.h"
#include "base/strbuf.h"

enum {
    JSON_MAX_DEPTH = 64,
    JSON_MAX_KEYS = 10 * 1000 /* in one object, repeated or not */
};

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,
    JSON_REAL,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_type type;
    bool boolean;
    int64_t integer;    /* JSON_INT */
    double real;        /* JSON_REAL, and JSON_INT as an approximation */
    struct str text;    /* JSON_TEXT: unescaped */
    struct str raw;     /* the bytes of the value as they stood in the input */
    size_t count;       /* members of an array or object */
    struct json *items; /* JSON_ARRAY and JSON_OBJECT: `count` values */
    struct str *keys;   /* JSON_OBJECT: `count` keys, unescaped */
};

/* Fails with ERR_MALFORMED, naming what is wrong and at which byte. */
int json_parse(struct op *op, struct str input, struct json **ret);

/* The member `key`, or NULL; NULL too when `value` is NULL or no object. */
const struct json *json_get(const struct json *value, const char *key);

/* Readers that forgive: a missing member, null or another type gives the
 * empty value (empty text, `fallback`, false). */
struct str json_text(const struct json *value, const char *key);
int64_t json_int(const struct json *value, const char *key, int64_t fallback);
bool json_bool(const struct json *value, const char *key);

/* Writing by begin, append, end. Commas are placed by the writer. With `key`
 * NULL a value goes into an array (or is the root). Unbalanced ends, a key in an
 * array, none in an object, a second root and more than 64 levels abort. */
struct json_writer {
    struct strbuf buf;
    unsigned depth;
    bool comma;       /* the next value needs one before it */
    uint64_t objects; /* bit n: level n + 1 is an object */
};

#define JSON_WRITER(arena_) ((struct json_writer){ .buf = STRBUF(arena_) })

void json_begin_object(struct json_writer *w, const char *key);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w, const char *key);
void json_end_array(struct json_writer *w);
void json_put_text(struct json_writer *w, const char *key, struct str value);
void json_put_c(struct json_writer *w, const char *key,
                const char *value); /* NULL: null */
void json_put_int(struct json_writer *w, const char *key, int64_t value);
void json_put_real(struct json_writer *w, const char *key, double value);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_null(struct json_writer *w, const char *key);
void json_put_id(struct json_writer *w, const char *key, int64_t id); /* text; 0: null */
void json_put_time(struct json_writer *w, const char *key,
                   int64_t at); /* RFC 3339; 0: null */
void json_put_raw(struct json_writer *w, const char *key, struct str json);
/* A value that was read, without its spaces and repeated keys; numbers keep their digits.
 */
void json_put_value(struct json_writer *w, const char *key, const struct json *value);
struct str json_done(struct json_writer *w); /* aborts when something is still open */

/* `s` in quotes and escaped; invalid UTF-8 becomes U+FFFD. */
struct str json_quote(struct arena *arena, struct str s);

#endif
