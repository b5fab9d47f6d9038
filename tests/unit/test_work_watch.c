/* test_work_watch.c - one thread that waits for many networks: how many, how long, and
 * how much each may say. */
#include "fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "net/wire.h"
#include "work/watch.h"

/* A network at the other end of a pipe: "news" is news, "over" is the end, and all else
 * is counted. */
struct piped {
    struct wire base;
    int from, to;
};
static atomic_int lines;

static int take(struct wire *wire, char *to, size_t room, size_t *ret_n)
{
    const struct piped *p = CONTAINER_OF(wire, struct piped, base);
    ssize_t n = read(p->from, to, room);

    *ret_n = n > 0 ? (size_t)n : 0;
    return n == 0 ? WIRE_BROKEN : 0;
}

static int transmit(struct op *op UNUSED, struct wire *wire UNUSED,
                    struct str bytes UNUSED)
{
    return 0;
}

static int hear(struct watch *watch, struct str line)
{
    watch->why = "it said so";
    watch->waiting = false;
    if (str_is(line, "over"))
        return WATCH_OVER;
    atomic_fetch_add(&lines, 1);
    return str_is(line, "news") ? WATCH_NEWS : 0;
}

static void renew(struct watch *watch)
{
    watch->say = STR("");
}

static void open_pipe(struct piped *p)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    *p = (struct piped){ .base = { .take = take, .transmit = transmit },
                         .from = ends[0],
                         .to = ends[1] };
    assert_int_equal(fcntl(p->to, F_SETFL, 0), 0); /* the test itself may wait */
}

static void close_pipe(struct piped *p)
{
    close(p->from);
    close(p->to);
}

static struct held *hold(struct fixture *f, int64_t channel_id, struct piped *p)
{
    struct held *held = held_new(&f->op, channel_id, STR("print"));

    held->watch = (struct watch){
        .wire = &p->base, .descriptor = p->from, .hear = hear, .renew = renew
    };
    return held;
}

static void say(const struct piped *p, struct str text)
{
    while (text.n) {
        ssize_t n = write(p->to, text.p, text.n);

        assert_true(n > 0);
        text = str_sub(text, (size_t)n, text.n);
    }
}

static struct str repeat(struct fixture *f, const char *what, size_t times)
{
    struct strbuf out = STRBUF(&f->arena);

    while (times--)
        strbuf_add(&out, str_of(what));
    return strbuf_str(&out);
}

/* A bounded wait for the thread. */
static bool comes_true(struct watcher *w, size_t count, int heard)
{
    int64_t until = clock_monotonic() + SECONDS(30);

    while (watcher_count(w) != count || atomic_load(&lines) < heard) {
        if (clock_monotonic() > until)
            return false;
        sched_yield();
    }
    return true;
}

/* Nobody asks in between whether there is such a channel. */
static void start_with(struct watcher *w, struct held *held)
{
    assert_true(watcher_add(w, held));
    held->check_at += HOURS(1);
    watcher_start(w);
}

static void there_are_so_many_and_no_more(void **state UNUSED)
{
    FIXTURE_STORE(f);
    struct watcher *w = watcher_new(&f.world);
    struct piped p;

    open_pipe(&p);
    for (int64_t i = 1; i <= WATCH_MAX; i++) {
        assert_true(watcher_may(w, i, f.op.now));
        assert_true(watcher_add(w, hold(&f, i, &p)));
    }
    assert_false(watcher_may(w, WATCH_MAX + 1, f.op.now));
    assert_false(watcher_add(w, hold(&f, WATCH_MAX + 1, &p)));
    assert_int_equal(watcher_count(w), WATCH_MAX);
    watcher_stop(w);
    assert_false(watcher_may(w, 1, f.op.now));
    assert_false(watcher_add(w, hold(&f, 1, &p)));
    watcher_free(w);
    close_pipe(&p);
}

