/* topics.h - topics of a workspace's own, learned from examples: sentences of its lists,
 * and what its people said a message is about.
 *
 * Each example moves the scores of texts with the same words until it comes out right
 * itself (as in correction.h). A text that shares half of what one example says, by
 * rarity of its words, is of its topic for sure; one that shares less is a guess, which
 * more examples settle. What is not near to any example has no topic.
 */
#ifndef TEXT_TOPICS_H
#define TEXT_TOPICS_H

#include "text/lists.h"

enum {
    TOPICS_MAX = 64,           /* names; further ones are not learned */
    TOPICS_MAX_NAME = 320,     /* bytes; longer names are not learned */
    TOPICS_SENTENCE_WORDS = 4, /* from so many words on a spelling is a sentence */
};

struct topics;

/* Nothing learned yet. */
struct topics *topics_new(struct arena *arena);

/* False: the name is too long or one too many, or the text has no word. `holds` false:
 * the text is not about it. */
bool topics_learn(struct arena *scratch, struct topics *topics, struct str text,
                  struct str name, bool holds);

/* Of the workspace's topic lists each spelling that is a sentence. */
void topics_learn_lists(struct topics *topics, const struct text_lists *lists);
/* Differs where those do. */
uint64_t topics_digest(const struct text_lists *lists);

/* The likeliest one that holds or may, or the empty text; `*ret_probability` is 1/2 where
 * it is as likely as not. The text is that of the topics: valid as long as they are. */
struct str topics_find(struct arena *scratch, const struct topics *topics,
                       struct str text, float *ret_probability);

/* Whether two names are one in all spellings: W-Lan, wlan, "W LAN". */
bool topics_same(struct str a, struct str b);

/* The name under which the lists know it: that of the list which has it as its name or as
 * a spelling; else as it is. */
struct str topics_name(const struct text_lists *lists, struct str name);

#endif
