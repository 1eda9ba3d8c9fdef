// What the ops are called, what they take and what they refuse, for every device: the one source of truth.
//
// Each op is a struct: its schema, its arguments, and a constructor that takes them off the stack and refuses what no
// kernel could work on. What can be told from shapes alone is checked there. What stands in index tensors is checked
// by `require_in_range`, which reads them and therefore belongs to kernels whose tensors the host can read.
//
// Arguments that several ops take side by side are a struct too. Its constructor only takes them off the stack; `require`
// refuses, in the name of the op that was called.
//
// Names in shapes: n tokens of a batch; h query heads, kv key/value heads of size d; `slots` rows of a KV pool, one a
// token, in blocks of block_size; V vocabulary. A floating tensor is float32, float16 or bfloat16.
#pragma once

#include "check.h"
#include "torch_abi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace pigou::ops {

inline bool is_vector(const Tensor& tensor, ScalarType type) {
    return tensor.dim() == 1 && tensor.is(type) && tensor.contiguous();
}

/// A vector of `length` numbers of the type of `like`, or one without elements.
inline bool is_absent_or_vector(const Tensor& tensor, int64_t length, const Tensor& like) {
    return tensor.dim() >= 0
        && (tensor.numel() == 0
            || (tensor.dim() == 1 && tensor.size(0) == length && tensor.dtype() == like.dtype()
                && tensor.contiguous()));
}

/// The weight of a norm over x's last dimension.
inline void require_norm(const Check& check, const char* name, const Tensor& weight, const Tensor& x) {
    check.tensor(weight.dim() == 1 && weight.size(0) == x.size(x.dim() - 1) && weight.dtype() == x.dtype()
            && weight.contiguous(),
        name, weight, "[d] of x's type, with x's last dimension");
}

inline void require_logits(const Check& check, const Tensor& logits) {
    check.tensor(logits.dim() == 2 && logits.is(ScalarType::f32) && logits.contiguous() && logits.size(1) > 0
            && logits.size(1) <= std::numeric_limits<int32_t>::max(),
        "logits", logits, "contiguous float32 [R, V]");
}

/// A matrix [out, in] as pack_linear laid it out, and the bias that follows the product.
struct Matrix {
    /// What the arguments are called, and what gives the number of inputs.
    struct Names {
        const char* packed;
        const char* bias;
        const char* out;
        const char* format;
        const char* in;
    };

    Tensor packed;
    Tensor bias;
    int64_t out;
    int64_t format;
    Names names;

    Matrix(Stack& stack, const Names& names)
        : packed(stack.tensor()), bias(stack.tensor()), out(stack.integer()), format(stack.integer()), names(names) {}

    /// `x`: a tensor of the type that the matrix multiplies.
    void require(const Check& check, const Tensor& x) const {
        check.tensor(is_vector(packed, ScalarType::u8), names.packed, packed,
            "what pack_linear returned, uint8 [bytes]");
        check.number(out > 0, names.out, out, "the number of rows of the weight");
        check.tensor(is_absent_or_vector(bias, out, x), names.bias, bias, "[out] of x's type, or empty");
    }

    bool has_bias() const { return bias.numel() > 0; }
};

/// The keys and values of a layer's tokens.
struct Pool {
    Tensor keys;
    Tensor values;

    explicit Pool(Stack& stack) : keys(stack.tensor()), values(stack.tensor()) {}

    void require(const Check& check) const {
        check.tensor(keys.dim() == 3 && keys.is_floating() && keys.contiguous() && keys.size(1) > 0
                && keys.size(2) > 0,
            "keys", keys, "a contiguous floating tensor [slots, kv, d]");
        check.tensor(values.dim() == 3 && std::equal(keys.sizes(), keys.sizes() + 3, values.sizes())
                && values.dtype() == keys.dtype() && values.contiguous(),
            "values", values, "contiguous, of keys' shape and type");
    }

    int64_t slots() const { return keys.size(0); }
    int64_t kv_heads() const { return keys.size(1); }
    int64_t head_dim() const { return keys.size(2); }
};

/// How queries and keys are normed and rotated, and to which slots of the pool keys and values go.
struct Placement {
    Tensor cos;
    Tensor sin;
    Tensor positions;
    Tensor q_norm;
    Tensor k_norm;
    double eps;
    Tensor slots;

    explicit Placement(Stack& stack)
        : cos(stack.tensor()), sin(stack.tensor()), positions(stack.tensor()), q_norm(stack.tensor()),
          k_norm(stack.tensor()), eps(stack.real()), slots(stack.tensor()) {}

