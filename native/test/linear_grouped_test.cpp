#include "dispatch.h"
#include "linear.h"
#include "linear_kernels.h"
#include "testing.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

/**
 * Products with a checkpoint's 4-bit weights against float64. Run once for each instruction set (PIGOU_CPU_ISA), and under
 * AddressSanitizer: every array is exactly as long as it must be.
 */
namespace {

using namespace pigou;
using namespace pigou::cpu;
using namespace pigou::test;
using pigou::test::name;

constexpr unsigned seed = 20251127;
std::mt19937 source(seed);

/** A weight as a checkpoint has it. */
struct Stored {
    int64_t out;
    int64_t in;
    int64_t groups;
    Element element; // of the scales
    bool symmetric;
    std::vector<uint8_t> numbers = std::vector<uint8_t>(static_cast<size_t>(out * in));
    Array scales = Array(element, out * groups);
    std::vector<uint8_t> zeros = std::vector<uint8_t>(static_cast<size_t>(symmetric ? 0 : out * groups));

    /** Scales of a trained model's size; numbers and zeros over their whole range (GPTQ's zeros reach 16). */
    static Stored random(int64_t out, int64_t in, int64_t groups, Element element, bool symmetric) {
        Stored w{out, in, groups, element, symmetric};
        std::uniform_real_distribution<float> exponent(-8, -5);
        for (int64_t i = 0; i < out * groups; ++i) w.scales.set(i, std::exp2(exponent(source)));
        for (uint8_t& number : w.numbers) number = static_cast<uint8_t>(between(source, 0, 15));
        for (uint8_t& zero : w.zeros) zero = static_cast<uint8_t>(between(source, 0, 16));
        return w;
    }

    int64_t group(int64_t input) const { return input / (in / groups); }

    double weight(int64_t o, int64_t i) const {
        const int64_t at = o * groups + group(i);
        const int zero = symmetric ? 8 : zeros[static_cast<size_t>(at)];
        return static_cast<double>(scales[at]) * (numbers[static_cast<size_t>(o * in + i)] - zero);
    }

    std::vector<uint8_t> packed() const {
        const GroupedWeight weight = {numbers.data(), scales.data(), element, symmetric ? nullptr : zeros.data(), out, in, groups};
        std::vector<uint8_t> bytes(static_cast<size_t>(packed_grouped_bytes(weight)));
        pack_grouped(weight, bytes.data());
        return bytes;
    }

    std::string text(Element x, int64_t rows) const {
        return std::string(cpu::name(cpu::cpu().isa)) + " " + std::to_string(rows) + " x " + std::to_string(in) + " -> "
            + std::to_string(out) + ", " + std::to_string(groups) + " groups, x " + name(x) + ", scales " + name(element)
            + (symmetric ? ", symmetric" : "") + ", seed " + std::to_string(seed);
    }
};

/** Rows of x with NaN between them, which nothing may read, and their product. */
struct Call {
    const Stored& weight;
    Element element;
    int64_t rows;
    bool has_bias;
    int64_t stride = weight.in + 3;
    Array x = Array::normal(element, (rows - 1) * stride + weight.in, source);
    Array bias = Array::normal(element, has_bias ? weight.out : 0, source);

    Array run(const std::vector<uint8_t>& packed) {
        for (int64_t row = 0; row + 1 < rows; ++row) {
            for (int64_t i = weight.in; i < stride; ++i) x.set(row * stride + i, not_a_number);
        }
        Array y(element, rows * weight.out);
        linear(x.data(), element, rows, stride, packed.data(), has_bias ? bias.data() : nullptr, y.data());
        return y;
    }

