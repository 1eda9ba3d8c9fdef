// Attention of many queries: packs `key_tile` keys and values at a time and runs all queries of the tile past them.
#pragma once

#include "attention_slots.h"
#include "simd_exp.h"

#include <cstdint>
#include <utility>

namespace pigou::cpu {
namespace {

// ---- packing ----------------------------------------------------------------------------------------------------

// [units of head_dim, key_tile]: each key becomes a column. Columns from rows.count up to whole vectors are 0.
template <Element E>
PIGOU_INLINE void pack_keys(
    const Stored<E>* pool, const KeyRows& rows, int64_t head_dim, uint32_t* to, Prefetch<E>& prefetch) {
    int64_t depth = units<E>(head_dim);
    for (int64_t key = 0; key < rows.count; key += lanes) {
        for (int64_t unit = 0; unit < depth; unit += lanes) {
            prefetch.moment();
            int64_t done = unit * Unit<E>::elements;
            Words square[lanes];
            if (key + lanes <= rows.count && done + lanes * Unit<E>::elements <= head_dim) {
#pragma GCC unroll 16
                for (int i = 0; i < lanes; i++) square[i] = Unit<E>::load_all_units(pool + rows.at[key + i] + done);
                transpose(square);
#pragma GCC unroll 16
                for (int i = 0; i < lanes; i++) store_as(to + (unit + i) * key_tile + key, square[i]);
                continue;
            }
#pragma GCC unroll 16
            for (int i = 0; i < lanes; i++) {
                square[i] = key + i < rows.count
                    ? Unit<E>::load_units(pool + rows.at[key + i] + done, head_dim - done)
                    : Words{};
            }
            transpose(square);
            uint32_t* corner = to + unit * key_tile + key;
#pragma GCC unroll 16
            for (int i = 0; i < lanes; i++) {
                if (unit + i < depth) store_as(corner + i * key_tile, square[i]);
            }
        }
    }
}

// [units of keys, padded(head_dim)]. What pads a pair is 0.
template <Element E>
PIGOU_INLINE void pack_values(
    const Stored<E>* pool, const KeyRows& rows, int64_t head_dim, uint32_t* to, Prefetch<E>& prefetch) {
    constexpr int step = Unit<E>::elements;
    for (int64_t key = 0; key < rows.count; key += step, to += padded(head_dim)) {
        prefetch.moment();
        const Stored<E>* row = pool + rows.at[key];
        const Stored<E>* next = step == 2 && key + 1 < rows.count ? pool + rows.at[key + 1] : nullptr;
        if constexpr (step == 2) {
            if (next != nullptr && head_dim % (2 * lanes) == 0) {
                for (int64_t j = 0; j < head_dim; j += 2 * lanes) Unit<E>::interleave_all(row + j, next + j, to + j);
                continue;
            }
        }
        for (int64_t j = 0; j < head_dim; j += lanes) {
            store_as(to + j, Unit<E>::interleave(row + j, next == nullptr ? nullptr : next + j, head_dim - j));
        }
    }
}

// ---- one block of queries against the packed keys ------------------------------------------------------------------

// What the queries of one key head meet at a step: the packed keys and values of the slots [slot, slot + count).
struct Step {
    const uint32_t* queries;
    const uint32_t* keys;
    const uint32_t* values;
    int64_t slot;
    int64_t count;
    AttentionState state;
};

// Turns one query's scores into numerators of its softmax, whose sum is `added`, and brings its maximum up to date.
// Returns log2 of what everything summed before must be multiplied with.
template <Element E>
PIGOU_INLINE float soften(const float* scores, int64_t vectors, float scale, uint32_t* numerators, float& maximum,
    float& added) {
    Floats top = load_as<Floats>(scores);
    for (int64_t v = 1; v < vectors; v++) top = larger(load_as<Floats>(scores + v * lanes), top);
    float highest = largest(top) * scale;
    float now = highest > maximum ? highest : maximum;
    // A row that has seen nothing yet keeps a maximum of -infinity; its numerators must come out as 0, not NaN.
    float reference = now == minus_infinity ? 0.0f : now;
    Floats total = {};
    for (int64_t v = 0; v < vectors; v++) {
        Floats numerator = exp2(load_as<Floats>(scores + v * lanes) * scale - reference);
        total += numerator;
        Unit<E>::store_units(numerators + v * lanes / Unit<E>::elements, numerator);
    }
    float shrink = maximum - reference;
    maximum = now;
    added = sum(total);
    return shrink;
}

// Queries [first, first + Rows).
template <Element E, int Rows>
void attend_block(const Attention& call, const AttentionTile& tile, const Step& step, int64_t first) {
    int64_t depth = units<E>(call.head_dim);
    int64_t width = padded(call.head_dim);
    int64_t oldest = first / group(call);
    int64_t newest = (first + Rows - 1) / group(call);
    int64_t end = end_seen(tile, step.slot, step.count, newest);
    int64_t vectors = (end + lanes - 1) / lanes;
    alignas(64) float scores[Rows * key_tile];
    alignas(64) uint32_t numerators[Rows * key_tile];
    product<Unit<E>, Rows>(
        {step.queries + first * depth, depth, step.keys, key_tile, depth, scores, key_tile}, vectors, nullptr);

    bool all_seen = first_seen(call, tile, step.slot, step.count, newest) == 0
        && end_seen(tile, step.slot, step.count, oldest) == vectors * lanes;
    for (int r = 0; r < Rows && !all_seen; r++) {
        hide_unseen(call, tile, step.slot, step.count, (first + r) / group(call), scores + r * key_tile, vectors * lanes);
    }

    float scale = score_scale(call);
    alignas(64) float shrinks[padded(Rows)] = {};
    float added[Rows];
    for (int r = 0; r < Rows; r++) {
        shrinks[r] = soften<E>(scores + r * key_tile, vectors, scale, numerators + r * key_tile,
            step.state.maxima[first + r], added[r]);
    }
    for (int r = 0; r < Rows; r += lanes) store_as(shrinks + r, exp2(load_as<Floats>(shrinks + r)));
    for (int r = 0; r < Rows; r++) {
        step.state.sums[first + r] = step.state.sums[first + r] * shrinks[r] + added[r];
    }

    product<Unit<E>, Rows>({numerators, key_tile, step.values, width, units<E>(end),
                               step.state.outputs + first * width, width},
        (call.head_dim + lanes - 1) / lanes, shrinks);
}

// Queries [first, end), in blocks.
template <Element E, int Rows = block_rows>
void attend_step(const Attention& call, const AttentionTile& tile, const Step& step, int64_t first, int64_t end) {
    for (; end - first >= Rows; first += Rows) attend_block<E, Rows>(call, tile, step, first);
    if constexpr (Rows > 1) {
        if (first < end) attend_step<E, Rows - 1>(call, tile, step, first, end);
    }
}

// ---- a whole tile -----------------------------------------------------------------------------------------------

// The tile's slots against all its queries. `scratch` holds 2 key_tile padded(head_dim) floats.
template <Element E>
void attend_packed(
    const Attention& call, const AttentionTile& tile, const uint32_t* packed_queries, float* states, float* scratch) {
    int64_t head_queries = queries(call, tile);
    int64_t query_units = head_queries * units<E>(call.head_dim);
    uint32_t* packed_keys = reinterpret_cast<uint32_t*>(scratch);
    uint32_t* packed_values = packed_keys + key_tile * padded(call.head_dim);
    int64_t packed_at_once = key_tile / lanes * ((units<E>(call.head_dim) + lanes - 1) / lanes) + key_tile / Unit<E>::elements;
    KeyRows rows, coming;
    rows.locate(call, tile, tile.from, key_tile);
    for (int64_t slot = tile.from; slot < tile.to; slot += key_tile) {
        coming.locate(call, tile, slot + key_tile, key_tile);
        // Rows that see any of these keys: not those before the keys, nor those whose window begins after them.
        int64_t first = slot > tile.position ? slot - tile.position : 0;
        int64_t end = call.window > 0 ? slot + rows.count + call.window - 1 - tile.position : tile.rows;
        if (end > tile.rows) end = tile.rows;
        Prefetch<E> prefetch(call, tile, coming, packed_at_once);
        for (int64_t h = 0; h < tile.kv_heads && first < end; h++) {
            int64_t column = (tile.kv_head + h) * call.head_dim;
            pack_keys<E>(static_cast<const Stored<E>*>(call.keys) + column, rows, call.head_dim, packed_keys,
                prefetch);
            pack_values<E>(static_cast<const Stored<E>*>(call.values) + column, rows, call.head_dim, packed_values,
                prefetch);
            Step step = {packed_queries + h * query_units, packed_keys, packed_values, slot, rows.count,
                AttentionState::at(states, h, head_queries, call.head_dim)};
            attend_step<E>(call, tile, step, first * group(call), end * group(call));
        }
        std::swap(rows, coming);
    }
}

}  // namespace
}  // namespace pigou::cpu
