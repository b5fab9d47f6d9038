/* test_work_intake.c - what comes in is kept first, understood then, and each thing once.
 */
#include "base/strbuf.h"
#include "channel/connector.h"
#include "talk.h"
#include "work/understand.h"
#include "work/work_intake.h"
#include "work/works.h"

static struct connected connected_to(struct talk *t)
{
    struct fixture *f = t->f;
    struct connected to;
    struct str why;

    assert_int_equal(connect_channel(&f->op, t->channel.id, &to, &why), 0);
    return to;
}

/* As the API calls it: without a transaction. */
static struct intake_counts take(struct talk *t, const struct str *items, size_t count)
{
    struct connected to = connected_to(t);
    struct intake_batch batch = { &to, items, count, "webhook", true };
    struct intake_counts counts = { 0 };

    t->f->op.db = NULL;
    CHECK_OK(t->f, intake_accept(&t->f->op, &batch, &counts));
    t->f->op.db = store_writer_db(t->f->store);
    return counts;
}

static int list_raws(struct talk *t, const char *state, struct raw_item **ret,
                     size_t *ret_count)
{
    struct raw_item_filter filter = { .channel_id = t->channel.id,
                                      .state = str_of(state),
                                      .limit = 10 };

    return intake_raw_list(&t->f->op, &filter, ret, ret_count);
}

static struct str item(struct talk *t, const char *id, const char *who, const char *body)
{
    return arena_fmt(
        &t->f->arena,
        "{\"external_id\":\"%s\",\"thread\":{\"external_id\":\"p-1\"},"
        "\"author\":{\"external_id\":\"%s\",\"name\":\"%s\"},\"body\":\"%s\"}",
        id, who, who, body);
}

static int64_t messages(struct fixture *f)
{
    return COUNT(f, "SELECT COUNT(*) FROM message");
}

static int64_t raws(struct fixture *f, const char *state)
{
    return COUNT(f, "SELECT COUNT(*) FROM raw_item WHERE state = $1",
                 ARG_TEXT(str_of(state)));
}

static void an_item_is_kept_verbatim_and_becomes_a_conversation(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str one = item(&t, "c-1", "Jonas", "Mein W-Lan geht nicht");
    struct intake_counts counts = take(&t, &one, 1);
    struct raw_item *raw;
    size_t count;

    assert_int_equal(counts.accepted, 1);
    assert_int_equal(counts.duplicates, 0);
    assert_int_equal(counts.rejected_count, 0);
    CHECK_OK(&f, list_raws(&t, "done", &raw, &count));
    assert_int_equal(count, 1);
    assert_true(str_eq(raw[0].bytes, one));
    CHECK_STR(raw[0].source, "webhook");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation WHERE state = 'new'"),
                     1);
}

static void lists_of_words_say_topic_intent_and_thanks(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str question = item(&t, "c-1", "Jonas", "Wie geht das W-Lan?");
    struct str thanks = item(&t, "c-2", "Jonas", "Danke!");

    RUN(&f,
        "INSERT INTO word_list (workspace_id, id, kind, value, words, created_at, "
        "updated_at) VALUES ($1, 1, 'topic', 'Funknetz', 'W-Lan', 1, 1)",
        ARG_INT(f.op.workspace));
    take(&t, &question, 1);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM conversation WHERE intent = "
                           "'question' AND intent_by = 'model' AND topic = 'Funknetz'"),
                     1);
    talk_reply(&t, COUNT(&f, "SELECT id FROM conversation"), "So.");
    take(&t, &thanks, 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation "
                               "WHERE suggestion = 'probably_solved'"),
                     1);
}

