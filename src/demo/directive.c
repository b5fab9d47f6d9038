/* directive.c - the lines with "!": what happens beside what is said. */
#include "demo/script.h"

#include "desk/desk.h"
#include "dialogue/note.h"
#include "page/report.h"

enum { MAX_TAGS = 8 };

/* The conversation of who spoke last, as it is now. */
static int current(struct op *op, const struct play *p, struct conversation *ret)
{
    return conversation_need(op, p->voices[p->speaker].conversation_id, ret);
}

static int change(struct op *op, const struct conversation *old, struct conversation *now)
{
    return conversation_update(op, old, now, "conversation.updated", STR(""));
}

static int do_nothing(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    (void)p;
    (void)arg;
    return 0; /* was looked at before */
}

static int do_wait(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    p->wait_ms = stage_span(arg);
    return 0;
}

static int do_stay(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    (void)arg;
    p->ended = p->asked = true;
    return 0;
}

/* Who was helped is a customer, and we know by which form to speak to them. */
static int note_relation(struct op *op, struct demo *d, const struct play *p)
{
    const struct persona *who = p->voices[0].who;
    struct person old, now;
    int r = person_get(op, p->voices[0].person_id, &old);

    if (r != 0 || old.address_form.n)
        return r < 0 ? r : 0;
    now = old;
    if (str_is(who->form, "du") || str_is(who->form, "sie"))
        now.address_form = who->form;
    now.relation = dice_happens(&d->dice, 80)   ? STR("customer")
                   : dice_happens(&d->dice, 50) ? STR("prospect")
                                                : STR("fan");
    if (dice_happens(&d->dice, 12))
        now.note = script_any(op, d, p, "notiz");
    talk_as(op, p->agent);
    return person_update(op, &old, &now);
}

static int solve_now(struct op *op, struct demo *d, struct play *p)
{
    int64_t due;
    int r = talk_solve(op, p, 0, true, &due);

    if (r >= 0)
        r = note_relation(op, d, p);
    if (r >= 0)
        ask_plan(d, p, due);
    return r;
}

static int do_solve(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    int64_t at;
    int r = stage_in_service(op, p, op->now,
                             dice_between(&d->dice, MINUTES(10), HOURS(5)), &at);

    (void)arg;
    p->ended = true;
    if (r >= 0)
        stage_plan(d, at, solve_now, p);
    return r;
}

static int do_solve_at(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    stage_plan(d, d->now - stage_span(arg), solve_now, p);
    return 0;
}

static int close_now(struct op *op, struct demo *d, struct play *p)
{
    const struct book_line *line = &p->block->lines[p->line - 1];
    struct str note, reason;

    (void)d;
    str_cut(line->texts[0], ' ', &reason); /* behind the word "close" */
    reason = str_cut(reason, ' ', &note);
    return talk_close(op, p, 0, arena_cstr(op->arena, reason), note);
}

static int do_close(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    int64_t at;
    int r = stage_reaction_at(op, d, p, &at);

    (void)arg;
    p->ended = true;
    if (r >= 0)
        stage_plan(d, at, close_now, p);
    return r;
}

static int do_tag(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct str tags[MAX_TAGS];
    struct conversation c;
    size_t n = 0;
    int r = current(op, p, &c);

    (void)d;
    if (r < 0)
        return r;
    while (arg.n && n < MAX_TAGS)
        tags[n++] = str_cut(arg, ' ', &arg);
    talk_as(op, p->agent);
    return conversation_set_tags(op, &c, tags, n);
}

/* By the agent, or by a colleague when it speaks to the agent. */
static int do_note(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    const struct colleague *author = p->agent;
    struct conversation c;
    struct note note;
    int r = current(op, p, &c);

    if (r < 0)
        return r;
    if (str_find(arg, str_of(author->name)) >= 0)
        author = house_colleague(&d->house, str_is(str_of(author->first), "Jonas")
                                                ? STR("Mehmet")
                                                : STR("Jonas"));
    talk_as(op, author);
    note = (struct note){ .conversation_id = c.id,
                          .account_id = author->id,
                          .body = book_fill(op->arena, arg, p->slots) };
    return note_add(op, &note, NULL, 0);
}

static int do_assign(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    const struct colleague *who = house_colleague(&d->house, arg);

    if (!who)
        return op_fail(op, ERR_INTERNAL, "nobody is called " STR_FMT, STR_ARG(arg));
    p->agent = who;
    return talk_take(op, p, 0);
}

