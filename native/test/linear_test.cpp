#include "dispatch.h"
#include "linear.h"
#include "linear_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

/**
 * The matrix products against float64. Run once for each instruction set (PIGOU_CPU_ISA), and under AddressSanitizer:
 * every array is exactly as long as it must be. Prints the seed's failures; exits with 1 if there are any.
 */
namespace {

using namespace pigou;
using namespace pigou::cpu;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr Element elements[] = {Element::f32, Element::f16, Element::bf16};
constexpr Format formats[] = {Format::dense, Format::int8, Format::int4};

int failures = 0;
int checks = 0;

void check(bool good, const std::string& what) {
    ++checks;
    if (!good && ++failures <= 20) {
        std::printf("FAILED: %s\n", what.c_str());
    }
}

const char* name(Element element) {
    return element == Element::f32 ? "f32" : element == Element::f16 ? "f16" : "bf16";
}

/** Elements of one type in exactly as many bytes as they need. */
class Array {
public:
    Array(int64_t count, Element element) : element_(element), bytes_(static_cast<size_t>(count * size_of(element))) {}

    void set(int64_t index, float value) { store_element(bytes_.data(), index, element_, value); }
    float get(int64_t index) const { return load_element(bytes_.data(), index, element_); }
    void* data() { return bytes_.data(); }
    const void* data() const { return bytes_.data(); }
    bool operator==(const Array& other) const { return bytes_ == other.bytes_; }

    void fill(float value) {
        for (int64_t i = 0; i < static_cast<int64_t>(bytes_.size()) / size_of(element_); ++i) {
            set(i, value);
        }
    }

private:
    Element element_;
    std::vector<uint8_t> bytes_;
};

std::mt19937 random_bits(20250601);

Array normal(int64_t count, Element element, float deviation) {
    std::normal_distribution<float> distribution(0, deviation);
    Array array(count, element);
    for (int64_t i = 0; i < count; ++i) {
        array.set(i, distribution(random_bits));
    }
    return array;
}

/** A product and its arguments. Between the rows of x there is NaN, which nothing may read. */
struct Case {
    int64_t out;
    int64_t in;
    int64_t rows;
    Element element; // of x, bias and y
    Element weight_element;
    Format format;
    bool has_bias;
    int64_t stride = in + 3;
    Array weight = normal(out * in, weight_element, 1 / std::sqrt(static_cast<float>(in)));
    Array bias = normal(has_bias ? out : 0, element, 1);
    Array x = normal(rows == 0 ? 0 : (rows - 1) * stride + in, element, 1);

    void poison_gaps() {
        for (int64_t row = 0; row + 1 < rows; ++row) {
            for (int64_t i = in; i < stride; ++i) {
                x.set(row * stride + i, nan);
            }
        }
    }

    std::vector<uint8_t> packed() const {
        std::vector<uint8_t> bytes(static_cast<size_t>(packed_linear_bytes(out, in, weight_element, format)));
        pack_linear(weight.data(), weight_element, out, in, format, bytes.data());
        return bytes;
    }

    Array run(const std::vector<uint8_t>& packed) const {
        Array y(rows * out, element);
        y.fill(nan);
        linear(x.data(), element, rows, stride, packed.data(), has_bias ? bias.data() : nullptr, y.data());
        return y;
    }

