/* stage.c - the queue of beats, and the jobs between them. */
#include "demo/stage.h"

#include "base/zone.h"
#include "desk/hours.h"
#include "work/works.h"

struct play *stage_new(struct demo *d, const struct book_block *block,
                       struct place *place)
{
    struct play *p = arena_new(d->arena, struct play, 1);

    p->block = block;
    p->place = place;
    p->department = &d->house.departments[place->department < 0 ? 0 : place->department];
    p->wait_ms = -1;
    p->dice = (struct dice){ dice_next(&d->dice) };
    p->next = d->plays;
    d->plays = p;
    return p;
}

static bool is_before(const struct beat *a, const struct beat *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void swap(struct beat *a, struct beat *b)
{
    struct beat c = *a;

    *a = *b;
    *b = c;
}

void stage_plan(struct demo *d, int64_t at, beat_fn *run, struct play *p)
{
    size_t i = d->count;

    if (at > d->now)
        return;
    if (d->count == d->size) {
        size_t size = d->size ? d->size * 2 : 1024;
        struct beat *more = arena_new(d->arena, struct beat, size);

        if (d->count)
            memcpy(more, d->beats, d->count * sizeof(*more));
        d->beats = more;
        d->size = size;
    }
    d->beats[d->count++] = (struct beat){ at, d->order++, run, p };
    for (; i > 0 && is_before(&d->beats[i], &d->beats[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&d->beats[i], &d->beats[(i - 1) / 2]);
}

static struct beat take_first(struct demo *d)
{
    struct beat first = d->beats[0];
    size_t i = 0;

    d->beats[0] = d->beats[--d->count];
    for (;;) {
        size_t child = 2 * i + 1;

        if (child + 1 < d->count && is_before(&d->beats[child + 1], &d->beats[child]))
            child++;
        if (child >= d->count || !is_before(&d->beats[child], &d->beats[i]))
            return first;
        swap(&d->beats[i], &d->beats[child]);
        i = child;
    }
}

static const struct work *work_of(struct str kind)
{
    for (size_t i = 0; works[i]; i++) {
        if (str_is(kind, works[i]->kind))
            return works[i];
    }
    return NULL;
}

/* One job that is due by op->now, as the runner would run it. */
static int run_job(struct op *op)
{
    struct work_result result = { .reason = STR("") };
    const struct work *work;
    struct job job;
    int r = job_claim(op, &job);

    if (r != 0)
        return r < 0 ? r : 0;
    work = work_of(job.kind);
    if (!work)
        return op_fail(op, ERR_INTERNAL, "nothing here can do " STR_FMT,
                       STR_ARG(job.kind));
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    r = work->run(op, &job, &result);
    if (r < 0)
        return op_detail(op, r, "while running " STR_FMT, STR_ARG(job.kind));
    r = r == WORK_AGAIN ? job_again(op, &job, result.again_at) : job_done(op, &job);
    return r < 0 ? r : 0;
}

static int next_job(struct op *op, int64_t *ret_at)
{
    int r = job_next_due(op, ret_at);

    if (r == JOB_NONE)
        *ret_at = INT64_MAX;
    return r < 0 ? r : 0;
}

static int run_beat(struct op *op, struct demo *d, const struct beat *beat)
{
    struct dice others = d->dice;
    int r;

    d->dice = beat->play->dice;
    r = beat->run(op, d, beat->play);
    beat->play->dice = d->dice;
    d->dice = others;
    return r;
}

/* Memory of one beat dies with it; what fails is told to the caller. */
static int run_one(struct op *op, struct demo *d, const struct beat *beat)
{
    ARENA(scratch);
    struct op one = *op;
    int r;

    one.arena = &scratch;
    r = beat ? run_beat(&one, d, beat) : run_job(&one);
    if (r < 0) {
        op->err = one.err;
        op->err.text = arena_dup(op->arena, one.err.text);
        op->err.detail = arena_dup(op->arena, one.err.detail);
        op->err.extra = STR("");
        op->err.fields = NULL;
        if (beat && beat->play->block)
            op_detail(op, r, "in the scene " STR_FMT ", line %zu",
                      STR_ARG(beat->play->block->name), beat->play->line);
    }
    return r;
}

static void go_to(struct op *op, struct demo *d, int64_t at)
{
    if (at > op->now)
        op->now = at;
    clock_set(&d->clock, op->now);
}

int stage_run(struct op *op, struct demo *d, int steps)
{
    for (;; steps--) {
        struct beat beat = { .at = INT64_MAX };
        int64_t due;
        int r = next_job(op, &due);

        if (r < 0)
            return r;
        if (d->count)
            beat.at = d->beats[0].at;
        if (due > d->now && beat.at > d->now)
            break;
        if (steps == 0)
            return STAGE_MORE;
        if (due <= beat.at) {
            go_to(op, d, due);
            r = run_one(op, d, NULL);
        } else {
            beat = take_first(d);
            go_to(op, d, beat.at);
            r = run_one(op, d, &beat);
        }
        if (r < 0)
            return r;
    }
    go_to(op, d, d->now);
    return 0;
}

int stage_in_service(struct op *op, const struct play *p, int64_t from, int64_t ms,
                     int64_t *ret)
{
    int r = hours_after(op, p->department->id, from, ms, ret);

    if (r == HOURS_NONE)
        *ret = from + ms;
    return r < 0 ? r : 0;
}

/* Most are near the usual time, some far beyond it. */
static int64_t spread(struct dice *dice, int64_t ms)
{
    static const int percent[] = { 15, 25,  35,  45,  55,  65,  75,  85,
                                   95, 110, 125, 145, 170, 210, 280, 420 };

    ms = ms / 100 * percent[dice_roll(dice, COUNT_OF(percent))];
    return ms + dice_between(dice, 0, MINUTES(2));
}

int stage_reaction_at(struct op *op, struct demo *d, const struct play *p, int64_t *ret)
{
    const struct department_of_house *at = p->department;
    int64_t whole = d->hour - d->start_at, gone = op->now - d->start_at;
    int64_t early = MINUTES((int64_t)at->early), late = MINUTES((int64_t)at->late);
    int64_t usual = early - (early - late) / 1000 * (gone * 1000 / (whole ? whole : 1));

    usual = spread(&d->dice, usual * p->place->pace / 100);
    if (usual < MINUTES(1))
        usual = MINUTES(1) + dice_between(&d->dice, 0, SECONDS(50));
    return stage_in_service(op, p, op->now, usual, ret);
}

int stage_day(struct op *op, const struct demo *d, int days, int minute, int64_t *ret)
{
    struct civil day;
    int r = zone_local(op, STR(HOUSE_ZONE), d->now, &day);

    if (r < 0)
        return r;
    day.hour = minute / 60;
    day.minute = minute % 60;
    day.second = day.millisecond = 0;
    r = zone_instant(op, STR(HOUSE_ZONE), &day, ret);
    return r < 0 ? r : zone_add_days(op, STR(HOUSE_ZONE), *ret, -days, ret);
}

int stage_moment(struct op *op, struct demo *d, int64_t *ret)
{
    static const int weekdays[] = { 100, 88, 84, 80, 74, 58, 52 };
    static const int hours[] = { 6,  3,  2,  1,  1,  4,  14, 34, 62,  84, 96, 90,
                                 74, 70, 76, 82, 86, 88, 92, 98, 100, 78, 44, 18 };

    for (;;) {
        int64_t at = dice_between(&d->dice, d->start_at + HOURS(30), d->hour);
        struct civil local;
        int r = zone_local(op, STR(HOUSE_ZONE), at, &local);

        if (r < 0)
            return r;
        *ret = at;
        if (dice_happens(&d->dice, weekdays[local.weekday]) &&
            dice_happens(&d->dice, hours[local.hour]))
            return 0;
    }
}

int64_t stage_span(struct str text)
{
    int64_t ms = 0, number = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            continue;
        }
        if (c == 'd')
            ms += DAYS(number);
        else if (c == 'h')
            ms += HOURS(number);
        else if (c == 'm')
            ms += MINUTES(number);
        number = 0;
    }
    return ms;
}

static struct str date_of(struct op *op, struct demo *d, int64_t at)
{
    struct civil local = { .day = 1, .month = 1 };

    if (zone_local(op, STR(HOUSE_ZONE), at, &local) < 0)
        op->err = (struct err){ 0 };
    return arena_fmt(d->arena, "%d.%d.", local.day, local.month);
}

static struct str weekday_of(struct op *op, struct demo *d, int64_t at)
{
    const struct book_block *names = book_find(&d->book, "pool", STR("wochentag"));
    struct civil local = { .weekday = 0 };

    if (zone_local(op, STR(HOUSE_ZONE), at, &local) < 0)
        op->err = (struct err){ 0 };
    return names && names->line_count > (size_t)local.weekday
               ? names->lines[local.weekday].texts[0]
               : STR("");
}

const struct slot *stage_slots(struct op *op, struct demo *d, const struct play *p)
{
    static const char *const sizes[] = { "S", "M", "L", "XL" };
    struct slot *slots = arena_new(d->arena, struct slot, 11);
    const struct persona *who = p->voices[0].who;
    int64_t days = dice_between(&d->dice, 3, 9);
    size_t n = 0;

    slots[n++] =
        (struct slot){ "order",
                       arena_fmt(d->arena, "RL-%lld",
                                 (long long)dice_between(&d->dice, 40100, 59900)) };
    slots[n++] =
        (struct slot){ "invoice",
                       arena_fmt(d->arena, "RE-%lld",
                                 (long long)dice_between(&d->dice, 20100, 39900)) };
    slots[n++] =
        (struct slot){ "tracking",
                       arena_fmt(d->arena, "00DEMO%lld",
                                 (long long)dice_between(&d->dice, 1000000, 9999999)) };
    slots[n++] =
        (struct slot){ "amount", arena_fmt(d->arena, "%lld,%lld0 €",
                                           (long long)dice_between(&d->dice, 12, 690),
                                           (long long)dice_between(&d->dice, 0, 9)) };
    slots[n++] = (struct slot){ "days", arena_fmt(d->arena, "%lld", (long long)days) };
    slots[n++] = (struct slot){ "date", date_of(op, d, op->now - DAYS(days)) };
    slots[n++] = (struct slot){ "weekday", weekday_of(op, d, op->now + DAYS(days % 5)) };
    slots[n++] = (struct slot){ "size", str_of(sizes[dice_roll(&d->dice, 4)]) };
    slots[n++] = (struct slot){ "city", cast_any(&d->cast, "stadt") };
    slots[n++] = (struct slot){ "first", who ? who->first : STR("") };
    return slots;
}
