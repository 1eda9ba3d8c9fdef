#include "linear_vector512.h"

/** AVX-512 F, BW, DQ and VL. */
namespace pigou::cpu {

constinit const Kernels avx512_kernels = kernels_over<Vector512>();

} // namespace pigou::cpu