    std::string text() const {
        return std::string(cpu::name(cpu::cpu().isa)) + " " + std::to_string(rows) + " x " + std::to_string(in) +
               " -> " + std::to_string(out) + ", x " + ::name(element) + ", weight " + ::name(weight_element) +
               ", format " + std::to_string(static_cast<int>(format)) + (has_bias ? ", bias" : "");
    }
};

Case make(int64_t out, int64_t in, int64_t rows, Element element, Element weight, Format format, bool bias = true) {
    Case c{out, in, rows, element, weight, format, bias};
    c.poison_gaps();
    return c;
}

/** The weights as a packed form keeps them, [out, in]: products with one-hot rows, which the quantisation keeps. */
std::vector<double> kept_weights(const Case& c, const std::vector<uint8_t>& packed) {
    std::vector<float> one_hot(static_cast<size_t>(c.in * c.in));
    std::vector<float> columns(static_cast<size_t>(c.in * c.out));
    for (int64_t i = 0; i < c.in; ++i) {
        one_hot[static_cast<size_t>(i * c.in + i)] = 1;
    }
    linear(one_hot.data(), Element::f32, c.in, c.in, packed.data(), nullptr, columns.data());
    std::vector<double> weights(static_cast<size_t>(c.out * c.in));
    for (int64_t out = 0; out < c.out; ++out) {
        for (int64_t in = 0; in < c.in; ++in) {
            weights[static_cast<size_t>(out * c.in + in)] = columns[static_cast<size_t>(in * c.out + out)];
        }
    }
    return weights;
}

std::vector<double> given_weights(const Case& c) {
    std::vector<double> weights(static_cast<size_t>(c.out * c.in));
    for (int64_t i = 0; i < c.out * c.in; ++i) {
        weights[static_cast<size_t>(i)] = c.weight.get(i);
    }
    return weights;
}

struct Reference {
    std::vector<double> value;
    std::vector<double> magnitude; ///< sum of the terms' magnitudes: what rounding errors are in proportion to
};

Reference reference(const Case& c, const std::vector<double>& weights) {
    Reference result;
    std::vector<double> x(static_cast<size_t>(c.in));
    for (int64_t row = 0; row < c.rows; ++row) {
        for (int64_t in = 0; in < c.in; ++in) {
            x[static_cast<size_t>(in)] = c.x.get(row * c.stride + in);
        }
        for (int64_t out = 0; out < c.out; ++out) {
            double value = c.has_bias ? c.bias.get(out) : 0;
            double magnitude = std::fabs(value);
            const double* weight = weights.data() + out * c.in;
            for (int64_t in = 0; in < c.in; ++in) {
                const double term = x[static_cast<size_t>(in)] * weight[in];
                value += term;
                magnitude += std::fabs(term);
            }
            result.value.push_back(value);
            result.magnitude.push_back(magnitude);
        }
    }
    return result;
}

double half_ulp(Element element) {
    return element == Element::f32 ? 0x1p-24 : element == Element::f16 ? 0x1p-11 : 0x1p-8;
}

/** Every element within the rounding of float32 sums and of the result. */
void check_each(const Case& c, const Array& y, const Reference& expected) {
    for (size_t i = 0; i < expected.value.size(); ++i) {
        const double got = y.get(static_cast<int64_t>(i));
        const double sums = 4 * std::sqrt(static_cast<double>(c.in) + 1) * 0x1p-24 * expected.magnitude[i];
        const double bound = sums + half_ulp(c.element) * std::fabs(expected.value[i]) * 1.01 + 1e-7;
        if (!(std::fabs(got - expected.value[i]) <= bound)) {
            check(false, c.text() + ": element " + std::to_string(i) + " is " + std::to_string(got) + ", not " +
                             std::to_string(expected.value[i]));
            return;
        }
    }
    check(true, "");
}

double relative_error(const Array& y, const Reference& expected) {
    double error = 0;
    double norm = 0;
    for (size_t i = 0; i < expected.value.size(); ++i) {
        error += std::pow(y.get(static_cast<int64_t>(i)) - expected.value[i], 2);
        norm += std::pow(expected.value[i], 2);
    }
    return std::sqrt(error / norm);
}

/** The whole product within a part of its norm; a NaN fails. */
void check_norm(const Case& c, const Array& y, const Reference& expected, double bound, const char* what) {
    const double error = relative_error(y, expected);
    check(error <= bound, c.text() + ": " + what + " is off by " + std::to_string(error));
}

void test_dense(int64_t out, int64_t in, int64_t rows) {
    for (Element element : elements) {
        for (Element weight : elements) {
            const Case c = make(out, in, rows, element, weight, Format::dense, rows % 2 == 1);
            check_each(c, c.run(c.packed()), reference(c, given_weights(c)));
        }
    }
}

void test_quantised(int64_t out, int64_t in, int64_t rows) {
    for (Format format : {Format::int8, Format::int4}) {
        for (Element element : elements) {
            const Case c = make(out, in, rows, element, Element::bf16, format, rows % 2 == 1);
            const std::vector<uint8_t> packed = c.packed();
            const Array y = c.run(packed);
            if (rows * out * in < 256) { // too few terms for errors to even out: see test_exact_integers
                check(!std::isnan(y.get(0)), c.text());
                continue;
            }
            check_norm(c, y, reference(c, kept_weights(c, packed)), 0.01, "the product");
            check_norm(c, y, reference(c, given_weights(c)), format == Format::int8 ? 0.012 : 0.11, "the whole");
        }
    }
}

/** Small integers on the formats' own grid lose nothing, in any place. */
void test_exact_integers(int64_t out, int64_t in, int64_t rows) {
    for (Format format : {Format::int8, Format::int4}) {
        const int range = format == Format::int8 ? 127 : 7;
        Case c = make(out, in, rows, Element::f32, Element::f32, format, false);
        for (int64_t i = 0; i < out * in; ++i) {
            const bool extreme = i % in % 32 == 0; // of every group: it makes the scale 1
            const int magnitude = static_cast<int>(random_bits() % static_cast<unsigned>(2 * range + 1)) - range;
            c.weight.set(i, extreme ? (format == Format::int8 ? -127.0f : -8.0f) : static_cast<float>(magnitude));
        }
        for (int64_t row = 0; row < rows; ++row) {
            for (int64_t i = 0; i < in; ++i) {
                c.x.set(row * c.stride + i, i % 32 == 0 ? 127.0f : static_cast<float>((row * 7 + i) % 100) - 50);
            }
        }
        const Array y = c.run(c.packed());
        const Reference expected = reference(c, given_weights(c));
        bool equal = true;
        for (int64_t i = 0; i < rows * out; ++i) {
            equal = equal && std::fabs(y.get(i) - expected.value[static_cast<size_t>(i)]) <= 1e-4 * expected.magnitude[static_cast<size_t>(i)];
        }
        check(equal, c.text() + ": integers are not exact");
    }
}

/** A NaN in x spoils its row and nothing else; one in the weight spoils its output and nothing else. */
void test_nan(Element element, Element weight, Format format, int64_t rows) {
    const int64_t out = 70;
    const int64_t in = 95;
    for (float bad : {nan, infinity}) {
        Case c = make(out, in, rows, element, weight, format);
        const Array before = c.run(c.packed());
        const int64_t bad_row = rows / 2;
        Case in_x = c;
        in_x.x.set(bad_row * c.stride + 94, bad);
        const Array after = in_x.run(in_x.packed());
        Case in_weight = c;
        in_weight.weight.set(65 * in + 17, bad);
        const Array spoiled = in_weight.run(in_weight.packed());
        bool row_bad = true;
        bool column_bad = true;
        bool rest_equal = true;
        for (int64_t i = 0; i < rows * out; ++i) {
            const bool expect_bad = i / out == bad_row;
            row_bad = row_bad && (!expect_bad || !std::isfinite(after.get(i)));
            rest_equal = rest_equal && (expect_bad || after.get(i) == before.get(i));
            const bool expect_spoiled = i % out == 65;
            column_bad = column_bad && (!expect_spoiled || !std::isfinite(spoiled.get(i)));
            rest_equal = rest_equal && (expect_spoiled || spoiled.get(i) == before.get(i));
        }
        check(row_bad, c.text() + ": a NaN or infinity in x is lost");
        check(column_bad, c.text() + ": a NaN or infinity in the weight is lost");
        check(rest_equal, c.text() + ": a NaN or infinity spreads");
    }
}

/** The bits of a row do not depend on the rows beside it. */
void test_batch_invariance(Element weight, Format format) {
    const Case c = make(200, 300, 40, Element::bf16, weight, format);
    const std::vector<uint8_t> packed = c.packed();
    const Array all = c.run(packed);
    if (&choose_product(storage_of(weight, format), c.element, c.rows) !=
        &choose_product(storage_of(weight, format), c.element, 1)) {
        return; // another kernel for many rows: equal but for rounding, which the other tests bound
    }
    bool equal = true;
    for (int64_t row = 0; row < c.rows; ++row) {
        std::vector<uint16_t> y(static_cast<size_t>(c.out));
        const auto* x = static_cast<const uint16_t*>(c.x.data()) + row * c.stride;
        linear(x, c.element, 1, c.in, packed.data(), c.bias.data(), y.data());
        equal = equal && std::memcmp(y.data(), static_cast<const uint16_t*>(all.data()) + row * c.out,
                                     static_cast<size_t>(c.out) * 2) == 0;
    }
    check(equal, c.text() + ": a row depends on its batch");
}

/** 1 + 2^-8 lies half way between two bf16 and goes to the even one, below; 1 + 3 * 2^-8 goes to the one above. */
void test_rounding_to_even() {
    Case c = make(2, 2, 1, Element::bf16, Element::bf16, Format::dense, false);
    c.x.fill(1);
    c.weight.set(0, 1);
    c.weight.set(1, 0x1p-8f);
    c.weight.set(2, 1 + 0x1p-7f);
    c.weight.set(3, 0x1p-8f);
    const Array y = c.run(c.packed());
    check(y.get(0) == 1 && y.get(1) == 1 + 0x1p-6f, "bf16 results are not rounded to even");
}

/** The vectors' conversions against the scalar ones, and those against arithmetic. */
void test_conversions() {
    bool exact = true;
    for (uint32_t half = 0; half < 0x10000; ++half) {
        const auto bits = static_cast<uint16_t>(half);
        const float value = from_f16(bits);
        exact = exact && (std::isnan(value) ? (bits & 0x7fff) > 0x7c00 : to_f16(value) == bits);
        exact = exact && (std::isnan(from_bf16(bits)) || to_bf16(from_bf16(bits)) == bits);
        if ((bits & 0x7fff) < 0x7bff) {
            const auto next = static_cast<uint16_t>(bits + 1);
            const float middle = (value + from_f16(next)) / 2;
            exact = exact && to_f16(middle) == (bits % 2 == 0 ? bits : next);
        }
    }
    check(exact, "f16 or bf16 does not come back as it went");
    check(from_f16(0x3c00) == 1 && from_f16(0xc500) == -5 && from_f16(1) == 0x1p-24f && from_f16(0x7bff) == 65504,
          "f16 values");
    check(to_f16(65519.0f) == 0x7bff && to_f16(65520.0f) == 0x7c00 && to_f16(0x1p-25f) == 0 && to_f16(nan) > 0x7c00,
          "the edges of f16");
    check(to_bf16(3.4e38f) == 0x7f80 && (to_bf16(float_of(0x7f800001)) & 0x7fff) > 0x7f80, "the edges of bf16");
    for (Element element : {Element::f16, Element::bf16}) {
        std::vector<float> values(4099);
        std::vector<uint16_t> rounded(values.size());
        for (float& value : values) {
            value = float_of(static_cast<uint32_t>(random_bits()));
        }
        linear_kernels().round(values.data(), static_cast<int64_t>(values.size()), element, rounded.data());
        bool equal = true;
        for (size_t i = 0; i < values.size(); ++i) {
            const uint16_t expected = element == Element::f16 ? to_f16(values[i]) : to_bf16(values[i]);
            const float back = element == Element::f16 ? from_f16(rounded[i]) : from_bf16(rounded[i]);
            equal = equal && (std::isnan(values[i]) ? std::isnan(back) : rounded[i] == expected);
        }
        check(equal, std::string("vectors round to ") + ::name(element) + " in another way than scalars");
    }
}

/** A packed weight knows itself; anything else is told apart. */
void test_header() {
    const Case c = make(5, 7, 1, Element::f32, Element::f16, Format::int8);
    std::vector<uint8_t> packed = c.packed();
    const auto bytes = static_cast<int64_t>(packed.size());
    PackedLinear read = {};
    check(read_packed_linear(packed.data(), bytes, read), "a packed weight is not read");
    check(read.out == 5 && read.in == 7 && read.element == Element::f16 && read.format == Format::int8, "its shape");
    check(!read_packed_linear(packed.data(), bytes - 1, read), "a packed weight cut short is taken");
    check(!read_packed_linear(packed.data(), 10, read), "ten bytes are taken");
    for (size_t byte : {size_t{0}, size_t{8}, size_t{23}, size_t{24}, size_t{25}}) {
        std::vector<uint8_t> corrupt = packed;
        corrupt[byte] ^= 0x83;
        check(!read_packed_linear(corrupt.data(), bytes, read), "a corrupt head is taken: byte " + std::to_string(byte));
    }
}

} // namespace

