#include "greedy.h"

#include "kernels.h"
#include "work_sharing.h"

#include <algorithm>
#include <cstring>

namespace pigou::cpu {
namespace {

// By the bits, which compilers know how to look at many at a time: NaN and infinity have all bits of the exponent set.
bool all_finite(const float* logits, int64_t count) {
    constexpr uint32_t exponent = 0x7f800000;
    uint32_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        std::memcpy(&bits, logits + i, sizeof bits);
        found |= (bits & exponent) == exponent;
    }
    return found == 0;
}

}  // namespace

void greedy(const float* logits, int64_t count, int64_t vocab, int64_t* ids) {
    const LogitKernels& kernel = kernels().logits;
    parallel_rows(count, rows_worth_a_thread(vocab), [&](int64_t row) {
        const float* own = logits + row * vocab;
        ids[row] = all_finite(own, vocab) ? std::find(own, own + vocab, kernel.largest(own, vocab)) - own : -1;
    });
}

}  // namespace pigou::cpu
