/* test_api.c - the dispatcher: tables, matching, checking, rights, repeats. */
#include "office.h"

#include "admin/role.h"
#include "base/strbuf.h"

static bool is_public(const struct api_route *route)
{
    return str_starts(str_of(route->pattern), STR("/api/"));
}

static void every_row_says_what_the_dispatcher_needs(void **state)
{
    const struct api_route *route;
    size_t n = 0;

    (void)state;
    for (; (route = api_route_at(n)) != NULL; n++) {
        bool reads = strcmp(route->method, "GET") == 0;
        if (!route->summary || !route->handle || route->mode < API_READ)
            fail_msg("%s %s is not complete", route->method, route->pattern);
        assert_true(route->summary[0] && !strchr(route->summary, '\n'));
        assert_in_range(route->access, API_ANYBODY, API_RIGHT);
        assert_int_equal(route->access == API_RIGHT, route->right != NULL);
        if (route->right && !role_is_right(str_of(route->right)))
            fail_msg("%s is no right", route->right);
        if (route->creates &&
            (route->mode != API_WRITE || strcmp(route->method, "POST") != 0))
            fail_msg("%s %s cannot honour Idempotency-Key", route->method,
                     route->pattern);
        if (reads && route->mode == API_WRITE)
            fail_msg("%s writes on GET", route->pattern);
        if (reads && route->fields)
            fail_msg("%s has a body on GET", route->pattern);
    }
    assert_true(n > 50);
}

static void no_two_rows_have_the_same_address(void **state)
{
    const struct api_route *a, *b;

    (void)state;
    for (size_t i = 0; (a = api_route_at(i)) != NULL; i++)
        for (size_t j = i + 1; (b = api_route_at(j)) != NULL; j++)
            if (strcmp(a->method, b->method) == 0 && strcmp(a->pattern, b->pattern) == 0)
                fail_msg("%s %s is there twice", a->method, a->pattern);
}

/* "/links/{text:token}" and "/links/{token}" both become "/links/{}". */
static struct str shape(struct arena *arena, struct str pattern)
{
    struct strbuf out = STRBUF(arena);
    bool inside = false;

    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (c == '}')
            inside = false;
        if (!inside)
            strbuf_char(&out, c);
        if (c == '{')
            inside = true;
    }
    return strbuf_str(&out);
}

static const char *access_of(const struct api_route *route)
{
    return route->access == API_RIGHT       ? route->right
           : route->access == API_LOGGED_IN ? "login"
                                            : "anybody";
}

/* The access that the matrix expects, or an empty text. */
static struct str expected_access(struct arena *arena, struct str matrix,
                                  const struct api_route *route)
{
    struct str wanted = shape(arena, str_of(route->pattern));

    while (matrix.n > 0) {
        struct str rest, line = str_cut(matrix, '\n', &matrix);
        struct str method = str_cut(line, '\t', &rest);
        struct str pattern = str_cut(rest, '\t', &rest);
        if (str_is(method, route->method) && str_eq(shape(arena, pattern), wanted))
            return str_cut(rest, '\t', &rest);
    }
    return STR("");
}

