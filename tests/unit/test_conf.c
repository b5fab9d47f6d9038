/* test_conf.c - settings from four places. */
#include <unistd.h>

#include "fixture.h"

#include "base/strbuf.h"
#include "conf/conf.h"

/* A data folder of its own for each test, with or without a file. */
struct spot {
    char folder[32];
    struct str file;
    struct conf_sources sources;
    struct conf conf;
};

static void spot_begin(struct spot *p, struct fixture *f, struct str text)
{
    FILE *file;

    *p = (struct spot){ .folder = "/tmp/draht-conf-XXXXXX" };
    assert_non_null(mkdtemp(p->folder));
    p->file = arena_fmt(&f->arena, "%s/draht.conf", p->folder);
    p->sources.flags[0] = (struct conf_flag){ STR("data"), str_of(p->folder) };
    p->sources.flag_count = 1;
    if (!text.p)
        return;
    file = fopen(p->file.p, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    fclose(file);
}

static void spot_end(struct spot *p)
{
    unlink(p->file.p);
    rmdir(p->folder);
}

#define SPOT(name, f, text)                                                              \
    CLEANUP(spot_end) struct spot name;                                                  \
    spot_begin(&name, &(f), (text))

static const struct str no_file = { NULL, 0 };

static void flag(struct spot *p, struct str name, const char *value)
{
    p->sources.flags[p->sources.flag_count++] = (struct conf_flag){ name, str_of(value) };
}

static void load(struct fixture *f, struct spot *p)
{
    if (conf_load(&f->op, &p->sources, &p->conf) < 0)
        fail_msg(STR_FMT, STR_ARG(f->op.err.text));
}

static void check_refused(struct fixture *f, struct spot *p, const char *text)
{
    p->conf.workers = 77;
    assert_int_equal(conf_load(&f->op, &p->sources, &p->conf), ERR_INVALID);
    CHECK_STR(f->op.err.text, text);
    assert_int_equal(p->conf.workers, 77);
}

static void without_any_source_the_defaults_hold(void **state)
{
    struct conf_sources none = { .flag_count = 0 };
    struct conf conf;
    FIXTURE(f);

    (void)state;
    assert_int_equal(conf_load(&f.op, &none, &conf), 0);
    CHECK_STR(conf.data, "./draht-data");
    CHECK_STR(conf.listen.host, "127.0.0.1");
    assert_int_equal(conf.listen.port, 8080);
    CHECK_STR(conf.db, "sqlite:./draht-data/draht.db");
    CHECK_STR(conf.key_file, "./draht-data/key");
    CHECK_STR(conf.public_url, "");
    assert_int_equal(conf.workers, 4);
    assert_int_equal(conf.log_level, LOG_INFO);
    assert_int_equal(conf.allow_host.count, 0);
    assert_int_equal(conf.clock, 0);
}

static void a_higher_source_wins(void **state)
{
    const char *environment[] = {
        "HOME=/",        "DRAHT_WORKERS=7",    "DRAHT_LOG_LEVEL=error",
        "DRAHT_LISTEN=", "DRAHT_BIN=whatever", NULL
    };
    FIXTURE(f);
    SPOT(p, f,
         STR("# a comment\n\n workers = 3 \r\nlog_level=debug\n"
             "listen = [::1]:81\n"));

    (void)state;
    load(&f, &p);
    assert_int_equal(p.conf.workers, 3);
    assert_int_equal(p.conf.log_level, LOG_DEBUG);
    CHECK_STR(p.conf.listen.host, "::1");
    p.sources.environment = environment;
    load(&f, &p);
    assert_int_equal(p.conf.workers, 7);
    assert_int_equal(p.conf.log_level, LOG_ERROR);
    assert_int_equal(p.conf.listen.port, 81); /* set to nothing is not set */
    flag(&p, STR("workers"), "9");
    flag(&p, STR("workers"), "10");
    load(&f, &p);
    assert_int_equal(p.conf.workers, 10);
}

static void a_list_replaces_the_one_below_it(void **state)
{
    const char *environment[] = { "DRAHT_ALLOW_HOST=c", NULL };
    FIXTURE(f);
    SPOT(p, f, STR("allow_host = a, b\n"));

    (void)state;
    load(&f, &p);
    assert_int_equal(p.conf.allow_host.count, 2);
    CHECK_STR(p.conf.allow_host.items[0], "a");
    CHECK_STR(p.conf.allow_host.items[1], "b");
    p.sources.environment = environment;
    load(&f, &p);
    assert_int_equal(p.conf.allow_host.count, 1);
    flag(&p, STR("allow_host"), "127.0.0.1");
    flag(&p, STR("allow_host"), "::1 localhost");
    load(&f, &p);
    assert_int_equal(p.conf.allow_host.count, 3);
    CHECK_STR(p.conf.allow_host.items[2], "localhost");
}

static const struct {
    const char *name, *value;
    bool right;
} values[] = {
    { "listen", "0.0.0.0:0", true },
    { "listen", "localhost:65535", true },
    { "listen", "[::]:80", true },
    { "listen", "localhost:65536", false },
    { "listen", "localhost", false },
    { "listen", "localhost:", false },
    { "listen", ":80", false },
    { "listen", "::1:80", false },
    { "listen", "[]:80", false },
    { "listen", "local host:80", false },
    { "listen", "localhost:-1", false },
    { "lease_seconds", "1", false },
    { "lease_seconds", "2", true },
    { "lease_seconds", "600", true },
    { "lease_seconds", "601", false },
    { "db_standbys", "0", true },
    { "db_standbys", "8", true },
    { "db_standbys", "9", false },
    { "workers", "1", true },
    { "workers", "64", true },
    { "workers", "0", false },
    { "workers", "65", false },
    { "workers", "two", false },
    { "workers", "", false },
    { "log_level", "debug", true },
    { "log_level", "DEBUG", false },
    { "db", "", true },
    { "db", "sqlite", true },
    { "db", "sqlite::memory:", true },
    { "db", "postgres://u@h/d", true },
    { "db", "postgresql:///d?host=/run", true },
    { "db", "sqlite:", false },
    { "db", "mysql://h", false },
    { "public_url", "", true },
    { "public_url", "https://dialog.example/", true },
    { "public_url", "http://h:8080/draht", true },
    { "public_url", "dialog.example", false },
    { "public_url", "https://", false },
    { "public_url", "https:///x", false },
    { "public_url", "ftp://h", false },
    { "public_url", "https://h/?x", false },
    { "public_url", "https://h/ x", false },
    { "clock", "2026-11-02T08:00:00Z", true },
    { "clock", "yesterday", false },
    { "data", "", false },
    { "allow_host", "", true },
    { "allow_host", "a\nb", false },
    { "key_file", "\xff", false },
};

static void every_value_is_checked_by_its_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        FIXTURE(f);
        struct conf_sources sources = { .flag_count = 1 };
        struct conf conf;
        int r;

        sources.flags[0] =
            (struct conf_flag){ str_of(values[i].name), str_of(values[i].value) };
        r = conf_load(&f.op, &sources, &conf);
        if ((r == 0) != values[i].right)
            fail_msg("%s = \"%s\"", values[i].name, values[i].value);
    }
}

