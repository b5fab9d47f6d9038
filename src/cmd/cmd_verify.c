/* cmd_verify.c - draht verify: chains, state tables, books.
 *
 * Reads everything and changes nothing. First: are the files of the database sound? Then
 * four questions for each workspace: is the log unbroken, does it explain every row, are
 * the words and files what was kept, do the books balance.
 */
#include "cmd/command.h"

#include <unistd.h>

#include "admin/account.h"
#include "admin/department.h"
#include "admin/role.h"
#include "admin/word_list.h"
#include "admin/workspace.h"
#include "db/wal.h"
#include "desk/clocks.h"
#include "dialogue/channel.h"
#include "dialogue/check_back.h"
#include "dialogue/digest.h"
#include "dialogue/moderation.h"
#include "dialogue/outbox.h"
#include "dialogue/person.h"
#include "dialogue/restraint.h"
#include "dialogue/status_link.h"
#include "dialogue/thread.h"
#include "dialogue/verdict.h"
#include "dialogue/webhook.h"
#include "event/event.h"
#include "insight/metric.h"
#include "page/report.h"
#include "page/site.h"

static const struct record *const records[] = {
    &workspace_record,   &word_list_record, &role_record,         &account_record,
    &department_record,  &channel_record,   &person_record,       &profile_record,
    &thread_record,      &message_record,   &conversation_record, &check_back_record,
    &wait_record,        &segment_record,   &outbox_record,       &moderation_record,
    &status_link_record, &site_record,      &channel_site_record, &page_report_record,
    &verdict_record,     &webhook_record,   &restraint_record,
};

static int say(struct op *op, const struct call *call, struct str what)
{
    (void)op;
    if (!call->json)
        printf("workspace %lld: " STR_FMT "\n", (long long)op->workspace, STR_ARG(what));
    return 0;
}

static int verify_chain(struct op *op, const struct call *call)
{
    int64_t count, seq;
    struct str why;
    int r = event_verify(op, &count, &seq, &why);

    if (r < 0)
        return r;
    if (r == EVENT_BROKEN)
        return op_fail(op, ERR_INTERNAL,
                       "the log of workspace %lld is broken at event %lld: " STR_FMT,
                       (long long)op->workspace, (long long)seq, STR_ARG(why));
    return say(op, call, arena_fmt(op->arena, "%lld events, unbroken", (long long)count));
}

static int verify_tables(struct op *op, const struct call *call)
{
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        int64_t count;
        struct str why;
        int r = record_verify(op, records[i], &count, &why);

        if (r < 0)
            return r;
        if (r == RECORD_DIFFERS)
            return op_fail(op, ERR_INTERNAL,
                           "the log of workspace %lld tells another story: " STR_FMT,
                           (long long)op->workspace, STR_ARG(why));
        say(op, call,
            arena_fmt(op->arena, "%lld rows of %s as the log says", (long long)count,
                      records[i]->table));
    }
    return 0;
}

static int verify_bytes(struct op *op, const struct call *call)
{
    int64_t count;
    struct str why;
    int r = digest_verify(op, &count, &why);

    if (r < 0)
        return r;
    if (r == DIGEST_DIFFERS)
        return op_fail(op, ERR_INTERNAL,
                       "bytes of workspace %lld have changed on the disk: " STR_FMT,
                       (long long)op->workspace, STR_ARG(why));
    return say(
        op, call,
        arena_fmt(op->arena, "%lld texts and files as they were kept", (long long)count));
}

/* Commits that a damaged write-ahead log has cut off are in no table any more. */
static int verify_log(struct op *op)
{
    struct str aside, url = store_url(op->world->store);

    if (store_is_postgres(op->world->store) || str_is(url, "sqlite::memory:"))
        return 0;
    aside = wal_damaged_name(op->arena, str_sub(url, strlen("sqlite:"), url.n));
    if (access(aside.p, F_OK) < 0)
        return 0;
    return op_fail(
        op, ERR_INTERNAL,
        "the last commits before a start are lost, the disk has changed them: " STR_FMT
        " keeps what was there; remove it when that was dealt with",
        STR_ARG(aside));
}

static int verify_engine(struct op *op)
{
    struct str words;
    int r = verify_log(op);

    if (r >= 0)
        r = db_damage(op, &words);

    if (r < 0 || str_is(words, "ok"))
        return r < 0 ? r : 0;
    return op_fail(op, ERR_INTERNAL,
                   "the files of the database are damaged (" STR_FMT
                   "): restore the newest backup",
                   STR_ARG(words));
}

static int verify_books(struct op *op, const struct call *call)
{
    const struct metric *books = metric_by_slug(STR("books_balance"));
    struct observations set;
    int r = books->load(op, books, 0, op->now + 1, &set);

    if (r < 0)
        return r;
    if (set.received != (int64_t)set.count)
        return op_fail(op, ERR_INTERNAL,
                       "the books of workspace %lld do not balance: %lld received, "
                       "%zu accounted for",
                       (long long)op->workspace, (long long)set.received, set.count);
    return say(op, call,
               arena_fmt(op->arena, "%lld conversations, the books balance",
                         (long long)set.received));
}

static int verify_all(struct op *op, void *ctx)
{
    struct call *call = ctx;
    int64_t after = 0, workspaces = 0;
    int r = verify_engine(op);

    if (r < 0)
        return r;
    while ((r = workspace_next(op, after, &op->workspace)) == 0) {
        after = op->workspace;
        workspaces++;
        r = verify_chain(op, call);
        if (r >= 0)
            r = verify_tables(op, call);
        if (r >= 0)
            r = verify_bytes(op, call);
        if (r >= 0)
            r = verify_books(op, call);
        if (r < 0)
            return r;
    }
    if (r < 0)
        return r;
    if (call->json) {
        json_put_bool(call->out, "ok", true);
        json_put_int(call->out, "workspaces", workspaces);
    }
    return 0;
}

static int verify(struct op *op, struct call *call)
{
    return store_read(op, verify_all, call);
}

const struct command command_verify = {
    .name = "verify",
    .usage = "",
    .help =
        "Check the files, the log's chain, the tables against the log, words and files "
        "against their digests, and the books.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = verify,
};
