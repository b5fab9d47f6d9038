/* linear_offsets.h - what is chosen by scores of texts that a model has not learned from.
 */
#ifndef TEXT_LINEAR_OFFSETS_H
#define TEXT_LINEAR_OFFSETS_H

#include "text/linear.h"

/* Which of the folds a row is tested in; neighbours go to different ones. */
size_t linear_fold(uint32_t row, size_t folds);

/* `scores` holds label_count scores a row. */
void linear_choose_offsets(const struct linear_examples *examples, const float *scores,
                           float *ret_offsets);
float linear_choose_sharpness(const struct linear_examples *examples, const float *scores,
                              const float *offsets);

/* Scores become probabilities; the best label. */
size_t linear_soften(float *scores, size_t count, float sharpness);

#endif
