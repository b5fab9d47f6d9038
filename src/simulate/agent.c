/* agent.c - the colleagues: they answer, note, solve, close, merge, and settle what is
 * shown to them as uncertain. Each act is one write, as the API does it; what was
 * answered to them goes into the ledger.
 */
#include "simulate/sim.h"

#include "desk/desk.h"
#include "dialogue/note.h"

struct act {
    struct sim *sim;
    int64_t conversation_id, other_id, outbox_id;
    struct answer answer;
    int64_t note_id;
};

typedef int act_fn(struct op *op, void *act);

static int reply(struct op *op, void *ctx)
{
    struct act *act = ctx;
    struct answer *answer = &act->answer;
    struct desk_reply wanted = { .conversation_id = act->conversation_id,
                                 .body = answer->text,
                                 .visibility = STR("public"),
                                 .needs_approval = answer->held };
    struct message message;
    struct outbox box;
    int r = desk_reply(op, &wanted, &message, &box);

    if (r < 0)
        return r;
    answer->outbox_id = box.id;
    answer->message_id = message.id;
    answer->conversation_id = box.conversation_id;
    return 0;
}

static int write_note(struct op *op, void *ctx)
{
    struct act *act = ctx;
    struct note note = { .conversation_id = act->conversation_id,
                         .account_id = act->sim->account_id,
                         .body = STR("Bitte ansehen") };
    struct conversation c;
    int r = conversation_need(op, act->conversation_id, &c);

    note.conversation_id = r >= 0 ? c.id : 0;
    if (r >= 0)
        r = note_add(op, &note, NULL, 0);
    act->note_id = note.id;
    return r;
}

static int solve(struct op *op, void *ctx)
{
    struct act *act = ctx;
    struct check_back cb;

    return desk_solve(op, act->conversation_id, true, &cb);
}

static int close_it(struct op *op, void *ctx)
{
    struct act *act = ctx;

    return desk_close(op, act->conversation_id, STR("no_answer_needed"), STR(""));
}

static int reopen(struct op *op, void *ctx)
{
    struct act *act = ctx;

    return desk_reopen(op, act->conversation_id);
}

static int merge(struct op *op, void *ctx)
{
    struct act *act = ctx;

    return desk_merge(op, act->other_id, act->conversation_id);
}

/* To a colleague, and out of sight for a while. */
static int hand_over(struct op *op, void *ctx)
{
    struct act *act = ctx;
    struct conversation old, now;
    int r = conversation_need(op, act->conversation_id, &old);

    if (r < 0)
        return r;
    now = old;
    now.assignee_id = act->sim->account_id;
    now.snooze_until_at = op->now + HOURS(1);
    return conversation_update(op, &old, &now, "conversation.updated", (struct str){ 0 });
}

static struct answer *answer_of(struct sim *sim, int64_t outbox_id)
{
    for (size_t i = 0; i < sim->answer_count; i++)
        if (sim->answers[i].outbox_id == outbox_id)
            return &sim->answers[i];
    return NULL;
}

/* As api_outbox.c does it: the outbox moves the item, the desk the clocks. */
static int settle_box(struct op *op, void *ctx)
{
    struct act *act = ctx;
    bool first = act->other_id % 2 == 0;
    struct outbox box;
    int r = outbox_get(op, act->outbox_id, &box);

    if (r)
        return r;
    if (str_is(box.state, "held")) {
        r = outbox_approve(op, box.id);
        return r < 0 ? r : desk_reply_approved(op, box.message_id);
    }
    if (str_is(box.state, "queued")) {
        r = outbox_cancel(op, box.id);
        return r < 0 ? r : desk_reply_failed(op, box.message_id);
    }
    r = first ? outbox_retry(op, box.id) : outbox_mark_sent(op, box.id);
    if (r < 0 || !str_is(box.state, "failed"))
        return r;
    return desk_reply_retried(op, box.message_id);
}

/* Does it in one write at one of the programs. Negative: not, as far as one knows. */
static int perform(struct sim *sim, act_fn *fn, struct act *act)
{
    struct life *life = life_any(sim), *before;
    ARENA(scratch);
    struct op op;
    int r;

    if (!life)
        return -1;
    life_errand(life);
    before = life_enter(life);
    op = life_op(life, &scratch);
    op.actor = (struct actor){ ACTOR_ACCOUNT, sim->account_id };
    r = store_write(&op, fn, act);
    if (life->owner.dead)
        r = -1;
    sim_trace(sim, "life %u: act on %lld: %d", life->number,
              (long long)act->conversation_id, r);
    life_leave(sim, before);
    life_errand_ends(life);
    return r;
}

/* One of those that live, the newest first more often. */
static int64_t pick(struct sim *sim)
{
    int64_t count = WATCH(sim, "SELECT COUNT(*) FROM conversation "
                               "WHERE merged_into IS NULL");

    if (count <= 0)
        return 0;
    if (sim->plan.bulk)
        return WATCH(sim, "SELECT id FROM conversation ORDER BY id LIMIT 1 OFFSET $1",
                     ARG_INT(sim_between(sim, 0, count - 1)));
    return WATCH(sim,
                 "SELECT id FROM conversation WHERE merged_into IS NULL ORDER BY "
                 "last_message_at DESC, id "
                 "LIMIT 1 OFFSET $1",
                 ARG_INT(sim_between(sim, 0, count > 4 ? 4 : count - 1)));
}

