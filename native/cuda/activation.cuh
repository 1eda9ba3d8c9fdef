// The activation as kernels compute it: one formula, so that fused and single operators agree to the bit.
#pragma once

#include "device.cuh"

namespace pigou::cuda {

__device__ __forceinline__ float silu(float x) {
    constexpr float log2_e = 1.44269504f;
    return x / (1 + exp2_fast(-x * log2_e));
}

}  // namespace pigou::cuda
