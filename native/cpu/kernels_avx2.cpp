// For AVX2, FMA and F16C.
#include "kernel_table.h"

namespace pigou::cpu {

constinit const Kernels avx2_kernels = kernel_table;

}  // namespace pigou::cpu
