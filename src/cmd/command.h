/* command.h - what one call of the program does.
 *
 * TO ADD A COMMAND: (1) cmd_<name>.c with a `const struct command`, (2) one line in
 * commands[] in cmd.c, (3) one line in meson.build, (4) docs/operate.md.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "admin/secret.h"
#include "base/json.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "conf/conf.h"
#include "db/store.h"
#include "net/client.h"
#include "net/wire.h"

/* The world of one process, built by world_open() and taken apart by world_close(). */
struct process {
    struct world world;
    struct clock clock;
    struct random_source random;
    struct ids ids;
    struct secret_key key;
    struct gate gate;
    struct http_client_curl http;
    struct wire_dialer dialer;
    struct store *store;
    _Atomic int64_t ends_at;
    struct runner *runner; /* of `draht serve`; NULL elsewhere */
};

/* Folder, key, store. The clock is the store's when that is virtual. */
int process_open(struct op *op, const struct conf *conf, unsigned readers,
                 struct process *ret) MUST_CHECK;
void process_close(struct process *process);

/* The data folder is there, or is made. */
int process_folder(struct op *op, const struct conf *conf) MUST_CHECK;

/* A call: what is left of the command line after the settings. */
struct call {
    const struct conf *conf;
    struct process *process; /* NULL for commands without a store */
    struct str words[16];    /* arguments that are no options */
    size_t word_count;
    struct {
        struct str name, value;
    } options[32];
    size_t option_count;
    bool json;
    struct json_writer *out; /* with --json: the answer goes here */
    bool whole;              /* what `out` says is worth printing even on failure */
};

enum command_store { COMMAND_NO_STORE, COMMAND_STORE, COMMAND_OWN_STORE };

struct command {
    const char *name;  /* "user add": one or two words */
    const char *usage; /* what follows the name */
    const char *help;
    const char *options; /* names that it knows, one space between: "name role" */
    const char *flags;   /* options without a value: "password-stdin" */
    enum command_store store;
    int (*run)(struct op *op, struct call *call);
};

extern const struct command *const commands[]; /* ends with NULL */

struct str call_option(const struct call *call, const char *name); /* empty: not given */
bool call_flag(const struct call *call, const char *name);

/* Sets op->workspace to the one that --workspace names, else the first. */
int call_workspace(struct op *op, const struct call *call) MUST_CHECK;

/* A line from standard input, without its end; typed unseen on a terminal. */
int read_secret_line(struct op *op, const char *prompt, struct str *ret) MUST_CHECK;

/* Wrong use of a command: exit status 2. */
int call_misused(struct op *op, const char *fmt, ...) PRINTF(2, 3);

/* The whole program; the exit status. */
int command_main(int argc, const char **argv, const char *const *environment);

#endif
