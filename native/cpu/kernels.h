// The loops over one row or tile, as they were compiled for one instruction set. The ops (norm.cpp, attention.cpp ...)
// share work out among threads and call these.
#pragma once

#include "attention_tile.h"
#include "element.h"

#include <cstdint>

namespace pigou::cpu {

/// For tensors of one element type. `size`: elements of the row or head.
struct RowKernels {
    void (*rms_norm)(const void* x, const void* weight, float eps, void* out, int64_t size);
    void (*add)(void* x, const void* delta, int64_t size);
    void (*silu_mul)(const void* gate, const void* up, void* out, int64_t size);
    void (*rotate)(const void* head, const float* cos, const float* sin, const void* norm, float eps, void* out,
        int64_t size);
    void (*rotate_finite)(const void* head, const float* cos, const float* sin, const void* norm, float eps, void* out,
        int64_t size);
    void (*copy_finite)(const void* head, void* out, int64_t size);
    void (*attend)(const Attention& call, const AttentionTile& tile, float* states, float* scratch);
    void (*finish)(const Attention& call, const AttentionTile& tile, float* states, int64_t splits);
};

/// For logits, which are always float32.
struct LogitKernels {
    float (*largest)(const float* logits, int64_t count);
    void (*weigh)(const float* logits, int64_t count, float largest, float rate, float* weights);
    double (*sum_weights)(const float* logits, int64_t count, float largest, float rate);
};

struct Kernels {
    RowKernels rows[3];  ///< by Element
    LogitKernels logits;
};

extern const Kernels scalar_kernels;
#if defined(__x86_64__)
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
extern const Kernels avx512_bf16_kernels;
#endif

/// Those for this processor.
const Kernels& kernels();

inline const RowKernels& row_kernels(Element element) { return kernels().rows[static_cast<int>(element)]; }

}  // namespace pigou::cpu
