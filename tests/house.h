/* house.h - a server on a free loopback port, with handlers that tests can hold up.
 *
 * /hold keeps its request, /block the loop, /stream opens a stream, /large answers 4 MiB,
 * /none 204, /pool from another thread; anything else says what was asked for.
 */
#ifndef TESTS_HOUSE_H
#define TESTS_HOUSE_H

#include "fixture.h"

#include <semaphore.h>
#include <unistd.h>

#include "base/pool.h"
#include "net/server.h"
#include "raw.h"

/* One server, and what its handlers need. */
struct house {
    struct fixture f;
    struct server *server;
    struct pool *pool;
    struct exchange *held; /* by /hold */
    struct stream *stream; /* of /stream */
    sem_t arrived;         /* a request of /hold, /block, /large or /stream is there */
    sem_t go_on;           /* for /block */
    sem_t closed;          /* on_close() was called */
    pthread_mutex_t lock;  /* of stream */
};

void house_begin(struct house *house, struct server_config config);
void house_end(struct house *house);

#define HOUSE(name, ...)                                                                 \
    CLEANUP(house_end) struct house name;                                                \
    house_begin(&name, (struct server_config){ __VA_ARGS__ })

static inline void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define PEER(name, house)                                                                \
    CLEANUP(close_fd) int name = raw_connect(server_address((house).server))

#define SEND(fd, text) raw_send((fd), STR(text))

/* Handlers, for a test that starts a server by itself; `ctx` is the house. */
void on_request(struct exchange *exchange, void *ctx);
void on_close(void *ctx);
void answer_text(struct exchange *exchange, struct str text);

struct raw_answer read_answer(struct house *house, int fd);
/* It ends, and nothing more was said. */
void check_closed(struct house *house, int fd);
/* False when there is no stream, or its queue is full. */
bool write_stream(struct house *house, struct str bytes);
/* Ten seconds at most, then the test fails. */
void wait_for(sem_t *sem);

#endif
