#include "norm.h"

#include "kernels.h"
#include "work_sharing.h"

namespace pigou::cpu {

void rms_norm(Element element, const void* x, const void* weight, float eps, void* out, int64_t rows, int64_t size) {
    const RowKernels& kernel = row_kernels(element);
    int64_t bytes = size * size_of(element);
    parallel_rows(rows, rows_worth_a_thread(size), [&](int64_t row) {
        kernel.rms_norm(
            static_cast<const char*>(x) + row * bytes, weight, eps, static_cast<char*>(out) + row * bytes, size);
    });
}

void add_rms_norm(Element element, void* x, const void* delta, const void* weight, float eps, void* out, int64_t rows,
    int64_t size) {
    const RowKernels& kernel = row_kernels(element);
    int64_t bytes = size * size_of(element);
    parallel_rows(rows, rows_worth_a_thread(size), [&](int64_t row) {
        char* own = static_cast<char*>(x) + row * bytes;
        kernel.add(own, static_cast<const char*>(delta) + row * bytes, size);
        kernel.rms_norm(own, weight, eps, static_cast<char*>(out) + row * bytes, size);
    });
}

void add(Element element, void* x, const void* delta, int64_t rows, int64_t size) {
    const RowKernels& kernel = row_kernels(element);
    int64_t bytes = size * size_of(element);
    parallel_rows(rows, rows_worth_a_thread(size), [&](int64_t row) {
        kernel.add(static_cast<char*>(x) + row * bytes, static_cast<const char*>(delta) + row * bytes, size);
    });
}

}  // namespace pigou::cpu
