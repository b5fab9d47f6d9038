/* test_store_crash.c - what was acknowledged survives the death of the process.
 *
 * A child process appends events through the store and says after each one that it
 * is stored; it is killed without warning after a number of them that differs from
 * round to round. Then everything it had said must be there, unbroken, and at most
 * the one more that it was about to say.
 *
 * DRAHT_TEST_KILLS is the number of rounds (10 when it is not set).
 */
#include "fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event/event.h"

struct child {
    int pipe; /* to the parent */
    bool lie; /* say so before the commit: the control */
};

static void say(int to, int64_t seq)
{
    if (write(to, &seq, sizeof(seq)) != sizeof(seq))
        _exit(1);
}

static int append(struct op *op, void *ctx)
{
    const struct child *child = ctx;
    struct event event = { .kind = "crash.test", .extra = STR("\"n\":1") };
    int r;

    r = event_add(op, &event);
    if (r == 0 && child->lie)
        say(child->pipe, event.seq);
    return r;
}

static int last(struct op *op, void *ctx)
{
    return event_last_seq(op, ctx);
}

/* The life of the child, which never returns. */
static void live(const char *url, struct child *child)
{
    struct fixture f;

    fixture_begin(&f);
    if (store_open(&f.op, str_of(url), 1, &f.store) < 0)
        _exit(2);
    f.world.store = f.store;
    f.op.workspace = 1;
    store_start(f.store);
    for (;;) {
        int64_t seq;

        if (store_write(&f.op, append, child) < 0 || store_read(&f.op, last, &seq) < 0)
            _exit(3);
        if (!child->lie)
            say(child->pipe, seq);
    }
}

/* Let a child live until it has said `n` times that something is stored, and kill
 * it. Returns the last thing it said. */
static int64_t run_child(const char *url, bool lie, int n)
{
    int64_t seq = 0;
    int ends[2], status;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        struct child child = { ends[1], lie };

        close(ends[0]);
        live(url, &child);
    }
    close(ends[1]);
    for (int i = 0; i < n; i++)
        assert_int_equal(read(ends[0], &seq, sizeof(seq)), sizeof(seq));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    while (read(ends[0], &seq, sizeof(seq)) == sizeof(seq))
        continue; /* said in the moment before it died */
    close(ends[0]);
    return seq;
}

static int rounds(void)
{
    const char *text = getenv("DRAHT_TEST_KILLS");
    uint64_t n = 10;

    if (text)
        assert_true(str_to_u64(str_of(text), &n));
    return (int)n;
}

/* How often something that was said is not there. */
static int count_lost(struct fixture *f, bool lie)
{
    int64_t count, seq, before = 0;
    struct str why;
    int lost = 0;

    store_close(TAKE(f->store));
    f->op.db = NULL;
    for (int i = 0; i < rounds(); i++) {
        int64_t said = run_child(f->url, lie, 1 + (int)(random_u64(&f->op) % 40));
        int64_t there;

        CHECK_OK(f, store_open(&f->op, str_of(f->url), 1, &f->store));
        f->op.db = store_writer_db(f->store);
        CHECK_OK(f, event_last_seq(&f->op, &there));
        lost += said > there;
        assert_true(there <= said + 1);
        assert_true(there >= before);
        before = there;
        CHECK_OK(f, event_verify(&f->op, &count, &seq, &why));
        /* PostgreSQL may finish the dead child's last commit only now. */
        assert_in_range(count, there, said + 1);
        f->op.db = NULL;
        store_close(TAKE(f->store));
        if (lie && lost)
            break; /* caught */
    }
    return lost;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);

    assert_int_equal(count_lost(&f, false), 0);
}

/* The control: a program that says so before the commit must be caught. */
static void a_program_that_acknowledges_too_early_is_caught(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);

    assert_true(count_lost(&f, true) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_was_acknowledged_survives_a_kill),
        BOTH_ENGINES(a_program_that_acknowledges_too_early_is_caught),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
