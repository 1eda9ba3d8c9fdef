// Packed weights on the emulated device: packing against the contract's quantisation, products against float64.
#include "expect.h"

#include "../../cuda/weights.cuh"

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(3);

static const char* name_of(Format format) {
    return format == Format::int4 ? "int4" : format == Format::int8 ? "int8" : format == Format::fp8 ? "fp8" : "dense";
}

// Of the emulated device: a matrix of up to 64 outputs counts as short.
constexpr int multiprocessors = 2;

// x [rows, in], its rows 8 elements further apart than they are long.
static std::vector<double> product(
    const Values& x, const Values& weight, const Values* bias, int64_t rows, int64_t in, int64_t out) {
    std::vector<double> y(rows * out);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t o = 0; o < out; o++) {
            double sum = bias != nullptr ? bias->get(o) : 0;
            for (int64_t k = 0; k < in; k++) {
                sum += x.get(r * (in + 8) + k) * weight.get(o * in + k);
            }
            y[r * out + o] = sum;
        }
    }
    return y;
}

static void expect_nan(const Values& y, const std::string& what) {
    for (int64_t i = 0; i < y.count(); i++) {
        expect(std::isnan(y.get(i)), what + ": a foreign weight must give NaN");
    }
}

// Makes the product one that adds to random numbers, and says what that must give if alone it gives y.
static Values added_to(Product& product, int64_t count, const Values& y) {
    static std::vector<Values> kept;
    kept.push_back(Values::random(product.element, count, random_source));
    product.adds = true;
    product.y = kept.back().data();
    Values sum(product.element, count);
    for (int64_t i = 0; i < count; i++) {
        sum.set(i, kept.back().get(i) + y.get(i));
    }
    return sum;
}

static bool same(const Product& product, const Values& wanted) {
    return std::memcmp(product.y, wanted.data(), wanted.count() * bytes_of(product.element)) == 0;
}

static void check(Element element, Format format, int64_t out, int64_t in, int64_t rows, bool with_bias) {
    static int schedule = 0;
    use_schedule(schedule++);
    const std::string what = std::string("linear ") + name_of(element) + " " + name_of(format) + " " + std::to_string(out) + "x"
        + std::to_string(in) + " rows " + std::to_string(rows);
    const Values weight = Values::random(element, out * in, random_source, 0.05);
    Values packed(Element::f32, divide_up(packed_weight_bytes(out, in, element, format), 4));
    pack_weight(weight.data(), packed.data(), out, in, element, format, nullptr);

    // Unpacked: within half a step of what it was, a step being the largest of the group over the largest code.
    Values back(element, out * in);
    unpack_weight(packed.data(), back.data(), out, in, element, format, nullptr);
    for (int64_t o = 0; o < out; o++) {
        for (int64_t first = 0; first < in; first += format == Format::int4 ? 32 : in) {
            const int64_t end = std::min(in, first + (format == Format::int4 ? 32 : in));
            double largest = 0;
            for (int64_t k = first; k < end; k++) {
                largest = std::max(largest, std::abs(weight.get(o * in + k)));
            }
            for (int64_t k = first; k < end; k++) {
                const double was = weight.get(o * in + k);
                const double step = format == Format::int4 ? largest / 7 : format == Format::int8 ? largest / 127
                                                                                                 : std::abs(was) / 8 + largest / 448 / 512;
                expect(std::abs(back.get(o * in + k) - was) <= 0.51 * step + 0.005 * std::abs(was), what + ": unpacked");
            }
        }
    }

    if (element == Element::f32) {
        return;  // float32 goes through unpack_weight
    }
    const int64_t stride = in + 8;
    const Values x = Values::random(element, rows * stride, random_source);
    const Values bias = Values::random(element, out, random_source);
    Values y(element, rows * out);
    const Product p{x.data(), stride, packed.data(), with_bias ? bias.data() : nullptr, y.data(), static_cast<int>(rows),
        static_cast<int>(in), static_cast<int>(out), element};
    expect(takes_few_rows(p), what + ": refused");
    linear_few_rows(p, format, nullptr);
    // `back` has been rounded to the element, the product's weights have not.
    expect_close(y, product(x, back, with_bias ? &bias : nullptr, rows, in, out), 2 * tolerance(element), what);

    Product added = p;
    const Values sum = added_to(added, rows * out, y);
    linear_few_rows(added, format, nullptr);
    expect(same(added, sum), what + ": added");

    reinterpret_cast<PackedHeader*>(packed.data())->in++;
    linear_few_rows(p, format, nullptr);
    expect_nan(y, what);
}

