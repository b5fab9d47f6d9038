/* str.h - a borrowed run of bytes.
 *
 * A struct str owns nothing and promises no NUL at the end. It is valid as
 * long as what it points into: an op's arena, a request body, a literal.
 * Pass it by value. To build text, use arena_fmt() or a strbuf; to hand text
 * to a C library, use arena_cstr(), the only place where a NUL is added.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).n, (s).p /* evaluates `s` twice */

struct str str_of(const char *c_string); /* NULL gives the empty string */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *c_string);
bool str_eq_ignore_case(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);             /* by bytes, as memcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Where `needle` first occurs in `s`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);

/* The part of `s` from `from`, at most `n` bytes; both are clipped to `s`. */
struct str str_sub(struct str s, size_t from, size_t n);

/* Without the spaces, tabs and line ends at both ends. */
struct str str_trim(struct str s);

/* Cut `s` at the first `sep`. Returns the part before it and stores the part
 * after it in `*ret_rest`. Without a separator the whole of `s` is returned
 * and `*ret_rest` is empty, so a loop over `rest.n` ends by itself. */
struct str str_cut(struct str s, char sep, struct str *ret_rest);

/* Parse a decimal number that fills all of `s`. Returns false, and leaves
 * `*ret` alone, for anything else: signs, spaces, overflow, an empty string. */
bool str_to_u64(struct str s, uint64_t *ret);

/* The same with an optional leading minus. */
bool str_to_i64(struct str s, int64_t *ret);

/* Equal, in a time that depends on the lengths alone: for secrets. */
bool str_eq_secret(struct str a, struct str b);

#endif
