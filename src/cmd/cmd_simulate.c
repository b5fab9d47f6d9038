/* cmd_simulate.c - draht simulate: runs of the simulator, one seed or a campaign.
 *
 * Only in test builds. A campaign ends with a line of counts: its seeds, the marks that
 * must have fired, the planted mistakes that must be found, and the seeds that once
 * found something.
 */
#include "cmd/command.h"

#include <sys/sysinfo.h>

#include "base/bytes.h"
#include "base/log.h"
#include "cmd/simulate_campaign.h"

enum { MUTANT_BUDGET = 200, SENDS_EACH = 240 };

struct count {
    int passed, failed;
};

static void judge(struct count *count, bool good)
{
    if (good)
        count->passed++;
    else
        count->failed++;
}

static int read_number(struct op *op, const struct call *call, const char *name,
                       int64_t *ret)
{
    struct str text = call_option(call, name);

    if (text.n && (!str_to_i64(text, ret) || *ret < 1))
        return call_misused(op, "--%s is a number from 1 on", name);
    return 0;
}

/* "A..B", or "N" for 1..N. */
static int read_range(struct op *op, struct str text, struct campaign *campaign)
{
    ptrdiff_t dots = str_find(text, STR(".."));
    struct str first = dots < 0 ? STR("1") : str_sub(text, 0, (size_t)dots);
    struct str last = dots < 0 ? text : str_sub(text, (size_t)dots + 2, text.n);

    if (!str_to_u64(first, &campaign->first) || !str_to_u64(last, &campaign->last) ||
        campaign->first < 1 || campaign->last < campaign->first)
        return call_misused(op, "a range of seeds is written 1..200");
    return 0;
}

static void say_report(const struct campaign_report *report, int64_t ms)
{
    printf("%llu runs and %llu replays in %lld s: %lld replies asked for, %lld "
           "acknowledged, %lld taken by the networks, %lld doubled, %lld lost\n",
           (unsigned long long)report->runs, (unsigned long long)report->replays,
           (long long)(ms / 1000), (long long)report->asked, (long long)report->answers,
           (long long)report->sends, (long long)report->doubled, (long long)report->lost);
    for (uint64_t i = 0; i < report->faults && i < CAMPAIGN_MAX_FAULTS; i++)
        printf("seed %llu: %s\n", (unsigned long long)report->list[i].seed,
               report->list[i].text);
}

static struct campaign_report run(struct campaign *campaign)
{
    int64_t began = clock_monotonic();
    struct campaign_report report;

    campaign_run(campaign, &report);
    if (!campaign->stop_at_fault)
        say_report(&report, clock_monotonic() - began);
    return report;
}

static void judge_marks(const struct campaign_report *report, struct count *count)
{
    for (size_t i = 0; i < MARK_COUNT; i++) {
        judge(count, report->marks[i] > 0);
        if (report->marks[i] == 0)
            printf("never happened: %s\n", simulate_mark_text(i));
    }
}

static void run_seeds(struct campaign campaign, struct count *count)
{
    struct campaign_report report = run(&campaign);

    count->passed += (int)(report.runs + report.replays - report.faults);
    count->failed += (int)report.faults;
    judge_marks(&report, count);
}

/* `sends` replies under hostile networks of all classes; then the control, which sends
 * again without asking and must double. */
static void run_sends(struct campaign campaign, int64_t sends, struct count *count)
{
    struct campaign_report report;

    campaign.options.kind = SIMULATE_SENDS;
    campaign.first = 1;
    campaign.last = (uint64_t)(sends + SENDS_EACH - 1) / SENDS_EACH;
    report = run(&campaign);
    count->passed += (int)(report.runs + report.replays - report.faults);
    count->failed += (int)report.faults;
    judge(count, report.answers >= sends);
    campaign.options.mutant = "naive";
    campaign.last = campaign.last < 10 ? campaign.last : 10;
    report = run(&campaign);
    printf("control: who sends again without asking doubles %lld of %lld\n",
           (long long)report.doubled, (long long)report.answers);
    judge(count, report.doubled > 0);
}

/* Seeds that once found something: "SEED why" a line. */
static int run_kept(struct op *op, const struct call *call, struct campaign campaign,
                    struct count *count)
{
    const char *path = arena_cstr(op->arena, call_option(call, "kept"));
    FILE *file = fopen(path, "r");
    char line[400];

    if (!file)
        return op_fail(op, ERR_NOT_FOUND, "%s cannot be read", path);
    while (fgets(line, sizeof(line), file)) {
        struct simulate_result result = { .lines = 0 };
        struct str why;
        uint64_t seed = 0;

        if (line[0] == '#' || !str_to_u64(str_cut(str_of(line), ' ', &why), &seed))
            continue;
        campaign.options.seed = seed;
        simulate_run(&campaign.options, &result);
        judge(count, !result.fault[0]);
        if (result.fault[0])
            printf("seed %llu, kept because " STR_FMT "  %s\n", (unsigned long long)seed,
                   STR_ARG(why), result.fault);
    }
    fclose(file);
    return 0;
}

static void run_mutant(struct campaign campaign, const struct simulate_mutant *mutant,
                       struct count *count)
{
    struct campaign_report report;

