/* lists.h - what a text is about, by lists of words that people can read.
 *
 * A list is a number of spellings, separated by '|' or line ends. A spelling is
 * one word or a phrase; it stands in a text when its words do, whole and in this
 * order, after folding. So "W-Lan|WLAN|Wi-Fi" is one topic in all its spellings.
 * "liefer*" stands for every word that begins so. "!danke für nichts" is a veto:
 * where that stands, the list does not match at all.
 *
 * This is simple on purpose. It knows no grammar and no irony, and it says
 * "unknown" (the empty text) rather than guess; a person decides in the end.
 */
#ifndef TEXT_LISTS_H
#define TEXT_LISTS_H

#include "base/op.h"

enum { TEXT_LIST_MAX_SPELLINGS = 200, TEXT_SPELLING_MAX_CHARACTERS = 100 };

/* As in the table word_list. */
struct text_list {
    struct str kind;  /* see below */
    struct str value; /* the topic's name, the intent; else empty */
    struct str words; /* the spellings */
};

#define TEXT_TOPIC       "topic"
#define TEXT_INTENT      "intent" /* praise, question, complaint, suggestion ... */
#define TEXT_THANKS      "thanks"
#define TEXT_OPT_OUT     "opt_out"     /* wants no more messages */
#define TEXT_ADVERTISING "advertising" /* does not belong into a check-back */
#define TEXT_COMPETITOR  "competitor"  /* value: its name */
/* No spellings but patterns, one a line: text/personal.h. */
#define TEXT_ORDER_NUMBER "order_number"

/* The lists that hold where a workspace has none of its own; German and English. */
const struct text_list *text_default_lists(size_t *ret_count);

/* The lists of one workspace. Where it has no row of a kind and value, the default
 * holds; a row without words switches that off. */
struct text_lists {
    const struct text_list *rows;
    size_t count;
};

struct str text_lists_words(const struct text_lists *lists, const char *kind,
                            const char *value);

/* For storing a list: op_fail_field() on `field` when a ceiling is passed, or when
 * a spelling has no letter, digit or emoji. */
int text_list_check(struct op *op, const char *field, struct str words) MUST_CHECK;

/* A text, prepared once for any number of lists. */
struct text_prepared {
    struct str words;   /* folded, one space before and after each */
    bool asks;          /* has a question mark that does not stand within an address */
    uint64_t starts[4]; /* which pairs of letters its words begin with, hashed */
};

struct text_prepared text_prepare(struct arena *arena, struct str text);

/* Where in text->words the first spelling of the list stands, or -1. */
ptrdiff_t text_list_find(const struct text_prepared *text, struct str words);

/* Thanks and nothing else: no question and no complaint with it. */
bool text_is_thanks(const struct text_prepared *text, const struct text_lists *lists);
bool text_is_opt_out(const struct text_prepared *text, const struct text_lists *lists);

/* "complaint", "suggestion", "order", "question", "discussion" or "praise", the
 * first of them that matches, since a mixed text is what most needs an answer.
 * A question mark alone makes a question. Empty: unknown. */
struct str text_intent(const struct text_prepared *text, const struct text_lists *lists);

/* The name of the topic that is mentioned first; empty: none. */
struct str text_topic(const struct text_prepared *text, const struct text_lists *lists);

#endif
