// What a kernel may use of the device: the only file that knows CUDA's intrinsics and PTX. Compiled by anything but nvcc it
// hands over to test/emulation.h, which gives every name below a meaning on the host, so that tests run the kernels'
// own source. Whatever a kernel needs beyond plain C++ belongs here, in both forms.
//
// Needs compute capability 8.0 (cp.async, bfloat16 matrix instructions). All warp operations take part with all 32 lanes.
#pragma once

#include "../cpu/element.h"

#include <cstdint>

#ifndef __CUDACC__
#include "../test/emulation.h"
#else

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

// Shared memory whose size is set at launch, aligned for 16-byte accesses.
#define PIGOU_DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]

namespace pigou::cuda {

constexpr unsigned all_lanes = 0xffffffffu;

struct bf16 {
    uint16_t bits;
};

struct f16 {
    uint16_t bits;
};

// ---- numbers ----------------------------------------------------------------------------------------------------

__device__ __forceinline__ float widen(float value) { return value; }
__device__ __forceinline__ float widen(bf16 value) { return __uint_as_float(uint32_t{value.bits} << 16); }
__device__ __forceinline__ float widen(f16 value) { return __half2float(__ushort_as_half(value.bits)); }

// To nearest, ties to even.
template <typename T>
__device__ __forceinline__ T narrow(float value);
template <>
__device__ __forceinline__ float narrow<float>(float value) {
    return value;
}
template <>
__device__ __forceinline__ bf16 narrow<bf16>(float value) {
    return {__bfloat16_as_ushort(__float2bfloat16_rn(value))};
}
template <>
__device__ __forceinline__ f16 narrow<f16>(float value) {
    return {__half_as_ushort(__float2half_rn(value))};
}

// Two numbers in one word, `low` in its low half.
template <typename T>
__device__ __forceinline__ uint32_t narrow_pair(float low, float high) {
    return uint32_t{narrow<T>(low).bits} | uint32_t{narrow<T>(high).bits} << 16;
}
template <>
__device__ __forceinline__ uint32_t narrow_pair<bf16>(float low, float high) {
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    return *reinterpret_cast<const uint32_t*>(&pair);
}
template <>
__device__ __forceinline__ uint32_t narrow_pair<f16>(float low, float high) {
    const __half2 pair = __floats2half2_rn(low, high);
    return *reinterpret_cast<const uint32_t*>(&pair);
}

// a - b and a * b of both halves of a word.
template <typename T>
__device__ __forceinline__ uint32_t subtract_pairs(uint32_t a, uint32_t b) {
    if constexpr (sizeof(T) == 2 && __is_same(T, bf16)) {
        const __nv_bfloat162 d = __hsub2(reinterpret_cast<__nv_bfloat162&>(a), reinterpret_cast<__nv_bfloat162&>(b));
        return reinterpret_cast<const uint32_t&>(d);
    } else {
        const __half2 d = __hsub2(reinterpret_cast<__half2&>(a), reinterpret_cast<__half2&>(b));
        return reinterpret_cast<const uint32_t&>(d);
    }
}
template <typename T>
__device__ __forceinline__ uint32_t multiply_pairs(uint32_t a, uint32_t b) {
    if constexpr (__is_same(T, bf16)) {
        const __nv_bfloat162 d = __hmul2(reinterpret_cast<__nv_bfloat162&>(a), reinterpret_cast<__nv_bfloat162&>(b));
        return reinterpret_cast<const uint32_t&>(d);
    } else {
        const __half2 d = __hmul2(reinterpret_cast<__half2&>(a), reinterpret_cast<__half2&>(b));
        return reinterpret_cast<const uint32_t&>(d);
    }
}

__device__ __forceinline__ float not_a_number() { return __int_as_float(0x7fffffff); }

// 2^x, within 2 units in the last place; 0 for -inf.
__device__ __forceinline__ float exp2_fast(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// ---- memory -----------------------------------------------------------------------------------------------------

// 16 bytes that no other block will want: they leave the first-level cache alone.
__device__ __forceinline__ uint4 load_streaming(const void* global) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(global));
    return v;
}

__device__ __forceinline__ uint32_t shared_address(const void* shared) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(shared));
}

