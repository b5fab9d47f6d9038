/* test_db_purge.c - a workspace goes, and takes nothing of its neighbour with it. */
#include "fixture.h"

#include "admin/department.h"
#include "admin/workspace.h"
#include "db/purge.h"
#include "db/search.h"

static void make(struct fixture *f, const char *slug, int64_t *ret)
{
    struct workspace workspace = { .slug = str_of(slug), .name = str_of(slug) };
    struct department department = { .name = STR("Dialog") };

    assert_int_equal(workspace_create(&f->op, &workspace), 0);
    assert_int_equal(department_add(&f->op, &department), 0);
    assert_int_equal(search_put(&f->op, SEARCH_MESSAGE, department.id, STR("draht")), 0);
    *ret = workspace.id;
}

static size_t found(struct fixture *f, int64_t workspace)
{
    const struct str word = STR("draht");
    const struct search_term term = { &word, 1, false };
    const struct search search = {
        .kind = SEARCH_MESSAGE, .terms = &term, .term_count = 1, .limit = 10
    };
    int64_t *ids;
    size_t n = 0;

    f->op.workspace = workspace;
    assert_int_equal(search_find(&f->op, &search, &ids, &n), 0);
    return n;
}

static int64_t rows_of(const struct purged *list, size_t count, const char *table)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(list[i].table, table))
            return list[i].rows;
    }
    return 0;
}

static void a_workspace_goes_from_every_table_and_its_neighbour_stays(void **state)
{
    FIXTURE_BOTH(f);
    int64_t gone, stays;
    struct purged *list;
    size_t count;

    make(&f, "gone", &gone);
    make(&f, "stays", &stays);
    assert_int_equal(purge_workspace(&f.op, gone, &list, &count), 0);
    assert_int_equal(rows_of(list, count, "workspace"), 1);
    assert_int_equal(rows_of(list, count, "department"), 1);
    assert_int_equal(rows_of(list, count, "role"), 7);
    assert_int_equal(rows_of(list, count, "chain"), 1);
    assert_int_equal(rows_of(list, count, "search_entry"), 1);
    assert_int_equal(found(&f, gone), 0);
    assert_int_equal(found(&f, stays), 1);
    assert_int_equal(purge_workspace(&f.op, gone, &list, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(purge_workspace(&f.op, stays, &list, &count), 0);
    assert_int_equal(rows_of(list, count, "department"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_workspace_goes_from_every_table_and_its_neighbour_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
