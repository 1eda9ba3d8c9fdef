#pragma once

#include "team.h"

#include <algorithm>
#include <exception>

#if defined(_OPENMP)
#include <omp.h>
#endif

/**
 * The one place that knows OpenMP. Threads are torch's own: the plugin's OpenMP calls resolve to its library.
 *
 * To begin and to end a parallel region of OpenMP is a system call each, and a token of a small model takes sixty regions. So an
 * operator of several kernels opens one region around them all (`together`), in which threads wait for one another by spinning.
 */
namespace pigou::cpu {

/** The threads of one open region. The first leads: it posts bodies, which the others wait for and run with it. */
class Crew {
public:
    /** The one that this thread leads, unless it is just running a body; else null. */
    static Crew*& led_here() {
        static thread_local Crew* crew = nullptr;
        return crew;
    }

    int size() const { return size_; }

    /** By the first of the team: runs work(), in which it may post. */
    template <class Work>
    void lead(const Team& team, const Work& work) {
        size_ = team.size;
        led_here() = this;
        work();
        led_here() = nullptr;
        call_ = nullptr;
        all_.wait(size_);
    }

    /** By each of the others: runs what is posted. */
    void serve(const Team& team) {
        for (all_.wait(team.size); call_ != nullptr; all_.wait(team.size)) {
            if (team.index < threads_) {
                call_(body_, Team(team.index, threads_, posted_));
            }
            all_.wait(team.size);
        }
    }

    /** By the leader: up to `threads` of the crew run the body, and have done so when this returns. */
    template <class Body>
    void post(int threads, const Body& body) {
        led_here() = nullptr;
        threads_ = std::min(threads, size_);
        body_ = &body;
        call_ = [](const void* posted, const Team& team) { (*static_cast<const Body*>(posted))(team); };
        all_.wait(size_);
        body(Team(0, threads_, posted_));
        all_.wait(size_);
        led_here() = this;
    }

private:
    int size_ = 1;
    int threads_ = 0;
    const void* body_ = nullptr;
    void (*call_)(const void* body, const Team& team) = nullptr; ///< null: there is no more work
    Meeting all_;
    Meeting posted_; ///< of those who run the body
};

/** The threads a body gets at most; 1 inside of one. */
inline int max_threads() {
    if (Crew::led_here() != nullptr) {
        return Crew::led_here()->size();
    }
#if defined(_OPENMP)
    return omp_in_parallel() != 0 ? 1 : omp_get_max_threads();
#else
    return 1;
#endif
}

/** Runs body(Team) on up to `threads` threads, the caller among them; with 1, as a plain call. It must not throw. */
template <class Body>
void parallel(int threads, const Body& body) {
    if (threads > 1 && Crew::led_here() != nullptr) {
        Crew::led_here()->post(threads, body);
        return;
    }
    Meeting meeting;
#if defined(_OPENMP)
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        body(Team(omp_get_thread_num(), omp_get_num_threads(), meeting));
        return;
    }
#endif
    body(Team(0, 1, meeting));
}

/** Runs work(), and keeps threads at hand for each `parallel` in it. What it throws comes out. */
template <class Work>
void together(const Work& work) {
    const int threads = Crew::led_here() != nullptr ? 1 : max_threads();
    if (threads == 1) {
        work();
        return;
    }
    Crew crew;
    std::exception_ptr failure;
    parallel(threads, [&](const Team& team) {
        if (team.index > 0) {
            crew.serve(team);
            return;
        }
        crew.lead(team, [&] {
            try {
                work();
            } catch (...) {
                failure = std::current_exception();
            }
        });
    });
    if (failure != nullptr) {
        std::rethrow_exception(failure);
    }
}

} // namespace pigou::cpu
