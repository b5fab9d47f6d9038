/* metric.c - the table of figures, and summing up observations. */
#include "insight/metric.h"

#include "base/map.h"
#include "base/zone.h"

const struct metric metrics[] = {
    {
        .slug = "reaction_time",
        .unit = "ms",
        .sum = METRIC_DURATION,
        .load = observe_reactions,
        .title = { "Reaktionszeit", "Reaction time" },
        .definition = { "Vom ersten unbeantworteten Wort eines Menschen bis zur ersten "
                        "menschlichen, offiziellen Antwort. Jedes Warten zählt einmal; "
                        "automatische Antworten und Fremde zählen nicht. Wer noch "
                        "wartet, "
                        "steht daneben.",
                        "From a person's first unanswered message to the first human, "
                        "official answer. Each wait counts once; automatic answers and "
                        "strangers do not count. Who still waits is listed beside it." },
    },
    {
        .slug = "first_reaction_time",
        .unit = "ms",
        .sum = METRIC_DURATION,
        .load = observe_first_reactions,
        .title = { "Erste Reaktionszeit", "First reaction time" },
        .definition = { "Wie die Reaktionszeit, aber nur das erste Warten jedes "
                        "Vorgangs.",
                        "As reaction time, but only the first wait of each "
                        "conversation." },
    },
    {
        .slug = "contact_frequency",
        .unit = "number",
        .sum = METRIC_PER_PERSON,
        .load = observe_contacts,
        .title = { "Kontakthäufigkeit", "Contact frequency" },
        .definition = { "Eingegangene Nachrichten geteilt durch die Menschen, die im "
                        "Zeitraum geschrieben haben.",
                        "Inbound messages divided by the people who wrote in the "
                        "period." },
    },
    {
        .slug = "resolution_time",
        .unit = "ms",
        .sum = METRIC_DURATION,
        .load = observe_resolutions,
        .title = { "Lösungszeit", "Resolution time" },
        .definition = { "Vom Öffnen bis gelöst; nach einem Wiederöffnen zählt nur der "
                        "neue "
                        "Abschnitt.",
                        "From opening to solved; after a reopening only the new stretch "
                        "counts." },
    },
    {
        .slug = "answer_quota",
        .unit = "share",
        .sum = METRIC_SHARE,
        .load = observe_answers,
        .title = { "Antwortquote", "Answer quota" },
        .definition = { "Vorgänge, die eine Antwort verdienen (Frage, Beschwerde, "
                        "Vorschlag, Bestellung, nicht eingeordnet) und eine bekommen "
                        "haben, geteilt durch alle solchen.",
                        "Conversations that deserve an answer (question, complaint, "
                        "suggestion, order, unclassified) and got one, divided by all "
                        "such." },
    },
    {
        .slug = "solved_for_good",
        .unit = "share",
        .sum = METRIC_SHARE,
        .closes_early_ms = DAYS(14),
        .load = observe_solutions,
        .title = { "Dauerhaft gelöst", "Solved for good" },
        .definition = { "Gelöst und binnen 14 Tagen vom Menschen nicht wieder geöffnet, "
                        "geteilt durch alle gelösten. Jünger als 14 Tage zählt noch "
                        "nicht.",
                        "Solved and not reopened by the person within 14 days, divided "
                        "by "
                        "all solved. What is younger than 14 days does not count yet." },
    },
    {
        .slug = "check_backs",
        .unit = "share",
        .sum = METRIC_SHARE,
        .load = observe_check_backs,
        .title = { "Nachfragen", "Check-backs" },
        .definition = { "Gesendete Nachfragen geteilt durch fällige; daneben, was daraus "
                        "wurde.",
                        "Check-backs sent divided by check-backs due; beside it what "
                        "came "
                        "of them." },
    },
    {
        .slug = "intent_mix",
        .unit = "number",
        .sum = METRIC_COUNT,
        .load = observe_mix,
        .title = { "Worum es geht", "What it is about" },
        .definition = { "Die Anliegen des Zeitraums nach dem, was sie sind: Lob, Frage, "
                        "Beschwerde und so weiter. Was das Programm nicht sicher weiß, "
                        "steht als unsicher da und wird nirgends dazugerechnet. "
                        "Ausgeblendetes zählt mit und steht daneben.",
                        "The conversations of the period by what they are: praise, "
                        "question, complaint and so on. What the program does not know "
                        "for sure stands as unsure and is counted nowhere else. What was "
                        "hidden counts too and stands beside it." },
    },
    {
        .slug = "shareability",
        .unit = "number",
        .sum = METRIC_PER_ONE,
        .load = observe_posts,
        .title = { "Weitergesagt je Beitrag", "Shares per post" },
        .definition = { "Wie oft Beiträge des Hauses aus dem Zeitraum bis jetzt "
                        "weitergegeben wurden, geteilt durch diese Beiträge. "
                        "Öffentliche, "
                        "die ein Gespräch beginnen, so weit ihr Netzwerk das zählt.",
                        "How often the house's posts of the period were shared until "
                        "now, divided by these posts. Public ones that begin a talk, as "
                        "far as their network counts it." },
    },
    {
        .slug = "shareability_reach",
        .unit = "permille",
        .sum = METRIC_OF_REACH,
        .load = observe_reach,
        .title = { "Weitergesagt je Reichweite", "Shares by reach" },
        .definition = { "Wie oft dieselben Beiträge weitergegeben wurden, geteilt durch "
                        "ihre Reichweite: wie oft sie gesehen wurden (gemessen), und wo "
                        "das Netzwerk das nicht sagt, wie viele dem Konto folgten "
                        "(geschätzt).",
                        "How often the same posts were shared, divided by their reach: "
                        "how often they were seen (measured), and where the network does "
                        "not tell, how many followed the account (estimated)." },
    },
    {
        .slug = "interacting_followers",
        .unit = "share",
        .sum = METRIC_OF_BASE,
        .load = observe_followers,
        .title = { "Wer mitredet", "Who takes part" },
        .definition = { "Menschen, die im Zeitraum geschrieben haben, geteilt durch die, "
                        "die dem Konto an dessen Ende folgten; nur Kanäle, deren "
                        "Netzwerk "
                        "das zählt. Ob jemand folgt, sagt kein Netzwerk: so ist die Zahl "
                        "eher zu hoch. Wer nur zustimmt oder weitergibt, hat dort keinen "
                        "Namen und zählt nicht.",
                        "People who wrote in the period, divided by those who followed "
                        "the account at its end; of channels whose network counts them. "
                        "Whether somebody follows no network tells, so it is rather too "
                        "high. Who only likes or shares has no name there and does not "
                        "count." },
    },
    {
        .slug = "books_balance",
        .unit = "number",
        .sum = METRIC_BALANCE,
        .load = observe_books,
        .title = { "Bücher", "Books" },
        .definition = { "Eingegangen = beantwortet + offen + keine Antwort nötig + "
                        "ausgeblendet + Spam. Die Differenz muss 0 sein.",
                        "Received = answered + open + no answer needed + hidden + spam. "
                        "The difference must be 0." },
    },
    { NULL },
};