static void one_bad_item_is_refused_by_name_and_harms_no_neighbour(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str items[3] = { item(&t, "c-1", "Jonas", "eins"), STR("{\"body\":\"x\"}"),
                            item(&t, "c-3", "Jonas", "drei") };
    struct intake_counts counts = take(&t, items, 3);
    struct raw_item *raw;
    size_t count;

    assert_int_equal(counts.accepted, 2);
    assert_int_equal(counts.rejected_count, 1);
    assert_int_equal(counts.rejected[0].index, 1);
    CHECK_STR(counts.rejected[0].field, "thread.external_id");
    CHECK_STR(counts.rejected[0].reason, "thread.external_id is required");
    assert_int_equal(messages(&f), 2);
    CHECK_OK(&f, list_raws(&t, "failed", &raw, &count));
    assert_int_equal(count, 1);
    CHECK_STR(raw[0].reason, "thread.external_id is required");
    counts = take(&t, items, 3); /* sent again it is refused again */
    assert_int_equal(counts.accepted, 0);
    assert_int_equal(counts.duplicates, 2);
    assert_int_equal(counts.rejected_count, 1);
    assert_int_equal(raws(&f, "failed"), 1);
}

static void the_same_thing_twice_is_one_thing_however_it_is_written(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str first = item(&t, "c-1", "Jonas", "eins");
    struct str spaced =
        arena_fmt(&f.arena, "{ " STR_FMT, STR_ARG(str_sub(first, 1, 9999)));
    struct str items[3] = { first, first, spaced };
    struct intake_counts counts = take(&t, items, 3);
    struct channel_health health;

    assert_int_equal(counts.accepted, 1);
    assert_int_equal(counts.duplicates, 2);
    assert_int_equal(messages(&f), 1);
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_int_equal(health.accepted, 1);
    assert_int_equal(health.duplicates, 2);
}

/* S1-1: the title was printed twice; without an id it is known by channel, words, time.
 */
static void the_doubled_line_without_an_id_is_one_item(void **state)
{
    static const char line[] =
        "{\"thread\":{\"external_id\":\"p\"},\"author\":{\"name\":\"Emma\"},"
        "\"body\":\"Der direkte Draht zu den Kunden\",%s"
        "\"sent_at\":\"2026-11-02T0%d:00:00Z\"}";
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str items[3] = { arena_fmt(&f.arena, line, "", 7),
                            arena_fmt(&f.arena, line, " ", 7),
                            arena_fmt(&f.arena, line, "", 8) };
    struct intake_counts counts = take(&t, items, 3);

    assert_int_equal(counts.accepted, 2);
    assert_int_equal(counts.duplicates, 1);
    assert_int_equal(messages(&f), 2);
}

static void what_a_crash_left_between_the_commits_is_swept_by_the_job(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct raw_item raw = { .channel_id = t.channel.id,
                            .bytes = item(&t, "c-1", "Jonas", "eins"),
                            .source = STR("webhook"),
                            .open_conversations = true,
                            .received_at = f.op.now };
    struct raw_item bad = raw;

    bad.bytes = STR("{\"thread\":7}");
    CHECK_OK(&f, intake_raw(&f.op, &raw));
    CHECK_OK(&f, intake_raw(&f.op, &bad));
    CHECK_OK(&f, job_add(&f.op, "intake", t.channel.id, f.op.now));
    talk_work(&t);
    assert_int_equal(raws(&f, "received"), 0);
    assert_int_equal(raws(&f, "done"), 1);
    assert_int_equal(raws(&f, "failed"), 1);
    assert_int_equal(messages(&f), 1);
}

static int64_t keep_raw(struct talk *t, const char *id)
{
    struct raw_item raw = { .channel_id = t->channel.id,
                            .bytes = item(t, id, "Jonas", id),
                            .source = STR("webhook"),
                            .open_conversations = true,
                            .received_at = t->f->op.now };

    CHECK_OK(t->f, intake_raw(&t->f->op, &raw));
    return raw.id;
}

