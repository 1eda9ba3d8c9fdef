// Ways to share a loop out among threads.
#pragma once

#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace pigou::cpu {

/// body(i) for each i in [0, count), taken one at a time by whoever is free: for few, large, uneven pieces.
template <class Body>
void parallel_pieces(int64_t count, const Body& body) {
    std::atomic<int64_t> next = 0;
    parallel(static_cast<int>(std::min<int64_t>(max_threads(), count)), [&](const Team&) {
        for (int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) body(i);
    });
}

/// body(i) for each i in [0, count), each thread taking one stretch of at least `grain`: for many small, even pieces.
template <class Body>
void parallel_rows(int64_t count, int64_t grain, const Body& body) {
    int threads = static_cast<int>(std::min<int64_t>(max_threads(), count / grain));
    parallel(std::max(threads, 1), [&](const Team& team) {
        Range range = team.share(count);
        for (int64_t i = range.begin; i < range.end; i++) body(i);
    });
}

/// How many rows of `size` elements, each costing a few instructions, are worth waking a thread for.
inline int64_t rows_worth_a_thread(int64_t size) { return 16384 / (size + 1) + 1; }

}  // namespace pigou::cpu
