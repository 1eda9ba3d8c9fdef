#include "runtime.h"

#include "../torch_abi.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace pigou::cuda {
namespace {

constexpr int most_devices = 64;                           // that torch knows
constexpr size_t most_workspace_bytes = size_t{64} << 20;  // that torch takes for a product of matrices

int current_device(const char* op) {
    int device = 0;
    check(op, cudaGetDevice(&device));
    return device;
}

int attribute(const char* op, cudaDeviceAttr name, int device) {
    int value = 0;
    check(op, cudaDeviceGetAttribute(&value, name, device));
    return value;
}

}  // namespace

void failed(const char* op, cudaError_t status) {
    refuse(std::string("pigou::") + op + ": CUDA error: " + cudaGetErrorString(status));
}

void torch_failed(const char* op, const char* what) {
    check(op, cudaDeviceSynchronize());
    size_t free = 0, total = 0;
    check(op, cudaMemGetInfo(&free, &total));
    const bool scarce = free < most_workspace_bytes;
    refuse(std::string("pigou::") + op + ": " + what + " failed" + (scarce ? ": out of memory" : ""));
}

const DeviceTraits& device_traits(const char* op) {
    static DeviceTraits known[most_devices];
    static std::once_flag asked[most_devices];
    const int device = current_device(op);
    if (device >= most_devices) {
        refuse(std::string("pigou::") + op + ": device " + std::to_string(device) + " is beyond the "
            + std::to_string(most_devices) + " that the kernels know");
    }
    std::call_once(asked[device], [&] {
        known[device] = {attribute(op, cudaDevAttrMultiProcessorCount, device),
            attribute(op, cudaDevAttrComputeCapabilityMajor, device) >= 9};
    });
    return known[device];
}

void allow_shared(const char* op, const void* kernel, size_t bytes) {
    static std::mutex mutex;
    static std::map<std::pair<const void*, int>, size_t> allowed;
    const std::lock_guard lock(mutex);
    size_t& most = allowed[{kernel, current_device(op)}];
    if (bytes > most) {
        check(op, cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)));
        most = bytes;
    }
}

}  // namespace pigou::cuda
