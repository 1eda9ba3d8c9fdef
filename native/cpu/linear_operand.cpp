#include "linear_operand.h"

#include <algorithm>

namespace pigou::cpu {
namespace {

/** Rows that lie together, all their groups before the next rows'. */
constexpr int64_t rows_together(Operand operand) {
    return operand == Operand::tiles ? tile_rows : 1;
}

/** Bytes from those rows to the next. */
int64_t stride_of(const Product& product, const PackedHeader& weight) {
    return weight.groups() * operand_bytes(product.operand) * rows_together(product.operand);
}

int64_t operands_bytes(const Product& product, const PackedHeader& weight, int64_t rows) {
    return ceil_div(rows, rows_together(product.operand)) * stride_of(product, weight);
}

/** Sum of 32 inputs as the product takes them: in eight sums, for vectors. */
float sum_of(const uint8_t* group, Operand operand) {
    if (operand == Operand::int8) {
        const auto* quantised = reinterpret_cast<const QuantisedGroup*>(group);
        return quantised->scale * static_cast<float>(quantised->correction / -8); // grouped int4's offset
    }
    const Element element = operand == Operand::f32 ? Element::f32 : Element::bf16;
    float sums[8] = {};
    for (int64_t i = 0; i < group_inputs; ++i) {
        sums[i % 8] += load_element(group, i, element);
    }
    float sum = 0;
    for (float s : sums) {
        sum += s;
    }
    return sum;
}

} // namespace

bool OperandRows::ready(const Product& product, const PackedHeader& weight, Element element) {
    const bool same = (product.operand == Operand::f32 && element == Element::f32) ||
                      (product.operand == Operand::bf16 && element == Element::bf16);
    return same && weight.in % group_inputs == 0 && weight.offset_groups == 0;
}

OperandRows OperandRows::lying(const Product& product, const void* x, int64_t stride) {
    return {product, static_cast<const uint8_t*>(x), stride};
}

int64_t OperandRows::bytes(const Product& product, const PackedHeader& weight, int64_t rows) {
    return operands_bytes(product, weight, rows) + rows * weight.offset_groups * static_cast<int64_t>(sizeof(float));
}

OperandRows::OperandRows(const Product& product, const uint8_t* x, int64_t stride)
    : prepare_(product.prepare), operand_(product.operand), x_(x), stride_(stride) {}

OperandRows::OperandRows(const Product& product, const PackedHeader& weight, int64_t rows, uint8_t* memory)
    : OperandRows(product, memory, stride_of(product, weight)) {
    sums_ = reinterpret_cast<float*>(memory + operands_bytes(product, weight, rows));
    sums_of_row_ = weight.offset_groups;
    in_ = weight.in;
    groups_ = weight.groups();
}

void OperandRows::prepare(int64_t row, const void* x, Element element) {
    prepare_(x, element, in_, const_cast<uint8_t*>(at(row, 0)));
    if (sums_of_row_ > 0) {
        add_up(row);
    }
}

/** Sums of a row over the groups that have a zero point each. */
void OperandRows::add_up(int64_t row) {
    float* sums = sums_ + row * sums_of_row_;
    const int64_t each = ceil_div(groups_, sums_of_row_);
    std::fill(sums, sums + sums_of_row_, 0.0f);
    for (int64_t group = 0; group < groups_; ++group) {
        sums[group / each] += sum_of(at(row, group), operand_);
    }
}

} // namespace pigou::cpu
