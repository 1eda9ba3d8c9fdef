// How packed weights lie in memory, so that one 16-byte load hands a lane what its matrix instructions want.
//
// A header of 64 bytes, the weights, the scales. Dense weights follow the header as they were. Others are cut into tiles of 16
// rows of `out`, and tiles into slabs of 32 columns of `in` (padded with zeros to an even number of slabs). In a slab, lane
// 4 r + t holds columns 8 t .. 8 t + 7 of rows r and r + 8; the order of a dot product is free, so these columns stand in for those
// that the instruction's layout names (device.cuh), in both weights and x:
//   int8, fp8 (e4m3): 16 bytes a lane and slab: 8 of row r, 8 of row r + 8. Of each 4 the order is 0 2 1 3, so that every other
//                     byte is a pair of neighbours. One float32 scale a row of `out`.
//   int4 (stored + 8): 16 bytes a lane and two slabs: a word for row r and one for r + 8 of each. Nibble i holds column 2 i, nibble
//                     i + 4 column 2 i + 1. One float16 scale a row and slab: pairs for rows r and r + 8.
//   grouped int4:     the same, numbers as they came, and a byte of zero point a row and slab after the scales, in pairs too.
#pragma once

#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {

constexpr int slab_columns = 32;
constexpr int weight_rows = 16;

struct PackedHeader {
    uint32_t magic, layout;
    int64_t out, in;
    int64_t element, format;
    int64_t unused[3];
};
static_assert(sizeof(PackedHeader) == packed_header_bytes);

constexpr uint32_t packed_magic = 0x75676970, packed_layout = 1;

__host__ __device__ constexpr bool four_bits(Format format) {
    return format == Format::int4 || format == Format::grouped_int4;
}

// Sizes and offsets in bytes.
struct PackedShape {
    int64_t tiles, slabs, weights, scales, zeros, bytes;

    __host__ __device__ PackedShape(int64_t out, int64_t in, Element element, Format format)
        : tiles((out + 15) / 16), slabs((in + 63) / 64 * 2), weights(sizeof(PackedHeader)) {
        const int64_t padded = tiles * weight_rows * slabs * slab_columns;
        if (format == Format::dense) {
            scales = zeros = bytes = weights + out * in * (element == Element::f32 ? 4 : 2);
        } else if (four_bits(format)) {
            scales = weights + padded / 2;
            zeros = scales + tiles * slabs * weight_rows * 2;
            bytes = zeros + (format == Format::int4 ? 0 : tiles * slabs * weight_rows);
        } else {
            scales = weights + padded;
            zeros = bytes = scales + tiles * weight_rows * 4;
        }
    }
};

__device__ inline bool is_packed(const void* packed, int64_t out, int64_t in, Element element, Format format) {
    const auto* h = static_cast<const PackedHeader*>(packed);
    return h->magic == packed_magic && h->layout == packed_layout && h->out == out && h->in == in
        && (format == Format::grouped_int4 || h->element == static_cast<int64_t>(element))
        && h->format == static_cast<int64_t>(format);
}

// Byte of a lane's 8 (int8, fp8), and nibble of its word (int4), that holds its column j of a row.
__host__ __device__ constexpr int byte_of(int j) { return j / 4 * 4 + j % 2 * 2 + j % 4 / 2; }
__host__ __device__ constexpr int nibble_of(int j) { return j / 2 + j % 2 * 4; }

// ---- from packed words to pairs of 16-bit floats, exactly -----------------------------------------------------------

// Bytes 0 and 2 of a word of int8.
template <typename T>
__device__ __forceinline__ uint32_t int8_pair(uint32_t w) {
    if constexpr (std::is_same_v<T, bf16>) {  // 128 + low 7 bits, less 128 or (negative) 256
        return subtract_pairs<T>((w & 0x007f007f) | 0x43004300, (w & 0x00800080) | 0x43004300);
    } else {  // 1024 + (value + 128), less 1152
        return subtract_pairs<T>(((w & 0x00ff00ff) ^ 0x00800080) | 0x64006400, 0x64806480);
    }
}

// A pair of 128 + zero (in float16 1024 + zero).
template <typename T>
__device__ __forceinline__ uint32_t zero_pair(uint32_t zero) {
    return (std::is_same_v<T, bf16> ? 0x43004300u : 0x64006400u) + zero * 0x00010001u;
}

// Nibbles 0 and 4 of a word of int4: 128 (1024) + stored, less what zero_pair gave.
template <typename T>
__device__ __forceinline__ uint32_t int4_pair(uint32_t w, uint32_t zeros = zero_pair<T>(8)) {
    return subtract_pairs<T>((w & 0x000f000f) | zero_pair<T>(0), zeros);
}

// Bytes 0 and 2 of a word of e4m3: its bits are those of a smaller number, by 2^120 (2^8), subnormal ones too.
template <typename T>
__device__ __forceinline__ uint32_t fp8_pair(uint32_t w) {
    if constexpr (std::is_same_v<T, bf16>) {
        return multiply_pairs<T>((w & 0x007f007f) << 4 | (w & 0x00800080) << 8, 0x7b807b80);
    } else {
        return multiply_pairs<T>((w & 0x007f007f) << 7 | (w & 0x00800080) << 8, 0x5c005c00);
    }
}

// ---- from floats to packed numbers ------------------------------------------------------------------------------------

// e4m3, to nearest, ties to even, 448 at most.
__host__ __device__ inline uint8_t to_e4m3(float value) {
    const uint8_t sign = value < 0 ? 0x80 : 0;
    const float size = fabsf(value);
    if (size < 0x1p-6f) {
        return sign | static_cast<uint8_t>(rintf(size * 0x1p9f));
    }
    union {
        float f;
        uint32_t u;
    } bits{size < 448.f ? size : 448.f};
    const uint32_t rounded = (bits.u + 0x7ffff + (bits.u >> 20 & 1)) >> 20;
    return sign | static_cast<uint8_t>(rounded - (120u << 3));
}

// What a product stores in *y.
template <typename T>
__device__ __forceinline__ T stored_output(const Product& p, const T* y, float value) {
    const T rounded = narrow<T>(value);
    return p.adds ? narrow<T>(widen(*y) + widen(rounded)) : rounded;
}

}  // namespace pigou::cuda
