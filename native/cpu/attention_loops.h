// Attention of one tile: packs `key_tile` keys and values at a time and runs all queries of the tile past them, with
// the online softmax of Milakov and Gimelshein (arXiv:1805.02867). One query is handled as 64 are: with one, memory is
// what limits, and packing hides behind it.
#pragma once

#include "attention_tile.h"
#include "product_loops.h"
#include "simd_exp.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace pigou::cpu {
namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

// Where the rows of up to key_tile successive slots start in the pool, in elements.
struct KeyRows {
    int64_t count;
    int64_t at[key_tile];

    [[gnu::always_inline]] void locate(const Attention& call, const AttentionTile& tile, int64_t slot) {
        int64_t left = tile.to - slot;
        count = left < 0 ? 0 : left < key_tile ? left : key_tile;
        int64_t block = slot / call.block_size;
        int64_t within = slot % call.block_size;
        for (int64_t i = 0; i < count; i++) {
            at[i] = (tile.table[block] * call.block_size + within) * call.kv_heads * call.head_dim;
            if (++within == call.block_size) {
                within = 0;
                block++;
            }
        }
    }
};

// Asks for the keys and values of a coming step, as far as the tile's heads reach: a row now and then, spread over the moments
// into which packing the present step falls. All at once, the requests would wait for one another, and every load for them.
template <Element E>
class Prefetch {
public:
    Prefetch(const Attention& call, const AttentionTile& tile, const KeyRows& rows)
        : keys_(static_cast<const Stored<E>*>(call.keys) + tile.kv_head * call.head_dim),
          values_(static_cast<const Stored<E>*>(call.values) + tile.kv_head * call.head_dim), rows_(rows),
          bytes_(tile.kv_heads * call.head_dim * static_cast<int64_t>(sizeof(Stored<E>))) {
        int64_t of_keys = key_tile / lanes * ((units<E>(call.head_dim) + lanes - 1) / lanes);
        int64_t of_values = key_tile / Unit<E>::elements;
        moments_ = tile.kv_heads * (of_keys + of_values);
        if (queries(call, tile) > few_queries) next_ = rows_.count;
    }

