// Norms, rotation and activation against float64. Run it once for each instruction set (PIGOU_CPU_ISA).
#include "../cpu/activation.h"
#include "../cpu/norm.h"
#include "../cpu/rotary.h"
#include "testing.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace {

using namespace pigou;
using namespace pigou::test;

constexpr int64_t sizes[] = {1, 2, 3, 7, 8, 15, 16, 17, 48, 63, 64, 65, 100, 768, 1031};

float narrowed(Element element, float value) {
    uint32_t bits = 0;
    store_element(&bits, 0, element, value);
    return load_element(&bits, 0, element);
}

// Right but for the rounding of the result and float32's own noise.
bool near(Element element, float got, double expected) {
    return std::abs(got - expected) <= std::abs(expected) * (rounding(element) + 1e-6) + 1e-7;
}

void norms() {
    unsigned seed = 1;
    for (Element element : elements) {
        for (int64_t size : sizes) {
            for (int64_t rows : {1, 3, 70}) {
                std::mt19937 random(seed++);
                Array x = Array::normal(element, rows * size, random, 2);
                Array weight = Array::normal(element, size, random);
                Array delta = Array::normal(element, rows * size, random);
                Array plain(element, rows * size), added(element, rows * size), sum = x;
                cpu::rms_norm(element, x.data(), weight.data(), 1e-5f, plain.data(), rows, size);
                cpu::add_rms_norm(element, sum.data(), delta.data(), weight.data(), 1e-5f, added.data(), rows, size);
                for (int64_t row = 0; row < rows; row++) {
                    double squares = 0, added_squares = 0;
                    for (int64_t j = row * size; j < (row + 1) * size; j++) {
                        squares += double{x[j]} * x[j];
                        added_squares += double{sum[j]} * sum[j];
                    }
                    for (int64_t j = 0; j < size; j++) {
                        int64_t at = row * size + j;
                        double expected = x[at] / std::sqrt(squares / size + 1e-5) * weight[j];
                        double after = sum[at] / std::sqrt(added_squares / size + 1e-5) * weight[j];
                        bool good = near(element, plain[at], expected) && near(element, added[at], after)
                            && sum[at] == narrowed(element, x[at] + delta[at]);
                        check(good, "norm of %s [%ld, %ld], seed %u, at %ld: %g and %g, not %g and %g", name(element),
                            static_cast<long>(rows), static_cast<long>(size), seed - 1, static_cast<long>(at),
                            plain[at], added[at], expected, after);
                    }
                }
            }
        }
    }
}

void activations() {
    unsigned seed = 100;
    for (Element element : elements) {
        for (int64_t size : sizes) {
            std::mt19937 random(seed++);
            int64_t rows = 40;
            Array gate_up = Array::normal(element, rows * 2 * size, random, 30);
            Array out(element, rows * size);
            cpu::silu_mul(element, gate_up.data(), out.data(), rows, size);
            for (int64_t i = 0; i < rows * size; i++) {
                double gate = gate_up[i / size * 2 * size + i % size];
                double up = gate_up[i / size * 2 * size + size + i % size];
                double expected = gate / (1 + std::exp(-gate)) * up;
                bool overflow = std::abs(expected) > 65000 && element == Element::f16;
                check(overflow || near(element, out[i], expected), "silu of %s, seed %u: %g for %g and %g", name(element),
                    seed - 1, out[i], gate, up);
            }
        }
    }
}

