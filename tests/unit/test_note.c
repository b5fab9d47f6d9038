/* test_note.c - what colleagues write to each other, and who is answering. */
#include "base/strbuf.h"
#include "dialogue/note.h"
#include "talk.h"

static int64_t add_colleague(struct fixture *f, int64_t id, const char *name,
                             const char *email)
{
    RUN(f,
        "INSERT INTO account (workspace_id, id, email, email_key, name, role_id, "
        "language, password_hash, created_at) VALUES ($1, $2, $3, $3, $4, 1, 'de', '', "
        "1)",
        ARG_INT(f->op.workspace), ARG_INT(id), ARG_TEXT(str_of(email)),
        ARG_TEXT(str_of(name)));
    return id;
}

static void a_name_after_an_at_sign_is_a_mention(void **state)
{
    static const struct {
        const char *body;
        int64_t jurgen, eva_maria;
    } cases[] = {
        { "ohne jemanden", 0, 0 },
        { "@J\xC3\xBCrgen bitte ansehen", 1, 0 },
        { "bitte ansehen, @juergen!", 1, 0 },
        { "@JUERGEN@EVAMARIA", 1, 1 },
        { "@j\xC3\xBCrgen@example.org", 1, 0 },
        { "@Evamaria", 0, 1 },
        { "@Eva", 0, 0 },
        { "juergen", 0, 0 },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    int64_t j = add_colleague(&f, 11, "J\xC3\xBCrgen", "j\xC3\xBCrgen@example.org");
    int64_t m = add_colleague(&f, 12, "Evamaria", "em@example.org");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct note note = { .conversation_id = c,
                             .account_id = t.eva,
                             .body = str_of(cases[i].body) };
        int64_t of_j, of_m;

        CHECK_OK(&f, note_add(&f.op, &note, NULL, 0));
        of_j = COUNT(
            &f, "SELECT COUNT(*) FROM mention WHERE note_id = $1 AND account_id = $2",
            ARG_INT(note.id), ARG_INT(j));
        of_m = COUNT(
            &f, "SELECT COUNT(*) FROM mention WHERE note_id = $1 AND account_id = $2",
            ARG_INT(note.id), ARG_INT(m));
        if (of_j != cases[i].jurgen || of_m != cases[i].eva_maria)
            fail_msg("%s: %d %d", cases[i].body, (int)of_j, (int)of_m);
    }
}

static void who_is_named_by_id_and_by_word_is_mentioned_once(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct note note = { .conversation_id = talk_say(&t, "Jonas", "?"),
                         .account_id = t.eva,
                         .body = STR("@Eva, siehe oben") };
    int64_t stranger = 99;
    struct mention *mentions;
    struct note *notes;
    size_t count;

    CHECK_OK(&f, note_add(&f.op, &note, &t.eva, 1));
    assert_int_equal(note_add(&f.op, &note, &stranger, 1), ERR_INVALID);
    CHECK_OK(&f, mention_list(&f.op, t.eva, 0, 10, &mentions, &count));
    assert_int_equal(count, 1);
    assert_true(mentions[0].note_id == note.id);
    assert_int_equal(mentions[0].seen_at, 0);
    CHECK_OK(&f, note_list(&f.op, note.conversation_id, t.eva, &notes, &count));
    assert_true(count == 1 && notes[0].names_reader);
    CHECK_OK(&f, note_list(&f.op, note.conversation_id, t.eva + 1, &notes, &count));
    assert_true(count == 1 && !notes[0].names_reader);
    CHECK_OK(&f, mention_seen(&f.op, t.eva, note.conversation_id));
    CHECK_OK(&f, mention_list(&f.op, t.eva, 0, 10, &mentions, &count));
    assert_true(mentions[0].seen_at == f.op.now);
    CHECK_OK(&f, note_list(&f.op, note.conversation_id, t.eva, &notes, &count));
    assert_false(notes[0].names_reader);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'mention.added'"),
                     1);
}