int main() {
    constexpr int64_t shapes[][2] = {{1, 1},   {3, 5},    {16, 32},  {17, 31},  {63, 33},
                                     {64, 64}, {65, 97}, {130, 257}, {200, 640}, {257, 1029}};
    constexpr int64_t row_counts[] = {0, 1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 16, 17, 31, 33, 64, 65};
    for (const auto& [out, in] : shapes) {
        for (int64_t rows : row_counts) {
            if (out * in * rows > 3'000'000 && rows % 2 == 0) {
                continue; // the float64 reference is what takes the time
            }
            test_dense(out, in, rows);
            if (rows > 0) {
                test_quantised(out, in, rows);
                test_exact_integers(out, in, rows);
            }
        }
    }
    test_dense(70, 40, 340);  // two chunks of rows
    test_dense(5, 33, 1030);  // two batches
    test_quantised(70, 40, 340);
    test_quantised(5, 33, 1030);
    test_quantised(65, 1029, 145); // many rows, by several blocks of a panel
    test_exact_integers(65, 1029, 145);
    for (Format format : formats) {
        for (Element weight : elements) {
            for (Element element : elements) {
                test_nan(element, weight, format, 3);
                test_nan(element, weight, format, 20);
                test_nan(element, weight, format, 145);
            }
            test_batch_invariance(weight, format);
        }
    }
    test_rounding_to_even();
    test_conversions();
    test_header();
    std::printf("%s: %d checks, %d failed\n", name(cpu::cpu().isa), checks, failures);
    return failures == 0 ? 0 : 1;
}
