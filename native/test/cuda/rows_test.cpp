// Norms, activation, biases, rotary embedding and the likeliest token, run on the emulated device against float64.
#include "expect.h"

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(7);

static void norms(Element element, int64_t rows, int64_t size, int schedule) {
    use_schedule(schedule);
    const Values x = Values::random(element, rows * size, random_source);
    const Values weight = Values::random(element, size, random_source);
    const std::string what = std::string("rms_norm ") + name_of(element) + " of " + std::to_string(size);
    Values out(element, rows * size);
    rms_norm(x.data(), weight.data(), out.data(), rows, size, 1e-5f, element, nullptr);
    std::vector<double> wanted(rows * size);
    for (int64_t r = 0; r < rows; r++) {
        double sum = 0;
        for (int64_t i = 0; i < size; i++) {
            sum += x.get(r * size + i) * x.get(r * size + i);
        }
        for (int64_t i = 0; i < size; i++) {
            wanted[r * size + i] = x.get(r * size + i) / std::sqrt(sum / size + 1e-5) * weight.get(i);
        }
    }
    expect_close(out, wanted, tolerance(element), what);
}

static void biases(Element element, int64_t rows, int64_t size) {
    const Values y = Values::random(element, rows * size, random_source);
    const Values bias = Values::random(element, size, random_source);
    Values rounded(element, rows * size);
    std::vector<double> wanted(rows * size);
    for (int64_t i = 0; i < rows * size; i++) {
        rounded.set(i, y.get(i) + bias.get(i % size));
        wanted[i] = rounded.get(i);
    }
    add_bias(y.data(), bias.data(), rows, size, element, nullptr);
    expect_close(y, wanted, 0, std::string("add_bias ") + name_of(element));
}

// Rows of numbers, of ties, and of what is not finite.
static void likeliest(int64_t vocab, int schedule) {
    use_schedule(schedule);
    constexpr int64_t rows = 6;
    Values logits = Values::random(Element::f32, rows * vocab, random_source);
    std::vector<int64_t> wanted(rows), ids(rows, -2);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 1; i < vocab; i++) {
            wanted[r] = logits.get(r * vocab + i) > logits.get(r * vocab + wanted[r]) ? i : wanted[r];
        }
    }
    const auto set = [&](int64_t row, int64_t token, double value) { logits.set(row * vocab + token, value); };
    if (vocab > 1) {
        for (int64_t i = 0; i < vocab; i++) {
            set(1, i, -3e38);  // a tie of all
        }
        set(2, vocab / 2, 1e30);
        set(2, vocab - 1, 1e30);  // the first of two
        wanted[1] = 0;
        wanted[2] = vocab / 2;
    }
    set(3, vocab - 1, NAN);
    set(4, 0, INFINITY);
    set(5, vocab / 2, -INFINITY);
    wanted[3] = wanted[4] = wanted[5] = -1;
    greedy(static_cast<const float*>(logits.data()), ids.data(), rows, vocab, nullptr);
    expect(ids == wanted, "greedy of " + std::to_string(vocab));
}

static void activation(Element element, int64_t rows, int64_t half) {
    const Values gate_up = Values::random(element, rows * 2 * half, random_source, 4);
    Values out(element, rows * half);
    silu_mul(gate_up.data(), out.data(), rows, half, element, nullptr);
    std::vector<double> wanted(rows * half);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 0; i < half; i++) {
            const double gate = gate_up.get(2 * r * half + i);
            wanted[r * half + i] = gate / (1 + std::exp(-gate)) * gate_up.get((2 * r + 1) * half + i);
        }
    }
    expect_close(out, wanted, tolerance(element), std::string("silu_mul ") + name_of(element));
}

