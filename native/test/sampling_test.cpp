// Sampling against a full sort in float64. Run it once for each instruction set (PIGOU_CPU_ISA).
#include "../cpu/sampling.h"
#include "testing.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace {

using namespace pigou;
using namespace pigou::test;

struct Knobs {
    double temperature, top_p, min_p, uniform;
    int64_t top_k;
};

int64_t sample_one(const std::vector<float>& logits, const Knobs& knobs) {
    double four[] = {knobs.temperature, knobs.top_p, knobs.min_p, knobs.uniform};
    int64_t row = 0, id = -1;
    cpu::sample({logits.data(), &row, four, &knobs.top_k, 1, static_cast<int64_t>(logits.size()), &id});
    return id;
}

// The tokens in the order of the draw with their probabilities, 0 for those cut off.
class Reference {
public:
    Reference(const std::vector<float>& logits, const Knobs& knobs) : uniform_(knobs.uniform) {
        double largest = *std::max_element(logits.begin(), logits.end());
        double temperature = static_cast<float>(knobs.temperature);
        double total = 0;
        for (float logit : logits) {
            weights_.push_back(std::exp((logit - largest) / temperature));
            total += weights_.back();
        }
        for (double& weight : weights_) weight /= total;
        order_.resize(logits.size());
        std::iota(order_.begin(), order_.end(), 0);
        if (knobs.top_k == 0 && knobs.top_p >= 1 && knobs.min_p <= 0) return;
        std::stable_sort(order_.begin(), order_.end(), [&](int64_t a, int64_t b) { return logits[a] > logits[b]; });
        double best = weights_[order_[0]], kept = 0, before = 0;
        for (size_t rank = 0; rank < order_.size(); rank++) {
            double& weight = weights_[order_[rank]];
            bool ranked = knobs.top_k == 0 || rank < static_cast<size_t>(knobs.top_k);
            if (!ranked || weight < static_cast<float>(knobs.min_p) * best * (1 - 1e-9)) weight = 0;
            kept += weight;
        }
        for (int64_t id : order_) {
            double weight = weights_[id];
            if (before >= static_cast<float>(knobs.top_p) * kept) weights_[id] = 0;
            before += weight;
        }
    }

    // How far outside of `id`'s part of the line [0, 1] the uniform number is.
    double distance(int64_t id) const {
        double total = std::accumulate(weights_.begin(), weights_.end(), 0.0), before = 0;
        for (int64_t next : order_) {
            double after = before + weights_[next] / total;
            if (next == id) return std::max({0.0, before - uniform_, uniform_ - after});
            before = after;
        }
        return 1;
    }

    double weight(int64_t id) const { return weights_[id]; }

private:
    double uniform_;
    std::vector<double> weights_;
    std::vector<int64_t> order_;
};

std::vector<float> random_logits(int64_t vocab, float deviation, std::mt19937& random) {
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> logits(vocab);
    for (float& logit : logits) logit = normal(random);
    return logits;
}

// `slack`: what float32 may shift the end of a token's part by. A cut may also fall one token earlier or later.
void compare(const std::vector<float>& logits, const Knobs& knobs, unsigned seed) {
    int64_t id = sample_one(logits, knobs);
    bool inside = id >= 0 && id < static_cast<int64_t>(logits.size());
    Reference reference(logits, knobs);
    double distance = inside ? reference.distance(id) : 1;
    check(inside && distance < 2e-6,
        "seed %u, vocabulary %zu, temperature %g, top_p %g, min_p %g, top_k %ld, uniform %.9g: id %ld is off by %g", seed,
        logits.size(), knobs.temperature, knobs.top_p, knobs.min_p, static_cast<long>(knobs.top_k), knobs.uniform,
        static_cast<long>(id), distance);
}

double uniform(std::mt19937& random) { return std::uniform_real_distribution<double>(1e-9, 1 - 1e-9)(random); }

void against_float64() {
    for (unsigned seed = 1; seed <= 1500; seed++) {
        std::mt19937 random(seed);
        int64_t vocab = std::vector<int64_t>{1, 2, 17, 128, 129, 1000, 5000, 32000}[between(random, 0, seed % 10 == 0 ? 7 : 5)];
        float deviation = std::vector<float>{0.01f, 1, 3, 10}[between(random, 0, 3)];
        std::vector<float> logits = random_logits(vocab, deviation, random);
        double temperature = std::vector<double>{0.1, 0.7, 1, 2.5}[between(random, 0, 3)];
        double top_p = std::vector<double>{1, 0.1, 0.5, 0.9, 0.999}[between(random, 0, 4)];
        double min_p = std::vector<double>{0, 0, 0.01, 0.3, 1}[between(random, 0, 4)];
        int64_t top_k = std::vector<int64_t>{0, 0, 1, 5, 40, 1500, 100000}[between(random, 0, 6)];
        compare(logits, {temperature, top_p, min_p, uniform(random), top_k}, seed);
    }
}

