// What a call of several kernels keeps between them.
#pragma once

#include "torch_abi.h"

#include <cstdint>

namespace pigou {

/// One allocation of torch's on the device of a tensor, cut into parts that begin on multiples of 256 bytes. It is freed
/// with this object; on a CUDA device torch then gives it to nothing but what comes later on the same stream.
template <size_t parts>
class Workspace {
  public:
    Workspace(const Tensor& like, const int64_t (&bytes)[parts]) : memory_(allocate(like, bytes)) {
        auto* at = memory_.template data<unsigned char>();
        for (size_t i = 0; i < parts; i++) {
            parts_[i] = at;
            at += whole_lines(bytes[i]);
        }
    }

    void* operator[](size_t part) const { return parts_[part]; }

  private:
    static constexpr int64_t whole_lines(int64_t bytes) { return (bytes + 255) / 256 * 256; }

    static Tensor allocate(const Tensor& like, const int64_t (&bytes)[parts]) {
        int64_t sum = 0;
        for (const int64_t part : bytes) {
            sum += whole_lines(part);
        }
        return Tensor::empty(like, ScalarType::u8, {sum});
    }

    Tensor memory_;
    void* parts_[parts];
};

}  // namespace pigou
