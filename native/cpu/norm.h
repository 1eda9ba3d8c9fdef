// RMS norms of rows.
#pragma once

#include "element.h"

#include <cstdint>

namespace pigou::cpu {

/// out = x / sqrt(mean(x^2) + eps) * weight for each row of x [rows, size]; weight [size]. Computed in float32.
void rms_norm(Element element, const void* x, const void* weight, float eps, void* out, int64_t rows, int64_t size);

/// x += delta, then out = the norm of the new x as it was rounded. All [rows, size].
void add_rms_norm(Element element, void* x, const void* delta, const void* weight, float eps, void* out, int64_t rows,
    int64_t size);

/// x += delta. Both [rows, size].
void add(Element element, void* x, const void* delta, int64_t rows, int64_t size);

}  // namespace pigou::cpu
