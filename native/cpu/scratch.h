// Memory that a thread keeps between calls.
#pragma once

#include "pages.h"

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace pigou::cpu {

/// A buffer that grows to the largest size asked of it and is never given back: after the first calls of a kind no call
/// allocates. Aligned to cache lines, and in huge pages where it fills one; its contents are undefined. Owned by one thread: keep
/// it in a thread_local.
template <typename T>
class Scratch {
    static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_destructible_v<T>);

public:
    T* reserve(size_t count) {
        if (count > size_) {
            size_ = 0;
            buffer_.reset();
            const size_t bytes = count * sizeof(T);
            const auto alignment = static_cast<std::align_val_t>(bytes < huge_page ? line_alignment : huge_page);
            buffer_ = {static_cast<T*>(::operator new(bytes, alignment)), Free{alignment}};
            advise_huge_pages(buffer_.get(), static_cast<int64_t>(bytes));
            size_ = count;
        }
        return buffer_.get();
    }

private:
    static constexpr size_t line_alignment = 64;

    struct Free {
        std::align_val_t alignment{line_alignment};
        void operator()(T* buffer) const { ::operator delete(buffer, alignment); }
    };

    std::unique_ptr<T, Free> buffer_;
    size_t size_ = 0;
};

}  // namespace pigou::cpu
