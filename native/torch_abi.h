// The part of libtorch's C ABI that the plugin stands on, declared by hand: no PyTorch header is needed to build, and
// one library loads into every PyTorch from 2.7 on. (In PyTorch these are torch/csrc/inductor/aoti_torch/c/shim.h and
// torch/csrc/stable/library.h.)
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

extern "C" {
struct AtenTensorOpaque;
struct TorchLibraryOpaque;
using AtenTensorHandle = AtenTensorOpaque*;
using TorchLibraryHandle = TorchLibraryOpaque*;
using AOTITorchError = int32_t;  // 0: success

AOTITorchError aoti_torch_library_init_def(
    const char* ns, const char* file, uint32_t line, TorchLibraryHandle* library);
AOTITorchError aoti_torch_library_init_impl(
    const char* ns, const char* key, const char* file, uint32_t line, TorchLibraryHandle* library);
AOTITorchError aoti_torch_library_def(TorchLibraryHandle library, const char* schema);
AOTITorchError aoti_torch_library_impl(
    TorchLibraryHandle library, const char* name, void (*kernel)(uint64_t*, uint64_t, uint64_t));

AOTITorchError aoti_torch_get_data_ptr(AtenTensorHandle tensor, void** data);
AOTITorchError aoti_torch_get_dim(AtenTensorHandle tensor, int64_t* dim);
AOTITorchError aoti_torch_get_sizes(AtenTensorHandle tensor, int64_t** sizes);      // borrowed from the tensor
AOTITorchError aoti_torch_get_strides(AtenTensorHandle tensor, int64_t** strides);  // borrowed from the tensor
AOTITorchError aoti_torch_get_dtype(AtenTensorHandle tensor, int32_t* dtype);
AOTITorchError aoti_torch_get_device_type(AtenTensorHandle tensor, int32_t* type);
AOTITorchError aoti_torch_get_device_index(AtenTensorHandle tensor, int32_t* index);
AOTITorchError aoti_torch_empty_strided(int64_t dim, const int64_t* sizes, const int64_t* strides, int32_t dtype,
    int32_t device_type, int32_t device_index, AtenTensorHandle* tensor);
AOTITorchError aoti_torch_delete_tensor_object(AtenTensorHandle tensor);

// Throws torch's own error, with this message, if `holds` is false.
void aoti_torch_check(bool holds, const char* function, const char* file, uint32_t line, const char* message);
}

namespace pigou {

/// PyTorch's numbers of the types that the ops take (c10/core/ScalarType.h). They are part of its file format.
enum class ScalarType : int32_t { u8 = 0, i64 = 4, f16 = 5, f32 = 6, f64 = 7, bf16 = 15 };

/// c10/core/DeviceType.h.
enum class DeviceType : int32_t { cpu = 0, cuda = 1 };

/// Ends the op with an error that reaches the caller: RuntimeError in Python, EngineException in Java.
[[noreturn]] inline void refuse(const std::string& message) {
    aoti_torch_check(false, "pigou", __FILE__, __LINE__, message.c_str());
    __builtin_unreachable();
}

/// One tensor, and a view of what it holds. Owns one reference.
class Tensor {
  public:
    /// Takes over `handle`.
    explicit Tensor(AtenTensorHandle handle) : handle_(handle) {
        // A tensor without strides (sparse) fails here and then has no dimensions: every check refuses it.
        int64_t dim = 0;
        if (aoti_torch_get_dim(handle, &dim) == 0 && aoti_torch_get_sizes(handle, &sizes_) == 0
            && aoti_torch_get_strides(handle, &strides_) == 0 && aoti_torch_get_data_ptr(handle, &data_) == 0) {
            dim_ = dim;
        }
        aoti_torch_get_dtype(handle, &dtype_);
        aoti_torch_get_device_type(handle, &device_type_);
        aoti_torch_get_device_index(handle, &device_index_);
    }

    /// A new one, its contents undefined, contiguous, on the device of `like`.
    template <size_t dim>
    static Tensor empty(const Tensor& like, ScalarType type, const int64_t (&sizes)[dim]) {
        return empty(like, type, dim, sizes);
    }

