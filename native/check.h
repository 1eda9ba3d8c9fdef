// Refusing the arguments of an op, in its name.
#pragma once

#include "torch_abi.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace pigou {

/// "float32 [3, 4], strides [4, 1], on cpu"
inline std::string describe(const Tensor& tensor) {
    if (tensor.dim() < 0) {
        return "a tensor without strides";
    }
    const auto list = [&](auto element) {
        std::string text = "[";
        for (int64_t i = 0; i < tensor.dim(); i++) {
            text += (i == 0 ? "" : ", ") + std::to_string(element(i));
        }
        return text + "]";
    };
    static constexpr const char* types[] = {"uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
        "complex32", "complex64", "complex128", "bool", "qint8", "quint8", "qint32", "bfloat16"};
    const bool named = tensor.dtype() >= 0 && tensor.dtype() < 16;
    const std::string device = tensor.device_type() == 0 ? "cpu"
        : tensor.device_type() == 1                      ? "cuda:" + std::to_string(tensor.device_index())
                                    : "device of type " + std::to_string(tensor.device_type());
    return (named ? types[tensor.dtype()] : "type " + std::to_string(tensor.dtype())) + " "
        + list([&](int64_t i) { return tensor.size(i); }) + ", strides "
        + list([&](int64_t i) { return tensor.stride(i); }) + ", on " + device;
}

/// Refuses arguments in the name of one op.
class Check {
  public:
    explicit constexpr Check(const char* op) : op_(op) {}

    void tensor(bool holds, const char* name, const Tensor& came, const char* needed) const {
        if (!holds) [[unlikely]] {
            refuse(std::string("pigou::") + op_ + ": " + name + " must be " + needed + ", but is " + describe(came));
        }
    }

    template <typename Number>
    void number(bool holds, const char* name, Number came, const char* needed) const {
        if (!holds) [[unlikely]] {
            refuse(std::string("pigou::") + op_ + ": " + name + " must be " + needed + ", but is "
                + std::to_string(came));
        }
    }

    /// `number` for the element `index` of something.
    template <typename Number>
    void element(bool holds, const char* name, int64_t index, Number came, const char* needed) const {
        if (!holds) [[unlikely]] {
            number(false, (std::string("the ") + name + " " + std::to_string(index)).c_str(), came, needed);
        }
    }

    /// Every one of `count` indices lies in [0, end).
    void indices(const char* name, const int64_t* values, int64_t count, int64_t end, const char* of) const {
        bool inside = true;
        for (int64_t i = 0; i < count; i++) {  // no early exit, so that it can be vectorised
            inside &= static_cast<uint64_t>(values[i]) < static_cast<uint64_t>(end);
        }
        if (!inside) [[unlikely]] {
            const int64_t* bad = std::find_if(
                values, values + count, [&](int64_t value) { return value < 0 || value >= end; });
            refuse(std::string("pigou::") + op_ + ": " + name + "[" + std::to_string(bad - values) + "] is "
                + std::to_string(*bad) + ", but there are " + std::to_string(end) + " " + of);
        }
    }

    /// All on the device of the first.
    template <typename... Others>
    void same_device(const Tensor& first, const Others&... others) const {
        if (!(first.same_device(others) && ...)) [[unlikely]] {
            std::string all = describe(first);
            ((all += "; " + describe(others)), ...);
            refuse(std::string("pigou::") + op_ + ": all tensors must be on one device, but came: " + all);
        }
    }

    const char* op() const { return op_; }

  private:
    const char* op_;
};

}  // namespace pigou
