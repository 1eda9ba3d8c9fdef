#include "linear_layout.h"
#include "pages.h"
#include "parallel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pigou::cpu {
namespace {

/** A scale this small is rounded to zero, and the group with it: its inverse must be finite. */
constexpr float least_scale = 1e-30f;

/** The weight as it came: rows of one type, zero where it has none. */
struct Source {
    const void* weight;
    Element element;
    int64_t out;
    int64_t in;

    /** Inputs [first, first + 32) of one output. */
    void load(int64_t row, int64_t first, float* group) const {
        const int64_t count = row < out ? std::min(group_inputs, in - first) : 0;
        for (int64_t i = 0; i < count; ++i) {
            group[i] = load_element(weight, row * in + first + i, element);
        }
        std::fill(group + count, group + group_inputs, 0.0f);
    }
};

/** Bytes from a group's first line to the one of an output, and within it to the output, for elements of a size. */
int64_t dense_offset(Storage storage, int64_t input, int64_t out) {
    const int64_t line = out / line_outs;
    const int64_t column = out % line_outs;
    if (storage == Storage::f32) {
        return input * step_bytes + line * line_bytes + column * 4;
    }
    const int64_t second = input % 2;
    const int64_t index = storage == Storage::bf16 ? column * 2 + second : second * line_outs + column;
    return input / 2 * step_bytes + line * line_bytes + index * 2;
}

/** Copies bits, so that a NaN's payload and every value survive. */
void pack_dense_group(const Source& source, int64_t first_out, int64_t first_in, Storage storage, uint8_t* group) {
    const int64_t size = size_of(source.element);
    const int64_t outs = std::min(panel_outs, source.out - first_out);
    const int64_t ins = std::min(group_inputs, source.in - first_in);
    const auto* from = static_cast<const uint8_t*>(source.weight);
    std::memset(group, 0, static_cast<size_t>(group_bytes(storage)));
    for (int64_t out = 0; out < outs; ++out) {
        const uint8_t* row = from + ((first_out + out) * source.in + first_in) * size;
        for (int64_t input = 0; input < ins; ++input) {
            uint8_t* to = group + dense_offset(storage, input, out);
            if (size == 4) {
                std::memcpy(to, row + input * 4, 4);
            } else {
                std::memcpy(to, row + input * 2, 2);
            }
        }
    }
}

/** One output's 32 weights as integers. */
struct Quantised {
    uint16_t scale; ///< bf16
    int8_t values[group_inputs];
};

/** The one of largest magnitude, with its sign; NaN if any is not finite. */
float extreme(const float* group) {
    float result = 0;
    for (int64_t i = 0; i < group_inputs; ++i) {
        if (!std::isfinite(group[i])) {
            return float_of(0x7fc00000);
        }
        if (std::fabs(group[i]) > std::fabs(result)) {
            result = group[i];
        }
    }
    return result;
}

/** Nearest integer, ties to even, of a magnitude below 2^22: unlike the library's, it is open to vectors. */
float nearest(float value) {
    constexpr float ulp_is_one = 12582912; // 1.5 * 2^23
    return (value + ulp_is_one) - ulp_is_one;
}

/** Rounds group / scale into [low, high]; the sum of squared errors. */
float quantise(const float* group, float scale, float low, float high, Quantised& result) {
    result.scale = to_bf16(scale);
    const float rounded = from_bf16(result.scale);
    const float inverse = 1 / rounded;
    float errors[8] = {}; // in eight sums, for vectors
    for (int64_t i = 0; i < group_inputs; ++i) {
        const float value = nearest(std::min(std::max(group[i] * inverse, low), high));
        result.values[i] = static_cast<int8_t>(value);
        const float difference = group[i] - value * rounded;
        errors[i % 8] += difference * difference;
    }
    float error = 0;
    for (float e : errors) {
        error += e;
    }
    return error;
}

Quantised quantise_int8(const float* group) {
    Quantised result = {};
    const float largest = extreme(group);
    if (std::isnan(largest)) {
        result.scale = to_bf16(largest);
    } else if (std::fabs(largest) >= least_scale * 127) {
        quantise(group, std::fabs(largest) / 127, -127, 127, result);
    }
    return result;
}

/**
 * Sixteen steps are so few that it pays to look for the scale: the extreme weight is laid on every quarter step from
 * -6.5 to -9 (it may be cut a little, or leave a little room), and the scale of the least squared error is kept.
 */
Quantised quantise_int4(const float* group) {
    Quantised best = {};
    const float largest = extreme(group);
    if (std::isnan(largest)) {
        best.scale = to_bf16(largest);
        return best;
    }
    if (std::fabs(largest) < least_scale * 16) {
        return best;
    }
    float best_error = float_of(0x7f800000);
    for (int quarter = 26; quarter <= 36; ++quarter) {
        Quantised candidate;
        const float error = quantise(group, largest * -4 / static_cast<float>(quarter), -8, 7, candidate);
        if (error < best_error) {
            best_error = error;
            best = candidate;
        }
    }
    return best;
}

void store_int8(const Quantised& from, int64_t out, uint8_t* group) {
    std::memcpy(group + out * 2, &from.scale, 2);
    uint8_t* weights = group + scale_bytes + out * 4;
    for (int64_t i = 0; i < group_inputs; ++i) {
        weights[i / 4 * step_bytes + i % 4] = static_cast<uint8_t>(from.values[i] + 128);
    }
}

void store_int4(const Quantised& from, int64_t out, uint8_t* group) {
    std::memcpy(group + out * 2, &from.scale, 2);
    uint8_t* weights = group + scale_bytes + out * 4;
    constexpr int64_t half = group_inputs / 2;
    for (int64_t i = 0; i < half; ++i) {
        const int low = from.values[i] + 8;
        const int high = from.values[half + i] + 8;
        weights[i / 4 * step_bytes + i % 4] = static_cast<uint8_t>(low | high << 4);
    }
}

void pack_group(const Source& source, int64_t first_out, int64_t first_in, Storage storage, uint8_t* group) {
    if (storage != Storage::int8 && storage != Storage::int4) {
        pack_dense_group(source, first_out, first_in, storage, group);
        return;
    }
    for (int64_t out = 0; out < panel_outs; ++out) {
        float values[group_inputs];
        source.load(first_out + out, first_in, values);
        if (storage == Storage::int8) {
            store_int8(quantise_int8(values), out, group);
        } else {
            store_int4(quantise_int4(values), out, group);
        }
    }
}

} // namespace

