// What the emulated tests share: random tensors as a kernel sees them, comparison with float64, schedules.
#pragma once

#include "../../cuda/kernels.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace pigou::cuda {

[[noreturn]] inline void fail(const std::string& what) {
    std::fprintf(stderr, "FAILED: %s\n", what.c_str());
    std::exit(1);
}

inline void expect(bool holds, const std::string& what) {
    if (!holds) {
        fail(what);
    }
}

inline size_t bytes_of(Element element) { return element == Element::f32 ? 4 : 2; }

inline const char* name_of(Element element) {
    return element == Element::f32 ? "f32" : element == Element::f16 ? "f16" : "bf16";
}

// A tensor of floating elements on the heap, exactly as long as it says, so that AddressSanitizer sees its ends.
class Values {
  public:
    // Poisoned: every element is NaN.
    Values(Element element, int64_t count)
        : element_(element), count_(count), bytes_(new unsigned char[count * bytes_of(element)]) {
        std::memset(bytes_.get(), 0xff, count * bytes_of(element));
    }

    static Values random(Element element, int64_t count, std::mt19937& random, double size = 1) {
        Values values(element, count);
        std::normal_distribution<double> normal(0, size);
        for (int64_t i = 0; i < count; i++) {
            values.set(i, normal(random));
        }
        return values;
    }

    double get(int64_t i) const {
        if (element_ == Element::f32) {
            return reinterpret_cast<const float*>(bytes_.get())[i];
        }
        const uint16_t bits = reinterpret_cast<const uint16_t*>(bytes_.get())[i];
        return element_ == Element::f16 ? from_f16(bits) : from_bf16(bits);
    }

    void set(int64_t i, double value) {
        const float f = static_cast<float>(value);
        if (element_ == Element::f32) {
            reinterpret_cast<float*>(bytes_.get())[i] = f;
        } else {
            reinterpret_cast<uint16_t*>(bytes_.get())[i] = element_ == Element::f16 ? to_f16(f) : to_bf16(f);
        }
    }

    void* data() const { return bytes_.get(); }
    int64_t count() const { return count_; }

  private:
    Element element_;
    int64_t count_;
    std::unique_ptr<unsigned char[]> bytes_;
};

// How far ||got - wanted|| / ||wanted|| may be off for results rounded to the type.
inline double tolerance(Element element) {
    return element == Element::f32 ? 2e-6 : element == Element::f16 ? 1e-3 : 5e-3;
}

inline void expect_close(const Values& got, const std::vector<double>& wanted, double most, const std::string& what) {
    double error = 0, size = 0;
    for (int64_t i = 0; i < got.count(); i++) {
        error += (got.get(i) - wanted[i]) * (got.get(i) - wanted[i]);
        size += wanted[i] * wanted[i];
    }
    const double relative = std::sqrt(error / std::max(size, 1e-300));
    if (!(relative <= most)) {  // NaN never passes
        fail(what + ": relative error " + std::to_string(relative) + " above " + std::to_string(most));
    }
}

constexpr Element all_elements[] = {Element::f32, Element::f16, Element::bf16};

// The `number`-th way to run what follows: every order, with copies as late and as early as they may be.
inline void use_schedule(int number) {
    using emulation::Schedule;
    constexpr Schedule::Order orders[] = {Schedule::ascending, Schedule::descending, Schedule::shuffled};
    emulation::schedule = {orders[number % 3], number % 2 == 1};
}

}  // namespace pigou::cuda