const struct metric *metric_by_slug(struct str slug)
{
    for (const struct metric *m = metrics; m->slug; m++) {
        if (str_is(slug, m->slug))
            return m;
    }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Sorted values: the middle one, or the mean of the two, rounded half up. */
static int64_t median(const int64_t *sorted, size_t n)
{
    if (n == 0)
        return -1;
    if (n % 2)
        return sorted[n / 2];
    return (sorted[n / 2 - 1] + sorted[n / 2] + 1) / 2;
}

static int64_t nearest_rank_90(const int64_t *sorted, size_t n)
{
    return n == 0 ? -1 : sorted[(n * 9 + 9) / 10 - 1];
}

static int by_duration(const void *a, const void *b)
{
    const struct observation *x = a, *y = b;

    if (x->wall_ms != y->wall_ms)
        return x->wall_ms < y->wall_ms ? -1 : 1;
    return x->open - y->open; /* at one time, what ended comes before what goes on */
}

/* Kaplan and Meier: the time after which half of all waits are over. */
static int64_t survival_median(struct op *op, const struct observations *set)
{
    struct observation *sorted = arena_new(op->arena, struct observation, set->count + 1);
    double alive = 1;

    if (set->count)
        memcpy(sorted, set->items, set->count * sizeof(*sorted));
    qsort(sorted, set->count, sizeof(*sorted), by_duration);
    for (size_t i = 0; i < set->count; i++) {
        if (sorted[i].open)
            continue;
        alive *= 1.0 - 1.0 / (double)(set->count - i);
        if (alive <= 0.5 + 1e-12)
            return sorted[i].wall_ms;
    }
    return -1;
}

static void sum_durations(struct op *op, const struct observations *set,
                          struct figure *ret)
{
    int64_t *wall = arena_new(op->arena, int64_t, set->count + 1);
    int64_t *service = arena_new(op->arena, int64_t, set->count + 1);
    int64_t *customer = arena_new(op->arena, int64_t, set->count + 1);
    size_t n = 0, in_service = 0, of_customer = 0;

    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].open)
            continue;
        wall[n++] = set->items[i].wall_ms;
        if (set->items[i].service_ms >= 0)
            service[in_service++] = set->items[i].service_ms;
        if (set->items[i].customer_ms >= 0)
            customer[of_customer++] = set->items[i].customer_ms;
    }
    qsort(wall, n, sizeof(*wall), by_number);
    qsort(service, in_service, sizeof(*service), by_number);
    qsort(customer, of_customer, sizeof(*customer), by_number);
    ret->n = (int64_t)n;
    ret->median_ms = median(wall, n);
    ret->p90_ms = nearest_rank_90(wall, n);
    ret->service_median_ms = median(service, in_service);
    ret->service_p90_ms = nearest_rank_90(service, in_service);
    ret->customer_median_ms = median(customer, of_customer);
    ret->survival_median_ms = survival_median(op, set);
    ret->has_value = n > 0;
    ret->value = (double)ret->median_ms;
}

