// For AVX-512 with dot products of bfloat16 pairs.
#include "kernel_table.h"

namespace pigou::cpu {

constinit const Kernels avx512_bf16_kernels = kernel_table;

}  // namespace pigou::cpu
