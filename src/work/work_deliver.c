/* work_deliver.c - one step of one item of the outbox: send it, or look for it.
 *
 * Three commits stand around a try: the claim (the intent is on disk before the first
 * byte leaves), and the outcome with what follows from it. Between them runs the
 * connector, without a transaction. Whatever is interrupted leaves the item in
 * `sending`; when its lease ends it is unknown, and is looked for before it is sent
 * again. The job itself only says when to come again; a second one, "deliver_watch",
 * stands by for the end of the outbox's lease, so that a dead worker's item is taken
 * up then, whatever becomes of the dead worker's job.
 */
#include "work/works.h"

#include "admin/account.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/picture.h"
#include "channel/form.h"
#include "db/store.h"
#include "desk/desk.h"
#include "dialogue/attachment.h"
#include "dialogue/message.h"
#include "dialogue/status_link.h"
#include "dialogue/visible.h"
#include "work/judge.h"
#include "work/mail_way.h"
#include "work/work_visible.h"

/* All that one step needs, and where it leads. */
struct delivery {
    const struct job *job;
    struct outbox box;
    struct connected to;
    struct str problem; /* there is nobody to send to, and why */
    struct outbound out;
    struct str instead_of_page; /* what it goes below; empty: what it answers */
    bool is_copy;               /* by mail, of what stands in a talk of ours */
    struct str damaged;   /* the name of a picture that cannot be cleaned; or empty */
    const char *needless; /* of a copy: why it need not leave; NULL: it does */
    bool frozen, thawed;  /* out.bytes were stored at an earlier try; they name an
                             address that was corrected since, and nobody has them */
    enum delivery_class class; /* of this message; 0: there is nobody to ask */
    int64_t finds, first_tried_at, quiet_ms;
    struct pace_budget budget;
    struct outbox_result result;
    struct str keep; /* what is sent at the next try instead; empty: the same */
    struct pace_result pace;
    bool claimed, asked; /* asked: the network itself, so that its pace is concerned */
    int64_t again_at;    /* 0: nothing to come back for */
};

/* Cleaned when they were brought; those from before that are cleaned now. */
static int read_file(struct op *op, const struct attachment *a, struct delivery *d,
                     struct item_file *ret)
{
    int r;

    *ret = (struct item_file){ .name = a->name,
                               .mime = a->mime,
                               .description = a->description };
    r = attachment_bytes(op, a->id, &ret->bytes);
    if (r >= 0 && picture_bare(op->arena, ret->bytes, &ret->bytes) == PICTURE_DAMAGED)
        d->damaged = a->name;
    return r;
}

static int read_files(struct op *op, int64_t message_id, struct delivery *d)
{
    struct attachment *list;
    struct item_file *files;
    size_t count;
    int r;

    r = attachment_list(op, message_id, &list, &count);
    if (r < 0)
        return r;
    files = arena_new(op->arena, struct item_file, count);
    for (size_t i = 0; i < count; i++) {
        r = read_file(op, &list[i], d, &files[i]);
        if (r < 0)
            return r;
    }
    d->out.files = files;
    d->out.file_count = count;
    return 0;
}

/* Colleagues outside see who speaks for us, as far as somebody does. */
static int read_author(struct op *op, int64_t account_id, struct str *ret)
{
    struct account account;
    int r;

    if (!account_id)
        return 0;
    r = account_get(op, account_id, &account);
    if (r == 0)
        *ret = account.name;
    return r < 0 ? r : 0;
}

/* What was written on a page of ours is unknown to the network: a reply to it goes below
 * what the person wrote there last, and when that is nothing, it stands on the page
 * alone. */
static int read_way(struct op *op, struct delivery *d)
{
    struct message msg, parent = { .id = 0 };
    int r = message_get(op, d->box.message_id, &msg);

    if (r == 0 && msg.parent_id)
        r = message_get(op, msg.parent_id, &parent);
    if (r < 0 || !str_starts(parent.external_id, STR(PAGE_MESSAGE)))
        return r < 0 ? r : 0;
    r = message_newest_of_network(op, msg.conversation_id, &parent);
    if (r == 0)
        d->instead_of_page = parent.external_id;
    else if (r == MESSAGE_NOT_FOUND)
        d->to.connector = &connector_form;
    return r < 0 ? r : 0;
}

/* What the message answers, by the network's name for it; a name of another network
 * does not leave with a copy. */
