// For AVX-512 F, BW, DQ and VL.
#include "kernel_table.h"

namespace pigou::cpu {

constinit const Kernels avx512_kernels = kernel_table;

}  // namespace pigou::cpu
