#include "linear_layout.h"
#include "pages.h"
#include "parallel.h"

#include <algorithm>
#include <cstring>

/** Format::grouped_int4: what a checkpoint has, laid out as int4 is. */
namespace pigou::cpu {
namespace {

constexpr int middle = 8; // of the numbers; what the layout's weights are stored above

PackedHeader header_of(const GroupedWeight& weight) {
    PackedHeader header = {PackedHeader::expected_magic, weight.out, weight.in, Element::f16, Format::grouped_int4};
    header.offset_groups = weight.zeros == nullptr ? 0 : weight.groups;
    return header;
}

uint16_t scale_of(const GroupedWeight& weight, int64_t out, int64_t group) {
    return to_f16(load_element(weight.scales, out * weight.groups + group, weight.element));
}

/** Inputs [first, first + 32) of one output; weights of zero beyond the last. */
void pack_column(const GroupedWeight& weight, int64_t out, int64_t first, uint8_t* group) {
    const uint16_t scale = scale_of(weight, out, first / (weight.in / weight.groups));
    const uint8_t* from = weight.numbers + out * weight.in + first;
    const int64_t count = std::min(group_inputs, weight.in - first);
    uint8_t numbers[group_inputs];
    std::fill(numbers, numbers + group_inputs, middle);
    std::copy(from, from + count, numbers);
    const int64_t column = out % panel_outs;
    std::memcpy(group + column * 2, &scale, 2);
    uint8_t* weights = group + scale_bytes + column * 4;
    constexpr int64_t half = group_inputs / 2;
    for (int64_t i = 0; i < half; ++i) {
        weights[i / 4 * step_bytes + i % 4] = static_cast<uint8_t>((numbers[i] & 0xf) | numbers[half + i] << 4);
    }
}

void pack_offset(const GroupedWeight& weight, int64_t out, int64_t group, uint8_t* offsets) {
    const int zero = weight.zeros[out * weight.groups + group];
    const uint16_t offset = to_f16(from_f16(scale_of(weight, out, group)) * static_cast<float>(middle - zero));
    std::memcpy(offsets + group * scale_bytes + out % panel_outs * 2, &offset, 2);
}

} // namespace

int64_t packed_grouped_bytes(const GroupedWeight& weight) {
    const PackedHeader header = header_of(weight);
    return static_cast<int64_t>(sizeof header) + header.panels() * header.panel_bytes();
}

void pack_grouped(const GroupedWeight& weight, void* packed) {
    const PackedHeader header = header_of(weight);
    const int64_t bytes = packed_grouped_bytes(weight);
    advise_huge_pages(packed, bytes);
    std::memcpy(packed, &header, sizeof header);
    auto* payload = static_cast<uint8_t*>(packed) + sizeof header;
    parallel(max_threads(), [&](const Team& team) {
        const Range panels = team.share(header.panels());
        for (int64_t panel = panels.begin; panel < panels.end; ++panel) {
            uint8_t* to = payload + panel * header.panel_bytes();
            std::memset(to, 0, static_cast<size_t>(header.panel_bytes())); // scales and offsets of missing outputs
            uint8_t* offsets = to + header.groups() * group_bytes(header.storage());
            const int64_t end = std::min((panel + 1) * panel_outs, weight.out);
            for (int64_t out = panel * panel_outs; out < end; ++out) {
                for (int64_t group = 0; group < header.groups(); ++group) {
                    pack_column(weight, out, group * group_inputs, to + group * group_bytes(header.storage()));
                }
                for (int64_t group = 0; group < header.offset_groups; ++group) {
                    pack_offset(weight, out, group, offsets);
                }
            }
        }
    });
}

} // namespace pigou::cpu