    void require(const Check& check, int64_t rows, const Pool& pool) const {
        const int64_t head_dim = pool.head_dim();
        check.tensor(cos.dim() == 2 && cos.is(ScalarType::f32) && 2 * cos.size(1) == head_dim && cos.contiguous(),
            "cos", cos, "contiguous float32 [positions, d / 2], with keys' d");
        check.tensor(sin.dim() == 2 && sin.is(ScalarType::f32) && sin.size(0) == cos.size(0)
                && sin.size(1) == cos.size(1) && sin.contiguous(),
            "sin", sin, "contiguous float32, of cos' shape");
        check.tensor(is_vector(positions, ScalarType::i64) && positions.size(0) == rows, "positions", positions,
            "int64 [n]");
        check.tensor(is_vector(slots, ScalarType::i64) && slots.size(0) == rows, "slots", slots, "int64 [n]");
        check.tensor(is_absent_or_vector(q_norm, head_dim, pool.keys), "q_norm", q_norm, "[d] of keys' type, or empty");
        check.tensor(is_absent_or_vector(k_norm, head_dim, pool.keys) && (k_norm.numel() == 0) == !has_norms(),
            "k_norm", k_norm, "[d] of keys' type, or empty as q_norm is");
        check.number(eps >= 0, "eps", eps, "at least 0");
    }

    void require_in_range(const Check& check, const Pool& pool) const {
        check.indices("positions", positions.data<int64_t>(), positions.size(0), cos.size(0), "positions in cos and sin");
        check.indices("slots", slots.data<int64_t>(), slots.size(0), pool.slots(), "slots in the pool");
    }

    bool has_norms() const { return q_norm.numel() > 0; }
};

/// Which slots of the pool the rows of a batch see.
struct Paging {
    Tensor tables;
    Tensor sequences;
    int64_t block_size;
    int64_t window;

    explicit Paging(Stack& stack)
        : tables(stack.tensor()), sequences(stack.tensor()), block_size(stack.integer()), window(stack.integer()) {}

    void require(const Check& check) const {
        check.tensor(is_vector(tables, ScalarType::i64), "tables", tables, "int64 [entries]");
        check.tensor(sequences.dim() == 2 && sequences.is(ScalarType::i64) && sequences.size(1) == 4
                && sequences.contiguous(),
            "sequences", sequences, "contiguous int64 [s, 4]");
        check.number(block_size > 0, "block_size", block_size, "positive");
        check.number(window >= 0, "window", window, "at least 0");
    }

    /// Sequences follow one another in the `rows` rows, leave none out, and look at nothing but blocks of the pool.
    void require_in_range(const Check& check, int64_t rows, const Pool& pool) const {
        check.indices("tables", tables.data<int64_t>(), tables.size(0), pool.slots() / block_size, "blocks in the pool");
        const int64_t* sequence = sequences.data<int64_t>();
        int64_t row = 0;
        for (int64_t s = 0; s < sequences.size(0); s++, sequence += 4) {
            const int64_t first = sequence[0], count = sequence[1], entry = sequence[2], length = sequence[3];
            check.element(first == row, "first row of sequence", s, first, "the one after the sequence before it");
            check.element(count > 0 && count <= rows - row, "rows of sequence", s, count,
                "at least 1, and no more than the batch has left");
            check.element(length >= count, "length of sequence", s, length, "at least its rows");
            check.element(entry >= 0 && entry <= tables.size(0) && (length - 1) / block_size < tables.size(0) - entry,
                "first entry of sequence", s, entry, "such that the blocks of its length lie within tables");
            row += count;
        }
        check.number(row == rows, "the rows of all sequences", row, "those of the batch");
    }
};

struct PackLinear {
    static constexpr const char* schema = "pack_linear(Tensor weight, int format) -> Tensor";
    static constexpr Check check{"pack_linear"};

    Tensor weight;
    int64_t format;

    /// `takes_fp8`: whether the device also packs format 9, e4m3 with a scale for each row.
    explicit PackLinear(Stack stack, bool takes_fp8 = false) : weight(stack.tensor()), format(stack.integer()) {
        check.tensor(weight.dim() == 2 && weight.is_floating() && weight.contiguous() && weight.numel() > 0, "weight",
            weight, "a contiguous floating matrix [out, in]");
        check.number(format == 0 || format == 4 || format == 8 || (takes_fp8 && format == 9), "format", format,
            takes_fp8 ? "0 (dense), 4 (int4), 8 (int8) or 9 (fp8)" : "0 (dense), 8 (int8) or 4 (int4)");
    }