    std::vector<double> reference() const {
        std::vector<double> result;
        for (int64_t row = 0; row < rows; ++row) {
            for (int64_t o = 0; o < weight.out; ++o) {
                double sum = has_bias ? bias[o] : 0;
                for (int64_t i = 0; i < weight.in; ++i) sum += x[row * stride + i] * weight.weight(o, i);
                result.push_back(sum);
            }
        }
        return result;
    }
};

/** sqrt(sum of squared errors / sum of squares); NaN if anything is. */
double relative_error(const Array& y, const std::vector<double>& expected) {
    double error = 0, norm = 0;
    for (int64_t i = 0; i < y.count(); ++i) {
        error += std::pow(y[i] - expected[static_cast<size_t>(i)], 2);
        norm += std::pow(expected[static_cast<size_t>(i)], 2);
    }
    return std::sqrt(error / norm);
}

/** What the kernel in use may lose: x as int8, weights as bf16, or float32 sums of exact products, with offsets in f16. */
double tolerance(Element x, int64_t rows) {
    const Product& product = choose_product(Storage::grouped_int4, x, rows);
    const double own = product.operand == Operand::int8 ? 0.01 : product.operand != Operand::f32 ? 0.004 : 0.0004;
    return own + rounding(x);
}

void test_product(int64_t out, int64_t in, int64_t groups, int64_t rows) {
    for (bool symmetric : {false, true}) {
        for (Element x : elements) {
            const Stored weight = Stored::random(out, in, groups, rows % 3 == 0 ? Element::f32 : Element::f16, symmetric);
            Call call{weight, x, rows, rows % 2 == 1};
            const double error = relative_error(call.run(weight.packed()), call.reference());
            const bool few = rows * out * in < 256; // too few terms for errors to even out: see test_exact
            check(few ? !std::isnan(error) : error <= tolerance(x, rows), "%s: off by %g", weight.text(x, rows).c_str(), error);
        }
    }
}

/** Whole numbers of x whose largest of 32 is 127, and scales of 1, lose nothing: each weight, scale and zero is in its place. */
void test_exact(int64_t out, int64_t in, int64_t groups, int64_t rows) {
    Stored weight = Stored::random(out, in, groups, Element::f32, false);
    for (int64_t i = 0; i < out * groups; ++i) weight.scales.set(i, static_cast<float>(1 << i % 3));
    Call call{weight, Element::f32, rows, false};
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t i = 0; i < in; ++i) {
            call.x.set(row * call.stride + i, i % 32 == 0 ? 127.0f : static_cast<float>((row * 7 + i) % 100) - 50);
        }
    }
    const std::vector<double> expected = call.reference();
    const Array y = call.run(weight.packed());
    for (int64_t i = 0; i < y.count(); ++i) {
        const double wanted = expected[static_cast<size_t>(i)];
        if (!(std::fabs(y[i] - wanted) <= 1e-6 * static_cast<double>(in) * 127 * 16)) {
            check(false, "%s: element %ld is %g, not %g", weight.text(Element::f32, rows).c_str(), static_cast<long>(i), y[i], wanted);
            return;
        }
    }
    check(true, "%s", "");
}

/** A NaN or infinity in x spoils its row, one in a scale its output, and neither anything else. */
void test_nan(Element x, int64_t rows) {
    for (float bad : {not_a_number, infinity}) {
        Stored weight = Stored::random(70, 96, 3, Element::f32, false);
        Call call{weight, x, rows, true};
        const Array before = call.run(weight.packed());
        const int64_t bad_row = rows / 2;
        weight.scales.set(65 * 3 + 1, bad);
        const Array spoiled = call.run(weight.packed());
        weight.scales.set(65 * 3 + 1, 0.5f);
        call.x.set(bad_row * call.stride + 95, bad);
        const Array after = call.run(weight.packed());
        bool lost = false, spread = false;
        for (int64_t i = 0; i < rows * weight.out; ++i) {
            const bool row = i / weight.out == bad_row, column = i % weight.out == 65;
            lost = lost || (row && std::isfinite(after[i])) || (column && std::isfinite(spoiled[i]));
            spread = spread || (!row && !column && after[i] != before[i]) || (!column && spoiled[i] != before[i]);
        }
        check(!lost, "%s: a NaN or infinity is lost", weight.text(x, rows).c_str());
        check(!spread, "%s: a NaN or infinity spreads", weight.text(x, rows).c_str());
    }
}

