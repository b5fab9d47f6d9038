/* work_intake.c - from bytes to conversations, in two commits.
 *
 * First everything is kept as it came, in one write; from then on it cannot be lost, not
 * even by a parser that fails. Then each item is understood (outside of any write) and
 * told to the dialogue and the desk, a handful per write, each in a savepoint of its own:
 * one that fails is marked with its reason and harms no neighbour. Whoever is interrupted
 * in between leaves items in the state "received", and the job "intake" of the channel
 * sweeps them (work_sweep.c). Doing one twice is harmless.
 *
 * intake_accept() waits on the caller's thread; intake_begin() does the same as a chain
 * of writes and tasks, so that a thousand senders that wait hold no thread.
 */
#include "work/intake_parts.h"
#include "work/left_out.h"
#include "work/work_alike.h"
#include "work/works.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "channel/form.h"
#include "admin/notice.h"
#include "db/space.h"
#include "desk/desk.h"
#include "dialogue/picture.h"
#include "dialogue/mail_wish.h"
#include "dialogue/status_link.h"

/* How long after the first commit the job looks whether the second came. */
#define SWEEP_MS SECONDS(30)

/* A poll reads some things again on purpose: no sign of life, and not counted. */
static bool is_polled(const struct portion *portion)
{
    return portion->batch && portion->batch->cursor_name;
}

static bool is_from_page(const struct entry *entry)
{
    return str_is(entry->raw.source, "form");
}

/* What was written on a page of ours has our own shape, whatever the network. */
static void parse(struct op *op, const struct connected *to, struct entry *entry)
{
    const struct connector *reader =
        is_from_page(entry) ? &connector_form : to->connector;

    if (entry->parsed || entry->refused.n)
        return;
    entry->parsed = true;
    op->err = (struct err){ 0 };
    if (reader->parse(op, entry->raw.bytes, &entry->item) >= 0)
        return;
    entry->refused = op->err.text;
    if (op->err.fields)
        entry->field = op->err.fields->field;
    op->err = (struct err){ 0 };
}

static void copy_files(struct op *op, const struct item *item, struct incoming *in)
{
    struct incoming_attachment *files =
        arena_new(op->arena, struct incoming_attachment, item->file_count);
    struct incoming_reaction *reactions =
        arena_new(op->arena, struct incoming_reaction, item->reaction_count);

    for (size_t i = 0; i < item->file_count; i++)
        files[i] = (struct incoming_attachment){ item->files[i].name, item->files[i].mime,
                                                 item->files[i].bytes };
    for (size_t i = 0; i < item->reaction_count; i++)
        reactions[i] = (struct incoming_reaction){ item->reactions[i].kind,
                                                   item->reactions[i].number };
    in->attachments = files;
    in->attachment_count = item->file_count;
    in->reactions = reactions;
    in->reaction_count = item->reaction_count;
}

/* The item as the dialogue takes it. A time that was not sent is that of arrival, which
 * is stored, so that doing it twice gives the same. */
static void translate(struct op *op, struct entry *entry)
{
    const struct item *item = &entry->item;
    struct incoming *in = &entry->in;

    *in = (struct incoming){
        .channel_id = entry->raw.channel_id,
        .external_id = item->external_id,
        .thread = { .channel_id = entry->raw.channel_id,
                    .external_id = item->thread.external_id,
                    .kind = item->thread.kind,
                    .visibility = item->thread.visibility,
                    .url = item->thread.url,
                    .title = item->thread.title },
        .parent_external_id = item->parent_external_id,
        .parent_mark = item->parent_mark,
        .author = { .external_id = item->author.external_id,
                    .handle = item->author.handle,
                    .name = item->author.name,
                    .url = item->author.url,
                    .avatar_url = item->author.avatar_url,
                    .followers = item->author.followers,
                    .is_us = item->author.is_us },
        .follows_parent = item->thread.follows_parent,
        .case_number = item->thread.case_number,
        .automatic = item->automatic,
        .undelivered = item->undelivered,
        .own = item->own,
        .body = item->body,
        .language = item->language,
        .sent_at = item->sent_at ? item->sent_at : entry->raw.received_at,
        .received_at = entry->raw.received_at,
        .edited_at = item->edited_at,
        .removed_at = item->removed_at,
        .snapshot = item->snapshot,
        .standing = str_of(item->standing),
        .mention = item->mention,
        .mark = item->mark,
        .open_conversations = entry->raw.open_conversations && !item->untold,
    };
    if (is_from_page(entry))
        in->page = (struct incoming_page){ item->page.moderation, item->page.status_hash,
                                           item->page.is_private, item->page.parent_id };
    copy_files(op, item, in);
}

