// What the kernels for few rows of x have in common: linear.cu for packed numbers, linear_dense.cu for 16-bit floats.
#pragma once

#include "weights.cuh"

namespace pigou::cuda {

struct Product {
    const void* x;
    int64_t x_stride;
    const unsigned char* packed;
    const void* bias;
    void* y;
    int rows, in, out;
    Element element;
};

template <typename T>
__device__ __forceinline__ float bias_of(const Product& p, int64_t output) {
    return p.bias == nullptr ? 0 : widen(static_cast<const T*>(p.bias)[output]);
}

// Hands the warp's sums over to the block: tile m of 16 outputs by 8 `octets` rows of x become rows of `width` floats.
template <int tiles, int octets>
__device__ __forceinline__ void publish(float* results, int width, const float (&sums)[tiles][octets][4], int lane) {
#pragma unroll
    for (int m = 0; m < tiles; m++) {
#pragma unroll
        for (int o = 0; o < octets; o++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                results[(m * weight_rows + lane / 4 + i / 2 * 8) * width + 8 * o + lane % 4 * 2 + i % 2] = sums[m][o][i];
            }
        }
    }
}

// linear_dense.cu: 1 to max_dense_rows rows; `in` a multiple of 32, x and its rows of 16 bytes.
constexpr int64_t max_dense_rows = 16;
void linear_dense(const Product& p, cudaStream_t stream);

}  // namespace pigou::cuda
