// The gated activation of one row: silu(gate) * up, where silu(x) = x / (1 + e^-x), in float32, rounded once.
#pragma once

#include "simd_exp.h"

#include <cstdint>

namespace pigou::cpu {
namespace {

template <Element E>
void silu_mul_row(const void* gate, const void* up, void* out, int64_t size) {
    const Stored<E>* gates = static_cast<const Stored<E>*>(gate);
    const Stored<E>* ups = static_cast<const Stored<E>*>(up);
    Stored<E>* to = static_cast<Stored<E>*>(out);
    for (int64_t i = 0; i < size; i += lanes) {
        int64_t left = size - i;
        Floats x = load_upto<E>(gates + i, left);
        store_upto<E>(to + i, x / (1.0f + exp(-x)) * load_upto<E>(ups + i, left), left);
    }
}

}  // namespace
}  // namespace pigou::cpu
