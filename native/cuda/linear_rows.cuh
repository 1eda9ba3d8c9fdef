// What the kernels for few rows of x have in common: linear.cu for packed numbers, linear_dense.cu for 16-bit floats.
//
// Weights are the 16-row operand of the matrix instructions, rows of x the 8 columns of the other. The order of a dot product is
// free, so a lane's neighbouring columns stand in for those that the instruction's layout names (device.cuh), in both.
// No weight changes after it was packed: a kernel has its first weights under way before it waits for the one before it.
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

// 8 columns of row `row` of x from `column` on; zeros beyond the end.
template <typename T>
__device__ __forceinline__ uint4 load_x(const Product& p, int row, int column) {
    if (row < p.rows && column < p.in) {
        return *reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + row * p.x_stride + column);
    }
    return uint4{0, 0, 0, 0};
}

// Hands the warp's sums, tile m of 16 outputs by columns, over to the block.
template <int tiles, int columns, int width>
__device__ __forceinline__ void publish(
    float (&results)[tiles * weight_rows][width], const float (&sums)[tiles][columns][4], int lane) {
#pragma unroll
    for (int m = 0; m < tiles; m++) {
#pragma unroll
        for (int c = 0; c < columns; c++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                results[m * weight_rows + lane / 4 + i / 2 * 8][c * 8 + lane % 4 * 2 + i % 2] = sums[m][c][i];
            }
        }
    }
}

template <typename T>
__device__ __forceinline__ float bias_of(const Product& p, int64_t output) {
    return p.bias == nullptr ? 0 : widen(static_cast<const T*>(p.bias)[output]);
}

// linear_dense.cu, for T bf16 and f16.
void linear_dense(const Product& p, cudaStream_t stream);

}  // namespace pigou::cuda
