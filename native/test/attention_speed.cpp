// How fast paged attention is beside what the machine can do: decoding in GB/s of keys and values beside a plain read of
// memory, prefill in GFLOP/s beside multiplications in registers. The shape is that of the preset `mid` (12 heads over 4
// of 64, bfloat16, blocks of 16), or from the command line: heads, kv heads, head size. Twelve layers take turns, as in
// the model, so that no pool stays in a cache. Pools lie in huge pages, as in a server (THP_MEM_ALLOC_ENABLE in `pigou`):
// blocks lie anywhere, and with small pages looking up where takes as long as reading.
#include "../cpu/attention.h"
#include "../cpu/dispatch.h"
#include "../cpu/parallel.h"
#include "ceilings.h"
#include "testing.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>

namespace {

using namespace pigou;
using namespace pigou::test;

constexpr int64_t layers = 12;
constexpr int64_t block_size = 16;

struct Shape {
    int64_t heads, kv_heads, head_dim;
};

// `count` sequences of `rows` rows that see up to `length` slots, in every layer, their blocks one after another or anywhere.
// Seconds for one layer.
double attention(
    Element element, const Shape& shape, int64_t count, int64_t rows, int64_t length, bool scattered = true) {
    std::mt19937 random(1);
    int64_t blocks = count * ((length + block_size - 1) / block_size);
    int64_t pool = blocks * block_size * shape.kv_heads * shape.head_dim;
    Array few = Array::normal(element, 65536, random);
    using Bytes = decltype(ceiling::huge_pages(0));
    std::vector<Bytes> keys, values;
    for (int64_t layer = 0; layer < layers; layer++) {
        for (auto* side : {&keys, &values}) {
            const int64_t size = pool * size_of(element), whole = 65536 * size_of(element);
            side->push_back(ceiling::huge_pages(size));
            for (int64_t at = 0; at < size; at += whole) {
                std::memcpy(side->back().get() + at, few.data(), std::min(whole, size - at));
            }
        }
    }
    std::vector<int64_t> tables(blocks), sequences;
    std::iota(tables.begin(), tables.end(), 0);
    if (scattered) std::shuffle(tables.begin(), tables.end(), random);
    for (int64_t s = 0; s < count; s++) {
        sequences.insert(sequences.end(), {s * rows, rows, s * (blocks / count), length});
    }
    Array q = Array::normal(element, count * rows * shape.heads * shape.head_dim, random), out = q;
    auto step = [&] {
        for (int64_t layer = 0; layer < layers; layer++) {
            cpu::paged_attention({element, q.data(), keys[layer].get(), values[layer].get(), tables.data(),
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
    double bandwidth = ceiling::reads(true);
    std::printf("%d threads, %s; memory is read at %.1f GB/s\n", cpu::max_threads(), cpu::name(cpu::cpu().isa),
        bandwidth / 1e9);
    double products = 0;
#if defined(__x86_64__)
    if (cpu::cpu().isa >= cpu::Isa::avx512) {
        std::printf("float32 fused multiply-adds: %.0f GFLOP/s\n", ceiling::f32_products() / 1e9);
    }
    if (cpu::cpu().avx512_bf16) {
        products = ceiling::bf16_pairs();
        std::printf("dot products of bfloat16 pairs: %.0f GFLOP/s\n", products / 1e9);
    }
#endif
    for (Element element : {Element::bf16, Element::f32}) {
        struct Batch {
            int64_t sequences, length;
            bool scattered;
        };
        for (auto [sequences, length, scattered] : {Batch{1, 16384, false}, {1, 16384, true}, {16, 512, true}, {64, 512, true}}) {
            double bytes = 2.0 * sequences * length * shape.kv_heads * shape.head_dim * size_of(element);
            double time = attention(element, shape, sequences, 1, length, scattered);
            std::printf("%s decode %2ld x %5ld, blocks %s: %8.1f us, %5.1f GB/s, %3.0f %% of reading\n", name(element),
                static_cast<long>(sequences), static_cast<long>(length), scattered ? "anywhere" : "in order", time * 1e6,
                bytes / time / 1e9, 100 * bytes / time / bandwidth);
        }
        for (int64_t rows : {512, 4096}) {
            double flops = 4.0 * shape.heads * shape.head_dim * rows * (rows + 1) / 2;
            double time = attention(element, shape, 1, rows, rows);
            std::printf("%s prefill %5ld: %9.1f us, %5.0f GFLOP/s", name(element), static_cast<long>(rows), time * 1e6,
                flops / time / 1e9);
            if (products > 0 && element == Element::bf16) std::printf(", %.0f %% of the dot products", 100 * flops / time / products);
            std::printf("\n");
        }
    }
}