// Starts copying 16 bytes past the registers; 16 zeros instead, and nothing read, unless `wanted`.
__device__ __forceinline__ void copy_async(void* shared, const void* global, bool wanted) {
    const int bytes = wanted ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)), "l"(global), "r"(bytes)
                 : "memory");
}

// Asks for `bytes` to come to the second-level cache; both are multiples of 16. Nothing is read, so another kernel may still be
// writing there. Does nothing before compute capability 9.0.
__device__ __forceinline__ void prefetch(const void* global, int bytes) {
#if __CUDA_ARCH__ >= 900
    asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(global), "r"(bytes) : "memory");
#endif
}

// Closes the thread's current group of copies, which may be empty.
__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until at most `pending` of the thread's latest groups are under way. Others see the data after a barrier.
template <int pending>
__device__ __forceinline__ void copy_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

// ---- kernels one after another ------------------------------------------------------------------------------------

// Since `launch` lets a kernel start while the one before it still runs, all threads of every kernel call this before they
// touch memory that is not constant: what the kernels before have written is there, and nobody reads what will be
// overwritten. Constant are packed weights (`launch_in_order`) and what kernels.h says so of. Lets the kernel after this one start at once. Does nothing before compute capability 9.0.
__device__ __forceinline__ void wait_for_kernel_before() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// ---- matrix instructions ------------------------------------------------------------------------------------------

// Four 8x8 matrices of 16-bit elements: lane i points at row i % 8 of matrix i / 8 and receives, of each matrix, the
// elements 2 (i % 4) and the next of row i / 4. Transposed: of column i / 4.
__device__ __forceinline__ void load_matrices(uint32_t (&r)[4], const void* shared) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(shared))
                 : "memory");
}
__device__ __forceinline__ void load_matrices_transposed(uint32_t (&r)[4], const void* shared) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(shared))
                 : "memory");
}

// c += a b, a [16, 16], b [16, 8], c [16, 8] float32, spread over the warp. With r = lane / 4, t = 2 (lane % 4):
//   a: (r, t..t+1), (r + 8, t..t+1), (r, t + 8..t+9), (r + 8, t + 8..t+9);  b: (t..t+1, r), (t + 8..t+9, r)
//   c: (r, t), (r, t + 1), (r + 8, t), (r + 8, t + 1)
template <typename T>
__device__ __forceinline__ void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
    if constexpr (__is_same(T, bf16)) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                     "{%0, %1, %2, %3};"
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    } else {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                     "{%0, %1, %2, %3};"
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    }
}

}  // namespace pigou::cuda

#endif

namespace pigou::cuda {

// Whatever the lanes hold, combined over groups of `width` neighbouring lanes (a power of two); all of them get it.
template <int width = 32>
__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
    for (int distance = width / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(all_lanes, value, distance);
    }
    return value;
}
template <int width = 32>
__device__ __forceinline__ float warp_max(float value) {
#pragma unroll
    for (int distance = width / 2; distance > 0; distance /= 2) {
        value = fmaxf(value, __shfl_xor_sync(all_lanes, value, distance));
    }
    return value;
}

// Sum of the lanes up to this one, itself included. Integers only: the order of addition is not fixed for floats.
template <typename Integer>
__device__ __forceinline__ Integer warp_prefix_sum(Integer value, int lane) {
#pragma unroll
    for (int distance = 1; distance < 32; distance *= 2) {
        const Integer before = __shfl_up_sync(all_lanes, value, distance);
        value += lane >= distance ? before : Integer{0};
    }
    return value;
}

// Over a block of at most 1024 threads, a multiple of 32; every thread gets it. `scratch` [32] is free again only
// after a barrier.
__device__ __forceinline__ float block_sum(float value, float* scratch) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    value = warp_sum(value);
    if (lane == 0) {
        scratch[warp] = value;
    }
    __syncthreads();
    return warp_sum(lane < warps ? scratch[lane] : 0.f);
}
__device__ __forceinline__ float block_max(float value, float* scratch) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    value = warp_max(value);
    if (lane == 0) {
        scratch[warp] = value;
    }
    __syncthreads();
    return warp_max(lane < warps ? scratch[lane] : -INFINITY);
}

// `count` neighbours of type T in one access of up to 16 bytes.
template <typename T, int count>
struct alignas(sizeof(T) * count) Pack {
    T at[count];
};

}  // namespace pigou::cuda
