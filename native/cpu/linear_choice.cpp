#include "dispatch.h"
#include "linear_kernels.h"

namespace pigou::cpu {

const LinearKernels& linear_kernels() {
#if defined(__x86_64__)
    if (cpu().isa >= Isa::avx512) {
        return avx512_linear_kernels;
    }
    if (cpu().isa >= Isa::avx2) {
        return avx2_linear_kernels;
    }
#endif
    return scalar_linear_kernels;
}

#if defined(__x86_64__)

namespace {

/** Rows from which a tile of 16 rows pays, though part of it is empty: below, memory is the limit without it. */
constexpr int64_t amx_rows = 9;
/** Rows from which it pays to unpack 8- and 4-bit weights to bf16 for it; AVX-512 VNNI takes them as they are. */
constexpr int64_t amx_unpacking_rows = 129;

const Product* amx_product(Storage storage, Element x, int64_t rows) {
    if (cpu().isa < Isa::amx || rows < (storage == Storage::bf16 || !cpu().avx512_vnni ? amx_rows : amx_unpacking_rows)) {
        return nullptr;
    }
    switch (storage) {
    case Storage::bf16: return x == Element::bf16 ? &amx_bf16_product : nullptr;
    case Storage::int8: return &amx_int8_product;
    case Storage::int4: return &amx_int4_product;
    case Storage::grouped_int4: return &amx_grouped_int4_product;
    default: return nullptr;
    }
}

const Product* avx512_product(Storage storage, Element x) {
    switch (storage) {
    case Storage::bf16: return cpu().avx512_bf16 && x == Element::bf16 ? &avx512_bf16_product : nullptr;
    case Storage::int8: return cpu().avx512_vnni ? &avx512_int8_product : nullptr;
    case Storage::int4: return cpu().avx512_vnni ? &avx512_int4_product : nullptr;
    case Storage::grouped_int4: return cpu().avx512_vnni ? &avx512_grouped_int4_product : nullptr;
    default: return nullptr;
    }
}

} // namespace

const Product& choose_product(Storage storage, Element x, int64_t rows) {
    if (const Product* product = amx_product(storage, x, rows)) {
        return *product;
    }
    if (const Product* product = avx512_product(storage, x)) {
        return *product;
    }
    return linear_kernels().products[static_cast<int>(storage)];
}

#else

const Product& choose_product(Storage storage, Element, int64_t) {
    return linear_kernels().products[static_cast<int>(storage)];
}

#endif

} // namespace pigou::cpu
