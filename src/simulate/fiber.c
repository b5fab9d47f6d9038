/* fiber.c - pieces of work that take turns on one thread. */
#include "simulate/fiber.h"

#include <sys/mman.h>
#include <ucontext.h>

#include "base/arena.h"

enum { STACK_BYTES = 1024 * 1024, GUARD_BYTES = 4096, MAX_SPARE = 16 };

struct fiber {
    ucontext_t here, back;
    void (*run)(void *ctx);
    void *ctx;
    char *stack;
    struct fiber *outer; /* who was running when this one was let go */
    bool over;
};

static struct fiber *current;

static struct {
    char *stacks[MAX_SPARE];
    size_t count;
} spare;

/* Pages are given when they are touched, so a large one costs nothing. */
static char *new_stack(void)
{
    char *stack;

    if (spare.count > 0)
        return spare.stacks[--spare.count];
    stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                 -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, GUARD_BYTES, PROT_NONE) < 0)
        abort();
    return stack;
}

static void free_stack(char *stack)
{
    if (spare.count < MAX_SPARE)
        spare.stacks[spare.count++] = stack;
    else
        munmap(stack, STACK_BYTES);
}

void fiber_forget_stacks(void)
{
    while (spare.count > 0)
        munmap(spare.stacks[--spare.count], STACK_BYTES);
}

static void begin(void)
{
    current->run(current->ctx);
    current->over = true;
}

struct fiber *fiber_new(void (*run)(void *ctx), void *ctx)
{
    struct fiber *fiber = must_zalloc(sizeof(*fiber));

    fiber->run = run;
    fiber->ctx = ctx;
    fiber->stack = new_stack();
    if (getcontext(&fiber->here) < 0)
        abort();
    fiber->here.uc_stack.ss_sp = fiber->stack;
    fiber->here.uc_stack.ss_size = STACK_BYTES;
    fiber->here.uc_link = &fiber->back;
    makecontext(&fiber->here, begin, 0);
    return fiber;
}

void fiber_free(struct fiber *fiber)
{
    if (!fiber)
        return;
    free_stack(fiber->stack);
    free(fiber);
}

bool fiber_go(struct fiber *fiber)
{
    fiber->outer = current;
    current = fiber;
    if (swapcontext(&fiber->back, &fiber->here) < 0)
        abort();
    current = fiber->outer;
    return fiber->over;
}

void fiber_pause(void)
{
    struct fiber *fiber = current;

    if (swapcontext(&fiber->here, &fiber->back) < 0)
        abort();
}

struct fiber *fiber_current(void)
{
    return current;
}