static unsigned peer_of(struct sim *sim, int64_t conversation_id)
{
    int64_t channel = WATCH(sim, "SELECT channel_id FROM conversation WHERE id = $1",
                            ARG_INT(conversation_id));

    for (unsigned i = 0; i < sim->plan.peers; i++)
        if (sim->peers[i].channel_id == channel)
            return i;
    return 0;
}

static void answer(struct sim *sim, int64_t conversation_id)
{
    struct act act = { .sim = sim, .conversation_id = conversation_id };

    act.answer = (struct answer){
        .text = arena_fmt(&sim->arena, "Antwort %zu an %lld", sim->answer_count,
                          (long long)sim_now(sim)),
        .held = !sim->plan.bulk && sim_chance(sim, 10),
        .at = sim_now(sim),
        .peer = peer_of(sim, conversation_id),
    };
    sim->result->asked++;
    if (perform(sim, reply, &act) < 0)
        return;
    if (sim->answer_count == sim->answer_size)
        sim->answers = sim_grow(sim->answers, &sim->answer_size, sim->answer_count,
                                sizeof(*sim->answers));
    sim->answers[sim->answer_count++] = act.answer;
}

static void note(struct sim *sim, int64_t conversation_id)
{
    struct act act = { .sim = sim, .conversation_id = conversation_id };

    if (perform(sim, write_note, &act) < 0)
        return;
    if (sim->note_count == sim->note_size)
        sim->notes =
            sim_grow(sim->notes, &sim->note_size, sim->note_count, sizeof(*sim->notes));
    sim->notes[sim->note_count++] = (struct noted){ act.note_id };
}

static void settle(struct sim *sim)
{
    struct act act = { .sim = sim, .other_id = sim_between(sim, 0, 1) };
    struct answer *mine;
    int64_t uncertain, held;

    act.outbox_id = WATCH(sim, "SELECT id FROM outbox WHERE state IN "
                               "('held', 'uncertain', 'failed') ORDER BY id LIMIT 1");
    if (act.outbox_id < 0 && sim_chance(sim, 20))
        act.outbox_id = WATCH(sim, "SELECT id FROM outbox WHERE "
                                   "state = 'queued' ORDER BY id LIMIT 1");
    if (act.outbox_id < 0)
        return;
    held = WATCH(sim,
                 "SELECT id FROM outbox WHERE id = $1 AND "
                 "state = 'held'",
                 ARG_INT(act.outbox_id));
    uncertain = WATCH(sim,
                      "SELECT id FROM outbox WHERE id = $1 AND "
                      "state IN ('uncertain', 'failed')",
                      ARG_INT(act.outbox_id));
    mine = answer_of(sim, act.outbox_id);
    if (mine)
        mine->handled = true;
    if (mine && uncertain > 0 && act.other_id % 2 == 0)
        mine->retries++;
    if (perform(sim, settle_box, &act) < 0)
        return;
    if (held > 0)
        sim_mark(sim, MARK_OUTBOX_HELD);
    if (uncertain > 0 && act.other_id % 2 == 0)
        sim_mark(sim, MARK_PERSON_RETRIED);
}

static int64_t waiting_since(struct sim *sim, int64_t conversation_id)
{
    int64_t at = WATCH(sim, "SELECT waiting_since_at FROM conversation WHERE id = $1",
                       ARG_INT(conversation_id));

    return at > 0 ? at : 0;
}

/* Two waits become one, since the earlier of both. */
static void merge_both(struct sim *sim, struct act *act)
{
    int64_t a = waiting_since(sim, act->conversation_id);
    int64_t b = waiting_since(sim, act->other_id), now;

    if (perform(sim, merge, act) < 0)
        return;
    now = waiting_since(sim, act->conversation_id);
    if (now != (a && (!b || a < b) ? a : b))
        sim_fault(sim, "a merge made of waits since %lld and %lld one since %lld",
                  (long long)a, (long long)b, (long long)now);
}

static void act_once(struct sim *sim)
{
    int64_t dice = sim_between(sim, 1, 100), id = pick(sim);
    struct act act = { .sim = sim, .conversation_id = id };

    if (!sim->plan.bulk && sim_chance(sim, 15))
        settle(sim);
    if (id <= 0)
        return;
    if (dice <= sim->plan.answered) {
        answer(sim, id);
        return;
    }
    switch (dice % 7) {
    case 0:
        note(sim, id);
        break;
    case 1:
    case 2:
        perform(sim, solve, &act);
        break;
    case 3:
        perform(sim, close_it, &act);
        break;
    case 4:
        perform(sim, reopen, &act);
        break;
    case 5:
        act.other_id = pick(sim);
        merge_both(sim, &act);
        break;
    default:
        perform(sim, hand_over, &act);
        break;
    }
}

static void work(void *ctx)
{
    struct sim *sim = ctx;
    int64_t acts =
        sim->plan.bulk ? BULK_REPLIES * 7 / 8 : sim->plan.questions * 3 / 2 + 1;
    int64_t pause = sim->plan.length_ms / acts;

    if (sim->calm)
        return;
    for (int64_t n = sim->plan.storms ? sim_between(sim, 1, 12) : 1; n > 0; n--)
        act_once(sim);
    sim_after(sim, sim_between(sim, pause / 4, pause * 3 / 2), work, sim);
}

void agent_begin(struct sim *sim)
{
    sim_after(sim, sim_between(sim, 60000, 600000), work, sim);
}
