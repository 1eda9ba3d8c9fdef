// What one token takes beside a plain read of the weights: the layers of the preset `mid` in bfloat16 and its head, one after
// another as the plugin calls them. The two take turns, so that a change of the machine's pace meets both. Prints medians.
//
//   decode_speed [sequences]      default: 1, after 304 tokens of context
#include "../cpu/activation.h"
#include "../cpu/attention.h"
#include "../cpu/linear.h"
#include "../cpu/norm.h"
#include "../cpu/parallel.h"
#include "../cpu/rotary.h"
#include "ceilings.h"
#include "testing.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace {

using namespace pigou;
using namespace pigou::test;

constexpr int repeats = 101;
constexpr Element bf16 = Element::bf16;
constexpr int64_t layers = 12, hidden = 768, heads = 12, kv_heads = 4, head_dim = 64, half = 2048, vocab = 32000;
constexpr int64_t qkv_out = (heads + 2 * kv_heads) * head_dim;
constexpr int64_t block_size = 16, context = 19 * block_size;

using Bytes = decltype(ceiling::huge_pages(0));

struct Weight {
    int64_t size;
    Bytes packed;

    Weight(int64_t out, int64_t in, std::mt19937& random)
        : size(cpu::packed_linear_bytes(out, in, bf16, cpu::Format::dense)), packed(ceiling::huge_pages(size)) {
        const Array weight = Array::normal(bf16, out * in, random, 0.02f);
        cpu::pack_linear(weight.data(), bf16, out, in, cpu::Format::dense, packed.get());
    }
};

struct Layer {
    Weight qkv, output, gate_up, down;
    Array keys, values;

    Layer(int64_t slots, std::mt19937& random)
        : qkv(qkv_out, hidden, random), output(hidden, heads * head_dim, random), gate_up(2 * half, hidden, random),
          down(hidden, half, random), keys(Array::normal(bf16, slots * kv_heads * head_dim, random)), values(keys) {}
};

class Decoder {
public:
    explicit Decoder(int64_t rows)
        : rows_(rows), random_(1), x_(numbers(hidden)), norm_(Array::normal(bf16, hidden, random_)), normed_(x_), delta_(x_),
          attended_(x_), qkv_(numbers(qkv_out)), q_(x_), gate_up_(numbers(2 * half)), gated_(numbers(half)),
          logits_(numbers(vocab)), head_(vocab, hidden, random_), cos_(context * head_dim / 2, 0.6f),
          sin_(cos_.size(), 0.8f), positions_(rows, context - 1) {
        for (int64_t i = 0; i < layers; i++) layers_.emplace_back(rows * context, random_);
        for (int64_t row = 0; row < rows; row++) {
            slots_.push_back((row + 1) * context - 1);
            sequences_.insert(sequences_.end(), {row, 1, row * context / block_size, context});
        }
        for (int64_t block = 0; block < rows * context / block_size; block++) tables_.push_back(block);
    }

    void step() {
        const Array start = x_;
        for (Layer& layer : layers_) {
            cpu::together([&] { attend(layer); });
            cpu::together([&] { finish(layer); });
        }
        multiply(x_, hidden, head_, logits_);
        x_ = start;
    }

    void read() const {
        cpu::parallel(cpu::max_threads(), [&](const cpu::Team& team) {
            each_weight([&](const Weight& weight) {
                const cpu::Range lines = team.share(weight.size / 4096);
                ceiling::sink = ceiling::sum(weight.packed.get() + lines.begin * 4096,
                    weight.packed.get() + lines.end * 4096, 4096);
            });
        });
    }

    int64_t bytes() const {
        int64_t sum = 0;
        each_weight([&](const Weight& weight) { sum += weight.size; });
        return sum;
    }

private:
    Array numbers(int64_t width) { return Array::normal(bf16, rows_ * width, random_); }

    template <class Visit>
    void each_weight(const Visit& visit) const {
        for (const Layer& layer : layers_) {
            for (const Weight* weight : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down}) visit(*weight);
        }
        visit(head_);
    }

    void multiply(Array& x, int64_t in, const Weight& weight, Array& y) {
        cpu::linear(x.data(), bf16, rows_, in, weight.packed.get(), nullptr, y.data());
    }

    void attend(Layer& layer) {
        cpu::rms_norm(bf16, x_.data(), norm_.data(), 1e-5f, normed_.data(), rows_, hidden);
        multiply(normed_, hidden, layer.qkv, qkv_);
        cpu::rotate_and_store({.element = bf16, .qkv = qkv_.data(), .cos = cos_.data(), .sin = sin_.data(),
            .positions = positions_.data(), .q_norm = nullptr, .k_norm = nullptr, .eps = 1e-5f, .slots = slots_.data(),
            .rows = rows_, .heads = heads, .kv_heads = kv_heads, .head_dim = head_dim, .keys = layer.keys.data(),
            .values = layer.values.data(), .q = q_.data()});
        cpu::paged_attention({bf16, q_.data(), layer.keys.data(), layer.values.data(), tables_.data(), sequences_.data(),
            rows_, heads, kv_heads, head_dim, block_size, 0, attended_.data()});
    }

    void finish(Layer& layer) {
        multiply(attended_, hidden, layer.output, delta_);
        cpu::add_rms_norm(bf16, x_.data(), delta_.data(), norm_.data(), 1e-5f, normed_.data(), rows_, hidden);
        multiply(normed_, hidden, layer.gate_up, gate_up_);
        cpu::silu_mul(bf16, gate_up_.data(), gated_.data(), rows_, half);
        multiply(gated_, half, layer.down, delta_);
        cpu::add(bf16, x_.data(), delta_.data(), rows_, hidden);
    }

    int64_t rows_;
    std::mt19937 random_;
    Array x_, norm_, normed_, delta_, attended_, qkv_, q_, gate_up_, gated_, logits_;
    Weight head_;
    std::vector<float> cos_, sin_;
    std::vector<int64_t> positions_, slots_, tables_, sequences_;
    std::vector<Layer> layers_;
};

}  // namespace

int main(int argc, char** argv) {
    Decoder decoder(argc > 1 ? std::atol(argv[1]) : 1);
    std::vector<double> steps, reads;
    for (int i = 0; i < repeats; i++) {
        steps.push_back(median_seconds(1, [&] { decoder.step(); }));
        reads.push_back(median_seconds(1, [&] { decoder.read(); }));
    }
    for (auto* seconds : {&steps, &reads}) {
        std::sort(seconds->begin(), seconds->end());
        const double median = (*seconds)[repeats / 2];
        std::printf("%s %.2f ms, %.1f GB/s of weights\n", seconds == &steps ? "a step      " : "a plain read",
            median * 1e3, static_cast<double>(decoder.bytes()) / median / 1e9);
    }
    return 0;
}
