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
// into which packing the present step falls. All at once, the requests would wait for one another, and every load for them.
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

// ---- few queries: keys and values are met where they lie -------------------------------------------------------------
// Memory is what limits them. A step is as short as a vector, all that it reads is read in the order in which it lies, and nothing
// is written that would only be read again. Softmax is of as many queries at once as a vector has lanes.

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

// Scores of `Rows` queries and the slots of a step whose keys begin at keys + rows.at; lines of `lanes` from `scores` on.
template <Element E, int Rows>
PIGOU_INLINE void score_lying(const Attention& call, const AttentionTile& tile, const Step& step, const KeyRows& rows,
    const Stored<E>* keys, float* scores) {
    int64_t depth = units<E>(call.head_dim);
    for (int r = 0; r < Rows; r++, scores += lanes) {
        Floats sums[lanes] = {};
        for (int64_t unit = 0; unit < depth; unit += lanes) {
            Words query = load_as<Words>(step.queries + r * depth + unit);
#pragma GCC unroll 16
            for (int i = 0; i < lanes; i++) {
                Words key = Unit<E>::load_all_units(keys + rows.at[i] + unit * Unit<E>::elements);
                sums[i] = Unit<E>::multiply_add(sums[i], query, key);
            }
        }
        store_as(scores, join_each<Add>(sums));
        int64_t i = r / group(call);
        for (int64_t k = 0; k < first_seen(call, tile, step, i); k++) scores[k] = minus_infinity;
        for (int64_t k = end_seen(tile, step, i); k < lanes; k++) scores[k] = minus_infinity;
    }
}

// Turns lines of scores into numerators and returns what earlier sums must be multiplied with.
template <Element E>
PIGOU_INLINE Floats soften_batch(HeadBatch& batch, const float* scores, int64_t queries, float scale, uint32_t* numerators) {
    Floats lines[lanes];
#pragma GCC unroll 16
    for (int q = 0; q < lanes; q++) lines[q] = load_as<Floats>(scores + q * lanes);
    Floats now = larger(join_each<Larger>(lines) * scale, batch.maxima);
    // As in `soften`: what has seen nothing yet must come out as 0.
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
    float scale = 1.44269504f / sqrtf(static_cast<float>(call.head_dim));
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
                Step step = {packed_queries + h * Rows * units<E>(call.head_dim), nullptr, nullptr, slot, rows.count, {}};
                score_lying<E, Rows>(call, tile, step, rows,
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

    if (takes_lying<E>(call, tile)) return attend_few<E>(call, tile, packed_queries, states);

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
