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

// With torch's matrix product. weight [out, in] in x's type. With `adds` to what y holds.
void multiply_dense(const Rows& x, const void* weight, const ops::Matrix& matrix, bool adds, void* y, cudaStream_t stream) {
    const Tensor& like = matrix.packed;
    const Tensor a = seen_as(x.data, x.element, {x.rows, x.in}, {x.stride, 1}, like);
    const Tensor b = seen_as(weight, x.element, {x.in, matrix.out}, {1, x.in}, like);
    const Tensor out = seen_as(y, x.element, {x.rows, matrix.out}, {matrix.out, 1}, like);
    if (adds && matrix.has_bias()) {
        add_bias(y, matrix.bias.data(), x.rows, matrix.out, x.element, stream);
    }
    const Tensor* addend = adds ? &out : matrix.has_bias() ? &matrix.bias : nullptr;
    const int failed = addend != nullptr
        ? aoti_torch_addmm_out(out.handle(), addend->handle(), a.handle(), b.handle(), 1, 1)
        : aoti_torch_mm_out(out.handle(), a.handle(), b.handle());
    if (failed != 0) {
        torch_failed("linear", "torch's matrix product");
    }
}

Product product_of(const Rows& x, const ops::Matrix& matrix, void* y) {
    return {x.data, x.stride, matrix.packed.data(), matrix.has_bias() ? matrix.bias.data() : nullptr, y,
        static_cast<int>(x.rows), static_cast<int>(x.in), static_cast<int>(matrix.out), x.element};
}

Product product_of(const Normed& x, const ops::Matrix& matrix, void* y) {
    Product product = product_of(x.x, matrix, y);
    product.norm = x.weight;
    product.eps = x.eps;
    return product;
}

// Whether the kernel for few rows and dense weights takes a product, and the norm before it if it has one.
bool multiplies(const Product& product, const ops::Matrix& matrix) {
    return product.rows > 0 && static_cast<Format>(matrix.format) == Format::dense && takes_dense_rows(product);
}

int multiprocessors() { return device_traits("linear").multiprocessors; }

void multiply(const Rows& x, const ops::Matrix& matrix, bool adds, void* y, cudaStream_t stream) {
    const auto format = static_cast<Format>(matrix.format);
    if (x.rows == 0) {
        return;
    }
    Product product = product_of(x, matrix, y);
    product.adds = adds;
    if (multiplies(product, matrix)) {
        linear_dense(product, multiprocessors(), stream);
    } else if (format == Format::dense) {
        multiply_dense(x, matrix.packed.data<unsigned char>() + packed_header_bytes, matrix, adds, y, stream);
    } else if (takes_few_rows(product)) {
        linear_few_rows(product, format, stream);
    } else {
        const Tensor unpacked = Tensor::empty(matrix.packed, type_of(x.element), {matrix.out, x.in});
        unpack_weight(matrix.packed.data(), unpacked.data(), matrix.out, x.in, x.element, format, stream);
        multiply_dense(x, unpacked.data(), matrix, adds, y, stream);
    }
}

// x normed, where it finds room.
Rows norm(const Normed& x, cudaStream_t stream) {
    rms_norm(x.x.data, x.weight, x.room, x.x.rows, x.x.in, x.eps, x.x.element, stream);
    return {x.room, x.x.element, x.x.rows, x.x.in, x.x.in};
}

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
    multiply(x, matrix, false, y, stream);
}

void add_product(const Rows& x, const ops::Matrix& matrix, void* y, cudaStream_t stream) {
    multiply(x, matrix, true, y, stream);
}

void multiply_normed(const Normed& x, const ops::Matrix& matrix, void* y, cudaStream_t stream) {
    if (const Product product = product_of(x, matrix, y); multiplies(product, matrix)) {
        linear_dense(product, multiprocessors(), stream);
    } else {
        multiply(norm(x, stream), matrix, y, stream);
    }
}

void multiply_gated(const Normed& x, const ops::Matrix& matrix, void* product, void* y, cudaStream_t stream) {
    if (const Product fused = product_of(x, matrix, y); multiplies(fused, matrix)) {
        linear_dense_gated(fused, multiprocessors(), stream);
        return;
    }
    const Rows normed = norm(x, stream);
    if (const Product gated = product_of(normed, matrix, y); multiplies(gated, matrix)) {
        linear_dense_gated(gated, multiprocessors(), stream);
    } else {
        multiply(normed, matrix, product, stream);
        silu_mul(product, y, normed.rows, matrix.out / 2, normed.element, stream);
    }
}

}  // namespace pigou::cuda
