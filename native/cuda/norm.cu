// RMS norm. One block a row.
//
// Bytes moved: x is read and out written, 2 rows size sizeof(T). Roofline: memory. A row is held in registers between the sum and the scaling, so nothing is read twice up to
// `kept` packs a thread (65536 16-bit elements at 1024 threads); what lies beyond comes from cache again.
#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {
namespace {

constexpr int kept = 4;

template <typename T, int V>
__device__ __forceinline__ float sum_of_squares(const Pack<T, V>& pack) {
    float sum = 0;
#pragma unroll
    for (int j = 0; j < V; j++) {
        const float value = widen(pack.at[j]);
        sum += value * value;
    }
    return sum;
}

template <typename T, int V>
__device__ __forceinline__ Pack<T, V> load(const T* from) {
    return *reinterpret_cast<const Pack<T, V>*>(from);
}

template <typename T, int V>
__device__ __forceinline__ void put(const Pack<T, V>& pack, const T* weight, float scale, T* out, int i) {
    const Pack<T, V> w = load<T, V>(weight + i);
    Pack<T, V> result;
#pragma unroll
    for (int j = 0; j < V; j++) {
        result.at[j] = narrow<T>(widen(pack.at[j]) * scale * widen(w.at[j]));
    }
    *reinterpret_cast<Pack<T, V>*>(out + i) = result;
}

template <typename T, int V>
__global__ void __launch_bounds__(1024) rms_norm_kernel(const T* x, const T* weight, T* out, int size, float eps) {
    wait_for_kernel_before();
    __shared__ float scratch[32];
    const int64_t row = int64_t{blockIdx.x} * size;
    const int step = blockDim.x * V, first = threadIdx.x * V;
    x += row;
    out += row;

    Pack<T, V> held[kept];
    float sum = 0;
#pragma unroll
    for (int k = 0; k < kept; k++) {
        const int i = first + k * step;
        if (i < size) {
            held[k] = load<T, V>(x + i);
            sum += sum_of_squares(held[k]);
        }
    }
    for (int i = first + kept * step; i < size; i += step) {
        sum += sum_of_squares(load<T, V>(x + i));
    }
    const float scale = rsqrtf(block_sum(sum, scratch) / size + eps);
#pragma unroll
    for (int k = 0; k < kept; k++) {
        const int i = first + k * step;
        if (i < size) {
            put(held[k], weight, scale, out, i);
        }
    }
    for (int i = first + kept * step; i < size; i += step) {
        put(load<T, V>(x + i), weight, scale, out, i);
    }
}

}  // namespace

void rms_norm(const void* x, const void* weight, void* out, int64_t rows, int64_t size, float eps, Element element,
    cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        using T = decltype(zero);
        constexpr int wide = 16 / sizeof(T);
        const bool vectors = size % wide == 0 && aligned(16, x, weight, out);
        const int64_t packs = vectors ? size / wide : size;
        const int threads = static_cast<int>(min(int64_t{1024}, divide_up(divide_up(packs, 2), 32) * 32));
        launch("rms_norm", vectors ? rms_norm_kernel<T, wide> : rms_norm_kernel<T, 1>, dim3(rows), threads, 0, stream,
            static_cast<const T*>(x), static_cast<const T*>(weight), static_cast<T*>(out), static_cast<int>(size), eps);
    });
}

}  // namespace pigou::cuda
