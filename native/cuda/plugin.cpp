// Registers the CUDA kernels as the ops of ops.h. The schemas are the CPU plugin's to define; load that one too.
//
// Needs nothing of PyTorch to build. Every op runs on the device of its first tensor and on torch's current stream there;
// none waits for the device.
#define PIGOU_CUDA_PLUGIN
#include "kernels.h"

#include "../ops.h"

extern "C" {
AOTITorchError aoti_torch_get_current_cuda_stream(int32_t device_index, void** stream);
AOTITorchError aoti_torch_create_tensor_from_blob(void* data, int64_t dim, const int64_t* sizes, const int64_t* strides,
    int64_t storage_offset, int32_t dtype, int32_t device_type, int32_t device_index, AtenTensorHandle* tensor);
AOTITorchError aoti_torch_mm_out(AtenTensorHandle out, AtenTensorHandle a, AtenTensorHandle b);
AOTITorchError aoti_torch_addmm_out(
    AtenTensorHandle out, AtenTensorHandle c, AtenTensorHandle a, AtenTensorHandle b, float beta, float alpha);
}

namespace pigou::cuda {

[[noreturn]] void launch_failed(const char* op, const char* why) {
    refuse(std::string("pigou::") + op + ": the kernel did not start: " + why);
}

namespace {

void check(const char* op, cudaError_t status) {
    if (status != cudaSuccess) {
        launch_failed(op, cudaGetErrorString(status));
    }
}

// Makes a tensor's device the current one while it lives, and knows torch's stream there.
class OnDevice {
  public:
    OnDevice(const char* op, const Tensor& tensor) : op_(op) {
        if (tensor.device_type() != static_cast<int32_t>(DeviceType::cuda)) {
            refuse(std::string("pigou::") + op + ": the first tensor must be on a CUDA device, but is " + describe(tensor));
        }
        check(op, cudaGetDevice(&before_));
        device_ = tensor.device_index();
        if (device_ != before_) {
            check(op, cudaSetDevice(device_));
        }
        void* stream = nullptr;
        if (aoti_torch_get_current_cuda_stream(device_, &stream) != 0) {
            refuse(std::string("pigou::") + op + ": torch has no current CUDA stream");
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

    int multiprocessors() const {
        int count = 0;
        check(op_, cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device_));
        return count;
    }

  private:
    const char* op_;
    int before_ = 0;
    int device_ = 0;
    cudaStream_t stream_ = nullptr;
};

Element element_of(const Tensor& tensor) {
    return tensor.is(ScalarType::f32) ? Element::f32 : tensor.is(ScalarType::f16) ? Element::f16 : Element::bf16;
}

ScalarType type_of(const Tensor& tensor) { return static_cast<ScalarType>(tensor.dtype()); }

// Grids count rows in 31 bits and kernels count columns so.
void require_small(const char* op, const char* what, int64_t count) {
    if (count > 0x7fffffff - 1024) {
        refuse(std::string("pigou::") + op + ": on CUDA " + what + " must be below 2^31, but is " + std::to_string(count));
    }
}

void rms_norm_op(Stack stack) {
    const ops::RmsNorm op(stack);
    const OnDevice device("rms_norm", op.x);
    require_small("rms_norm", "x", std::max(op.rows(), op.size()));
    Tensor out = Tensor::empty(op.x, type_of(op.x), op.x.dim(), op.x.sizes());
    rms_norm(op.x.data(), op.weight.data(), out.data(), op.rows(), op.size(), static_cast<float>(op.eps), element_of(op.x),
        device.stream());
    stack.result(std::move(out));
}

void add_rms_norm_op(Stack stack) {
    const ops::AddRmsNorm op(stack);
    const OnDevice device("add_rms_norm", op.x);
    require_small("add_rms_norm", "x", std::max(op.rows(), op.size()));
    Tensor out = Tensor::empty(op.x, type_of(op.x), op.x.dim(), op.x.sizes());
    add_rms_norm(op.x.data(), op.delta.data(), op.weight.data(), out.data(), op.rows(), op.size(),
        static_cast<float>(op.eps), element_of(op.x), device.stream());
    stack.result(std::move(out));
}

void silu_mul_op(Stack stack) {
    const ops::SiluMul op(stack);
    const OnDevice device("silu_mul", op.gate_up);
    Tensor out = Tensor::empty(op.gate_up, type_of(op.gate_up), {op.rows(), op.half()});
    silu_mul(op.gate_up.data(), out.data(), op.rows(), op.half(), element_of(op.gate_up), device.stream());
    stack.result(std::move(out));
}

void rotate_and_store_op(Stack stack) {
    const ops::RotateAndStore op(stack);
    const OnDevice device("rotate_and_store", op.qkv);
    require_small("rotate_and_store", "qkv", std::max(op.rows(), op.qkv.size(1) * op.head_dim()));
    Tensor q = Tensor::empty(op.qkv, type_of(op.qkv), {op.rows(), op.heads(), op.head_dim()});
    const Rotation rotation{op.qkv.data(), op.cos.data<float>(), op.sin.data<float>(), op.positions.data<int64_t>(),
        op.has_norms() ? op.q_norm.data() : nullptr, op.has_norms() ? op.k_norm.data() : nullptr,
        op.slots.data<int64_t>(), op.keys.data(), op.values.data(), q.data(), op.rows(), op.heads(), op.kv_heads(),
        op.head_dim(), op.cos.size(0), op.keys.size(0), static_cast<float>(op.eps)};
    rotate_and_store(rotation, element_of(op.qkv), device.stream());
    stack.result(std::move(q));
}

void paged_attention_op(Stack stack) {
    const ops::PagedAttention op(stack);
    const OnDevice device("paged_attention", op.q);
    require_small("paged_attention", "q", std::max(op.rows(), op.heads() * op.head_dim()));
    require_small("paged_attention", "the pool", op.keys.size(0));
    op.check.number(op.head_dim() <= max_head_dim, "the head size on CUDA", op.head_dim(), "at most 256");
    op.check.number(op.heads() <= 65535, "the number of heads on CUDA", op.heads(), "at most 65535");
    op.check.number(op.block_size <= op.keys.size(0) || op.tables.size(0) == 0, "block_size", op.block_size,
        "at most the slots of the pool");
    Tensor out = Tensor::empty(op.q, type_of(op.q), {op.rows(), op.heads() * op.head_dim()});
    const Attention attention{op.q.data(), op.keys.data(), op.values.data(), op.tables.data<int64_t>(),
        op.sequences.data<int64_t>(), out.data(), op.rows(), op.heads(), op.kv_heads(), op.head_dim(), op.keys.size(0),
        op.tables.size(0), op.sequences.size(0), op.block_size, op.window};
    const Element element = element_of(op.q);
    const int multiprocessors = device.multiprocessors();
    const auto bytes = static_cast<int64_t>(attention_scratch_bytes(attention, element, multiprocessors));
    // Freed on return, and then used again by torch only for what comes later on this stream.
    const Tensor scratch = Tensor::empty(op.q, ScalarType::u8, {bytes});
    paged_attention(attention, element, multiprocessors, scratch.data(), device.stream());
    stack.result(std::move(out));
}

void sample_op(Stack stack) {
    const ops::Sample op(stack);
    const OnDevice device("sample", op.logits);
    require_small("sample", "the vocabulary", op.vocab());
    require_small("sample", "rows", op.count());
    Tensor ids = Tensor::empty(op.logits, ScalarType::i64, {op.count()});
    sample({op.logits.data<float>(), op.rows.data<int64_t>(), op.knobs.data<double>(), op.top_k.data<int64_t>(),
               ids.data<int64_t>(), op.count(), op.logits.size(0), op.vocab()},
        device.stream());
    stack.result(std::move(ids));
}

void pack_linear_op(Stack stack) {
    const ops::PackLinear op(stack, true);
    const OnDevice device("pack_linear", op.weight);
    require_small("pack_linear", "weight", std::max(op.out(), op.in()) + 64);
    const auto format = static_cast<Format>(op.format);
    const Element element = element_of(op.weight);
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(op.out(), op.in(), element, format));
    Tensor packed = Tensor::empty(op.weight, ScalarType::u8, {bytes});
    pack_weight(op.weight.data(), packed.data(), op.out(), op.in(), element, format, device.stream());
    stack.result(std::move(packed));
}

void pack_quantized_op(Stack stack) {
    const ops::PackQuantized op(stack);
    const OnDevice device("pack_quantized", op.numbers);
    require_small("pack_quantized", "the weight", std::max(op.out(), op.in()) + 64);
    const GroupedWeight weight{op.numbers.data<uint8_t>(), op.scales.data(),
        op.has_zeros() ? op.zeros.data<uint8_t>() : nullptr, op.out(), op.in(), op.groups(), element_of(op.scales)};
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(op.out(), op.in(), weight.element, Format::grouped_int4));
    Tensor packed = Tensor::empty(op.numbers, ScalarType::u8, {bytes});
    pack_grouped_weight(weight, packed.data(), device.stream());
    stack.result(std::move(packed));
}

// weight [out, in] in x's type, seen as [in, out]; its memory is another's.
Tensor transposed(const Tensor& x, void* weight, int64_t out) {
    const int64_t sizes[] = {x.size(1), out}, strides[] = {1, x.size(1)};
    AtenTensorHandle handle = nullptr;
    if (aoti_torch_create_tensor_from_blob(
            weight, 2, sizes, strides, 0, x.dtype(), x.device_type(), x.device_index(), &handle) != 0) {
        refuse("pigou::linear: torch takes no view of the packed weight");
    }
    return Tensor(handle);
}

void linear_op(Stack stack) {
    ops::Linear op(stack);
    const OnDevice device("linear", op.x);
    op.check.number(op.format == 0 || op.format == 4 || op.format == 5 || op.format == 8 || op.format == 9, "format",
        op.format, "0 (dense), 4 (int4), 5 (grouped int4), 8 (int8) or 9 (fp8)");
    require_small("linear", "the weight", std::max(op.out, op.in()) + 64);
    const auto format = static_cast<Format>(op.format);
    const Element element = element_of(op.x);
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(op.out, op.in(), element, format));
    op.check.number(op.packed.size(0) == bytes, "the size of packed", op.packed.size(0),
        ("that of a weight [out, in] of this format, packed on CUDA: " + std::to_string(bytes)).c_str());
    Tensor y = Tensor::empty(op.x, type_of(op.x), {op.rows(), op.out});
    const void* bias = op.has_bias() ? op.bias.data() : nullptr;
    if (op.rows() == 0) {
        stack.result(std::move(y));
        return;
    }
    if (takes_few_rows(op.x.data(), op.x.stride(0), op.rows(), op.in(), element, format)) {
        linear_few_rows(op.x.data(), op.x.stride(0), op.packed.data(), bias, y.data(), op.rows(), op.in(), op.out, element,
            format, device.stream());
        stack.result(std::move(y));
        return;
    }
    const bool dense = format == Format::dense;
    const Tensor unpacked = Tensor::empty(op.x, type_of(op.x), {dense ? 0 : op.out, op.in()});
    if (!dense) {
        unpack_weight(op.packed.data(), unpacked.data(), op.out, op.in(), element, format, device.stream());
    }
    Tensor weight = transposed(op.x, dense ? op.packed.data<unsigned char>() + packed_header_bytes : unpacked.data(), op.out);
    // Handles are lent for the call and stay the tensors' own.
    AtenTensorHandle result = y.release(), x = op.x.release(), w = weight.release(), c = op.bias.release();
    const int failed = bias == nullptr ? aoti_torch_mm_out(result, x, w) : aoti_torch_addmm_out(result, c, x, w, 1, 1);
    y = Tensor(result);
    for (AtenTensorHandle handle : {x, w, c}) {
        aoti_torch_delete_tensor_object(handle);
    }
    if (failed != 0) {
        refuse("pigou::linear: torch's matrix product failed");
    }
    stack.result(std::move(y));
}

