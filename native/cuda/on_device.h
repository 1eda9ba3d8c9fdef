// Where an op runs: on the device of its first tensor, on torch's current stream there.
#pragma once

#define PIGOU_CUDA_PLUGIN
#include "kernels.h"

#include "../check.h"
#include "../torch_abi.h"
#include "runtime.h"

#include <string>

extern "C" AOTITorchError aoti_torch_get_current_cuda_stream(int32_t device_index, void** stream);

namespace pigou::cuda {

// Makes a tensor's device the current one while it lives.
class OnDevice {
  public:
    OnDevice(const Check& op, const Tensor& first) : op_(op.op()) {
        if (first.device_type() != static_cast<int32_t>(DeviceType::cuda)) {
            refuse(std::string("pigou::") + op_ + ": the first tensor must be on a CUDA device, but is " + describe(first));
        }
        check(op_, cudaGetDevice(&before_));
        device_ = first.device_index();
        if (device_ != before_) {
            check(op_, cudaSetDevice(device_));
        }
        void* stream = nullptr;
        if (aoti_torch_get_current_cuda_stream(device_, &stream) != 0) {
            refuse(std::string("pigou::") + op_ + ": torch has no current CUDA stream");
        }
        stream_ = static_cast<cudaStream_t>(stream);
    }

    ~OnDevice() {
        if (device_ != before_) {
            cudaSetDevice(before_);
        }
    }

    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    cudaStream_t stream() const { return stream_; }
    int multiprocessors() const { return device_traits(op_).multiprocessors; }

  private:
    const char* op_;
    int before_ = 0;
    int device_ = 0;
    cudaStream_t stream_ = nullptr;
};

inline Element element_of(const Tensor& tensor) {
    return tensor.is(ScalarType::f32) ? Element::f32 : tensor.is(ScalarType::f16) ? Element::f16 : Element::bf16;
}

inline ScalarType type_of(const Tensor& tensor) { return static_cast<ScalarType>(tensor.dtype()); }

// Grids count rows in 31 bits and kernels count columns so.
inline void require_small(const Check& check, const char* what, int64_t count) {
    check.number(count <= 0x7fffffff - 1024, what, count, "below 2^31 on CUDA");
}

}  // namespace pigou::cuda