// Dense weights: the product; the gated one against silu_mul of it; added to other numbers; of x normed.
static void check_dense(Element element, int64_t out, int64_t in, int rows, bool with_bias) {
    static int schedule = 0;
    use_schedule(schedule++);
    const std::string what = std::string("linear ") + name_of(element) + " dense " + std::to_string(out) + "x"
        + std::to_string(in) + " rows " + std::to_string(rows);
    const Values weight = Values::random(element, out * in, random_source, 0.05);
    const Values packed(Element::f32, divide_up(packed_weight_bytes(out, in, element, Format::dense), 4));
    pack_weight(weight.data(), packed.data(), out, in, element, Format::dense, nullptr);
    const Values x = Values::random(element, rows * (in + 8), random_source);
    const Values bias = Values::random(element, out, random_source);
    const Values y(element, rows * out), gated(element, rows * (out / 2)), wanted(element, rows * (out / 2));
    Product p{x.data(), in + 8, packed.data(), with_bias ? bias.data() : nullptr, y.data(), rows, static_cast<int>(in),
        static_cast<int>(out), element};
    expect(takes_dense_rows(p), what + ": refused");
    linear_dense(p, multiprocessors, nullptr);
    expect_close(y, product(x, weight, with_bias ? &bias : nullptr, rows, in, out), tolerance(element), what);
    if (out % 2 == 0) {
        silu_mul(y.data(), wanted.data(), rows, out / 2, element, nullptr);
        p.y = gated.data();
        linear_dense_gated(p, multiprocessors, nullptr);
        expect(std::memcmp(gated.data(), wanted.data(), gated.count() * bytes_of(element)) == 0, what + ": gated differs");
    }

    Product added = p;
    const Values sum = added_to(added, rows * out, y);
    linear_dense(added, multiprocessors, nullptr);
    expect(same(added, sum), what + ": added");

    const Values norm = Values::random(element, in, random_source), rounded(element, in + 8), normed_y(element, out);
    Product normed = p;
    normed.norm = norm.data();
    normed.eps = 1e-5f;
    normed.y = normed_y.data();
    expect(takes_dense_rows(normed) == (rows == 1), what + ": one row at most is normed on the way");
    if (rows == 1) {
        rms_norm(x.data(), norm.data(), rounded.data(), 1, in, normed.eps, element, nullptr);
        linear_dense(normed, multiprocessors, nullptr);
        expect_close(normed_y, product(rounded, weight, with_bias ? &bias : nullptr, 1, in, out), 2 * tolerance(element), what + ": normed");
    }

    reinterpret_cast<PackedHeader*>(packed.data())->out++;
    p.y = y.data();
    linear_dense(p, multiprocessors, nullptr);
    expect_nan(y, what);
    if (out % 2 == 0) {
        p.y = gated.data();
        linear_dense_gated(p, multiprocessors, nullptr);
        expect_nan(gated, what + " gated");
    }
}

// What the kernel for dense weights leaves to others.
static void dense_limits() {
    const Values x(Element::bf16, 64);
    const auto takes = [&](int64_t stride, int rows, int in, Element element, int64_t moved = 0) {
        return takes_dense_rows({static_cast<char*>(x.data()) + moved, stride, nullptr, nullptr, nullptr, rows, in, 8, element});
    };
    expect(takes(64, 4, 64, Element::bf16), "4 rows");
    expect(!takes(64, 5, 64, Element::bf16), "5 rows");
    expect(takes(64, 2, 16384, Element::f16) && !takes(64, 2, 16392, Element::f16), "2 rows that shared memory holds");
    expect(takes(64, 1, 32768, Element::f16) && !takes(64, 3, 8200, Element::f16), "as many rows as the kernel holds");
    expect(!takes(64, 1, 44, Element::bf16), "columns that fill no 16 bytes");
    expect(!takes(68, 2, 64, Element::bf16), "rows that are not aligned");
    expect(!takes(64, 1, 64, Element::bf16, 2), "an x that is not aligned");
    expect(!takes(64, 1, 64, Element::f32), "float32");
}

