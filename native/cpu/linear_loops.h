#pragma once

#include "linear_kernels.h"

/**
 * The loops that all instruction sets share, over a vector type V that each brings:
 *
 *   V::Float, V::Word, V::Half   vectors of V::lanes floats, 32-bit and 16-bit unsigned integers
 *   V::columns                   vectors of sums side by side: lanes * columns outputs in one pass over a block
 *   V::max_rows                  rows of sums in registers
 *   V::from_f16, V::to_f16       conversions of a vector
 *
 * All has internal linkage and is compiled anew for each instruction set: see PIGOU_INLINE.
 */
namespace pigou::cpu {
namespace {

template <class T>
PIGOU_INLINE T load(const void* from) {
    T value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

template <class T>
PIGOU_INLINE void store(void* to, T value) {
    __builtin_memcpy(to, &value, sizeof value);
}

/** Bits of a vector as another of the same size. */
template <class To, class From>
PIGOU_INLINE To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}

template <class V>
PIGOU_INLINE typename V::Float all(float value) {
    return bits_as<typename V::Float>(typename V::Word{} + bits_of(value));
}

template <class V>
PIGOU_INLINE typename V::Float widen_bf16(typename V::Half half) {
    return bits_as<typename V::Float>(__builtin_convertvector(half, typename V::Word) << 16);
}

/** As to_bf16, for a vector. */
template <class V>
PIGOU_INLINE typename V::Half narrow_bf16(typename V::Float value) {
    using Word = typename V::Word;
    const Word bits = bits_as<Word>(value);
    const Word rounded = bits + 0x7fff + (bits >> 16 & 1);
    const auto is_nan = (bits & 0x7fffffff) > 0x7f800000;
    const Word result = is_nan ? bits | 0x400000 : rounded;
    return __builtin_convertvector(result >> 16, typename V::Half);
}

/**
 * Walks through weights that will be needed, for Block::ahead. What several passes share goes to the second cache. What is read
 * once passes by it: a model's weights would displace all else from the caches at each token, down to the code of the step.
 */
class Ahead {
public:
    [[gnu::always_inline]] explicit Ahead(const Block& block)
        : next_(block.ahead), spacing_(block.ahead_spacing), once_(block.ahead_once) {}

    /** To be called for each line that is read. */
    [[gnu::always_inline]] void line() {
        fetch(next_);
        next_ += spacing_;
    }

    /** As so many calls of line, but no line of memory is asked for twice. */
    [[gnu::always_inline]] void lines(int64_t count) {
        const uint8_t* from = next_;
        next_ += count * spacing_;
        for (; from < next_; from += line_bytes) {
            fetch(from);
        }
    }

private:
    [[gnu::always_inline]] void fetch(const uint8_t* line) const {
        if (once_) {
            __builtin_prefetch(line, 0, 0);
        } else {
            __builtin_prefetch(line, 0, 2);
        }
    }

    const uint8_t* next_;
    int64_t spacing_;
    const bool once_;
};

// The dense kinds of weights. `weights` gives one input's weights of the outputs in vector `column` of a step.

template <class V>
struct F32Weights {
    static constexpr int inputs = 1; ///< to a step

    PIGOU_INLINE typename V::Float weights(const uint8_t* step, int, int column) {
        return load<typename V::Float>(step + column * sizeof(typename V::Float));
    }
};

template <class V>
struct F16Weights {
    static constexpr int inputs = 2;

    PIGOU_INLINE typename V::Float weights(const uint8_t* step, int input, int column) {
        const int out = column * V::lanes;
        const uint8_t* line = step + out / line_outs * line_bytes;
        return V::from_f16(load<typename V::Half>(line + input * line_bytes / 2 + out % line_outs * 2));
    }
};

template <class V>
struct Bf16Weights {
    static constexpr int inputs = 2;

