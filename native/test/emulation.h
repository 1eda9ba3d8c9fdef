// CUDA's execution model on one host thread, just enough to run the kernels' own source in a plain C++ test: the host's
// counterpart of the first half of cuda/device.cuh.
//
// Every thread of a block is a fiber; blocks run one after another. A fiber runs until a barrier or a warp operation,
// and a warp runs as far ahead of the others as barriers let it, in an order that `Schedule` chooses: a missing barrier
// shows as a wrong result under one schedule or the other. Shared memory is a heap block of exactly the size asked for,
// filled with NaN before each block, so that AddressSanitizer sees what lies outside. Asynchronous copies happen as early
// or as late as the rules allow. A warp operation that not all of a warp reach is reported as a deadlock.
#pragma once

#include "../cpu/element.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <ucontext.h>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define PIGOU_DYNAMIC_SHARED(name) unsigned char* name = emulation::block().shared.get()

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
    dim3() = default;
    dim3(unsigned x, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
struct alignas(16) uint4 {
    uint32_t x, y, z, w;
};
struct alignas(8) uint2 {
    uint32_t x, y;
};
struct alignas(8) float2 {
    float x, y;
};
using cudaStream_t = void*;

inline dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulation {

// How the next launches are run.
struct Schedule {
    enum Order { ascending, descending, shuffled } order = ascending;
    bool copies_early = false;  // asynchronous copies at once; else only when waited for
};
inline Schedule schedule;

enum class Wait { nothing, warp, block, end };

struct Copy {
    void* to;
    const void* from;
    bool wanted;

    void run() const {
        if (wanted) {
            std::memcpy(to, from, 16);
        } else {
            std::memset(to, 0, 16);
        }
    }
};

struct Fiber {
    ucontext_t context;
    std::unique_ptr<unsigned char[]> stack;
    Wait wait = Wait::nothing;
    bool waited_for_kernel_before = false;
    std::deque<std::vector<Copy>> copies;  // groups, the last one open
};

struct Block {
    static constexpr size_t stack_bytes = 256 * 1024;

    std::vector<Fiber> fibers;
    std::unique_ptr<unsigned char[]> shared;
    ucontext_t scheduler;
    unsigned current = 0;
    const std::function<void()>* body = nullptr;
    alignas(16) unsigned char lane_data[32][32][64];  // [warp][lane]: what the lanes of a warp hand to one another
};

inline Block& block() {
    static Block only;
    return only;
}

inline void pause(Wait wait) {
    Block& b = block();
    Fiber& fiber = b.fibers[b.current];
    fiber.wait = wait;
    swapcontext(&fiber.context, &b.scheduler);
}

inline void fiber_main() {
    (*block().body)();
    if (!block().fibers[block().current].waited_for_kernel_before) {
        std::fprintf(stderr, "emulation: a kernel ends without having waited for the one before it\n");
        std::abort();
    }
    pause(Wait::end);
}

inline void resume(unsigned thread) {
    Block& b = block();
    b.current = thread;
    threadIdx = dim3(thread);
    swapcontext(&b.scheduler, &b.fibers[thread].context);
}

// Runs one warp until all its lanes have ended or stand at the block's barrier. Whether anything moved.
inline bool run_warp(unsigned warp, unsigned threads, std::mt19937& random) {
    Block& b = block();
    std::vector<unsigned> lanes;
    for (unsigned t = 32 * warp; t < std::min(32 * warp + 32, threads); t++) {
        lanes.push_back(t);
    }
    bool moved = false;
    for (;;) {
        if (schedule.order == Schedule::shuffled) {
            std::shuffle(lanes.begin(), lanes.end(), random);
        } else if ((schedule.order == Schedule::descending) == (lanes.front() < lanes.back())) {
            std::reverse(lanes.begin(), lanes.end());
        }
        bool ran = false;
        for (unsigned lane : lanes) {
            if (b.fibers[lane].wait == Wait::nothing) {
                resume(lane);
                ran = true;
            }
        }
        const auto at = [&](Wait wait) {
            return std::count_if(lanes.begin(), lanes.end(), [&](unsigned t) { return b.fibers[t].wait == wait; });
        };
        if (at(Wait::warp) == static_cast<long>(lanes.size())) {
            for (unsigned lane : lanes) {
                b.fibers[lane].wait = Wait::nothing;
            }
            ran = true;
        } else if (at(Wait::warp) > 0 && at(Wait::nothing) == 0) {
            std::fprintf(stderr, "emulation: not all lanes of a warp reach one of its operations\n");
            std::abort();
        }
        if (!ran) {
            return moved;
        }
        moved = true;
    }
}

inline void run_block(unsigned threads, size_t shared_bytes, std::mt19937& random) {
    Block& b = block();
    b.shared.reset(new unsigned char[shared_bytes]);
    std::memset(b.shared.get(), 0xff, shared_bytes);
    if (b.fibers.size() < threads) {
        b.fibers.resize(threads);
    }
    for (unsigned t = 0; t < threads; t++) {
        Fiber& fiber = b.fibers[t];
        if (!fiber.stack) {
            fiber.stack.reset(new unsigned char[Block::stack_bytes]);
        }
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.get();
        fiber.context.uc_stack.ss_size = Block::stack_bytes;
        fiber.context.uc_link = nullptr;
        makecontext(&fiber.context, fiber_main, 0);
        fiber.wait = Wait::nothing;
        fiber.waited_for_kernel_before = false;
        fiber.copies.assign(1, {});
    }
    std::vector<unsigned> warps((threads + 31) / 32);
    for (unsigned w = 0; w < warps.size(); w++) {
        warps[w] = schedule.order == Schedule::descending ? warps.size() - 1 - w : w;
    }
    for (;;) {
        if (schedule.order == Schedule::shuffled) {
            std::shuffle(warps.begin(), warps.end(), random);
        }
        for (unsigned warp : warps) {
            run_warp(warp, threads, random);
        }
        bool waiting = false;
        for (unsigned t = 0; t < threads; t++) {
            if (b.fibers[t].wait == Wait::block) {
                b.fibers[t].wait = Wait::nothing;
                waiting = true;
            }
        }
        if (!waiting) {
            return;
        }
    }
}

inline void run(dim3 grid, unsigned threads, size_t shared_bytes, const std::function<void()>& body) {
    if (threads == 0 || threads > 1024 || grid.y > 65535 || grid.z > 65535 || shared_bytes > 227 * 1024) {
        std::fprintf(stderr, "emulation: no device would start this launch\n");
        std::abort();
    }
    static std::mt19937 random(1);
    block().body = &body;
    gridDim = grid;
    blockDim = dim3(threads);
    for (unsigned y = 0; y < grid.y; y++) {
        for (unsigned x = 0; x < grid.x; x++) {
            blockIdx = dim3(x, y);
            run_block(threads, shared_bytes, random);
        }
    }
}

// Hands `mine` to the warp and returns what `lane` handed over.
template <typename T>
struct Exchange {
    static_assert(sizeof(T) <= 64);

    explicit Exchange(const T& mine) {
        std::memcpy(block().lane_data[block().current / 32][block().current % 32], &mine, sizeof(T));
        pause(Wait::warp);
        for (int lane = 0; lane < 32; lane++) {
            std::memcpy(&all[lane], block().lane_data[block().current / 32][lane], sizeof(T));
        }
        pause(Wait::warp);
    }

    T all[32];
};

inline int lane() { return static_cast<int>(block().current % 32); }

}  // namespace emulation

inline void __syncthreads() { emulation::pause(emulation::Wait::block); }
inline void __syncwarp() { emulation::pause(emulation::Wait::warp); }

// Whether any thread of the block says so.
inline bool __syncthreads_or(bool value) {
    static bool any;
    any = false;
    __syncthreads();
    any |= value;
    __syncthreads();
    const bool result = any;
    __syncthreads();
    return result;
}

template <typename T>
T __shfl_sync(unsigned, T value, int from) {
    return emulation::Exchange<T>(value).all[from % 32];
}
template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
    return emulation::Exchange<T>(value).all[emulation::lane() ^ mask];
}
template <typename T>
T __shfl_up_sync(unsigned, T value, int distance) {
    const emulation::Exchange<T> got(value);
    const int lane = emulation::lane();
    return got.all[lane < distance ? lane : lane - distance];
}
inline unsigned __ballot_sync(unsigned, bool value) {
    const emulation::Exchange<bool> got(value);
    unsigned bits = 0;
    for (int lane = 0; lane < 32; lane++) {
        bits |= unsigned{got.all[lane]} << lane;
    }
    return bits;
}
inline bool __any_sync(unsigned mask, bool value) { return __ballot_sync(mask, value) != 0; }
inline int __ffs(unsigned value) { return __builtin_ffs(static_cast<int>(value)); }

