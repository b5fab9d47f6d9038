/* parse.h - one request out of bytes: llhttp in strict mode, and what it leaves open.
 *
 * llhttp refuses what can be read in two ways in framing and characters. Added here:
 * ceilings, obs-fold, Host, Transfer-Encoding other than exactly "chunked", methods
 * and versions we do not speak, the forms of a target. Knows no socket, so it is
 * tested and fuzzed alone. For net/ only.
 */
#ifndef NET_PARSE_H
#define NET_PARSE_H

#include <llhttp/llhttp.h>

#include "base/strbuf.h"
#include "net/server.h"

enum parse_result {
    PARSE_MORE, /* all was consumed, the request goes on */
    PARSE_HEAD, /* the head is complete: rq has all but the body. Set max_body, go on */
    PARSE_DONE, /* the request is complete */
    PARSE_REFUSED, /* answer `status` with `reason`, then close */
};

struct parser {
    llhttp_t http;
    struct arena *arena;
    enum { PARSE_IN_LEAD, PARSE_IN_HEAD, PARSE_IN_BODY } state;
    struct http_request rq;
    int status;            /* of PARSE_REFUSED */
    const char *reason;    /* likewise: one line for people */
    size_t max_body;       /* bytes */
    bool keep_alive;       /* the peer wants to send another one */
    bool expects_continue; /* "Expect: 100-continue", and there is a body */
    size_t body_n;         /* received so far */

    /* Private. */
    struct strbuf text; /* target, names and values, one after another */
    size_t target_n;
    struct parse_span *spans;
    size_t span_count;
    bool in_value;
    bool line_ended;
    bool length_checked;
    size_t line_n, head_n, extra_n;
    uint64_t declared; /* Content-Length */
    char last;         /* byte of the head */
    char *body;
    size_t body_size;
};

/* A new request, whose parts go to `arena`. */
void parser_begin(struct parser *parser, struct arena *arena);

/* Consume from the front of `*input`; what follows the request stays there. */
enum parse_result parser_feed(struct parser *parser, struct str *input);

/* Has anything of the request been seen? */
bool parser_has_begun(const struct parser *parser);

/* Drop a body that was not handed over. */
void parser_release(struct parser *parser);

#endif
