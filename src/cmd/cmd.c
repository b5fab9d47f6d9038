/* cmd.c - reading the command line, finding the command, saying how it ended.
 *
 * Exit status: 0 it worked, 1 it failed (one line on standard error that says
 * what to do), 2 wrong use.
 */
#include "cmd/command.h"

#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "admin/workspace.h"

enum { EXIT_FAILED = 1, EXIT_MISUSED = 2, MAX_WORDS = 64 };

extern const struct command command_serve, command_config, command_routes;
extern const struct command command_user_add, command_user_list, command_user_password;
extern const struct command command_token_add, command_channel_add, command_channel_list;
extern const struct command command_channel_verify, command_channel_poll;
extern const struct command command_import, command_verify;
extern const struct command command_backup, command_restore, command_doctor;
extern const struct command command_demo_remove, command_evaluate, command_train,
    command_train_own;
#ifdef DRAHT_TEST_HOOKS
extern const struct command command_simulate;
#endif

const struct command *const commands[] = {
    &command_serve,
    &command_user_add,
    &command_user_list,
    &command_user_password,
    &command_token_add,
    &command_channel_add,
    &command_channel_list,
    &command_channel_verify,
    &command_channel_poll,
    &command_import,
    &command_verify,
    &command_backup,
    &command_restore,
    &command_demo_remove,
    &command_doctor,
    &command_evaluate,
    &command_train_own,
    &command_train,
    &command_config,
    &command_routes,
#ifdef DRAHT_TEST_HOOKS
    &command_simulate,
#endif
    NULL,
};

struct str call_option(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->option_count; i++) {
        if (str_is(call->options[i].name, name))
            return call->options[i].value;
    }
    return (struct str){ NULL, 0 };
}

bool call_flag(const struct call *call, const char *name)
{
    return call_option(call, name).p != NULL;
}

/* Marks a failure as wrong use, for the exit status. */
static const char misused[] = "misused";

int call_misused(struct op *op, const char *fmt, ...)
{
    struct str text;
    va_list args;
    int r;

    va_start(args, fmt);
    text = arena_vfmt(op->arena, fmt, args);
    va_end(args);
    r = op_fail(op, ERR_INVALID, STR_FMT, STR_ARG(text));
    op->err.detail = str_of(misused);
    return r;
}

int call_workspace(struct op *op, const struct call *call)
{
    struct str slug = call_option(call, "workspace");
    int r;

    r = slug.n ? workspace_by_slug(op, slug, &op->workspace)
               : workspace_next(op, 0, &op->workspace);
    if (r == WORKSPACE_NONE)
        return op_fail(op, ERR_NOT_FOUND,
                       slug.n ? "there is no workspace " STR_FMT
                              : "there is no workspace yet" STR_FMT
                                ": open the set-up address or run `draht user add`",
                       STR_ARG(slug));
    return r;
}

int read_secret_line(struct op *op, const char *prompt, struct str *ret)
{
    enum { MOST = 4096 };
    char *line = arena_alloc(op->arena, 1, 1, MOST);
    bool terminal = isatty(STDIN_FILENO);
    struct termios before, quiet;
    char *got;

    if (terminal) {
        tcgetattr(STDIN_FILENO, &before);
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        fprintf(stderr, "%s: ", prompt); /* whoever sees it may type at once */
    }
    got = fgets(line, MOST, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (!got)
        return op_fail(op, ERR_INVALID, "nothing came from standard input");
    ret->p = line;
    ret->n = strcspn(line, "\r\n");
    return 0;
}

static bool is_listed(const char *list, struct str name)
{
    struct str rest = str_of(list);

    while (rest.n) {
        if (str_eq(str_cut(rest, ' ', &rest), name))
            return true;
    }
    return false;
}

/* How many words of the name of `command` begin the words; 0: another command. */
static size_t match(const struct command *command, const struct str *words, size_t count)
{
    struct str rest = str_of(command->name);
    size_t n = 0;

    while (rest.n) {
        if (n == count || !str_eq(str_cut(rest, ' ', &rest), words[n]))
            return 0;
        n++;
    }
    return n;
}

static void usage(FILE *out)
{
    fprintf(out, "usage: draht COMMAND [OPTIONS]\n\n");
    for (const struct command *const *c = commands; *c; c++)
        fprintf(out, "  draht %s %s\n      %s\n", (*c)->name, (*c)->usage, (*c)->help);
    fprintf(out, "\nEvery command takes --data DIR or --db URL, --workspace SLUG and "
                 "--json.\n`draht config` lists the settings.\n");
}

static int add_option(struct op *op, struct call *call, struct str name, struct str value)
{
    if (call->option_count == COUNT_OF(call->options))
        return call_misused(op, "too many options");
    call->options[call->option_count].name = name;
    call->options[call->option_count].value = value;
    call->option_count++;
    return 0;
}

/* Options of the command itself; settings were taken before. */
static int take_options(struct op *op, const struct command *command, struct str *args,
                        size_t count, struct call *call)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct str name, value = { NULL, 0 };

        if (!str_starts(args[i], STR("--"))) {
            if (call->word_count == COUNT_OF(call->words))
                return call_misused(op, "too many arguments");
            call->words[call->word_count++] = args[i];
            continue;
        }
        name = str_cut(str_sub(args[i], 2, args[i].n), '=', &value);
        if (str_is(name, "json") || is_listed(command->flags, name)) {
            r = add_option(op, call, name, STR("1"));
            continue;
        }
        if (!str_is(name, "workspace") && !is_listed(command->options, name))
            return call_misused(op, "draht %s knows no --" STR_FMT "; usage: draht %s %s",
                                command->name, STR_ARG(name), command->name,
                                command->usage);
        if (!value.p && ++i == count)
            return call_misused(op, "--" STR_FMT " needs a value", STR_ARG(name));
        r = add_option(op, call, name, value.p ? value : args[i]);
    }
    call->json = call_flag(call, "json");
    return r;
}

