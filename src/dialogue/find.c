/* find.c - from typed words to the search of the engine. */
#include "dialogue/find.h"

int find_words(struct op *op, const struct find *find, int64_t **ret_ids,
               size_t *ret_count)
{
    struct search_term terms[TEXT_QUERY_MAX_WORDS];
    struct text_query *words = arena_new(op->arena, struct text_query, 1);
    struct search search = {
        .kind = find->kind,
        .terms = terms,
        .before_id = find->before_id,
        .limit = find->limit,
    };
    int r = text_query(op, find->query, words);

    if (r < 0)
        return r;
    for (size_t i = 0; i < words->count; i++)
        terms[i] = (struct search_term){
            .any = words->words[i].any,
            .count = words->words[i].count,
            .prefix = words->words[i].prefix,
        };
    search.term_count = words->count;
    return search_find(op, &search, ret_ids, ret_count);
}