static void every_route_has_a_row_in_the_authorisation_matrix(void **state)
{
    FIXTURE(f);
    struct str matrix = fixture_read_file(&f.arena, "tests/system/authorisation.tsv");
    const struct api_route *route;
    int wrong = 0;

    (void)state;
    assert_non_null(matrix.p);
    for (size_t i = 0; (route = api_route_at(i)) != NULL; i++) {
        if (!is_public(route))
            continue;
        struct str access = expected_access(&f.arena, matrix, route);
        /* A channel's signature takes the place of a login. */
        if (str_is(access, "signed"))
            access = STR("anybody");
        if (str_is(access, access_of(route)))
            continue;
        /* The right, or the head of the department: the route's own code decides. */
        if (route->access == API_LOGGED_IN && route->allow && role_is_right(access))
            continue;
        print_error("%s %s: the matrix says \"%.*s\", the route \"%s\"\n", route->method,
                    route->pattern, (int)access.n, access.p, access_of(route));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void an_unknown_address_is_404_and_a_wrong_method_405(void **state)
{
    static const char *const nowhere[] = {
        "/api/v1/nowhere",   "/api/v1/users/",   "/api/v1/users/abc",
        "/api/v1//users",    "/api/v1/users/-1", "/api/v1/users/0",
        "/api/v1",           "/nowhere",         "/api/v1/users/99999999999999999999",
        "/api/v1/users/1/2", "/api/v2/users",
    };
    OFFICE(o);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(nowhere); i++) {
        assert_int_equal(ask(&o, &o.admin, "GET", nowhere[i], NULL), 404);
        assert_string_equal(o.answer.content_type, "application/problem+json");
    }
    assert_int_equal(ask(&o, &o.admin, "DELETE", "/api/v1/users", NULL), 405);
    CHECK_STR(http_field(&o.answer.headers, "Allow"), "GET, HEAD, POST");
    assert_int_equal(ask(&o, &o.admin, "HEAD", "/api/v1/users", NULL), 200);
}

static void broken_encodings_are_400(void **state)
{
    static const char *const paths[] = {
        "/api/v1/links/%ff",       "/api/v1/links/%00",   "/api/v1/links/%4",
        "/api/v1/users?limit=%ff", "/api/v1/users?x=%00",
    };
    static const char *const bodies[] = {
        "{\"name\":\"\xff\"}",
        "{\"name\":",
        "{\"name\":\"a\"}x",
        "\xc0\xaf",
    };
    OFFICE(o);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        assert_int_equal(ask(&o, &o.admin, "GET", paths[i], NULL), 400);
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/departments", bodies[i]),
                         400);
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/departments", "[]"), 422);
}

static void each_wrong_field_is_named(void **state)
{
    OFFICE(o);

    (void)state;
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/users",
                         "{\"name\":5,\"role\":null,\"department_ids\":[17],"
                         "\"language\":\"fr\",\"trained\":\"yes\",\"unknown\":1}"),
                     422);
    assert_true(complains(&o, "email"));
    assert_true(complains(&o, "name"));
    assert_true(complains(&o, "role"));
    assert_true(complains(&o, "department_ids"));
    assert_true(complains(&o, "language"));
    assert_true(complains(&o, "trained"));
    assert_false(complains(&o, "unknown"));
    assert_int_equal(
        ask(&o, &o.admin, "POST", "/api/v1/departments", "{\"name\":\"a\\u0000b\"}"),
        422);
    assert_true(complains(&o, "name"));
}

static struct str repeated(struct arena *arena, const char *text, size_t times)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < times; i++)
        strbuf_add(&out, str_of(text));
    strbuf_char(&out, '\0');
    return strbuf_str(&out);
}

static void a_text_may_have_as_many_characters_as_its_ceiling_says(void **state)
{
    OFFICE(o);

    (void)state;
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/departments",
                             "{\"name\":\"%s\"}",
                             repeated(&o.f.arena, "ß", API_MAX_NAME).p),
                     201);
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/departments",
                             "{\"name\":\"%s\"}",
                             repeated(&o.f.arena, "ß", API_MAX_NAME + 1).p),
                     422);
    assert_true(complains(&o, "name"));
    assert_true(str_find(o.answer.body, STR("200")) > 0);
}

static void a_list_may_have_as_many_members_as_its_ceiling_says(void **state)
{
    OFFICE(o);
    const char *many = repeated(&o.f.arena, "\"w\",", 499).p;

    (void)state;
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/word-lists",
                             "{\"kind\":\"thanks\",\"words\":[%s\"x\"]}", many),
                     201);
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/word-lists",
                             "{\"kind\":\"opt_out\",\"words\":[%s\"x\",\"y\"]}", many),
                     422);
    assert_true(complains(&o, "words"));
}

static void a_body_may_have_as_many_bytes_as_its_ceiling_says(void **state)
{
    OFFICE(o);
    const char *head = "{\"name\":\"gross\",\"filler\":\"";
    size_t rest = MIB(1) - strlen(head) - 2;

    (void)state;
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/departments", "%s%s\"}", head,
                             repeated(&o.f.arena, "x", rest).p),
                     201);
    assert_int_equal(ask_fmt(&o, &o.admin, "POST", "/api/v1/departments", "%s%s\"}", head,
                             repeated(&o.f.arena, "x", rest + 1).p),
                     413);
}

