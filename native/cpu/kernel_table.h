// All loops, as one table for the instruction set of the file that includes this.
#pragma once

#include "activation_loops.h"
#include "attention_loops.h"
#include "kernels.h"
#include "norm_loops.h"
#include "rotary_loops.h"
#include "sampling_loops.h"

namespace pigou::cpu {
namespace {

template <Element E>
constexpr RowKernels rows_of = {rms_norm_row<E>, add_row<E>, silu_mul_row<E>, rotate_row<E, false>, rotate_row<E, true>,
    copy_finite<E>, attend<E>, finish<E>};

constexpr Kernels kernel_table = {{rows_of<Element::f32>, rows_of<Element::f16>, rows_of<Element::bf16>},
    {largest_logit, weigh, sum_weights}};

}  // namespace
}  // namespace pigou::cpu
