#include "linear_operand.h"

#include <algorithm>

namespace pigou::cpu {
namespace {

/** Bytes from rows that lie together to the next. */
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

int64_t OperandRows::bytes(const Product& product, const PackedHeader& weight, int64_t rows) {
    return operands_bytes(product, weight, rows) + rows * weight.offset_groups * static_cast<int64_t>(sizeof(float));
}

OperandRows::OperandRows(const Product& product, const PackedHeader& weight, const void* x, int64_t stride)
    : product_(product), weight_(weight), x_(static_cast<const uint8_t*>(x)), stride_(stride) {}

OperandRows::OperandRows(const Product& product, const PackedHeader& weight, int64_t rows, uint8_t* memory)
    : OperandRows(product, weight, memory, stride_of(product, weight)) {
    sums_ = reinterpret_cast<float*>(memory + operands_bytes(product, weight, rows));
}

void OperandRows::prepare(int64_t row, const void* x, Element element) {
    product_.prepare(x, element, weight_.in, const_cast<uint8_t*>(at(row, 0)));
    if (weight_.offset_groups > 0) {
        add_up(row);
    }
}

/** Sums of a row over the groups that have a zero point each. */
void OperandRows::add_up(int64_t row) {
    float* sums = sums_ + row * weight_.offset_groups;
    const int64_t each = ceil_div(weight_.groups(), weight_.offset_groups);
    std::fill(sums, sums + weight_.offset_groups, 0.0f);
    for (int64_t group = 0; group < weight_.groups(); ++group) {
        sums[group / each] += sum_of(at(row, group), product_.operand);
    }
}

} // namespace pigou::cpu