static void rotation(Element element, int64_t heads, int64_t kv, int64_t d, bool norms) {
    const int64_t rows = 5, positions = 40, pool = 33, all = heads + 2 * kv;
    Values qkv = Values::random(element, rows * all * d, random_source);
    const Values q_norm = Values::random(element, d, random_source), k_norm = Values::random(element, d, random_source);
    const Values cos = Values::random(Element::f32, positions * d / 2, random_source);
    const Values sin = Values::random(Element::f32, positions * d / 2, random_source);
    Values keys(element, pool * kv * d), values(element, pool * kv * d), q(element, rows * heads * d);
    const std::vector<int64_t> at = {3, 0, 39, 40, 7}, slots = {32, 5, 0, 1, 33};  // rows 3 and 4 lead nowhere
    qkv.set((heads + kv) * d, INFINITY);      // v of row 0
    qkv.set((heads + kv) * d + 1, NAN);
    Rotation r{qkv.data(), static_cast<float*>(cos.data()), static_cast<float*>(sin.data()), at.data(),
        norms ? q_norm.data() : nullptr, norms ? k_norm.data() : nullptr, slots.data(), keys.data(), values.data(),
        q.data(), rows, heads, kv, d, positions, pool, 1e-6f};
    rotate_and_store(r, element, nullptr);

    const std::string what = std::string("rotate_and_store ") + name_of(element) + " d " + std::to_string(d);
    const double most = 3 * tolerance(element);
    const auto turned = [&](int64_t row, int64_t head, int64_t j, const Values& norm) {
        const int64_t from = (row * all + head) * d, half = d / 2;
        double sum = 0;
        for (int64_t i = 0; i < d; i++) {
            sum += qkv.get(from + i) * qkv.get(from + i);
        }
        const auto element_at = [&](int64_t i) {
            return qkv.get(from + i) * (norms ? norm.get(i) / std::sqrt(sum / d + 1e-6) : 1);
        };
        const double c = cos.get(at[row] * half + j % half), s = sin.get(at[row] * half + j % half);
        return j < half ? element_at(j) * c - element_at(j + half) * s : element_at(j) * c + element_at(j - half) * s;
    };
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t head = 0; head < heads; head++) {
            for (int64_t j = 0; j < d; j++) {
                const double got = q.get((row * heads + head) * d + j);
                expect(row < 3 ? std::abs(got - turned(row, head, j, q_norm)) <= most * 8 : std::isnan(got), what + ": q");
            }
        }
    }
    for (int64_t slot = 0; slot < pool; slot++) {
        const int64_t row = slot == 32 ? 0 : slot == 5 ? 1 : slot == 0 ? 2 : -1;
        for (int64_t i = 0; i < kv * d; i++) {
            const double k = keys.get(slot * kv * d + i), v = values.get(slot * kv * d + i);
            if (row < 0) {
                expect(std::isnan(k) && std::isnan(v), what + ": another slot was written");
                continue;
            }
            const double wanted = qkv.get((row * all + heads + kv) * d + i);
            expect(std::abs(k - turned(row, heads + i / d, i % d, k_norm)) <= most * 8, what + ": k");
            expect(std::isfinite(v) && (!std::isfinite(wanted) || v == wanted), what + ": v");
            expect(!std::isinf(wanted) || v > 6e4, what + ": infinity becomes the largest number");
            expect(!std::isnan(wanted) || v == 0, what + ": NaN becomes 0");
        }
    }
}

int main() {
    for (Element element : all_elements) {
        int schedule = 0;
        for (int64_t size : {1, 7, 64, 100, 576, 2048, 4097, 8200}) {
            norms(element, 3, size, schedule++);
        }
        for (int64_t half : {1, 12, 64, 2056}) {
            activation(element, 3, half);
            biases(element, 3, half);
        }
        for (int64_t d : {2, 6, 64, 96, 128, 256}) {
            rotation(element, 6, 2, d, false);
            rotation(element, 7, 1, d, true);
        }
    }
    int schedule = 0;
    for (int64_t vocab : {1, 31, 1000, 1024, 5000}) {
        likeliest(vocab, schedule++);
    }
    std::puts("norms, activation, biases, rotary, greedy: ok");
}
