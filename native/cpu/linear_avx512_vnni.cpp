#include "linear_vector512.h"

/**
 * vpdpbusd: each lane adds four products of an unsigned by a signed byte to a 32-bit sum. The unsigned ones are weights
 * with their offset; x is quantised to signed bytes, group by group, by its largest magnitude. Sums of one group are
 * exact: below 32 * 255 * 127 < 2^21.
 */
namespace pigou::cpu {
namespace {

constexpr int columns = 4;
constexpr int quads = group_inputs / 4;

template <Storage storage>
constexpr int weight_offset = storage == Storage::int8 ? 128 : 8;

/** Weights of inputs [4 quad, 4 quad + 4) and 16 outputs. */
template <Storage storage>
PIGOU_INLINE __m512i quad_weights(const uint8_t* group, int quad, int column) {
    const uint8_t* steps = group + scale_bytes + column * line_bytes;
    if constexpr (storage == Storage::int8) {
        return _mm512_loadu_si512(steps + quad * step_bytes);
    } else {
        const __m512i both = _mm512_loadu_si512(steps + quad % 4 * step_bytes);
        return _mm512_and_si512(quad < 4 ? both : _mm512_srli_epi16(both, 4), _mm512_set1_epi8(0xf));
    }
}

template <Storage storage, int rows>
void multiply_groups(const Block& block) {
    __m512 sums[rows][columns];
#pragma GCC unroll 16
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 16
        for (int column = 0; column < columns; ++column) {
            sums[row][column] = _mm512_loadu_ps(block.tile + row * panel_outs + column * line_outs);
        }
    }
    const uint8_t* group = block.weight;
    const uint8_t* x = block.x;
    Ahead ahead(block);
    for (int64_t i = 0; i < block.groups; ++i, group += group_bytes(storage), x += sizeof(QuantisedGroup)) {
        ahead.line(); // the scales
        ahead.line();
        __m512i dots[rows][columns];
#pragma GCC unroll 16
        for (int row = 0; row < rows; ++row) {
            const uint8_t* correction = x + row * block.x_stride + offsetof(QuantisedGroup, correction);
#pragma GCC unroll 16
            for (int column = 0; column < columns; ++column) {
                dots[row][column] = _mm512_set1_epi32(load<int32_t>(correction));
            }
        }
#pragma GCC unroll 8
        for (int quad = 0; quad < quads; ++quad) {
            __m512i weights[columns];
#pragma GCC unroll 16
            for (int column = 0; column < columns; ++column) {
                weights[column] = quad_weights<storage>(group, quad, column);
                if (storage == Storage::int8 || quad < quads / 2) { // int4: a line has two quads
                    ahead.line();
                }
            }
#pragma GCC unroll 16
            for (int row = 0; row < rows; ++row) {
                const __m512i values = _mm512_set1_epi32(load<int32_t>(x + row * block.x_stride + quad * 4));
#pragma GCC unroll 16
                for (int column = 0; column < columns; ++column) {
                    dots[row][column] = _mm512_dpbusd_epi32(dots[row][column], weights[column], values);
                }
            }
        }
#pragma GCC unroll 16
        for (int row = 0; row < rows; ++row) {
            const __m512 scale = _mm512_set1_ps(load<float>(x + row * block.x_stride + offsetof(QuantisedGroup, scale)));
#pragma GCC unroll 16
            for (int column = 0; column < columns; ++column) {
                const __m512 dot = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[row][column]), scale);
                sums[row][column] = _mm512_fmadd_ps(dot, bits_as<__m512>(group_scales<Vector512, storage>(group, column * line_outs)), sums[row][column]);
            }
        }
    }
#pragma GCC unroll 16
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 16
        for (int column = 0; column < columns; ++column) {
            _mm512_storeu_ps(block.tile + row * panel_outs + column * line_outs, sums[row][column]);
        }
    }
}

template <Storage storage>
struct Groups {
    template <int rows>
    PIGOU_INLINE void run(const Block& block) {
        multiply_groups<storage, rows>(block);
    }
};

template <Storage storage>
void multiply(const Block& block) {
    for_rows<Groups<storage>, Vector512::max_rows>(block);
}

/** Compared as integers, so that a NaN is the largest of all and makes the scale a NaN, as an infinity does. */
template <int offset>
void quantise(const float* x, QuantisedGroup& group) {
    const __m512 low = _mm512_loadu_ps(x);
    const __m512 high = _mm512_loadu_ps(x + 16);
    const __m512i magnitudes = _mm512_max_epu32(_mm512_castps_si512(_mm512_abs_ps(low)),
                                                _mm512_castps_si512(_mm512_abs_ps(high)));
    const float largest = float_of(_mm512_reduce_max_epu32(magnitudes));
    constexpr float least = 1e-30f; // below it the inverse would not be finite: rounded to zero
    const __m512 inverse = _mm512_set1_ps(largest >= least ? 127 / largest : 0);
    const __m512i low_values = _mm512_cvtps_epi32(_mm512_mul_ps(low, inverse));
    const __m512i high_values = _mm512_cvtps_epi32(_mm512_mul_ps(high, inverse));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(group.values), _mm512_cvtsepi32_epi8(low_values));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(group.values + 16), _mm512_cvtsepi32_epi8(high_values));
    const bool finite = bits_of(largest) < 0x7f800000;
    group.scale = !finite ? float_of(0x7fc00000) : largest >= least ? largest / 127 : 0;
    const int sum = finite ? _mm512_reduce_add_epi32(_mm512_add_epi32(low_values, high_values)) : 0;
    group.correction = -offset * sum;
}

template <int offset>
void prepare(const void* x, Element element, int64_t in, void* operand) {
    auto* group = static_cast<QuantisedGroup*>(operand);
    const auto* from = static_cast<const uint8_t*>(x);
    for (int64_t i = 0; i < in; i += group_inputs, ++group) {
        float floats[group_inputs] = {};
        const int64_t count = in - i < group_inputs ? in - i : group_inputs;
        widen<Vector512>(from + i * size_of(element), element, count, floats);
        quantise<offset>(floats, *group);
    }
}

constexpr int64_t int8_block = 12; // 26 KB
constexpr int64_t int4_block = 24; // 27 KB

} // namespace

constinit const Product avx512_int8_product = {
    Operand::int8, Vector512::max_rows, int8_block, Vector512::max_rows, prepare<weight_offset<Storage::int8>>,
    nullptr,       multiply<Storage::int8>,
};

constinit const Product avx512_int4_product = {
    Operand::int8, Vector512::max_rows, int4_block, Vector512::max_rows, prepare<weight_offset<Storage::int4>>,
    nullptr,       multiply<Storage::int4>,
};

constinit const Product avx512_grouped_int4_product = {
    Operand::int8, Vector512::max_rows, int4_block, Vector512::max_rows, prepare<weight_offset<Storage::grouped_int4>>,
    nullptr,       multiply<Storage::grouped_int4>,
};

} // namespace pigou::cpu