static int do_draft(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct draft draft = { .account_id = p->agent->id,
                           .body = book_fill(op->arena, arg, p->slots),
                           .visibility = STR("private"),
                           .updated_at = op->now };
    struct conversation c;
    int r = current(op, p, &c);

    (void)d;
    draft.conversation_id = c.id;
    return r < 0 ? r : draft_put(op, &draft);
}

static int do_snooze(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct conversation old, now;
    int r = current(op, p, &old);

    now = old;
    now.snooze_until_at = d->now + stage_span(arg);
    talk_as(op, p->agent);
    return r < 0 ? r : change(op, &old, &now);
}

static int do_waiting(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct conversation old, now;
    int r = current(op, p, &old);

    (void)d;
    now = old;
    now.state = STR("waiting");
    now.waiting_for = arg;
    talk_as(op, p->agent);
    return r < 0 ? r : change(op, &old, &now);
}

static int do_trainee(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    (void)arg;
    p->by_trainee = true;
    return 0;
}

static int do_fail(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    p->failure = arg;
    return 0;
}

static int do_uncertain(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    (void)arg;
    p->uncertain = true;
    return 0;
}

static int do_later(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)op;
    (void)d;
    p->send_later_ms = stage_span(arg);
    return 0;
}

/* The play of another scene. */
static const struct play *other_of(const struct demo *d, struct str name)
{
    for (const struct play *p = d->plays; p; p = p->next) {
        if (str_eq(p->block->name, name) && p->voices[0].conversation_id)
            return p;
    }
    return NULL;
}

static int do_same_person(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    const struct play *other = other_of(d, arg);
    struct person here, there;
    int r;

    if (!other)
        return op_fail(op, ERR_INTERNAL, "there was no " STR_FMT, STR_ARG(arg));
    talk_as(op, p->agent);
    r = person_get(op, p->voices[0].person_id, &here);
    if (r == 0)
        r = person_get(op, other->voices[0].person_id, &there);
    if (r == 0)
        r = person_merge(op, here.id, there.id);
    return r > 0 ? op_fail(op, ERR_INTERNAL, "a person got lost") : r;
}

static int do_merge(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    const struct play *other = other_of(d, arg);

    if (!other)
        return op_fail(op, ERR_INTERNAL, "there was no " STR_FMT, STR_ARG(arg));
    talk_as(op, p->agent);
    return desk_merge(op, p->voices[0].conversation_id, other->voices[0].conversation_id);
}

/* What kind of third party wrote the last message. */
static int mark(struct op *op, const struct play *p, const char *kind, bool confirm)
{
    struct message old, now;
    int r = message_get(op, p->message_id, &old);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message got lost");
    now = old;
    now.third_party = str_of(kind);
    talk_as(op, p->agent);
    if (!confirm)
        return message_update(op, &old, &now, "message.third_party");
    now.confirmed_at = op->now;
    now.confirmed_by = p->agent->id;
    return message_update(op, &old, &now, "message.confirmed");
}

static int do_confirm(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)d;
    (void)arg;
    return mark(op, p, "helper", true);
}

static int do_satire(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    (void)d;
    (void)arg;
    return mark(op, p, "satire", false);
}

static int do_impostor(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct message message;
    int r = message_get(op, p->message_id, &message);

    (void)d;
    (void)arg;
    if (r == 0)
        r = mark(op, p, "impostor", false);
    if (r == 0)
        r = profile_mark_impostor(op, message.profile_id, true);
    if (r == 0 && p->voices[p->speaker].conversation_id)
        r = talk_close(op, p, p->speaker, "spam", STR("Gibt sich als Radwerk aus."));
    return r < 0 ? r : 0;
}

static int do_like(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    const struct book_line *line = &p->block->lines[p->line - 2]; /* before this one */
    struct heard h = { .voice = p->speaker,
                       .external_id = p->voices[p->speaker].last_id,
                       .body = book_fill(op->arena, line->texts[0], p->slots),
                       .sent_at = op->now };
    uint64_t likes = 0;

    if (!str_to_u64(arg, &likes))
        return op_fail(op, ERR_INTERNAL, "how many like it?");
    h.likes = (int64_t)likes;
    return talk_hear(op, d, p, &h);
}

/* "insult TEXT": somebody reports the last message. */
static int do_report(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct page_report report = { .page = STR("thread"), .message_id = p->message_id };
    struct message message;
    int r = message_get(op, p->message_id, &message);

    (void)d;
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a message got lost");
    report.thread_id = message.thread_id;
    report.why = str_cut(arg, ' ', &report.body);
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    return page_report_add(op, &report);
}

