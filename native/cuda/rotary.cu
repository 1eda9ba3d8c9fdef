// Rotary embedding (with optional per-head RMS norms before it) and the write of keys and values to their slots.
// A warp a head of a token; grid: tokens by eighths of the h + 2 kv heads.
//
// Bytes moved: 2 n (h + 2 kv) d sizeof(T), every element read once and written once, plus n d / 2 cosines and sines
// that the heads of a token share in cache. Roofline: memory.
#include "kernels.h"
#include "launch.cuh"

#include <cfloat>

namespace pigou::cuda {
namespace {

constexpr int warps = 8;

template <typename T>
__device__ __forceinline__ float largest();
template <>
__device__ __forceinline__ float largest<float>() { return FLT_MAX; }
template <>
__device__ __forceinline__ float largest<f16>() { return 65504.f; }
template <>
__device__ __forceinline__ float largest<bf16>() { return 0x1.fep127f; }

// Nothing but finite numbers enters the pool: 0 * NaN is NaN even where a mask hides it.
template <typename T>
__device__ __forceinline__ T finite(T element) {
    const float value = widen(element);
    if (value != value) {
        return narrow<T>(0);
    }
    return value > largest<T>() ? narrow<T>(largest<T>()) : value < -largest<T>() ? narrow<T>(-largest<T>()) : element;
}

template <typename T, int V>
__device__ __forceinline__ void copy_finite(const T* from, T* to, int size, int lane) {
    for (int j = lane * V; j < size; j += 32 * V) {
        auto pack = *reinterpret_cast<const Pack<T, V>*>(from + j);
#pragma unroll
        for (int i = 0; i < V; i++) {
            pack.at[i] = finite(pack.at[i]);
        }
        *reinterpret_cast<Pack<T, V>*>(to + j) = pack;
    }
}

// 1 / rms of the warp's head.
template <typename T, int V>
__device__ __forceinline__ float norm_scale(const T* from, int size, float eps, int lane) {
    float sum = 0;
    for (int j = lane * V; j < size; j += 32 * V) {
        const auto pack = *reinterpret_cast<const Pack<T, V>*>(from + j);
#pragma unroll
        for (int i = 0; i < V; i++) {
            sum += widen(pack.at[i]) * widen(pack.at[i]);
        }
    }
    return rsqrtf(warp_sum(sum) / size + eps);
}

// One head: elements (j, j + half) turned by the angle of j. `norm` may be null.
template <typename T, int V, bool stored>
__device__ __forceinline__ void rotate(
    const T* from, T* to, const T* norm, const float* cos, const float* sin, int half, float eps, int lane) {
    const float scale = norm == nullptr ? 1 : norm_scale<T, V>(from, 2 * half, eps, lane);
    for (int j = lane * V; j < half; j += 32 * V) {
        const auto low = *reinterpret_cast<const Pack<T, V>*>(from + j);
        const auto high = *reinterpret_cast<const Pack<T, V>*>(from + half + j);
        Pack<T, V> turned_low, turned_high;
#pragma unroll
        for (int i = 0; i < V; i++) {
            const float c = cos[j + i], s = sin[j + i];
            const float a = widen(low.at[i]) * (norm == nullptr ? 1 : scale * widen(norm[j + i]));
            const float b = widen(high.at[i]) * (norm == nullptr ? 1 : scale * widen(norm[half + j + i]));
            const T x = narrow<T>(a * c - b * s), y = narrow<T>(b * c + a * s);
            turned_low.at[i] = stored ? finite(x) : x;
            turned_high.at[i] = stored ? finite(y) : y;
        }
        *reinterpret_cast<Pack<T, V>*>(to + j) = turned_low;
        *reinterpret_cast<Pack<T, V>*>(to + half + j) = turned_high;
    }
}

template <typename T, int V>
__global__ void __launch_bounds__(32 * warps) rotate_and_store_kernel(const Rotation r) {
    wait_for_kernel_before();
    const int lane = threadIdx.x % 32;
    const int heads = static_cast<int>(r.heads), kv_heads = static_cast<int>(r.kv_heads);
    const int size = static_cast<int>(r.head_dim), half = size / 2;
    const int head = blockIdx.y * warps + threadIdx.x / 32;
    if (head >= heads + 2 * kv_heads) {
        return;
    }
    const int64_t row = blockIdx.x;
    const int64_t position = r.positions[row], slot = r.slots[row];
    const bool good = position >= 0 && position < r.max_positions && slot >= 0 && slot < r.pool_slots;
    const T* from = static_cast<const T*>(r.qkv) + (row * (heads + 2 * kv_heads) + head) * size;
    const float* cos = r.cos + (good ? position : 0) * half;
    const float* sin = r.sin + (good ? position : 0) * half;

    if (head < heads) {
        T* q = static_cast<T*>(r.q) + (row * heads + head) * size;
        if (good) {
            rotate<T, V, false>(from, q, static_cast<const T*>(r.q_norm), cos, sin, half, r.eps, lane);
        } else {
            for (int j = lane; j < size; j += 32) {
                q[j] = narrow<T>(not_a_number());
            }
        }
    } else if (good && head < heads + kv_heads) {
        T* k = static_cast<T*>(r.keys) + (slot * kv_heads + head - heads) * size;
        rotate<T, V, true>(from, k, static_cast<const T*>(r.k_norm), cos, sin, half, r.eps, lane);
    } else if (good) {
        T* v = static_cast<T*>(r.values) + (slot * kv_heads + head - heads - kv_heads) * size;
        copy_finite<T, V>(from, v, size, lane);
    }
}

}  // namespace

void rotate_and_store(const Rotation& r, Element element, cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        using T = decltype(zero);
        const bool pairs = r.head_dim % 4 == 0 && aligned(2 * sizeof(T), r.qkv, r.keys, r.values, r.q);
        const dim3 grid(r.rows, divide_up(r.heads + 2 * r.kv_heads, warps));
        launch("rotate_and_store", pairs ? rotate_and_store_kernel<T, 2> : rotate_and_store_kernel<T, 1>, grid,
            32 * warps, 0, stream, r);
    });
}

}  // namespace pigou::cuda
