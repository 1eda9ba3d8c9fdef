// silu(gate) * up. A thread a pack of 16 bytes; grid: packs of a row by rows.
//
// Bytes moved: 3 rows half sizeof(T) (gate and up read, the product written). Roofline: memory.
#include "activation.cuh"
#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {
namespace {

constexpr int threads = 256;

template <typename T, int V>
__global__ void __launch_bounds__(threads) silu_mul_kernel(const T* gate_up, T* out, int64_t rows, int64_t half) {
    wait_for_kernel_before();
    const int64_t column = (int64_t{blockIdx.x} * threads + threadIdx.x) * V;
    if (column >= half) {
        return;
    }
    for (int64_t row = blockIdx.y; row < rows; row += gridDim.y) {
        const T* from = gate_up + row * 2 * half + column;
        const auto gate = *reinterpret_cast<const Pack<T, V>*>(from);
        const auto up = *reinterpret_cast<const Pack<T, V>*>(from + half);
        Pack<T, V> result;
#pragma unroll
        for (int j = 0; j < V; j++) {
            result.at[j] = narrow<T>(silu(widen(gate.at[j])) * widen(up.at[j]));
        }
        *reinterpret_cast<Pack<T, V>*>(out + row * half + column) = result;
    }
}

}  // namespace

void silu_mul(const void* gate_up, void* out, int64_t rows, int64_t half, Element element, cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        using T = decltype(zero);
        constexpr int wide = 16 / sizeof(T);
        const bool vectors = half % wide == 0 && aligned(16, gate_up, out);
        const dim3 grid(divide_up(half, threads * (vectors ? wide : 1)), min(rows, int64_t{max_grid_y}));
        launch("silu_mul", vectors ? silu_mul_kernel<T, wide> : silu_mul_kernel<T, 1>, grid, threads, 0, stream,
            static_cast<const T*>(gate_up), static_cast<T*>(out), rows, half);
    });
}

}  // namespace pigou::cuda