static void what_ends_badly_again_and_again_is_left_alone_longer(void **state UNUSED)
{
    static const int64_t rests[] = { 0, 1, 4, 9, 16, 25, 36, 49, 64, 64, 64 };
    FIXTURE_STORE(f);
    struct watcher *w = watcher_new(&f.world);

    for (size_t i = 0; i < COUNT_OF(rests); i++) {
        watcher_failed(w, 7, f.op.now);
        assert_true(watcher_may(w, 8, f.op.now));
        if (rests[i])
            assert_false(watcher_may(w, 7, f.op.now + MINUTES(rests[i]) - 1));
        assert_true(watcher_may(w, 7, f.op.now + MINUTES(rests[i])));
    }
    watcher_free(w);
}

static void what_one_says_has_a_ceiling(void **state UNUSED)
{
    static const struct {
        const char *what;
        size_t times;
        int heard; /* it goes on, and so many lines were heard; -1: it ends */
    } cases[] = {
        { "x", WATCH_MAX_LINE, 1 },
        { "x", WATCH_MAX_LINE + 1, -1 },
        { "x\n", WATCH_MAX_LINES - 1, WATCH_MAX_LINES },
        { "x\n", WATCH_MAX_LINES, -1 },
        { "0123456789abcdef0123456789abcdef\r\n", WATCH_MAX_LINES - 1, WATCH_MAX_LINES },
        { "over\n", 1, -1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_STORE(f);
        struct watcher *w = watcher_new(&f.world);
        struct piped p;

        atomic_store(&lines, 0);
        f.op.db = NULL;
        open_pipe(&p);
        start_with(w, hold(&f, 7, &p));
        say(&p, repeat(&f, cases[i].what, cases[i].times));
        say(&p, STR("\n"));
        assert_true(comes_true(w, cases[i].heard < 0 ? 0 : 1,
                               cases[i].heard < 0 ? 0 : cases[i].heard));
        watcher_free(w);
        close_pipe(&p);
    }
}

static void more_bytes_than_a_mailbox_ever_says_end_it(void **state UNUSED)
{
    for (size_t more = 0; more < 2; more++) {
        FIXTURE_STORE(f);
        struct watcher *w = watcher_new(&f.world);
        size_t width = 1024, count = WATCH_MAX_BYTES / width;
        struct str line = arena_fmt(&f.arena, "%0*d\n", (int)width - 1, 7);
        struct piped p;

        atomic_store(&lines, 0);
        f.op.db = NULL;
        open_pipe(&p);
        start_with(w, hold(&f, 7, &p));
        say(&p, repeat(&f, arena_cstr(&f.arena, line), count));
        assert_true(comes_true(w, 1, (int)count));
        if (more)
            say(&p, STR("\n"));
        assert_true(comes_true(w, more ? 0 : 1, (int)count));
        watcher_free(w);
        close_pipe(&p);
    }
}

static void another_print_ends_it_and_the_same_does_not(void **state UNUSED)
{
    FIXTURE_STORE(f);
    struct watcher *w = watcher_new(&f.world);
    struct piped p;
    bool told = true;

    f.op.db = NULL;
    open_pipe(&p);
    start_with(w, hold(&f, 7, &p));
    assert_false(watcher_keeps(w, 8, STR("print"), &told));
    assert_true(watcher_keeps(w, 7, STR("print"), &told));
    assert_false(told);
    assert_false(watcher_keeps(w, 7, STR("other"), &told));
    assert_false(watcher_keeps(w, 7, STR("print"), &told));
    assert_true(comes_true(w, 0, 0));
    watcher_free(w);
    close_pipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_so_many_and_no_more),
        cmocka_unit_test(what_ends_badly_again_and_again_is_left_alone_longer),
        cmocka_unit_test(what_one_says_has_a_ceiling),
        cmocka_unit_test(more_bytes_than_a_mailbox_ever_says_end_it),
        cmocka_unit_test(another_print_ends_it_and_the_same_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
