#pragma once

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace pigou::cpu {

constexpr int64_t huge_page = 2 << 20;

/**
 * Asks for huge pages below an array that has not been written yet. The processor reads ahead only within a page, so
 * that streams of weights are faster in large ones. A wish: the system may leave it unanswered.
 */
inline void advise_huge_pages(void* array, int64_t bytes) {
#if defined(__linux__)
    constexpr uintptr_t page = 4096;
    const auto begin = (reinterpret_cast<uintptr_t>(array) + page - 1) & ~(page - 1);
    const auto end = (reinterpret_cast<uintptr_t>(array) + static_cast<uintptr_t>(bytes)) & ~(page - 1);
    if (bytes >= huge_page) {
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
    }
#else
    (void)array;
    (void)bytes;
#endif
}

} // namespace pigou::cpu
