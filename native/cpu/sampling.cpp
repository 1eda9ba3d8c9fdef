// Three passes, each shared out among all threads: the maximum of every block of logits, the weight of every block where
// it is needed, and the draws.
#include "sampling.h"

#include "kernels.h"
#include "work_sharing.h"
#include "sampling_row.h"
#include "scratch.h"

#include <algorithm>
#include <limits>

namespace pigou::cpu {
namespace {

// Blocks that a thread takes at a time, in the first two passes.
constexpr int64_t stretch = 32;

Cuts cuts_of(const Sampling& call, int64_t i) {
    // As float32, as the probabilities are.
    return {call.top_k[i], static_cast<float>(call.knobs[4 * i + 1]), static_cast<float>(call.knobs[4 * i + 2])};
}

// The passes over blocks, and what they find. Kept between calls by the calling thread.
class Passes {
public:
    void run(const Sampling& call) {
        const LogitKernels& kernel = kernels().logits;
        int64_t blocks = logit_blocks(call.vocab);
        rows = rows_.reserve(call.count);
        float* maxima = maxima_.reserve(call.count * blocks);
        double* sums = sums_.reserve(call.count * blocks);
        each_block(call, [&](int64_t i, int64_t block, const float* logits, int64_t count) {
            maxima[i * blocks + block] = kernel.largest(logits + call.rows[i] * call.vocab, count);
        });
        for (int64_t i = 0; i < call.count; i++) {
            float temperature = static_cast<float>(call.knobs[4 * i]);
            // The coldest temperatures have no finite rate; one as large as can be leaves only the largest logit.
            float rate = std::min(1.44269504f / temperature, std::numeric_limits<float>::max());
            rows[i] = {call.logits + call.rows[i] * call.vocab, call.vocab,
                *std::max_element(maxima + i * blocks, maxima + (i + 1) * blocks), rate, maxima + i * blocks,
                sums + i * blocks};
        }
        each_block(call, [&](int64_t i, int64_t block, const float*, int64_t count) {
            if (!cuts_of(call, i).needs_sums()) return;
            sums[i * blocks + block] = kernel.sum_weights(
                rows[i].logits + block * logit_block, count, rows[i].largest, rows[i].rate);
        });
    }

    LogitRow* rows;  // [count]

private:
    // visit(draw, block, ...)
    template <class Visit>
    static void each_block(const Sampling& call, const Visit& visit) {
        int64_t blocks = logit_blocks(call.vocab);
        int64_t stretches = (blocks + stretch - 1) / stretch;
        parallel_rows(call.count * stretches, 4, [&](int64_t piece) {
            int64_t i = piece / stretches;
            int64_t first = piece % stretches * stretch;
            for (int64_t block = first; block < std::min(first + stretch, blocks); block++) {
                int64_t count = std::min(logit_block, call.vocab - block * logit_block);
                visit(i, block, call.logits + block * logit_block, count);
            }
        });
    }

    Scratch<LogitRow> rows_;
    Scratch<float> maxima_;
    Scratch<double> sums_;
};

}  // namespace

void sample(const Sampling& call) {
    static thread_local Passes own_passes;
    Passes& passes = own_passes;
    passes.run(call);
    parallel_pieces(call.count, [&](int64_t i) {
        Cuts cuts = cuts_of(call, i);
        double uniform = call.knobs[4 * i + 3];
        call.ids[i] = cuts.none() ? draw(passes.rows[i], uniform) : draw_cut(passes.rows[i], cuts, uniform);
    });
}

}  // namespace pigou::cpu
