/* cmd_channel.c - draht channel add, list, verify, poll. */
#include "cmd/rows.h"

#include <errno.h>
#include <unistd.h>

#include "admin/account.h"
#include "base/bytes.h"
#include "base/json.h"
#include "work/work_measure.h"
#include "work/work_poll.h"

enum { SECRET_BYTES = 24, MAX_PASSWORD = 4096 };

struct new_channel {
    const struct call *call;
    struct channel channel;
    struct str secret;
    struct str password; /* empty: none was given yet */
};

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* The first line of a file, without its end. */
static int read_line_of(struct op *op, struct str path, struct str *ret)
{
    CLEANUP(close_file) FILE *file = fopen(arena_cstr(op->arena, path), "re");
    char *line = arena_new(op->arena, char, MAX_PASSWORD + 2);

    if (!file || !fgets(line, MAX_PASSWORD + 2, file))
        return op_fail(op, ERR_NOT_FOUND, "the file " STR_FMT " cannot be read: %s",
                       STR_ARG(path), file ? "it is empty" : strerror(errno));
    *ret = (struct str){ line, strcspn(line, "\r\n") };
    if (ret->n > MAX_PASSWORD)
        return op_fail(op, ERR_INVALID,
                       "the first line of " STR_FMT " is longer than %d bytes",
                       STR_ARG(path), MAX_PASSWORD);
    return 0;
}

/* Never from the command line, which everybody on the machine can read. */
static int read_password(struct op *op, const struct call *call,
                         const struct connector *connector, struct str *ret)
{
    struct str file = call_option(call, "password-file");
    bool piped = call_flag(call, "password-stdin");

    if (!connector->credential)
        return file.n || piped
                   ? op_fail(op, ERR_INVALID, "%s needs no password", connector->network)
                   : 0;
    if (file.n && piped)
        return call_misused(op, "--password-file or --password-stdin, not both");
    if (file.n)
        return read_line_of(op, file, ret);
    if (piped || isatty(STDIN_FILENO))
        return read_secret_line(op, connector->credential, ret);
    return 0;
}

/* As its type wants it. */
static void put_setting(struct op *op, struct json_writer *w,
                        const struct connector *connector, struct str key,
                        struct str value)
{
    const char *name = arena_cstr(op->arena, key);
    const struct setting *setting = connector->settings;
    int64_t number;

    while (setting->name && !str_is(key, setting->name))
        setting++;
    if (setting->name && setting->type == SETTING_BOOL &&
        (str_is(value, "true") || str_is(value, "false")))
        json_put_bool(w, name, str_is(value, "true"));
    else if ((!setting->name || setting->type == SETTING_INT) &&
             str_to_i64(value, &number))
        json_put_int(w, name, number);
    else
        json_put_text(w, name, value);
}

/* --set key=value, several times: an object of the connector's settings. */
static int read_settings(struct op *op, const struct call *call,
                         const struct connector *connector, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct json *settings;
    int r;

    json_begin_object(&w, NULL);
    for (size_t i = 0; i < call->option_count; i++) {
        struct str value, key = str_cut(call->options[i].value, '=', &value);

        if (str_is(call->options[i].name, "set"))
            put_setting(op, &w, connector, key, value);
    }
    json_end_object(&w);
    *ret = json_done(&w);
    r = json_parse(op, *ret, &settings);
    return r < 0 ? r : connector_check_settings(op, connector, settings);
}

static int add_channel(struct op *op, void *ctx)
{
    struct new_channel *new_channel = ctx;
    const struct call *call = new_channel->call;
    const struct connector *connector = connector_by_network(call->words[0]);
    struct str owner = call_option(call, "owner");
    struct account account;
    int r = call_workspace(op, call);

    if (r < 0)
        return r;
    new_channel->channel = (struct channel){
        .network = call->words[0],
        .name = call_option(call, "name"),
        .purpose = call_option(call, "purpose"),
        .kind_name = call_option(call, "kind-name"),
        .mode = call_flag(call, "mode") ? call_option(call, "mode") : STR("dialogue"),
        .created_at = op->now,
    };
    if (owner.n) {
        r = account_by_email(op, owner, &account);
        if (r == ACCOUNT_NOT_FOUND)
            return op_fail(op, ERR_NOT_FOUND, "there is no user " STR_FMT,
                           STR_ARG(owner));
        new_channel->channel.owner_id = account.id;
    }
    if (r >= 0)
        r = read_settings(op, call, connector, &new_channel->channel.settings);
    if (r >= 0)
        r = channel_add(op, &new_channel->channel);
    if (r >= 0 && new_channel->password.n)
        r = connect_keep_credential(op, &new_channel->channel, new_channel->password);
    if (r >= 0)
        r = poll_plan(op, &new_channel->channel);
    if (r >= 0)
        r = measure_plan(op, &new_channel->channel);
    if (r < 0 || !connector->signing_secret)
        return r;
    return secret_put(op, new_channel->channel.id, str_of(connector->signing_secret),
                      new_channel->secret, 0);
}

static void show_new(const struct call *call, const struct new_channel *new_channel,
                     bool signs)
{
    long long id = (long long)new_channel->channel.id;

    if (!call->json) {
        printf("%lld\n", id);
        if (signs)
            printf("signing secret, shown this once: " STR_FMT "\n",
                   STR_ARG(new_channel->secret));
        return;
    }
    json_put_id(call->out, "id", new_channel->channel.id);
    if (signs)
        json_put_text(call->out, "signing_secret", new_channel->secret);
}