    int64_t out() const { return weight.size(0); }
    int64_t in() const { return weight.size(1); }
};

struct PackQuantized {
    static constexpr const char* schema = "pack_quantized(Tensor numbers, Tensor scales, Tensor zeros) -> Tensor";
    static constexpr Check check{"pack_quantized"};

    Tensor numbers;
    Tensor scales;
    Tensor zeros;

    explicit PackQuantized(Stack stack) : numbers(stack.tensor()), scales(stack.tensor()), zeros(stack.tensor()) {
        check.tensor(numbers.dim() == 2 && numbers.is(ScalarType::u8) && numbers.contiguous() && numbers.numel() > 0,
            "numbers", numbers, "a contiguous uint8 matrix [out, in]");
        check.tensor(scales.dim() == 2 && scales.is_floating() && scales.contiguous() && scales.numel() > 0
                && scales.size(0) == out() && in() % groups() == 0 && (groups() == 1 || in() / groups() % 32 == 0),
            "scales", scales, "contiguous and floating, [out, groups], for groups of a multiple of 32 inputs or one of all");
        check.tensor(zeros.dim() >= 0 && zeros.is(ScalarType::u8)
                && (zeros.numel() == 0
                    || (zeros.dim() == 2 && zeros.contiguous() && zeros.size(0) == out() && zeros.size(1) == groups())),
            "zeros", zeros, "contiguous uint8 of scales' shape, or empty");
        check.same_device(numbers, scales, zeros);
    }

    int64_t out() const { return numbers.size(0); }
    int64_t in() const { return numbers.size(1); }
    int64_t groups() const { return scales.size(1); }
    bool has_zeros() const { return zeros.numel() > 0; }
};

struct Linear {
    static constexpr const char* schema =
        "linear(Tensor x, Tensor packed, Tensor bias, int out, int format) -> Tensor";
    static constexpr Check check{"linear"};

    Tensor x;
    Matrix matrix;

    explicit Linear(Stack stack)
        : x(stack.tensor()), matrix(stack, {"packed", "bias", "out", "format", "the width of x"}) {
        check.tensor(x.dim() == 2 && x.is_floating() && x.contiguous_from(1) && x.stride(0) >= 0, "x", x,
            "a floating matrix [n, in] with contiguous rows");
        matrix.require(check, x);
        check.same_device(x, matrix.packed, matrix.bias);
    }

    int64_t rows() const { return x.size(0); }
    int64_t in() const { return x.size(1); }
};

struct RmsNorm {
    static constexpr const char* schema = "rms_norm(Tensor x, Tensor weight, float eps) -> Tensor";
    static constexpr Check check{"rms_norm"};

    Tensor x;
    Tensor weight;
    double eps;

    explicit RmsNorm(Stack stack) : x(stack.tensor()), weight(stack.tensor()), eps(stack.real()) {
        check.tensor(x.dim() >= 1 && x.dim() <= Tensor::max_dim && x.is_floating() && x.contiguous()
                && x.size(x.dim() - 1) > 0,
            "x", x, "a contiguous floating tensor [.., d]");
        require_norm(check, "weight", weight, x);
        check.number(eps >= 0, "eps", eps, "at least 0");
        check.same_device(x, weight);
    }

    int64_t size() const { return x.size(x.dim() - 1); }
    int64_t rows() const { return x.numel() / size(); }
};

struct RotateAndStore {
    static constexpr const char* schema =
        "rotate_and_store(Tensor qkv, Tensor cos, Tensor sin, Tensor positions, Tensor q_norm, Tensor k_norm, float eps, "
        "Tensor slots, Tensor(a!) keys, Tensor(b!) values) -> Tensor";
    static constexpr Check check{"rotate_and_store"};

    Tensor qkv;
    Placement placement;
    Pool pool;

    explicit RotateAndStore(Stack stack) : qkv(stack.tensor()), placement(stack), pool(stack) {
        pool.require(check);
        check.tensor(qkv.dim() == 3 && qkv.dtype() == pool.keys.dtype() && qkv.contiguous()
                && qkv.size(1) > 2 * pool.kv_heads() && qkv.size(2) == pool.head_dim(),
            "qkv", qkv, "contiguous [n, h + 2 kv, d] of keys' type");
        placement.require(check, rows(), pool);
        check.same_device(qkv, placement.cos, placement.sin, placement.positions, placement.q_norm, placement.k_norm,
            placement.slots, pool.keys, pool.values);
    }

    /// Reads positions and slots.
    void require_in_range() const { placement.require_in_range(check, pool); }