static void what_was_read_is_made_plain(void **state)
{
    FIXTURE(f);
    SPOT(p, f, no_file);

    (void)state;
    flag(&p, STR("public_url"), "https://dialog.example/draht//");
    flag(&p, STR("data"), "/srv/draht/");
    flag(&p, STR("clock"), "2026-11-02T08:00:00Z");
    load(&f, &p);
    CHECK_STR(p.conf.public_url, "https://dialog.example/draht");
    CHECK_STR(p.conf.data, "/srv/draht");
    CHECK_STR(p.conf.db, "sqlite:/srv/draht/draht.db");
    assert_int_equal(p.conf.clock, FIXTURE_NOW);
}

static void a_mistake_is_named_with_its_place(void **state)
{
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        { { "lisen = x\n", 10 }, "line 1: there is no setting \"lisen\"" },
        { { "#\n\nworkers\n", 11 }, "line 3: \"name = value\" was expected" },
        { { "workers=1\nworkers=2", 19 }, "line 2: workers is set twice" },
        { { "workers=99", 10 }, "line 1: \"99\" is not a number from 1 to 64" },
        { { "clock=x", 7 }, "line 1: there is no setting \"clock\"" },
        { { "key_file=a\0b", 12 },
          "line 1: the value is not valid text without control characters" },
        { { "db=postgre://u:secret@h", 23 },
          "line 1: the value is not sqlite, sqlite:PATH or postgres://..." },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        SPOT(p, f, cases[i].text);

        check_refused(
            &f, &p,
            arena_fmt(&f.arena, STR_FMT " %s", STR_ARG(p.file), cases[i].message).p);
    }
}