/* The contact form promised a status page; its case exists only now. */
static int make_status_link(struct op *op, const struct incoming *in,
                            const struct intake_result *result)
{
    int r;

    if (!in->page.status_hash.n || !result->has_conversation ||
        result->what != INTAKE_NEW)
        return 0;
    r = status_link_is_free(op, result->conversation.id, in->page.status_hash);
    if (r != 0) /* an address leads to one case alone, whatever an item says */
        return r < 0 ? r : 0;
    return status_link_put(op, result->conversation.id, in->page.status_hash);
}

/* The contact form asked where answers go by mail, and its talk exists only now. */
static int keep_mail_wish(struct op *op, const struct entry *entry,
                          const struct intake_result *result)
{
    const struct item_page *page = &entry->item.page;

    if (!is_from_page(entry) || !page->mail.n || result->what != INTAKE_NEW)
        return 0;
    return mail_wish_put(
        op,
        &(const struct mail_wish){ .thread_id = result->message.thread_id,
                                   .address = page->mail,
                                   .language = page->mail_language },
        result->message.conversation_id);
}

/* What was taken for spam there was somebody's concern all the time. */
static int open_surfaced(struct op *op, const struct intake_result *result)
{
    int64_t id;

    if (!str_is(result->message.direction, "other"))
        return 0;
    return desk_open_from_message(op, result->message.id, &id);
}

/* How it looked is shown from the bytes that were kept. */
static int keep_original(struct op *op, const struct entry *entry,
                         const struct intake_result *result)
{
    if (!entry->item.designed || result->what != INTAKE_NEW)
        return 0;
    return intake_keep_original(op, result->message.id, entry->raw.id);
}

/* Its pictures are fetched by a job of their own, which may take its time. */
static int await_pictures(struct op *op, const struct item *item,
                          const struct intake_result *result)
{
    struct awaited *list = arena_new(op->arena, struct awaited, item->picture_count);
    bool known = result->what != INTAKE_NEW && result->what != INTAKE_VERSION;
    int r;

    if (!item->picture_count || known || result->message.removed_at)
        return 0;
    for (size_t i = 0; i < item->picture_count; i++)
        list[i] = (struct awaited){ .url = item->pictures[i].url,
                                    .description = item->pictures[i].description };
    r = awaited_add(op, result->message.id, list, item->picture_count);
    if (r != AWAITED_SOME)
        return r;
    return job_add(op, work_fetch.kind, result->message.id, op->now);
}

/* What one of our own people was told came back: whoever invited them sees it. */
static int note_untold(struct op *op, const struct item *item)
{
    return item->untold ? notice_end(op, item->untold, "failed", item->undelivered) : 0;
}

/* Tell one item to the dialogue and the desk. */
static int tell(struct op *op, void *ctx)
{
    struct entry *entry = ctx;
    struct intake_result result = { 0 };
    int r;

    entry->repeated = entry->overtaken = entry->added = false;
    r = intake_item(op, &entry->in, &result);
    if (r < 0)
        return r;
    r = desk_on_inbound(op, &entry->in, &result);
    if (r >= 0 && result.surfaced && entry->in.open_conversations)
        r = open_surfaced(op, &result);
    if (r >= 0)
        r = make_status_link(op, &entry->in, &result);
    if (r >= 0)
        r = note_untold(op, &entry->item);
    if (r >= 0)
        r = keep_mail_wish(op, entry, &result);
    if (r >= 0)
        r = keep_original(op, entry, &result);
    if (r >= 0)
        r = await_pictures(op, &entry->item, &result);
    if (r < 0)
        return r;
    FAILPOINT("intake.telling");
    if (result.what == INTAKE_VERSION)
        r = alike_plan_one(op, result.message.id);
    if (r < 0)
        return r;
    r = intake_raw_done(op, entry->raw.id, result.message.id);
    entry->overtaken = r == INTAKE_DUPLICATE;
    entry->repeated = result.what == INTAKE_REPEATED && !entry->overtaken;
    entry->added = result.what == INTAKE_NEW && !entry->overtaken;
    return r;
}

