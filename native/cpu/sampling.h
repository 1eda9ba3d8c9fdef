// Random tokens from logits.
#pragma once

#include <cstdint>

namespace pigou::cpu {

/// One call for `count` draws over a vocabulary of `vocab` tokens. Nothing is checked here.
struct Sampling {
    const float* logits;   ///< [rows of logits, vocab]
    const int64_t* rows;   ///< [count]: the row each draw is from
    const double* knobs;   ///< [count, 4]: temperature > 0, top_p, min_p, uniform number in [0, 1]
    const int64_t* top_k;  ///< [count]; 0: off
    int64_t count;
    int64_t vocab;
    int64_t* ids;  ///< [count]
};

/// Inverse-CDF sampling from softmax(logits / temperature): the first token at which the cumulated probability exceeds
/// uniform * total. With top_p = 1 and min_p and top_k off the order is that of the vocabulary. Otherwise it runs over
/// the tokens that are kept, the likeliest first and the lower id before the higher: those with at least min_p of the
/// likeliest one's probability; of these the top_k first; of these the first that together reach top_p of what is left.
///
/// Weights are computed in float32 and added up in float64. A row of logits that has NaN or infinity gives some id of
/// the vocabulary.
void sample(const Sampling& call);

}  // namespace pigou::cpu
