#pragma once

#include "pages.h"
#include "parallel.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

/** What the machine can do at best with all its threads, to measure kernels against. Run alone. */
namespace pigou::test {

/** Of how long `run` takes. */
template <class Run>
double median_seconds(int repeats, const Run& run) {
    using clock = std::chrono::steady_clock;
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        const auto start = clock::now();
        run();
        times.push_back(std::chrono::duration<double>(clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

namespace ceiling {

constexpr int repeats = 7;
/** Fits no cache. */
constexpr int64_t cold_bytes = int64_t{512} << 20;

inline volatile uint64_t sink;

/** Sums an array in four vectors, with prefetches so far ahead. */
#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
inline uint64_t
sum(const uint8_t* from, const uint8_t* to, int64_t ahead) {
    typedef uint64_t Vector __attribute__((vector_size(32)));
    Vector a = {}, b = {}, c = {}, d = {};
    for (; from < to; from += 4 * sizeof(Vector)) {
        const auto* vectors = reinterpret_cast<const Vector*>(from);
        __builtin_prefetch(from + ahead);
        __builtin_prefetch(from + ahead + 64);
        a += vectors[0];
        b += vectors[1];
        c += vectors[2];
        d += vectors[3];
    }
    const Vector all = a + b + c + d;
    return all[0] + all[1] + all[2] + all[3];
}

/** Fresh memory in huge pages where the system gives them, as PyTorch takes it in a server. Contents undefined. */
inline std::unique_ptr<uint8_t[], decltype(&std::free)> huge_pages(int64_t bytes) {
    constexpr int64_t page = 2 << 20;
    const int64_t whole = (bytes + page - 1) / page * page;
    auto* memory = static_cast<uint8_t*>(std::aligned_alloc(page, whole));
    cpu::advise_huge_pages(memory, whole);
    return {memory, &std::free};
}

/** Bytes a second that are read, each thread from a part of its own; the best of several distances of prefetching. */
inline double reads(bool huge) {
    auto* bytes = static_cast<uint8_t*>(std::aligned_alloc(4096, cold_bytes));
#if defined(__linux__)
    madvise(bytes, cold_bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
#endif
    std::memset(bytes, 1, cold_bytes);
    double best = 0;
    for (int64_t ahead : {0, 2048, 4096, 8192}) {
        const double time = median_seconds(repeats, [&] {
            cpu::parallel(cpu::max_threads(), [&](cpu::Team team) {
                const cpu::Range part = team.share(cold_bytes / 4096);
                sink = sum(bytes + part.begin * 4096, bytes + part.end * 4096, ahead);
            });
        });
        best = std::max(best, static_cast<double>(cold_bytes) / time);
    }
    std::free(bytes);
    return best;
}

#if defined(__x86_64__)
constexpr int chains = 24;

[[gnu::target("avx512f,avx512bf16")]] inline double pair_chains(int64_t rounds) {
    __m512 sums[chains];
    for (int i = 0; i < chains; i++) sums[i] = _mm512_setzero_ps();
    __m512bh a = __m512bh(_mm512_set1_epi32(0x3f803f80)), b = a;
    for (int64_t round = 0; round < rounds; round++) {
        asm volatile("" : "+v"(a), "+v"(b));
#pragma GCC unroll 24
        for (int i = 0; i < chains; i++) sums[i] = _mm512_dpbf16_ps(sums[i], a, b);
    }
    float total = 0;
    for (int i = 0; i < chains; i++) total += sums[i][0];
    return total;
}

[[gnu::target("avx512f")]] inline double single_chains(int64_t rounds) {
    __m512 sums[chains];
    for (int i = 0; i < chains; i++) sums[i] = _mm512_setzero_ps();
    __m512 a = _mm512_set1_ps(1), b = a;
    for (int64_t round = 0; round < rounds; round++) {
        asm volatile("" : "+v"(a), "+v"(b));
#pragma GCC unroll 24
        for (int i = 0; i < chains; i++) sums[i] = _mm512_fmadd_ps(a, b, sums[i]);
    }
    float total = 0;
    for (int i = 0; i < chains; i++) total += sums[i][0];
    return total;
}

/** As many products as of the others, in four chains. */
[[gnu::target("amx-tile,amx-bf16")]] inline double tile_chains(int64_t rounds) {
    struct alignas(64) Shapes {
        uint8_t palette = 1, unused[15] = {};
        uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
        uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    };
    static const Shapes shapes;
    alignas(64) static const uint8_t operands[4][16][64] = {};
    asm volatile("" : : "m"(shapes)); // as in cpu/linear_amx.cpp
    _tile_loadconfig(&shapes);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t i = 0; i < rounds * chains / 4; i++) {
        _tile_loadd(4, operands[0], 64);
        _tile_loadd(6, operands[1], 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, operands[2], 64);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, operands[3], 64);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_release();
    return 1;
}

inline double flops(double (*products)(int64_t), double flops_a_product) {
    constexpr int64_t rounds = 2'000'000;
    const int threads = cpu::max_threads();
    const double time = median_seconds(repeats, [&] {
        cpu::parallel(threads, [&](const cpu::Team&) {
            if (products(rounds) <= 0) std::abort();
        });
    });
    return threads * rounds * chains * flops_a_product / time;
}

/** FLOP/s of vdpbf16ps on nothing but registers. */
inline double bf16_pairs() { return flops(pair_chains, 64); }

/** FLOP/s of tdpbf16ps on whole tiles, each loaded from the first cache for two products. Only where cpu() has AMX. */
inline double bf16_tiles() { return flops(tile_chains, 2 * 16 * 16 * 32); }

/** FLOP/s of fused multiply-adds of float32 on nothing but registers, in AVX-512. */
inline double f32_products() { return flops(single_chains, 32); }
#endif

}  // namespace ceiling
}  // namespace pigou::test
