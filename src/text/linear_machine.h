/* linear_machine.h - one support vector machine: what is ours against the rest. */
#ifndef TEXT_LINEAR_MACHINE_H
#define TEXT_LINEAR_MACHINE_H

#include "text/features.h"

struct machine_rows {
    struct vector *x;
    float *square; /* of the length, with the constant feature */
    size_t count;
};

struct machine {
    const struct machine_rows *rows;
    const bool *own;     /* which of the rows are ours */
    const uint32_t *use; /* the rows to learn from */
    size_t count;
    float *weights; /* as many as the vectors have places: size */
    size_t size;
    float bias;
    float sides[2]; /* what an error costs: of the others, of ours */
};

/* From nothing; the same rows in the same order give the same machine, bit by bit. */
void machine_learn(struct machine *m);
float machine_product(const struct machine *m, const struct vector *x);

/* The same state gives the same order. */
void machine_shuffle(uint32_t *list, size_t n, uint64_t *state);

/* A copy in another arena. */
struct vector vector_kept(struct arena *arena, struct vector v);

#endif
