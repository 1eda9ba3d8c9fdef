// What the host asks of CUDA's runtime. Not part of the emulated kernels.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace pigou::cuda {

// Ends the op with an exception in the words that PyTorch has for the same, "CUDA error: ...".
[[noreturn]] void failed(const char* op, cudaError_t status);

inline void check(const char* op, cudaError_t status) {
    if (status != cudaSuccess) {
        failed(op, status);
    }
}

// The same where torch failed and does not say why: whether the device is lost, its memory is used up, or something else.
[[noreturn]] void torch_failed(const char* op, const char* what);

struct DeviceTraits {
    int multiprocessors;
    bool overlaps_kernels;  // can start a kernel before the one ahead of it has ended
};

// Of the current device. Asked of it once.
const DeviceTraits& device_traits(const char* op);

// Lets `kernel` start with so much dynamic shared memory on the current device: above 48 KB it has to opt in, once.
void allow_shared(const char* op, const void* kernel, size_t bytes);

}  // namespace pigou::cuda
