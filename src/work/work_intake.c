/* work_intake.c - from bytes to conversations, in two commits.
 *
 * First everything is kept as it came, in one write; from then on it cannot be lost.
 * Then each item is understood (outside of any write) and told to the dialogue and
 * the desk, a handful per write, each in a savepoint of its own: one that fails is
 * marked with its reason and harms no neighbour. Whoever is interrupted in between
 * leaves items in the state "received", and the job "intake" of the channel sweeps
 * them. Doing one twice is harmless.
 */
#include "work/work_intake.h"
#include "work/works.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "channel/form.h"
#include "db/store.h"
#include "desk/desk.h"
#include "dialogue/status_link.h"
#include "work/understand.h"

enum { ITEMS_PER_WRITE = 25, ITEMS_PER_SWEEP = 100 };

/* How long after the first commit the job looks whether the second came. */
#define SWEEP_MS SECONDS(30)

/* An item on its way, from its raw row on. */
struct entry {
    struct raw_item raw;
    struct str refused, field; /* why it cannot be parsed; empty: it can */
    struct item item;
    struct incoming in;
    bool known;     /* the same bytes were there */
    bool waits;     /* stored, and not told to the dialogue yet */
    bool repeated;  /* told, and it was nothing new */
    bool overtaken; /* told by somebody else meanwhile, who counted it */
    bool added;     /* told, and it is a message that was not there */
};

/* A write's worth of entries. */
struct portion {
    struct entry *entries;
    size_t count;
    int64_t channel_id;
    const struct intake_batch *batch; /* that it came with; NULL: the sweep's */
    bool lost;
};

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
        .author = { .external_id = item->author.external_id,
                    .handle = item->author.handle,
                    .name = item->author.name,
                    .url = item->author.url,
                    .avatar_url = item->author.avatar_url,
                    .followers = item->author.followers,
                    .is_us = item->author.is_us },
        .automatic = item->automatic,
        .body = item->body,
        .language = item->language,
        .sent_at = item->sent_at ? item->sent_at : entry->raw.received_at,
        .received_at = entry->raw.received_at,
        .edited_at = item->edited_at,
        .removed_at = item->removed_at,
        .open_conversations = entry->raw.open_conversations,
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
    if (!in->page.status_hash.n || !result->has_conversation ||
        result->what != INTAKE_NEW)
        return 0;
    return status_link_put(op, result->conversation.id, in->page.status_hash);
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
    if (r >= 0)
        r = make_status_link(op, &entry->in, &result);
    if (r < 0)
        return r;
    FAILPOINT("intake.telling");
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

static int tell_portion(struct op *op, void *ctx)
{
    struct portion *portion = ctx;
    int64_t accepted = 0, repeated = 0;

    for (size_t i = 0; i < portion->count; i++) {
        struct entry *entry = &portion->entries[i];
        int r;

        if (!entry->waits)
            continue;
        r = tell_or_note(op, entry);
        if (r < 0)
            return r;
        accepted += !entry->repeated && !entry->overtaken;
        repeated += entry->repeated;
    }
    if (is_polled(portion) && !accepted)
        return 0;
    return channel_heard(op, portion->channel_id, accepted,
                         is_polled(portion) ? 0 : repeated);
}

/* Keep one: 1 for the same bytes again. */
static int keep_one(struct op *op, struct entry *entry)
{
    int r = intake_raw(op, &entry->raw);

    if (r < 0)
        return r;
    entry->known = r == INTAKE_DUPLICATE;
    entry->waits = !entry->known && !entry->refused.n;
    if (entry->refused.n)
        return entry->known ? 0 : intake_raw_failed(op, entry->raw.id, entry->refused);
    if (!entry->known)
        return 0;
    translate(op, entry);
    r = intake_recount(op, &entry->in);
    return r < 0 ? r : 1;
}

/* Of a poll: only while the lease is ours, and together with what the page brought. */
static int move_cursor(struct op *op, struct portion *portion)
{
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
    int64_t duplicates = 0;
    int r = move_cursor(op, portion);

    if (r < 0 || portion->lost)
        return r;
    for (size_t i = 0; i < portion->count; i++) {
        r = keep_one(op, &portion->entries[i]);
        if (r < 0)
            return r;
        duplicates += r;
    }
    FAILPOINT("intake.keeping");
    if (duplicates == (int64_t)portion->count && is_polled(portion))
        return 0;
    if (!is_polled(portion)) {
        r = channel_heard(op, portion->channel_id, 0, duplicates);
        if (r < 0)
            return r;
    }
    /* The net below whoever falls between the two commits. */
    return job_add(op, "intake", portion->channel_id, op->now + SWEEP_MS);
}

