// Drawing without sorting the vocabulary. A cut row's candidates are the tokens above a threshold that is known to let
// all kept ones through: the k-th largest of the blocks' maxima is at most the k-th largest logit.
#include "sampling_row.h"

#include "kernels.h"
#include "scratch.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

namespace pigou::cpu {
namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

struct Candidate {
    float weight;
    int32_t id;
};

bool likelier(const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
}

using Candidates = std::span<Candidate>;

double mass(Candidates candidates) {
    double sum = 0;
    for (const Candidate& candidate : candidates) sum += candidate.weight;
    return sum;
}

// The k-th largest of the blocks' maxima, 1 <= k; -infinity where there are fewer blocks.
float kth_maximum(const LogitRow& row, int64_t k) {
    static thread_local Scratch<float> own;
    int64_t blocks = logit_blocks(row.vocab);
    if (k > blocks) return minus_infinity;
    float* maxima = own.reserve(blocks);
    std::copy_n(row.maxima, blocks, maxima);
    std::nth_element(maxima, maxima + k - 1, maxima + blocks, std::greater<>());
    return maxima[k - 1];
}

// The tokens whose logit is at least `threshold`, in vocabulary order. They live until the thread's next call.
Candidates at_least(const LogitRow& row, float threshold) {
    static thread_local Scratch<Candidate> own;
    Candidate* found = own.reserve(row.vocab);
    int64_t count = 0;
    for (int64_t block = 0; block < logit_blocks(row.vocab); block++) {
        if (!(row.maxima[block] >= threshold)) continue;
        int64_t first = block * logit_block;
        int64_t length = std::min(logit_block, row.vocab - first);
        float weights[logit_block];
        kernels().logits.weigh(row.logits + first, length, row.largest, row.rate, weights);
        for (int64_t i = 0; i < length; i++) {
            found[count] = {weights[i], static_cast<int32_t>(first + i)};
            // A weight that is NaN would have no place in the order.
            count += row.logits[first + i] >= threshold && weights[i] >= 0;
        }
    }
    return {found, static_cast<size_t>(count)};
}

// Brings the first `k` in order of likelihood, in any order among themselves, and drops the others.
Candidates likeliest(Candidates candidates, int64_t k) {
    if (static_cast<size_t>(k) >= candidates.size()) return candidates;
    std::nth_element(candidates.begin(), candidates.begin() + k, candidates.end(), likelier);
    return candidates.first(k);
}

// Index of the candidate at which the weight cumulated in order of likelihood exceeds `mark`; the last one if none does.
// Afterwards the candidates up to that index are the likeliest. A quickselect by mass: only what holds the mark is
// looked at again, so that in the mean each candidate is passed a few times.
size_t cross(Candidates candidates, double mark) {
    constexpr size_t few = 48;
    auto begin = candidates.begin(), first = begin, last = candidates.end();
    double before = 0;
    while (static_cast<size_t>(last - first) > few) {
        auto middle = first + (last - first) / 2;
        auto pivot = std::max(std::min(*first, *middle, likelier),
            std::min(std::max(*first, *middle, likelier), *(last - 1), likelier), likelier);
        // At least one candidate lies on each side: the pivot is the median of three different ones.
        auto split = std::partition(first, last, [&](const Candidate& c) { return likelier(c, pivot); });
        double ahead = mass({first, split});
        if (before + ahead > mark) {
            last = split;
        } else {
            before += ahead;
            first = split;
        }
    }
    std::sort(first, last, likelier);
    for (; first != last; first++) {
        before += first->weight;
        if (before > mark) return first - begin;
    }
    return last - begin - 1;
}

// The likeliest candidates, as many as top_p needs: those before which less than top_p of `total` is cumulated.
Candidates nucleus(Candidates candidates, float top_p, double total) {
    double mark = static_cast<double>(top_p) * total;
    return candidates.first(cross(candidates, std::nextafter(mark, 0.0)) + 1);
}

// The nucleus of the whole vocabulary. Most often some hundred tokens hold it.
Candidates whole_nucleus(const LogitRow& row, float top_p) {
    double total = 0;
    for (int64_t block = 0; block < logit_blocks(row.vocab); block++) total += row.sums[block];
    for (int64_t guess = 64;; guess *= 8) {
        float threshold = kth_maximum(row, guess);
        Candidates candidates = at_least(row, threshold);
        if (threshold == minus_infinity || mass(candidates) >= static_cast<double>(top_p) * total) {
            return nucleus(candidates, top_p, total);
        }
    }
}

// What is left after top_k and min_p; at least one of them is on.
Candidates ranked(const LogitRow& row, const Cuts& cuts) {
    float threshold = cuts.top_k > 0 ? kth_maximum(row, cuts.top_k) : minus_infinity;
    if (cuts.min_p > 0) {
        // Where the weight is min_p, less what rounding could hide. The weights decide.
        float distance = (std::log2(cuts.min_p) - 1e-3f) / row.rate;
        threshold = std::max(threshold, row.largest + distance - 1e-6f * std::abs(row.largest));
    }
    Candidates candidates = at_least(row, threshold);
    if (cuts.top_k > 0) candidates = likeliest(candidates, cuts.top_k);
    auto kept = std::partition(
        candidates.begin(), candidates.end(), [&](const Candidate& c) { return c.weight >= cuts.min_p && c.weight > 0; });
    return {candidates.begin(), kept};
}

}  // namespace

int64_t draw(const LogitRow& row, double uniform) {
    int64_t blocks = logit_blocks(row.vocab);
    double total = 0;
    for (int64_t block = 0; block < blocks; block++) total += row.sums[block];
    double mark = total * uniform;
    double before = 0;
    int64_t id = row.vocab - 1;
    for (int64_t block = 0; block < blocks; block++) {
        if (!(before + row.sums[block] > mark) && block + 1 < blocks) {
            before += row.sums[block];
            continue;
        }
        int64_t first = block * logit_block;
        int64_t length = std::min(logit_block, row.vocab - first);
        float weights[logit_block];
        kernels().logits.weigh(row.logits + first, length, row.largest, row.rate, weights);
        for (int64_t i = 0; i < length; i++) {
            before += weights[i];
            if (weights[i] > 0) id = first + i;
            if (before > mark) return id;
        }
        return id;
    }
    return id;
}

int64_t draw_cut(const LogitRow& row, const Cuts& cuts, double uniform) {
    Candidates chosen;
    if (cuts.needs_sums()) {
        chosen = whole_nucleus(row, cuts.top_p);
    } else {
        chosen = ranked(row, cuts);
        if (cuts.top_p < 1) chosen = nucleus(chosen, cuts.top_p, mass(chosen));
    }
    // Nothing is kept of a row whose weights are NaN.
    return chosen.empty() ? row.vocab - 1 : chosen[cross(chosen, mass(chosen) * uniform)].id;
}

}  // namespace pigou::cpu
