#include "linear_loops.h"

#include <immintrin.h>

/** AVX2, FMA and F16C: 12 of 16 registers hold sums of 6 rows by 16 outputs. */
namespace pigou::cpu {
namespace {

struct Vector256 {
    typedef float Float __attribute__((vector_size(32)));
    typedef uint32_t Word __attribute__((vector_size(32)));
    typedef int32_t Int __attribute__((vector_size(32)));
    typedef uint16_t Half __attribute__((vector_size(16)));
    static constexpr int lanes = 8;
    static constexpr int columns = 2;
    static constexpr int max_rows = 6;

    PIGOU_INLINE Float from_f16(Half half) { return bits_as<Float>(_mm256_cvtph_ps(bits_as<__m128i>(half))); }

    PIGOU_INLINE Half to_f16(Float value) {
        return bits_as<Half>(_mm256_cvtps_ph(bits_as<__m256>(value), _MM_FROUND_TO_NEAREST_INT));
    }
};

} // namespace

constinit const LinearKernels avx2_linear_kernels = kernels_over<Vector256>();

} // namespace pigou::cpu