static int channel_add_command(struct op *op, struct call *call)
{
    struct new_channel new_channel = { .call = call };
    const struct connector *connector;
    unsigned char bytes[SECRET_BYTES];
    int r;

    if (call->word_count != 1 || call_option(call, "name").n == 0)
        return call_misused(op, "which? draht channel add NETWORK --name NAME");
    connector = connector_by_network(call->words[0]);
    if (!connector)
        return op_fail(op, ERR_NOT_FOUND, "there is no network " STR_FMT,
                       STR_ARG(call->words[0]));
    r = read_password(op, call, connector, &new_channel.password);
    if (r < 0)
        return r;
    random_fill(op, bytes, sizeof(bytes));
    new_channel.secret =
        arena_fmt(op->arena, "whsec_" STR_FMT,
                  STR_ARG(base64_encode(
                      op->arena, (struct str){ (const char *)bytes, sizeof(bytes) })));
    r = store_write(op, add_channel, &new_channel);
    if (r < 0)
        return r;
    show_new(call, &new_channel, connector->signing_secret != NULL);
    return 0;
}

static int list_channels(struct op *op, void *ctx)
{
    struct call *call = ctx;
    struct channel *list;
    struct rows rows;
    size_t count;
    int r = call_workspace(op, call);

    if (r >= 0)
        r = channel_list(op, &list, &count);
    if (r < 0)
        return r;
    rows = rows_begin(call);
    for (size_t i = 0; i < count; i++) {
        row_begin(&rows);
        row_id(&rows, "id", list[i].id);
        row_text(&rows, "network", list[i].network);
        row_text(&rows, "name", list[i].name);
        row_text(&rows, "mode", list[i].mode);
        row_since(&rows, "retired_at", list[i].retired_at, "retired");
        row_end(&rows);
    }
    rows_end(&rows);
    return 0;
}

static int channel_list_command(struct op *op, struct call *call)
{
    return store_read(op, list_channels, call);
}

struct looked_up {
    const struct call *call;
    int64_t id;
    struct connected connected;
};

static int look_up(struct op *op, void *ctx)
{
    struct looked_up *look = ctx;
    struct str why;
    int r = call_workspace(op, look->call);

    if (r >= 0)
        r = connect_channel(op, look->id, &look->connected, &why);
    return r == CONNECT_NONE ? op_fail(op, ERR_NOT_FOUND, STR_FMT, STR_ARG(why)) : r;
}

static int channel_verify(struct op *op, struct call *call)
{
    struct looked_up look = { .call = call };
    struct receipt receipt = { .nowhere = false };
    int r;

    if (call->word_count != 1 || !id_parse(call->words[0], &look.id))
        return call_misused(op, "which? draht channel verify ID");
    r = store_read(op, look_up, &look);
    if (r < 0)
        return r;
    r = look.connected.connector->verify(op, &look.connected.connection, &receipt);
    if (r < 0)
        return r;
    if (r == VERIFY_FAILED)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT, STR_ARG(receipt.reason));
    if (call->json)
        json_put_text(call->out, "message", receipt.reason);
    else
        printf(STR_FMT "\n", STR_ARG(receipt.reason));
    return 0;
}

static int channel_poll(struct op *op, struct call *call)
{
    struct looked_up look = { .call = call };
    struct gap_report gap = { 0 };
    int r;

    if (call->word_count != 1 || !id_parse(call->words[0], &look.id))
        return call_misused(op, "which? draht channel poll ID");
    r = store_read(op, look_up, &look);
    if (r >= 0)
        r = poll_now(op, look.id, &gap);
    if (r < 0)
        return r;
    if (call->json) {
        json_put_int(call->out, "fetched", gap.fetched);
        json_put_int(call->out, "added", gap.added);
        json_put_int(call->out, "missed", gap.missed);
        json_put_int(call->out, "refused", gap.refused);
    } else {
        printf("fetched %lld, new %lld, missed until now %lld, refused %lld\n",
               (long long)gap.fetched, (long long)gap.added, (long long)gap.missed,
               (long long)gap.refused);
    }
    return 0;
}

const struct command command_channel_add = {
    .name = "channel add",
    .usage = "NETWORK --name NAME [--mode dialogue|listen|none] [--owner EMAIL] "
             "[--purpose TEXT] [--kind-name NAME] [--set KEY=VALUE]... "
             "[--password-file FILE | --password-stdin]",
    .help =
        "Connect a channel; prints its id and its signing secret. On a terminal it asks "
        "for the password of a network that needs one.",
    .options = "name mode owner purpose kind-name set password-file",
    .flags = "password-stdin",
    .store = COMMAND_STORE,
    .run = channel_add_command,
};

const struct command command_channel_list = {
    .name = "channel list",
    .usage = "",
    .help = "List the channels.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = channel_list_command,
};

const struct command command_channel_verify = {
    .name = "channel verify",
    .usage = "ID",
    .help = "Ask the network whether the channel can work.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = channel_verify,
};

const struct command command_channel_poll = {
    .name = "channel poll",
    .usage = "ID",
    .help = "Fetch what is new, now; says what was fetched and what had been missed.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = channel_poll,
};