static void pages_are_as_long_as_asked_for_and_go_on_where_they_ended(void **state)
{
    static const char *const wrong[] = { "limit=0",  "limit=201", "limit=x",
                                         "limit=-1", "cursor=!!", "cursor=AA" };
    OFFICE_BOTH(o);
    struct str cursor, path;

    for (int i = 0; i < 5; i++)
        assert_int_equal(
            ask_fmt(&o, &o.admin, "POST", "/api/v1/departments", "{\"name\":\"D%d\"}", i),
            201);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/departments?limit=3", NULL), 200);
    assert_int_equal(seen(&o, "items")->count, 3);
    cursor = seen_text(&o, "next_cursor");
    path = arena_fmt(&o.f.arena, "/api/v1/departments?limit=3&cursor=" STR_FMT,
                     STR_ARG(cursor));
    assert_int_equal(ask(&o, &o.admin, "GET", path.p, NULL), 200);
    assert_int_equal(seen(&o, "items")->count, 2);
    CHECK_STR(seen_text(&o, "items.0.name"), "D3");
    assert_int_equal(seen(&o, "next_cursor")->type, JSON_NULL);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        path = arena_fmt(&o.f.arena, "/api/v1/departments?%s", wrong[i]);
        assert_int_equal(ask(&o, &o.admin, "GET", path.p, NULL), 422);
    }
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/departments?limit=200", NULL),
                     200);
}

static void a_missing_right_is_named_in_words(void **state)
{
    OFFICE(o);
    struct caller eva = caller_new(&o, "eva@example.org", "agent");

    (void)state;
    assert_int_equal(ask(&o, &eva, "POST", "/api/v1/departments", "{}"), 403);
    CHECK_STR(seen_text(&o, "detail"),
              "this needs the right settings, to change settings");
    assert_int_equal(ask(&o, &eva, "GET", "/api/v1/departments", NULL), 200);
}

static void a_token_does_what_its_scopes_and_its_owner_may(void **state)
{
    OFFICE_BOTH(o);
    struct caller reader = token_of(&o, &o.admin, "[\"read\",\"users\"]"), child;
    struct caller eva = caller_new(&o, "eva@example.org", "agent");
    struct caller more = token_of(&o, &eva, "[\"read\",\"settings\"]");

    assert_int_equal(ask(&o, &reader, "GET", "/api/v1/users", NULL), 200);
    assert_int_equal(ask(&o, &reader, "POST", "/api/v1/departments", "{}"), 403);
    assert_int_equal(ask(&o, &reader, "GET", "/api/v1/audit", NULL), 403);
    /* No CSRF token is needed, and no cookie is looked at besides. */
    assert_int_equal(ask(&o, &reader, "POST", "/api/v1/users", "{}"), 422);
    reader.cookie = o.admin.cookie;
    assert_int_equal(ask(&o, &reader, "GET", "/api/v1/audit", NULL), 403);
    /* A scope gives nothing that its owner has not. */
    assert_int_equal(ask(&o, &more, "POST", "/api/v1/departments", "{}"), 403);
    /* A token makes none that can do more than itself. */
    assert_int_equal(ask(&o, &reader, "POST", "/api/v1/tokens",
                         "{\"name\":\"x\",\"scopes\":[\"audit\"]}"),
                     422);
    child = token_of(&o, &reader, "[]");
    assert_int_equal(ask(&o, &child, "GET", "/api/v1/audit", NULL), 403);
    assert_int_equal(ask(&o, &child, "GET", "/api/v1/users", NULL), 200);
    assert_int_equal(ask(&o, &reader, "POST", "/api/v1/me/totp", NULL), 403);
    child.token = STR("drt_nonsense");
    assert_int_equal(ask(&o, &child, "GET", "/api/v1/users", NULL), 401);
}

