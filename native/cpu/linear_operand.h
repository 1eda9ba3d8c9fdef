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

    /** Bytes that rows need when they are prepared. */
    static int64_t bytes(const Product& product, const PackedHeader& weight, int64_t rows);

    /** Rows that are ready, where they lie; stride in bytes. */
    OperandRows(const Product& product, const PackedHeader& weight, const void* x, int64_t stride);

    /** Rows yet to be prepared, in so many bytes of somebody's memory. */
    OperandRows(const Product& product, const PackedHeader& weight, int64_t rows, uint8_t* memory);

    /** Row number `row` from its elements. */
    void prepare(int64_t row, const void* x, Element element);

    /** Block::x of a block that begins with this row (in tiles: a multiple of 16) and group. */
    const uint8_t* at(int64_t row, int64_t group) const {
        const int64_t together = rows_together(product_.operand);
        return x_ + row / together * stride_ + (group * together + row % together) * operand_bytes(product_.operand);
    }

    /** Block::x_stride. */
    int64_t stride() const { return stride_; }

    /** Offsets::sums from a row on. */
    const float* sums(int64_t row) const { return sums_ + row * weight_.offset_groups; }

private:
    void add_up(int64_t row);

    const Product& product_;
    const PackedHeader& weight_;
    const uint8_t* x_;
    int64_t stride_;
    float* sums_ = nullptr; ///< [rows, offset_groups]
};

} // namespace pigou::cpu
