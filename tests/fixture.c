/* fixture.c - the smallest world a unit of work can live in. */
#include "fixture.h"

#include "fixture_place.h"

void fixture_begin(struct fixture *f)
{
    *f = (struct fixture){
        .world = { .clock = &f->clock, .random = &f->random, .ids = &f->ids }
    };
    clock_set(&f->clock, FIXTURE_NOW);
    random_seed(&f->random, 1);
    ids_init(&f->ids, 1, 0);
    fixture_next_op(f);
}

void fixture_end(struct fixture *f)
{
    if (f->store)
        store_close(f->store);
    fixture_remove_place(f);
    arena_reset(&f->arena);
    pthread_mutex_destroy(&f->ids.lock);
}

void fixture_next_op(struct fixture *f)
{
    f->op = (struct op){
        .arena = &f->arena,
        .world = &f->world,
        .id = STR("test"),
        .now = clock_now(&f->clock),
        .db = f->store ? store_writer_db(f->store) : NULL,
        .workspace = f->store ? 1 : 0,
    };
}

void fixture_advance(struct fixture *f, int64_t ms)
{
    clock_set(&f->clock, clock_now(&f->clock) + ms);
    f->op.now = clock_now(&f->clock);
}

void check_str(struct str actual, const char *expected, const char *what,
               const char *file, int line)
{
    if (str_is(actual, expected))
        return;
    print_error("%s is \"" STR_FMT "\", not \"%s\"\n", what, STR_ARG(actual), expected);
    _fail(file, line);
}

struct str fixture_read_file(struct arena *arena, const char *path)
{
    struct str none = { NULL, 0 };
    FILE *file = fopen(path, "rb");
    long size;
    char *p;

    if (!file)
        return none;
    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        fclose(file);
        return none;
    }
    rewind(file);
    p = arena_alloc(arena, 1, 1, (size_t)size + 1);
    size = (long)fread(p, 1, (size_t)size, file);
    fclose(file);
    return (struct str){ p, (size_t)size };
}

void check_ok(const struct op *op, int r, const char *what, const char *file, int line)
{
    if (r >= 0)
        return;
    print_error("%s failed: " STR_FMT " (" STR_FMT ")\n", what, STR_ARG(op->err.text),
                STR_ARG(op->err.detail));
    _fail(file, line);
}
