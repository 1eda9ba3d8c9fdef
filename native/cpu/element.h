#pragma once

#include <cstdint>
#include <cstring>

/**
 * Internal linkage wherever a header is compiled once for each instruction set: were such a function shared, the
 * linker could keep the AVX-512 copy and hand it to a CPU that has none.
 */
#define PIGOU_INLINE [[gnu::always_inline]] static inline

namespace pigou {

/** The floating types of tensors. */
enum class Element : uint8_t { f32, f16, bf16 };

/** Bytes of one element. */
constexpr int64_t size_of(Element element) {
    return element == Element::f32 ? 4 : 2;
}

PIGOU_INLINE uint32_t bits_of(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

PIGOU_INLINE float float_of(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

PIGOU_INLINE float from_bf16(uint16_t half) {
    return float_of(uint32_t{half} << 16);
}

/** Rounds to nearest, ties to even; a NaN stays a (quiet) NaN. */
PIGOU_INLINE uint16_t to_bf16(float value) {
    const uint32_t bits = bits_of(value);
    const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    const uint32_t quiet_nan = bits >> 16 | 0x40;
    return static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? quiet_nan : rounded);
}

PIGOU_INLINE float from_f16(uint16_t half) {
    const uint32_t sign = uint32_t{half & 0x8000u} << 16;
    const uint32_t magnitude = uint32_t{half & 0x7fffu} << 13;
    constexpr uint32_t infinity = 0x7c00u << 13;
    // A float with the same fields is 2^-112 times the value, subnormals included; inf and NaN keep their exponent.
    const float scaled = float_of(magnitude) * float_of(239u << 23);
    const uint32_t bits = magnitude >= infinity ? magnitude | 0x7f800000 : bits_of(scaled);
    return float_of(sign | bits);
}

/** Rounds to nearest, ties to even; too large becomes infinite, a NaN stays a (quiet) NaN. */
PIGOU_INLINE uint16_t to_f16(float value) {
    const uint32_t bits = bits_of(value);
    const uint32_t sign = bits >> 16 & 0x8000;
    const uint32_t magnitude = bits & 0x7fffffff;
    uint32_t half;
    if (magnitude > 0x7f800000) {
        half = 0x7e00 | (magnitude >> 13 & 0x3ff);
    } else if (magnitude >= 0x47800000) { // 2^16
        half = 0x7c00;
    } else if (magnitude < 0x38800000) { // 2^-14: subnormal, so the float adder rounds at 2^-24
        half = bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f);
    } else {
        half = (magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;
    }
    return static_cast<uint16_t>(sign | half);
}

/** The element at an index of an array of any floating type. */
PIGOU_INLINE float load_element(const void* array, int64_t index, Element element) {
    if (element == Element::f32) {
        return static_cast<const float*>(array)[index];
    }
    const uint16_t half = static_cast<const uint16_t*>(array)[index];
    return element == Element::bf16 ? from_bf16(half) : from_f16(half);
}

PIGOU_INLINE void store_element(void* array, int64_t index, Element element, float value) {
    if (element == Element::f32) {
        static_cast<float*>(array)[index] = value;
    } else {
        static_cast<uint16_t*>(array)[index] = element == Element::bf16 ? to_bf16(value) : to_f16(value);
    }
}

} // namespace pigou
