#include "linear_loops.h"

/** What the compiler's baseline has: vectors of 128 bits, SSE2 or NEON. Correct everywhere, tuned nowhere. */
namespace pigou::cpu {
namespace {

struct Vector128 {
    typedef float Float __attribute__((vector_size(16)));
    typedef uint32_t Word __attribute__((vector_size(16)));
    typedef int32_t Int __attribute__((vector_size(16)));
    typedef uint16_t Half __attribute__((vector_size(8)));
    static constexpr int lanes = 4;
    static constexpr int columns = 4;
#if defined(__aarch64__)
    static constexpr int max_rows = 6; // 24 sums in 32 registers
#else
    static constexpr int max_rows = 2; // 8 in 16
#endif

    PIGOU_INLINE Float from_f16(Half half) {
        return Float{pigou::from_f16(half[0]), pigou::from_f16(half[1]), pigou::from_f16(half[2]),
                     pigou::from_f16(half[3])};
    }

    PIGOU_INLINE Half to_f16(Float value) {
        return Half{pigou::to_f16(value[0]), pigou::to_f16(value[1]), pigou::to_f16(value[2]), pigou::to_f16(value[3])};
    }
};

} // namespace

constinit const LinearKernels scalar_linear_kernels = kernels_over<Vector128>();

} // namespace pigou::cpu
