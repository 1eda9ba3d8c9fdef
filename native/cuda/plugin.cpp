// Registers the CUDA kernels as the ops of ops.h. The schemas are the CPU plugin's to define; load that one too.
//
// Needs nothing of PyTorch to build. Every op runs on the device of its first tensor and on torch's current stream there;
// none waits for the device.
#include "../ops.h"
#include "../workspace.h"
#include "on_device.h"
#include "product.h"

#include <algorithm>

namespace pigou::cuda {
namespace {

void pack_linear_op(Stack stack) {
    const ops::PackLinear op(stack, true);
    const OnDevice device(op.check, op.weight);
    require_small(op.check, "the weight's dimensions", std::max(op.out(), op.in()) + 64);
    const auto format = static_cast<Format>(op.format);
    const Element element = element_of(op.weight);
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(op.out(), op.in(), element, format));
    Tensor packed = Tensor::empty(op.weight, ScalarType::u8, {bytes});
    pack_weight(op.weight.data(), packed.data(), op.out(), op.in(), element, format, device.stream());
    stack.result(std::move(packed));
}

void pack_quantized_op(Stack stack) {
    const ops::PackQuantized op(stack);
    const OnDevice device(op.check, op.numbers);
    require_small(op.check, "the weight's dimensions", std::max(op.out(), op.in()) + 64);
    const GroupedWeight weight{op.numbers.data<uint8_t>(), op.scales.data(),
        op.has_zeros() ? op.zeros.data<uint8_t>() : nullptr, op.out(), op.in(), op.groups(), element_of(op.scales)};
    const auto bytes = static_cast<int64_t>(packed_weight_bytes(op.out(), op.in(), weight.element, Format::grouped_int4));
    Tensor packed = Tensor::empty(op.numbers, ScalarType::u8, {bytes});
    pack_grouped_weight(weight, packed.data(), device.stream());
    stack.result(std::move(packed));
}

void linear_op(Stack stack) {
    const ops::Linear op(stack);
    const OnDevice device(op.check, op.x);
    const Element element = element_of(op.x);
    require_small(op.check, "the rows of x", op.rows());
    require_packed(op.check, op.matrix, op.in(), element);
    Tensor y = Tensor::empty(op.x, type_of(op.x), {op.rows(), op.matrix.out});
    multiply({op.x.data(), element, op.rows(), op.in(), op.x.stride(0)}, op.matrix, y.data(), device.stream());
    stack.result(std::move(y));
}

void rms_norm_op(Stack stack) {
    const ops::RmsNorm op(stack);
    const OnDevice device(op.check, op.x);
    require_small(op.check, "x's dimensions", std::max(op.rows(), op.size()));
    Tensor out = Tensor::empty(op.x, type_of(op.x), op.x.dim(), op.x.sizes());
    rms_norm(op.x.data(), op.weight.data(), out.data(), op.rows(), op.size(), static_cast<float>(op.eps), element_of(op.x),
        device.stream());
    stack.result(std::move(out));
}

void silu_mul_op(Stack stack) {
    const ops::SiluMul op(stack);
    const OnDevice device(op.check, op.gate_up);
    Tensor out = Tensor::empty(op.gate_up, type_of(op.gate_up), {op.rows(), op.half()});
    silu_mul(op.gate_up.data(), out.data(), op.rows(), op.half(), element_of(op.gate_up), device.stream());
    stack.result(std::move(out));
}

Rotation rotation(
    const void* qkv, int64_t rows, int64_t heads, const ops::Placement& placement, const ops::Pool& pool, void* q) {
    return {qkv, placement.cos.data<float>(), placement.sin.data<float>(), placement.positions.data<int64_t>(),
        placement.has_norms() ? placement.q_norm.data() : nullptr,
        placement.has_norms() ? placement.k_norm.data() : nullptr, placement.slots.data<int64_t>(), pool.keys.data(),
        pool.values.data(), q, rows, heads, pool.kv_heads(), pool.head_dim(), placement.cos.size(0), pool.slots(),
        static_cast<float>(placement.eps)};
}

void rotate_and_store_op(Stack stack) {
    const ops::RotateAndStore op(stack);
    const OnDevice device(op.check, op.qkv);
    require_small(op.check, "qkv's dimensions", std::max(op.rows(), op.qkv.size(1) * op.pool.head_dim()));
    Tensor q = Tensor::empty(op.qkv, type_of(op.qkv), {op.rows(), op.heads(), op.pool.head_dim()});
    rotate_and_store(rotation(op.qkv.data(), op.rows(), op.heads(), op.placement, op.pool, q.data()), element_of(op.qkv),
        device.stream());
    stack.result(std::move(q));
}

// Refuses what the attention kernels do not take.
void require_attendable(
    const Check& check, int64_t rows, int64_t heads, const ops::Pool& pool, const ops::Paging& paging) {
    require_small(check, "the dimensions of the queries", std::max(rows, heads * pool.head_dim()));
    require_small(check, "the slots of the pool", pool.slots());
    check.number(pool.head_dim() <= max_head_dim, "the head size on CUDA", pool.head_dim(), "at most 256");
    check.number(heads <= 65535, "the number of heads on CUDA", heads, "at most 65535");
    check.number(paging.block_size <= pool.slots() || paging.tables.size(0) == 0, "block_size", paging.block_size,
        "at most the slots of the pool");
}

Attention attention(
    const void* q, int64_t rows, int64_t heads, const ops::Pool& pool, const ops::Paging& paging, void* out) {
    return {q, pool.keys.data(), pool.values.data(), paging.tables.data<int64_t>(), paging.sequences.data<int64_t>(), out,
        rows, heads, pool.kv_heads(), pool.head_dim(), pool.slots(), paging.tables.size(0), paging.sequences.size(0),
        paging.block_size, paging.window};
}

void paged_attention_op(Stack stack) {
    const ops::PagedAttention op(stack);
    const OnDevice device(op.check, op.q);
    require_attendable(op.check, op.rows(), op.heads(), op.pool, op.paging);
    const Element element = element_of(op.q);
    const int multiprocessors = device.multiprocessors();
    Tensor out = Tensor::empty(op.q, type_of(op.q), {op.rows(), op.heads() * op.pool.head_dim()});
    const Attention call = attention(op.q.data(), op.rows(), op.heads(), op.pool, op.paging, out.data());
    const auto bytes = static_cast<int64_t>(attention_scratch_bytes(call, element, multiprocessors));
    const Workspace<1> scratch(op.q, {bytes});
    paged_attention(call, element, multiprocessors, scratch[0], device.stream());
    stack.result(std::move(out));
}

void project_and_attend_op(Stack stack) {
    const ops::ProjectAndAttend op(stack);
    const OnDevice device(op.check, op.x);
    const Element element = element_of(op.x);
    const int64_t rows = op.rows(), heads = op.heads(), in = op.x.size(1), width = heads * op.pool.head_dim();
    require_packed(op.check, op.qkv, in, element);
    require_attendable(op.check, rows, heads, op.pool, op.paging);
    Tensor attended = Tensor::empty(op.x, type_of(op.x), {rows, width});
    Attention call = attention(nullptr, rows, heads, op.pool, op.paging, attended.data());
    const int64_t bytes = rows * size_of(element);
    const int multiprocessors = device.multiprocessors();
    const Workspace<4> between(op.x, {in * bytes, op.qkv.out * bytes, width * bytes,
        static_cast<int64_t>(attention_scratch_bytes(call, element, multiprocessors))});
    void *const room = between[0], *const qkv = between[1], *const q = between[2], *const scratch = between[3];
    call.q = q;
    multiply_normed({{op.x.data(), element, rows, in, in}, op.norm.data(), static_cast<float>(op.placement.eps), room}, op.qkv, qkv,
        device.stream());
    rotate_and_store(rotation(qkv, rows, heads, op.placement, op.pool, q), element, device.stream());
    paged_attention(call, element, multiprocessors, scratch, device.stream());
    stack.result(std::move(attended));
}

void finish_layer_op(Stack stack) {
    const ops::FinishLayer op(stack);
    const OnDevice device(op.check, op.x);
    const Element element = element_of(op.x);
    const int64_t rows = op.rows(), size = op.size(), half = op.half(), width = op.attended.size(1);
    require_small(op.check, "the rows of x", rows);
    require_packed(op.check, op.output, width, element);
    require_packed(op.check, op.gate_up, size, element);
    require_packed(op.check, op.down, half, element);
    const int64_t bytes = rows * size_of(element);
    const Workspace<3> between(op.x, {size * bytes, op.gate_up.out * bytes, half * bytes});
    void *const room = between[0], *const gate_up = between[1], *const gated = between[2];
    add_product({op.attended.data(), element, rows, width, width}, op.output, op.x.data(), device.stream());
    multiply_gated({{op.x.data(), element, rows, size, size}, op.norm.data(), static_cast<float>(op.eps), room}, op.gate_up,
        gate_up, gated, device.stream());
    add_product({gated, element, rows, half, half}, op.down, op.x.data(), device.stream());
}

void greedy_op(Stack stack) {
    const ops::Greedy op(stack);
    const OnDevice device(op.check, op.logits);
    require_small(op.check, "the number of rows", op.count());
    Tensor ids = Tensor::empty(op.logits, ScalarType::i64, {op.count()});
    greedy(op.logits.data<float>(), ids.data<int64_t>(), op.count(), op.vocab(), device.stream());
    stack.result(std::move(ids));
}

void sample_op(Stack stack) {
    const ops::Sample op(stack);
    const OnDevice device(op.check, op.logits);
    require_small(op.check, "the vocabulary", op.vocab());
    require_small(op.check, "the number of rows", op.count());
    Tensor ids = Tensor::empty(op.logits, ScalarType::i64, {op.count()});
    sample({op.logits.data<float>(), op.rows.data<int64_t>(), op.knobs.data<double>(), op.top_k.data<int64_t>(),
               ids.data<int64_t>(), op.count(), op.logits.size(0), op.vocab()},
        device.stream());
    stack.result(std::move(ids));
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
    add("rotate_and_store", boxed<rotate_and_store_op>);
    add("silu_mul", boxed<silu_mul_op>);
    add("paged_attention", boxed<paged_attention_op>);
    add("project_and_attend", boxed<project_and_attend_op>);
    add("finish_layer", boxed<finish_layer_op>);
    add("greedy", boxed<greedy_op>);
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