// Where equal logits meet, and cuts fall among them, the lower id comes first.
void ties() {
    for (unsigned seed = 1; seed <= 300; seed++) {
        std::mt19937 random(seed);
        std::vector<float> logits(between(random, 2, 700));
        for (float& logit : logits) logit = static_cast<float>(between(random, 0, 3));
        compare(logits, {1, 1, 0, uniform(random), between(random, 1, 60)}, seed);
        compare(logits, {1, 1, 0.5, uniform(random), 0}, seed);
        compare(logits, {1, 0.7301, 0, uniform(random), 0}, seed);
    }
}

// The large vocabulary that the passes are made for, each draw among others in one call.
void large_vocabulary_in_one_call() {
    constexpr int64_t vocab = 151'936, draws = 24;
    std::mt19937 random(77);
    std::vector<float> logits = random_logits(3 * vocab, 2, random);
    std::vector<int64_t> rows, top_k, ids(draws, -1);
    std::vector<double> knobs;
    for (int64_t i = 0; i < draws; i++) {
        rows.push_back(i % 3);
        top_k.push_back(i % 4 == 1 ? 50 : i % 4 == 3 ? 2000 : 0);
        knobs.insert(knobs.end(), {i < 12 ? 0.8 : 1.3, i % 4 >= 2 ? 0.95 : 1.0, i % 5 == 0 ? 0.02 : 0.0, uniform(random)});
    }
    cpu::sample({logits.data(), rows.data(), knobs.data(), top_k.data(), draws, vocab, ids.data()});
    for (int64_t i = 0; i < draws; i++) {
        std::vector<float> own(logits.begin() + rows[i] * vocab, logits.begin() + (rows[i] + 1) * vocab);
        const double* knob = &knobs[4 * i];
        Reference reference(own, {knob[0], knob[1], knob[2], knob[3], top_k[i]});
        check(reference.distance(ids[i]) < 2e-6, "draw %ld: id %ld", static_cast<long>(i), static_cast<long>(ids[i]));
    }
}

// Frequencies of many draws, without a reference's order: a chi-squared test would pass a broken one less often than
// one time in a million.
void draws_follow_the_distribution() {
    std::mt19937 random(88);
    std::vector<float> logits = random_logits(20, 1.5f, random);
    for (Knobs knobs : {Knobs{0.9, 1, 0, 0, 0}, Knobs{0.9, 0.8, 0, 0, 0}, Knobs{0.9, 1, 0, 0, 7}}) {
        Reference reference(logits, knobs);
        std::vector<double> count(20);
        double total = 0;
        constexpr int draws = 20000;
        for (int i = 0; i < draws; i++) {
            knobs.uniform = uniform(random);
            count[sample_one(logits, knobs)]++;
        }
        for (int64_t id = 0; id < 20; id++) total += reference.weight(id);
        double chi_squared = 0;
        for (int64_t id = 0; id < 20; id++) {
            double expected = reference.weight(id) / total * draws;
            check(expected > 0 || count[id] == 0, "token %ld was cut off, but drawn", static_cast<long>(id));
            if (expected > 0) chi_squared += (count[id] - expected) * (count[id] - expected) / expected;
        }
        check(chi_squared < 70, "chi squared is %g", chi_squared);
    }
}

// Masked tokens are never drawn, the coldest temperature takes the best, and broken rows give some id.
void edges() {
    std::vector<float> masked(500, -infinity);
    masked[137] = 3;
    masked[401] = 3;
    for (Knobs knobs : {Knobs{1, 1, 0, 0, 0}, Knobs{1, 0.9, 0, 0, 0}, Knobs{1, 1, 0, 0, 50}, Knobs{1, 1, 0.1, 0, 0}}) {
        for (double u : {0.0, 0.4, 0.6, 1.0}) {
            knobs.uniform = u;
            int64_t id = sample_one(masked, knobs);
            check(id == (u < 0.5 ? 137 : 401), "top_p %g, uniform %g: %ld", knobs.top_p, u, static_cast<long>(id));
        }
    }
    std::mt19937 random(99);
    std::vector<float> logits = random_logits(1000, 1, random);
    int64_t best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    for (double temperature : {1e-6, 1e-38, 1e-60}) {
        for (Knobs knobs : {Knobs{temperature, 1, 0, 0.99, 0}, Knobs{temperature, 0.9, 0, 0.99, 0},
                 Knobs{temperature, 1, 0.5, 0.99, 20}}) {
            check(sample_one(logits, knobs) == best, "temperature %g", temperature);
        }
    }
    for (float bad : {not_a_number, infinity, -infinity}) {
        for (Knobs knobs : {Knobs{1, 1, 0, 0.5, 0}, Knobs{1, 0.9, 0, 0.5, 0}, Knobs{1, 1, 0, 0.5, 50}}) {
            for (bool all : {false, true}) {
                std::vector<float> broken = all ? std::vector<float>(1000, bad) : logits;
                broken[321] = bad;
                int64_t id = sample_one(broken, knobs);
                check(id >= 0 && id < 1000, "logits of %g gave %ld", bad, static_cast<long>(id));
            }
        }
    }
}

}  // namespace

int main() {
    against_float64();
    ties();
    large_vocabulary_in_one_call();
    draws_follow_the_distribution();
    edges();
    return report();
}
