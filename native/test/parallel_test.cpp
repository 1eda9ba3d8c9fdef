// Teams, crews, and runs of pieces: everything is done, once, and by whom it should be.
#include "../cpu/parallel.h"
#include "../cpu/work_sharing.h"
#include "testing.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace pigou;
using namespace pigou::test;

// More threads than the machine may have, so that some wait for the processor.
constexpr int most = 5;

// Each member writes between two barriers and reads what the others wrote.
void check_team(int threads, const char* where) {
    std::vector<std::atomic<int>> written(most);
    std::atomic<int> members = 0, wrong = 0;
    cpu::parallel(threads, [&](const cpu::Team& team) {
        members = team.size;
        for (int round = 1; round <= 100; round++) {
            written[team.index].store(round, std::memory_order_relaxed);
            team.barrier();
            for (int other = 0; other < team.size; other++) {
                wrong += written[other].load(std::memory_order_relaxed) != round;
            }
            team.barrier();
        }
        wrong += team.size > 1 && cpu::max_threads() != 1;
    });
    check(members >= 1 && members <= threads, "%s: a team of %d of %d", where, members.load(), threads);
    check(wrong == 0, "%s, %d threads: %d barriers let somebody pass early", where, threads, wrong.load());
}

void regions() {
    for (int threads = 1; threads <= most; threads++) check_team(threads, "a region");
}

void crews() {
    const int all = cpu::max_threads();
    cpu::together([&] {
        check(cpu::max_threads() == all, "%d threads at hand, %d outside", cpu::max_threads(), all);
        for (int round = 0; round < 200; round++) {
            for (int threads = 1; threads <= all; threads++) check_team(threads, "a crew");
        }
        int inner = 0;
        cpu::together([&] { inner = cpu::max_threads(); });
        check(inner == all, "a crew in a crew has %d threads, not %d", inner, all);
    });
    check(cpu::max_threads() == all, "%d threads after a crew, %d before", cpu::max_threads(), all);
}

void failures_come_out() {
    bool caught = false;
    try {
        cpu::together([&] {
            check_team(cpu::max_threads(), "before a failure");
            throw std::runtime_error("no memory");
        });
    } catch (const std::runtime_error&) {
        caught = true;
    }
    check(caught, "what is thrown in a crew comes out");
    check_team(cpu::max_threads(), "after a failure");
}

// Every piece once, whoever is slow, and by nobody if there is none.
void runs() {
    for (int64_t count : {0, 1, 2, 7, 1000}) {
        for (int threads = 1; threads <= most; threads++) {
            for (int slow = 0; slow < threads; slow++) {
                std::vector<std::atomic<int>> taken(count);
                const cpu::Runs pieces(count, threads);
                cpu::parallel(threads, [&](const cpu::Team& team) {
                    if (team.index == slow) std::this_thread::sleep_for(std::chrono::microseconds(50));
                    pieces.take(team.index, [&](int64_t piece) { taken[piece]++; });
                });
                int wrong = 0;
                for (const auto& times : taken) wrong += times != 1;
                check(wrong == 0, "%d of %ld pieces not taken once by %d threads", wrong, static_cast<long>(count), threads);
            }
        }
    }
}

}  // namespace

int main() {
    regions();
    crews();
    failures_come_out();
    runs();
    return report();
}
