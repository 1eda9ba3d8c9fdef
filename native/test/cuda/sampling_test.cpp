// Sampling on the emulated device against a sort in float64.
#include "expect.h"

#include <algorithm>
#include <numeric>

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(5);

// The token that the contract asks for; `slack`: how close the draw was to another one, as a share of the mass.
static int64_t reference(const float* logits, int64_t vocab, const double* knobs, int64_t top_k, double* slack) {
    std::vector<double> p(vocab);
    const double largest = *std::max_element(logits, logits + vocab);
    double total = 0;
    for (int64_t i = 0; i < vocab; i++) {
        total += p[i] = std::exp((logits[i] - largest) / knobs[0]);
    }
    std::vector<int64_t> order(vocab);
    std::iota(order.begin(), order.end(), 0);
    const bool cut = top_k > 0 || knobs[1] < 1 || knobs[2] > 0;
    int64_t kept = vocab;
    *slack = 1;
    if (cut) {
        std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return logits[a] > logits[b]; });
        if (top_k > 0) {
            kept = std::min(kept, top_k);
        }
        while (kept > 1 && p[order[kept - 1]] < knobs[2]) {
            kept--;
        }
        total = 0;
        for (int64_t i = 0; i < kept; i++) {
            total += p[order[i]];
        }
        double before = 0;
        int64_t nucleus = 0;
        while (nucleus < kept && before < knobs[1] * total) {
            before += p[order[nucleus++]];
            *slack = std::min(*slack, std::abs(before - knobs[1] * total) / total);
        }
        if (knobs[1] < 1) {
            kept = nucleus;
            total = before;
        }
    }
    double before = 0;
    for (int64_t i = 0; i < kept; i++) {
        *slack = std::min(*slack, std::abs(before + p[order[i]] - knobs[3] * total) / total);
        if (before + p[order[i]] > knobs[3] * total) {
            return order[i];
        }
        before += p[order[i]];
    }
    return order[kept - 1];
}

static void draws(int64_t vocab, double spread, bool ties) {
    const int64_t rows = 3, count = 16;
    std::vector<float> logits(rows * vocab);
    std::normal_distribution<double> normal(0, spread);
    for (float& x : logits) {
        x = static_cast<float>(ties ? std::round(normal(random_source)) : normal(random_source));
    }
    std::vector<int64_t> at(count), top_k(count), ids(count, -7);
    std::vector<double> knobs(4 * count);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int64_t i = 0; i < count; i++) {
        at[i] = i % rows;
        const double temperatures[] = {1, 0.3, 2.5};
        knobs[4 * i] = temperatures[i % 3];
        knobs[4 * i + 1] = i & 4 ? uniform(random_source) : 1;
        knobs[4 * i + 2] = i & 8 ? uniform(random_source) * 0.1 : 0;
        knobs[4 * i + 3] = uniform(random_source);
        top_k[i] = i & 2 ? 1 + static_cast<int64_t>(uniform(random_source) * std::min<int64_t>(vocab, 60)) : 0;
    }
    sample({logits.data(), at.data(), knobs.data(), top_k.data(), ids.data(), count, rows, vocab}, nullptr);
    for (int64_t i = 0; i < count; i++) {
        double slack;
        const float* row = logits.data() + at[i] * vocab;
        const int64_t wanted = reference(row, vocab, &knobs[4 * i], top_k[i], &slack);
        expect(ids[i] == wanted || slack < 2e-6 * std::sqrt(vocab),
            "sample: draw " + std::to_string(i) + " of vocabulary " + std::to_string(vocab) + " is " + std::to_string(ids[i])
                + ", not " + std::to_string(wanted) + "; slack " + std::to_string(slack));
        expect(ids[i] >= 0 && ids[i] < vocab, "sample: an id outside of the vocabulary");
    }
}

static int64_t one(std::vector<float> logits, double temperature, double top_p, double min_p, int64_t k, double uniform, int64_t row = 0) {
    const double knobs[] = {temperature, top_p, min_p, uniform};
    int64_t id = -7;
    const auto vocab = static_cast<int64_t>(logits.size());
    sample({logits.data(), &row, knobs, &k, &id, 1, 1, vocab}, nullptr);
    return id;
}

int main() {
    int schedule = 0;
    for (int64_t vocab : {1, 2, 33, 1024, 5000}) {
        use_schedule(schedule++);
        draws(vocab, 3, false);
        draws(vocab, 2, true);
    }
    const std::vector<float> four = {0, 0, 0, 0};
    for (int64_t i = 0; i < 4; i++) {
        expect(one(four, 1, 1, 0, 0, i / 4. + 0.1) == i, "plain draws go through the vocabulary");
        expect(one(four, 1, 0.99, 0, 0, i / 4. + 0.1) == i, "ties are drawn in order of index");
        expect(one(four, 1, 1, 0, 2, i / 4. + 0.1) == i / 2, "ties are cut in order of index");
    }
    expect(one({1, 5, 2}, 1, 1, 0, 1, 0.9) == 1, "top_k 1 is the likeliest");
    expect(one({1, 5, 2}, 1, 1e-9, 0, 0, 1.0) == 1, "a tiny top_p is the likeliest");
    expect(one({1, 5, 2}, 1e-9, 1, 0, 0, 0.5) == 1, "a tiny temperature is the likeliest");
    expect(one({1, 5, 2}, 1, 1, 0, 0, 1.0) == 2, "a uniform number of 1 is the last");
    expect(one({1, 5, 2}, 1, 1, 0, 0, 0.0) == 0, "a uniform number of 0 is the first");
    expect(one({-INFINITY, 5, NAN}, 1, 1, 0, 0, 0.999) == 1, "what has no weight is not drawn");
    expect(one({NAN, NAN}, 1, 0.5, 0, 0, 0.5) == -1, "no finite logit, no id");
    expect(one({INFINITY, 1}, 1, 1, 0, 0, 0.5) == -1, "an infinite logit, no id");
    expect(one({1, 2}, 1, 1, 0, 0, 0.5, 1) == -1 && one({1, 2}, 1, 1, 0, 0, 0.5, -1) == -1, "a row that is not there");
    std::puts("sampling: ok");
}