/* Understand and tell all that waits; `until` (monotonic, 0: never) ends it early. */
static int tell_all(struct op *op, const struct portion *all, int64_t until)
{
    struct entry *entries = all->entries;
    size_t count = all->count;
    struct understanding *words;
    int r;

    r = understanding_load(op, &words);
    if (r < 0)
        return r;
    for (size_t done = 0; done < count; done += ITEMS_PER_WRITE) {
        size_t rest = count - done;
        struct portion portion = { .entries = entries + done,
                                   .count =
                                       rest < ITEMS_PER_WRITE ? rest : ITEMS_PER_WRITE,
                                   .channel_id = all->channel_id,
                                   .batch = all->batch };

        if (until && clock_monotonic() > until)
            return 0;
        for (size_t i = 0; i < portion.count; i++)
            if (portion.entries[i].waits) {
                translate(op, &portion.entries[i]);
                understand(op, words, &portion.entries[i].in);
            }
        r = store_write(op, tell_portion, &portion);
        if (r < 0)
            return r;
        for (size_t i = 0; i < portion.count; i++)
            portion.entries[i].waits = false;
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

static bool some_wait(const struct entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (entries[i].waits)
            return true;
    return false;
}

/* The job need not wait any longer for the rest. */
static int sweep_now(struct op *op, void *ctx)
{
    const struct entry *entry = ctx;

    return job_add(op, "intake", entry->raw.channel_id, op->now);
}

/* Goes on with what is on disk; a failure here is not the sender's, and the job tries
 * again. */
static void tell_now(struct op *op, const struct portion *all)
{
    int64_t until = is_polled(all) ? 0 : clock_monotonic() + INTAKE_PATIENCE_MS;
    int r = tell_all(op, all, until);

    if (r >= 0 && some_wait(all->entries, all->count))
        r = store_write(op, sweep_now, &all->entries[0]);
    if (r < 0) {
        struct str text = log_quoted(op->arena, op->err.text);

        log_line(LOG_INFO, op->id, "event=intake_waits text=" STR_FMT, STR_ARG(text));
    }
    op->err = (struct err){ 0 };
}

int intake_accept(struct op *op, const struct intake_batch *batch,
                  struct intake_counts *ret)
{
    struct entry *entries = arena_new(op->arena, struct entry, batch->count);
    struct portion all = { .entries = entries,
                           .count = batch->count,
                           .channel_id = batch->to->channel.id,
                           .batch = batch };
    struct actor actor = op->actor;
    int r;

    for (size_t i = 0; i < batch->count; i++) {
        entries[i].raw = (struct raw_item){
            .channel_id = all.channel_id,
            .bytes = batch->items[i],
            .source = str_of(batch->source),
            .open_conversations = batch->open_conversations,
            .received_at = op->now,
        };
        parse(op, batch->to, &entries[i]);
    }
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    FAILPOINT("intake.parsed");
    r = store_write(op, keep, &all);
    FAILPOINT("intake.kept");
    if (r >= 0 && !all.lost && some_wait(entries, batch->count))
        tell_now(op, &all);
    op->actor = actor;
    if (r < 0)
        return r;
    if (all.lost)
        return INTAKE_LOST;
    count(op, &all, ret);
    return 0;
}

/* A page of what was kept and not told. */
struct sweep {
    int64_t channel_id;
    struct connected to;
    struct str why;
    int connected;
    struct raw_item *raws;
    size_t count;
};

static int read_page(struct op *op, void *ctx)
{
    struct sweep *sweep = ctx;
    int r;

    r = connect_channel(op, sweep->channel_id, &sweep->to, &sweep->why);
    if (r < 0)
        return r;
    sweep->connected = r == 0;
    return intake_raw_list(op,
                           &(const struct raw_item_filter){
                               .channel_id = sweep->channel_id,
                               .state = STR("received"),
                               .limit = ITEMS_PER_SWEEP,
                           },
                           &sweep->raws, &sweep->count);
}

/* What does not parse (any more) has failed; the rest waits to be told. */
static int fail_refused(struct op *op, void *ctx)
{
    struct portion *portion = ctx;

    for (size_t i = 0; i < portion->count; i++) {
        struct entry *entry = &portion->entries[i];
        int r =
            entry->refused.n ? intake_raw_failed(op, entry->raw.id, entry->refused) : 0;

        if (r < 0)
            return r;
    }
    return 0;
}

static int tell_page(struct op *op, struct sweep *sweep)
{
    struct entry *entries = arena_new(op->arena, struct entry, sweep->count);
    struct portion page = { .entries = entries,
                            .count = sweep->count,
                            .channel_id = sweep->channel_id };
    int r;

    for (size_t i = 0; i < sweep->count; i++) {
        entries[i].raw = sweep->raws[i];
        if (sweep->connected)
            parse(op, &sweep->to, &entries[i]);
        else
            entries[i].refused = sweep->why;
        entries[i].waits = !entries[i].refused.n;
    }
    r = store_write(op, fail_refused, &page);
    return r < 0 ? r : tell_all(op, &page, 0);
}

/* One page at a time: whoever stops the program waits for no more than that. */
static int sweep_channel(struct op *op, const struct job *job, struct work_result *ret)
{
    struct sweep sweep = { .channel_id = job->subject_id };
    int r;

    r = store_read(op, read_page, &sweep);
    if (r < 0 || !sweep.count)
        return r;
    r = tell_page(op, &sweep);
    if (r < 0 || sweep.count < ITEMS_PER_SWEEP)
        return r;
    ret->again_at = op->now;
    return WORK_AGAIN;
}

const struct work work_intake = {
    .kind = "intake",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = sweep_channel,
};