template <typename T>
T atomicAdd(T* at, T value) {
    const T before = *at;
    *at += value;
    return before;
}

inline float rsqrtf(float x) { return 1 / std::sqrt(x); }
using std::max;
using std::min;

namespace pigou::cuda {

constexpr unsigned all_lanes = 0xffffffffu;

struct bf16 {
    uint16_t bits;
};

struct f16 {
    uint16_t bits;
};

inline float widen(float value) { return value; }
inline float widen(bf16 value) { return from_bf16(value.bits); }
inline float widen(f16 value) { return from_f16(value.bits); }

template <typename T>
T narrow(float value) {
    if constexpr (std::is_same_v<T, float>) {
        return value;
    } else if constexpr (std::is_same_v<T, bf16>) {
        return {to_bf16(value)};
    } else {
        return {to_f16(value)};
    }
}

template <typename T>
uint32_t narrow_pair(float low, float high) {
    return uint32_t{narrow<T>(low).bits} | uint32_t{narrow<T>(high).bits} << 16;
}

// The low (0) or high (1) half of a word.
template <typename T>
float half_of(uint32_t pair, int which) {
    return widen(T{static_cast<uint16_t>(pair >> 16 * which)});
}

template <typename T>
uint32_t subtract_pairs(uint32_t a, uint32_t b) {
    return narrow_pair<T>(half_of<T>(a, 0) - half_of<T>(b, 0), half_of<T>(a, 1) - half_of<T>(b, 1));
}
template <typename T>
uint32_t multiply_pairs(uint32_t a, uint32_t b) {
    return narrow_pair<T>(half_of<T>(a, 0) * half_of<T>(b, 0), half_of<T>(a, 1) * half_of<T>(b, 1));
}

inline float not_a_number() { return NAN; }
inline float exp2_fast(float x) { return std::exp2(x); }

inline uint4 load_streaming(const void* global) {
    if (reinterpret_cast<uintptr_t>(global) % 16 != 0) {
        std::abort();
    }
    uint4 v;
    std::memcpy(&v, global, 16);
    return v;
}

inline void copy_async(void* shared, const void* global, bool wanted) {
    if (reinterpret_cast<uintptr_t>(shared) % 16 != 0 || reinterpret_cast<uintptr_t>(global) % 16 != 0) {
        std::abort();
    }
    const emulation::Copy copy{shared, global, wanted};
    if (emulation::schedule.copies_early) {
        copy.run();
    } else {
        emulation::block().fibers[emulation::block().current].copies.back().push_back(copy);
    }
}
// Looks at both ends, for AddressSanitizer.
inline void prefetch(const void* global, int bytes) {
    if (reinterpret_cast<uintptr_t>(global) % 16 != 0 || bytes % 16 != 0) {
        std::abort();
    }
    const auto* at = static_cast<const volatile unsigned char*>(global);
    static_cast<void>(at[0]);
    static_cast<void>(at[bytes - 1]);
}
inline void wait_for_kernel_before() {
    emulation::block().fibers[emulation::block().current].waited_for_kernel_before = true;
}

inline void copy_commit() { emulation::block().fibers[emulation::block().current].copies.emplace_back(); }
template <int pending>
void copy_wait() {
    auto& groups = emulation::block().fibers[emulation::block().current].copies;
    while (groups.size() > pending + 1) {
        for (const auto& copy : groups.front()) {
            copy.run();
        }
        groups.pop_front();
    }
}

inline void load_matrices_as(uint32_t (&r)[4], const void* shared, bool transposed) {
    if (reinterpret_cast<uintptr_t>(shared) % 16 != 0) {
        std::abort();
    }
    struct Row {
        uint16_t at[8];
    } row;
    std::memcpy(&row, shared, 16);
    const emulation::Exchange<Row> rows(row);
    const int major = emulation::lane() / 4, minor = emulation::lane() % 4 * 2;
    for (int matrix = 0; matrix < 4; matrix++) {
        const auto element = [&](int i, int j) {
            return uint32_t{transposed ? rows.all[8 * matrix + j].at[i] : rows.all[8 * matrix + i].at[j]};
        };
        r[matrix] = element(major, minor) | element(major, minor + 1) << 16;
    }
}
inline void load_matrices(uint32_t (&r)[4], const void* shared) { load_matrices_as(r, shared, false); }
inline void load_matrices_transposed(uint32_t (&r)[4], const void* shared) { load_matrices_as(r, shared, true); }

template <typename T>
void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
    struct Operands {
        uint32_t a[4], b[2];
    };
    const emulation::Exchange<Operands> got({{a[0], a[1], a[2], a[3]}, {b0, b1}});
    const auto a_at = [&](int row, int k) {
        const Operands& o = got.all[row % 8 * 4 + k % 8 / 2];
        return half_of<T>(o.a[row / 8 + k / 8 * 2], k % 2);
    };
    const auto b_at = [&](int k, int column) {
        return half_of<T>(got.all[column * 4 + k % 8 / 2].b[k / 8], k % 2);
    };
    const int row = emulation::lane() / 4, column = emulation::lane() % 4 * 2;
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 16; k++) {
            c[i] += a_at(row + i / 2 * 8, k) * b_at(k, column + i % 2);
        }
    }
}

}  // namespace pigou::cuda
