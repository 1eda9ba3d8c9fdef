// Paged attention against float64. Run it once for each instruction set (PIGOU_CPU_ISA).
#include "../cpu/attention.h"
#include "../cpu/attention_tile.h"
#include "../cpu/dispatch.h"
#include "../cpu/kernels.h"
#include "paged_batch.h"

#include <cstring>
#include <string>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace {

using namespace pigou;
using namespace pigou::test;

void use_threads(int threads) {
#if defined(_OPENMP)
    omp_set_num_threads(threads);
#else
    (void)threads;
#endif
}

std::string describe(const Shape& s) {
    char text[160];
    std::snprintf(text, sizeof text, "%s, %ld heads over %ld of %ld, blocks of %ld, window %ld", name(s.element),
        static_cast<long>(s.heads), static_cast<long>(s.kv_heads), static_cast<long>(s.head_dim),
        static_cast<long>(s.block_size), static_cast<long>(s.window));
    return text;
}

void attend_and_compare(const Shape& shape, const std::vector<Chunk>& chunks, unsigned seed, float deviation = 1) {
    std::mt19937 random(seed);
    PagedBatch batch(shape, chunks, random, deviation);
    cpu::paged_attention(batch.call());
    double worst = batch.worst();
    check(worst <= 1, "%s, %zu sequences, seed %u: error is %g of what is allowed", describe(shape).c_str(),
        chunks.size(), seed, worst);
}

// Head sizes with and without tails, every type, blocks from one slot up, groups of one to all heads.
void shapes() {
    const std::vector<Chunk> mixed = {{1, 1}, {1, 70}, {5, 5}, {3, 131}, {40, 64}, {1, 257}, {17, 300}};
    unsigned seed = 1;
    for (Element element : elements) {
        for (int64_t head_dim : {1, 2, 7, 16, 33, 64, 80, 96, 128}) {
            for (int64_t block_size : {1, 16, 32}) {
                attend_and_compare({element, 6, 2, head_dim, block_size, 0}, mixed, seed++);
            }
        }
        for (int64_t kv_heads : {1, 2, 3, 4, 6, 12}) {
            attend_and_compare({element, 12, kv_heads, 24, 16, 0}, mixed, seed++);
        }
    }
}

void windows() {
    const std::vector<Chunk> mixed = {{1, 1}, {1, 70}, {5, 5}, {3, 131}, {200, 264}, {1, 257}, {150, 150}};
    unsigned seed = 1000;
    for (Element element : elements) {
        for (int64_t window : {1, 2, 31, 64, 100, 1000}) {
            attend_and_compare({element, 6, 2, 32, 16, window}, mixed, seed++);
        }
    }
}

// Long enough that slots are shared out among threads and joined.
void long_contexts() {
    unsigned seed = 2000;
    for (int threads : {1, 2, 3, 8}) {
        use_threads(threads);
        for (Element element : elements) {
            attend_and_compare({element, 6, 2, 64, 16, 0}, {{1, 4000}}, seed++);
            attend_and_compare({element, 4, 4, 48, 16, 0}, {{1, 3000}, {30, 2500}, {1, 5}}, seed++);
            attend_and_compare({element, 2, 2, 16, 16, 700}, {{400, 3000}, {1, 2000}}, seed++);
        }
    }
    use_threads(4);
}

// Scores that spread far: numerators of 0, maxima that keep rising.
void sharp_scores() {
    unsigned seed = 3000;
    for (Element element : elements) {
        for (float deviation : {0.0f, 10.0f}) {
            attend_and_compare({element, 4, 2, 64, 16, 0}, {{1, 500}, {90, 200}}, seed++, deviation);
        }
    }
}

