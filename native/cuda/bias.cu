// y += bias, where torch's product adds to y and has no room for both. A thread an element; grid: columns by rows.
//
// Bytes moved: 2 rows size sizeof(T). Roofline: memory.
#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {
namespace {

constexpr int threads = 256;

template <typename T>
__global__ void __launch_bounds__(threads) add_bias_kernel(T* y, const T* bias, int64_t rows, int64_t size) {
    wait_for_kernel_before();
    const int64_t column = int64_t{blockIdx.x} * threads + threadIdx.x;
    if (column >= size) {
        return;
    }
    const float own = widen(bias[column]);
    for (int64_t row = blockIdx.y; row < rows; row += gridDim.y) {
        T* to = y + row * size + column;
        *to = narrow<T>(widen(*to) + own);
    }
}

}  // namespace

void add_bias(void* y, const void* bias, int64_t rows, int64_t size, Element element, cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        using T = decltype(zero);
        const dim3 grid(divide_up(size, threads), min(rows, int64_t{max_grid_y}));
        launch("add_bias", add_bias_kernel<T>, grid, threads, 0, stream, static_cast<T*>(y), static_cast<const T*>(bias), rows, size);
    });
}

}  // namespace pigou::cuda