    [[gnu::always_inline]] void moment() {
        for (due_ += key_tile; due_ >= moments_ && next_ < rows_.count; due_ -= moments_, next_++) {
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
    int64_t due_ = 0;   // grows by key_tile each moment; a row is due when it comes to `moments_`
    int64_t next_ = 0;  // row to ask for
};

// ---- packing ----------------------------------------------------------------------------------------------------

template <Element E>
PIGOU_INLINE void pack_queries(const Attention& call, const AttentionTile& tile, int64_t kv_head, uint32_t* to) {
    for (int64_t i = 0; i < tile.rows; i++) {
        const Stored<E>* q = static_cast<const Stored<E>*>(call.q)
            + ((tile.row + i) * call.heads + kv_head * group(call)) * call.head_dim;
        for (int64_t j = 0; j < group(call); j++, q += call.head_dim, to += units<E>(call.head_dim)) {
            int64_t vectors = units<E>(call.head_dim) / lanes;
            for (int64_t v = 0; v < vectors; v++) {
                int64_t done = v * lanes * Unit<E>::elements;
                store_as(to + v * lanes, Unit<E>::load_units(q + done, call.head_dim - done));
            }
            int64_t done = vectors * lanes * Unit<E>::elements;
            if (done < call.head_dim) {
                Words last = Unit<E>::load_units(q + done, call.head_dim - done);
                std::memcpy(to + vectors * lanes, &last, units<E>(call.head_dim - done) * 4);
            }
        }
    }
}

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

// How many of the step's first keys row i of the tile does not see, being out of its window, and where those end that
// it does see.
PIGOU_INLINE int64_t first_seen(const Attention& call, const AttentionTile& tile, const Step& step, int64_t i) {
    int64_t first = call.window > 0 ? tile.position + i - call.window + 1 - step.slot : 0;
    return first < 0 ? 0 : first < step.count ? first : step.count;
}

PIGOU_INLINE int64_t end_seen(const AttentionTile& tile, const Step& step, int64_t i) {
    int64_t end = tile.position + i + 1 - step.slot;
    return end < 0 ? 0 : end < step.count ? end : step.count;
}

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
    int64_t end = end_seen(tile, step, newest);
    int64_t vectors = (end + lanes - 1) / lanes;
    alignas(64) float scores[Rows * key_tile];
    alignas(64) uint32_t numerators[Rows * key_tile];
    product<Unit<E>, Rows>(
        {step.queries + first * depth, depth, step.keys, key_tile, depth, scores, key_tile}, vectors, nullptr);

    bool all_seen = first_seen(call, tile, step, newest) == 0 && end_seen(tile, step, oldest) == vectors * lanes;
    for (int r = 0; r < Rows && !all_seen; r++) {
        int64_t i = (first + r) / group(call);
        float* row = scores + r * key_tile;
        for (int64_t k = 0; k < first_seen(call, tile, step, i); k++) row[k] = minus_infinity;
        for (int64_t k = end_seen(tile, step, i); k < vectors * lanes; k++) row[k] = minus_infinity;
    }

    float scale = 1.44269504f / sqrtf(static_cast<float>(call.head_dim));
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

// Leaves the tile's states in `states` (state_floats) and uses `scratch` (scratch_floats).
template <Element E>
void attend(const Attention& call, const AttentionTile& tile, float* states, float* scratch) {
    int64_t head_queries = queries(call, tile);
    int64_t query_units = head_queries * units<E>(call.head_dim);
    uint32_t* packed_queries = reinterpret_cast<uint32_t*>(scratch);
    uint32_t* packed_keys = packed_queries + tile.kv_heads * head_queries * padded(call.head_dim);
    uint32_t* packed_values = packed_keys + key_tile * padded(call.head_dim);
    for (int64_t h = 0; h < tile.kv_heads; h++) {
        AttentionState state = AttentionState::at(states, h, head_queries, call.head_dim);
        for (int64_t m = 0; m < head_queries; m++) state.maxima[m] = minus_infinity;
        std::memset(state.sums, 0, head_queries * sizeof(float));
        std::memset(state.outputs, 0, head_queries * padded(call.head_dim) * sizeof(float));
        pack_queries<E>(call, tile, tile.kv_head + h, packed_queries + h * query_units);
    }

    KeyRows rows, coming;
    rows.locate(call, tile, tile.from);
    for (int64_t slot = tile.from; slot < tile.to; slot += key_tile) {
        coming.locate(call, tile, slot + key_tile);
        // Rows that see any of these keys: not those before the keys, nor those whose window begins after them.
        int64_t first = slot > tile.position ? slot - tile.position : 0;
        int64_t end = call.window > 0 ? slot + rows.count + call.window - 1 - tile.position : tile.rows;
        if (end > tile.rows) end = tile.rows;
        Prefetch<E> prefetch(call, tile, coming);
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

// Joins the states of the `splits` parts that a tile's slots were cut into, which lie one after another, and writes
// the tile's rows of the result.
template <Element E>
void finish(const Attention& call, const AttentionTile& tile, float* states, int64_t splits) {
    int64_t head_queries = queries(call, tile);
    int64_t stride = state_floats(call, tile);
    int64_t width = padded(call.head_dim);
    for (int64_t h = 0; h < tile.kv_heads; h++) {
        for (int64_t m = 0; m < head_queries; m++) {
            AttentionState whole = AttentionState::at(states, h, head_queries, call.head_dim);
            float maximum = whole.maxima[m];
            for (int64_t s = 1; s < splits; s++) {
                float other = AttentionState::at(states + s * stride, h, head_queries, call.head_dim).maxima[m];
                if (other > maximum) maximum = other;
            }
            float total = 0;
            float* output = whole.outputs + m * width;
            for (int64_t s = 0; s < splits; s++) {
                AttentionState part = AttentionState::at(states + s * stride, h, head_queries, call.head_dim);
                float share = exp2f(part.maxima[m] - maximum);
                total += share * part.sums[m];
                const float* addend = part.outputs + m * width;
                for (int64_t j = 0; j < width; j += lanes) {
                    Floats weighted = load_as<Floats>(addend + j) * share;
                    store_as(output + j, s == 0 ? weighted : load_as<Floats>(output + j) + weighted);
                }
            }
            int64_t row = tile.row + m / group(call);
            int64_t head = (tile.kv_head + h) * group(call) + m % group(call);
            Stored<E>* out = static_cast<Stored<E>*>(call.out) + (row * call.heads + head) * call.head_dim;
            for (int64_t j = 0; j < call.head_dim; j += lanes) {
                store_upto<E>(out + j, load_as<Floats>(output + j) / total, call.head_dim - j);
            }
        }
    }
}

}  // namespace
}  // namespace pigou::cpu
