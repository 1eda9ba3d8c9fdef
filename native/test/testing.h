// What the tests of the row, attention and sampling kernels share.
#pragma once

#include "../cpu/element.h"

#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

namespace pigou::test {

inline constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr Element elements[] = {Element::f32, Element::f16, Element::bf16};

inline const char* name(Element element) {
    return element == Element::f32 ? "f32" : element == Element::f16 ? "f16" : "bf16";
}

// Half a step between the type's numbers just above 1.
inline double rounding(Element element) {
    return element == Element::f32 ? 0x1p-24 : element == Element::f16 ? 0x1p-11 : 0x1p-8;
}

inline int checks = 0;
inline int failures = 0;

// Counts, and says what was wrong the first times. `text` is a printf format; it should name the seed.
[[gnu::format(printf, 2, 3)]] inline void check(bool good, const char* text, ...) {
    checks++;
    if (good || ++failures > 20) return;
    std::printf("FAILED: ");
    va_list arguments;
    va_start(arguments, text);
    std::vprintf(text, arguments);
    va_end(arguments);
    std::printf("\n");
}

inline int report() {
    std::printf("%d checks, %d failures\n", checks, failures);
    return failures == 0 && checks > 0 ? 0 : 1;
}

// Elements of one type in exactly as many bytes as they need, all NaN at first.
class Array {
public:
    Array(Element element, int64_t count)
        : element_(element), count_(count), bytes_(static_cast<size_t>(count * size_of(element))) {
        fill(not_a_number);
    }

    static Array normal(Element element, int64_t count, std::mt19937& random, float deviation = 1) {
        std::normal_distribution<float> distribution(0, deviation);
        Array array(element, count);
        for (int64_t i = 0; i < count; i++) array.set(i, distribution(random));
        return array;
    }

    void fill(float value) {
        for (int64_t i = 0; i < count_; i++) set(i, value);
    }
    void set(int64_t index, float value) { store_element(bytes_.data(), index, element_, value); }
    float operator[](int64_t index) const { return load_element(bytes_.data(), index, element_); }
    int64_t count() const { return count_; }
    void* data() { return bytes_.data(); }
    const void* data() const { return bytes_.data(); }

private:
    Element element_;
    int64_t count_;
    std::vector<uint8_t> bytes_;
};

inline int64_t between(std::mt19937& random, int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
}

}  // namespace pigou::test
