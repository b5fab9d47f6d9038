/* mutants.c - planted mistakes: their names, and the statements that they misread. */
#include "simulate/sim.h"

static const struct simulate_mutant mutants[] = {
#define AT_PLACE(name, text)                          { #name, text },
#define IN_STATEMENT(name, text, statement, from, to) { #name, text },
#include "simulate/mutants.def"
#undef AT_PLACE
#undef IN_STATEMENT
};

/* What is misread; empty rows keep the places of the others. */
static const struct misreading {
    const char *statement, *from, *to;
} misreadings[] = {
#define AT_PLACE(name, text)                          { NULL },
#define IN_STATEMENT(name, text, statement, from, to) { statement, from, to },
#include "simulate/mutants.def"
#undef AT_PLACE
#undef IN_STATEMENT
};

static struct {
    const struct misreading *misreading;
    char text[4096];
} chosen;

const struct simulate_mutant *simulate_mutant_at(size_t index)
{
    return index < COUNT_OF(mutants) ? &mutants[index] : NULL;
}

bool simulate_mutant_is_known(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(mutants); i++)
        if (str_is(name, mutants[i].name))
            return true;
    return false;
}

void trouble_choose_mutant(const char *name)
{
    chosen.misreading = NULL;
    for (size_t i = 0; name && i < COUNT_OF(mutants); i++)
        if (strcmp(name, mutants[i].name) == 0 && misreadings[i].statement)
            chosen.misreading = &misreadings[i];
}

const char *trouble_misreading(const struct db_stmt *stmt)
{
    const struct misreading *m = chosen.misreading;
    const char *at;

    if (!m || strcmp(stmt->name, m->statement) != 0)
        return NULL;
    at = strstr(stmt->sql, m->from);
    if (!at) /* the statement has changed: its mutant must follow */
        abort();
    snprintf(chosen.text, sizeof(chosen.text), "%.*s%s%s", (int)(at - stmt->sql),
             stmt->sql, m->to, at + strlen(m->from));
    return chosen.text;
}