/* Tell one; what cannot work is noted at its raw item. Negative only for what may work
 * later, for all of the write. */
static int tell_or_note(struct op *op, struct entry *entry)
{
    int r = store_write(op, tell, entry);

    if (r >= 0 || err_is_worth_retrying(op->err.kind))
        return r;
    r = intake_raw_failed(op, entry->raw.id, op->err.text);
    op->err = (struct err){ 0 };
    return r;
}

/* One of a portion, whatever is left to be done for it. */
static int tell_entry(struct op *op, struct entry *entry, bool alone)
{
    if (entry->recounts && !entry->refused.n && entry->item.snapshot)
        return tell_or_note(op, entry);
    if (entry->recounts)
        return entry->refused.n ? 0 : intake_recount(op, &entry->in);
    if (!entry->waits)
        return 0;
    if (entry->refused.n && FAILPOINT("control.blocks"))
        return op_fail(op, ERR_UNAVAILABLE, "the control: one that is bad blocks all");
    if (entry->refused.n)
        return intake_raw_failed(op, entry->raw.id, entry->refused);
    return alone ? tell_or_note(op, entry) : tell(op, entry);
}

static int tell_entries(struct op *op, struct portion *portion, bool alone)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < portion->count; i++)
        r = tell_entry(op, &portion->entries[i], alone);
    return r < 0 ? r : 0;
}

static int tell_together(struct op *op, void *ctx)
{
    return tell_entries(op, ctx, false);
}

/* A savepoint for each would cost more than the items do, and hardly ever does one fail:
 * all in one, and only when that fails each in its own. */
static int tell_portion(struct op *op, struct portion *portion)
{
    int r = portion->count > 1 ? store_write(op, tell_together, portion) : 1;

    if (r == 0 || (r < 0 && err_is_worth_retrying(op->err.kind)))
        return r;
    op->err = (struct err){ 0 };
    return tell_entries(op, portion, true);
}

int intake_tell(struct op *op, void *ctx)
{
    struct portion *portion = ctx;
    int64_t accepted = 0, repeated = 0;
    int r = tell_portion(op, portion);

    if (r < 0)
        return r;
    for (size_t i = 0; i < portion->count; i++) {
        const struct entry *entry = &portion->entries[i];

        if (entry->refused.n)
            continue;
        accepted += entry->waits && !entry->repeated && !entry->overtaken;
        repeated += entry->recounts || entry->repeated;
    }
    if (accepted)
        r = alike_plan(op);
    if (r < 0 || (is_polled(portion) && !accepted))
        return r < 0 ? r : 0;
    return channel_heard(op, portion->channel_id, accepted,
                         is_polled(portion) ? 0 : repeated);
}

struct portion intake_portion(const struct portion *all, size_t done, size_t most)
{
    struct portion portion = *all;

    portion.entries += done;
    portion.count = all->count - done < most ? all->count - done : most;
    return portion;
}

void intake_understand(struct op *op, const struct understanding *words,
                       struct portion *portion)
{
    for (size_t i = 0; i < portion->count; i++) {
        struct entry *entry = &portion->entries[i];

        if (!entry->waits && !entry->recounts)
            continue;
        if (portion->to)
            parse(op, portion->to, entry);
        if (entry->refused.n)
            continue;
        translate(op, entry);
        if (entry->waits)
            understand(op, words, &entry->in);
        entry->in.body =
            left_out_say(op, understanding_language(words), &entry->item, entry->in.body);
    }
}

void intake_told(struct portion *portion)
{
    for (size_t i = 0; i < portion->count; i++)
        portion->entries[i].waits = portion->entries[i].recounts = false;
}

static int keep_one(struct op *op, struct entry *entry)
{
    int r = intake_raw(op, &entry->raw);

    if (r < 0)
        return r;
    entry->known = entry->recounts = r == INTAKE_DUPLICATE;
    entry->waits = !entry->known;
    return 0;
}

/* Of a poll: only while the lease is ours, and together with what the page brought. */
static int move_cursor(struct op *op, void *ctx)
{
    struct portion *portion = ctx;
    const struct intake_batch *batch = portion->batch;
    int r = batch->lease ? job_renew(op, batch->lease) : 0;

    portion->lost = r == JOB_LOST;
    if (r || !batch->cursor_name)
        return r < 0 ? r : 0;
    return channel_move_cursor(op, portion->channel_id, str_of(batch->cursor_name),
                               batch->cursor);
}

