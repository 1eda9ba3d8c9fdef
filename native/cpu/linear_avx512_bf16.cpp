#include "linear_vector512.h"

/**
 * vdpbf16ps: each lane adds two products of bf16 to a float32 sum. It takes subnormal numbers for zero, and rounds to
 * nearest; a weight's line is its operand as it lies in memory.
 */
namespace pigou::cpu {
namespace {

template <int rows>
void multiply_pairs(const Block& block) {
    constexpr int columns = 4;
    __m512 sums[rows][columns];
#pragma GCC unroll 16
    for (int row = 0; row < rows; ++row) {
#pragma GCC unroll 16
        for (int column = 0; column < columns; ++column) {
            sums[row][column] = _mm512_loadu_ps(block.tile + row * panel_outs + column * line_outs);
        }
    }
    const int64_t steps = block.groups * (group_inputs / 2);
    const uint8_t* step = block.weight;
    const uint8_t* x = block.x;
    Ahead ahead(block);
    for (int64_t i = 0; i < steps; ++i, step += step_bytes, x += 4) {
        __m512bh weights[columns];
#pragma GCC unroll 16
        for (int column = 0; column < columns; ++column) {
            weights[column] = bits_as<__m512bh>(_mm512_loadu_si512(step + column * line_bytes));
            ahead.line();
        }
#pragma GCC unroll 16
        for (int row = 0; row < rows; ++row) {
            const auto pair = bits_as<__m512bh>(_mm512_set1_epi32(load<int32_t>(x + row * block.x_stride)));
#pragma GCC unroll 16
            for (int column = 0; column < columns; ++column) {
                sums[row][column] = _mm512_dpbf16_ps(sums[row][column], weights[column], pair);
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

struct Pairs {
    template <int rows>
    PIGOU_INLINE void run(const Block& block) {
        multiply_pairs<rows>(block);
    }
};

void multiply(const Block& block) {
    for_rows<Pairs, Vector512::max_rows>(block);
}

constexpr int64_t block_groups = 8; // 32 KB

} // namespace

constinit const Product avx512_bf16_product = {
    Operand::bf16, Vector512::max_rows, block_groups, Vector512::max_rows, prepare_bf16<Vector512>, nullptr, multiply,
};

} // namespace pigou::cpu