    PIGOU_INLINE typename V::Float weights(const uint8_t* step, int input, int column) {
        const auto pair = load<typename V::Word>(step + column * sizeof(typename V::Word));
        return bits_as<typename V::Float>(input == 0 ? pair << 16 : pair & 0xffff0000);
    }
};

/** One input of some rows against the weights of a pass; x points at it in the first row. */
template <class V, int rows>
PIGOU_INLINE void add_input(typename V::Float (&sums)[rows][V::columns],
                                   const typename V::Float (&weights)[V::columns], const uint8_t* x,
                                   int64_t x_stride) {
#pragma GCC unroll 16
    for (int row = 0; row < rows; ++row) {
        const auto value = all<V>(load<float>(x + row * x_stride));
#pragma GCC unroll 16
        for (int column = 0; column < V::columns; ++column) {
            sums[row][column] += weights[column] * value;
        }
    }
}

/** A block by rows of float32: the sums of `rows` rows and lanes * columns outputs stay in registers. */
template <class V, class Weights, int rows>
void multiply_rows(const Block& block) {
    using Float = typename V::Float;
    constexpr int outs = V::lanes * V::columns;
    static_assert(outs % line_outs == 0, "a pass covers whole lines");
    const int64_t steps = block.groups * (group_inputs / Weights::inputs);
    for (int first = 0; first < panel_outs; first += outs) {
        Float sums[rows][V::columns];
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < V::columns; ++column) {
                sums[row][column] = load<Float>(block.tile + row * panel_outs + first + column * V::lanes);
            }
        }
        const uint8_t* step = block.weight + first / line_outs * line_bytes;
        const uint8_t* x = block.x;
        Ahead ahead(block);
        for (int64_t i = 0; i < steps; ++i, step += step_bytes) {
#pragma GCC unroll 4
            for (int line = 0; line < outs / line_outs; ++line) {
                ahead.line();
            }
#pragma GCC unroll 2
            for (int input = 0; input < Weights::inputs; ++input, x += sizeof(float)) {
                Float weights[V::columns];
#pragma GCC unroll 16
                for (int column = 0; column < V::columns; ++column) {
                    weights[column] = Weights::weights(step, input, column);
                }
                add_input<V, rows>(sums, weights, x, block.x_stride);
            }
        }
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < V::columns; ++column) {
                store(block.tile + row * panel_outs + first + column * V::lanes, sums[row][column]);
            }
        }
    }
}

/** Calls run<rows>(block) for the block's number of rows. */
template <class Run, int most>
PIGOU_INLINE void for_rows(const Block& block) {
    if constexpr (most > 0) {
        if (block.rows == most) {
            Run::template run<most>(block);
        } else {
            for_rows<Run, most - 1>(block);
        }
    }
}

template <class V, class Weights>
struct DenseRows {
    template <int rows>
    PIGOU_INLINE void run(const Block& block) {
        multiply_rows<V, Weights, rows>(block);
    }
};

template <class V, template <class> class Weights>
void multiply_dense(const Block& block) {
    for_rows<DenseRows<V, Weights<V>>, V::max_rows>(block);
}

/** A quantised group's scales of outputs [first, first + lanes). */
template <class V, Storage storage>
PIGOU_INLINE typename V::Float group_scales(const uint8_t* group, int64_t first) {
    const auto half = load<typename V::Half>(group + first * 2);
    if constexpr (storage == Storage::grouped_int4) {
        return V::from_f16(half);
    } else {
        return widen_bf16<V>(half);
    }
}

/** One vector of weights of a quantised group, before its scale: input [0, 32), outputs [first, first + lanes). */
template <class V, Storage storage>
PIGOU_INLINE typename V::Float quantised_weights(const uint8_t* group, int64_t input, int64_t first) {
    constexpr bool four_bits = storage != Storage::int8;
    const int64_t high = four_bits ? input / 16 : 0;
    const int64_t step = (four_bits ? input % 16 : input) / 4;
    const auto words = load<typename V::Word>(group + scale_bytes + step * step_bytes + first * 4);
    const auto value = words >> static_cast<uint32_t>(input % 4 * 8 + high * 4) & (four_bits ? 0xf : 0xff);
    return __builtin_convertvector(bits_as<typename V::Int>(value), typename V::Float) - (four_bits ? 8.0f : 128.0f);
}

/** Groups of integers become groups of float32. */
template <class V, Storage storage>
void unpack_f32(const uint8_t* groups, int64_t count, void* dense) {
    auto* to = static_cast<float*>(dense);
    for (int64_t i = 0; i < count; ++i, groups += group_bytes(storage), to += group_inputs * panel_outs) {
        for (int64_t first = 0; first < panel_outs; first += V::lanes) {
            const auto scale = group_scales<V, storage>(groups, first);
            for (int64_t input = 0; input < group_inputs; ++input) {
                store(to + input * panel_outs + first, quantised_weights<V, storage>(groups, input, first) * scale);
            }
        }
    }
}

/** Groups of integers become groups of bf16 pairs. */
template <class V, Storage storage>
void unpack_bf16(const uint8_t* groups, int64_t count, void* dense) {
    using Word = typename V::Word;
    auto* to = static_cast<uint8_t*>(dense);
    for (int64_t i = 0; i < count; ++i, groups += group_bytes(storage), to += group_bytes(Storage::bf16)) {
        for (int64_t first = 0; first < panel_outs; first += V::lanes) {
            const auto scale = group_scales<V, storage>(groups, first);
            for (int64_t input = 0; input < group_inputs; input += 2) {
                const auto even = narrow_bf16<V>(quantised_weights<V, storage>(groups, input, first) * scale);
                const auto odd = narrow_bf16<V>(quantised_weights<V, storage>(groups, input + 1, first) * scale);
                const Word pair = __builtin_convertvector(even, Word) | __builtin_convertvector(odd, Word) << 16;
                store(to + input / 2 * step_bytes + first * 4, pair);
            }
        }
    }
}

