/* house.c - a server on a free loopback port, with handlers that tests can hold up. */
#include "house.h"

#include <errno.h>

#include "base/log.h"

struct job {
    struct task task;
    struct exchange *exchange;
};

void wait_for(sem_t *sem)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    while (sem_timedwait(sem, &until) < 0) {
        if (errno != EINTR)
            fail_msg("it never happened");
    }
}

void answer_text(struct exchange *exchange, struct str text)
{
    exchange_answer(exchange,
                    &(struct http_answer){ .content_type = "text/plain", .body = text });
}

static void echo(struct exchange *exchange)
{
    const struct http_request *rq = exchange_request(exchange);

    answer_text(exchange, arena_fmt(exchange_arena(exchange),
                                    STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
                                    STR_ARG(rq->method), STR_ARG(rq->path),
                                    STR_ARG(rq->query), STR_ARG(rq->body)));
}

static void run_echo(struct task *task)
{
    struct job *job = CONTAINER_OF(task, struct job, task);

    echo(job->exchange);
    free(job);
}

void on_close(void *ctx)
{
    struct house *house = ctx;

    pthread_mutex_lock(&house->lock);
    house->stream = NULL;
    pthread_mutex_unlock(&house->lock);
    sem_post(&house->closed);
}

static void open_stream(struct house *house, struct exchange *exchange)
{
    struct http_answer head = { .content_type = "text/event-stream" };

    pthread_mutex_lock(&house->lock);
    house->stream = exchange_stream(exchange, &head, on_close, house);
    pthread_mutex_unlock(&house->lock);
    sem_post(&house->arrived);
}

static void answer_large(struct exchange *exchange)
{
    char *bytes = arena_alloc(exchange_arena(exchange), 1, 1, MIB(4));

    memset(bytes, 'x', MIB(4));
    answer_text(exchange, (struct str){ bytes, MIB(4) });
}

static void answer_none(struct exchange *exchange)
{
    struct http_answer answer = { .status = 204, .retry_after = 7 };

    http_add(exchange_arena(exchange), &answer.headers, STR("Content-Length"), STR("9"));
    http_add(exchange_arena(exchange), &answer.headers, STR("Cache-Control"),
             STR("private"));
    exchange_answer(exchange, &answer);
}

void on_request(struct exchange *exchange, void *ctx)
{
    struct house *house = ctx;
    struct str path = exchange_request(exchange)->path;
    struct job *job;

    if (str_is(path, "/hold")) {
        house->held = exchange;
        sem_post(&house->arrived);
    } else if (str_is(path, "/block")) {
        sem_post(&house->arrived);
        sem_wait(&house->go_on);
        echo(exchange);
    } else if (str_is(path, "/stream")) {
        open_stream(house, exchange);
    } else if (str_is(path, "/large")) {
        sem_post(&house->arrived);
        answer_large(exchange);
    } else if (str_is(path, "/none")) {
        answer_none(exchange);
    } else if (str_is(path, "/pool")) {
        job = must_zalloc(sizeof(*job));
        *job = (struct job){ .task = { .run = run_echo }, .exchange = exchange };
        assert_true(pool_submit(house->pool, &job->task));
    } else {
        echo(exchange);
    }
}

static size_t max_body(struct str method UNUSED, struct str path, void *ctx UNUSED)
{
    if (str_is(path, "/small"))
        return 10;
    return str_is(path, "/huge") ? MIB(64) : SERVER_MAX_BODY;
}

void house_begin(struct house *house, struct server_config config)
{
    memset(house, 0, sizeof(*house));
    fixture_begin(&house->f);
    log_set_level(LOG_ERROR);
    sem_init(&house->arrived, 0, 0);
    sem_init(&house->go_on, 0, 0);
    sem_init(&house->closed, 0, 0);
    pthread_mutex_init(&house->lock, NULL);
    house->pool = pool_new("test", 2, 100);
    if (config.listen.n == 0)
        config.listen = STR("127.0.0.1:0");
    config.on_request = on_request;
    config.max_body = max_body;
    config.ctx = house;
    assert_int_equal(server_start(&house->f.op, &config, &house->server), 0);
}

void house_end(struct house *house)
{
    server_stop(house->server, 1000);
    pool_free(house->pool);
    server_free(house->server);
    sem_destroy(&house->arrived);
    sem_destroy(&house->go_on);
    sem_destroy(&house->closed);
    pthread_mutex_destroy(&house->lock);
    fixture_end(&house->f);
}

struct raw_answer read_answer(struct house *house, int fd)
{
    struct raw_answer answer;

    if (!raw_read(&house->f.arena, fd, false, &answer))
        fail_msg("the server closed without an answer");
    return answer;
}

void check_closed(struct house *house, int fd)
{
    CHECK_STR(raw_read_rest(&house->f.arena, fd), "");
}

bool write_stream(struct house *house, struct str bytes)
{
    bool written;

    pthread_mutex_lock(&house->lock);
    written = house->stream && stream_write(house->stream, bytes);
    pthread_mutex_unlock(&house->lock);
    return written;
}
