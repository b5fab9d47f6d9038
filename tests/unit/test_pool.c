/* test_pool.c - threads that run what is queued. */
#include <semaphore.h>

#include "fixture.h"

#include "base/pool.h"

struct counted {
    struct task task;
    _Atomic int *count;
    pthread_mutex_t *gate; /* held by the test until the task may go on */
    sem_t *started;
};

static void count_one(struct task *task)
{
    struct counted *c = CONTAINER_OF(task, struct counted, task);

    if (c->started)
        sem_post(c->started);
    if (c->gate) {
        pthread_mutex_lock(c->gate);
        pthread_mutex_unlock(c->gate);
    }
    atomic_fetch_add(c->count, 1);
    free(c);
}

static struct task *counted(_Atomic int *count, pthread_mutex_t *gate, sem_t *started)
{
    struct counted *c = must_zalloc(sizeof(*c));

    *c = (struct counted){ { count_one, NULL }, count, gate, started };
    return &c->task;
}

static void everything_queued_runs_before_the_pool_is_gone(void **state)
{
    struct pool *pool = pool_new("test", 3, 1000);
    _Atomic int count = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(pool_submit(pool, counted(&count, NULL, NULL)));
    pool_free(pool);
    assert_int_equal(atomic_load(&count), 1000);
}

static void the_ceiling_holds_and_one_past_it_is_refused(void **state)
{
    struct pool *pool = pool_new("test", 1, 2);
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct task *third;
    _Atomic int count = 0;
    sem_t started;

    (void)state;
    sem_init(&started, 0, 0);
    pthread_mutex_lock(&gate);
    assert_true(pool_submit(pool, counted(&count, &gate, &started)));
    sem_wait(&started); /* the only thread is busy: what follows waits */
    assert_true(pool_submit(pool, counted(&count, NULL, NULL)));
    assert_true(pool_submit(pool, counted(&count, NULL, NULL)));
    third = counted(&count, NULL, NULL);
    assert_false(pool_submit(pool, third));
    free(CONTAINER_OF(third, struct counted, task));
    pthread_mutex_unlock(&gate);
    pool_free(pool);
    assert_int_equal(atomic_load(&count), 3);
    sem_destroy(&started);
}

struct ordered {
    struct task task;
    int number, *last;
};

static void follow(struct task *task)
{
    struct ordered *o = CONTAINER_OF(task, struct ordered, task);

    if (*o->last == o->number - 1)
        *o->last = o->number;
}

static void one_thread_keeps_the_order(void **state)
{
    struct pool *pool = pool_new("test", 1, 100);
    struct ordered tasks[100];
    int last = -1;

    (void)state;
    for (int i = 0; i < 100; i++) {
        tasks[i] = (struct ordered){ { follow, NULL }, i, &last };
        assert_true(pool_submit(pool, &tasks[i].task));
    }
    pool_free(pool);
    assert_int_equal(last, 99);
}

static void set_flag(void *ctx)
{
    *(bool *)ctx = true;
}

static void a_thread_has_run_when_it_is_joined(void **state)
{
    bool flag = false;

    (void)state;
    thread_join(thread_start("test", set_flag, &flag));
    assert_true(flag);
    thread_join(NULL);
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_queued_runs_before_the_pool_is_gone),
        cmocka_unit_test(the_ceiling_holds_and_one_past_it_is_refused),
        cmocka_unit_test(one_thread_keeps_the_order),
        cmocka_unit_test(a_thread_has_run_when_it_is_joined),
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
