#include "activation.h"

#include "kernels.h"
#include "work_sharing.h"

namespace pigou::cpu {

void silu_mul(Element element, const void* gate_up, void* out, int64_t rows, int64_t size) {
    const RowKernels& kernel = row_kernels(element);
    int64_t bytes = size * size_of(element);
    parallel_rows(rows, rows_worth_a_thread(size), [&](int64_t row) {
        const char* gate = static_cast<const char*>(gate_up) + 2 * row * bytes;
        kernel.silu_mul(gate, gate + bytes, static_cast<char*>(out) + row * bytes, size);
    });
}

}  // namespace pigou::cpu