static int64_t distinct_persons(struct op *op, const struct observations *set)
{
    struct map seen = MAP(op->arena);
    int64_t n = 0;

    for (size_t i = 0; i < set->count; i++) {
        if (map_get_id(&seen, set->items[i].person_id))
            continue;
        map_put_id(&seen, set->items[i].person_id, &set->items[i]);
        n++;
    }
    return n;
}

static int64_t hits(const struct observations *set)
{
    int64_t n = 0;

    for (size_t i = 0; i < set->count; i++)
        n += set->items[i].hit;
    return n;
}

/* Of what is known: -1 is not. */
static int64_t sum_of(const struct observations *set, bool reach)
{
    int64_t sum = 0;

    for (size_t i = 0; i < set->count; i++) {
        int64_t one = reach ? set->items[i].reach : set->items[i].number;

        sum += one > 0 ? one : 0;
    }
    return sum;
}

/* Nothing is divided by nothing. */
static void divide(struct figure *f, int64_t sum, int64_t base)
{
    f->sum = sum;
    f->base = base;
    f->has_value = base > 0;
    f->value = base > 0 ? (double)sum / (double)base : 0;
}

static int64_t hidden_ones(const struct observations *set)
{
    int64_t n = 0;

    for (size_t i = 0; i < set->count; i++)
        n += set->items[i].hidden;
    return n;
}

struct figure metric_figure(struct op *op, const struct metric *metric,
                            const struct observations *set)
{
    struct figure f = {
        .n = (int64_t)set->count,
        .hidden = hidden_ones(set),
        .has_value = set->count > 0,
        .median_ms = -1,
        .p90_ms = -1,
        .service_median_ms = -1,
        .service_p90_ms = -1,
        .survival_median_ms = -1,
        .customer_median_ms = -1,
        .sum = -1,
        .base = -1,
    };

    switch (metric->sum) {
    case METRIC_DURATION:
        sum_durations(op, set, &f);
        break;
    case METRIC_SHARE:
        f.value = f.n ? (double)hits(set) / (double)f.n : 0;
        break;
    case METRIC_PER_PERSON:
        f.value = f.n ? (double)f.n / (double)distinct_persons(op, set) : 0;
        break;
    case METRIC_COUNT:
        f.value = (double)f.n;
        break;
    case METRIC_BALANCE:
        f.value = (double)(set->received - f.n);
        break;
    case METRIC_PER_ONE:
        divide(&f, sum_of(set, false), f.n);
        break;
    case METRIC_OF_REACH:
        divide(&f, sum_of(set, false), sum_of(set, true));
        break;
    case METRIC_OF_BASE:
        divide(&f, f.n, set->base);
        break;
    }
    return f;
}

