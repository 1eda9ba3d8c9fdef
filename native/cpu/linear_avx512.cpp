#include "linear_vector512.h"

/** AVX-512 F, BW, DQ and VL. */
namespace pigou::cpu {

constinit const LinearKernels avx512_linear_kernels = kernels_over<Vector512>();

} // namespace pigou::cpu