    campaign.options.mutant = mutant->name;
    campaign.first = 1;
    campaign.last = MUTANT_BUDGET;
    campaign.stop_at_fault = true;
    report = run(&campaign);
    judge(count, report.faults > 0);
    if (report.faults)
        printf("%s: found by seed %llu (%llu runs): %s\n", mutant->name,
               (unsigned long long)report.list[0].seed, (unsigned long long)report.runs,
               report.list[0].text);
    else
        printf("%s: NOT FOUND in %llu runs: %s\n", mutant->name,
               (unsigned long long)report.runs, mutant->what);
}

static void run_mutants(const struct campaign *campaign, struct count *count)
{
    const struct simulate_mutant *mutant;

    for (size_t i = 0; (mutant = simulate_mutant_at(i)); i++)
        run_mutant(*campaign, mutant, count);
}

/* One run, its trace, and the same again. */
static int run_once(struct op *op, const struct call *call, struct campaign *campaign)
{
    struct str path = call_option(call, "trace");
    struct simulate_result first = { .lines = 0 }, second = { .lines = 0 };
    struct str hash;

    if (path.n) {
        campaign->options.trace = fopen(arena_cstr(op->arena, path), "w");
        if (!campaign->options.trace)
            return op_fail(op, ERR_UNAVAILABLE, STR_FMT " cannot be written",
                           STR_ARG(path));
    }
    simulate_run(&campaign->options, &first);
    if (campaign->options.trace)
        fclose(TAKE(campaign->options.trace));
    simulate_run(&campaign->options, &second);
    hash = hex_encode(op->arena,
                      (struct str){ (const char *)first.hash, sizeof(first.hash) });
    printf("seed %llu: %zu lines, trace " STR_FMT "\n",
           (unsigned long long)campaign->options.seed, first.lines, STR_ARG(hash));
    if (memcmp(first.hash, second.hash, sizeof(first.hash)) != 0)
        return op_fail(op, ERR_INTERNAL, "the same seed gave another trace");
    return first.fault[0] ? op_fail(op, ERR_INTERNAL, "%s", first.fault) : 0;
}

static int list(void)
{
    const struct simulate_mutant *mutant;

    for (size_t i = 0; (mutant = simulate_mutant_at(i)); i++)
        printf("mutant %s: %s\n", mutant->name, mutant->what);
    for (size_t i = 0; i < MARK_COUNT; i++)
        printf("mark %s: %s\n", simulate_mark_name(i), simulate_mark_text(i));
    return 0;
}

static int read_options(struct op *op, const struct call *call, struct campaign *ret)
{
    struct str mutant = call_option(call, "mutant");
    int64_t hours = 5, seed = 1, jobs = get_nprocs();
    int r = read_number(op, call, "hours", &hours);

    if (r >= 0)
        r = read_number(op, call, "seed", &seed);
    if (r >= 0)
        r = read_number(op, call, "jobs", &jobs);
    if (r < 0)
        return r;
    if (mutant.n && !simulate_mutant_is_known(mutant))
        return call_misused(op, "there is no mutant " STR_FMT "; --list names them",
                            STR_ARG(mutant));
    *ret = (struct campaign){
        .options = { .seed = (uint64_t)seed,
                     .length_ms = HOURS(hours),
                     .mutant = mutant.n ? arena_cstr(op->arena, mutant) : NULL },
        .jobs = (unsigned)(jobs < CAMPAIGN_MAX_JOBS ? jobs : CAMPAIGN_MAX_JOBS),
    };
    return 0;
}

static int simulate(struct op *op, struct call *call)
{
    struct str seeds = call_option(call, "seeds");
    struct count count = { 0 };
    struct campaign campaign = { .jobs = 1 };
    int64_t sends = 0;
    int r;

    if (call_flag(call, "list"))
        return list();
    r = read_options(op, call, &campaign);
    if (r >= 0)
        r = read_number(op, call, "sends", &sends);
    if (r >= 0 && seeds.n)
        r = read_range(op, seeds, &campaign);
    if (r < 0)
        return r;
    if (!seeds.n && !sends && !call_flag(call, "mutants") &&
        !call_option(call, "kept").n) {
        log_set_level(LOG_ERROR);
        return run_once(op, call, &campaign);
    }
    if (call_option(call, "kept").n)
        r = run_kept(op, call, campaign, &count);
    if (r < 0)
        return r;
    if (seeds.n)
        run_seeds(campaign, &count);
    if (sends)
        run_sends(campaign, sends, &count);
    if (call_flag(call, "mutants"))
        run_mutants(&campaign, &count);
    printf("%d passed, %d failed\n", count.passed, count.failed);
    return count.failed ? op_fail(op, ERR_INTERNAL, "the campaign has failed") : 0;
}

const struct command command_simulate = {
    .name = "simulate",
    .usage = "[--seed N [--trace FILE] | --seeds A..B] [--hours H] [--mutant NAME] "
             "[--kept FILE] [--sends N] [--mutants] [--jobs N] [--list]",
    .help =
        "Play hours of the house from a seed, in virtual time, and look whether all is "
        "true that must be.",
    .options = "seed seeds hours mutant trace jobs kept sends",
    .flags = "mutants list",
    .store = COMMAND_NO_STORE,
    .run = simulate,
};