/* When it happened, by the clock on the wall. */
static int key_of_time(struct op *op, int64_t at, enum metric_group by,
                       struct str time_zone, struct str *ret)
{
    struct civil local;
    int r = zone_local(op, time_zone, at, &local);

    if (r >= 0 && by == BY_WEEK && local.weekday > 0)
        r = zone_add_days(op, time_zone, at, -local.weekday, &at);
    if (r >= 0 && by == BY_WEEK && local.weekday > 0)
        r = zone_local(op, time_zone, at, &local);
    if (r < 0)
        return r;
    if (by == BY_HOUR)
        *ret = arena_fmt(op->arena, "%02d", local.hour);
    else if (by == BY_WEEKDAY_HOUR)
        *ret = arena_fmt(op->arena, "%d %02d", local.weekday, local.hour);
    else if (by == BY_MONTH)
        *ret = arena_fmt(op->arena, "%04d-%02d", local.year, local.month);
    else
        *ret = arena_fmt(op->arena, "%04d-%02d-%02d", local.year, local.month, local.day);
    return 0;
}

static int key_of(struct op *op, const struct observation *o, enum metric_group by,
                  struct str time_zone, struct str *ret)
{
    int64_t id = 0;

    switch (by) {
    case BY_CHANNEL:
        id = o->channel_id;
        break;
    case BY_DEPARTMENT:
        id = o->department_id;
        break;
    case BY_AGENT:
        id = o->account_id;
        break;
    case BY_INTENT:
        *ret = o->intent;
        return 0;
    case BY_PART:
        *ret = o->part;
        return 0;
    case BY_HIDDEN:
        *ret = o->hidden ? STR("hidden") : STR("");
        return 0;
    case BY_HOUR:
    case BY_WEEKDAY_HOUR:
    case BY_DAY:
    case BY_WEEK:
    case BY_MONTH:
        return key_of_time(op, o->at, by, time_zone, ret);
    case BY_NOTHING:
        break;
    }
    *ret = id ? arena_fmt(op->arena, "%lld", (long long)id) : STR("");
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct group *)a)->key, ((const struct group *)b)->key);
}

static void join(struct op *op, struct group *group, const struct observation *o)
{
    struct observations *set = &group->set;

    if (set->count == set->size) {
        size_t size = set->size ? set->size * 2 : 8;
        struct observation *more = arena_new(op->arena, struct observation, size);

        if (set->count)
            memcpy(more, set->items, set->count * sizeof(*more));
        set->items = more;
        set->size = size;
    }
    set->items[set->count++] = *o;
    set->received++; /* each group balances by itself */
}

/* What a group is a part of: a channel of its own followers, all else of all. */
static int64_t base_of(const struct observations *set, const struct observation *first,
                       enum metric_group by)
{
    return by == BY_CHANNEL && set->base ? first->number : set->base;
}

int metric_groups(struct op *op, const struct observations *set, enum metric_group by,
                  struct str time_zone, struct group **ret, size_t *ret_count)
{
    struct group *groups = arena_new(op->arena, struct group, set->count + 1);
    struct map by_text = MAP(op->arena);
    size_t n = 0;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < set->count; i++) {
        struct group *group;
        struct str key;

        r = key_of(op, &set->items[i], by, time_zone, &key);
        if (r < 0)
            return r;
        group = map_get(&by_text, key);
        if (!group) {
            group = &groups[n++];
            group->key = key;
            group->set.base = base_of(set, &set->items[i], by);
            map_put(&by_text, key, group);
        }
        join(op, group, &set->items[i]);
    }
    qsort(groups, n, sizeof(*groups), by_key);
    *ret = groups;
    *ret_count = n;
    return 0;
}

int metric_narrow(struct op *op, struct observations *set, enum metric_group by,
                  struct str key, struct str time_zone)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->count; i++) {
        struct str own;
        int r = key_of(op, &set->items[i], by, time_zone, &own);

        if (r < 0)
            return r;
        if (str_eq(own, key))
            set->items[kept++] = set->items[i];
    }
    set->count = kept;
    return 0;
}