static void what_ends_the_program_each_time_fails_alone_and_can_be_replayed(void **state)
{
    static const struct {
        int64_t tries; /* that did not come back */
        const char *becomes;
    } cases[] = { { 0, "done" }, { 1, "done" }, { 4, "done" }, { 5, "failed" } };
    struct raw_item raw;
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str name = arena_fmt(&f.arena, "c-%zu", i);
        int64_t poison = keep_raw(&t, arena_cstr(&f.arena, name));

        keep_raw(&t, arena_cstr(&f.arena, arena_fmt(&f.arena, "before-%zu", i)));
        for (int64_t n = 0; n < cases[i].tries; n++)
            CHECK_OK(&f, intake_raw_tried(&f.op, poison));
        keep_raw(&t, arena_cstr(&f.arena, arena_fmt(&f.arena, "after-%zu", i)));
        CHECK_OK(&f, job_add(&f.op, "intake", t.channel.id, f.op.now));
        talk_work(&t);
        assert_int_equal(raws(&f, "received"), 0); /* nobody waits for it */
        assert_int_equal(intake_raw_get(&f.op, poison, &raw), 0);
        CHECK_STR(raw.state, cases[i].becomes);
    }
    CHECK_STR(raw.reason, "the program ended each time it was being understood");
    CHECK_OK(&f, intake_raw_replay(&f.op, raw.id)); /* a newer program may do better */
    CHECK_OK(&f, job_add(&f.op, "intake", t.channel.id, f.op.now));
    talk_work(&t);
    assert_int_equal(raws(&f, "done"), 12);
}

/* The chain of intake_begin(), driven by hand: tasks at once, writes by writer_step(). */
struct flow {
    struct intake_flow flow;
    int ended, r;
    bool busy; /* no worker is free */
};

static bool at_once(struct intake_flow *flow, struct task *task)
{
    if (CONTAINER_OF(flow, struct flow, flow)->busy)
        return false;
    task->run(task);
    return true;
}

static void on_end(struct intake_flow *flow, int r)
{
    struct flow *self = CONTAINER_OF(flow, struct flow, flow);

    self->ended++;
    self->r = r;
}

static struct flow flow_of(struct talk *t, const struct connected *to,
                           const struct str *items, size_t count, bool busy)
{
    struct flow flow = { .busy = busy,
                         .flow = { .batch = { to, items, count, "webhook", true },
                                   .soon = at_once,
                                   .done = on_end } };

    t->f->op.db = NULL;
    CHECK_OK(t->f, intake_begin(&t->f->op, &flow.flow));
    assert_int_equal(flow.ended, 0);
    while (writer_step(t->f->store) > 0)
        continue;
    t->f->op.db = store_writer_db(t->f->store);
    assert_int_equal(flow.ended, 1);
    assert_true(flow.r >= 0);
    return flow;
}

static void without_a_thread_that_waits_it_ends_the_same(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to = connected_to(&t);
    struct str items[60];
    struct flow flow;

    for (size_t i = 0; i < COUNT_OF(items); i++) {
        struct str id = arena_fmt(&f.arena, "c-%zu", i % 50);

        items[i] = item(&t, arena_cstr(&f.arena, id), "Jonas", "Hallo");
    }
    items[7] = STR("{\"thread\":7}");
    flow = flow_of(&t, &to, items, COUNT_OF(items), false);
    assert_int_equal(flow.flow.counts.accepted, 50); /* the 7th comes again as the 57th */
    assert_int_equal(flow.flow.counts.duplicates, 9);
    assert_int_equal(flow.flow.counts.rejected_count, 1);
    assert_int_equal(flow.flow.counts.rejected[0].index, 7);
    assert_int_equal(messages(&f), 50);
    assert_int_equal(raws(&f, "failed"), 1);
    assert_int_equal(raws(&f, "received"), 0);
}

static void with_no_worker_free_it_is_kept_and_the_job_goes_on(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct connected to = connected_to(&t);
    struct str one = item(&t, "c-1", "Jonas", "eins");
    struct flow flow = flow_of(&t, &to, &one, 1, true);

    assert_int_equal(flow.flow.counts.accepted, 1);
    assert_int_equal(raws(&f, "received"), 1);
    talk_work(&t); /* due at once, not after half a minute */
    assert_int_equal(raws(&f, "done"), 1);
    assert_int_equal(messages(&f), 1);
}