/// As the CPU's plugin does.
bool register_ops() {
    TorchLibraryHandle kernels = nullptr;
    bool taken = aoti_torch_library_init_impl("pigou", "CUDA", __FILE__, __LINE__, &kernels) == 0;
    const auto add = [&](const char* name, void (*kernel)(uint64_t*, uint64_t, uint64_t)) {
        taken = taken && aoti_torch_library_impl(kernels, name, kernel) == 0;
    };
    add("pack_linear", boxed<pack_linear_op>);
    add("pack_quantized", boxed<pack_quantized_op>);
    add("linear", boxed<linear_op>);
    add("rms_norm", boxed<rms_norm_op>);
    add("add_rms_norm", boxed<add_rms_norm_op>);
    add("rotate_and_store", boxed<rotate_and_store_op>);
    add("silu_mul", boxed<silu_mul_op>);
    add("paged_attention", boxed<paged_attention_op>);
    add("sample", boxed<sample_op>);
    return taken;
}

const bool registered = register_ops();

}  // namespace
}  // namespace pigou::cuda

/// The compute capabilities that the kernels are compiled for, or null if libtorch did not take them.
extern "C" [[gnu::visibility("default")]] const char* pigou_cuda_architectures() {
    return pigou::cuda::registered ? PIGOU_CUDA_ARCHITECTURES : nullptr;
}
