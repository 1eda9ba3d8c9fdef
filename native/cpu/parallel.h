#pragma once

#include <cstdint>

#if defined(_OPENMP)
#include <omp.h>
#endif

/** The one place that knows OpenMP. Threads are torch's own: the plugin's OpenMP calls resolve to its library. */
namespace pigou::cpu {

/** Half-open: [begin, end). */
struct Range {
    int64_t begin;
    int64_t end;
};

/** The part of [0, count) that falls to one of several equal workers: contiguous, in order, sizes differ by 1 at most. */
inline Range share(int64_t count, int64_t index, int64_t workers) {
    return {count * index / workers, count * (index + 1) / workers};
}

/** One thread's view of the threads that run a body together. */
struct Team {
    int index;
    int size;

    Range share(int64_t count) const { return cpu::share(count, index, size); }

    /** Waits until all of the team are here. All must call it equally often. */
    void barrier() const {
        if (size > 1) {
#if defined(_OPENMP)
#pragma omp barrier
#endif
        }
    }
};

/** The threads a region gets at most; 1 inside of a region. */
inline int max_threads() {
#if defined(_OPENMP)
    return omp_in_parallel() != 0 ? 1 : omp_get_max_threads();
#else
    return 1;
#endif
}

/** Runs body(Team) on up to `threads` threads, the caller among them; with 1, as a plain call. It must not throw. */
template <class Body>
void parallel(int threads, const Body& body) {
#if defined(_OPENMP)
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        body(Team{omp_get_thread_num(), omp_get_num_threads()});
        return;
    }
#endif
    (void)threads;
    body(Team{0, 1});
}

} // namespace pigou::cpu
