/* scene.c - one person's concern, line by line. */
#include "demo/script.h"

#include "base/zone.h"

struct str script_text(struct op *op, struct demo *d, const struct play *p,
                       const struct book_line *line)
{
    return book_fill(op->arena, line->texts[dice_roll(&d->dice, line->count)], p->slots);
}

static bool has_any(struct str text, const char *const *words)
{
    for (; *words; words++) {
        if (str_find(text, str_of(*words)) >= 0)
            return true;
    }
    return false;
}

struct str script_any(struct op *op, struct demo *d, const struct play *p,
                      const char *pool)
{
    static const char *const formal[] = { "Sie", "Ihnen", "Ihre", NULL };
    static const char *const casual[] = { " du ", " dir", "euch", NULL };
    const struct persona *who = p->voices[0].who;
    struct str text = STR("");

    for (int i = 0; i < 12; i++) {
        text = cast_any(&d->cast, pool);
        if (!who || !has_any(text, str_is(who->form, "sie") ? casual : formal))
            break;
    }
    return book_fill(op->arena, text, p->slots);
}

int64_t script_awake(struct op *op, struct demo *d, int64_t at)
{
    struct civil local;

    if (zone_local(op, STR(HOUSE_ZONE), at, &local) < 0) {
        op->err = (struct err){ 0 };
        return at;
    }
    return local.hour < 6 ? at + HOURS(6) + dice_between(&d->dice, 0, HOURS(3)) : at;
}

/* How long the person takes to write again. */
static int64_t thinking_ms(struct demo *d, const struct play *p)
{
    if (!p->answered)
        return dice_between(&d->dice, HOURS(20), HOURS(40)); /* asks again */
    if (str_is(str_of(p->place->key), "chat"))
        return dice_between(&d->dice, MINUTES(1), MINUTES(25));
    if (p->place->greets)
        return dice_between(&d->dice, HOURS(1), HOURS(30));
    return dice_between(&d->dice, MINUTES(4), HOURS(7));
}

static beat_fn step;

/* After the last line: comments and talks that ended without a word on it. */
static int wind_up(struct op *op, struct demo *d, struct play *p)
{
    int64_t due;
    int r;

    (void)d;
    if (!p->answered)
        return talk_close(op, p, 0, "no_answer_needed", STR(""));
    r = talk_solve(op, p, 0, false, &due);
    return r < 0 ? r : 0;
}

static int plan_end(struct op *op, struct demo *d, struct play *p)
{
    int64_t at;
    int r =
        stage_in_service(op, p, op->now, dice_between(&d->dice, HOURS(1), HOURS(9)), &at);

    if (r >= 0)
        stage_plan(d, at, wind_up, p);
    return r;
}

static int plan_next(struct op *op, struct demo *d, struct play *p)
{
    bool ours = !str_is(p->block->lines[p->line].tag, "K");
    int64_t at, wait = p->wait_ms;
    int r = 0;

    p->wait_ms = -1;
    if (wait >= 0)
        at = op->now + wait;
    else if (!ours)
        at = script_awake(op, d, op->now + thinking_ms(d, p));
    else if (p->answered)
        r = stage_in_service(op, p, op->now, dice_between(&d->dice, HOURS(3), HOURS(14)),
                             &at);
    else
        r = stage_reaction_at(op, d, p, &at);
    if (r >= 0)
        stage_plan(d, at, step, p);
    return r;
}

int scene_go_on(struct op *op, struct demo *d, struct play *p)
{
    if (p->ended)
        return 0;
    return p->line < p->block->line_count ? plan_next(op, d, p) : plan_end(op, d, p);
}

/* Somebody looks at what the trainee wrote; then it goes on. */
static int approve(struct op *op, struct demo *d, struct play *p)
{
    int r = talk_approve(op, d, p);

    return r < 0 ? r : scene_go_on(op, d, p);
}

static int plan_approval(struct op *op, struct demo *d, struct play *p)
{
    int64_t at;
    int r = stage_in_service(op, p, op->now,
                             dice_between(&d->dice, MINUTES(12), MINUTES(80)), &at);

    if (r >= 0)
        stage_plan(d, at, approve, p);
    return r;
}

/* Nobody answered for most of a day. */
static int chase(struct op *op, struct demo *d, struct play *p)
{
    if (p->reacted || p->ended)
        return 0;
    return talk_hear(
        op, d, p, &(const struct heard){ .body = script_any(op, d, p, "drangeblieben") });
}

static int hear(struct op *op, struct demo *d, struct play *p, struct str body)
{
    struct heard h = { .body = talk_dress(op, d, p, body),
                       .file = directives_file(p),
                       .parent_id = p->post ? p->post->voices[0].last_id : STR("") };
    bool first = !p->voices[0].last_id.n;
    int r = talk_hear(op, d, p, &h);

    p->answered = false;
    if (r >= 0 && first && !p->staged && p->place->greets && dice_happens(&d->dice, 45))
        stage_plan(d, op->now + dice_between(&d->dice, HOURS(17), HOURS(26)), chase, p);
    return r;
}

/* Lukas tries himself at an answer that nothing else hangs on. */
static bool is_for_trainee(struct demo *d, const struct play *p)
{
    const struct book_block *block = p->block;

    return !p->staged && str_is(str_of(p->department->key), "Dialog") &&
           p->line + 1 < block->line_count &&
           str_is(block->lines[p->line + 1].tag, "K") && dice_happens(&d->dice, 12);
}

static int say(struct op *op, struct demo *d, struct play *p, struct str body)
{
    struct reply reply = { .in_private = str_is(p->block->lines[p->line].tag, "P"),
                           .file = directives_file(p) };

    p->by_trainee = p->by_trainee || is_for_trainee(d, p);
    reply.body = talk_dress_reply(op, d, p, body);
    return talk_say(op, d, p, &reply);
}

