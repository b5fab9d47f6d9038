/* thread.c - a public post, and the many who talk below it. */
#include "demo/script.h"

#include "dialogue/conversation.h"

enum { FIRST_LETTER = 'a', IMPOSTOR = 'x', LOUD = 'z' };

/* "b>a": who speaks, and to whom (0: to the post). Capitals: D desk, P desk in private,
 * U ourselves. */
struct cue {
    char speaker;
    size_t voice; /* of an outsider who speaks, or whom the desk answers */
    size_t to;
};

static bool is_outsider(char c)
{
    return c >= FIRST_LETTER && c <= 'z';
}

static struct cue cue_of(struct str tag)
{
    struct cue cue = { .speaker = tag.p[0] };
    char other = 0;

    if (tag.n == 3)
        other = tag.p[2];
    if (is_outsider(other))
        cue.to = (size_t)(other - FIRST_LETTER) + 1;
    cue.voice =
        is_outsider(cue.speaker) ? (size_t)(cue.speaker - FIRST_LETTER) + 1 : cue.to;
    if (other == 'D') /* goes on below one's own */
        cue.to = cue.voice;
    return cue;
}

static beat_fn step;

static int wind_up_voice(struct op *op, struct play *p, size_t voice)
{
    struct conversation c;
    int64_t due;
    int r;

    if (!p->voices[voice].conversation_id)
        return 0;
    r = conversation_need(op, p->voices[voice].conversation_id, &c);
    if (r < 0 || conversation_is_finished(&c))
        return r;
    if (!c.first_reaction_at)
        return talk_close(op, p, voice, "no_answer_needed", STR(""));
    r = talk_solve(op, p, voice, false, &due);
    return r < 0 ? r : 0;
}

/* A day or two later somebody goes through what is left. */
static int wind_up(struct op *op, struct demo *d, struct play *p)
{
    int r = 0;

    (void)d;
    for (size_t i = 1; r >= 0 && i < PLAY_VOICES; i++)
        r = wind_up_voice(op, p, i);
    return r;
}

static int plan_end(struct op *op, struct demo *d, struct play *p)
{
    int64_t at;
    int r = stage_in_service(op, p, op->now, dice_between(&d->dice, HOURS(4), HOURS(15)),
                             &at);

    if (r >= 0)
        stage_plan(d, at, wind_up, p);
    return r;
}

static int plan_next(struct op *op, struct demo *d, struct play *p)
{
    struct cue next = cue_of(p->block->lines[p->line].tag);
    bool again = is_outsider(next.speaker) && next.voice == p->speaker;
    int64_t at;
    int r = 0;

    if (!is_outsider(next.speaker))
        r = stage_reaction_at(op, d, p, &at);
    else if (again)
        at = op->now + dice_between(&d->dice, SECONDS(50), MINUTES(5));
    else if (p->line < 7)
        at = op->now + dice_between(&d->dice, MINUTES(2), MINUTES(22));
    else
        at = script_awake(op, d,
                          op->now + dice_between(&d->dice, MINUTES(4), MINUTES(70)));
    if (r >= 0)
        stage_plan(d, at, step, p);
    return r;
}

static int hear(struct op *op, struct demo *d, struct play *p, const struct cue *cue,
                struct str body)
{
    struct heard h = { .voice = cue->voice,
                       .by_us = cue->speaker == 'U',
                       .body = body,
                       .held = directives_say(p, "held"),
                       .file = directives_file(p) };

    if (!h.by_us) {
        h.parent_id = p->voices[cue->to].last_id;
        if (!p->voices[cue->voice].who)
            p->voices[cue->voice].who = cue->speaker == IMPOSTOR
                                            ? cast_impostor(&d->cast)
                                            : cast_pick(&d->cast, p->place, STR("du"), p,
                                                        cue->speaker == LOUD ? 0 : 70);
    }
    return talk_hear(op, d, p, &h);
}

static int say(struct op *op, struct demo *d, struct play *p, const struct cue *cue,
               struct str body)
{
    struct reply reply = { .voice = cue->voice,
                           .body = body,
                           .in_private = cue->speaker == 'P',
                           .file = directives_file(p) };

    return talk_say(op, d, p, &reply);
}

static int step(struct op *op, struct demo *d, struct play *p)
{
    const struct book_line *line = &p->block->lines[p->line];
    struct cue cue = cue_of(line->tag);
    struct str body = script_text(op, d, p, line);
    bool ours = cue.speaker == 'D' || cue.speaker == 'P';
    int r = ours ? say(op, d, p, &cue, body) : hear(op, d, p, &cue, body);

    p->line++;
    if (r >= 0)
        r = directives_run(op, d, p);
    if (r < 0)
        return r;
    return p->line < p->block->line_count ? plan_next(op, d, p) : plan_end(op, d, p);
}

/* The first words stand for the post in lists. */
static struct str title_of(struct demo *d, struct str text)
{
    ptrdiff_t colon = str_find(text, STR(":"));
    size_t n = text.n;

    if (colon > 0 && colon < 60)
        return str_sub(text, 0, (size_t)colon);
    for (size_t i = 20; i < text.n && n == text.n; i++) {
        if (text.p[i] == '.' || text.p[i] == '?' || (i > 60 && text.p[i] == ' '))
            n = i;
    }
    return arena_dup(d->arena, str_sub(text, 0, n));
}

static int minute_of(struct str time)
{
    struct str minutes, hours = str_cut(time, ':', &minutes);
    uint64_t h = 12, m = 0;

    str_to_u64(hours, &h);
    str_to_u64(minutes, &m);
    return (int)(h * 60 + m);
}

int thread_new(struct op *op, struct demo *d, const struct book_block *block)
{
    struct place *place = house_place(&d->house, block->words[0]);
    struct play *p = stage_new(d, block, place ? place : &d->house.places[0]);
    struct op then = *op;
    uint64_t days = 1;
    int64_t at;
    int r;

    str_to_u64(block->words[1], &days);
    r = stage_day(op, d, (int)days, minute_of(block->words[2]), &at);
    if (r < 0)
        return r;
    p->agent = talk_agent(d, p);
    p->thread_id = arena_fmt(d->arena, "post-" STR_FMT, STR_ARG(block->name));
    p->started_at = then.now = at;
    p->slots = stage_slots(&then, d, p);
    p->title = title_of(d, block->lines[0].texts[0]);
    stage_plan(d, at, step, p);
    return 0;
}