static void a_note_of_16_kib_is_kept_and_one_byte_more_is_not(void **state)
{
    FIXTURE_STORE(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?");
    char *text = arena_new(&f.arena, char, NOTE_MAX_BODY + 1);
    struct note note = { .conversation_id = c, .account_id = t.eva };
    struct note *notes;
    size_t count;
    (void)state;

    memset(text, 'x', NOTE_MAX_BODY + 1);
    note.body = (struct str){ text, NOTE_MAX_BODY + 1 };
    assert_int_equal(note_add(&f.op, &note, NULL, 0), ERR_INVALID);
    note.body.n--;
    CHECK_OK(&f, note_add(&f.op, &note, NULL, 0));
    f.op.err = (struct err){ 0 };
    note.body = STR(" \n");
    assert_int_equal(note_add(&f.op, &note, NULL, 0), ERR_INVALID);
    CHECK_OK(&f, note_list(&f.op, c, t.eva, &notes, &count));
    assert_int_equal(count, 1);
    assert_int_equal(notes[0].body.n, NOTE_MAX_BODY);
}

static void thirty_two_colleagues_are_mentioned_and_not_one_more(void **state)
{
    FIXTURE_STORE(f);
    TALK(t, f);
    struct note note = { .conversation_id = talk_say(&t, "Jonas", "?"),
                         .account_id = t.eva,
                         .body = STR("alle") };
    int64_t ids[NOTE_MAX_MENTIONS + 1];
    (void)state;

    for (int i = 0; i <= NOTE_MAX_MENTIONS; i++)
        ids[i] = add_colleague(
            &f, 100 + i, arena_cstr(&f.arena, arena_fmt(&f.arena, "N%d", i)),
            arena_cstr(&f.arena, arena_fmt(&f.arena, "n%d@example.org", i)));
    CHECK_OK(&f, note_add(&f.op, &note, ids, NOTE_MAX_MENTIONS));
    assert_int_equal(note_add(&f.op, &note, ids, NOTE_MAX_MENTIONS + 1), ERR_INVALID);
}

static void the_words_of_a_note_stay_out_of_the_log(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct note note = { .conversation_id = talk_say(&t, "Jonas", "?"),
                         .account_id = t.eva,
                         .body = STR("geheimes Wort") };

    CHECK_OK(&f, note_add(&f.op, &note, NULL, 0));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'note.added'"),
                     1);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE payload LIKE '%geheimes%'"), 0);
}

static void a_draft_is_kept_until_it_is_empty(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct draft draft = { .conversation_id = talk_say(&t, "Jonas", "?"),
                           .account_id = t.eva,
                           .body = STR("Lieber Jonas"),
                           .visibility = STR("private") };
    struct draft read;

    assert_int_equal(draft_get(&f.op, draft.conversation_id, t.eva, &read), DRAFT_NONE);
    CHECK_OK(&f, draft_put(&f.op, &draft));
    draft.body = STR("Lieber Jonas, so geht es");
    CHECK_OK(&f, draft_put(&f.op, &draft));
    assert_int_equal(draft_get(&f.op, draft.conversation_id, t.eva, &read), 0);
    CHECK_STR(read.body, "Lieber Jonas, so geht es");
    CHECK_STR(read.visibility, "private");
    assert_int_equal(draft_get(&f.op, draft.conversation_id, 7, &read), DRAFT_NONE);
    draft.body = STR("");
    CHECK_OK(&f, draft_put(&f.op, &draft));
    assert_int_equal(draft_get(&f.op, draft.conversation_id, t.eva, &read), DRAFT_NONE);
}