void random_batches() {
    for (unsigned seed = 4000; seed < 4060; seed++) {
        std::mt19937 random(seed);
        use_threads(static_cast<int>(between(random, 1, 5)));
        int64_t kv_heads = between(random, 1, 4);
        Shape shape = {elements[between(random, 0, 2)], kv_heads * between(random, 1, 9), kv_heads,
            between(random, 1, 100), std::vector<int64_t>{1, 16, 32}[between(random, 0, 2)],
            between(random, 0, 1) * between(random, 1, 200)};
        std::vector<Chunk> chunks;
        for (int64_t left = between(random, 1, 12); left > 0; left--) {
            int64_t rows = between(random, 0, 1) != 0 ? 1 : between(random, 1, 120);
            chunks.push_back({rows, rows + between(random, 0, 1) * between(random, 0, 600)});
        }
        attend_and_compare(shape, chunks, seed);
    }
    use_threads(4);
}

// A sequence whose numbers overflowed says so, and leaves its neighbours alone.
void broken_sequence_stays_alone() {
    for (Element element : elements) {
        std::mt19937 random(5000);
        std::vector<Chunk> chunks = {{4, 40}, {1, 90}, {4, 40}};
        PagedBatch whole({element, 4, 2, 32, 16, 0}, chunks, random);
        cpu::paged_attention(whole.call());
        std::vector<float> before;
        for (int64_t i = 0; i < whole.out().count(); i++) before.push_back(whole.out()[i]);
        whole.keys().set(whole.at(1, 50) + 3, not_a_number);
        for (int64_t j = 0; j < 128; j++) whole.q().set(8 * 128 + j, infinity);
        cpu::paged_attention(whole.call());
        for (int64_t i = 0; i < whole.out().count(); i++) {
            int64_t row = i / 128, head = i % 128 / 32;
            bool broken = (row == 4 && head < 2) || row == 8;
            float now = whole.out()[i];
            check(broken ? std::isnan(now) : now == before[i], "%s, row %ld head %ld: %g, was %g", name(element),
                static_cast<long>(row), static_cast<long>(head), now, before[i]);
        }
    }
}

// Every instruction set this processor has, also those that the ops would pass over for a better one.
void every_instruction_set() {
    std::vector<const cpu::Kernels*> sets = {&cpu::scalar_kernels};
#if defined(__x86_64__)
    if (cpu::cpu().isa >= cpu::Isa::avx2) sets.push_back(&cpu::avx2_kernels);
    if (cpu::cpu().isa >= cpu::Isa::avx512) sets.push_back(&cpu::avx512_kernels);
    if (cpu::cpu().avx512_bf16) sets.push_back(&cpu::avx512_bf16_kernels);
#endif
    for (size_t set = 0; set < sets.size(); set++) {
        for (Element element : elements) {
            for (int64_t head_dim : {5, 64, 72}) {
                std::mt19937 random(6000);
                PagedBatch batch({element, 6, 2, head_dim, 16, 50}, {{33, 200}}, random);
                cpu::Attention call = batch.call();
                cpu::AttentionTile tile = {0, 33, 167, 0, 2, call.tables, 118, 200};
                int64_t half = cpu::state_floats(call, tile);
                std::vector<float> states(2 * half, not_a_number), scratch(cpu::scratch_floats(call, tile), not_a_number);
                const cpu::RowKernels& kernel = sets[set]->rows[static_cast<int>(element)];
                cpu::AttentionTile lower = tile, upper = tile;
                lower.to = upper.from = 182;
                kernel.attend(call, lower, states.data(), scratch.data());
                kernel.attend(call, upper, states.data() + half, scratch.data());
                kernel.finish(call, tile, states.data(), 2);
                double worst = batch.worst();
                check(worst <= 1, "instruction set %zu, %s, head size %ld: error is %g of what is allowed", set,
                    name(element), static_cast<long>(head_dim), worst);
            }
        }
    }
}

}  // namespace

int main() {
    use_threads(4);
    shapes();
    windows();
    long_contexts();
    sharp_scores();
    random_batches();
    broken_sequence_stays_alone();
    every_instruction_set();
    return report();
}
