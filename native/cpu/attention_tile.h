// What the planning of an attention call (attention.cpp) and the loops over its tiles (attention_loops.h) agree on.
#pragma once

#include "attention.h"

#include <cstdint>

namespace pigou::cpu {

/// Keys and values that are packed, and met by all queries of a tile, at a time.
constexpr int64_t key_tile = 64;

/// Up to so many queries of a key head memory is what limits: all heads of a slot, neighbours in memory, are read together,
/// and the next slots are asked for before they are needed.
constexpr int64_t few_queries = 16;

/// Successive rows of one sequence, with all query heads of successive key heads, against the slots [from, to).
struct AttentionTile {
    int64_t row;       ///< of q
    int64_t rows;
    int64_t position;  ///< the slot of the first row itself
    int64_t kv_head;
    int64_t kv_heads;
    const int64_t* table;  ///< of the sequence
    int64_t from;
    int64_t to;
};

constexpr int64_t padded(int64_t floats) { return (floats + 15) / 16 * 16; }

/// Queries of a tile that share a key head: row i's j-th head of the group is query i * group + j.
inline int64_t group(const Attention& call) { return call.heads / call.kv_heads; }
inline int64_t queries(const Attention& call, const AttentionTile& tile) { return tile.rows * group(call); }

/// Softmax so far of the queries of one key head: maxima (of scores in log2 units) and sums of the numerators
/// 2^(score - maximum), [queries] each; the values weighted by them, [queries, padded(head_dim)].
struct AttentionState {
    float* maxima;
    float* sums;
    float* outputs;

    static int64_t floats(int64_t queries, int64_t head_dim) {
        return 2 * padded(queries) + queries * padded(head_dim);
    }

    /// The state of key head `index` of a tile whose states lie one after another.
    static AttentionState at(float* states, int64_t index, int64_t queries, int64_t head_dim) {
        float* first = states + index * floats(queries, head_dim);
        return {first, first + padded(queries), first + 2 * padded(queries)};
    }
};

inline int64_t state_floats(const Attention& call, const AttentionTile& tile) {
    return tile.kv_heads * AttentionState::floats(queries(call, tile), call.head_dim);
}

/// What the loops need to pack a tile's queries and one step's keys and values.
inline int64_t scratch_floats(const Attention& call, const AttentionTile& tile) {
    return tile.kv_heads * queries(call, tile) * padded(call.head_dim) + 2 * key_tile * padded(call.head_dim);
}

}  // namespace pigou::cpu
