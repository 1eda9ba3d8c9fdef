// Starting a kernel. What goes wrong is reported in the op's name.
#pragma once

#include "device.cuh"

#include <cstddef>

#ifdef __CUDACC__
#include "runtime.h"
#endif

namespace pigou::cuda {

#ifdef __CUDACC__

template <typename... Parameters, typename... Arguments>
void launch_as(bool overlapping, const char* op, void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared,
    cudaStream_t stream, Arguments... arguments) {
    if (grid.x == 0 || grid.y == 0) {
        return;
    }
    if (shared > 48 * 1024) {
        allow_shared(op, reinterpret_cast<const void*>(kernel), shared);
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
    how.numAttrs = overlapping && device_traits(op).overlaps_kernels ? 1 : 0;
    check(op, cudaLaunchKernelEx(&how, kernel, static_cast<Parameters>(arguments)...));
}

// `shared` bytes of dynamic shared memory; above 48 KB the kernel has to opt in first. Waits for nothing. The kernel may start
// before the one ahead of it has ended (wait_for_kernel_before).
template <typename... Parameters, typename... Arguments>
void launch(const char* op, void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared, cudaStream_t stream,
    Arguments... arguments) {
    launch_as(true, op, kernel, grid, threads, shared, stream, arguments...);
}

// Starts when all before has ended, so that kernels after this one see what was written before it even before they wait.
template <typename... Parameters, typename... Arguments>
void launch_in_order(const char* op, void (*kernel)(Parameters...), dim3 grid, int threads, cudaStream_t stream,
    Arguments... arguments) {
    launch_as(false, op, kernel, grid, threads, 0, stream, arguments...);
}

inline void copy_bytes(const char* op, void* to, const void* from, size_t bytes, cudaStream_t stream) {
    check(op, cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream));
}

#else

inline void copy_bytes(const char*, void* to, const void* from, size_t bytes, cudaStream_t) {
    std::memcpy(to, from, bytes);
}

template <typename... Parameters, typename... Arguments>
void launch(const char*, void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared, cudaStream_t,
    Arguments... arguments) {
    emulation::run(grid, threads, shared, [&] { kernel(arguments...); });
}

template <typename... Parameters, typename... Arguments>
void launch_in_order(const char*, void (*kernel)(Parameters...), dim3 grid, int threads, cudaStream_t, Arguments... arguments) {
    emulation::run(grid, threads, 0, [&] { kernel(arguments...); });
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