/* Keep everything, verbatim, in one write. */
static int keep(struct op *op, void *ctx)
{
    struct portion *portion = ctx;
    bool waits = false;
    int r = move_cursor(op, portion);

    if (r < 0 || portion->lost)
        return r;
    for (size_t i = 0; i < portion->count; i++) {
        r = keep_one(op, &portion->entries[i]);
        if (r < 0)
            return r;
        waits = waits || portion->entries[i].waits;
    }
    FAILPOINT("intake.keeping");
    /* The net below whoever falls between the two commits. */
    if (!waits || FAILPOINT("mutant.no_sweep"))
        return 0;
    return job_add(op, "intake", portion->channel_id, op->now + SWEEP_MS);
}

int intake_tell_all(struct op *op, const struct portion *all, int64_t until)
{
    struct understanding *words;
    int r;

    r = understanding_load(op, &words);
    if (r < 0)
        return r;
    for (size_t done = 0; done < all->count; done += ITEMS_PER_WRITE) {
        struct portion portion = intake_portion(all, done, ITEMS_PER_WRITE);

        if (until && clock_monotonic() > until)
            return 0;
        intake_understand(op, words, &portion);
        r = store_write(op, intake_tell, &portion);
        if (r < 0)
            return r;
        intake_told(&portion);
    }
    return 0;
}

static bool is_late(const struct entry *entry, const struct intake_batch *batch)
{
    return entry->added && entry->in.sent_at < batch->late_before;
}

static void count(struct op *op, const struct portion *all, struct intake_counts *ret)
{
    const struct entry *entries = all->entries;
    size_t n = all->count;
    struct intake_counts counts = { .rejected = arena_new(op->arena,
                                                          struct intake_rejection, n) };

    for (size_t i = 0; i < n; i++) {
        if (entries[i].refused.n)
            counts.rejected[counts.rejected_count++] =
                (struct intake_rejection){ i, entries[i].refused, entries[i].field };
        else if (entries[i].known || entries[i].repeated)
            counts.duplicates++;
        else
            counts.accepted++;
        counts.missed += is_late(&entries[i], all->batch);
    }
    *ret = counts;
}

static bool some_wait(const struct portion *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->entries[i].waits)
            return true;
    return false;
}

/* The job need not wait any longer for the rest. */
static int sweep_now(struct op *op, void *ctx)
{
    const struct portion *all = ctx;

    return job_add(op, "intake", all->channel_id, op->now);
}

/* What went wrong after everything is on disk is not the sender's: the job goes on. */
static void note_wait(struct op *op, int r)
{
    if (r < 0) {
        struct str text = log_quoted(op->arena, op->err.text);

        log_line(LOG_INFO, op->id, "event=intake_waits text=" STR_FMT, STR_ARG(text));
    }
    op->err = (struct err){ 0 };
}

static void tell_now(struct op *op, struct portion *all)
{
    int64_t until = is_polled(all) ? 0 : clock_monotonic() + INTAKE_PATIENCE_MS;
    int r = intake_tell_all(op, all, until);

    if (r >= 0 && some_wait(all))
        r = store_write(op, sweep_now, all);
    note_wait(op, r);
}

static struct portion portion_of(struct op *op, const struct intake_batch *batch)
{
    struct portion all = { .entries = arena_new(op->arena, struct entry, batch->count),
                           .count = batch->count,
                           .channel_id = batch->to->channel.id,
                           .to = batch->to,
                           .batch = batch };

    for (size_t i = 0; i < batch->count; i++)
        all.entries[i].raw = (struct raw_item){
            .channel_id = all.channel_id,
            .bytes = batch->items[i],
            .source = str_of(batch->source),
            .open_conversations = batch->open_conversations,
            .received_at = op->now,
        };
    return all;
}

int intake_accept(struct op *op, const struct intake_batch *batch,
                  struct intake_counts *ret)
{
    struct portion all = portion_of(op, batch);
    struct actor actor = op->actor;
    int r = space_need(op, SPACE_OUT);

