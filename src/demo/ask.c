/* ask.c - "did it hold?": what colleagues and people make of a check-back. */
#include "demo/script.h"

#include "desk/desk.h"

static int solve_again(struct op *op, struct demo *d, struct play *p)
{
    int64_t due;

    (void)d;
    return talk_solve(op, p, 0, false, &due);
}

static int thank(struct op *op, struct demo *d, struct play *p)
{
    struct str body = script_any(op, d, p, "held");
    int r =
        talk_hear(op, d, p, &(const struct heard){ .body = talk_dress(op, d, p, body) });
    int64_t at;

    if (r >= 0)
        r = stage_in_service(op, p, op->now, HOURS(1), &at);
    if (r >= 0)
        stage_plan(d, at, solve_again, p);
    return r;
}

static int help_again(struct op *op, struct demo *d, struct play *p)
{
    struct reply reply = { .body = talk_dress_reply(
                               op, d, p, script_any(op, d, p, "noch-einmal")) };
    int r = talk_say(op, d, p, &reply);

    stage_plan(d, script_awake(op, d, op->now + HOURS(49)), thank, p);
    return r;
}

/* The person answers: mostly it held. */
static int answer(struct op *op, struct demo *d, struct play *p)
{
    bool back = dice_happens(&d->dice, 11);
    struct str body = script_any(op, d, p, back ? "zurueck" : "held");
    int64_t at;
    int r =
        talk_hear(op, d, p, &(const struct heard){ .body = talk_dress(op, d, p, body) });

    if (r < 0 || !back)
        return r;
    p->came_back = true;
    r = stage_reaction_at(op, d, p, &at);
    if (r >= 0)
        stage_plan(d, at, help_again, p);
    return r;
}

/* The check-back that is due now, or id 0. */
static int find_due(struct op *op, const struct play *p, struct check_back *ret)
{
    struct check_back *list;
    struct conversation c;
    size_t count;
    int r = conversation_need(op, p->voices[0].conversation_id, &c);

    ret->id = 0;
    if (r >= 0)
        r = check_back_list_conversation(op, c.id, &list, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        if (str_is(list[i].state, "due"))
            *ret = list[i];
    }
    return r;
}

/* In the beginning one in four was forgotten. */
static bool is_asked(struct op *op, struct demo *d)
{
    int percent = 74 + (int)((op->now - d->start_at) * 23 / (d->hour - d->start_at + 1));

    return dice_happens(&d->dice, percent);
}

static int ask(struct op *op, struct demo *d, struct play *p)
{
    struct message message;
    struct check_back cb;
    struct outbox box;
    struct str body;
    int r = find_due(op, p, &cb);

    if (r < 0 || !cb.id)
        return r;
    talk_as(op, p->agent);
    if (!is_asked(op, d))
        return check_back_cancel(op, cb.id, "by_person");
    r = desk_check_back_draft(op, &cb, &body);
    if (r >= 0)
        r = desk_check_back_send(op, cb.id, body, false, &message, &box);
    if (r < 0)
        return r;
    d->said++;
    if (dice_happens(&d->dice, 56))
        stage_plan(
            d, script_awake(op, d, op->now + dice_between(&d->dice, HOURS(1), HOURS(40))),
            answer, p);
    return 0;
}

static int wait_for_service(struct op *op, struct demo *d, struct play *p)
{
    int64_t at;
    int r = stage_in_service(op, p, op->now,
                             dice_between(&d->dice, MINUTES(10), HOURS(6)), &at);

    if (r >= 0)
        stage_plan(d, at, ask, p);
    return r;
}

void ask_plan(struct demo *d, struct play *p, int64_t due_at)
{
    if (due_at && !p->asked)
        stage_plan(d, due_at + SECONDS(1), wait_for_service, p);
    p->asked = true;
}
