// Attention of few queries: keys and values are met where they lie. Memory is what limits them. A step is as short as a vector, all
// that it reads is read in the order in which it lies, and nothing is written that would only be read again. Softmax is of as
// many queries at once as a vector has lanes.
#pragma once

#include "attention_slots.h"
#include "simd_exp.h"

#include <cstdint>
#include <cstring>
#include <utility>

namespace pigou::cpu {
namespace {

struct Add {
    [[gnu::always_inline]] static Floats join(Floats a, Floats b) { return a + b; }
};
struct Larger {
    [[gnu::always_inline]] static Floats join(Floats a, Floats b) { return larger(a, b); }
};

// Lane i becomes what joining the lanes of vectors[i] gives.
template <class How, int Step = lanes / 2>
PIGOU_INLINE Floats join_each(Floats (&vectors)[lanes]) {
#pragma GCC unroll 16
    for (int i = 0; i < Step; i++) {
        Words upper = as_words(vectors[i]), lower = as_words(vectors[i + Step]);
        swap_quarters<Step>(upper, lower, EachLane{});
        vectors[i] = How::join(as_floats(upper), as_floats(lower));
    }
    if constexpr (Step > 1) return join_each<How, Step / 2>(vectors);
    else return vectors[0];
}

// Some key heads of a tile, with as many queries in all as there are lanes at most, and how far their softmax has come.
struct HeadBatch {
    Floats maxima;  // of scores in log2 units
    Floats sums;
    int64_t first;
    int64_t count;
};
constexpr int64_t most_batches = 32;

// Scores of `Rows` packed queries and the slots from `slot` on, whose keys begin at keys + rows.at: a line of `lanes` for each query.
template <Element E, int Rows>
PIGOU_INLINE void score_lying(const Attention& call, const AttentionTile& tile, const uint32_t* packed_queries, int64_t slot,
    const KeyRows& rows, const Stored<E>* keys, float* scores) {
    int64_t depth = units<E>(call.head_dim);
    for (int r = 0; r < Rows; r++, scores += lanes) {
        Floats sums[lanes] = {};
        for (int64_t unit = 0; unit < depth; unit += lanes) {
            Words query = load_as<Words>(packed_queries + r * depth + unit);
#pragma GCC unroll 16
            for (int i = 0; i < lanes; i++) {
                Words key = Unit<E>::load_all_units(keys + rows.at[i] + unit * Unit<E>::elements);
                sums[i] = Unit<E>::multiply_add(sums[i], query, key);
            }
        }
        store_as(scores, join_each<Add>(sums));
        hide_unseen(call, tile, slot, rows.count, r / group(call), scores, lanes);
    }
}

// Turns lines of scores into numerators and returns what earlier sums must be multiplied with.
template <Element E>
PIGOU_INLINE Floats soften_batch(HeadBatch& batch, const float* scores, int64_t queries, float scale, uint32_t* numerators) {
    Floats lines[lanes];
#pragma GCC unroll 16
    for (int q = 0; q < lanes; q++) lines[q] = load_as<Floats>(scores + q * lanes);
    Floats now = larger(join_each<Larger>(lines) * scale, batch.maxima);
    // As in attention_packed.h: what has seen nothing yet must come out as 0.
    Floats reference = as_floats(as_words(now) & Words(now != splat(minus_infinity)));
    Floats shrinks = exp2(batch.maxima - reference);
    alignas(64) float references[lanes];
    store_as(references, reference);
    for (int q = 0; q < lanes; q++) lines[q] = Floats{};
    for (int64_t q = 0; q < queries; q++) {
        lines[q] = exp2(load_as<Floats>(scores + q * lanes) * scale - references[q]);
        Unit<E>::store_units(numerators + q * lanes, lines[q]);
    }
    batch.maxima = now;
    batch.sums = batch.sums * shrinks + join_each<Add>(lines);
    return shrinks;
}

// Adds the step's values, which begin at values + rows.at, to the outputs of `Rows` queries.
template <Element E, int Rows>
PIGOU_INLINE void add_lying(const Attention& call, const KeyRows& rows, const Stored<E>* values, const uint32_t* numerators,
    const float* shrinks, float* outputs) {
    int64_t width = padded(call.head_dim);
    for (int64_t column = 0; column < call.head_dim; column += 2 * lanes) {
        Floats sums[Rows][2];
#pragma GCC unroll 8
        for (int r = 0; r < Rows; r++) {
            for (int c = 0; c < 2; c++) sums[r][c] = load_as<Floats>(outputs + r * width + column + c * lanes) * shrinks[r];
        }
        for (int64_t k = 0; k < rows.count; k += Unit<E>::elements) {
            Words units[2];
            Unit<E>::interleave_all(values + rows.at[k] + column, values + rows.at[k + Unit<E>::elements - 1] + column, units);
#pragma GCC unroll 8
            for (int r = 0; r < Rows; r++) {
                Words numerator = splat(numerators[r * lanes + k / Unit<E>::elements]);
                for (int c = 0; c < 2; c++) sums[r][c] = Unit<E>::multiply_add(sums[r][c], numerator, units[c]);
            }
        }
#pragma GCC unroll 8
        for (int r = 0; r < Rows; r++) {
            for (int c = 0; c < 2; c++) store_as(outputs + r * width + column + c * lanes, sums[r][c]);
        }
    }
}

// The tile's slots against `Rows` queries of each key head.
template <Element E, int Rows>
void attend_lying(const Attention& call, const AttentionTile& tile, const uint32_t* packed_queries, float* states) {
    float scale = score_scale(call);
    constexpr int64_t heads_at_once = lanes / Rows;
    HeadBatch batches[most_batches];
    int64_t count = 0;
    for (int64_t h = 0; h < tile.kv_heads; h += heads_at_once) {
        int64_t left = tile.kv_heads - h;
        batches[count++] = {splat(minus_infinity), Floats{}, h, left < heads_at_once ? left : heads_at_once};
    }
    alignas(64) float scores[lanes * lanes];
    alignas(64) uint32_t numerators[lanes * lanes];
    alignas(64) float shrinks[lanes];
    for (float& score : scores) score = minus_infinity;

    KeyRows rows, coming;
    rows.locate(call, tile, tile.from, lanes);
    for (int64_t slot = tile.from; slot < tile.to; slot += lanes) {
        coming.locate(call, tile, slot + lanes, lanes);
        Prefetch<E> prefetch(call, tile, coming, 2);
        for (int64_t b = 0; b < count; b++) {
            HeadBatch& batch = batches[b];
            for (int64_t i = 0; i < batch.count; i++) {
                prefetch.moment();
                int64_t h = batch.first + i;
                score_lying<E, Rows>(call, tile, packed_queries + h * Rows * units<E>(call.head_dim), slot, rows,
                    static_cast<const Stored<E>*>(call.keys) + (tile.kv_head + h) * call.head_dim, scores + i * Rows * lanes);
            }
            store_as(shrinks, soften_batch<E>(batch, scores, batch.count * Rows, scale, numerators));
            for (int64_t i = 0; i < batch.count; i++) {
                prefetch.moment();
                int64_t h = batch.first + i;
                add_lying<E, Rows>(call, rows,
                    static_cast<const Stored<E>*>(call.values) + (tile.kv_head + h) * call.head_dim,
                    numerators + i * Rows * lanes, shrinks + i * Rows,
                    AttentionState::at(states, h, Rows, call.head_dim).outputs);
            }
        }
        std::swap(rows, coming);
    }

    for (int64_t b = 0; b < count; b++) {
        alignas(64) float maxima[lanes], sums[lanes];
        store_as(maxima, batches[b].maxima);
        store_as(sums, batches[b].sums);
        for (int64_t i = 0; i < batches[b].count; i++) {
            AttentionState state = AttentionState::at(states, batches[b].first + i, Rows, call.head_dim);
            std::memcpy(state.maxima, maxima + i * Rows, Rows * sizeof(float));
            std::memcpy(state.sums, sums + i * Rows, Rows * sizeof(float));
        }
    }
}

template <Element E>
PIGOU_INLINE bool takes_lying(const Attention& call, const AttentionTile& tile) {
    return lanes >= 8 && call.head_dim % (2 * lanes) == 0 && queries(call, tile) <= block_rows && tile.kv_heads <= most_batches;
}

// `Rows` or fewer queries of each key head.
template <Element E, int Rows = block_rows>
void attend_few(const Attention& call, const AttentionTile& tile, const uint32_t* packed_queries, float* states) {
    if constexpr (Rows <= lanes) {
        if (queries(call, tile) == Rows) return attend_lying<E, Rows>(call, tile, packed_queries, states);
    }
    if constexpr (Rows > 1) attend_few<E, Rows - 1>(call, tile, packed_queries, states);
}

}  // namespace
}  // namespace pigou::cpu
