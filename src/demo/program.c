/* program.c - what will happen in the ninety days, all in all. */
#include "demo/script.h"
#include "demo/program.h"

enum { CONCERNS = 300 };

/* Scenes whose first lines say when: of today. */
static bool is_of_today(const struct book_block *block)
{
    return str_starts(block->name, STR("heute-"));
}

/* Scenes that come at any time, and more than once. */
static bool is_of_any_day(const struct book_block *block)
{
    return !is_of_today(block) && !str_starts(block->name, STR("bewertung-"));
}

static int64_t start_of(const struct demo *d, const struct book_block *block)
{
    for (size_t i = 0; i < block->line_count && str_is(block->lines[i].tag, "!"); i++) {
        struct str arg, word = str_cut(block->lines[i].texts[0], ' ', &arg);

        if (str_is(word, "at"))
            return d->now - stage_span(arg);
    }
    return d->now;
}

static void plan_today(struct op *op, struct demo *d)
{
    const struct book_block *block = NULL;

    while ((block = book_next(&d->book, "scene", block))) {
        struct play *p;

        if (!is_of_today(block))
            continue;
        p = scene_new(op, d, block, start_of(d, block));
        p->staged = true;
        while (p->line < block->line_count && str_is(block->lines[p->line].tag, "!"))
            p->line++;
    }
}

/* Like cards: each scene comes once before one comes again. */
static int plan_concerns(struct op *op, struct demo *d)
{
    const struct book_block *deck[256];
    size_t count = 0, left = 0;
    int r = 0;

    for (const struct book_block *b = NULL; (b = book_next(&d->book, "scene", b));) {
        if (is_of_any_day(b) && count < COUNT_OF(deck))
            deck[count++] = b;
    }
    if (!count)
        return op_fail(op, ERR_INTERNAL, "there are no scenes");
    for (int i = 0; r >= 0 && i < CONCERNS; i++) {
        const struct book_block *card;
        size_t drawn;
        int64_t at;

        left = left ? left : count;
        drawn = dice_roll(&d->dice, left--);
        card = deck[drawn];
        deck[drawn] = deck[left];
        deck[left] = card;
        r = stage_moment(op, d, &at);
        if (r >= 0)
            scene_new(op, d, card, at);
    }
    return r;
}

static int plan_threads(struct op *op, struct demo *d)
{
    const struct book_block *block = NULL;
    int r = 0;

    while (r >= 0 && (block = book_next(&d->book, "post", block)))
        r = thread_new(op, d, block);
    return r;
}

/* What stood in the forum before the channel was there: history, no concern of ours. */
static int import_history(struct op *op, struct demo *d, struct play *p)
{
    const struct book_line *line = &p->block->lines[p->line];
    struct heard h = { .history = true,
                       .body = line->texts[0],
                       .sent_at = op->now - DAYS(200) + DAYS(11) * (int64_t)p->line };

    p->voices[0].who = cast_pick(&d->cast, p->place, STR("du"), NULL, 10);
    if (p->line % 2 == 0)
        p->thread_id = arena_fmt(d->arena, "f-%llu", (unsigned long long)++d->names);
    p->line++;
    if (p->line < p->block->line_count)
        stage_plan(d, op->now + SECONDS(1), import_history, p);
    return talk_hear(op, d, p, &h);
}

static int plan_forum(struct op *op, struct demo *d)
{
    const struct book_block *pool = book_find(&d->book, "pool", STR("forum"));
    struct play *p;

    if (!pool)
        return op_fail(op, ERR_INTERNAL, "there is no pool forum");
    p = stage_new(d, pool, house_place(&d->house, STR("forum")));
    p->title = STR("Muldental, Auwald, Glühwürmchen: Erfahrungen");
    p->slots = stage_slots(op, d, p);
    stage_plan(d, d->start_at + HOURS(10), import_history, p);
    return 0;
}

/* Nobody is responsible for these: some are answered weeks later, the last ones not yet.
 */
static void plan_reviews(struct op *op, struct demo *d)
{
    const struct book_block *block = NULL;
    int days = 82;

    while ((block = book_next(&d->book, "scene", block))) {
        if (!str_starts(block->name, STR("bewertung-")))
            continue;
        scene_new(op, d, block, d->now - DAYS(days) + HOURS(days % 5));
        days -= 12;
    }
}

int program_plan(struct op *op, struct demo *d)
{
    int r;

    plan_today(op, d);
    r = plan_concerns(op, d);
    if (r >= 0)
        r = plan_threads(op, d);
    if (r >= 0)
        r = plan_forum(op, d);
    if (r >= 0)
        plan_reviews(op, d);
    return r;
}
