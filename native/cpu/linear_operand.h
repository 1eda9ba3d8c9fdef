#pragma once

#include "linear_kernels.h"

#include <cstdint>

namespace pigou::cpu {

/**
 * Rows of x as one product takes them, and for weights with zero points their sums. Threads may prepare different rows at the
 * same time.
 */
class OperandRows {
public:
    /** Whether the product takes rows of x as they are. */
    static bool ready(const Product& product, const PackedHeader& weight, Element element);

    /** Such rows where they lie; stride in bytes. */
    static OperandRows lying(const Product& product, const void* x, int64_t stride);

    /** Bytes that rows need when they are prepared. */
    static int64_t bytes(const Product& product, const PackedHeader& weight, int64_t rows);

    /** Rows yet to be prepared, in so many bytes of somebody's memory. */
    OperandRows(const Product& product, const PackedHeader& weight, int64_t rows, uint8_t* memory);

    /** Row number `row` from its elements. */
    void prepare(int64_t row, const void* x, Element element);

    /** Block::x of a block that begins with this row (in tiles: a multiple of 16) and group. */
    const uint8_t* at(int64_t row, int64_t group) const {
        const int64_t bytes = operand_bytes(operand_);
        if (operand_ == Operand::tiles) {
            return x_ + row / tile_rows * stride_ + (group * tile_rows + row % tile_rows) * bytes;
        }
        return x_ + row * stride_ + group * bytes;
    }

    /** Block::x_stride. */
    int64_t stride() const { return stride_; }

    /** Offsets::sums from a row on. */
    const float* sums(int64_t row) const { return sums_ + row * sums_of_row_; }

private:
    OperandRows(const Product& product, const uint8_t* x, int64_t stride);

    void add_up(int64_t row);

    void (*prepare_)(const void* x, Element element, int64_t in, void* operand);
    Operand operand_;
    const uint8_t* x_;
    int64_t stride_;
    float* sums_ = nullptr; ///< [rows, sums_of_row_]
    int64_t sums_of_row_ = 0;
    int64_t in_ = 0;
    int64_t groups_ = 0;
};

} // namespace pigou::cpu