static void a_revoked_token_and_a_disabled_account_are_out_at_once(void **state)
{
    OFFICE_BOTH(o);
    struct caller eva = caller_new(&o, "eva@example.org", "agent");
    struct caller token = token_of(&o, &eva, "[]"), second = token_of(&o, &eva, "[]");
    struct str id, path;

    assert_int_equal(ask(&o, &eva, "GET", "/api/v1/tokens", NULL), 200);
    id = seen_text(&o, "items.0.id");
    path = arena_fmt(&o.f.arena, "/api/v1/tokens/" STR_FMT, STR_ARG(id));
    assert_int_equal(ask(&o, &o.admin, "DELETE", path.p, NULL), 404);
    assert_int_equal(ask(&o, &eva, "DELETE", path.p, NULL), 204);
    assert_int_equal(ask(&o, &token, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(ask(&o, &second, "GET", "/api/v1/me", NULL), 200);
    id = seen_text(&o, "account.id");
    path = arena_fmt(&o.f.arena, "/api/v1/users/" STR_FMT, STR_ARG(id));
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"disabled\":true}"), 200);
    assert_int_equal(ask(&o, &second, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(ask(&o, &eva, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(log_in(&o, NULL, "eva@example.org", OFFICE_PASSWORD), 401);
    /* Coming back brings no old key back. */
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"disabled\":false}"), 200);
    assert_int_equal(ask(&o, &second, "GET", "/api/v1/me", NULL), 401);
    assert_int_equal(log_in(&o, NULL, "eva@example.org", OFFICE_PASSWORD), 201);
}

static void somebody_always_manages_the_users(void **state)
{
    OFFICE_BOTH(o);
    struct str id, path, role = STR("");

    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/me", NULL), 200);
    id = seen_text(&o, "account.id");
    path = arena_fmt(&o.f.arena, "/api/v1/users/" STR_FMT, STR_ARG(id));
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"disabled\":true}"), 409);
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"role\":\"agent\"}"), 409);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/roles", NULL), 200);
    for (size_t i = 0; i < seen(&o, "items")->count; i++)
        if (str_is(json_text(&seen(&o, "items")->items[i], "slug"), "administrator"))
            role = json_text(&seen(&o, "items")->items[i], "id");
    path = arena_fmt(&o.f.arena, "/api/v1/roles/" STR_FMT, STR_ARG(role));
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"rights\":[\"read\"]}"), 409);
    assert_int_equal(ask(&o, &o.admin, "PATCH", path.p, "{\"rights\":[\"fly\"]}"), 422);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/audit", NULL), 200);
}

static void the_same_key_with_the_same_body_does_it_once(void **state)
{
    OFFICE_BOTH(o);
    struct caller who = o.admin, eva = caller_new(&o, "eva@example.org", "manager");
    struct str id, key = STR("schlüssel-1");

    who.extra[0] = eva.extra[0] = STR("Idempotency-Key");
    who.extra[1] = eva.extra[1] = key;
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/departments", "{\"name\":\"A\"}"),
                     201);
    id = seen_text(&o, "id");
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/departments", "{\"name\":\"A\"}"),
                     201);
    assert_true(str_eq(id, seen_text(&o, "id")));
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/departments", "{\"name\":\"B\"}"),
                     409);
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/word-lists",
                         "{\"kind\":\"thanks\","
                         "\"words\":[]}"),
                     409);
    /* Another's key is another key; a failure is not kept. */
    assert_int_equal(ask(&o, &eva, "POST", "/api/v1/departments", "{\"name\":\"A\"}"),
                     409);
    assert_int_equal(ask(&o, &eva, "POST", "/api/v1/departments", "{\"name\":\"C\"}"),
                     201);
    assert_int_equal(
        COUNT(&o.f, "SELECT COUNT(*) FROM department WHERE id > $1", ARG_INT(0)), 2);
    fixture_advance(&o.f, DAYS(1));
    assert_int_equal(log_in(&o, &who, "ada@example.org", OFFICE_PASSWORD), 201);
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/departments", "{\"name\":\"D\"}"),
                     201);
}

static void a_kept_answer_does_not_show_its_secret_in_the_store(void **state)
{
    OFFICE(o);
    struct caller who = o.admin;
    struct str token;

    (void)state;
    who.extra[0] = STR("Idempotency-Key");
    who.extra[1] = STR("k");
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/tokens", "{\"name\":\"x\"}"), 201);
    token = seen_text(&o, "token");
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/tokens", "{\"name\":\"x\"}"), 201);
    assert_true(str_eq(token, seen_text(&o, "token")));
    assert_int_equal(COUNT(&o.f,
                           "SELECT COUNT(*) FROM idempotency WHERE "
                           "body LIKE '%drt_%' OR idempotency_key <> $1",
                           ARG_TEXT(STR("k"))),
                     0);
    who.extra[1] = str_sub(repeated(&o.f.arena, "k", 201), 0, 201);
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/tokens", "{\"name\":\"y\"}"), 422);
    who.extra[1] = str_sub(who.extra[1], 0, 200);
    assert_int_equal(ask(&o, &who, "POST", "/api/v1/tokens", "{\"name\":\"y\"}"), 201);
}

