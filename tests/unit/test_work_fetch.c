/* test_work_fetch.c - pictures of a message, from where its network says they are. */
#include "dialogue/message.h"
#include "dialogue/picture.h"
#include "talk.h"
#include "work/works.h"

#define PICTURE                                                                          \
    {                                                                                    \
        0, 200, "GIF89a and what follows"                                                \
    }

static const struct awaited two[] = {
    { .url = { "https://files.example/1", 23 }, .description = { "Ein Rad", 7 } },
    { .url = { "https://files.example/2", 23 }, .description = { "", 0 } },
};

/* Somebody wrote, and these pictures are said to belong to it. */
static int64_t said_with(struct talk *t, size_t count)
{
    struct fixture *f = t->f;
    int64_t id;

    talk_say(t, "Jonas", "Seht her");
    id = COUNT(f, "SELECT MAX(id) FROM message");
    assert_int_equal(awaited_add(&f->op, id, two, count), AWAITED_SOME);
    CHECK_OK(f, job_add(&f->op, work_fetch.kind, id, f->op.now));
    return id;
}

static void let_a_day_pass(struct talk *t)
{
    talk_work(t);
    for (int i = 0; i < 24 * 6; i++) {
        fixture_advance(t->f, MINUTES(10));
        talk_work(t);
    }
}

static void each_picture_is_fetched_once_and_kept_with_what_it_shows(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct attachment *list;
    size_t count;
    int64_t id;

    t.http.answers[0] = t.http.answers[1] = (struct talk_answer)PICTURE;
    id = said_with(&t, 2);
    let_a_day_pass(&t);
    assert_int_equal(t.http.calls, 2);
    CHECK_STR(t.http.seen[0].url, "https://files.example/1");
    CHECK_OK(&f, attachment_list(&f.op, id, &list, &count));
    assert_int_equal(count, 2);
    CHECK_STR(list[0].description, "Ein Rad");
    CHECK_STR(list[0].mime, "image/gif");
    assert_int_equal(awaited_add(&f.op, id, two, 2), 0); /* the same again: nothing new */
}

static void what_is_no_picture_is_left_and_holds_up_no_other(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    t.http.answers[0] = (struct talk_answer){ 0, 200, "<html>", 0 };
    t.http.answers[1] = (struct talk_answer)PICTURE;
    said_with(&t, 2);
    let_a_day_pass(&t);
    assert_int_equal(t.http.calls, 2);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM attachment"), 1);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM picture WHERE state = 'left' "
                           "AND reason = 'what stands at this address is no picture'"),
                     1);
}

static void a_server_that_fails_is_asked_again_and_in_the_end_left(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    t.http.answers[0] = (struct talk_answer){ 0, 503, "", 0 };
    t.http.answers[1] = (struct talk_answer)PICTURE;
    for (size_t i = 2; i < 20; i++)
        t.http.answers[i] = (struct talk_answer){ 0, 503, "", 0 };
    said_with(&t, 2);
    let_a_day_pass(&t);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM attachment"), 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM picture WHERE state = 'left'"), 1);
    assert_true(t.http.calls < 10);
}

static void what_was_taken_back_meanwhile_is_not_fetched_any_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct message msg;
    int64_t id = said_with(&t, 2);

    CHECK_OK(&f, message_get(&f.op, id, &msg));
    CHECK_OK(&f, message_remove(&f.op, &msg, f.op.now));
    let_a_day_pass(&t);
    assert_int_equal(t.http.calls, 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM picture WHERE state = 'left'"), 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(each_picture_is_fetched_once_and_kept_with_what_it_shows),
        BOTH_ENGINES(what_is_no_picture_is_left_and_holds_up_no_other),
        BOTH_ENGINES(a_server_that_fails_is_asked_again_and_in_the_end_left),
        BOTH_ENGINES(what_was_taken_back_meanwhile_is_not_fetched_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
