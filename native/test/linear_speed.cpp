#include "ceilings.h"
#include "dispatch.h"
#include "linear.h"
#include "pages.h"
#include "parallel.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

/**
 * What the matrix products reach beside what the machine has: GB/s of packed weight for few rows beside a plain read of
 * memory, GFLOP/s for many beside vdpbf16ps and tdpbf16ps alone. Weights are read in turn from copies that together do not fit
 * any cache, as a model's do. Medians; run it alone.
 *
 *   linear_speed [out in]...      default: the products of the presets mid and large
 */
namespace {

using namespace pigou;
using namespace pigou::cpu;
using namespace pigou::test;
using ceiling::cold_bytes;

constexpr int repeats = 7;

/** Memory as the plugin's tensors have it: on a multiple of 64, freshly mapped. */
struct Memory {
    explicit Memory(int64_t bytes) : data(std::aligned_alloc(4096, static_cast<size_t>((bytes + 4095) / 4096 * 4096))) {}
    Memory(Memory&& other) noexcept : data(other.data) { other.data = nullptr; }
    ~Memory() { std::free(data); }
    void* data;
};

/** Enough copies of one packed weight that each is cold when its turn comes. */
std::vector<Memory> copies(int64_t out, int64_t in, Element element, Format format) {
    std::vector<uint16_t> weight(static_cast<size_t>(out * in));
    std::vector<float> floats(element == Element::f32 ? weight.size() : 0);
    for (size_t i = 0; i < weight.size(); ++i) {
        const float value = static_cast<float>((i * 2654435761u >> 8) % 1000) / 1000 - 0.5f;
        weight[i] = to_bf16(value);
        if (!floats.empty()) {
            floats[i] = value;
        }
    }
    const int64_t bytes = packed_linear_bytes(out, in, element, format);
    std::vector<Memory> result;
    for (int64_t i = 0; i < std::max<int64_t>(1, cold_bytes / bytes); ++i) {
        result.emplace_back(bytes);
        if (i == 0) {
            const void* from = floats.empty() ? static_cast<const void*>(weight.data()) : floats.data();
            pack_linear(from, element, out, in, format, result[0].data);
        } else {
            advise_huge_pages(result.back().data, bytes);
            std::memcpy(result.back().data, result[0].data, static_cast<size_t>(bytes));
        }
    }
    return result;
}

/** The same for a checkpoint's 4 bits, with zero points for groups of 128 inputs. */
std::vector<Memory> grouped_copies(int64_t out, int64_t in, int64_t& bytes) {
    const int64_t groups = in % 128 == 0 ? in / 128 : 1;
    std::vector<uint8_t> numbers(static_cast<size_t>(out * in)), zeros(static_cast<size_t>(out * groups), 7);
    const std::vector<float> scales(zeros.size(), 0.01f);
    for (size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = static_cast<uint8_t>((i * 2654435761u >> 8) % 16);
    }
    const GroupedWeight weight = {numbers.data(), scales.data(), Element::f32, zeros.data(), out, in, groups};
    bytes = packed_grouped_bytes(weight);
    std::vector<Memory> result;
    for (int64_t i = 0; i < std::max<int64_t>(1, cold_bytes / bytes); ++i) {
        result.emplace_back(bytes);
        pack_grouped(weight, result.back().data);
    }
    return result;
}

/** Seconds for one product. */
double product_seconds(const std::vector<Memory>& weights, int64_t out, int64_t in, int64_t rows, Element element) {
    std::vector<float> memory(static_cast<size_t>(rows * in));
    for (int64_t i = 0; i < rows * in; ++i) {
        store_element(memory.data(), i, element, static_cast<float>(i % 17) / 17 - 0.5f);
    }
    std::vector<float> y(static_cast<size_t>(rows * out));
    const size_t count = rows > 64 ? std::min<size_t>(weights.size(), 4) : weights.size();
    return median_seconds(repeats, [&] {
               for (size_t i = 0; i < count; ++i) {
                   linear(memory.data(), element, rows, in, weights[i].data, nullptr, y.data());
               }
           }) / static_cast<double>(count);
}

struct Kind {
    const char* name;
    Element element;
    Format format;
};

void measure(int64_t out, int64_t in) {
    constexpr Kind kinds[] = {{"f32", Element::f32, Format::dense},
                              {"bf16", Element::bf16, Format::dense},
                              {"int8", Element::bf16, Format::int8},
                              {"int4", Element::bf16, Format::int4},
                              {"awq", Element::bf16, Format::grouped_int4}};
    for (const Kind& kind : kinds) {
        int64_t size = packed_linear_bytes(out, in, kind.element, kind.format);
        const std::vector<Memory> weights = kind.format == Format::grouped_int4 ? grouped_copies(out, in, size)
                                                                                : copies(out, in, kind.element, kind.format);
        const auto bytes = static_cast<double>(size);
        std::printf("%6ld x %5ld %5s ", static_cast<long>(out), static_cast<long>(in), kind.name);
        for (int64_t rows : {1, 4, 16, 64}) {
            std::printf(" %7.1f", bytes / product_seconds(weights, out, in, rows, kind.element) / 1e9);
        }
        const double time = product_seconds(weights, out, in, 512, kind.element);
        std::printf(" %10.0f\n", 2.0 * 512 * static_cast<double>(out * in) / time / 1e9);
        std::fflush(stdout);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::printf("%s, %d threads\n", name(cpu::cpu().isa), max_threads());
    std::printf("memory reads: %.1f GB/s, %.1f GB/s in huge pages\n", ceiling::reads(false) / 1e9,
                ceiling::reads(true) / 1e9);
#if defined(__x86_64__)
    if (cpu::cpu().avx512_bf16) {
        std::printf("vdpbf16ps on registers: %.0f GFLOP/s\n", ceiling::bf16_pairs() / 1e9);
    }
    if (cpu::cpu().isa >= cpu::Isa::amx) {
        std::printf("tdpbf16ps, from the first cache: %.0f GFLOP/s\n", ceiling::bf16_tiles() / 1e9);
    }
#endif
    std::printf("   out x    in  type   GB/s: 1       4      16      64   GFLOP/s: 512 rows\n");
    std::vector<std::pair<int64_t, int64_t>> shapes = {{1280, 768},  {4096, 768},  {768, 2048},  {32000, 768},
                                                       {4096, 1024}, {6144, 1024}, {1024, 3072}, {32000, 1024}};
    if (argc > 2) {
        shapes.clear();
        for (int i = 1; i + 1 < argc; i += 2) {
            shapes.emplace_back(std::atol(argv[i]), std::atol(argv[i + 1]));
        }
    }
    for (const auto& [out, in] : shapes) {
        measure(out, in);
    }
    return 0;
}
