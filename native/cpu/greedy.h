// The likeliest token.
#pragma once

#include <cstdint>

namespace pigou::cpu {

/// The likeliest token of each row of logits [count, vocab], the first of those that tie; -1 where a logit is not finite.
void greedy(const float* logits, int64_t count, int64_t vocab, int64_t* ids);

}  // namespace pigou::cpu
