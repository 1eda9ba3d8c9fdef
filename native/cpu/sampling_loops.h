// Passes over stretches of logits: their maximum, and their weights 2^((logit - largest) * rate).
#pragma once

#include "simd_exp.h"

#include <cstdint>
#include <limits>

namespace pigou::cpu {
namespace {

float largest_logit(const float* logits, int64_t count) {
    Floats top = splat(-std::numeric_limits<float>::infinity());
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) top = larger(load_as<Floats>(logits + i), top);
    float highest = ::pigou::cpu::largest(top);
    for (; i < count; i++) highest = logits[i] > highest ? logits[i] : highest;
    return highest;
}

// The weight of the largest logit is exactly 1.
PIGOU_INLINE Floats weight(Floats logits, float largest, float rate) { return exp2((logits - largest) * rate); }

void weigh(const float* logits, int64_t count, float largest, float rate, float* weights) {
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        store_upto<Element::f32>(weights + i, weight(load_upto<Element::f32>(logits + i, left), largest, rate), left);
    }
}

// The sum of the weights, in float64: what adding up the results of `weigh` gives but for float64's rounding.
double sum_weights(const float* logits, int64_t count, float largest, float rate) {
    using Doubles = double __attribute__((vector_size(4 * lanes)));
    using HalfFloats = float __attribute__((vector_size(2 * lanes)));
    Doubles sums[2] = {};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        Floats weights = weight(load_as<Floats>(logits + i), largest, rate);
        HalfFloats halves[2];
        std::memcpy(halves, &weights, sizeof weights);
        sums[0] += __builtin_convertvector(halves[0], Doubles);
        sums[1] += __builtin_convertvector(halves[1], Doubles);
    }
    double total = 0;
    sums[0] += sums[1];
    for (int j = 0; j < lanes / 2; j++) total += sums[0][j];
    if (i < count) {
        float rest[lanes];
        weigh(logits + i, count - i, largest, rate, rest);
        for (int64_t j = 0; j < count - i; j++) total += rest[j];
    }
    return total;
}

}  // namespace
}  // namespace pigou::cpu