static int read_parent(struct op *op, const struct delivery *d, const struct message *msg,
                       struct str *ret)
{
    struct message parent;
    int r;

    *ret = d->is_copy ? STR("") : msg->parent_external_id;
    if (!msg->parent_id || ret->n)
        return 0;
    r = message_get(op, msg->parent_id, &parent);
    if (r == 0 && (!d->is_copy || parent.channel_id == d->box.channel_id))
        *ret = parent.external_id;
    return r < 0 ? r : 0;
}

/* Whom it is for, by the network's name, and by which number they know their case. */
static int read_addressee(struct op *op, struct delivery *d)
{
    struct status_link link;
    struct conversation c;
    struct profile profile;
    int r = conversation_get(op, d->box.conversation_id, &c);

    if (r == 0)
        r = profile_get(op, c.profile_id, &profile);
    if (r)
        return r < 0 ? r : 0;
    d->out.to = profile.external_id;
    r = status_link_get(op, c.id, &link);
    if (r == 0)
        d->out.case_number = link.case_number;
    return r < 0 ? r : 0;
}

static int read_wish(struct op *op, struct delivery *d, int64_t thread_id)
{
    struct mail_wish wish;
    struct conversation c;
    int r = conversation_get(op, d->box.conversation_id, &c);

    if (r == 0)
        r = mail_wish_get(op, thread_id, &wish);
    if (r == 0)
        r = mail_way_dress(op, &wish, &c, &d->out);
    if (r > 0)
        d->out.to = STR(""); /* taken back just now: refused in words */
    return r < 0 ? r : 0;
}

static int read_words(struct op *op, struct delivery *d)
{
    struct message msg;
    struct thread thread;
    int r;

    r = message_get(op, d->box.message_id, &msg);
    if (r == 0)
        r = thread_get(op, msg.thread_id, &thread);
    if (r)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a reply has lost its message");
    d->out.thread_external_id = thread.external_id;
    d->out.thread_title = thread.title;
    d->out.settings = d->to.connection.settings;
    d->out.visibility = msg.visibility;
    r = message_body(op, msg.id, msg.version, &d->out.body);
    if (r < 0)
        return r;
    r = read_author(op, msg.account_id, &d->out.author_name);
    if (r < 0)
        return r;
    r = d->is_copy ? read_wish(op, d, thread.id) : read_addressee(op, d);
    if (r < 0)
        return r;
    r = read_parent(op, d, &msg, &d->out.parent_external_id);
    if (d->instead_of_page.n)
        d->out.parent_external_id = d->instead_of_page;
    return r < 0 ? r : read_files(op, msg.id, d);
}

/* A copy that certainly did not leave yet is needless when it was seen, and is made anew
 * for a corrected address. */
static int read_copy(struct op *op, struct delivery *d)
{
    struct mail_wish wish;
    struct message msg;
    int r = message_get(op, d->box.message_id, &msg);

    if (r || msg.channel_id == d->box.channel_id)
        return r < 0 ? r : 0;
    d->is_copy = true;
    if (!str_is(d->box.state, "queued") || d->box.unknown_since_at)
        return 0;
    r = mail_way_needless(op, &msg, &d->needless);
    if (r < 0 || d->needless || !d->first_tried_at)
        return r;
    r = mail_wish_get(op, msg.thread_id, &wish);
    d->thawed = r == 0 && wish.asked_at > d->first_tried_at;
    return r < 0 ? r : 0;
}

/* A private message may go another way than a public one. */
static int read_class(struct op *op, struct delivery *d)
{
    struct message msg = { .visibility = STR("") };
    int r = message_get(op, d->box.message_id, &msg);

    if (d->to.connector)
        d->class = connector_delivery(d->to.connector, msg.visibility);
    return r < 0 ? r : 0;
}

static int read_quiet(struct op *op, struct delivery *d)
{
    int64_t longest, own = 0;
    int r = visible_longest(op, d->box.channel_id, &longest);

    if (d->to.connector && d->to.connector->quiet_ms)
        own = d->to.connector->quiet_ms(&d->to.connection);
    if (r >= 0)
        d->quiet_ms = visible_quiet(own, longest);
    return r;
}