/** Elements to floats. */
template <class V>
void widen(const void* from, Element element, int64_t count, float* to) {
    int64_t i = 0;
    if (element == Element::f32) {
        __builtin_memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
        return;
    }
    const auto* halves = static_cast<const uint16_t*>(from);
    for (; i + V::lanes <= count; i += V::lanes) {
        const auto half = load<typename V::Half>(halves + i);
        store(to + i, element == Element::bf16 ? widen_bf16<V>(half) : V::from_f16(half));
    }
    for (; i < count; ++i) {
        to[i] = load_element(from, i, element);
    }
}

/** LinearKernels::round. */
template <class V>
void round(const float* from, int64_t count, Element element, void* to) {
    int64_t i = 0;
    if (element == Element::f32) {
        __builtin_memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
        return;
    }
    auto* halves = static_cast<uint16_t*>(to);
    for (; i + V::lanes <= count; i += V::lanes) {
        const auto value = load<typename V::Float>(from + i);
        store(halves + i, element == Element::bf16 ? narrow_bf16<V>(value) : V::to_f16(value));
    }
    for (; i < count; ++i) {
        store_element(to, i, element, from[i]);
    }
}

/** LinearKernels::add_offsets. */
template <class V>
void add_offsets(const Offsets& offsets) {
    using Float = typename V::Float;
    constexpr int outs = V::lanes * V::columns;
    for (int64_t row = 0; row < offsets.rows; ++row) {
        const float* sums = offsets.sums + row * offsets.groups;
        for (int first = 0; first < panel_outs; first += outs) {
            float* tile = offsets.tile + row * panel_outs + first;
            Float totals[V::columns];
            for (int column = 0; column < V::columns; ++column) {
                totals[column] = load<Float>(tile + column * V::lanes);
            }
            for (int64_t group = 0; group < offsets.groups; ++group) {
                const Float sum = all<V>(sums[group]);
                const uint8_t* values = offsets.values + group * scale_bytes + first * 2;
                for (int column = 0; column < V::columns; ++column) {
                    totals[column] += V::from_f16(load<typename V::Half>(values + column * V::lanes * 2)) * sum;
                }
            }
            for (int column = 0; column < V::columns; ++column) {
                store(tile + column * V::lanes, totals[column]);
            }
        }
    }
}

PIGOU_INLINE int64_t padded(int64_t in) {
    return (in + group_inputs - 1) / group_inputs * group_inputs;
}

template <class V>
void prepare_f32(const void* x, Element element, int64_t in, void* operand) {
    auto* to = static_cast<float*>(operand);
    widen<V>(x, element, in, to);
    __builtin_memset(to + in, 0, static_cast<size_t>(padded(in) - in) * sizeof(float));
}

template <class V>
void prepare_bf16(const void* x, Element element, int64_t in, void* operand) {
    auto* to = static_cast<uint16_t*>(operand);
    if (element == Element::bf16) {
        __builtin_memcpy(to, x, static_cast<size_t>(in) * 2);
    } else {
        constexpr int64_t piece = 256;
        float floats[piece];
        for (int64_t i = 0; i < in; i += piece) {
            const int64_t count = in - i < piece ? in - i : piece;
            widen<V>(static_cast<const uint8_t*>(x) + i * size_of(element), element, count, floats);
            round<V>(floats, count, Element::bf16, to + i);
        }
    }
    __builtin_memset(to + in, 0, static_cast<size_t>(padded(in) - in) * 2);
}

/** The set for V, all sums in float32. */
template <class V>
constexpr LinearKernels kernels_over() {
    constexpr int64_t block_f32 = 3;  // 24 KB
    constexpr int64_t block_half = 6; // 24 KB
    constexpr int stream_rows = V::lanes * V::columns == panel_outs ? V::max_rows : 0;
    return {
        .products =
            {
                {Operand::f32, V::max_rows, block_f32, stream_rows, prepare_f32<V>, nullptr, multiply_dense<V, F32Weights>},
                {Operand::f32, V::max_rows, block_half, stream_rows, prepare_f32<V>, nullptr, multiply_dense<V, F16Weights>},
                {Operand::f32, V::max_rows, block_half, stream_rows, prepare_f32<V>, nullptr, multiply_dense<V, Bf16Weights>},
                {Operand::f32, V::max_rows, block_f32, 0, prepare_f32<V>, unpack_f32<V, Storage::int8>,
                 multiply_dense<V, F32Weights>},
                {Operand::f32, V::max_rows, block_f32, 0, prepare_f32<V>, unpack_f32<V, Storage::int4>,
                 multiply_dense<V, F32Weights>},
                {Operand::f32, V::max_rows, block_f32, 0, prepare_f32<V>, unpack_f32<V, Storage::grouped_int4>,
                 multiply_dense<V, F32Weights>},
            },
        .round = round<V>,
        .add_offsets = add_offsets<V>,
    };
}

} // namespace
} // namespace pigou::cpu