static void accepting_plans_the_sweep_and_the_sweep_repeats_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str one = item(&t, "c-1", "Jonas", "eins");
    int64_t events;

    take(&t, &one, 1);
    RUN(&f,
        "UPDATE raw_item SET state = 'received'"); /* as if the second commit failed */
    events = COUNT(&f, "SELECT COUNT(*) FROM event");
    fixture_advance(&f, MINUTES(1));
    talk_work(&t);
    assert_int_equal(raws(&f, "done"), 1);
    assert_int_equal(messages(&f), 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), events);
}

/* The sweep overtakes a caller who is still busy: nothing is told or counted twice. */
static void what_the_sweep_told_first_is_not_told_again(void **state)
{
    struct channel_health health;
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str items[2] = { item(&t, "c-1", "Jonas", "eins"),
                            item(&t, "c-2", "Jonas", "zwei") };

    take(&t, items, 2);
    assert_int_equal(take(&t, items, 2).duplicates, 2);
    fixture_advance(&f, MINUTES(1));
    talk_work(&t); /* finds nothing that waits */
    CHECK_OK(&f, channel_health_get(&f.op, t.channel.id, &health));
    assert_int_equal(health.accepted, 2);
    assert_int_equal(health.duplicates, 2);
    RUN(&f, "UPDATE raw_item SET state = 'received'");
    assert_int_equal(intake_raw_waits(&f.op, COUNT(&f, "SELECT MIN(id) FROM raw_item")),
                     0);
    RUN(&f, "UPDATE raw_item SET state = 'done'");
    assert_int_equal(intake_raw_waits(&f.op, COUNT(&f, "SELECT MIN(id) FROM raw_item")),
                     INTAKE_SETTLED);
}

static void a_failed_item_can_be_replayed_after_the_parser_has_learned(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str one = item(&t, "c-1", "Jonas", "eins");
    struct raw_item *raw;
    size_t count;

    take(&t, &one, 1);
    RUN(&f, "UPDATE raw_item SET state = 'failed', reason = 'old parser'");
    CHECK_OK(&f, list_raws(&t, "failed", &raw, &count));
    CHECK_OK(&f, intake_raw_replay(&f.op, raw[0].id));
    CHECK_OK(&f, job_add(&f.op, "intake", t.channel.id, f.op.now));
    talk_work(&t);
    assert_int_equal(raws(&f, "done"), 1);
    assert_int_equal(messages(&f), 1);
}