static int load(struct op *op, void *ctx)
{
    struct delivery *d = ctx;
    int r;

    r = outbox_get(op, d->job->subject_id, &d->box);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        d->box.state = STR("");
    if (!str_is(d->box.state, "queued") && !str_is(d->box.state, "unknown"))
        return 0;

    r = connect_channel(op, d->box.channel_id, &d->to, &d->problem);
    if (r < 0)
        return r;
    r = outbox_first_tried_at(op, d->box.id, &d->first_tried_at);
    if (r >= 0)
        r = read_copy(op, d);
    if (r >= 0 && d->to.connector && !d->is_copy)
        r = read_way(op, d);
    if (r >= 0)
        r = read_class(op, d);
    if (r >= 0)
        r = read_quiet(op, d);
    if (r < 0)
        return r;
    d->budget = judge_budget(&d->to);
    d->out.key = d->box.idempotency_key;
    d->out.conversation_id = d->box.conversation_id;
    r = outbox_bytes(op, d->box.id, &d->out.bytes);
    if (r < 0)
        return r;
    d->frozen = r == 0 && !d->thawed;
    if (!d->frozen)
        return read_words(op, d);
    return d->to.connector && d->to.connector->files_apart
               ? read_files(op, d->box.message_id, d)
               : 0;
}

/* An earlier claim died: what it did is not known. */
static int expire(struct op *op, void *ctx)
{
    struct delivery *d = ctx;

    return outbox_expire_lease(op, d->box.id);
}

static bool is_watch(const struct delivery *d)
{
    return str_is(d->job->kind, work_deliver_watch.kind);
}

/* A process that slept around its claim (a stopped machine, a long pause) must not send
 * what somebody else has taken up meanwhile: nobody's epoch stops bytes that leave. The
 * lease goes by the machine's clock, which goes on while a machine is suspended. */
static bool may_still_ask(struct op *op, const struct delivery *d, int64_t begun)
{
    int64_t share = outbox_lease_ms(op) / 3;

    if (FAILPOINT("control.no_epoch"))
        return true;
    op->ask_until = begun + share; /* client.c looks once more */
    return clock_monotonic() < op->ask_until &&
           clock_now(op->world->clock) < d->box.lease_until_at - 2 * share;
}

/* It may have slept since it read: a lease that begins in the past is over too early, and
 * so is the quiet time that follows. In the write that claims. */
static void look_at_the_clock(struct op *op)
{
    op->now = clock_now(op->world->clock);
}

/* From now on a try is under way: keep the job, and have somebody look after us. */
static int stand_by(struct op *op, const struct delivery *d)
{
    int r = job_renew(op, d->job);

    if (r < 0 || is_watch(d))
        return r < 0 ? r : 0;
    return job_add(op, work_deliver_watch.kind, d->box.id, d->box.lease_until_at);
}

static int claim(struct op *op, void *ctx)
{
    struct delivery *d = ctx;
    int r;

    d->claimed = false;
    d->again_at = 0;
    look_at_the_clock(op);
    r = pace_look(op, d->box.channel_id, &d->budget, &d->again_at);
    if (r)
        return r < 0 ? r : 0;
    r = outbox_claim(op, d->job->subject_id, &d->box, &d->again_at);
    if (r)
        return r < 0 ? r : 0;
    d->claimed = true;
    r = pace_take(op, d->box.channel_id, &d->budget);
    if (r >= 0)
        r = stand_by(op, d);
    if (r >= 0 && d->thawed)
        r = outbox_thaw(op, d->box.id);
    if (r >= 0 && !d->frozen)
        r = outbox_freeze(op, d->box.id, d->out.bytes);
    FAILPOINT("outbox.claiming");
    return r;
}

/* Does the network tell whether something is there? */
static bool can_be_asked(const struct delivery *d)
{
    return d->to.connector && d->to.connector->find;
}

static int claim_find(struct op *op, void *ctx)
{
    struct delivery *d = ctx;
    int r;

    d->claimed = false;
    d->again_at = 0;
    look_at_the_clock(op);
    if (can_be_asked(d)) {
        r = pace_look(op, d->box.channel_id, &d->budget, &d->again_at);
        if (r)
            return r < 0 ? r : 0;
    }
    r = outbox_claim_find(op, d->job->subject_id, &d->box, &d->finds, &d->again_at);
    if (r)
        return r < 0 ? r : 0;
    d->claimed = true;
    if (can_be_asked(d)) {
        r = pace_take(op, d->box.channel_id, &d->budget);
        if (r < 0)
            return r;
    }
    return stand_by(op, d);
}

