#include <immintrin.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

/**
 * AMX's kernel with its instructions written out in plain C++, so that its shapes, strides and order can be checked
 * on a machine without AMX. What the hardware would refuse ends the test. After Intel's manual, volume 2,
 * LDTILECFG, TILELOADD, TDPBF16PS and TILESTORED. Sums here are not rounded as the hardware does, only as float32.
 */
namespace emulated {

struct Tile {
    int rows = 0;
    int row_bytes = 0;
    unsigned char data[16][64];
};

thread_local Tile tiles[8];
thread_local bool configured = false;

void require(bool good, const char* what) {
    if (!good) {
        std::printf("FAILED: AMX would refuse: %s\n", what);
        std::exit(1);
    }
}

inline void load_config(const void* config) {
    const auto* bytes = static_cast<const unsigned char*>(config);
    require(bytes[0] == 1, "a palette that is not 1");
    for (int i = 1; i < 16; ++i) {
        require(bytes[i] == 0, "reserved bytes that are not zero");
    }
    for (int i = 0; i < 8; ++i) {
        uint16_t row_bytes;
        std::memcpy(&row_bytes, bytes + 16 + 2 * i, 2);
        tiles[i].rows = bytes[48 + i];
        tiles[i].row_bytes = row_bytes;
        require(row_bytes <= 64 && tiles[i].rows <= 16, "a tile too large");
        require((row_bytes == 0) == (tiles[i].rows == 0), "a tile with no rows or no columns");
        std::memset(tiles[i].data, 0, sizeof tiles[i].data);
    }
    configured = true;
}

inline void release() {
    configured = false;
}

inline void load(int tile, const void* from, int64_t stride) {
    require(configured && tiles[tile].rows > 0, "a tile without a shape");
    for (int row = 0; row < tiles[tile].rows; ++row) {
        std::memcpy(tiles[tile].data[row], static_cast<const char*>(from) + row * stride,
                    static_cast<size_t>(tiles[tile].row_bytes));
    }
}

inline void store(int tile, void* to, int64_t stride) {
    require(configured && tiles[tile].rows > 0, "a tile without a shape");
    for (int row = 0; row < tiles[tile].rows; ++row) {
        std::memcpy(static_cast<char*>(to) + row * stride, tiles[tile].data[row],
                    static_cast<size_t>(tiles[tile].row_bytes));
    }
}

inline float bf16(const unsigned char* row, int index) {
    uint16_t half;
    std::memcpy(&half, row + 2 * index, 2);
    const uint32_t bits = uint32_t{half} << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}

inline void multiply(int sums, int left, int right) {
    const Tile& a = tiles[left];
    const Tile& b = tiles[right];
    Tile& c = tiles[sums];
    require(configured, "no configuration");
    require(sums != left && left != right && sums != right, "one tile as two operands");
    require(a.row_bytes / 4 == b.rows && c.rows == a.rows && c.row_bytes == b.row_bytes, "shapes that do not fit");
    for (int row = 0; row < c.rows; ++row) {
        for (int column = 0; column < c.row_bytes / 4; ++column) {
            float sum;
            std::memcpy(&sum, c.data[row] + 4 * column, 4);
            for (int pair = 0; pair < b.rows; ++pair) {
                sum += bf16(a.data[row], 2 * pair) * bf16(b.data[pair], 2 * column);
                sum += bf16(a.data[row], 2 * pair + 1) * bf16(b.data[pair], 2 * column + 1);
            }
            std::memcpy(c.data[row] + 4 * column, &sum, 4);
        }
    }
}

} // namespace emulated

#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#define _tile_loadconfig emulated::load_config
#define _tile_release emulated::release
#define _tile_loadd emulated::load
#define _tile_stored emulated::store
#define _tile_dpbf16ps emulated::multiply

#include "linear_amx.cpp"

#include "dispatch.h"

namespace pigou::cpu {

const Cpu& cpu() {
    static const Cpu emulated = [] {
        if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512vnni")) {
            std::printf("skipped: the kernels beside it need AVX-512 with bf16 and VNNI\n");
            std::exit(77);
        }
        return Cpu{Isa::amx, true, true};
    }();
    return emulated;
}

const char* name(Isa) {
    return "amx (emulated)";
}

} // namespace pigou::cpu