/** Zero points of 8 are the same as none, but for their bytes; and a row does not depend on those beside it. */
void test_equalities() {
    Stored weight = Stored::random(200, 320, 5, Element::f16, true);
    Call call{weight, Element::bf16, 40, true};
    const std::vector<uint8_t> bare = weight.packed();
    const Array without = call.run(bare);
    weight.symmetric = false;
    weight.zeros.assign(static_cast<size_t>(weight.out * weight.groups), 8);
    const std::vector<uint8_t> packed = weight.packed();
    const Array with = call.run(packed);
    check(std::memcmp(with.data(), without.data(), static_cast<size_t>(with.count()) * 2) == 0, "%s",
        "zero points of 8 change the result");
    check(static_cast<int64_t>(packed.size() - bare.size()) == 4 * 5 * 128, "zero points take %ld bytes",
        static_cast<long>(packed.size() - bare.size()));
    check(packed.size() * 4 < static_cast<size_t>(256 * 320 * 2 * 1.25), "%s", "more than a quarter of bf16, with its scales");

    for (uint8_t& zero : weight.zeros) zero = static_cast<uint8_t>(between(source, 0, 15));
    const std::vector<uint8_t> shifted = weight.packed();
    const Array all = call.run(shifted);
    if (&choose_product(Storage::grouped_int4, Element::bf16, 40) != &choose_product(Storage::grouped_int4, Element::bf16, 1)) {
        return; // another kernel for many rows: equal but for rounding
    }
    for (int64_t row = 0; row < call.rows; ++row) {
        Array y(Element::bf16, weight.out);
        linear(static_cast<const uint16_t*>(call.x.data()) + row * call.stride, Element::bf16, 1, weight.in, shifted.data(),
            call.bias.data(), y.data());
        check(std::memcmp(y.data(), static_cast<const uint16_t*>(all.data()) + row * weight.out, static_cast<size_t>(weight.out) * 2) == 0,
            "row %ld depends on its batch", static_cast<long>(row));
    }
}

/** A packed weight knows itself; anything else is told apart. */
void test_header() {
    std::vector<uint8_t> packed = Stored::random(5, 64, 2, Element::bf16, false).packed();
    const auto bytes = static_cast<int64_t>(packed.size());
    PackedLinear read = {};
    check(read_packed_linear(packed.data(), bytes, read), "%s", "a packed weight is not read");
    check(read.out == 5 && read.in == 64 && read.format == Format::grouped_int4, "%s", "its shape");
    check(!read_packed_linear(packed.data(), bytes - 1, read), "%s", "a packed weight cut short is taken");
    for (size_t byte : {size_t{0}, size_t{8}, size_t{25}, size_t{32}, size_t{39}}) {
        std::vector<uint8_t> corrupt = packed;
        corrupt[byte] ^= 0x83;
        check(!read_packed_linear(corrupt.data(), bytes, read), "a corrupt head is taken: byte %zu", byte);
    }
}

} // namespace

int main() {
    constexpr int64_t shapes[][3] = {{1, 32, 1},   {3, 5, 1},     {17, 31, 1},   {64, 64, 2},  {65, 96, 3},
                                     {63, 256, 2}, {200, 640, 5}, {70, 640, 20}, {130, 257, 1}, {256, 2048, 16}};
    constexpr int64_t row_counts[] = {1, 2, 3, 6, 7, 9, 16, 17, 33, 65};
    for (const auto& [out, in, groups] : shapes) {
        for (int64_t rows : row_counts) {
            if (out * in * rows > 3'000'000 && rows % 2 == 0) {
                continue; // the float64 reference is what takes the time
            }
            test_product(out, in, groups, rows);
            test_exact(out, in, groups, rows);
        }
    }
    test_product(70, 64, 2, 340); // two chunks of rows
    test_product(5, 32, 1, 1030); // two batches
    test_product(65, 1056, 33, 145); // many rows, by several blocks of a panel
    test_exact(65, 1056, 33, 145);
    for (Element x : elements) {
        test_nan(x, 3);
        test_nan(x, 20);
        test_nan(x, 145);
    }
    test_equalities();
    test_header();
    return report();
}
