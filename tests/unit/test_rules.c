/* test_rules.c - rules of the data model that a reader of the source can check.
 *
 * Rule 6: no statement deletes what people wrote or did. Some tables are no such
 * thing and may lose rows: the search index, which is made from the others, the
 * answers kept for repeated requests, which only live for a day, what tells the
 * readers of a day apart, which must not live longer, an address that somebody took
 * back, the newest deliveries of a webhook, the bytes of a mail that certainly never
 * left and is written anew to a corrected address, the groups of texts that say nearly
 * the same, which are made from the messages, and how long a network took long ago. Rule
 * 7: no column of the schema is a floating-point number.
 */
#include <dirent.h>

#include "fixture.h"

static const char *const may_lose_rows[] = {
    "search_entry",  "idempotency", "page_salt",        "page_seen",
    "page_rate",     "mail_wish",   "webhook_delivery", "outbox_bytes",
    "alike_message", "alike_band",  "alike_text",       "visible_lag"
};

static bool is_allowed(struct str table)
{
    for (size_t i = 0; i < COUNT_OF(may_lose_rows); i++) {
        if (str_starts(table, str_of(may_lose_rows[i])))
            return true;
    }
    return false;
}

/* Every "DELETE FROM x" of one file; the number of those that are not allowed. */
static int forbidden_deletes(struct str text, const char *path)
{
    static const struct str word = { "DELETE FROM ", 12 };
    int found = 0;
    ptrdiff_t at;

    while ((at = str_find(text, word)) >= 0) {
        text = str_sub(text, (size_t)at + word.n, text.n);
        if (is_allowed(text))
            continue;
        print_error("%s: DELETE FROM " STR_FMT "\n", path, STR_ARG(str_sub(text, 0, 30)));
        found++;
    }
    return found;
}

static int look_into(struct arena *arena, const char *folder, int *ret_files)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int found = 0;

    while (dir && (entry = readdir(dir))) {
        const char *path =
            arena_cstr(arena, arena_fmt(arena, "%s/%s", folder, entry->d_name));

        if (!str_ends(str_of(path), STR(".def")))
            continue;
        found += forbidden_deletes(fixture_read_file(arena, path), path);
        ++*ret_files;
    }
    if (dir)
        closedir(dir);
    return found;
}

static void no_statement_deletes_what_people_wrote_or_did(void **state)
{
    static const char *const folders[] = { "src/admin",    "src/event", "src/job",
                                           "src/dialogue", "src/desk",  "src/insight",
                                           "src/api",      "src/db" };
    int found = 0, files = 0;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        found += look_into(&f.arena, folders[i], &files);
    assert_int_equal(found, 0);
    assert_true(files >= 8); /* it did look */
    assert_int_equal(forbidden_deletes(STR("\"DELETE FROM message\""), "control"), 1);
}

static void no_column_is_a_floating_point_number(void **state)
{
    static const char *const floats[] = { " REAL", " DOUBLE", " FLOAT", " NUMERIC" };
    struct str schema;
    FIXTURE(f);

    (void)state;
    schema = fixture_read_file(&f.arena, "schema/0001_spine.sql");
    assert_true(schema.n > 1000);
    for (size_t i = 0; i < COUNT_OF(floats); i++)
        assert_true(str_find(schema, str_of(floats[i])) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_statement_deletes_what_people_wrote_or_did),
        cmocka_unit_test(no_column_is_a_floating_point_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
