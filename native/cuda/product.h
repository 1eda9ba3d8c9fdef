// The product with a packed matrix, whatever its format and the number of rows.
#pragma once

#include "../ops.h"
#include "on_device.h"

namespace pigou::cuda {

// Rows of x, `in` elements each, `stride` elements apart.
struct Rows {
    const void* data;
    Element element;
    int64_t rows, in, stride;
};

// Refuses a matrix that was not packed for a CUDA device, or not for `in` inputs of this type.
void require_packed(const Check& check, const ops::Matrix& matrix, int64_t in, Element element);

// y [rows, out] = x matrix^T + bias. Allocates only where no kernel of ours takes the product and torch's is called.
void multiply(const Rows& x, const ops::Matrix& matrix, void* y, cudaStream_t stream);

// The same, added to what y holds.
void add_product(const Rows& x, const ops::Matrix& matrix, void* y, cudaStream_t stream);

// x's rows after rms_norm. `room`, of x's shape, is used where no kernel norms and multiplies in one.
struct Normed {
    Rows x;
    const void* weight;
    float eps;
    void* room;
};

// y [rows, out] = x matrix^T + bias.
void multiply_normed(const Normed& x, const ops::Matrix& matrix, void* y, cudaStream_t stream);

// y [rows, out / 2] = silu_mul of that. `product` [rows, out] is used where no kernel makes it in one.
void multiply_gated(const Normed& x, const ops::Matrix& matrix, void* product, void* y, cudaStream_t stream);

}  // namespace pigou::cuda