// The exponential behind silu, all over where its result is a normal number.
void exponential_is_accurate() {
    constexpr int64_t count = 20001;
    Array gate_up(Element::f32, 2 * count), out(Element::f32, count);
    gate_up.fill(1);
    for (int64_t i = 0; i < count; i++) gate_up.set(i, -87.0f + static_cast<float>(i) * 0.0087f);
    cpu::silu_mul(Element::f32, gate_up.data(), out.data(), 1, count);
    double worst = 0;
    for (int64_t i = 0; i < count; i++) {
        double x = gate_up[i];
        double expected = x / (1 + std::exp(-x));
        if (expected != 0) worst = std::max(worst, std::abs(out[i] / expected - 1));
    }
    std::printf("silu: relative error %.2g at most\n", worst);
    check(worst < 1e-6, "silu's relative error is %g", worst);
    for (float x : {-1e30f, -200.0f, 200.0f, 1e30f, not_a_number}) {
        gate_up.set(0, x);
        cpu::silu_mul(Element::f32, gate_up.data(), out.data(), 1, count);
        bool good = std::isnan(x) ? std::isnan(out[0]) : out[0] == (x > 0 ? x : -0.0f);
        check(good, "silu(%g) is %g", x, out[0]);
    }
}

struct RotationCase {
    Element element;
    int64_t rows, heads, kv_heads, head_dim;
    bool norms;
};

void rotation(const RotationCase& c, unsigned seed) {
    std::mt19937 random(seed);
    int64_t d = c.head_dim, all = c.heads + 2 * c.kv_heads, pool = c.rows + 5, half = d / 2;
    Array qkv = Array::normal(c.element, c.rows * all * d, random);
    Array q_norm = Array::normal(c.element, d, random), k_norm = Array::normal(c.element, d, random);
    Array cos = Array::normal(Element::f32, 50 * half, random), sin = Array::normal(Element::f32, 50 * half, random);
    Array keys(c.element, pool * c.kv_heads * d), values(c.element, pool * c.kv_heads * d);
    Array q(c.element, c.rows * c.heads * d);
    std::vector<int64_t> slots(pool), positions(c.rows);
    std::iota(slots.begin(), slots.end(), 0);
    std::shuffle(slots.begin(), slots.end(), random);
    for (int64_t& position : positions) position = between(random, 0, 49);
    cpu::rotate_and_store({c.element, qkv.data(), static_cast<float*>(cos.data()), static_cast<float*>(sin.data()),
        positions.data(), c.norms ? q_norm.data() : nullptr, c.norms ? k_norm.data() : nullptr, 1e-6f, slots.data(),
        c.rows, c.heads, c.kv_heads, d, keys.data(), values.data(), q.data()});

    for (int64_t row = 0; row < c.rows; row++) {
        for (int64_t head = 0; head < c.heads + c.kv_heads; head++) {
            int64_t from = (row * all + head) * d;
            bool query = head < c.heads;
            const Array& to = query ? q : keys;
            int64_t at = query ? (row * c.heads + head) * d : (slots[row] * c.kv_heads + head - c.heads) * d;
            const Array& weight = query ? q_norm : k_norm;
            double squares = 0;
            for (int64_t j = 0; j < d; j++) squares += double{qkv[from + j]} * qkv[from + j];
            double scale = c.norms ? 1 / std::sqrt(squares / d + 1e-6) : 1;
            for (int64_t j = 0; j < half; j++) {
                double a = qkv[from + j] * scale * (c.norms ? weight[j] : 1);
                double b = qkv[from + half + j] * scale * (c.norms ? weight[half + j] : 1);
                double co = cos[positions[row] * half + j], si = sin[positions[row] * half + j];
                // Differences cancel: float32's noise is that of the products.
                double noise = 1e-6 * (std::abs(a) + std::abs(b)) * (std::abs(co) + std::abs(si)) + 1e-7;
                double first = a * co - b * si, second = b * co + a * si;
                bool good = std::abs(to[at + j] - first) <= rounding(c.element) * std::abs(first) + noise
                    && std::abs(to[at + half + j] - second) <= rounding(c.element) * std::abs(second) + noise;
                check(good, "rotation of %s [%ld heads of %ld], seed %u, row %ld head %ld: %g, not %g", name(c.element),
                    static_cast<long>(all), static_cast<long>(d), seed, static_cast<long>(row),
                    static_cast<long>(head), to[at + j], first);
            }
        }
        for (int64_t j = 0; j < c.kv_heads * d; j++) {
            float stored = values[slots[row] * c.kv_heads * d + j];
            check(stored == qkv[(row * all + c.heads + c.kv_heads) * d + j], "value of %s, seed %u: %g", name(c.element),
                seed, stored);
        }
    }
    for (int64_t i = c.rows; i < pool; i++) {
        for (int64_t j = 0; j < c.kv_heads * d; j++) {
            int64_t at = slots[i] * c.kv_heads * d + j;
            check(std::isnan(keys[at]) && std::isnan(values[at]), "seed %u: a slot was written that is nobody's", seed);
        }
    }
}