    static Tensor empty(const Tensor& like, ScalarType type, int64_t dim, const int64_t* sizes) {
        int64_t strides[max_dim];
        int64_t step = 1;
        for (int64_t i = dim - 1; i >= 0; i--) {
            strides[i] = step;
            step *= sizes[i];
        }
        AtenTensorHandle handle = nullptr;
        if (aoti_torch_empty_strided(dim, sizes, strides, static_cast<int32_t>(type), like.device_type_,
                like.device_index_, &handle) != 0) {
            refuse("pigou: out of memory for " + std::to_string(step) + " elements");
        }
        return Tensor(handle);
    }

    Tensor(Tensor&& other) noexcept { *this = std::move(other); }

    Tensor& operator=(Tensor&& other) noexcept {
        std::swap(handle_, other.handle_);
        data_ = other.data_;
        sizes_ = other.sizes_;
        strides_ = other.strides_;
        dim_ = other.dim_;
        dtype_ = other.dtype_;
        device_type_ = other.device_type_;
        device_index_ = other.device_index_;
        return *this;
    }

    Tensor(const Tensor&) = delete;
    Tensor& operator=(const Tensor&) = delete;

    ~Tensor() {
        if (handle_ != nullptr) {
            aoti_torch_delete_tensor_object(handle_);
        }
    }

    /// Lent: it stays this tensor's own.
    AtenTensorHandle handle() const { return handle_; }

    /// Gives the reference away.
    AtenTensorHandle release() { return std::exchange(handle_, nullptr); }

    static constexpr int64_t max_dim = 8;

    int64_t dim() const { return dim_; }
    int64_t size(int64_t i) const { return sizes_[i]; }
    int64_t stride(int64_t i) const { return strides_[i]; }
    const int64_t* sizes() const { return sizes_; }
    int32_t dtype() const { return dtype_; }
    int32_t device_type() const { return device_type_; }
    int32_t device_index() const { return device_index_; }
    void* data() const { return data_; }

    template <typename T>
    T* data() const {
        return static_cast<T*>(data_);
    }

    bool is(ScalarType type) const { return dtype_ == static_cast<int32_t>(type); }
    bool is_floating() const { return is(ScalarType::f32) || is(ScalarType::bf16) || is(ScalarType::f16); }

    bool same_device(const Tensor& other) const {
        return device_type_ == other.device_type_ && device_index_ == other.device_index_;
    }

    int64_t numel() const {
        int64_t product = 1;
        for (int64_t i = 0; i < dim_; i++) {
            product *= sizes_[i];
        }
        return product;
    }

    bool contiguous() const { return contiguous_from(0); }

    /// Whether dimensions `first` and after lie without gaps; those before may be strided.
    bool contiguous_from(int64_t first) const {
        int64_t step = 1;
        for (int64_t i = dim_ - 1; i >= first; i--) {
            if (sizes_[i] != 1 && strides_[i] != step) {
                return numel() == 0;
            }
            step *= sizes_[i];
        }
        return true;
    }

  private:
    AtenTensorHandle handle_ = nullptr;
    void* data_ = nullptr;
    int64_t* sizes_ = nullptr;
    int64_t* strides_ = nullptr;
    int64_t dim_ = -1;
    int32_t dtype_ = -1;
    int32_t device_type_ = -1;
    int32_t device_index_ = -1;
};

/// The arguments of one call, taken in the order of the schema: a cell each. A tensor is a reference that the op now
/// owns; an int is itself; a float is the bits of a double. Results replace the arguments from the first cell on.
class Stack {
  public:
    explicit Stack(uint64_t* cells) : cells_(cells) {}

    Tensor tensor() { return Tensor(reinterpret_cast<AtenTensorHandle>(cells_[next_++])); }
    int64_t integer() { return static_cast<int64_t>(cells_[next_++]); }
    double real() { return std::bit_cast<double>(cells_[next_++]); }

    /// The op's only result.
    void result(Tensor&& tensor) { cells_[0] = reinterpret_cast<uint64_t>(tensor.release()); }

  private:
    uint64_t* cells_;
    int next_ = 0;
};

/// What libtorch calls: `kernel` with a stack.
template <void (*kernel)(Stack)>
void boxed(uint64_t* cells, uint64_t, uint64_t) {
    kernel(Stack(cells));
}

}  // namespace pigou
