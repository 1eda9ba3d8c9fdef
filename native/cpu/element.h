// The element types of tensors, and what one element is worth. Plain bit arithmetic: no instruction set is assumed.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace pigou {

enum class Element { f32, f16, bf16 };

}  // namespace pigou

namespace pigou::cpu {

// What an element looks like in memory: 16 bits stay bits until they are widened.
template <Element E>
using Stored = std::conditional_t<E == Element::f32, float, uint16_t>;

inline int64_t element_bytes(Element element) { return element == Element::f32 ? 4 : 2; }

// Always inlined: a copy kept out of line in a file compiled for AVX-512 could be the one the linker hands to all.
#define PIGOU_INLINE [[gnu::always_inline]] inline

PIGOU_INLINE float from_bf16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

// To nearest, ties to even.
PIGOU_INLINE uint16_t to_bf16(float value) {
    uint32_t bits = std::bit_cast<uint32_t>(value);
    if (value != value) return static_cast<uint16_t>(bits >> 16 | 0x40);
    return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

PIGOU_INLINE float from_f16(uint16_t half) {
    uint32_t sign = uint32_t{half} >> 15 << 31;
    uint32_t magnitude = half & 0x7fffu;
    // Subnormals: the significand times 2^-24.
    if (magnitude < 0x400) return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude * 0x1p-24f));
    uint32_t rebias = magnitude < 0x7c00 ? 112u << 23 : 224u << 23;
    return std::bit_cast<float>(sign | ((magnitude << 13) + rebias));
}

// To nearest, ties to even.
PIGOU_INLINE uint16_t to_f16(float value) {
    uint32_t bits = std::bit_cast<uint32_t>(value);
    uint32_t sign = bits >> 31 << 15;
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00);
    if (magnitude >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00);  // 65520 and above round to infinity
    if (magnitude < 0x38800000u) {
        // Below 2^-14: adding 0.5 leaves the multiple of 2^-24 in the low bits, rounded by the addition itself.
        float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000u));
    }
    uint32_t rounded = magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1);
    return static_cast<uint16_t>(sign | rounded >> 13);
}

template <Element E>
PIGOU_INLINE float widen(Stored<E> value) {
    if constexpr (E == Element::f32) return value;
    else if constexpr (E == Element::f16) return from_f16(value);
    else return from_bf16(value);
}

template <Element E>
PIGOU_INLINE Stored<E> narrow(float value) {
    if constexpr (E == Element::f32) return value;
    else if constexpr (E == Element::f16) return to_f16(value);
    else return to_bf16(value);
}

// The largest finite value of the type.
template <Element E>
inline constexpr float largest_finite =
        E == Element::f32 ? 0x1.fffffep127f : E == Element::f16 ? 65504.0f : 0x1.fep127f;

}  // namespace pigou::cpu