static void what_belongs_to_another_workspace_is_not_there(void **state)
{
    OFFICE_BOTH(o);

    RUN(&o.f,
        "INSERT INTO department (workspace_id, id, name, created_at) "
        "VALUES ($1, 4242, 'fremd', 1)",
        ARG_INT(4711));
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/departments/4242", NULL), 404);
    assert_int_equal(
        ask(&o, &o.admin, "PATCH", "/api/v1/departments/4242", "{\"name\":\"meins\"}"),
        404);
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/departments", NULL), 200);
    assert_int_equal(seen(&o, "items")->count, 0);
}

static void hours_come_back_as_they_were_given(void **state)
{
    OFFICE_BOTH(o);

    assert_int_equal(
        ask(&o, &o.admin, "POST", "/api/v1/departments",
            "{\"name\":\"Nacht\",\"hours\":{\"time_zone\":\"Europe/Berlin\","
            "\"slots\":[{\"weekday\":4,\"from\":\"22:00\",\"until\":\"06:00\"},"
            "{\"weekday\":0,\"from\":\"08:00\",\"until\":\"24:00\"}],"
            "\"holidays\":[\"2026-12-25\"]}}"),
        201);
    CHECK_STR(seen_text(&o, "hours.slots.0.until"), "06:00");
    CHECK_STR(seen_text(&o, "hours.slots.1.until"), "24:00");
    CHECK_STR(seen_text(&o, "hours.holidays.0"), "2026-12-25");
    assert_int_equal(ask(&o, &o.admin, "POST", "/api/v1/departments",
                         "{\"name\":\"x\",\"hours\":{\"time_zone\":\"Europe/Berlin\","
                         "\"slots\":[{\"weekday\":7,\"from\":\"8\",\"until\":\"9\"}]}}"),
                     422);
    assert_true(complains(&o, "hours.slots"));
    assert_int_equal(COUNT(&o.f, "SELECT COUNT(*) FROM department WHERE name = $1",
                           ARG_TEXT(STR("x"))),
                     0);
}

static void figures_by_agent_need_an_administrator_and_a_reason(void **state)
{
    OFFICE(o);
    struct caller boss = caller_new(&o, "boss@example.org", "manager");
    const char *on = "{\"figures_by_agent\":true,\"figures_by_agent_reason\":\"Probe\"}";

    (void)state;
    assert_int_equal(ask(&o, &boss, "PATCH", "/api/v1/workspace", on), 403);
    assert_int_equal(
        ask(&o, &o.admin, "PATCH", "/api/v1/workspace", "{\"figures_by_agent\":true}"),
        422);
    assert_int_equal(ask(&o, &o.admin, "PATCH", "/api/v1/workspace", on), 200);
    assert_int_equal(
        ask(&o, &boss, "PATCH", "/api/v1/workspace", "{\"figures_by_agent\":false}"),
        200);
}

static void words_of_people_stay_out_of_the_log(void **state)
{
    OFFICE_BOTH(o);

    caller_new(&o, "kanarienvogel@example.org", "agent");
    assert_int_equal(ask(&o, &o.admin, "GET", "/api/v1/audit?limit=200", NULL), 200);
    assert_true(seen(&o, "items")->count > 8);
    assert_true(str_find(o.answer.body, STR("account.created")) > 0);
    assert_true(str_find(o.answer.body, STR("kanarienvogel")) < 0);
    assert_true(str_find(o.answer.body, STR("argon2")) < 0);
}

