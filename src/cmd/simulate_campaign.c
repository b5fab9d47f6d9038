/* simulate_campaign.c - many runs of the simulator: a process for each processor. */
#include "cmd/simulate_campaign.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

/* What a process has done. It is read when it has ended, however it ended. */
struct share {
    struct campaign_report report;
    uint64_t seed; /* that it is at; 0: it has ended by itself */
};

struct board {
    _Atomic uint64_t next;
    _Atomic bool enough;
    struct share shares[CAMPAIGN_MAX_JOBS];
};

static void note_fault(struct campaign_report *report, uint64_t seed, const char *text)
{
    struct campaign_fault *fault;

    if (report->faults++ >= CAMPAIGN_MAX_FAULTS)
        return;
    fault = &report->list[report->faults - 1];
    fault->seed = seed;
    snprintf(fault->text, sizeof(fault->text), "%s", text);
}

static void note_run(struct campaign_report *report, uint64_t seed,
                     const struct simulate_result *result)
{
    report->runs++;
    report->asked += result->asked;
    report->answers += result->answers;
    report->sends += result->sends;
    report->doubled += result->doubled;
    report->lost += result->lost;
    for (size_t i = 0; i < MARK_COUNT; i++)
        report->marks[i] += result->marks[i];
    if (result->fault[0])
        note_fault(report, seed, result->fault);
}

static void replay(const struct simulate_options *options, struct campaign_report *report,
                   const struct simulate_result *first)
{
    struct simulate_result second;

    simulate_run(options, &second);
    report->replays++;
    if (memcmp(first->hash, second.hash, sizeof(second.hash)) != 0)
        note_fault(report, options->seed, "the same seed gave another trace");
}

static void work(const struct campaign *campaign, struct board *board,
                 struct share *share)
{
    struct simulate_options options = campaign->options;
    struct simulate_result result;

    while (!atomic_load(&board->enough)) {
        uint64_t seed = atomic_fetch_add(&board->next, 1);

        if (seed > campaign->last)
            break;
        options.seed = share->seed = seed;
        simulate_run(&options, &result);
        note_run(&share->report, seed, &result);
        if (result.fault[0] && campaign->stop_at_fault)
            atomic_store(&board->enough, true);
        if (!options.mutant && seed % CAMPAIGN_REPLAY_EVERY == 0)
            replay(&options, &share->report, &result);
    }
    share->seed = 0;
}

static void add_share(struct campaign_report *sum, const struct share *share)
{
    const struct campaign_report *report = &share->report;

    sum->runs += report->runs;
    sum->replays += report->replays;
    sum->asked += report->asked;
    sum->answers += report->answers;
    sum->sends += report->sends;
    sum->doubled += report->doubled;
    sum->lost += report->lost;
    for (size_t i = 0; i < MARK_COUNT; i++)
        sum->marks[i] += report->marks[i];
    for (uint64_t i = 0; i < report->faults; i++)
        note_fault(sum, i < CAMPAIGN_MAX_FAULTS ? report->list[i].seed : 0,
                   i < CAMPAIGN_MAX_FAULTS ? report->list[i].text : "");
    if (share->seed)
        note_fault(sum, share->seed, "the program ended in the middle");
}

void campaign_run(const struct campaign *campaign, struct campaign_report *ret)
{
    struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t children[CAMPAIGN_MAX_JOBS];

    if (board == MAP_FAILED)
        abort();
    atomic_store(&board->next, campaign->first);
    fflush(NULL);
    for (unsigned i = 0; i < campaign->jobs; i++) {
        children[i] = fork();
        if (children[i] < 0)
            abort();
        if (children[i] > 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for it any more */
        log_to_file("/dev/null");         /* what fails in a run is meant to */
        work(campaign, board, &board->shares[i]);
        _exit(0);
    }
    *ret = (struct campaign_report){ .runs = 0 };
    for (unsigned i = 0; i < campaign->jobs; i++) {
        waitpid(children[i], NULL, 0);
        add_share(ret, &board->shares[i]);
    }
    munmap(board, sizeof(*board));
}
