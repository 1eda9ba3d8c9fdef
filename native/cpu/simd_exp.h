// Exponentials of vectors, with a relative error below 3e-7. NaN comes through; the result is 0 far below and infinity far
// above what float32 holds.
#pragma once

#include "simd.h"

namespace pigou::cpu {
namespace {

constexpr float log2_e = 1.44269504f;

// 2^x for |x| <= 0.5: the polynomial of degree 5 with the least relative error (9e-8) of those that are 1 at 0.
PIGOU_INLINE Floats exp2_near_zero(Floats x) {
    Floats y = splat(0.00132647273f);
    y = y * x + 0.00967151299f;
    y = y * x + 0.0555073358f;
    y = y * x + 0.240222424f;
    y = y * x + 0.693147004f;
    return y * x + 1.0f;
}

#if defined(__AVX512F__)

// 2^(whole + rest) for a whole number and |rest| <= 0.5.
PIGOU_INLINE Floats exp2_of(Floats whole, Floats rest) {
    return Floats(_mm512_scalef_ps(__m512(exp2_near_zero(rest)), __m512(whole)));
}

PIGOU_INLINE Floats nearest(Floats x) {
    return Floats(_mm512_roundscale_ps(__m512(x), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

PIGOU_INLINE Floats exp2(Floats x) {
    // The rest of an infinite x is 0.
    return exp2_of(nearest(x), Floats(_mm512_reduce_ps(__m512(x), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)));
}

#else

// Added to a float of less than 2^22 it leaves the nearest whole number in the low bits.
constexpr float whole_maker = 0x1.8p23f;

// 2^(whole + rest) for a whole number of less than 252 and |rest| <= 0.5. In two factors, for 2^whole itself may be too
// large or small for a float.
PIGOU_INLINE Floats exp2_of(Floats whole, Floats rest) {
    using Ints = int32_t __attribute__((vector_size(4 * lanes)));
    Ints exponent = Ints(as_words(whole + whole_maker)) - Ints(as_words(splat(whole_maker)));
    Ints half = exponent >> 1;
    Floats first = as_floats(Words(half + 127) << 23);
    Floats second = as_floats(Words(exponent - half + 127) << 23);
    return exp2_near_zero(rest) * first * second;
}

PIGOU_INLINE Floats nearest(Floats x) { return x + whole_maker - whole_maker; }

PIGOU_INLINE Floats exp2(Floats x) {
    x = larger(splat(-160.0f), smaller(splat(160.0f), x));
    Floats whole = nearest(x);
    return exp2_of(whole, x - whole);
}

#endif

// After Cody and Waite: x - whole * ln 2 with ln 2 in two parts, of which the first times `whole` is exact.
PIGOU_INLINE Floats exp(Floats x) {
    x = larger(splat(-110.0f), smaller(splat(110.0f), x));
    Floats whole = nearest(x * log2_e);
    Floats rest = x - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    return exp2_of(whole, rest * log2_e);
}

}  // namespace
}  // namespace pigou::cpu
