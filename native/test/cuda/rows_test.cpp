// Norms, activation and rotary embedding, run on the emulated device against float64.
#include "expect.h"

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(7);

static void norms(Element element, int64_t rows, int64_t size, int schedule) {
    use_schedule(schedule);
    const Values x = Values::random(element, rows * size, random_source);
    const Values delta = Values::random(element, rows * size, random_source);
    const Values weight = Values::random(element, size, random_source);
    const std::string what = std::string("rms_norm ") + name_of(element) + " of " + std::to_string(size);
    Values out(element, rows * size), again(element, rows * size);
    rms_norm(x.data(), weight.data(), out.data(), rows, size, 1e-5f, element, nullptr);
    const auto reference = [&](const Values& from) {
        std::vector<double> wanted(rows * size);
        for (int64_t r = 0; r < rows; r++) {
            double sum = 0;
            for (int64_t i = 0; i < size; i++) {
                sum += from.get(r * size + i) * from.get(r * size + i);
            }
            for (int64_t i = 0; i < size; i++) {
                wanted[r * size + i] = from.get(r * size + i) / std::sqrt(sum / size + 1e-5) * weight.get(i);
            }
        }
        return wanted;
    };
    expect_close(out, reference(x), tolerance(element), what);

    Values sum(element, rows * size), residual(element, rows * size);
    std::vector<double> added(rows * size);
    for (int64_t i = 0; i < rows * size; i++) {
        residual.set(i, x.get(i));
        sum.set(i, x.get(i) + delta.get(i));
        added[i] = sum.get(i);
    }
    add_rms_norm(residual.data(), delta.data(), weight.data(), again.data(), rows, size, 1e-5f, element, nullptr);
    expect_close(residual, added, 0, what + ": x + delta");
    expect_close(again, reference(sum), tolerance(element), what + " after addition");
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
        }
        for (int64_t d : {2, 6, 64, 96, 128, 256}) {
            rotation(element, 6, 2, d, false);
            rotation(element, 7, 1, d, true);
        }
    }
    std::puts("norms, activation, rotary: ok");
}