static int note_health(struct op *op, const struct delivery *d)
{
    int r = d->asked ? pace_settle(op, d->box.channel_id, &d->pace) : 0;

    if (r < 0)
        return r;
    switch (d->result.outcome) {
    case OUTBOX_SENT:
    case OUTBOX_FOUND:
        return channel_succeeded(op, d->box.channel_id);
    case OUTBOX_LATER:
    case OUTBOX_REFUSED:
    case OUTBOX_DOUBT:
    case OUTBOX_SAME_NAME:
    case OUTBOX_CANNOT_TELL:
        return channel_failed(op, d->box.channel_id, d->result.reason);
    case OUTBOX_ABSENT:
        return 0;
    }
    return 0;
}

/* When this item wants to be looked at again. */
static int64_t next_look(const struct op *op, const struct outbox *box)
{
    if (!str_is(box->state, "queued") && !str_is(box->state, "unknown"))
        return 0;
    return box->next_try_at > op->now ? box->next_try_at : op->now;
}

/* What the next try need not do once more. */
static int keep_bytes(struct op *op, const struct delivery *d)
{
    int r = outbox_thaw(op, d->box.id);

    return r < 0 ? r : outbox_freeze(op, d->box.id, d->keep);
}

static int settle(struct op *op, void *ctx)
{
    struct delivery *d = ctx;
    struct outbox now;
    int r;

    d->again_at = 0;
    r = outbox_settle(op, &d->box, &d->result);
    if (r < 0)
        return r;
    if (r == OUTBOX_STALE) {
        FAILPOINT("outbox.stale");
        return 0; /* somebody else settled it meanwhile, and planned what follows */
    }
    r = note_health(op, d);
    if (r >= 0 && d->result.outcome == OUTBOX_LATER && d->keep.n)
        r = keep_bytes(op, d);
    if (r >= 0 && !is_watch(d))
        r = job_cancel(op, work_deliver_watch.kind, d->box.id);
    if (r < 0)
        return r;
    r = outbox_get(op, d->box.id, &now);
    if (r < 0)
        return r;
    d->again_at = next_look(op, &now);
    if (d->result.outcome == OUTBOX_SENT && !d->result.how)
        r = visible_plan(op, &now, d->to.connector);
    if (r >= 0 && str_is(now.state, "sent") && !d->is_copy)
        r = mail_way_follow(op, &now, d->to.connector);
    if (r < 0)
        return r;
    FAILPOINT("outbox.settling");
    return str_is(now.state, "failed") ? desk_reply_failed(op, now.message_id) : 0;
}

static struct ended ended(const struct delivery *d, bool looked, int r,
                          const struct receipt *receipt)
{
    return (struct ended){ .looked = looked,
                           .connector = d->to.connector,
                           .connection = &d->to.connection,
                           .class = d->class,
                           .box = &d->box,
                           .finds = d->finds,
                           .first_tried_at = d->first_tried_at,
                           .quiet_ms = d->quiet_ms,
                           .r = r,
                           .receipt = receipt };
}

/* A call has ended: what it means goes to the disk. */
static int conclude(struct op *op, struct delivery *d, const struct ended *end)
{
    int r;

    d->pace = judge_pace(end);
    op->err = (struct err){ 0 };
    r = store_write(op, settle, d);
    FAILPOINT("outbox.settled");
    return r;
}

/* What leaves, or is looked for: kept since the first try, else made now. */
static int need_bytes(struct op *op, struct delivery *d)
{
    if (!d->asked || d->frozen)
        return 0;
    return d->to.connector->compose(op, &d->out, &d->out.bytes);
}

/* It may be there already, and only its name keeps the network from making a second:
 * not when the name is forgotten, since the last look was. */
static bool is_forgotten(const struct op *op, const struct delivery *d)
{
    return d->box.unknown_since_at &&
           !judge_is_keyed(op, d->to.connector, d->class, d->first_tried_at);
}

static int send(struct op *op, struct delivery *d, struct receipt *receipt)
{
    if (d->asked && is_forgotten(op, d)) {
        receipt->reason = STR("the network may have forgotten the name of the first try");
        d->asked = false;
        return SEND_DOUBT;
    }
    if (d->damaged.n) {
        receipt->reason =
            arena_fmt(op->arena,
                      "the picture " STR_FMT
                      " is damaged: what its camera wrote into it cannot be taken out",
                      STR_ARG(d->damaged));
        d->asked = false;
        return SEND_REFUSED;
    }
    if (d->asked)
        return d->to.connector->send(op, &d->to.connection, &d->out, receipt);
    if (d->to.connector)
        receipt->reason = STR("nothing can be sent through this channel");
    return SEND_REFUSED;
}

