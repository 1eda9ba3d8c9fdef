#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

/** What threads that work together know of one another. */
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

/** Waits for another thread: by spinning, and after some tens of microseconds by giving the processor up for a while. */
template <class Condition>
void spin_until(const Condition& condition) {
    constexpr int patience = 2000;
    for (int spins = 0; !condition(); ++spins) {
        if (spins >= patience) {
            std::this_thread::yield();
            continue;
        }
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }
}

/** Where several threads meet, again and again. std::barrier soon waits in the system, and that costs more than these waits take. */
class Meeting {
public:
    /** Waits until `size` threads are here. */
    void wait(int size) {
        const int round = round_.load(std::memory_order_relaxed);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size) {
            arrived_.store(0, std::memory_order_relaxed);
            round_.store(round + 1, std::memory_order_release);
            return;
        }
        spin_until([&] { return round_.load(std::memory_order_acquire) != round; });
    }

private:
    alignas(64) std::atomic<int> arrived_ = 0;
    alignas(64) std::atomic<int> round_ = 0;
};

/** One thread's view of the threads that run a body together. */
class Team {
public:
    Team(int index, int size, Meeting& meeting) : index(index), size(size), meeting_(&meeting) {}

    const int index;
    const int size;

    Range share(int64_t count) const { return cpu::share(count, index, size); }

    /** Waits until all of the team are here. All must call it equally often. */
    void barrier() const {
        if (size > 1) {
            meeting_->wait(size);
        }
    }

private:
    Meeting* meeting_;
};

} // namespace pigou::cpu
