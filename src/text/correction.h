/* correction.h - what a workspace's own people taught, on top of the shipped model.
 *
 * Each correction moves the scores of texts with the same words by just so much that this
 * one would come out right with some margin (passive-aggressive, Crammer et al. 2006,
 * with a ceiling). So one click helps at once, a hundred make a small model of their own,
 * and no single one turns everything over. The same examples in the same order give the
 * same. It has a fixed size; older examples fade when newer ones use the same places.
 */
#ifndef TEXT_CORRECTION_H
#define TEXT_CORRECTION_H

#include "text/finding.h"
#include "text/model.h"

enum {
    CORRECTION_ROWS = 1 << 13,      /* one megabyte of weights */
    CORRECTION_MAX_EXAMPLES = 5000, /* of a workspace; give the newest */
};

struct correction;

/* What a person said of one text: that a finding holds, or that it does not. */
struct correction_example {
    struct str text;
    enum finding_kind kind;
    struct str value; /* as in struct finding */
    bool holds;
};

/* Nothing learned yet. */
struct correction *correction_new(struct arena *arena);

/* Learns one more; false: nothing can be learned of this kind or value (topics,
 * languages, personal data), or the ceiling is reached. Memory of `scratch` is used. A
 * sentiment or a "toward" that holds says of the others that they do not; so does the
 * intent "other", and every other intent of that one. */
bool correction_learn(struct arena *scratch, struct correction *correction,
                      const struct correction_example *example);

/* How many it has learned. */
size_t correction_count(const struct correction *correction);

/* Shared with trained.h: the words of a text, also where the shipped model has never seen
 * them; and what an example says of each head: 1, -1, or 0 for nothing (false: nothing
 * can be learned of it). */
struct vector correction_words(struct arena *arena, struct str text);
struct features correction_places(struct arena *arena, struct str text,
                                  float **ret_values); /* place by place */
bool correction_targets(const struct correction_example *example,
                        int8_t ret[MODEL_HEADS]);

/* Adds what was learned to the logits of a text. */
void correction_add(struct arena *scratch, const struct correction *correction,
                    struct str text, float logits[MODEL_HEADS]);

#endif