    int64_t rows() const { return qkv.size(0); }
    int64_t heads() const { return qkv.size(1) - 2 * pool.kv_heads(); }
};

struct SiluMul {
    static constexpr const char* schema = "silu_mul(Tensor gate_up) -> Tensor";
    static constexpr Check check{"silu_mul"};

    Tensor gate_up;

    explicit SiluMul(Stack stack) : gate_up(stack.tensor()) {
        check.tensor(gate_up.dim() == 2 && gate_up.is_floating() && gate_up.contiguous() && gate_up.size(1) > 0
                && gate_up.size(1) % 2 == 0,
            "gate_up", gate_up, "a contiguous floating matrix [n, 2 m]");
    }

    int64_t rows() const { return gate_up.size(0); }
    int64_t half() const { return gate_up.size(1) / 2; }
};

struct PagedAttention {
    static constexpr const char* schema =
        "paged_attention(Tensor q, Tensor keys, Tensor values, Tensor tables, Tensor sequences, int block_size, "
        "int window) -> Tensor";
    static constexpr Check check{"paged_attention"};

    Tensor q;
    Pool pool;
    Paging paging;

    explicit PagedAttention(Stack stack) : q(stack.tensor()), pool(stack), paging(stack) {
        pool.require(check);
        check.tensor(q.dim() == 3 && q.dtype() == pool.keys.dtype() && q.contiguous() && q.size(1) > 0
                && q.size(1) % pool.kv_heads() == 0 && q.size(2) == pool.head_dim(),
            "q", q, "contiguous [n, h, d] of keys' type, h a multiple of kv");
        paging.require(check);
        check.same_device(q, pool.keys, pool.values, paging.tables, paging.sequences);
    }

    /// Reads tables and sequences.
    void require_in_range() const { paging.require_in_range(check, rows(), pool); }

    int64_t rows() const { return q.size(0); }
    int64_t heads() const { return q.size(1); }
};

/// A layer as far as attention: rms_norm of the residual stream x, the product with the matrix of queries, keys and values,
/// rotate_and_store, then paged_attention. All norms have the same eps.
struct ProjectAndAttend {
    static constexpr const char* schema =
        "project_and_attend(Tensor x, Tensor norm, Tensor qkv, Tensor qkv_bias, int qkv_out, int qkv_format, Tensor cos, "
        "Tensor sin, Tensor positions, Tensor q_norm, Tensor k_norm, float eps, Tensor slots, Tensor(a!) keys, "
        "Tensor(b!) values, Tensor tables, Tensor sequences, int block_size, int window) -> Tensor";
    static constexpr Check check{"project_and_attend"};

    Tensor x;
    Tensor norm;
    Matrix qkv;
    Placement placement;
    Pool pool;
    Paging paging;

    explicit ProjectAndAttend(Stack stack)
        : x(stack.tensor()), norm(stack.tensor()),
          qkv(stack, {"qkv", "qkv_bias", "qkv_out", "qkv_format", "the width of x"}), placement(stack), pool(stack),
          paging(stack) {
        pool.require(check);
        check.tensor(x.dim() == 2 && x.dtype() == pool.keys.dtype() && x.contiguous(), "x", x,
            "a contiguous matrix [n, in] of keys' type");
        require_norm(check, "norm", norm, x);
        qkv.require(check, x);
        check.number(qkv.out % pool.head_dim() == 0 && heads() > 0 && heads() % pool.kv_heads() == 0, "qkv_out", qkv.out,
            "(h + 2 kv) d, with keys' kv and d, h a multiple of kv");
        placement.require(check, rows(), pool);
        paging.require(check);
        check.same_device(x, norm, qkv.packed, qkv.bias, placement.cos, placement.sin, placement.positions,
            placement.q_norm, placement.k_norm, placement.slots, pool.keys, pool.values, paging.tables, paging.sequences);
    }

    /// Reads positions, slots, tables and sequences.
    void require_in_range() const {
        placement.require_in_range(check, pool);
        paging.require_in_range(check, rows(), pool);
    }

    int64_t rows() const { return x.size(0); }
    int64_t heads() const { return qkv.out / pool.head_dim() - 2 * pool.kv_heads(); }
};

/// A layer after attention, in place: the output projection, added to the residual stream x; then the gated MLP of rms_norm of
/// that, added to x too.
struct FinishLayer {
    static constexpr const char* schema =
        "finish_layer(Tensor(a!) x, Tensor attended, Tensor output, Tensor output_bias, int output_out, int output_format, "
        "Tensor norm, Tensor gate_up, Tensor gate_up_bias, int gate_up_out, int gate_up_format, Tensor down, "
        "Tensor down_bias, int down_out, int down_format, float eps) -> ()";
    static constexpr Check check{"finish_layer"};

