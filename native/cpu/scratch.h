// Memory that a thread keeps between calls.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace pigou::cpu {

/// A buffer that grows to the largest size asked of it and is never given back: after the first calls of a kind no call
/// allocates. Aligned to cache lines; its contents are undefined. Owned by one thread: keep it in a thread_local.
template <typename T>
class Scratch {
    static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_destructible_v<T>);

public:
    T* reserve(size_t count) {
        if (count > size_) {
            size_ = 0;
            buffer_.reset();
            buffer_.reset(static_cast<T*>(::operator new(count * sizeof(T), alignment)));
            size_ = count;
        }
        return buffer_.get();
    }

private:
    static constexpr std::align_val_t alignment{64};
    struct Free {
        void operator()(T* buffer) const { ::operator delete(buffer, alignment); }
    };

    std::unique_ptr<T, Free> buffer_;
    size_t size_ = 0;
};

}  // namespace pigou::cpu
