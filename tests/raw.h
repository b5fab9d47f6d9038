/* raw.h - a client of bare sockets, for tests of the server.
 *
 * Nothing is parsed more than needed and nothing is made valid: what a test wants to
 * send wrong goes out wrong. Reading waits ten seconds at most, then the test fails.
 */
#ifndef TESTS_RAW_H
#define TESTS_RAW_H

#include "net/http.h"

struct raw_answer {
    int status;
    struct str head; /* status line and fields */
    struct http_fields headers;
    struct str body;
};

/* "127.0.0.1:PORT"; the descriptor. */
int raw_connect(struct str address);
void raw_send(int fd, struct str bytes);

/* One answer with its Content-Length, or with chunks (joined). False at the end of the
 * connection. With `head_only` no body is expected, whatever the head says. */
bool raw_read(struct arena *arena, int fd, bool head_only, struct raw_answer *ret);

/* The head alone; the body of a stream follows. */
bool raw_read_head(struct arena *arena, int fd, struct raw_answer *ret);

/* One chunk of a stream; n == 0 for the last one. */
struct str raw_read_chunk(struct arena *arena, int fd);

/* Everything until the peer closes. */
struct str raw_read_rest(struct arena *arena, int fd);

/* A key and a certificate for "localhost" that vouches for itself, in two files. */
struct papers {
    char folder[32];
    char certificate[48], key[48];
};

void papers_begin(struct papers *papers);
void papers_end(struct papers *papers);

#define PAPERS(name)                                                                     \
    CLEANUP(papers_end) struct papers name;                                              \
    papers_begin(&name)

#endif
