// What is known of a row of logits once it has been looked at, and drawing from it.
#pragma once

#include <cstdint>

namespace pigou::cpu {

/// Logits are looked at in blocks of so many; the last may be shorter.
constexpr int64_t logit_block = 128;
constexpr int64_t logit_blocks(int64_t vocab) { return (vocab + logit_block - 1) / logit_block; }

/// A token's weight is its probability over that of the likeliest: 2^((logit - largest) * rate).
struct LogitRow {
    const float* logits;  ///< [vocab]
    int64_t vocab;
    float largest;        ///< logit
    float rate;           ///< log2(e) / temperature
    const float* maxima;  ///< [blocks]: the largest logit of each
    const double* sums;   ///< [blocks]: the weights of each, added up; undefined unless `needs_sums`
};

struct Cuts {
    int64_t top_k;  ///< 0: off
    float top_p;
    float min_p;

    bool none() const { return top_k == 0 && top_p >= 1 && min_p <= 0; }
    bool needs_sums() const { return top_k == 0 && min_p <= 0; }
};

/// The first token of the vocabulary at which the cumulated weight exceeds uniform * total.
int64_t draw(const LogitRow& row, double uniform);

/// The same among those that the cuts keep, the likeliest first.
int64_t draw_cut(const LogitRow& row, const Cuts& cuts, double uniform);

}  // namespace pigou::cpu
