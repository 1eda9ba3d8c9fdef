// Starting a kernel. What goes wrong is reported in the op's name.
#pragma once

#include "device.cuh"

#include <cstddef>

namespace pigou::cuda {

// Ends the op with an exception that says which kernel did not start and why. Defined by plugin.cpp.
[[noreturn]] void launch_failed(const char* op, const char* why);

#ifdef __CUDACC__

inline void check(const char* op, cudaError_t status) {
    if (status != cudaSuccess) {
        launch_failed(op, cudaGetErrorString(status));
    }
}

inline int multiprocessors(const char* op) {
    int device = 0, count = 0;
    check(op, cudaGetDevice(&device));
    check(op, cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device));
    return count;
}

// Whether the current device is of compute capability 9.0 at least: it can start a kernel before the one ahead of it has
// ended, and has bulk copies.
inline bool overlaps_kernels(const char* op) {
    int device = 0, major = 0;
    check(op, cudaGetDevice(&device));
    check(op, cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device));
    return major >= 9;
}

// `shared` bytes of dynamic shared memory; above 48 KB the kernel has to opt in first. Waits for nothing.
template <typename... Parameters, typename... Arguments>
void launch(const char* op, void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared, cudaStream_t stream,
    Arguments... arguments) {
    if (grid.x == 0 || grid.y == 0) {
        return;
    }
    if (shared > 48 * 1024) {
        check(op, cudaFuncSetAttribute(
                      kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)));
    }
    cudaLaunchAttribute early{};
    early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    early.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t how{};
    how.gridDim = grid;
    how.blockDim = dim3(threads);
    how.dynamicSmemBytes = shared;
    how.stream = stream;
    how.attrs = &early;
    how.numAttrs = overlaps_kernels(op) ? 1 : 0;
    check(op, cudaLaunchKernelEx(&how, kernel, static_cast<Parameters>(arguments)...));
}

inline void copy_bytes(const char* op, void* to, const void* from, size_t bytes, cudaStream_t stream) {
    check(op, cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream));
}

#else

inline int multiprocessors(const char*) { return 3; }
inline bool overlaps_kernels(const char*) { return true; }

inline void copy_bytes(const char*, void* to, const void* from, size_t bytes, cudaStream_t) {
    std::memcpy(to, from, bytes);
}

template <typename... Parameters, typename... Arguments>
void launch(const char*, void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared, cudaStream_t,
    Arguments... arguments) {
    emulation::run(grid, threads, shared, [&] { kernel(arguments...); });
}

#endif

__host__ __device__ constexpr int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Most blocks along a grid's second dimension.
constexpr int max_grid_y = 65535;

// Whether all pointers (null ones too) are multiples of `bytes`.
template <typename... Pointers>
bool aligned(size_t bytes, Pointers... pointers) {
    return ((reinterpret_cast<uintptr_t>(pointers) % bytes == 0) && ...);
}

// body(T{}) with the kernels' type of the element.
template <typename Body>
void for_element(Element element, const Body& body) {
    switch (element) {
        case Element::f32: return body(float{});
        case Element::f16: return body(f16{});
        case Element::bf16: return body(bf16{});
    }
}

}  // namespace pigou::cuda
