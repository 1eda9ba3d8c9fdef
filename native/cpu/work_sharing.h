// Ways to share a loop out among threads.
#pragma once

#include "parallel.h"
#include "scratch.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace pigou::cpu {

/// The pieces [0, count) of a job in a run for each thread. Everyone takes his own from the front, and when it is empty the
/// others' from the back, so that nobody waits for long for who was held up. One at a time for each thread that makes one.
class Runs {
public:
    Runs(int64_t count, int threads) : threads_(threads) {
        static thread_local Scratch<Run> kept;
        runs_ = kept.reserve(threads);
        for (int i = 0; i < threads; i++) {
            const Range range = share(count, i, threads);
            runs_[i].ends = range.begin | range.end << 32;
        }
    }

    /// body(piece) for each piece that falls to this thread.
    template <class Body>
    void take(int thread, const Body& body) const {
        for (int64_t piece; (piece = runs_[thread].front()) >= 0;) body(piece);
        for (int next = 1; next < threads_; next++) {
            Run& other = runs_[(thread + next) % threads_];
            for (int64_t piece; (piece = other.back()) >= 0;) body(piece);
        }
    }

private:
    struct alignas(64) Run {
        int64_t ends;  ///< begin, and in the upper half end: both ends are taken from at once

        int64_t front() {
            return take(1, [](int64_t begin, int64_t) { return begin; });
        }
        int64_t back() {
            return take(-(int64_t{1} << 32), [](int64_t, int64_t end) { return end - 1; });
        }

        template <class Which>
        int64_t take(int64_t change, const Which& which) {
            const std::atomic_ref shared(ends);
            int64_t seen = shared.load(std::memory_order_relaxed);
            for (;;) {
                const int64_t begin = seen & 0xffffffff, end = seen >> 32;
                if (begin >= end) return -1;
                if (shared.compare_exchange_weak(seen, seen + change, std::memory_order_relaxed)) return which(begin, end);
            }
        }
    };

    int threads_;
    Run* runs_;
};

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