static void history_opens_no_conversation(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str one = item(&t, "c-1", "Jonas", "Damals");
    struct connected to = connected_to(&t);
    struct intake_batch batch = { &to, &one, 1, "import", false };
    struct intake_counts counts;

    f.op.db = NULL;
    CHECK_OK(&f, intake_accept(&f.op, &batch, &counts));
    f.op.db = store_writer_db(f.store);
    assert_int_equal(counts.accepted, 1);
    assert_int_equal(messages(&f), 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation"), 0);
}

/* S3-12: a kind that nobody has programmed comes from settings alone. */
static void a_channel_of_a_new_kind_receives_and_has_its_own_target_time(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct channel kind = t.channel;
    struct str one = item(&t, "c-1", "Zoe", "Wie geht das?");

    kind.name = STR("Kanal Z");
    kind.kind_name = STR("Messenger Z");
    kind.icon = STR("z");
    kind.target_ms = MINUTES(15);
    CHECK_OK(&f, channel_add(&f.op, &kind));
    t.channel = kind;
    take(&t, &one, 1);
    assert_true(COUNT(&f, "SELECT due_at FROM conversation WHERE channel_id = $1",
                      ARG_INT(kind.id)) == FIXTURE_NOW + MINUTES(15));
}

static void
a_thousand_with_repeats_in_any_order_are_exactly_the_distinct_ones(void **state)
{
    enum { DISTINCT = 300, ALL = 420 };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct str items[ALL];
    int64_t accepted = 0, duplicates = 0;

    for (int i = 0; i < ALL; i++) {
        const char *id = arena_cstr(&f.arena, arena_fmt(&f.arena, "c-%d", i % DISTINCT));
        const char *who =
            arena_cstr(&f.arena, arena_fmt(&f.arena, "P%d", i % DISTINCT % 7));

        items[i] = item(&t, id, who, "Satz");
    }
    for (int i = ALL - 1; i > 0; i--) { /* shuffled by the fixed seed */
        int k = (int)(random_u64(&f.op) % (uint64_t)(i + 1));
        struct str swap = items[i];

        items[i] = items[k];
        items[k] = swap;
    }
    for (int i = 0; i < ALL; i += 60) {
        struct intake_counts counts = take(&t, items + i, 60);

        accepted += counts.accepted;
        duplicates += counts.duplicates;
    }
    fixture_advance(&f, MINUTES(1)); /* a slow machine leaves some to the job */
    talk_work(&t);
    assert_int_equal(accepted, DISTINCT);
    assert_int_equal(duplicates, ALL - DISTINCT);
    assert_int_equal(messages(&f), DISTINCT);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation"), 7);
}

static size_t understood(struct fixture *f, const struct understanding *words,
                         const char *name, const char *text, struct found **ret)
{
    struct str body = arena_fmt(&f->arena, "%s%s", name, text), model;

    return findings_unpack(&f->arena, understand_text(&f->op, words, body, body, &model),
                           ret);
}

static void names_in_front_change_nothing_of_what_is_understood(void **state)
{
    static const char *const texts[] = { "Ja, alles gut.", "Danke, geht wieder!",
                                         "Mein W-Lan geht nicht, was nun?",
                                         "Ihr seid super, weiter so" };
    static const char *const names[] = { "@haus@a.example ", "@haus.example @eva:\n\n" };
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct understanding *words;
    struct found *bare, *named;

    f.op.db = NULL;
    CHECK_OK(&f, understanding_load(&f.op, &words));
    for (size_t i = 0; i < COUNT_OF(texts) * 2; i++) {
        size_t n = understood(&f, words, "", texts[i / 2], &bare);

        assert_int_equal(understood(&f, words, names[i % 2], texts[i / 2], &named), n);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(named[k].kind, bare[k].kind);
            assert_int_equal(named[k].permille, bare[k].permille);
            CHECK_STR(named[k].value, arena_cstr(&f.arena, bare[k].value));
            for (size_t s = 0; s < bare[k].span_count; s++)
                assert_int_equal(named[k].spans[s].from,
                                 bare[k].spans[s].from + strlen(names[i % 2]));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(an_item_is_kept_verbatim_and_becomes_a_conversation),
        BOTH_ENGINES(lists_of_words_say_topic_intent_and_thanks),
        BOTH_ENGINES(names_in_front_change_nothing_of_what_is_understood),
        BOTH_ENGINES(one_bad_item_is_refused_by_name_and_harms_no_neighbour),
        BOTH_ENGINES(the_same_thing_twice_is_one_thing_however_it_is_written),
        BOTH_ENGINES(the_doubled_line_without_an_id_is_one_item),
        BOTH_ENGINES(what_a_crash_left_between_the_commits_is_swept_by_the_job),
        BOTH_ENGINES(what_ends_the_program_each_time_fails_alone_and_can_be_replayed),
        BOTH_ENGINES(without_a_thread_that_waits_it_ends_the_same),
        BOTH_ENGINES(with_no_worker_free_it_is_kept_and_the_job_goes_on),
        BOTH_ENGINES(accepting_plans_the_sweep_and_the_sweep_repeats_nothing),
        BOTH_ENGINES(what_the_sweep_told_first_is_not_told_again),
        BOTH_ENGINES(a_failed_item_can_be_replayed_after_the_parser_has_learned),
        BOTH_ENGINES(history_opens_no_conversation),
        BOTH_ENGINES(a_channel_of_a_new_kind_receives_and_has_its_own_target_time),
        BOTH_ENGINES(a_thousand_with_repeats_in_any_order_are_exactly_the_distinct_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
