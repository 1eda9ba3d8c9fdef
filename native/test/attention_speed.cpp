// How fast paged attention is beside what the machine can do: decoding in GB/s of keys and values beside a plain read of
// memory, prefill in GFLOP/s beside multiplications in registers. The shape is that of the preset `mid` (12 heads over 4
// of 64, bfloat16, blocks of 16), or from the command line: heads, kv heads, head size. Twelve layers take turns, as in
// the model, so that no pool stays in a cache.
#include "../cpu/attention.h"
#include "../cpu/dispatch.h"
#include "../cpu/parallel.h"
#include "testing.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

using namespace pigou;
using namespace pigou::test;

constexpr int64_t layers = 12;
constexpr int64_t block_size = 16;

template <class Body>
double seconds(const Body& body) {
    auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class Body>
double median_seconds(int repeats, const Body& body) {
    std::vector<double> times;
    for (int i = 0; i < repeats; i++) times.push_back(seconds(body));
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

double read_bandwidth() {
    std::vector<uint64_t> memory(int64_t{1} << 26, 1);
    std::vector<uint64_t> sums(1024);
    double time = median_seconds(9, [&] {
        cpu::parallel(cpu::max_threads(), [&](const cpu::Team& team) {
            cpu::Range range = team.share(static_cast<int64_t>(memory.size()) / 8);
            uint64_t sum[8] = {};
            for (int64_t i = range.begin; i < range.end; i++) {
                for (int j = 0; j < 8; j++) sum[j] += memory[i * 8 + j];
            }
            sums[team.index] = std::accumulate(sum, sum + 8, uint64_t{0});
        });
    });
    if (std::accumulate(sums.begin(), sums.end(), uint64_t{0}) == 0) std::abort();
    return memory.size() * 8 / time;
}

#if defined(__x86_64__)
[[gnu::target("avx512f,avx512bf16")]] double pair_products(int64_t rounds) {
    __m512 sums[24];
    for (int i = 0; i < 24; i++) sums[i] = _mm512_setzero_ps();
    __m512bh a = __m512bh(_mm512_set1_epi32(0x3f803f80)), b = a;
    for (int64_t round = 0; round < rounds; round++) {
        asm volatile("" : "+v"(a), "+v"(b));
#pragma GCC unroll 24
        for (int i = 0; i < 24; i++) sums[i] = _mm512_dpbf16_ps(sums[i], a, b);
    }
    float total = 0;
    for (int i = 0; i < 24; i++) total += sums[i][0];
    return total;
}

[[gnu::target("avx512f")]] double single_products(int64_t rounds) {
    __m512 sums[24];
    for (int i = 0; i < 24; i++) sums[i] = _mm512_setzero_ps();
    __m512 a = _mm512_set1_ps(1), b = a;
    for (int64_t round = 0; round < rounds; round++) {
        asm volatile("" : "+v"(a), "+v"(b));
#pragma GCC unroll 24
        for (int i = 0; i < 24; i++) sums[i] = _mm512_fmadd_ps(a, b, sums[i]);
    }
    float total = 0;
    for (int i = 0; i < 24; i++) total += sums[i][0];
    return total;
}

double flops_per_second(double (*products)(int64_t), double flops_a_product) {
    constexpr int64_t rounds = 2'000'000;
    int threads = cpu::max_threads();
    double time = median_seconds(5, [&] {
        cpu::parallel(threads, [&](const cpu::Team&) {
            if (products(rounds) <= 0) std::abort();
        });
    });
    return threads * rounds * 24 * flops_a_product / time;
}
#endif

struct Shape {
    int64_t heads, kv_heads, head_dim;
};

// `count` sequences of `rows` rows that see up to `length` slots, in every layer. Seconds for one layer.
double attention(Element element, const Shape& shape, int64_t count, int64_t rows, int64_t length) {
    std::mt19937 random(1);
    int64_t blocks = count * ((length + block_size - 1) / block_size);
    int64_t pool = blocks * block_size * shape.kv_heads * shape.head_dim;
    Array few = Array::normal(element, 65536, random);
    std::vector<std::vector<char>> keys, values;
    for (int64_t layer = 0; layer < layers; layer++) {
        for (auto* side : {&keys, &values}) {
            side->emplace_back(pool * size_of(element));
            std::vector<char>& bytes = side->back();
            int64_t whole = 65536 * size_of(element);
            for (size_t at = 0; at < bytes.size(); at += whole) {
                std::copy_n(static_cast<const char*>(few.data()), std::min<int64_t>(whole, bytes.size() - at), &bytes[at]);
            }
        }
    }
    std::vector<int64_t> tables(blocks), sequences;
    std::iota(tables.begin(), tables.end(), 0);
    std::shuffle(tables.begin(), tables.end(), random);
    for (int64_t s = 0; s < count; s++) {
        sequences.insert(sequences.end(), {s * rows, rows, s * (blocks / count), length});
    }
    Array q = Array::normal(element, count * rows * shape.heads * shape.head_dim, random), out = q;
    auto step = [&] {
        for (int64_t layer = 0; layer < layers; layer++) {
            cpu::paged_attention({element, q.data(), keys[layer].data(), values[layer].data(), tables.data(),
                sequences.data(), count, shape.heads, shape.kv_heads, shape.head_dim, block_size, 0, out.data()});
        }
    };
    step();
    return median_seconds(rows > 1000 ? 3 : 15, step) / layers;
}

}  // namespace

int main(int count, char** arguments) {
    Shape shape = {12, 4, 64};
    if (count == 4) shape = {std::atoi(arguments[1]), std::atoi(arguments[2]), std::atoi(arguments[3])};
    double bandwidth = read_bandwidth();
    std::printf("%d threads, %s; memory is read at %.1f GB/s\n", cpu::max_threads(), cpu::name(cpu::cpu().isa),
        bandwidth / 1e9);
    double ceiling = 0;
#if defined(__x86_64__)
    if (cpu::cpu().isa >= cpu::Isa::avx512) {
        std::printf("float32 fused multiply-adds: %.0f GFLOP/s\n", flops_per_second(single_products, 32) / 1e9);
    }
    if (cpu::cpu().avx512_bf16) {
        ceiling = flops_per_second(pair_products, 64);
        std::printf("dot products of bfloat16 pairs: %.0f GFLOP/s\n", ceiling / 1e9);
    }
#endif
    for (Element element : {Element::bf16, Element::f32}) {
        for (auto [sequences, length] : {std::pair<int64_t, int64_t>{1, 16384}, {16, 512}, {64, 512}}) {
            double bytes = 2.0 * sequences * length * shape.kv_heads * shape.head_dim * size_of(element);
            double time = attention(element, shape, sequences, 1, length);
            std::printf("%s decode %2ld x %5ld: %8.1f us, %5.1f GB/s, %3.0f %% of reading\n", name(element),
                static_cast<long>(sequences), static_cast<long>(length), time * 1e6, bytes / time / 1e9,
                100 * bytes / time / bandwidth);
        }
        for (int64_t rows : {512, 4096}) {
            double flops = 4.0 * shape.heads * shape.head_dim * rows * (rows + 1) / 2;
            double time = attention(element, shape, 1, rows, rows);
            std::printf("%s prefill %5ld: %9.1f us, %5.0f GFLOP/s", name(element), static_cast<long>(rows), time * 1e6,
                flops / time / 1e9);
            if (ceiling > 0 && element == Element::bf16) std::printf(", %.0f %% of the dot products", 100 * flops / time / ceiling);
            std::printf("\n");
        }
    }
}
