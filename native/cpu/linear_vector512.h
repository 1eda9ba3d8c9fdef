#pragma once

#include "linear_loops.h"

#include <immintrin.h>

/** The vector type of the AVX-512 files: 24 of 32 registers hold sums of 6 rows by a whole panel. */
namespace pigou::cpu {
namespace {

struct Vector512 {
    typedef float Float __attribute__((vector_size(64)));
    typedef uint32_t Word __attribute__((vector_size(64)));
    typedef int32_t Int __attribute__((vector_size(64)));
    typedef uint16_t Half __attribute__((vector_size(32)));
    static constexpr int lanes = 16;
    static constexpr int columns = 4;
    static constexpr int max_rows = 6;

    PIGOU_INLINE Float from_f16(Half half) { return bits_as<Float>(_mm512_cvtph_ps(bits_as<__m256i>(half))); }

    PIGOU_INLINE Half to_f16(Float value) {
        return bits_as<Half>(_mm512_cvtps_ph(bits_as<__m512>(value), _MM_FROUND_TO_NEAREST_INT));
    }
};

} // namespace
} // namespace pigou::cpu