void rotations() {
    unsigned seed = 200;
    for (Element element : elements) {
        for (int64_t head_dim : {2, 6, 16, 34, 64, 80, 96, 128}) {
            for (int64_t rows : {1, 7, 60}) {
                rotation({element, rows, 6, 2, head_dim, false}, seed++);
                rotation({element, rows, 6, 2, head_dim, true}, seed++);
            }
        }
    }
}

// What enters the pool is finite; what goes on to attention still shows that something broke.
void only_finite_numbers_enter_the_pool() {
    for (Element element : elements) {
        float largest = element == Element::f32 ? 0x1.fffffep127f : element == Element::f16 ? 65504.0f : 0x1.fep127f;
        for (int64_t d : {2, 16, 34, 64}) {
            Array qkv(element, 3 * d), cos(Element::f32, d / 2), sin(Element::f32, d / 2);
            Array keys(element, d), values(element, d), q(element, d);
            cos.fill(1);
            sin.fill(0);
            int64_t zero = 0;
            for (float bad : {not_a_number, infinity, -infinity, largest}) {
                qkv.fill(bad);
                // The largest number turned by more than a right angle's half would be too large.
                cos.fill(bad == largest ? 1.5f : 1.0f);
                cpu::rotate_and_store({element, qkv.data(), static_cast<float*>(cos.data()),
                    static_cast<float*>(sin.data()), &zero, nullptr, nullptr, 0, &zero, 1, 1, 1, d, keys.data(),
                    values.data(), q.data()});
                for (int64_t j = 0; j < d; j++) {
                    float stored = std::isnan(bad) ? 0 : bad > 0 ? largest : -largest;
                    // inf * 0 of the sine is NaN.
                    float key = bad == largest ? largest : 0;
                    check(values[j] == stored && keys[j] == key && !std::isfinite(q[j]),
                        "%s: %g was stored as key %g and value %g", name(element), bad, keys[j], values[j]);
                }
            }
        }
    }
}

// Every 16-bit pattern survives being widened and narrowed.
void every_half_survives() {
    for (Element element : {Element::f16, Element::bf16}) {
        std::vector<uint16_t> values(65536), keys(65536), qkv(3 * 65536);
        for (int64_t i = 0; i < 65536; i++) qkv[2 * 65536 + i] = static_cast<uint16_t>(i);
        std::vector<float> cos(32768, 1), sin(32768, 0);
        std::vector<uint16_t> q(65536);
        int64_t zero = 0;
        cpu::rotate_and_store({element, qkv.data(), cos.data(), sin.data(), &zero, nullptr, nullptr, 0, &zero, 1, 1, 1,
            65536, keys.data(), values.data(), q.data()});
        for (int64_t i = 0; i < 65536; i++) {
            float value = load_element(qkv.data(), 2 * 65536 + i, element);
            check(!std::isfinite(value) || values[i] == i, "%s %04lx became %04x", name(element), static_cast<long>(i),
                values[i]);
        }
    }
}

}  // namespace

int main() {
    norms();
    activations();
    exponential_is_accurate();
    rotations();
    only_finite_numbers_enter_the_pool();
    every_half_survives();
    return report();
}