/* "14 lob frage": so many comments from these pools, in the hours that follow. */
static int do_fill(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct str pools, number = str_cut(arg, ' ', &pools);
    uint64_t n = 0;

    if (!str_to_u64(number, &n))
        return op_fail(op, ERR_INTERNAL, "how many comments?");
    for (; n > 0; n--) {
        struct str rest = pools, pool = str_cut(rest, ' ', &rest);
        int64_t early = dice_between(&d->dice, MINUTES(4), HOURS(5));
        int64_t late = dice_between(&d->dice, HOURS(5), HOURS(44));

        while (rest.n && dice_happens(&d->dice, 50))
            pool = str_cut(rest, ' ', &rest);
        scene_comment(
            op, d, p, cast_any(&d->cast, arena_cstr(op->arena, pool)),
            script_awake(op, d,
                         p->started_at + (dice_happens(&d->dice, 70) ? early : late)));
    }
    return 0;
}

/* "60 welle": so many within hours, and the desk does what it can. */
static int do_wave(struct op *op, struct demo *d, struct play *p, struct str arg)
{
    struct str pool, number = str_cut(arg, ' ', &pool);
    const char *name = arena_cstr(op->arena, pool);
    uint64_t n = 0;

    if (!str_to_u64(number, &n))
        return op_fail(op, ERR_INTERNAL, "how many comments?");
    for (; n > 0; n--) {
        struct str text = cast_any(&d->cast, name);

        if (dice_happens(&d->dice, 62))
            text = arena_fmt(d->arena, STR_FMT " => " STR_FMT, STR_ARG(text),
                             STR_ARG(cast_any(&d->cast, "welle-antwort")));
        scene_comment(op, d, p, text,
                      op->now + dice_between(&d->dice, 0, MINUTES(90)) +
                          dice_between(&d->dice, 0, MINUTES(120)));
    }
    return 0;
}

static const struct {
    const char *name;
    int (*run)(struct op *op, struct demo *d, struct play *p, struct str arg);
} directives[] = {
    { "person", do_nothing },
    { "at", do_nothing },
    { "attach", do_nothing },
    { "held", do_nothing },
    { "report", do_report },
    { "wait", do_wait },
    { "stay", do_stay },
    { "solve", do_solve },
    { "solve-at", do_solve_at },
    { "close", do_close },
    { "tag", do_tag },
    { "note", do_note },
    { "assign", do_assign },
    { "draft", do_draft },
    { "snooze", do_snooze },
    { "waiting", do_waiting },
    { "trainee", do_trainee },
    { "fail", do_fail },
    { "uncertain", do_uncertain },
    { "later", do_later },
    { "same-person", do_same_person },
    { "merge", do_merge },
    { "confirm", do_confirm },
    { "satire", do_satire },
    { "impostor", do_impostor },
    { "like", do_like },
    { "fill", do_fill },
    { "wave", do_wave },
};

static int run(struct op *op, struct demo *d, struct play *p, struct str text)
{
    struct str arg, word = str_cut(text, ' ', &arg);

    for (size_t i = 0; i < COUNT_OF(directives); i++) {
        if (str_is(word, directives[i].name))
            return directives[i].run(op, d, p, arg);
    }
    return op_fail(op, ERR_INTERNAL, "there is no directive " STR_FMT, STR_ARG(word));
}

int directives_run(struct op *op, struct demo *d, struct play *p)
{
    while (p->line < p->block->line_count) {
        const struct book_line *line = &p->block->lines[p->line];
        int r;

        if (!str_is(line->tag, "!"))
            return 0;
        p->line++;
        r = run(op, d, p, line->texts[0]);
        if (r < 0)
            return r;
    }
    return 0;
}

/* What stands behind `word` in the directives of the line at p->line. */
static struct str find_ahead(const struct play *p, const char *word)
{
    for (size_t i = p->line + 1; i < p->block->line_count; i++) {
        struct str arg, first = str_cut(p->block->lines[i].texts[0], ' ', &arg);

        if (!str_is(p->block->lines[i].tag, "!"))
            break;
        if (str_is(first, word))
            return arg.n ? arg : first;
    }
    return (struct str){ NULL, 0 };
}

enum talk_file directives_file(const struct play *p)
{
    struct str word = find_ahead(p, "attach");

    return word.n ? talk_file_of(word) : TALK_NO_FILE;
}

bool directives_say(const struct play *p, const char *word)
{
    return find_ahead(p, word).n > 0;
}
