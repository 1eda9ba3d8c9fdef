// Registers the ops for the CPU when the library is loaded: takes a call's arguments apart, lets ops.h refuse what is
// wrong with them, and hands bare pointers to a kernel.
#include "../ops.h"
#include "../workspace.h"
#include "activation.h"
#include "attention.h"
#include "dispatch.h"
#include "greedy.h"
#include "linear.h"
#include "norm.h"
#include "parallel.h"
#include "rotary.h"
#include "sampling.h"

#include <string>

namespace pigou {
namespace {

Element element_of(const Tensor& tensor) {
    return tensor.is(ScalarType::f32) ? Element::f32 : tensor.is(ScalarType::f16) ? Element::f16 : Element::bf16;
}

ScalarType type_of(const Tensor& tensor) { return static_cast<ScalarType>(tensor.dtype()); }

/// The vector's numbers, or null if it has none.
const void* optional(const Tensor& vector) { return vector.numel() > 0 ? vector.data() : nullptr; }

void pack_linear(Stack stack) {
    const ops::PackLinear a(stack);
    const auto format = static_cast<cpu::Format>(a.format);
    const int64_t bytes = cpu::packed_linear_bytes(a.out(), a.in(), element_of(a.weight), format);
    Tensor packed = Tensor::empty(a.weight, ScalarType::u8, {bytes});
    cpu::pack_linear(a.weight.data(), element_of(a.weight), a.out(), a.in(), format, packed.data());
    stack.result(std::move(packed));
}

void pack_quantized(Stack stack) {
    const ops::PackQuantized a(stack);
    const cpu::GroupedWeight weight = {.numbers = a.numbers.data<uint8_t>(),
        .scales = a.scales.data(),
        .element = element_of(a.scales),
        .zeros = a.has_zeros() ? a.zeros.data<uint8_t>() : nullptr,
        .out = a.out(),
        .in = a.in(),
        .groups = a.groups()};
    Tensor packed = Tensor::empty(a.numbers, ScalarType::u8, {cpu::packed_grouped_bytes(weight)});
    cpu::pack_grouped(weight, packed.data());
    stack.result(std::move(packed));
}

/// Refuses a matrix that was not packed here, or not for `in` inputs.
void require_packed(const Check& check, const ops::Matrix& matrix, int64_t in) {
    cpu::PackedLinear weight;
    const ops::Matrix::Names& names = matrix.names;
    check.tensor(cpu::read_packed_linear(matrix.packed.data(), matrix.packed.size(0), weight), names.packed,
        matrix.packed, "what this version of pack_linear returned on this kind of device");
    check.number(weight.out == matrix.out, names.out, matrix.out, "that of the packed weight");
    check.number(static_cast<int64_t>(weight.format) == matrix.format, names.format, matrix.format,
        "that of the packed weight");
    check.number(weight.in == in, names.in, in, "as many as the packed weight has inputs");
}

void multiply(const void* x, Element element, int64_t rows, int64_t stride, const ops::Matrix& matrix, void* y) {
    cpu::linear(x, element, rows, stride, matrix.packed.data(), optional(matrix.bias), y);
}

void linear(Stack stack) {
    const ops::Linear a(stack);
    require_packed(a.check, a.matrix, a.in());
    Tensor y = Tensor::empty(a.x, type_of(a.x), {a.rows(), a.matrix.out});
    multiply(a.x.data(), element_of(a.x), a.rows(), a.x.stride(0), a.matrix, y.data());
    stack.result(std::move(y));
}

void rms_norm(Stack stack) {
    const ops::RmsNorm a(stack);
    Tensor y = Tensor::empty(a.x, type_of(a.x), a.x.dim(), a.x.sizes());
    cpu::rms_norm(element_of(a.x), a.x.data(), a.weight.data(), static_cast<float>(a.eps), y.data(), a.rows(), a.size());
    stack.result(std::move(y));
}

void rotate_and_store(const void* qkv, int64_t rows, int64_t heads, const ops::Placement& placement,
    const ops::Pool& pool, void* q) {
    cpu::rotate_and_store({.element = element_of(pool.keys),
        .qkv = qkv,
        .cos = placement.cos.data<float>(),
        .sin = placement.sin.data<float>(),
        .positions = placement.positions.data<int64_t>(),
        .q_norm = optional(placement.q_norm),
        .k_norm = optional(placement.k_norm),
        .eps = static_cast<float>(placement.eps),
        .slots = placement.slots.data<int64_t>(),
        .rows = rows,
        .heads = heads,
        .kv_heads = pool.kv_heads(),
        .head_dim = pool.head_dim(),
        .keys = pool.keys.data(),
        .values = pool.values.data(),
        .q = q});
}

void rotate_and_store(Stack stack) {
    const ops::RotateAndStore a(stack);
    a.require_in_range();
    Tensor q = Tensor::empty(a.qkv, type_of(a.qkv), {a.rows(), a.heads(), a.pool.head_dim()});
    rotate_and_store(a.qkv.data(), a.rows(), a.heads(), a.placement, a.pool, q.data());
    stack.result(std::move(q));
}

void silu_mul(Stack stack) {
    const ops::SiluMul a(stack);
    Tensor y = Tensor::empty(a.gate_up, type_of(a.gate_up), {a.rows(), a.half()});
    cpu::silu_mul(element_of(a.gate_up), a.gate_up.data(), y.data(), a.rows(), a.half());
    stack.result(std::move(y));
}

void paged_attention(const void* q, int64_t heads, const ops::Pool& pool, const ops::Paging& paging, void* out) {
    cpu::paged_attention({.element = element_of(pool.keys),
        .q = q,
        .keys = pool.keys.data(),
        .values = pool.values.data(),
        .tables = paging.tables.data<int64_t>(),
        .sequences = paging.sequences.data<int64_t>(),
        .sequence_count = paging.sequences.size(0),
        .heads = heads,
        .kv_heads = pool.kv_heads(),
        .head_dim = pool.head_dim(),
        .block_size = paging.block_size,
        .window = paging.window,
        .out = out});
}

void paged_attention(Stack stack) {
    const ops::PagedAttention a(stack);
    a.require_in_range();
    Tensor y = Tensor::empty(a.q, type_of(a.q), {a.rows(), a.heads() * a.pool.head_dim()});
    paged_attention(a.q.data(), a.heads(), a.pool, a.paging, y.data());
    stack.result(std::move(y));
}

void project_and_attend(Stack stack) {
    const ops::ProjectAndAttend a(stack);
    require_packed(a.check, a.qkv, a.x.size(1));
    a.require_in_range();
    const Element element = element_of(a.x);
    const int64_t width = a.heads() * a.pool.head_dim(), bytes = a.rows() * size_of(element);
    const Workspace<3> between(a.x, {a.x.size(1) * bytes, a.qkv.out * bytes, width * bytes});
    void *const normed = between[0], *const qkv = between[1], *const q = between[2];
    Tensor attended = Tensor::empty(a.x, type_of(a.x), {a.rows(), width});
    cpu::together([&] {
        cpu::rms_norm(
            element, a.x.data(), a.norm.data(), static_cast<float>(a.placement.eps), normed, a.rows(), a.x.size(1));
        multiply(normed, element, a.rows(), a.x.size(1), a.qkv, qkv);
        rotate_and_store(qkv, a.rows(), a.heads(), a.placement, a.pool, q);
        paged_attention(q, a.heads(), a.pool, a.paging, attended.data());
    });
    stack.result(std::move(attended));
}

void finish_layer(Stack stack) {
    const ops::FinishLayer a(stack);
    require_packed(a.check, a.output, a.attended.size(1));
    require_packed(a.check, a.gate_up, a.size());
    require_packed(a.check, a.down, a.half());
    const Element element = element_of(a.x);
    const int64_t rows = a.rows(), bytes = rows * size_of(element);
    const Workspace<4> between(a.x, {a.size() * bytes, a.size() * bytes, a.gate_up.out * bytes, a.half() * bytes});
    void *const delta = between[0], *const normed = between[1], *const gate_up = between[2], *const gated = between[3];
    cpu::together([&] {
        multiply(a.attended.data(), element, rows, a.attended.size(1), a.output, delta);
        cpu::add_rms_norm(
            element, a.x.data(), delta, a.norm.data(), static_cast<float>(a.eps), normed, rows, a.size());
        multiply(normed, element, rows, a.size(), a.gate_up, gate_up);
        cpu::silu_mul(element, gate_up, gated, rows, a.half());
        multiply(gated, element, rows, a.half(), a.down, delta);
        cpu::add(element, a.x.data(), delta, rows, a.size());
    });
}

void greedy(Stack stack) {
    const ops::Greedy a(stack);
    Tensor ids = Tensor::empty(a.logits, ScalarType::i64, {a.count()});
    cpu::greedy(a.logits.data<float>(), a.count(), a.vocab(), ids.data<int64_t>());
    stack.result(std::move(ids));
}

void sample(Stack stack) {
    const ops::Sample a(stack);
    a.require_in_range();
    Tensor ids = Tensor::empty(a.logits, ScalarType::i64, {a.count()});
    cpu::sample({.logits = a.logits.data<float>(),
        .rows = a.rows.data<int64_t>(),
        .knobs = a.knobs.data<double>(),
        .top_k = a.top_k.data<int64_t>(),
        .count = a.count(),
        .vocab = a.vocab(),
        .ids = ids.data<int64_t>()});
    stack.result(std::move(ids));
}

/// Tells libtorch of all ops. Its own message about one that it does not take is on stderr.
bool register_ops() {
    TorchLibraryHandle names = nullptr;
    TorchLibraryHandle kernels = nullptr;
    bool taken = aoti_torch_library_init_def("pigou", __FILE__, __LINE__, &names) == 0
        && aoti_torch_library_init_impl("pigou", "CPU", __FILE__, __LINE__, &kernels) == 0;
    const auto add = [&](const char* schema, void (*kernel)(uint64_t*, uint64_t, uint64_t)) {
        const std::string name(schema, std::string(schema).find('('));
        taken = taken && aoti_torch_library_def(names, schema) == 0
            && aoti_torch_library_impl(kernels, name.c_str(), kernel) == 0;
    };
    add(ops::PackLinear::schema, boxed<pack_linear>);
    add(ops::PackQuantized::schema, boxed<pack_quantized>);
    add(ops::Linear::schema, boxed<linear>);
    add(ops::RmsNorm::schema, boxed<rms_norm>);
    add(ops::RotateAndStore::schema, boxed<rotate_and_store>);
    add(ops::SiluMul::schema, boxed<silu_mul>);
    add(ops::PagedAttention::schema, boxed<paged_attention>);
    add(ops::ProjectAndAttend::schema, boxed<project_and_attend>);
    add(ops::FinishLayer::schema, boxed<finish_layer>);
    add(ops::Greedy::schema, boxed<greedy>);
    add(ops::Sample::schema, boxed<sample>);
    return taken;
}

// Never unregistered: the process keeps the library to its end.
const bool registered = register_ops();

}  // namespace
}  // namespace pigou

/// The instruction set that the kernels use here, or null if libtorch did not take the ops.
extern "C" [[gnu::visibility("default")]] const char* pigou_cpu_instruction_set() {
    return pigou::registered ? name(pigou::cpu::cpu().isa) : nullptr;
}