static int try_send(struct op *op, struct delivery *d)
{
    struct receipt receipt = { .reason = d->problem };
    struct ended end;
    int64_t begun;
    int r;

    d->asked = d->to.connector && d->to.connector->send;
    r = need_bytes(op, d);
    if (r < 0)
        return r;
    FAILPOINT("outbox.composed");
    begun = clock_monotonic();
    r = store_write(op, claim, d);
    if (r < 0 || !d->claimed)
        return r;

    FAILPOINT("outbox.claimed");
    if (!may_still_ask(op, d, begun)) {
        d->again_at = d->box.lease_until_at;
        return 0;
    }
    r = send(op, d, &receipt);
    op->ask_until = 0;
    FAILPOINT("outbox.answered");
    op->now = clock_now(op->world->clock); /* the quiet time begins after the call */
    end = ended(d, false, r, &receipt);
    d->result = judge_send(op, &end);
    d->keep = receipt.keep;
    return conclude(op, d, &end);
}

static int try_find(struct op *op, struct delivery *d)
{
    struct receipt receipt = { .reason = d->problem };
    int64_t quiet_until;
    struct ended end;
    int r;

    d->asked = can_be_asked(d);
    quiet_until = d->box.unknown_since_at + d->quiet_ms;
    if (quiet_until > op->now) {
        d->again_at = quiet_until;
        return 0;
    }
    /* What a restored store takes for sent may never have been tried here. */
    r = need_bytes(op, d);
    if (r >= 0)
        r = store_write(op, claim_find, d);
    if (r < 0 || !d->claimed)
        return r;

    FAILPOINT("outbox.find_claimed");
    r = FIND_CANNOT_TELL;
    if (d->asked)
        r = d->to.connector->find(op, &d->to.connection, &d->out, &receipt);
    else if (d->to.connector)
        receipt.reason = STR("this network cannot be asked whether it arrived");
    FAILPOINT("outbox.found");
    op->now = clock_now(op->world->clock);
    end = ended(d, true, r, &receipt);
    d->result = judge_find(op, &end);
    return conclude(op, d, &end);
}

static int spare(struct op *op, void *ctx)
{
    const struct delivery *d = ctx;

    return mail_copy_spare(op, &d->box, d->needless);
}

/* Its time has come, and it has nothing to do any more. */
static bool is_spared(const struct op *op, const struct delivery *d)
{
    return d->needless && d->box.next_try_at <= op->now;
}

static int step(struct op *op, struct delivery *d)
{
    int r;

    r = store_read(op, load, d);
    if (r < 0)
        return r;
    if (is_spared(op, d))
        return store_write(op, spare, d);
    if (str_is(d->box.state, "queued"))
        return try_send(op, d);
    if (str_is(d->box.state, "unknown"))
        return try_find(op, d);
    if (!str_is(d->box.state, "sending"))
        return 0;
    if (d->box.lease_until_at > op->now) {
        d->again_at = d->box.lease_until_at;
        return 0;
    }
    d->again_at = op->now;
    return store_write(op, expire, d);
}

static int deliver(struct op *op, const struct job *job, struct work_result *ret)
{
    struct delivery d = { .job = job };
    int r = step(op, &d);

    if (r < 0)
        return r;
    if (!d.again_at)
        return 0;
    ret->again_at = d.again_at;
    return WORK_AGAIN;
}

/* Something of ours is broken, and repeating is no use: say so in the conversation. */
static int give_up(struct op *op, const struct job *job, struct str reason)
{
    struct outbox box;
    int r;

    r = outbox_give_up(op, job->subject_id, reason);
    if (r)
        return r < 0 ? r : 0;
    r = outbox_get(op, job->subject_id, &box);
    if (r)
        return r < 0 ? r : 0;
    return str_is(box.state, "failed") ? desk_reply_failed(op, box.message_id) : 0;
}

const struct work work_deliver = {
    .kind = "deliver",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(6) },
    .run = deliver,
    .give_up = give_up,
};

const struct work work_deliver_watch = {
    .kind = "deliver_watch",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(6) },
    .run = deliver,
    .give_up = give_up,
};
