/* cmd_import.c - draht import: a file of inbound items, one JSON object a line; for a
 * mailbox a file of mails.
 *
 * History opens no conversations unless --open is given. A line that is refused
 * is named on standard error and skips nothing else.
 */
#include "cmd/command.h"

#include "channel/email.h"
#include "cmd/import_mail.h"
#include "work/work_intake.h"

enum { BATCH = 200, MAX_LINE = 12 * 1024 * 1024, MAIL_BATCH_BYTES = 8 * 1024 * 1024 };

struct import {
    struct call *call;
    int64_t channel_id;
    struct connected to;
    struct import_mail mails; /* of a mailbox */
    int64_t accepted, duplicates, rejected, line;
};

static int look_up(struct op *op, void *ctx)
{
    struct import *import = ctx;
    struct str why;
    int r = call_workspace(op, import->call);

    if (r >= 0)
        r = connect_channel(op, import->channel_id, &import->to, &why);
    return r == CONNECT_NONE ? op_fail(op, ERR_NOT_FOUND, STR_FMT, STR_ARG(why)) : r;
}

/* What a file of this channel is made of. */
static bool is_mail(const struct import *import)
{
    return import->to.connector == &connector_email;
}

static const char *unit(const struct import *import)
{
    return is_mail(import) ? "mail" : "line";
}

static int take_batch(struct op *op, struct import *import, const struct str *lines,
                      size_t count)
{
    struct intake_batch batch = {
        .to = &import->to,
        .items = lines,
        .count = count,
        .source = "import",
        .open_conversations = call_flag(import->call, "open"),
    };
    struct intake_counts counts = { 0 };
    int r = intake_accept(op, &batch, &counts);

    if (r < 0)
        return r;
    import->accepted += counts.accepted;
    import->duplicates += counts.duplicates;
    import->rejected += (int64_t)counts.rejected_count;
    for (size_t i = 0; i < counts.rejected_count; i++) {
        int64_t line = import->line + (int64_t)counts.rejected[i].index + 1;

        fprintf(stderr, "%s %lld: " STR_FMT "\n", unit(import), (long long)line,
                STR_ARG(counts.rejected[i].reason));
    }
    import->line += (int64_t)count;
    return 0;
}

/* One line without its end, of MAX_LINE bytes at most: no more of a file is ever held.
 * Empty lines count too, so that numbers fit. */
static int read_line(struct op *op, FILE *file, char *buffer, struct str *ret)
{
    size_t n = 0;
    int c;

    while ((c = getc_unlocked(file)) != EOF && c != '\n') {
        if (n == MAX_LINE)
            return op_fail(op, ERR_TOO_LARGE, "a line is longer than %d bytes", MAX_LINE);
        buffer[n++] = (char)c;
    }
    if (ferror(file))
        return op_fail(op, ERR_UNAVAILABLE, "the file cannot be read further");
    if (c == EOF && n == 0)
        return 0;
    *ret = str_trim(arena_dup(op->arena, (struct str){ buffer, n }));
    return 1;
}

static int read_batch(struct op *op, FILE *file, struct str *lines, size_t *ret_count)
{
    char *buffer = must_alloc(MAX_LINE);
    size_t n = 0;
    int r = 1;

    while (n < BATCH && (r = read_line(op, file, buffer, &lines[n])) > 0)
        n++;
    free(buffer);
    *ret_count = n;
    return r < 0 ? r : 0;
}

/* Sets *ret_more when something may be left. */
static int read_mails(struct op *op, struct import *import, struct str *items,
                      size_t *ret_count, bool *ret_more)
{
    size_t n = 0, bytes = 0;
    int r = 1;

    while (n < BATCH && bytes < MAIL_BATCH_BYTES &&
           (r = import_mail_next(op, &import->mails, &items[n])) > 0)
        bytes += items[n++].n;
    *ret_count = n;
    *ret_more = r > 0;
    return r < 0 ? r : 0;
}

static int take_file(struct op *op, struct import *import, FILE *file)
{
    struct str lines[BATCH];
    bool more = false;
    size_t count;
    int r;

    import->mails =
        (struct import_mail){ .file = file, .settings = import->to.connection.settings };

    do {
        ARENA(scratch);
        struct op batch = *op;

        batch.arena = &scratch;
        if (is_mail(import)) {
            r = read_mails(&batch, import, lines, &count, &more);
        } else {
            r = read_batch(&batch, file, lines, &count);
            more = count == BATCH;
        }
        if (r >= 0 && count > 0)
            r = take_batch(&batch, import, lines, count);
        if (r < 0)
            return op_fail(op, batch.err.kind, "after %s %lld: " STR_FMT, unit(import),
                           (long long)import->line, STR_ARG(batch.err.text));
    } while (more);
    return 0;
}

static int import(struct op *op, struct call *call)
{
    struct import import = { .call = call };
    FILE *file;
    int r;

    if (call->word_count != 1 ||
        !id_parse(call_option(call, "channel"), &import.channel_id))
        return call_misused(op, "what? draht import FILE --channel ID");
    r = store_read(op, look_up, &import);
    if (r < 0)
        return r;
    file = fopen(arena_cstr(op->arena, call->words[0]), "re");
    if (!file)
        return op_fail(op, ERR_UNAVAILABLE, "the file " STR_FMT " cannot be read",
                       STR_ARG(call->words[0]));
    r = take_file(op, &import, file);
    fclose(file);
    if (r < 0)
        return r;
    if (call->json) {
        json_put_int(call->out, "accepted", import.accepted);
        json_put_int(call->out, "duplicates", import.duplicates);
        json_put_int(call->out, "rejected", import.rejected);
        call->whole = true;
    } else {
        printf("%lld accepted, %lld duplicates, %lld rejected\n",
               (long long)import.accepted, (long long)import.duplicates,
               (long long)import.rejected);
    }
    return import.rejected
               ? op_fail(op, ERR_INVALID, "%lld %ss were refused; they are named above",
                         (long long)import.rejected, unit(&import))
               : 0;
}

const struct command command_import = {
    .name = "import",
    .usage = "FILE --channel ID [--open]",
    .help = "Take in a file of messages, one JSON object a line, or mails (.eml, mbox) "
            "for a mailbox; "
            "--open lets them open conversations.",
    .options = "channel",
    .flags = "open",
    .store = COMMAND_STORE,
    .run = import,
};
