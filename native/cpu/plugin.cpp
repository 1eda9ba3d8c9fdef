// Registers the ops for the CPU when the library is loaded: takes a call's arguments apart, lets ops.h refuse what is
// wrong with them, and hands bare pointers to a kernel.
#include "../ops.h"
#include "activation.h"
#include "attention.h"
#include "dispatch.h"
#include "linear.h"
#include "norm.h"
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

void linear(Stack stack) {
    const ops::Linear a(stack);
    cpu::PackedLinear weight;
    a.check.tensor(cpu::read_packed_linear(a.packed.data(), a.packed.size(0), weight), "packed", a.packed,
        "what this version of pack_linear returned on this kind of device");
    a.check.number(weight.out == a.out, "out", a.out, "that of the packed weight");
    a.check.number(static_cast<int64_t>(weight.format) == a.format, "format", a.format, "that of the packed weight");
    a.check.tensor(weight.in == a.in(), "x", a.x, "as wide as the packed weight");
    Tensor y = Tensor::empty(a.x, type_of(a.x), {a.rows(), a.out});
    cpu::linear(a.x.data(), element_of(a.x), a.rows(), a.x.stride(0), a.packed.data(), optional(a.bias), y.data());
    stack.result(std::move(y));
}

void rms_norm(Stack stack) {
    const ops::RmsNorm a(stack);
    Tensor y = Tensor::empty(a.x, type_of(a.x), a.x.dim(), a.x.sizes());
    cpu::rms_norm(element_of(a.x), a.x.data(), a.weight.data(), static_cast<float>(a.eps), y.data(), a.rows(), a.size());
    stack.result(std::move(y));
}

void add_rms_norm(Stack stack) {
    const ops::AddRmsNorm a(stack);
    Tensor y = Tensor::empty(a.x, type_of(a.x), a.x.dim(), a.x.sizes());
    cpu::add_rms_norm(element_of(a.x), a.x.data(), a.delta.data(), a.weight.data(), static_cast<float>(a.eps), y.data(),
        a.rows(), a.size());
    stack.result(std::move(y));
}

void rotate_and_store(Stack stack) {
    const ops::RotateAndStore a(stack);
    a.require_in_range();
    Tensor q = Tensor::empty(a.qkv, type_of(a.qkv), {a.rows(), a.heads(), a.head_dim()});
    cpu::rotate_and_store({.element = element_of(a.qkv),
        .qkv = a.qkv.data(),
        .cos = a.cos.data<float>(),
        .sin = a.sin.data<float>(),
        .positions = a.positions.data<int64_t>(),
        .q_norm = optional(a.q_norm),
        .k_norm = optional(a.k_norm),
        .eps = static_cast<float>(a.eps),
        .slots = a.slots.data<int64_t>(),
        .rows = a.rows(),
        .heads = a.heads(),
        .kv_heads = a.kv_heads(),
        .head_dim = a.head_dim(),
        .keys = a.keys.data(),
        .values = a.values.data(),
        .q = q.data()});
    stack.result(std::move(q));
}

void silu_mul(Stack stack) {
    const ops::SiluMul a(stack);
    Tensor y = Tensor::empty(a.gate_up, type_of(a.gate_up), {a.rows(), a.half()});
    cpu::silu_mul(element_of(a.gate_up), a.gate_up.data(), y.data(), a.rows(), a.half());
    stack.result(std::move(y));
}

void paged_attention(Stack stack) {
    const ops::PagedAttention a(stack);
    a.require_in_range();
    Tensor y = Tensor::empty(a.q, type_of(a.q), {a.rows(), a.heads() * a.head_dim()});
    cpu::paged_attention({.element = element_of(a.q),
        .q = a.q.data(),
        .keys = a.keys.data(),
        .values = a.values.data(),
        .tables = a.tables.data<int64_t>(),
        .sequences = a.sequences.data<int64_t>(),
        .sequence_count = a.sequences.size(0),
        .heads = a.heads(),
        .kv_heads = a.kv_heads(),
        .head_dim = a.head_dim(),
        .block_size = a.block_size,
        .window = a.window,
        .out = y.data()});
    stack.result(std::move(y));
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
    add(ops::AddRmsNorm::schema, boxed<add_rms_norm>);
    add(ops::RotateAndStore::schema, boxed<rotate_and_store>);
    add(ops::SiluMul::schema, boxed<silu_mul>);
    add(ops::PagedAttention::schema, boxed<paged_attention>);
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
