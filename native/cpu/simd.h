// Vectors of float32 as wide as the instruction set of the file that includes this: 16 lanes with AVX-512, 8 with AVX2,
// 4 elsewhere (SSE2, NEON). Arithmetic is the compiler's vector extension; a * b + c becomes one instruction where
// there is one.
//
// Included only by files that are compiled for one instruction set (CMakeLists.txt). Everything here and in the loops over
// it has internal linkage, so that code compiled for one instruction set can never stand in for another's.
#pragma once

#include "element.h"

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__AVX2__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own intrinsics are built on vectors left undefined on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#include <immintrin.h>
#endif
#endif

namespace pigou::cpu {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX2__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif

using Floats = float __attribute__((vector_size(4 * lanes)));
using Words = uint32_t __attribute__((vector_size(4 * lanes)));
using Halves = uint16_t __attribute__((vector_size(2 * lanes)));

// What an element looks like in memory: 16 bits stay bits until they are widened.
template <Element E>
using Stored = std::conditional_t<E == Element::f32, float, uint16_t>;

template <Element E>
constexpr float largest_finite = E == Element::f32 ? 0x1.fffffep127f : E == Element::f16 ? 65504.0f : 0x1.fep127f;

// ---- memory -----------------------------------------------------------------------------------------------------

template <typename Vector>
PIGOU_INLINE Vector load_as(const void* from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <typename Vector>
PIGOU_INLINE void store_as(void* to, Vector vector) {
    std::memcpy(to, &vector, sizeof vector);
}

PIGOU_INLINE Floats as_floats(Words words) { return load_as<Floats>(&words); }
PIGOU_INLINE Words as_words(Floats floats) { return load_as<Words>(&floats); }
PIGOU_INLINE Words widen_bits(Halves halves) {
#if defined(__AVX512F__)  // the compiler would widen in quarters
    return Words(_mm512_cvtepu16_epi32(__m256i(halves)));
#elif defined(__AVX2__)
    return Words(_mm256_cvtepu16_epi32(__m128i(halves)));
#else
    return __builtin_convertvector(halves, Words);
#endif
}

PIGOU_INLINE Floats splat(float value) { return value - Floats{}; }
PIGOU_INLINE Words splat(uint32_t value) { return value - Words{}; }

template <Element E>
PIGOU_INLINE Floats load(const Stored<E>* from) {
    if constexpr (E == Element::f32) {
        return load_as<Floats>(from);
    } else if constexpr (E == Element::bf16) {
        return as_floats(widen_bits(load_as<Halves>(from)) << 16);
    } else {
#if defined(__AVX512F__)
        return Floats(_mm512_cvtph_ps(load_as<__m256i>(from)));
#elif defined(__F16C__)
        return Floats(_mm256_cvtph_ps(load_as<__m128i>(from)));
#else
        Floats floats;
        for (int i = 0; i < lanes; i++) floats[i] = from_f16(from[i]);
        return floats;
#endif
    }
}

// Rounded to nearest, ties to even.
template <Element E>
PIGOU_INLINE void store(Stored<E>* to, Floats floats) {
    if constexpr (E == Element::f32) {
        store_as(to, floats);
    } else if constexpr (E == Element::bf16) {
        Words bits = as_words(floats);
        Words rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        store_as(to, __builtin_convertvector(floats == floats ? rounded : bits >> 16 | 0x40, Halves));
    } else {
#if defined(__AVX512F__)
        store_as(to, _mm512_cvtps_ph(__m512(floats), _MM_FROUND_TO_NEAREST_INT));
#elif defined(__F16C__)
        store_as(to, _mm256_cvtps_ph(__m256(floats), _MM_FROUND_TO_NEAREST_INT));
#else
        for (int i = 0; i < lanes; i++) to[i] = to_f16(floats[i]);
#endif
    }
}

// The first `count` < lanes elements; the other lanes are 0.
template <Element E>
PIGOU_INLINE Floats load_first(const Stored<E>* from, int64_t count) {
    Stored<E> whole[lanes] = {};
    std::memcpy(whole, from, count * sizeof *from);
    return load<E>(whole);
}

template <Element E>
PIGOU_INLINE void store_first(Stored<E>* to, Floats floats, int64_t count) {
    Stored<E> whole[lanes];
    store<E>(whole, floats);
    std::memcpy(to, whole, count * sizeof *to);
}

PIGOU_INLINE Words load_first_words(const void* from, int64_t count) {
#if defined(__AVX512F__)
    return Words(_mm512_maskz_loadu_epi32(static_cast<__mmask16>((1u << count) - 1), from));
#else
    Words whole = {};
    std::memcpy(&whole, from, count * 4);
    return whole;
#endif
}

// All lanes where `count` allows, else the first `count`.
template <Element E>
PIGOU_INLINE Floats load_upto(const Stored<E>* from, int64_t count) {
    return count >= lanes ? load<E>(from) : load_first<E>(from, count);
}

template <Element E>
PIGOU_INLINE void store_upto(Stored<E>* to, Floats floats, int64_t count) {
    if (count >= lanes) store<E>(to, floats);
    else store_first<E>(to, floats, count);
}

// ---- across lanes -----------------------------------------------------------------------------------------------

// b where either is NaN.
PIGOU_INLINE Floats larger(Floats a, Floats b) {
#if defined(__AVX512F__)
    return Floats(_mm512_max_ps(__m512(a), __m512(b)));
#elif defined(__AVX2__)
    return Floats(_mm256_max_ps(__m256(a), __m256(b)));
#else
    return a > b ? a : b;
#endif
}

PIGOU_INLINE Floats smaller(Floats a, Floats b) {
#if defined(__AVX512F__)
    return Floats(_mm512_min_ps(__m512(a), __m512(b)));
#elif defined(__AVX2__)
    return Floats(_mm256_min_ps(__m256(a), __m256(b)));
#else
    return a < b ? a : b;
#endif
}

template <int Step, int... Lane>
PIGOU_INLINE Floats swap_lanes(Floats floats, std::integer_sequence<int, Lane...>) {
    return __builtin_shufflevector(floats, floats, (Lane ^ Step)...);
}

using EachLane = std::make_integer_sequence<int, lanes>;

template <int Step = lanes / 2>
PIGOU_INLINE float sum(Floats floats) {
    floats += swap_lanes<Step>(floats, EachLane{});
    if constexpr (Step > 1) return sum<Step / 2>(floats);
    else return floats[0];
}

template <int Step = lanes / 2>
PIGOU_INLINE float largest(Floats floats) {
    floats = larger(floats, swap_lanes<Step>(floats, EachLane{}));
    if constexpr (Step > 1) return largest<Step / 2>(floats);
    else return floats[0];
}

// One step of a transposition: swaps the off-diagonal quarters of every square of 2 Step rows and columns.
template <int Step, int... Lane>
PIGOU_INLINE void swap_quarters(Words& upper, Words& lower, std::integer_sequence<int, Lane...>) {
    Words a = upper, b = lower;
    upper = __builtin_shufflevector(a, b, (Lane & Step ? lanes + Lane - Step : Lane)...);
    lower = __builtin_shufflevector(a, b, (Lane & Step ? lanes + Lane : Lane + Step)...);
}

template <int Step = lanes / 2>
PIGOU_INLINE void transpose(Words (&rows)[lanes]) {
#pragma GCC unroll 16
    for (int i = 0; i < lanes; i++) {
        if (!(i & Step)) swap_quarters<Step>(rows[i], rows[i + Step], EachLane{});
    }
    if constexpr (Step > 1) transpose<Step / 2>(rows);
}

}  // namespace
}  // namespace pigou::cpu