    Tensor x;
    Tensor attended;
    Matrix output;
    Tensor norm;
    Matrix gate_up;
    Matrix down;
    double eps;

    explicit FinishLayer(Stack stack)
        : x(stack.tensor()), attended(stack.tensor()),
          output(stack, {"output", "output_bias", "output_out", "output_format", "the width of attended"}),
          norm(stack.tensor()),
          gate_up(stack, {"gate_up", "gate_up_bias", "gate_up_out", "gate_up_format", "the width of x"}),
          down(stack, {"down", "down_bias", "down_out", "down_format", "half of gate_up_out"}), eps(stack.real()) {
        check.tensor(x.dim() == 2 && x.is_floating() && x.contiguous() && x.size(1) > 0, "x", x,
            "a contiguous floating matrix [n, d]");
        check.tensor(attended.dim() == 2 && attended.size(0) == rows() && attended.dtype() == x.dtype()
                && attended.contiguous(),
            "attended", attended, "contiguous [n, in], with x's rows and type");
        for (const Matrix* matrix : {&output, &gate_up, &down}) {
            matrix->require(check, x);
        }
        check.number(output.out == size(), "output_out", output.out, "the width of x");
        check.number(gate_up.out % 2 == 0, "gate_up_out", gate_up.out, "even");
        check.number(down.out == size(), "down_out", down.out, "the width of x");
        require_norm(check, "norm", norm, x);
        check.number(eps >= 0, "eps", eps, "at least 0");
        check.same_device(x, attended, output.packed, output.bias, norm, gate_up.packed, gate_up.bias, down.packed,
            down.bias);
    }

    int64_t rows() const { return x.size(0); }
    int64_t size() const { return x.size(1); }
    int64_t half() const { return gate_up.out / 2; }
};

/// The likeliest token of each row, the first of those that tie; -1 where a logit is not finite.
struct Greedy {
    static constexpr const char* schema = "greedy(Tensor logits) -> Tensor";
    static constexpr Check check{"greedy"};

    Tensor logits;

    explicit Greedy(Stack stack) : logits(stack.tensor()) { require_logits(check, logits); }

    int64_t count() const { return logits.size(0); }
    int64_t vocab() const { return logits.size(1); }
};

struct Sample {
    static constexpr const char* schema = "sample(Tensor logits, Tensor rows, Tensor knobs, Tensor top_k) -> Tensor";
    static constexpr Check check{"sample"};

    Tensor logits;
    Tensor rows;
    Tensor knobs;
    Tensor top_k;

    explicit Sample(Stack stack)
        : logits(stack.tensor()), rows(stack.tensor()), knobs(stack.tensor()), top_k(stack.tensor()) {
        require_logits(check, logits);
        check.tensor(is_vector(rows, ScalarType::i64), "rows", rows, "int64 [k]");
        check.tensor(knobs.dim() == 2 && knobs.is(ScalarType::f64) && knobs.size(0) == count() && knobs.size(1) == 4
                && knobs.contiguous(),
            "knobs", knobs, "contiguous float64 [k, 4]");
        check.tensor(is_vector(top_k, ScalarType::i64) && top_k.size(0) == count(), "top_k", top_k, "int64 [k]");
        check.same_device(logits, rows, knobs, top_k);
    }

    /// Reads rows, knobs and top_k.
    void require_in_range() const {
        check.indices("rows", rows.data<int64_t>(), count(), logits.size(0), "rows of logits");
        const double* knob = knobs.data<double>();
        for (int64_t i = 0; i < count(); i++, knob += 4) {
            check.element(knob[0] > 0 && std::isfinite(knob[0]), "temperature", i, knob[0], "above 0");
            check.element(knob[1] > 0 && knob[1] <= 1, "top_p", i, knob[1], "in (0, 1]");
            check.element(knob[2] >= 0 && knob[2] <= 1, "min_p", i, knob[2], "in [0, 1]");
            check.element(knob[3] >= 0 && knob[3] <= 1, "uniform number", i, knob[3], "in [0, 1]");
            const int64_t k = top_k.data<int64_t>()[i];
            check.element(k >= 0, "top_k", i, k, "0 (off) or more");
        }
    }

    int64_t count() const { return rows.dim() == 1 ? rows.size(0) : 0; }
    int64_t vocab() const { return logits.size(1); }
};

}  // namespace pigou::ops
