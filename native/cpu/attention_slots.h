// The slots of a tile, some at a time: where they lie in the pool, who sees them, and asking for those that come next.
#pragma once

#include "attention_tile.h"
#include "product_loops.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace pigou::cpu {
namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

// Where the rows of successive slots start in the pool, in elements.
struct KeyRows {
    int64_t count;
    int64_t at[key_tile];

    // The rows of `most` slots, or as many as are left. What follows them up to whole vectors is the first of them once more.
    [[gnu::always_inline]] void locate(const Attention& call, const AttentionTile& tile, int64_t slot, int64_t most) {
        int64_t left = tile.to - slot;
        count = left < 0 ? 0 : left < most ? left : most;
        int64_t block = slot / call.block_size;
        int64_t within = slot % call.block_size;
        for (int64_t i = 0; i < count; i++) {
            at[i] = (tile.table[block] * call.block_size + within) * call.kv_heads * call.head_dim;
            if (++within == call.block_size) {
                within = 0;
                block++;
            }
        }
        for (int64_t i = count; i % lanes != 0; i++) at[i] = at[0];
    }
};

// Asks for the keys and values of a coming step, as far as the tile's heads reach: a row now and then, spread over the moments
// into which the present step falls. All at once, the requests would wait for one another, and every load for them.
template <Element E>
class Prefetch {
public:
    // `moments`: how many there are for each key head.
    Prefetch(const Attention& call, const AttentionTile& tile, const KeyRows& rows, int64_t moments)
        : keys_(static_cast<const Stored<E>*>(call.keys) + tile.kv_head * call.head_dim),
          values_(static_cast<const Stored<E>*>(call.values) + tile.kv_head * call.head_dim), rows_(rows),
          bytes_(tile.kv_heads * call.head_dim * static_cast<int64_t>(sizeof(Stored<E>))) {
        moments_ = tile.kv_heads * moments;
        if (queries(call, tile) > few_queries) next_ = rows_.count;
    }

    [[gnu::always_inline]] void moment() {
        for (due_ += rows_.count; due_ >= moments_ && next_ < rows_.count; due_ -= moments_, next_++) {
            const char* key = reinterpret_cast<const char*>(keys_ + rows_.at[next_]);
            const char* value = reinterpret_cast<const char*>(values_ + rows_.at[next_]);
            for (int64_t byte = 0; byte < bytes_; byte += 64) __builtin_prefetch(key + byte, 0, 2);
            for (int64_t byte = 0; byte < bytes_; byte += 64) __builtin_prefetch(value + byte, 0, 2);
        }
    }

private:
    const Stored<E>* keys_;
    const Stored<E>* values_;
    const KeyRows& rows_;
    int64_t bytes_;     // of one row, of keys as of values
    int64_t moments_;   // of a step
    int64_t due_ = 0;   // grows by the number of rows each moment; a row is due when it comes to `moments_`
    int64_t next_ = 0;  // row to ask for
};

// How many of `count` slots from `slot` on row i of the tile does not see at their beginning, being out of its window, and where
// those end that it does see.
PIGOU_INLINE int64_t first_seen(const Attention& call, const AttentionTile& tile, int64_t slot, int64_t count, int64_t i) {
    int64_t first = call.window > 0 ? tile.position + i - call.window + 1 - slot : 0;
    return first < 0 ? 0 : first < count ? first : count;
}

PIGOU_INLINE int64_t end_seen(const AttentionTile& tile, int64_t slot, int64_t count, int64_t i) {
    int64_t end = tile.position + i + 1 - slot;
    return end < 0 ? 0 : end < count ? end : count;
}

// Of the scores of these slots, `width` of them with what pads them, those that row i does not see become -infinity.
PIGOU_INLINE void hide_unseen(const Attention& call, const AttentionTile& tile, int64_t slot, int64_t count, int64_t i,
    float* scores, int64_t width) {
    for (int64_t k = 0; k < first_seen(call, tile, slot, count, i); k++) scores[k] = minus_infinity;
    for (int64_t k = end_seen(tile, slot, count, i); k < width; k++) scores[k] = minus_infinity;
}

// What turns a product of query and key into a score in log2 units.
PIGOU_INLINE float score_scale(const Attention& call) {
    constexpr float log2_e = 1.44269504f;
    return log2_e / sqrtf(static_cast<float>(call.head_dim));
}

}  // namespace
}  // namespace pigou::cpu
