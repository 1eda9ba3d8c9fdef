#pragma once

#include "linear.h"

#include <cstdint>

/**
 * The packed form of a weight: a header, then panels of 64 outputs, each one contiguous stream over the inputs.
 *
 *   panel    groups of 32 inputs, in order; grouped int4 with zero points: then, for each of their groups, 64 f16 offsets
 *   group    int8, int4: 64 bf16 scales (128 bytes), f16 in grouped int4; then steps
 *   step     256 bytes: 4 lines of 64 bytes, line l for outputs [16 l, 16 l + 16)
 *
 *   a line   f32   [16 outs]               1 input
 *            f16   [2 inputs][16 outs]     2 inputs
 *            bf16  [16 outs][2 inputs]     2 inputs: an operand of vdpbf16ps, a row of an AMX tile
 *            int8  [16 outs][4 inputs]     4 inputs, weight + 128: an operand of vpdpbusd
 *            int4  [16 outs][4 inputs]     8 inputs: step s of 4 has inputs 4 s + j in its low nibbles and
 *                                          16 + 4 s + j in its high ones, weight + 8
 *
 * Zero points leave the steps as they are, for scale (q - zero) = scale (q - 8) + offset with offset = scale (8 - zero): what
 * they add to a row is its sums over their groups times the offsets.
 *
 * Missing inputs (up to a multiple of 32) and outputs (up to one of 64) are zero weights, so kernels have no tails.
 */
namespace pigou::cpu {

constexpr int64_t panel_outs = 64;
constexpr int64_t group_inputs = 32;
constexpr int64_t line_outs = 16;
constexpr int64_t line_bytes = 64;
constexpr int64_t step_bytes = 256;
constexpr int64_t scale_bytes = panel_outs * 2;

/** The kinds of packed weights: a format, and for dense ones the type. */
enum class Storage : uint8_t { f32, f16, bf16, int8, int4, grouped_int4 };

constexpr int storages = 6;

constexpr Storage storage_of(Element element, Format format) {
    switch (format) {
    case Format::int8: return Storage::int8;
    case Format::int4: return Storage::int4;
    case Format::grouped_int4: return Storage::grouped_int4;
    case Format::dense: break;
    }
    return element == Element::f32 ? Storage::f32 : element == Element::f16 ? Storage::f16 : Storage::bf16;
}

/** Bytes of one group of a panel: 32 inputs by 64 outputs. */
constexpr int64_t group_bytes(Storage storage) {
    constexpr int64_t weights = group_inputs * panel_outs;
    switch (storage) {
    case Storage::f32: return weights * 4;
    case Storage::f16:
    case Storage::bf16: return weights * 2;
    case Storage::int8: return scale_bytes + weights;
    case Storage::int4:
    case Storage::grouped_int4: return scale_bytes + weights / 2;
    }
    return 0;
}

constexpr int64_t ceil_div(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/** The first 64 bytes of a packed weight. */
struct PackedHeader {
    static constexpr uint64_t expected_magic = 0x315250554f474950; // "PIGOUPR1"

    uint64_t magic;
    int64_t out;
    int64_t in;
    Element element;
    Format format;
    uint8_t unused[6] = {};
    int64_t offset_groups = 0; ///< runs of inputs with a zero point each; 0 without zero points
    uint8_t unused_too[24] = {};

    int64_t panels() const { return ceil_div(out, panel_outs); }
    int64_t groups() const { return ceil_div(in, group_inputs); }
    Storage storage() const { return storage_of(element, format); }
    int64_t panel_bytes() const { return groups() * group_bytes(storage()) + offset_groups * scale_bytes; }
};

static_assert(sizeof(PackedHeader) == 64);

} // namespace pigou::cpu