static int step(struct op *op, struct demo *d, struct play *p)
{
    const struct book_line *line = &p->block->lines[p->line];
    struct str body = script_text(op, d, p, line);
    bool ours = !str_is(line->tag, "K"), held;
    int r = ours ? say(op, d, p, body) : hear(op, d, p, body);

    held = ours && p->by_trainee;
    p->line++;
    if (r >= 0)
        r = directives_run(op, d, p);
    if (r < 0)
        return r;
    /* What a trainee wrote goes on once it was approved. */
    return held && !p->ended ? plan_approval(op, d, p) : scene_go_on(op, d, p);
}

/* What a mail is about, as its subject says. */
static struct str title_of(struct op *op, struct demo *d, const struct play *p)
{
    const char *pool =
        arena_cstr(op->arena, arena_fmt(op->arena, "betreff-%s", p->department->key));
    struct str text = cast_any(&d->cast, pool);

    return p->place->greets ? book_fill(d->arena, text, p->slots) : STR("");
}

static struct str any_word(struct demo *d, struct str words)
{
    size_t n = 1, wanted;

    for (size_t i = 0; i < words.n; i++)
        n += words.p[i] == ',';
    for (wanted = dice_roll(&d->dice, n); wanted > 0; wanted--)
        str_cut(words, ',', &words);
    return str_cut(words, ',', &words);
}

/* `! person NAME`: the same one as in other scenes, else somebody. */
static struct persona *person_of(struct demo *d, struct play *p, struct str form)
{
    bool is_today = str_is(p->block->lines[0].tag, "!"), is_new;
    bool foreign = !str_is(form, "du") && !str_is(form, "sie");

    for (size_t i = 0; i < p->block->line_count; i++) {
        struct str rest, word = str_cut(p->block->lines[i].texts[0], ' ', &rest);

        if (!str_is(p->block->lines[i].tag, "!") || !str_is(word, "person"))
            continue;
        for (struct play *other = p->next; other; other = other->next) {
            struct str mark;

            if (!other->staged)
                continue;
            str_cut(other->block->lines[0].texts[0], ' ', &mark);
            if (str_is(other->block->lines[0].tag, "!") && str_eq(mark, rest))
                return other->voices[0].who;
        }
    }
    /* A web chat is one talk per browser: a new concern is somebody new. */
    is_new = is_today || str_is(str_of(p->place->key), "chat");
    return cast_pick(&d->cast, p->place, form, NULL, is_new ? 0 : foreign ? 80 : 34);
}

struct play *scene_new(struct op *op, struct demo *d, const struct book_block *block,
                       int64_t at)
{
    struct place *place = house_place(&d->house, any_word(d, block->words[0]));
    struct play *p = stage_new(d, block, place ? place : &d->house.places[0]);
    struct department_of_house *department = house_department(&d->house, block->words[2]);

    if (department)
        p->department = department;
    p->agent = talk_agent(d, p);
    p->voices[0].who = person_of(d, p, block->words[1]);
    p->thread_id = arena_fmt(d->arena, "t-%llu", (unsigned long long)++d->names);
    p->started_at = at;
    {
        struct op then = *op;

        then.now = at;
        p->slots = stage_slots(&then, d, p);
    }
    p->title = title_of(op, d, p);
    stage_plan(d, at, step, p);
    return p;
}

/* "text => answer" as two lines. */
static const struct book_block *block_of(struct demo *d, struct str text)
{
    struct book_block *block = arena_new(d->arena, struct book_block, 1);
    ptrdiff_t arrow = str_find(text, STR(" => "));

    block->name = STR("comment");
    block->lines = arena_new(d->arena, struct book_line, 2);
    block->line_count = arrow < 0 || dice_happens(&d->dice, 8) ? 1 : 2;
    block->lines[0] = (struct book_line){
        STR("K"), { arrow < 0 ? text : str_sub(text, 0, (size_t)arrow) }, 1
    };
    if (arrow >= 0)
        block->lines[1] = (struct book_line){
            STR("D"), { str_sub(text, (size_t)arrow + 4, text.n) }, 1
        };
    return block;
}

/* A typing mistake is mended, or it was better not said. */
static int change_mind(struct op *op, struct demo *d, struct play *p)
{
    struct heard h = { .external_id = p->voices[0].last_id,
                       .parent_id = p->post->voices[0].last_id,
                       .body = script_text(op, d, p, &p->block->lines[0]),
                       .sent_at = p->started_at };

    if (dice_happens(&d->dice, 60)) {
        h.edited_at = op->now;
        h.body = arena_fmt(op->arena, STR_FMT " (Edit: Tippfehler)", STR_ARG(h.body));
    } else {
        h.removed_at = op->now;
    }
    return talk_hear(op, d, p, &h);
}

void scene_comment(struct op *op, struct demo *d, struct play *post, struct str text,
                   int64_t at)
{
    struct play *p = stage_new(d, block_of(d, text), post->place);

    p->post = post;
    p->thread_id = post->thread_id;
    p->title = post->title;
    p->closes = true;
    p->started_at = at;
    p->department = post->department;
    p->agent = talk_agent(d, p);
    p->voices[0].who = cast_pick(&d->cast, post->place, STR("du"), post, 84);
    p->slots = stage_slots(op, d, p);
    stage_plan(d, at, step, p);
    if (p->block->line_count == 1 && dice_happens(&d->dice, 7))
        stage_plan(d, at + dice_between(&d->dice, MINUTES(2), MINUTES(40)), change_mind,
                   p);
}
