// Small dense products for attention: C = A B over operands that were packed into 32-bit units.
//
// A [m, depth] has a row of units a query; B [depth, n] has its columns side by side, so that one load brings the units
// of `lanes` columns. A unit is one float (`Singles`) or, where the processor has dot products of bfloat16 pairs, two
// neighbours along the depth (`Pairs`).
#pragma once

#include "simd.h"

namespace pigou::cpu {
namespace {

template <Element E>
struct Singles {
    static constexpr int elements = 1;

    [[gnu::always_inline]] static Floats multiply_add(Floats sum, Words a, Words b) {
        return as_floats(a) * as_floats(b) + sum;
    }

    // The units of `count` > 0 elements, at most `lanes` units of them; 0 beyond.
    [[gnu::always_inline]] static Words load_units(const Stored<E>* from, int64_t count) {
        return as_words(load_upto<E>(from, count));
    }

    // `lanes` units, all of them there.
    [[gnu::always_inline]] static Words load_all_units(const Stored<E>* from) { return as_words(load<E>(from)); }

    // Unit j pairs element j of `elements` successive rows; here there is only one row.
    [[gnu::always_inline]] static Words interleave(const Stored<E>* row, const Stored<E>*, int64_t count) {
        return load_units(row, count);
    }

    // The units of 2 * lanes elements.
    [[gnu::always_inline]] static void interleave_all(const Stored<E>* row, const Stored<E>*, void* to) {
        store_as(to, load_all_units(row));
        store_as(static_cast<uint32_t*>(to) + lanes, load_all_units(row + lanes));
    }

    [[gnu::always_inline]] static void store_units(uint32_t* to, Floats floats) { store_as(to, floats); }
};

#if defined(__AVX512BF16__)
struct Pairs {
    static constexpr int elements = 2;

    [[gnu::always_inline]] static Floats multiply_add(Floats sum, Words a, Words b) {
        return Floats(_mm512_dpbf16_ps(__m512(sum), __m512bh(a), __m512bh(b)));
    }

    [[gnu::always_inline]] static Words load_units(const uint16_t* from, int64_t count) {
        if (count >= 2 * lanes) return load_as<Words>(from);
        Words units = load_first_words(from, count / 2);
        if (count % 2 != 0) units[count / 2] = from[count - 1];
        return units;
    }

    [[gnu::always_inline]] static Words load_all_units(const uint16_t* from) { return load_as<Words>(from); }

    // The units of 2 * lanes elements of two rows.
    [[gnu::always_inline]] static void interleave_all(const uint16_t* row, const uint16_t* next, void* to) {
        __m512i a = load_as<__m512i>(row), b = load_as<__m512i>(next);
        __m512i even = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36,
            4, 35, 3, 34, 2, 33, 1, 32, 0);
        __m512i odd = _mm512_add_epi16(even, _mm512_set1_epi16(16));
        store_as(to, _mm512_permutex2var_epi16(a, even, b));
        store_as(static_cast<uint32_t*>(to) + lanes, _mm512_permutex2var_epi16(a, odd, b));
    }

    // `next` may be null: a row of zeros.
    [[gnu::always_inline]] static Words interleave(const uint16_t* row, const uint16_t* next, int64_t count) {
        Words units = widen_bits(load_bits(row, count));
        if (next != nullptr) units |= widen_bits(load_bits(next, count)) << 16;
        return units;
    }

    [[gnu::always_inline]] static void store_units(uint32_t* to, Floats floats) {
        store_as(to, _mm512_cvtneps_pbh(__m512(floats)));
    }

private:
    [[gnu::always_inline]] static Halves load_bits(const uint16_t* from, int64_t count) {
        if (count >= lanes) return load_as<Halves>(from);
        Halves bits = {};
        std::memcpy(&bits, from, count * 2);
        return bits;
    }
};
#endif

template <Element E>
struct UnitOf {
    using type = Singles<E>;
};
#if defined(__AVX512BF16__)
template <>
struct UnitOf<Element::bf16> {
    using type = Pairs;
};
#endif
template <Element E>
using Unit = typename UnitOf<E>::type;

// Units that hold `count` elements.
template <Element E>
constexpr int64_t units(int64_t count) {
    return (count + Unit<E>::elements - 1) / Unit<E>::elements;
}

// As many accumulators as there are registers, less those for one row of B and one unit of A.
constexpr int block_rows = 6;
constexpr int block_columns = lanes == 16 ? 4 : 2;

struct Operands {
    const uint32_t* a;
    int64_t a_stride;
    const uint32_t* b;
    int64_t b_stride;
    int64_t depth;
    float* c;
    int64_t c_stride;
};

// `Rows` rows and `Columns` * lanes columns of C = scale[row] C + A B; with `scale` null the old C is not read.
template <class Unit, int Rows, int Columns>
PIGOU_INLINE void product_block(const Operands& o, const float* scale) {
    Floats sums[Rows][Columns];
#pragma GCC unroll 8
    for (int r = 0; r < Rows; r++) {
#pragma GCC unroll 8
        for (int c = 0; c < Columns; c++) {
            sums[r][c] = scale == nullptr ? Floats{} : load_as<Floats>(o.c + r * o.c_stride + c * lanes) * scale[r];
        }
    }
    const uint32_t* a = o.a;
    const uint32_t* b = o.b;
    for (int64_t k = 0; k < o.depth; k++, a++, b += o.b_stride) {
        Words columns[Columns];
#pragma GCC unroll 8
        for (int c = 0; c < Columns; c++) columns[c] = load_as<Words>(b + c * lanes);
#pragma GCC unroll 8
        for (int r = 0; r < Rows; r++) {
            Words unit = splat(a[r * o.a_stride]);
#pragma GCC unroll 8
            for (int c = 0; c < Columns; c++) sums[r][c] = Unit::multiply_add(sums[r][c], unit, columns[c]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; r++) {
#pragma GCC unroll 8
        for (int c = 0; c < Columns; c++) store_as(o.c + r * o.c_stride + c * lanes, sums[r][c]);
    }
}

// The same for any number of vectors of columns.
template <class Unit, int Rows, int Columns = block_columns>
PIGOU_INLINE void product(Operands o, int64_t vectors, const float* scale) {
    for (; vectors >= Columns; vectors -= Columns) {
        product_block<Unit, Rows, Columns>(o, scale);
        o.b += Columns * lanes;
        o.c += Columns * lanes;
    }
    if constexpr (Columns > 1) {
        if (vectors > 0) product<Unit, Rows, Columns - 1>(o, vectors, scale);
    }
}

}  // namespace
}  // namespace pigou::cpu
