// RMS norms of one row: x / sqrt(mean(x^2) + eps) * weight, in float32, rounded once.
#pragma once

#include "simd.h"

#include <cmath>
#include <cstdint>

namespace pigou::cpu {
namespace {

// 1 / sqrt(mean(x^2) + eps). Four sums, so that additions need not wait for one another.
template <Element E>
PIGOU_INLINE float inverse_rms(const Stored<E>* x, float eps, int64_t size) {
    Floats sums[4] = {};
    int64_t i = 0;
    for (; i + 4 * lanes <= size; i += 4 * lanes) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            Floats part = load<E>(x + i + j * lanes);
            sums[j] += part * part;
        }
    }
    for (; i < size; i += lanes) {
        Floats part = load_upto<E>(x + i, size - i);
        sums[0] += part * part;
    }
    float total = sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
    return 1.0f / sqrtf(total / static_cast<float>(size) + eps);
}

template <Element E>
void rms_norm_row(const void* x, const void* weight, float eps, void* out, int64_t size) {
    const Stored<E>* from = static_cast<const Stored<E>*>(x);
    const Stored<E>* weights = static_cast<const Stored<E>*>(weight);
    Stored<E>* to = static_cast<Stored<E>*>(out);
    float inverse = inverse_rms<E>(from, eps, size);
    for (int64_t i = 0; i < size; i += lanes) {
        int64_t left = size - i;
        store_upto<E>(to + i, load_upto<E>(from + i, left) * inverse * load_upto<E>(weights + i, left), left);
    }
}

// x += delta, rounded to x's type.
template <Element E>
void add_row(void* x, const void* delta, int64_t size) {
    Stored<E>* to = static_cast<Stored<E>*>(x);
    const Stored<E>* from = static_cast<const Stored<E>*>(delta);
    for (int64_t i = 0; i < size; i += lanes) {
        int64_t left = size - i;
        store_upto<E>(to + i, load_upto<E>(to + i, left) + load_upto<E>(from + i, left), left);
    }
}

}  // namespace
}  // namespace pigou::cpu
