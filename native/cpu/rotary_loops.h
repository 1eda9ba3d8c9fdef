// Rotary position embedding of one head of one row, and the way of its keys and values into the pool.
#pragma once

#include "norm_loops.h"
#include "simd.h"

#include <cstdint>

namespace pigou::cpu {
namespace {

// What may enter the pool: NaN becomes 0, and what is larger than the type's largest number becomes that.
template <Element E>
PIGOU_INLINE Floats finite(Floats x) {
    x = x == x ? x : Floats{};
    return smaller(larger(x, splat(-largest_finite<E>)), splat(largest_finite<E>));
}

// Turns the pairs (j, j + size / 2) by the angles whose cosines and sines are given, after an RMS norm if `norm` is not
// null. `Finite`: the result is for the pool.
template <Element E, bool Finite>
void rotate_row(const void* head, const float* cos, const float* sin, const void* norm, float eps, void* out,
    int64_t size) {
    const Stored<E>* from = static_cast<const Stored<E>*>(head);
    const Stored<E>* weights = static_cast<const Stored<E>*>(norm);
    Stored<E>* to = static_cast<Stored<E>*>(out);
    int64_t half = size / 2;
    float inverse = norm == nullptr ? 1.0f : inverse_rms<E>(from, eps, size);
    for (int64_t j = 0; j < half; j += lanes) {
        int64_t left = half - j;
        Floats a = load_upto<E>(from + j, left);
        Floats b = load_upto<E>(from + half + j, left);
        if (norm != nullptr) {
            a = a * inverse * load_upto<E>(weights + j, left);
            b = b * inverse * load_upto<E>(weights + half + j, left);
        }
        Floats c = load_upto<Element::f32>(cos + j, left);
        Floats s = load_upto<Element::f32>(sin + j, left);
        Floats first = a * c - b * s;
        Floats second = b * c + a * s;
        store_upto<E>(to + j, Finite ? finite<E>(first) : first, left);
        store_upto<E>(to + half + j, Finite ? finite<E>(second) : second, left);
    }
}

template <Element E>
void copy_finite(const void* head, void* out, int64_t size) {
    const Stored<E>* from = static_cast<const Stored<E>*>(head);
    Stored<E>* to = static_cast<Stored<E>*>(out);
    for (int64_t j = 0; j < size; j += lanes) {
        store_upto<E>(to + j, finite<E>(load_upto<E>(from + j, size - j)), size - j);
    }
}

}  // namespace
}  // namespace pigou::cpu
