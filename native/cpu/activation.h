// The gated activation between the MLP's products.
#pragma once

#include "element.h"

#include <cstdint>

namespace pigou::cpu {

/// out [rows, size] = silu(gate) * up, where a row of gate_up [rows, 2 size] holds gate, then up. Computed in float32.
void silu_mul(Element element, const void* gate_up, void* out, int64_t rows, int64_t size);

}  // namespace pigou::cpu
