#include "rotary.h"

#include "kernels.h"
#include "work_sharing.h"

namespace pigou::cpu {

void rotate_and_store(const Rotation& call) {
    const RowKernels& kernel = row_kernels(call.element);
    int64_t head_bytes = call.head_dim * size_of(call.element);
    int64_t heads = call.heads + 2 * call.kv_heads;
    parallel_rows(call.rows, rows_worth_a_thread(heads * call.head_dim), [&](int64_t row) {
        const char* from = static_cast<const char*>(call.qkv) + row * heads * head_bytes;
        const float* cos = call.cos + call.positions[row] * (call.head_dim / 2);
        const float* sin = call.sin + call.positions[row] * (call.head_dim / 2);
        char* q = static_cast<char*>(call.q) + row * call.heads * head_bytes;
        char* key = static_cast<char*>(call.keys) + call.slots[row] * call.kv_heads * head_bytes;
        char* value = static_cast<char*>(call.values) + call.slots[row] * call.kv_heads * head_bytes;
        for (int64_t h = 0; h < call.heads; h++, from += head_bytes, q += head_bytes) {
            kernel.rotate(from, cos, sin, call.q_norm, call.eps, q, call.head_dim);
        }
        for (int64_t h = 0; h < call.kv_heads; h++, from += head_bytes, key += head_bytes) {
            kernel.rotate_finite(from, cos, sin, call.k_norm, call.eps, key, call.head_dim);
        }
        kernel.copy_finite(from, value, call.kv_heads * call.head_dim);
    });
}

}  // namespace pigou::cpu
