/* understand.c - what text/ finds in a message, with what the workspace knows. */
#include "work/understand.h"

#include "admin/word_list.h"
#include "admin/workspace.h"
#include "db/store.h"
#include "work/learned.h"

/* Rows of one workspace that are looked at, and how many are read at once. */
enum { MAX_LISTS = 1000, LISTS_AT_ONCE = 200 };

struct understanding {
    struct text_lists lists;
    struct str language;
};

int understanding_lists(struct op *op, struct text_lists *ret)
{
    struct text_list *rows = NULL; /* most have none or a few: no room for a thousand */
    struct word_list *page;
    size_t n, count = 0;
    int64_t after = 0;
    int r;

    do {
        r = word_list_list(op, after, LISTS_AT_ONCE, &page, &n);
        if (r < 0)
            return r;
        if (n && !rows)
            rows =
                arena_new(op->arena, struct text_list, n < LISTS_AT_ONCE ? n : MAX_LISTS);
        for (size_t i = 0; i < n && count < MAX_LISTS; i++)
            rows[count++] =
                (struct text_list){ page[i].kind, page[i].value, page[i].words };
        after = n ? page[n - 1].id : after;
    } while (n == LISTS_AT_ONCE && count < MAX_LISTS);
    *ret = (struct text_lists){ rows, count };
    return 0;
}

static int read_words(struct op *op, void *ctx)
{
    struct understanding *words = ctx;
    struct workspace workspace;
    int r = understanding_lists(op, &words->lists);

    if (r >= 0)
        r = workspace_get(op, &workspace);
    if (r >= 0)
        words->language = workspace.language;
    return r;
}

struct str understanding_language(const struct understanding *words)
{
    return words->language;
}

int understanding_load(struct op *op, struct understanding **ret)
{
    struct understanding *words = arena_new(op->arena, struct understanding, 1);
    int r;

    r = store_read(op, read_words, words);
    if (r >= 0)
        r = learned_refresh(op, &words->lists);
    if (r < 0)
        return r;
    *ret = words;
    return 0;
}

/* Where the part begins in the body. One that was made apart (a mail without its markup)
 * is looked for; where it is not, everything counts as the whole. */
static size_t place_of(struct str body, struct str part)
{
    uintptr_t a = (uintptr_t)body.p, b = (uintptr_t)part.p;
    ptrdiff_t at;

    if (b >= a && b + part.n <= a + body.n)
        return b - a;
    at = str_find(body, part);
    return at < 0 ? body.n : (size_t)at;
}

/* Networks put the names of those who are spoken to in front. They say nothing, and hide
 * from short words ("@house@example.org Ja, alles gut.") what these mean. */
static struct str without_names(struct str text)
{
    struct str rest = str_trim(text);

    while (str_starts(rest, STR("@"))) {
        size_t n = 1;

        while (n < rest.n && !strchr(" \t\r\n", rest.p[n]))
            n++;
        rest = str_trim(str_sub(rest, n, rest.n));
    }
    return rest.n ? rest : text;
}

/* Without the words, which stand nowhere. */
static void forget_spans(struct findings *found)
{
    for (size_t i = 0; i < found->count; i++)
        found->list[i].span_count = 0;
}

struct str understand_text(struct op *op, const struct understanding *words,
                           struct str body, struct str part, struct str *ret_model)
{
    ARENA(scratch);
    struct finding_setting setting = { .lists = &words->lists };
    struct str said = without_names(part);
    size_t at = place_of(body, said);
    struct learned learned = learned_borrow(op);
    struct findings found;

    setting.own = learned.own;
    setting.learned = learned.correction;
    setting.topics = learned.topics;
    found = text_findings(&scratch, said, &setting);
    learned_release();
    if (at == body.n)
        forget_spans(&found);
    *ret_model = arena_dup(op->arena, found.model);
    return findings_pack(op->arena, &found, at);
}

static bool praises(struct op *op, const struct understanding *words, struct str part)
{
    struct text_prepared text = text_prepare(op->arena, without_names(part));

    return str_is(text_intent(&text, &words->lists), "praise");
}

void understand(struct op *op, const struct understanding *words, struct incoming *in)
{
    struct str part = in->own.n ? in->own : in->body;
    struct findings_sum sum;
    struct found *list;
    size_t count;

    if (in->author.is_us)
        return; /* what we say ourselves is not sorted */
    in->findings = understand_text(op, words, in->body, part, &in->model);
    count = findings_unpack(op->arena, in->findings, &list);
    sum = findings_sum(list, count);
    if (!in->language.n)
        in->language = sum.language;
    in->intent = sum.intent;
    in->intent_by = sum.intent_by;
    in->topic = sum.topic;
    in->marks = sum.marks;
    in->asks_us = sum.asks_us;
    in->may_chase = sum.may_chase;
    in->is_thanks = sum.is_thanks;
    in->is_praise = sum.leans_to_praise && praises(op, words, part);
    in->is_opt_out = sum.is_opt_out;
}