static int run_in_process(struct op *op, const struct command *command, struct call *call)
{
    struct process process = { .store = NULL };
    int r;

    if (command->store != COMMAND_STORE)
        return command->run(op, call);
    r = process_open(op, call->conf, 1, &process);
    if (r >= 0) {
        call->process = &process;
        op->actor = (struct actor){ ACTOR_COMMAND, 0 };
        r = command->run(op, call);
    }
    process_close(&process);
    return r;
}

static int run(struct op *op, const struct command *command, struct str *args,
               size_t count, const struct conf *conf)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct call call = { .conf = conf, .out = &w };
    int r = take_options(op, command, args, count, &call);

    if (r < 0)
        return r;
    if (call.json)
        json_begin_object(&w, NULL);
    r = run_in_process(op, command, &call);
    if (!call.json || (r < 0 && !call.whole))
        return r;
    json_end_object(&w);
    printf(STR_FMT "\n", STR_ARG(json_done(&w)));
    return r;
}

static int say_failure(const struct op *op)
{
    fprintf(stderr, "draht: " STR_FMT "\n", STR_ARG(op->err.text));
    if (op->err.detail.p == misused)
        return EXIT_MISUSED;
    if (op->err.detail.n) {
        struct str detail = log_quoted(op->arena, op->err.detail);

        log_line(LOG_DEBUG, op->id, "detail=" STR_FMT, STR_ARG(detail));
    }
    return EXIT_FAILED;
}

static int dispatch(struct op *op, const char **argv, size_t argc,
                    const char *const *environment)
{
    struct conf_sources *sources = arena_new(op->arena, struct conf_sources, 1);
    struct conf *conf = arena_new(op->arena, struct conf, 1);
    struct str words[MAX_WORDS];
    size_t count, n = 0;
    int r;

    sources->environment = environment;
    r = conf_take_flags(op, argv, argc, sources, &count);
    if (r < 0) {
        op->err.detail = str_of(misused);
        return r;
    }
    for (size_t i = 1; i < count && n < MAX_WORDS; i++)
        words[n++] = str_of(argv[i]);
    for (const struct command *const *c = commands; *c; c++) {
        size_t named = match(*c, words, n);

        if (named == 0)
            continue;
        r = conf_load(op, sources, conf);
        if (r < 0)
            return r;
        log_set_level(conf->log_level);
        r = run(op, *c, words + named, n - named, conf);
        return r < 0 ? r : 0;
    }
    return call_misused(op,
                        n ? "there is no command " STR_FMT "; `draht help` lists them"
                          : "which command?" STR_FMT " `draht help` lists them",
                        STR_ARG(n ? words[0] : STR("")));
}

int command_main(int argc, const char **argv, const char *const *environment)
{
    ARENA(arena);
    struct op op = { .arena = &arena, .id = STR("command") };

    signal(SIGPIPE, SIG_IGN);
    umask(077); /* databases and backups are for the owner alone, whatever the folder */
    if (argc == 2 &&
        (str_is(str_of(argv[1]), "help") || str_is(str_of(argv[1]), "--help"))) {
        usage(stdout);
        return 0;
    }
    return dispatch(&op, argv, (size_t)argc, environment) < 0 ? say_failure(&op) : 0;
}
