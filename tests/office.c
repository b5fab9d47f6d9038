/* office.c - the interface without a network. */
#include "office.h"

#include "admin/link.h"

static int make_link(struct op *op, void *ctx)
{
    op->workspace = 0;
    return link_new(op, "setup", 0, ctx);
}

void office_begin(struct office *o, enum fixture_engine engine)
{
    struct api_config config = { .world = &o->f.world, .version = STR("test") };
    struct str token;

    memset(o, 0, sizeof(*o));
    fixture_begin_on(&o->f, engine);
    random_fill(&o->f.op, o->key.bytes, sizeof(o->key.bytes));
    o->f.world.key = &o->key;
    CHECK_OK(&o->f, api_server_new(&o->f.op, &config, &o->api));
    CHECK_OK(&o->f, store_write(&o->f.op, make_link, &token));
    assert_int_equal(ask_fmt(o, &o->admin, "POST", "/api/v1/setup",
                             "{\"token\":\"" STR_FMT "\",\"workspace_name\":\"Laden\","
                             "\"email\":\"Ada@Example.org\",\"name\":\"Ada\","
                             "\"password\":\"" OFFICE_PASSWORD "\",\"language\":\"de\","
                             "\"time_zone\":\"Europe/Berlin\"}",
                             STR_ARG(token)),
                     201);
    o->admin.csrf = seen_text(o, "csrf_token");
}

void office_end(struct office *o)
{
    if (o->f.store)
        store_close(TAKE(o->f.store));
    api_server_free(o->api);
    fixture_end(&o->f);
}

static void add(struct office *o, struct http_request *rq, const char *name,
                struct str value)
{
    if (value.p)
        http_add(&o->f.arena, &rq->headers, str_of(name), value);
}

static void remember(struct office *o, struct caller *who)
{
    struct str set = http_field(&o->answer.headers, "Set-Cookie"), rest;

    if (!set.p)
        return;
    who->cookie = str_cut(set, ';', &rest);
    if (str_ends(who->cookie, STR("=")))
        who->cookie = (struct str){ 0 };
}

int ask(struct office *o, struct caller *who, const char *method, const char *path,
        const char *body)
{
    struct arena *arena = &o->f.arena;
    struct caller nobody = { 0 };
    struct http_request rq = { .method = str_of(method),
                               .target = str_of(path),
                               .host = STR("draht.test"),
                               .remote = STR("192.0.2.1"),
                               .minor = 1 };

    who = who ? who : &nobody;
    rq.path = str_cut(rq.target, '?', &rq.query);
    rq.body = arena_dup(arena, str_of(body));
    if (who->address.n > 0)
        rq.remote = who->address;
    add(o, &rq, "Cookie", who->cookie);
    add(o, &rq, "X-CSRF-Token", who->csrf);
    if (who->token.p)
        add(o, &rq, "Authorization",
            arena_fmt(arena, "Bearer " STR_FMT, STR_ARG(who->token)));
    if (who->extra[0].p)
        http_add(arena, &rq.headers, who->extra[0], who->extra[1]);
    fixture_next_op(&o->f);
    api_dispatch(o->api, &o->f.op, &rq, &o->answer);
    o->json = NULL;
    if (o->answer.body.n > 0 && o->answer.body.p[0] == '{')
        CHECK_OK(&o->f, json_parse(&o->f.op, o->answer.body, &o->json));
    remember(o, who);
    return o->answer.status;
}

int ask_fmt(struct office *o, struct caller *who, const char *method, const char *path,
            const char *fmt, ...)
{
    struct str body;
    va_list args;

    va_start(args, fmt);
    body = arena_vfmt(&o->f.arena, fmt, args);
    va_end(args);
    return ask(o, who, method, path, arena_cstr(&o->f.arena, body));
}

const struct json *seen(const struct office *o, const char *path)
{
    const struct json *value = o->json;
    struct str rest = str_of(path);

    while (rest.n > 0 && value) {
        struct str step = str_cut(rest, '.', &rest);
        char key[64] = { 0 };
        uint64_t index;
        assert_true(step.n < sizeof(key));
        memcpy(key, step.p, step.n);
        if (value->type != JSON_ARRAY)
            value = json_get(value, key);
        else if (str_to_u64(step, &index) && index < value->count)
            value = &value->items[index];
        else
            value = NULL;
    }
    return value;
}

struct str seen_text(const struct office *o, const char *path)
{
    const struct json *value = seen(o, path);

    if (!value || value->type != JSON_TEXT) {
        print_error("no text %s in %.*s\n", path, (int)o->answer.body.n,
                    o->answer.body.p);
        fail();
    }
    return value->text;
}

bool complains(const struct office *o, const char *field)
{
    const struct json *errors = json_get(o->json, "errors");

    for (size_t i = 0; errors && i < errors->count; i++)
        if (str_is(json_text(&errors->items[i], "field"), field))
            return true;
    return false;
}

int log_in(struct office *o, struct caller *who, const char *email, const char *password)
{
    int status = ask_fmt(o, who, "POST", "/api/v1/sessions",
                         "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);

    if (status == 201 && who)
        who->csrf = seen_text(o, "csrf_token");
    return status;
}

struct caller caller_new(struct office *o, const char *email, const char *role)
{
    struct caller who = { 0 };
    struct str token, path;

    assert_int_equal(ask_fmt(o, &o->admin, "POST", "/api/v1/users",
                             "{\"email\":\"%s\",\"name\":\"%s\",\"role\":\"%s\"}", email,
                             email, role),
                     201);
    (void)str_cut(seen_text(o, "invitation_url"), '=', &token);
    path = arena_fmt(&o->f.arena, "/api/v1/links/" STR_FMT, STR_ARG(token));
    assert_int_equal(ask(o, &who, "POST", arena_cstr(&o->f.arena, path),
                         "{\"password\":\"" OFFICE_PASSWORD "\"}"),
                     201);
    who.csrf = seen_text(o, "csrf_token");
    return who;
}

struct caller token_of(struct office *o, struct caller *who, const char *scopes)
{
    assert_int_equal(ask_fmt(o, who, "POST", "/api/v1/tokens",
                             "{\"name\":\"Programm\",\"scopes\":%s}", scopes),
                     201);
    return (struct caller){ .token = seen_text(o, "token") };
}
