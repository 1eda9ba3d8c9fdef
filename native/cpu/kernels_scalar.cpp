// No instructions beyond what every processor of the architecture has: SSE2, NEON.
#include "kernel_table.h"

namespace pigou::cpu {

constinit const Kernels scalar_kernels = kernel_table;

}  // namespace pigou::cpu
