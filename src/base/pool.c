/* pool.c - a queue, a lock, and the threads that wait at it. */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>

#include "base/arena.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task *first, **last;
    size_t waiting, ceiling;
    bool closing;
    unsigned thread_count;
    struct thread **threads;
};

struct thread {
    pthread_t handle;
    void (*run)(void *ctx);
    void *ctx;
};

static void *thread_main(void *ctx)
{
    struct thread *thread = ctx;

    thread->run(thread->ctx);
    return NULL;
}

/* Signals are the main thread's business, so they are blocked here. */
struct thread *thread_start(const char *name, void (*run)(void *ctx), void *ctx)
{
    struct thread *thread = must_zalloc(sizeof(*thread));
    sigset_t all, old;

    thread->run = run;
    thread->ctx = ctx;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (pthread_create(&thread->handle, NULL, thread_main, thread) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_setname_np(thread->handle, name);
    return thread;
}

void thread_join(struct thread *thread)
{
    if (!thread)
        return;
    pthread_join(thread->handle, NULL);
    free(thread);
}

/* The next task, waiting for one; NULL when the pool is closed and empty. */
static struct task *next(struct pool *pool)
{
    struct task *task;

    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->closing)
        pthread_cond_wait(&pool->changed, &pool->lock);
    task = pool->first;
    if (task) {
        pool->first = task->next;
        pool->waiting--;
        if (!pool->first)
            pool->last = &pool->first;
    }
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static void work(void *ctx)
{
    struct pool *pool = ctx;
    struct task *task;

    while ((task = next(pool)))
        task->run(task);
}

struct pool *pool_new(const char *name, unsigned threads, size_t ceiling)
{
    struct pool *pool = must_zalloc(sizeof(*pool));

    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pool->last = &pool->first;
    pool->ceiling = ceiling;
    pool->thread_count = threads;
    pool->threads = must_zalloc(threads * sizeof(struct thread *));
    for (unsigned i = 0; i < threads; i++)
        pool->threads[i] = thread_start(name, work, pool);
    return pool;
}

bool pool_submit(struct pool *pool, struct task *task)
{
    bool taken;

    pthread_mutex_lock(&pool->lock);
    taken = !pool->closing && pool->waiting < pool->ceiling;
    if (taken) {
        task->next = NULL;
        *pool->last = task;
        pool->last = &task->next;
        pool->waiting++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        thread_join(pool->threads[i]);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}
