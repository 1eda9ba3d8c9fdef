// Attention of one tile, with the online softmax of Milakov and Gimelshein (arXiv:1805.02867): many queries meet keys and
// values that were packed for them, few meet them where they lie.
#pragma once

#include "attention_lying.h"
#include "attention_packed.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace pigou::cpu {
namespace {

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

// Leaves the tile's states in `states` (state_floats) and uses `scratch` (scratch_floats).
template <Element E>
void attend(const Attention& call, const AttentionTile& tile, float* states, float* scratch) {
    int64_t head_queries = queries(call, tile);
    int64_t query_units = head_queries * units<E>(call.head_dim);
    uint32_t* packed_queries = reinterpret_cast<uint32_t*>(scratch);
    for (int64_t h = 0; h < tile.kv_heads; h++) {
        AttentionState state = AttentionState::at(states, h, head_queries, call.head_dim);
        for (int64_t m = 0; m < head_queries; m++) state.maxima[m] = minus_infinity;
        std::memset(state.sums, 0, head_queries * sizeof(float));
        std::memset(state.outputs, 0, head_queries * padded(call.head_dim) * sizeof(float));
        pack_queries<E>(call, tile, tile.kv_head + h, packed_queries + h * query_units);
    }

    if (takes_lying<E>(call, tile)) {
        attend_few<E>(call, tile, packed_queries, states);
    } else {
        attend_packed<E>(call, tile, packed_queries, states, scratch + tile.kv_heads * head_queries * padded(call.head_dim));
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
