/* cmd_demo.c - making the demo workspace for `serve --demo`, and draht demo remove. */
#include "cmd/cmd_demo.h"

#include "admin/account.h"
#include "admin/link.h"
#include "admin/password.h"
#include "admin/workspace.h"
#include "db/purge.h"
#include "demo/demo.h"

enum { DEMO_SEED = 1889 }; /* the same persons and words at each start */

struct lookup {
    int64_t workspace_id;
    int found;
};

static int look(struct op *op, void *ctx)
{
    struct lookup *lookup = ctx;

    lookup->found = demo_find(op, &lookup->workspace_id);
    return lookup->found;
}

/* The program ended while it was made: nobody has seen the password either. */
static int forget_begun(struct op *op, void *ctx)
{
    const struct lookup *lookup = ctx;
    struct purged *list;
    size_t count;

    return purge_workspace(op, lookup->workspace_id, &list, &count);
}

/* "kfm4-t7wq-x2ra": 60 bits, without letters that look like others. */
static struct str new_password(struct op *op)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char bytes[12];
    char *text = arena_new(op->arena, char, 15);
    size_t n = 0;

    random_fill(op, bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i && i % 4 == 0)
            text[n++] = '-';
        text[n++] = letters[bytes[i] % 32];
    }
    return (struct str){ text, n };
}

static struct str where(struct op *op, const struct conf *conf)
{
    return str_starts(conf->db, STR("postgres"))
               ? STR("--db URL")
               : arena_fmt(op->arena, "--data " STR_FMT, STR_ARG(conf->data));
}

static struct str address(struct op *op, const struct conf *conf)
{
    if (conf->public_url.n)
        return conf->public_url;
    if (!conf->listen.port) /* any that is free: known when the server listens */
        return STR("the address below");
    return arena_fmt(op->arena, "%s://" STR_FMT ":%lld",
                     conf->tls_certificate.n ? "https" : "http",
                     STR_ARG(conf->listen.host), (long long)conf->listen.port);
}

static void say_logins(struct op *op, const struct conf *conf, struct str password)
{
    struct demo_login login;

    printf("\n  log in at " STR_FMT "\n", STR_ARG(address(op, conf)));
    for (size_t i = 0; demo_login_at(i, &login); i++)
        printf("  %s %s (%s)\n", i ? "         " : "e-mail   ", login.email, login.role);
    printf("  password  " STR_FMT ", the same for all of them; shown this once\n"
           "  remove    draht demo remove " STR_FMT "\n\n",
           STR_ARG(password), STR_ARG(where(op, conf)));
}

static int make(struct op *op, const struct conf *conf)
{
    int64_t begun = clock_monotonic();
    struct str password = new_password(op);
    struct demo_wish wish = { .seed = DEMO_SEED };
    struct demo_result made;
    int r;

    printf("making the demo workspace: 90 days of a bicycle shop ...");
    fflush(stdout);
    r = password_hash(op, password, &wish.password_hash);
    if (r >= 0)
        r = demo_fill(op, &wish, &made);
    if (r < 0) {
        printf("\n");
        return r;
    }
    printf(" %lld messages in %.1f s\n", (long long)made.messages,
           (double)(clock_monotonic() - begun) / 1000);
    say_logins(op, conf, password);
    fflush(stdout);
    return 0;
}

int demo_prepare(struct op *op, const struct conf *conf)
{
    struct demo_login first = { .email = "" };
    struct lookup lookup = { 0 };
    int64_t now = op->now;
    int r = store_read(op, look, &lookup);

    if (r < 0)
        return r;
    op->workspace = 0;
    if (lookup.found == DEMO_BEGUN)
        r = store_write(op, forget_begun, &lookup);
    if (r < 0)
        return r;
    if (lookup.found) {
        r = make(op, conf);
        op->now = now;
        op->workspace = 0;
        return r;
    }
    demo_login_at(0, &first);
    printf("the demo workspace is there already; a forgotten password: "
           "draht user password %s " STR_FMT "\n",
           first.email, STR_ARG(where(op, conf)));
    fflush(stdout);
    return 0;
}

struct removal {
    const struct call *call;
    struct workspace workspace;
    struct purged *tables;
    size_t count;
    struct str setup_token; /* empty: somebody else is still there */
};

/* The one that --workspace names, else the first that is a demo. */
static int find_demo(struct op *op, struct removal *removal)
{
    int64_t after = 0;
    int r;

    if (call_option(removal->call, "workspace").n) {
        r = call_workspace(op, removal->call);
        return r < 0 ? r : workspace_get(op, &removal->workspace);
    }
    while ((r = workspace_next(op, after, &op->workspace)) == 0) {
        after = op->workspace;
        r = workspace_get(op, &removal->workspace);
        if (r < 0 || removal->workspace.is_demo)
            return r;
    }
    return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no demo workspace here");
}

static int remove_all(struct op *op, void *ctx)
{
    struct removal *removal = ctx;
    int r = find_demo(op, removal);

    if (r < 0)
        return r;
    if (!removal->workspace.is_demo)
        return op_fail(op, ERR_CONFLICT,
                       "the workspace " STR_FMT " is no demo: nothing was removed",
                       STR_ARG(removal->workspace.name));
    r = purge_workspace(op, removal->workspace.id, &removal->tables, &removal->count);
    if (r >= 0)
        r = account_any(op);
    if (r != ACCOUNT_NOT_FOUND)
        return r;
    op->workspace = 0;
    return link_new(op, "setup", 0, &removal->setup_token);
}

static void say_removed(const struct removal *removal, bool freed)
{
    int64_t rows = 0;

    for (size_t i = 0; i < removal->count; i++)
        rows += removal->tables[i].rows;
    printf("removed the workspace " STR_FMT ": %lld rows of %zu tables\n",
           STR_ARG(removal->workspace.name), (long long)rows, removal->count);
    if (!freed)
        printf("another process is using the store: the space is freed later\n");
    if (removal->setup_token.n)
        printf("set up your own at /setup?token=" STR_FMT " of the running server, or "
               "start `draht serve`\n",
               STR_ARG(removal->setup_token));
}

static void write_removed(const struct removal *removal, bool freed,
                          struct json_writer *w)
{
    json_put_text(w, "workspace", removal->workspace.slug);
    json_begin_object(w, "removed");
    for (size_t i = 0; i < removal->count; i++)
        json_put_raw(w, arena_cstr(w->buf.arena, removal->tables[i].table),
                     arena_fmt(w->buf.arena, "%lld", (long long)removal->tables[i].rows));
    json_end_object(w);
    json_put_bool(w, "space_freed", freed);
    if (removal->setup_token.n)
        json_put_text(w, "setup_token", removal->setup_token);
}

static int demo_remove(struct op *op, struct call *call)
{
    struct removal removal = { .call = call };
    bool freed;
    int r = store_write(op, remove_all, &removal);

    if (r < 0)
        return r;
    freed = purge_free_space(op, call->process->store) >= 0;
    op->err = (struct err){ 0 };
    if (call->json)
        write_removed(&removal, freed, call->out);
    else
        say_removed(&removal, freed);
    return 0;
}

const struct command command_demo_remove = {
    .name = "demo remove",
    .usage = "",
    .help = "Remove the demo workspace and everything in it, and nothing else.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = demo_remove,
};