static void the_file_of_the_data_folder_cannot_move_it(void **state)
{
    FIXTURE(f);
    SPOT(p, f, STR("data = /elsewhere\n"));

    (void)state;
    check_refused(&f, &p,
                  arena_fmt(&f.arena,
                            STR_FMT
                            " lies in the data folder and cannot name another one",
                            STR_ARG(p.file))
                      .p);
    p.sources.file = p.file; /* named, it may; but the flag still wins */
    load(&f, &p);
    CHECK_STR(p.conf.data, p.folder);
    p.sources.flag_count = 0;
    load(&f, &p);
    CHECK_STR(p.conf.data, "/elsewhere");
}

static void a_named_file_must_be_there(void **state)
{
    const char *environment[] = { "DRAHT_CONFIG=/nowhere/a.conf", NULL };
    FIXTURE(f);
    SPOT(p, f, no_file);

    (void)state;
    load(&f, &p);
    p.sources.environment = environment;
    check_refused(&f, &p,
                  "the file /nowhere/a.conf cannot be read: No such file or directory");
}

static void ceilings_hold_and_one_past_them_fails(void **state)
{
    FIXTURE(f);
    struct strbuf b = STRBUF(&f.arena);

    (void)state;
    for (int i = 0; i < CONF_MAX_FILE; i++)
        strbuf_char(&b, '#');
    {
        SPOT(p, f, strbuf_str(&b));
        load(&f, &p);
    }
    strbuf_char(&b, '#');
    {
        SPOT(p, f, strbuf_str(&b));
        check_refused(&f, &p,
                      arena_fmt(&f.arena,
                                "the file " STR_FMT " is larger than 65536 bytes",
                                STR_ARG(p.file))
                          .p);
    }
    SPOT(p, f, no_file);
    b.n = 0;
    for (int i = 0; i < CONF_MAX_VALUE; i++)
        strbuf_char(&b, 'x');
    flag(&p, STR("key_file"), arena_cstr(&f.arena, strbuf_str(&b)));
    load(&f, &p);
    strbuf_char(&b, 'x');
    flag(&p, STR("key_file"), arena_cstr(&f.arena, strbuf_str(&b)));
    check_refused(&f, &p, "--key-file: the value is longer than 2048 bytes");
    p.sources.flag_count = 1;
    for (int i = 0; i < CONF_MAX_LIST; i++)
        flag(&p, STR("allow_host"), "h");
    load(&f, &p);
    assert_int_equal(p.conf.allow_host.count, CONF_MAX_LIST);
    flag(&p, STR("allow_host"), "h");
    assert_int_equal(conf_load(&f.op, &p.sources, &p.conf), ERR_INVALID);
}

static void certificate_and_key_belong_together(void **state)
{
    FIXTURE(f);
    SPOT(p, f, no_file);

    (void)state;
    flag(&p, STR("tls_certificate"), "a.pem");
    check_refused(&f, &p,
                  "tls_certificate and tls_key belong together: tls_key is missing");
    flag(&p, STR("tls_key"), "b.pem");
    load(&f, &p);
    CHECK_STR(p.conf.tls_key, "b.pem");
}