static void the_figures_of_the_machine_are_for_the_machine(void **state)
{
    OFFICE(o);
    struct caller here = { .address = STR("127.0.0.1") }, there = { 0 };
    struct caller token = token_of(&o, &o.admin, "[\"audit\"]");
    struct caller other = token_of(&o, &o.admin, "[\"read\"]");

    (void)state;
    assert_int_equal(ask(&o, NULL, "GET", "/healthz", NULL), 200);
    assert_int_equal(ask(&o, NULL, "GET", "/readyz", NULL), 200);
    assert_int_equal(ask(&o, &here, "GET", "/metrics", NULL), 200);
    assert_true(str_find(o.answer.body, STR("\ndraht_jobs_due 0\n")) > 0);
    assert_int_equal(ask(&o, &there, "GET", "/metrics", NULL), 401);
    assert_int_equal(ask(&o, &token, "GET", "/metrics", NULL), 200);
    assert_int_equal(ask(&o, &other, "GET", "/metrics", NULL), 403);
    here.extra[0] = STR("X-Forwarded-For");
    here.extra[1] = STR("203.0.113.9");
    assert_int_equal(ask(&o, &here, "GET", "/metrics", NULL), 401);
}

static void a_store_that_does_not_answer_is_not_ready(void **state)
{
    OFFICE(o);
    struct db *db;

    (void)state;
    fixture_next_op(&o.f);
    db = o.f.op.db;
    CHECK_OK(&o.f,
             db->driver->exec(&o.f.op, db, "ALTER TABLE workspace RENAME TO elsewhere"));
    assert_int_equal(ask(&o, NULL, "GET", "/healthz", NULL), 200);
    assert_int_equal(ask(&o, NULL, "GET", "/readyz", NULL), 503);
    assert_int_equal(o.answer.retry_after, 1);
    fixture_next_op(&o.f);
    CHECK_OK(&o.f,
             db->driver->exec(&o.f.op, db, "ALTER TABLE elsewhere RENAME TO workspace"));
    assert_int_equal(ask(&o, NULL, "GET", "/readyz", NULL), 200);
}

static void the_description_has_every_route(void **state)
{
    OFFICE(o);
    const struct api_route *route;
    const struct json *paths;
    size_t routes = 0, described = 0;

    (void)state;
    assert_int_equal(ask(&o, NULL, "GET", "/api/v1/openapi.json", NULL), 200);
    CHECK_STR(seen_text(&o, "openapi"), "3.1.0");
    for (size_t i = 0; (route = api_route_at(i)) != NULL; i++)
        routes += is_public(route);
    paths = seen(&o, "paths");
    for (size_t i = 0; i < paths->count; i++)
        described += paths->items[i].count;
    assert_int_equal(described, routes);
    assert_non_null(json_get(json_get(paths, "/api/v1/links/{token}"), "post"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_what_the_dispatcher_needs),
        cmocka_unit_test(no_two_rows_have_the_same_address),
        cmocka_unit_test(every_route_has_a_row_in_the_authorisation_matrix),
        cmocka_unit_test(an_unknown_address_is_404_and_a_wrong_method_405),
        cmocka_unit_test(broken_encodings_are_400),
        cmocka_unit_test(each_wrong_field_is_named),
        cmocka_unit_test(a_text_may_have_as_many_characters_as_its_ceiling_says),
        cmocka_unit_test(a_list_may_have_as_many_members_as_its_ceiling_says),
        cmocka_unit_test(a_body_may_have_as_many_bytes_as_its_ceiling_says),
        BOTH_ENGINES(pages_are_as_long_as_asked_for_and_go_on_where_they_ended),
        cmocka_unit_test(a_missing_right_is_named_in_words),
        BOTH_ENGINES(a_token_does_what_its_scopes_and_its_owner_may),
        BOTH_ENGINES(a_revoked_token_and_a_disabled_account_are_out_at_once),
        BOTH_ENGINES(somebody_always_manages_the_users),
        BOTH_ENGINES(the_same_key_with_the_same_body_does_it_once),
        cmocka_unit_test(a_kept_answer_does_not_show_its_secret_in_the_store),
        BOTH_ENGINES(what_belongs_to_another_workspace_is_not_there),
        BOTH_ENGINES(hours_come_back_as_they_were_given),
        cmocka_unit_test(figures_by_agent_need_an_administrator_and_a_reason),
        BOTH_ENGINES(words_of_people_stay_out_of_the_log),
        cmocka_unit_test(the_figures_of_the_machine_are_for_the_machine),
        cmocka_unit_test(a_store_that_does_not_answer_is_not_ready),
        cmocka_unit_test(the_description_has_every_route),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
