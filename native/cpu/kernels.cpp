#include "kernels.h"

#include "dispatch.h"

namespace pigou::cpu {
namespace {

const Kernels& best() {
#if defined(__x86_64__)
    if (cpu().avx512_bf16) return avx512_bf16_kernels;
    if (cpu().isa >= Isa::avx512) return avx512_kernels;
    if (cpu().isa >= Isa::avx2) return avx2_kernels;
#endif
    return scalar_kernels;
}

}  // namespace

const Kernels& kernels() {
    static const Kernels& chosen = best();
    return chosen;
}

}  // namespace pigou::cpu