int64_t packed_linear_bytes(int64_t out, int64_t in, Element element, Format format) {
    const PackedHeader header = {PackedHeader::expected_magic, out, in, element, format};
    return static_cast<int64_t>(sizeof header) + header.panels() * header.panel_bytes();
}

void pack_linear(const void* weight, Element element, int64_t out, int64_t in, Format format, void* packed) {
    const PackedHeader header = {PackedHeader::expected_magic, out, in, element, format};
    advise_huge_pages(packed, packed_linear_bytes(out, in, element, format));
    std::memcpy(packed, &header, sizeof header);
    auto* payload = static_cast<uint8_t*>(packed) + sizeof header;
    const Storage storage = header.storage();
    const Source source = {weight, element, out, in};
    parallel(max_threads(), [&](const Team& team) {
        const Range panels = team.share(header.panels());
        for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
            uint8_t* to = payload + panel * header.panel_bytes();
            for (int64_t group = 0; group < header.groups(); ++group) {
                pack_group(source, panel * panel_outs, group * group_inputs, storage,
                           to + group * group_bytes(storage));
            }
        }
    });
}

bool read_packed_linear(const void* packed, int64_t bytes, PackedLinear& result) {
    PackedHeader header;
    if (bytes < static_cast<int64_t>(sizeof header)) {
        return false;
    }
    std::memcpy(&header, packed, sizeof header);
    const bool grouped = header.format == Format::grouped_int4;
    const bool known = header.magic == PackedHeader::expected_magic && header.element <= Element::bf16 &&
                       (header.format == Format::dense || header.format == Format::int4 ||
                        header.format == Format::int8 || grouped);
    constexpr int64_t most = int64_t{1} << 31;
    if (!known || header.out < 1 || header.in < 1 || header.out > most || header.in > most ||
        header.offset_groups < 0 || header.offset_groups > (grouped ? header.in : 0) ||
        bytes != static_cast<int64_t>(sizeof header) + header.panels() * header.panel_bytes()) {
        return false;
    }
    result = {header.out, header.in, header.element, header.format};
    return true;
}

} // namespace pigou::cpu