static void
a_note_and_files_are_part_of_a_draft_and_a_sent_reply_leaves_the_note(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    const int64_t files[] = { 41, 42 };
    struct draft draft = { .conversation_id = talk_say(&t, "Jonas", "?"),
                           .account_id = t.eva,
                           .body = STR("Lieber Jonas"),
                           .visibility = STR("public"),
                           .note = STR("Mit der Technik gesprochen"),
                           .parent_id = 77,
                           .files = files,
                           .file_count = 2 };
    struct draft read;

    CHECK_OK(&f, draft_put(&f.op, &draft));
    assert_int_equal(draft_get(&f.op, draft.conversation_id, t.eva, &read), 0);
    CHECK_STR(read.note, "Mit der Technik gesprochen");
    assert_int_equal(read.parent_id, 77);
    assert_int_equal(read.file_count, 2);
    assert_int_equal(read.files[1], 42);
    CHECK_OK(&f, draft_sent(&f.op, draft.conversation_id, t.eva));
    assert_int_equal(draft_get(&f.op, draft.conversation_id, t.eva, &read), 0);
    CHECK_STR(read.body, "");
    CHECK_STR(read.note, "Mit der Technik gesprochen");
    assert_int_equal(read.parent_id, 0);
    assert_int_equal(read.file_count, 0);
}

static void a_draft_has_at_most_ten_files_and_a_note_of_64_kib(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t files[DRAFT_MAX_FILES + 1] = { 0 };
    struct draft draft = { .conversation_id = talk_say(&t, "Jonas", "?"),
                           .account_id = t.eva,
                           .visibility = STR("public"),
                           .files = files,
                           .file_count = DRAFT_MAX_FILES };
    char *long_note = arena_new(&f.arena, char, DRAFT_MAX_BODY + 1);

    for (int i = 0; i <= DRAFT_MAX_FILES; i++)
        files[i] = i + 1;
    memset(long_note, 'n', DRAFT_MAX_BODY + 1);
    draft.note = (struct str){ long_note, DRAFT_MAX_BODY };
    CHECK_OK(&f, draft_put(&f.op, &draft));
    draft.file_count = DRAFT_MAX_FILES + 1;
    assert_int_equal(draft_put(&f.op, &draft), ERR_INVALID);
    draft.file_count = 0;
    draft.note.n++;
    assert_int_equal(draft_put(&f.op, &draft), ERR_INVALID);
}

static void whoever_stops_renewing_is_not_answering_any_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t c = talk_say(&t, "Jonas", "?"), *ids;
    size_t count;

    CHECK_OK(&f, answering_set(&f.op, c, t.eva, true));
    CHECK_OK(&f, answering_set(&f.op, c, 7, true));
    fixture_advance(&f, ANSWERING_LEASE_MS - 1);
    CHECK_OK(&f, answering_set(&f.op, c, t.eva, true)); /* renewed */
    fixture_advance(&f, 1);
    CHECK_OK(&f, answering_list(&f.op, c, &ids, &count));
    assert_int_equal(count, 1);
    assert_true(ids[0] == t.eva);
    CHECK_OK(&f, answering_set(&f.op, c, t.eva, false));
    CHECK_OK(&f, answering_set(&f.op, c, t.eva, false));
    CHECK_OK(&f, answering_list(&f.op, c, &ids, &count));
    assert_int_equal(count, 0);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'answering.began'"), 2);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM event WHERE kind = 'answering.ended'"), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_name_after_an_at_sign_is_a_mention),
        BOTH_ENGINES(who_is_named_by_id_and_by_word_is_mentioned_once),
        cmocka_unit_test(a_note_of_16_kib_is_kept_and_one_byte_more_is_not),
        cmocka_unit_test(thirty_two_colleagues_are_mentioned_and_not_one_more),
        BOTH_ENGINES(the_words_of_a_note_stay_out_of_the_log),
        BOTH_ENGINES(a_draft_is_kept_until_it_is_empty),
        BOTH_ENGINES(
            a_note_and_files_are_part_of_a_draft_and_a_sent_reply_leaves_the_note),
        BOTH_ENGINES(a_draft_has_at_most_ten_files_and_a_note_of_64_kib),
        BOTH_ENGINES(whoever_stops_renewing_is_not_answering_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