static void flags_are_taken_and_the_rest_keeps_its_order(void **state)
{
    const char *argv[] = { "draht",        "serve",  "--listen=[::1]:80",
                           "--demo",       "--data", "d",
                           "--config",     "c",      "x=y",
                           "--allow-host", "a",      "--",
                           "--data",       "z",      NULL };
    struct conf_sources sources = { .flag_count = 0 };
    size_t count = 0;
    FIXTURE(f);

    (void)state;
    assert_int_equal(conf_take_flags(&f.op, argv, 14, &sources, &count), 0);
    assert_int_equal(count, 7);
    assert_string_equal(argv[0], "draht");
    assert_string_equal(argv[1], "serve");
    assert_string_equal(argv[2], "--demo");
    assert_string_equal(argv[3], "x=y");
    assert_string_equal(argv[4], "--");
    assert_string_equal(argv[6], "z");
    assert_int_equal(sources.flag_count, 3);
    CHECK_STR(sources.flags[0].name, "listen");
    CHECK_STR(sources.flags[0].value, "[::1]:80");
    CHECK_STR(sources.flags[1].value, "d");
    CHECK_STR(sources.flags[2].name, "allow_host");
    CHECK_STR(sources.file, "c");
}

static void a_flag_without_its_value_is_refused(void **state)
{
    const char *argv[] = { "draht", "serve", "--listen", NULL };
    struct conf_sources sources = { .flag_count = 0 };
    size_t count = 42;
    FIXTURE(f);

    (void)state;
    assert_int_equal(conf_take_flags(&f.op, argv, 3, &sources, &count), ERR_INVALID);
    CHECK_STR(f.op.err.text, "--listen needs a value");
    assert_int_equal(count, 42);
}

static void too_many_flags_are_refused(void **state)
{
    const char *argv[2 + CONF_MAX_FLAGS];
    struct conf_sources sources = { .flag_count = 0 };
    size_t count;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(argv); i++)
        argv[i] = "--workers=2";
    assert_int_equal(conf_take_flags(&f.op, argv, COUNT_OF(argv) - 1, &sources, &count),
                     0);
    sources.flag_count = 0;
    assert_int_equal(conf_take_flags(&f.op, argv, COUNT_OF(argv), &sources, &count),
                     ERR_INVALID);
}

static const struct conf_line *line_of(const struct conf_line *lines, size_t count,
                                       const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i].name, name) == 0)
            return &lines[i];
    }
    return NULL;
}

static void the_description_says_where_a_value_comes_from(void **state)
{
    struct conf_line *lines;
    size_t count;
    FIXTURE(f);
    SPOT(p, f, STR("\nworkers = 3\n"));

    (void)state;
    flag(&p, STR("db"), "postgres://u:pass:w@rd@h/d?password=x");
    load(&f, &p);
    lines = conf_describe(&f.arena, &p.conf, &count);
    assert_int_equal(count, CONF_KEYS - 1);
    assert_null(line_of(lines, count, "clock"));
    for (size_t i = 0; i < count; i++)
        assert_true(strlen(lines[i].help) > 20);
    CHECK_STR(line_of(lines, count, "listen")->origin, "default");
    CHECK_STR(line_of(lines, count, "workers")->value, "3");
    assert_true(
        str_ends(line_of(lines, count, "workers")->origin, STR("/draht.conf line 2")));
    CHECK_STR(line_of(lines, count, "db")->value, "postgres://u:***@h/d?***");
    CHECK_STR(line_of(lines, count, "db")->origin, "--db");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_any_source_the_defaults_hold),
        cmocka_unit_test(a_higher_source_wins),
        cmocka_unit_test(a_list_replaces_the_one_below_it),
        cmocka_unit_test(every_value_is_checked_by_its_type),
        cmocka_unit_test(what_was_read_is_made_plain),
        cmocka_unit_test(a_mistake_is_named_with_its_place),
        cmocka_unit_test(the_file_of_the_data_folder_cannot_move_it),
        cmocka_unit_test(a_named_file_must_be_there),
        cmocka_unit_test(ceilings_hold_and_one_past_them_fails),
        cmocka_unit_test(certificate_and_key_belong_together),
        cmocka_unit_test(flags_are_taken_and_the_rest_keeps_its_order),
        cmocka_unit_test(a_flag_without_its_value_is_refused),
        cmocka_unit_test(too_many_flags_are_refused),
        cmocka_unit_test(the_description_says_where_a_value_comes_from),
    };

    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
