// Packed weights on the emulated device: packing against the contract's quantisation, the product against float64.
#include "expect.h"

#include "../../cuda/weights.cuh"

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(3);

static const char* name_of(Format format) {
    return format == Format::int4 ? "int4" : format == Format::int8 ? "int8" : format == Format::fp8 ? "fp8" : "dense";
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
    if (format == Format::dense) {  // as it was, behind the header
        std::memcpy(back.data(), static_cast<char*>(packed.data()) + packed_header_bytes, out * in * bytes_of(element));
    } else {
        unpack_weight(packed.data(), back.data(), out, in, element, format, nullptr);
    }
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
    if (!takes_few_rows(x.data(), stride, rows, in, element, format)) {
        fail(what + ": refused");
    }
    linear_few_rows(x.data(), stride, packed.data(), with_bias ? bias.data() : nullptr, y.data(), rows, in, out, element,
        format, nullptr);
    std::vector<double> wanted(rows * out);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t o = 0; o < out; o++) {
            double sum = with_bias ? bias.get(o) : 0;
            for (int64_t k = 0; k < in; k++) {
                sum += x.get(r * stride + k) * back.get(o * in + k);
            }
            wanted[r * out + o] = sum;
        }
    }
    // `back` has been rounded to the element, the product's weights have not.
    expect_close(y, wanted, 2 * tolerance(element), what);

    reinterpret_cast<PackedHeader*>(packed.data())->in++;
    linear_few_rows(x.data(), stride, packed.data(), nullptr, y.data(), rows, in, out, element, format, nullptr);
    for (int64_t i = 0; i < rows * out; i++) {
        expect(std::isnan(y.get(i)), what + ": a foreign weight must give NaN");
    }
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

// What the kernel for dense weights leaves to others.
static void dense_limits() {
    const Values x(Element::bf16, 64);
    const auto takes = [&](int64_t stride, int64_t rows, int64_t in, Element element) {
        return takes_few_rows(x.data(), stride, rows, in, element, Format::dense);
    };
    expect(takes(64, 16, 64, Element::bf16), "16 rows");
    expect(!takes(64, 17, 64, Element::bf16), "17 rows");
    expect(!takes(64, 1, 48, Element::bf16), "columns that fill no step");
    expect(!takes(68, 2, 64, Element::bf16), "rows that are not aligned");
    expect(!takes(64, 1, 64, Element::f32), "float32");
}

int main() {
    e4m3();
    for (Element element : all_elements) {
        for (Format format : {Format::int8, Format::int4, Format::fp8}) {
            check(element, format, 32, 64, 1, false);
            check(element, format, 1, 8, 2, true);
            check(element, format, 50, 40, 8, true);
            check(element, format, 33, 2600, 9, false);
            check(element, format, 64, 576, 16, true);
            check(element, format, 40, 72, 37, true);
        }
    }
    for (Element element : {Element::f16, Element::bf16}) {
        check(element, Format::dense, 40, 1088, 1, true);   // ends within a stage of the ring
        check(element, Format::dense, 100, 512, 8, false);  // more tiles than blocks, and a last one in part
        check(element, Format::dense, 33, 544, 9, true);
        check(element, Format::dense, 50, 6016, 14, true);  // x does not fit in shared memory
        check(element, Format::dense, 8, 12800, 8, false);
    }
    dense_limits();
    std::puts("linear: ok");
}