// A checkpoint's 4 bits: unpacked they are its numbers but for their rounding, and a product is that of these.
static void check_grouped(Element element, int64_t out, int64_t in, int64_t groups, int64_t rows, bool with_zeros) {
    const std::string what = std::string("grouped int4 ") + name_of(element) + " " + std::to_string(out) + "x" + std::to_string(in)
        + " groups " + std::to_string(groups) + " rows " + std::to_string(rows);
    std::vector<uint8_t> numbers(out * in), zeros(out * groups);
    Values scales(Element::f32, out * groups);
    for (uint8_t& number : numbers) {
        number = random_source() % 16;
    }
    for (int64_t i = 0; i < out * groups; i++) {
        zeros[i] = with_zeros ? random_source() % 17 : 8;
        scales.set(i, std::ldexp(1024 + random_source() % 1024, -17));
    }
    Values packed(Element::f32, divide_up(packed_weight_bytes(out, in, element, Format::grouped_int4), 4));
    pack_grouped_weight({numbers.data(), scales.data(), with_zeros ? zeros.data() : nullptr, out, in, groups, Element::f32},
        packed.data(), nullptr);
    const auto exact = [&](int64_t o, int64_t k) {
        const int64_t group = o * groups + k / (in / groups);
        return scales.get(group) * (numbers[o * in + k] - zeros[group]);
    };
    Values back(element, out * in);
    unpack_weight(packed.data(), back.data(), out, in, element, Format::grouped_int4, nullptr);
    for (int64_t i = 0; i < out * in; i++) {
        const double wanted = exact(i / in, i % in);
        expect(std::abs(back.get(i) - wanted) <= std::abs(wanted) * tolerance(element), what + ": unpacked");
    }
    if (element == Element::f32 || in % 8 != 0) {
        return;
    }
    const Values x = Values::random(element, rows * in, random_source);
    const Values bias = Values::random(element, out, random_source);
    Values y(element, rows * out);
    const Product p{x.data(), in, packed.data(), bias.data(), y.data(), static_cast<int>(rows), static_cast<int>(in),
        static_cast<int>(out), element};
    linear_few_rows(p, Format::grouped_int4, nullptr);
    std::vector<double> wanted(rows * out);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t o = 0; o < out; o++) {
            wanted[r * out + o] = bias.get(o);
            for (int64_t k = 0; k < in; k++) {
                wanted[r * out + o] += x.get(r * in + k) * exact(o, k);
            }
        }
    }
    expect_close(y, wanted, tolerance(element), what);
}

// Every code of e4m3 must come back as itself, and every value between two as the nearer.
static void e4m3() {
    const auto value_of = [](int code) {
        const int exponent = code >> 3 & 15, mantissa = code & 7;
        const double size = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10);
        return code & 128 ? -size : size;
    };
    for (int code = 0; code < 127; code++) {
        expect(to_e4m3(static_cast<float>(value_of(code))) == code, "e4m3 of its own value");
        expect(to_e4m3(static_cast<float>(-value_of(code))) == (code == 0 ? 0 : code | 128), "e4m3 of its own negative");
        if (code < 126) {
            const double gap = value_of(code + 1) - value_of(code);
            expect(to_e4m3(static_cast<float>(value_of(code) + 0.49 * gap)) == code, "e4m3 rounds down");
            expect(to_e4m3(static_cast<float>(value_of(code) + 0.51 * gap)) == code + 1, "e4m3 rounds up");
        }
        for (uint32_t word : {static_cast<uint32_t>(code), static_cast<uint32_t>(code | 128)}) {
            const uint32_t both = word | word << 16;
            expect(half_of<bf16>(fp8_pair<bf16>(both), 1) == value_of(word), "e4m3 as bf16");
            expect(half_of<f16>(fp8_pair<f16>(both), 0) == value_of(word), "e4m3 as f16");
        }
    }
    expect(to_e4m3(1e9f) == 126, "e4m3 saturates");
    for (int value = -128; value < 128; value++) {
        const uint32_t byte = static_cast<uint8_t>(value), both = byte | byte << 16 | 0x5a005a00;
        expect(half_of<bf16>(int8_pair<bf16>(both), 0) == value && half_of<f16>(int8_pair<f16>(both), 1) == value, "int8");
    }
    for (int value = -8; value < 8; value++) {
        const uint32_t nibble = value + 8, both = nibble | nibble << 16 | 0xa5a0a5a0;
        expect(half_of<bf16>(int4_pair<bf16>(both), 0) == value && half_of<f16>(int4_pair<f16>(both), 1) == value, "int4");
    }
}

int main() {
    e4m3();
    for (Element element : all_elements) {
        check_grouped(element, 32, 64, 2, 1, true);
        check_grouped(element, 50, 40, 1, 8, true);
        check_grouped(element, 33, 37, 1, 1, true);
        check_grouped(element, 33, 2592, 27, 9, false);
        check_grouped(element, 64, 640, 5, 17, true);
        for (Format format : {Format::int8, Format::int4, Format::fp8}) {
            check(element, format, 32, 64, 1, false);
            check(element, format, 1, 8, 2, true);
            check(element, format, 50, 40, 8, true);
            check(element, format, 33, 2600, 9, false);
            check(element, format, 64, 576, 16, true);
            check(element, format, 40, 72, 37, true);
            check(element, format, 70, 1096, 64, false);
        }
    }
    for (Element element : {Element::f16, Element::bf16}) {
        for (int rows : {1, 2, 3, 4}) {
            check_dense(element, 1, 8, rows, true);       // one warp has an output, one lane columns
            check_dense(element, 64, 2048, rows, false);  // a short matrix: all of its steps under way at once
            check_dense(element, 50, 2600, rows, true);   // ends within a block and within a step
            check_dense(element, 65, 1000, rows, true);   // a long one
            check_dense(element, 130, 264, rows, false);
        }
    }
    dense_limits();
    std::puts("linear: ok");
}