    if (r < 0)
        return r;
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    if (FAILPOINT("mutant.cursor_first"))
        r = store_write(op, move_cursor, &all);
    FAILPOINT("intake.arrived");
    if (r >= 0)
        r = store_write(op, keep, &all);
    FAILPOINT("intake.kept");
    if (r >= 0 && !all.lost && all.count)
        tell_now(op, &all);
    op->actor = actor;
    if (r < 0)
        return r;
    if (all.lost)
        return INTAKE_LOST;
    count(op, &all, ret);
    return 0;
}

/* intake_begin(): the same steps, each the end of the one before. */
struct intake_chain {
    struct intake_flow *flow;
    struct op *op;
    struct actor actor;
    struct portion all, portion; /* portion: with the writer just now */
    size_t told;
    int64_t until; /* monotonic */
    struct understanding *words;
    struct store_write write;
    struct task task;
};

static void end(struct intake_chain *chain, int r)
{
    struct intake_flow *flow = chain->flow;

    chain->op->actor = chain->actor;
    if (r >= 0) {
        chain->op->err = (struct err){ 0 };
        count(chain->op, &chain->all, &flow->counts);
    }
    flow->done(flow, r);
}

/* Everything is on disk; what was not told yet is the job's. */
static void on_swept(struct store_write *write, int r)
{
    struct intake_chain *chain = CONTAINER_OF(write, struct intake_chain, write);

    note_wait(chain->op, r);
    end(chain, 0);
}

static void leave_to_the_job(struct intake_chain *chain, int r)
{
    note_wait(chain->op, r);
    if (some_wait(&chain->all)) {
        chain->write = (struct store_write){
            .op = chain->op, .fn = sweep_now, .ctx = &chain->all, .done = on_swept
        };
        if (store_submit(chain->op->world->store, &chain->write) == 0)
            return;
    }
    end(chain, 0);
}

static void tell_next(struct intake_chain *chain);

static void on_told(struct store_write *write, int r)
{
    struct intake_chain *chain = CONTAINER_OF(write, struct intake_chain, write);

    if (r < 0) {
        leave_to_the_job(chain, r);
        return;
    }
    intake_told(&chain->portion);
    chain->told += chain->portion.count;
    tell_next(chain);
}

static void understand_next(struct task *task)
{
    struct intake_chain *chain = CONTAINER_OF(task, struct intake_chain, task);
    struct op *op = chain->op;
    int r = chain->words ? 0 : understanding_load(op, &chain->words);

    if (r >= 0) {
        chain->portion = intake_portion(&chain->all, chain->told, ITEMS_PER_WRITE);
        intake_understand(op, chain->words, &chain->portion);
        chain->write = (struct store_write){
            .op = op, .fn = intake_tell, .ctx = &chain->portion, .done = on_told
        };
        r = store_submit(op->world->store, &chain->write);
    }
    if (r < 0)
        leave_to_the_job(chain, r);
}

static void tell_next(struct intake_chain *chain)
{
    if (chain->told >= chain->all.count) {
        end(chain, 0);
        return;
    }
    chain->task = (struct task){ .run = understand_next };
    if (clock_monotonic() > chain->until || !chain->flow->soon(chain->flow, &chain->task))
        leave_to_the_job(chain, 0);
}

static void on_kept(struct store_write *write, int r)
{
    struct intake_chain *chain = CONTAINER_OF(write, struct intake_chain, write);

    FAILPOINT("intake.kept");
    if (r < 0)
        end(chain, r);
    else
        tell_next(chain);
}

int intake_begin(struct op *op, struct intake_flow *flow)
{
    struct intake_chain *chain = arena_new(op->arena, struct intake_chain, 1);
    int r = space_need(op, SPACE_OUT);

    if (r < 0)
        return r;
    *chain = (struct intake_chain){ .flow = flow,
                                    .op = op,
                                    .actor = op->actor,
                                    .all = portion_of(op, &flow->batch),
                                    .until = clock_monotonic() + INTAKE_PATIENCE_MS };
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    FAILPOINT("intake.arrived");
    chain->write =
        (struct store_write){ .op = op, .fn = keep, .ctx = &chain->all, .done = on_kept };
    r = store_submit(op->world->store, &chain->write);
    if (r < 0)
        op->actor = chain->actor;
    if (r == ERR_BUSY) /* it is we who cannot, not the sender who asks too much */
        r = op->err.kind = ERR_UNAVAILABLE;
    return r;
}
