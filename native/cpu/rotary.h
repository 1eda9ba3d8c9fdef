// Rotary position embedding, fused with the writing of keys and values into the pool.
#pragma once

#include "element.h"

#include <cstdint>

namespace pigou::cpu {

/// One call for n rows. Nothing is checked here.
struct Rotation {
    Element element;
    const void* qkv;           ///< [n, heads + 2 kv_heads, head_dim]: query heads, key heads, value heads
    const float* cos;          ///< [positions, head_dim / 2]
    const float* sin;          ///< like cos
    const int64_t* positions;  ///< [n]
    const void* q_norm;        ///< [head_dim], or null: no norm before the rotation
    const void* k_norm;        ///< [head_dim], or null
    float eps;                 ///< of the norms
    const int64_t* slots;      ///< [n], no two the same
    int64_t rows;
    int64_t heads;
    int64_t kv_heads;
    int64_t head_dim;  ///< even
    void* keys;        ///< [pool slots, kv_heads, head_dim]
    void* values;      ///< like keys
    void* q;           ///< [n, heads, head_dim]
};

/// Rotates the halves (j, j + head_dim / 2) of queries and keys in float32, rounds once, and writes queries to `q`, keys
/// and values to their slots. What enters the pool is finite, NaN becoming 0 and infinities the largest finite value,
/// so that a sequence whose numbers overflowed cannot spoil the next owner of its blocks.
void rotate_and_store(const Rotation& call);

}  // namespace pigou::cpu
