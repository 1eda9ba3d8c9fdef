#include "product.h"

#include <algorithm>

extern "C" {
AOTITorchError aoti_torch_create_tensor_from_blob(void* data, int64_t dim, const int64_t* sizes, const int64_t* strides,
    int64_t storage_offset, int32_t dtype, int32_t device_type, int32_t device_index, AtenTensorHandle* tensor);
AOTITorchError aoti_torch_mm_out(AtenTensorHandle out, AtenTensorHandle a, AtenTensorHandle b);
AOTITorchError aoti_torch_addmm_out(
    AtenTensorHandle out, AtenTensorHandle c, AtenTensorHandle a, AtenTensorHandle b, float beta, float alpha);
}

namespace pigou::cuda {
namespace {

ScalarType type_of(Element element) {
    return element == Element::f32 ? ScalarType::f32 : element == Element::f16 ? ScalarType::f16 : ScalarType::bf16;
}

// Another's memory on the device of `like`, seen as a matrix.
Tensor seen_as(const void* data, Element element, const int64_t (&sizes)[2], const int64_t (&strides)[2],
    const Tensor& like) {
    AtenTensorHandle handle = nullptr;
    if (aoti_torch_create_tensor_from_blob(const_cast<void*>(data), 2, sizes, strides, 0,
            static_cast<int32_t>(type_of(element)), like.device_type(), like.device_index(), &handle) != 0) {
        refuse("pigou::linear: torch takes no view of a matrix");
    }
    return Tensor(handle);
}

// With torch's matrix product. weight [out, in] in x's type.
void multiply_dense(const Rows& x, const void* weight, const ops::Matrix& matrix, void* y) {
    const Tensor& like = matrix.packed;
    const Tensor a = seen_as(x.data, x.element, {x.rows, x.in}, {x.stride, 1}, like);
    const Tensor b = seen_as(weight, x.element, {x.in, matrix.out}, {1, x.in}, like);
    const Tensor out = seen_as(y, x.element, {x.rows, matrix.out}, {matrix.out, 1}, like);
    const int failed = matrix.has_bias()
        ? aoti_torch_addmm_out(out.handle(), matrix.bias.handle(), a.handle(), b.handle(), 1, 1)
        : aoti_torch_mm_out(out.handle(), a.handle(), b.handle());
    if (failed != 0) {
        torch_failed("linear", "torch's matrix product");
    }
}

Product product_of(const Rows& x, const ops::Matrix& matrix, void* y) {
    return {x.data, x.stride, matrix.packed.data(), matrix.has_bias() ? matrix.bias.data() : nullptr, y,
        static_cast<int>(x.rows), static_cast<int>(x.in), static_cast<int>(matrix.out), x.element};
}

int multiprocessors() { return device_traits("linear").multiprocessors; }

}  // namespace

void require_packed(const Check& check, const ops::Matrix& matrix, int64_t in, Element element) {
    const ops::Matrix::Names& names = matrix.names;
    const int64_t format = matrix.format;
    check.number(format == 0 || format == 4 || format == 5 || format == 8 || format == 9, names.format, format,
        "0 (dense), 4 (int4), 5 (grouped int4), 8 (int8) or 9 (fp8)");
    require_small(check, names.out, matrix.out + 64);
    require_small(check, names.in, in + 64);
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(matrix.out, in, element, static_cast<Format>(format)));
    if (matrix.packed.size(0) != bytes) {
        check.tensor(false, names.packed, matrix.packed,
            ("a weight [out, in] of this format, packed on CUDA, of " + std::to_string(bytes) + " bytes").c_str());
    }
}

void multiply(const Rows& x, const ops::Matrix& matrix, void* y, cudaStream_t stream) {
    const auto format = static_cast<Format>(matrix.format);
    if (x.rows == 0) {
        return;
    }
    const Product product = product_of(x, matrix, y);
    if (format == Format::dense) {
        if (takes_dense_rows(product)) {
            linear_dense(product, multiprocessors(), stream);
        } else {
            multiply_dense(x, matrix.packed.data<unsigned char>() + packed_header_bytes, matrix, y);
        }
    } else if (takes_few_rows(product)) {
        linear_few_rows(product, format, stream);
    } else {
        const Tensor unpacked = Tensor::empty(matrix.packed, type_of(x.element), {matrix.out, x.in});
        unpack_weight(matrix.packed.data(), unpacked.data(), matrix.out, x.in, x.element, format, stream);
        multiply_dense(x, unpacked.data(), matrix, y);
    }
}

void multiply_gated(const Rows& x, const ops::Matrix& matrix, void* product, void* y, cudaStream_t stream) {
    const Product gated = product_of(x, matrix, y);
    if (x.rows > 0 && matrix.format == static_cast<int64_t>(Format::dense) && takes_dense_rows(gated)) {
        linear_dense_gated(gated, multiprocessors(), stream);
        return;
    }
    multiply(x, matrix, product, stream);
    silu_mul(product, y, x.rows, matrix.out / 2, x.element, stream);
}

}  // namespace pigou::cuda
