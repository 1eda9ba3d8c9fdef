// RMS norm, with or without adding to the residual first. One block a row.
//
// Bytes moved: rms_norm reads x and writes out, 2 rows size sizeof(T); add_rms_norm also reads delta and writes x, 4 of
// them. Roofline: memory. A row is held in registers between the sum and the scaling, so nothing is read twice up to
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

// The residual at `i` after its addition, if there is one.
template <typename T, int V, bool add>
__device__ __forceinline__ Pack<T, V> take(T* x, const T* delta, int i) {
    Pack<T, V> pack = load<T, V>(x + i);
    if constexpr (add) {
        const Pack<T, V> more = load<T, V>(delta + i);
#pragma unroll
        for (int j = 0; j < V; j++) {
            pack.at[j] = narrow<T>(widen(pack.at[j]) + widen(more.at[j]));
        }
        *reinterpret_cast<Pack<T, V>*>(x + i) = pack;
    }
    return pack;
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

template <typename T, int V, bool add>
__global__ void __launch_bounds__(1024) rms_norm_kernel(T* x, const T* delta, const T* weight, T* out, int size, float eps) {
    wait_for_kernel_before();
    __shared__ float scratch[32];
    const int64_t row = int64_t{blockIdx.x} * size;
    const int step = blockDim.x * V, first = threadIdx.x * V;
    x += row;
    delta += add ? row : 0;
    out += row;

    Pack<T, V> held[kept];
    float sum = 0;
#pragma unroll
    for (int k = 0; k < kept; k++) {
        const int i = first + k * step;
        if (i < size) {
            held[k] = take<T, V, add>(x, delta, i);
            sum += sum_of_squares(held[k]);
        }
    }
    for (int i = first + kept * step; i < size; i += step) {
        sum += sum_of_squares(take<T, V, add>(x, delta, i));
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

template <typename T, bool add>
void start(void* x, const void* delta, const void* weight, void* out, int64_t rows, int64_t size, float eps,
    cudaStream_t stream) {
    const char* op = add ? "add_rms_norm" : "rms_norm";
    constexpr int wide = 16 / sizeof(T);
    const bool vectors = size % wide == 0 && aligned(16, x, delta, weight, out);
    const int64_t packs = vectors ? size / wide : size;
    const int threads = static_cast<int>(min(int64_t{1024}, divide_up(divide_up(packs, 2), 32) * 32));
    const auto kernel = vectors ? rms_norm_kernel<T, wide, add> : rms_norm_kernel<T, 1, add>;
    launch(op, kernel, dim3(rows), threads, 0, stream, static_cast<T*>(x), static_cast<const T*>(delta),
        static_cast<const T*>(weight), static_cast<T*>(out), static_cast<int>(size), eps);
}

}  // namespace

void rms_norm(const void* x, const void* weight, void* out, int64_t rows, int64_t size, float eps, Element element,
    cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        start<decltype(zero), false>(const_cast<void*>(x), nullptr, weight, out, rows, size, eps, stream);
    });
}

void add_rms_norm(void* x, const void* delta, const void* weight, void* out, int64_t rows, int64_t size, float eps,
    Element element, cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        start<decltype(zero), true>(x, delta, weight, out, rows, size, eps, stream);
    });
}

}  // namespace pigou::cuda
