#include "linear_vector512.h"

#include <algorithm>

/**
 * AMX: a tile is 16 rows of 64 bytes; tdpbf16ps adds (16 rows of 32 bf16) × (16 pairs of inputs by 16 outputs) to 16 rows
 * of 16 float32. Sixteen steps of a panel, that is one group, are the second operand as they lie in memory, at a
 * distance of step_bytes. Four tiles of sums (32 rows by 32 outputs) need one tile load for each tdpbf16ps.
 */
namespace pigou::cpu {
namespace {

constexpr int64_t tile_bytes = tile_rows * line_bytes;
constexpr int64_t sums_stride = panel_outs * sizeof(float);

/** ldtilecfg's operand, palette 1. */
struct alignas(64) TileShapes {
    uint8_t palette = 1;
    uint8_t start_row = 0;
    uint8_t unused[14] = {};
    uint16_t row_bytes[16] = {};
    uint8_t rows[16] = {};
};

static_assert(sizeof(TileShapes) == 64);

/**
 * Tile numbers must be literals. For up to 16 rows all tiles of sums and x have that many; else 0, 1, 4 have the first 16 and 2,
 * 3, 5 the rest.
 */
TileShapes shapes(int rows) {
    const bool low = rows <= tile_rows;
    const int64_t first = low ? rows : tile_rows;
    const int64_t rest = low ? rows : rows - tile_rows;
    const int64_t by_tile[8] = {first, first, rest, rest, first, rest, tile_rows, tile_rows};
    TileShapes shapes;
    for (int tile = 0; tile < 8; ++tile) {
        shapes.row_bytes[tile] = line_bytes;
        shapes.rows[tile] = static_cast<uint8_t>(by_tile[tile]);
    }
    return shapes;
}

/** At most 16 rows by all 64 outputs: sums 0 to 3, x 4, weights 6 and 7. */
PIGOU_INLINE void multiply_low(const Block& block) {
    float* sums = block.tile;
    _tile_loadd(0, sums, sums_stride);
    _tile_loadd(1, sums + line_outs, sums_stride);
    _tile_loadd(2, sums + 2 * line_outs, sums_stride);
    _tile_loadd(3, sums + 3 * line_outs, sums_stride);
    const uint8_t* x = block.x;
    const uint8_t* weight = block.weight;
    Ahead ahead(block);
    for (int64_t i = 0; i < block.groups; ++i, x += tile_bytes, weight += group_bytes(Storage::bf16)) {
        ahead.lines(4 * tile_rows);
        _tile_loadd(4, x, line_bytes);
        _tile_loadd(6, weight, step_bytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, weight + line_bytes, step_bytes);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(6, weight + 2 * line_bytes, step_bytes);
        _tile_dpbf16ps(2, 4, 6);
        _tile_loadd(7, weight + 3 * line_bytes, step_bytes);
        _tile_dpbf16ps(3, 4, 7);
    }
    _tile_stored(0, sums, sums_stride);
    _tile_stored(1, sums + line_outs, sums_stride);
    _tile_stored(2, sums + 2 * line_outs, sums_stride);
    _tile_stored(3, sums + 3 * line_outs, sums_stride);
}

/** 17 to 32 rows by the 32 outputs from `out` on: sums 0 1 / 2 3 (rows by outputs), x 4 and 5, weights 6 and 7. */
PIGOU_INLINE void multiply_high(const Block& block, int64_t out, Ahead& ahead) {
    const uint8_t* weight = block.weight + out / line_outs * line_bytes;
    float* sums = block.tile + out;
    float* second_sums = sums + tile_rows * panel_outs;
    _tile_loadd(0, sums, sums_stride);
    _tile_loadd(1, sums + line_outs, sums_stride);
    _tile_loadd(2, second_sums, sums_stride);
    _tile_loadd(3, second_sums + line_outs, sums_stride);
    const uint8_t* x = block.x;
    const uint8_t* second_x = x + block.x_stride;
    for (int64_t i = 0; i < block.groups; ++i) {
        ahead.lines(2 * tile_rows);
        _tile_loadd(6, weight, step_bytes);
        _tile_loadd(4, x, line_bytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, weight + line_bytes, step_bytes);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, second_x, line_bytes);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        x += tile_bytes;
        second_x += tile_bytes;
        weight += group_bytes(Storage::bf16);
    }
    _tile_stored(0, sums, sums_stride);
    _tile_stored(1, sums + line_outs, sums_stride);
    _tile_stored(2, second_sums, sums_stride);
    _tile_stored(3, second_sums + line_outs, sums_stride);
}

/** Tiles are set up and released within each block (thousands of multiplications): no thread is left holding them. */
void multiply(const Block& block) {
    const TileShapes tiles = shapes(block.rows);
    // GCC 12 takes ldtilecfg to read no more than 8 bytes, and might leave out what was written to the others.
    __asm__ volatile("" : : "m"(tiles));
    _tile_loadconfig(&tiles);
    if (block.rows <= tile_rows) {
        multiply_low(block);
    } else {
        Ahead ahead(block);
        multiply_high(block, 0, ahead);
        multiply_high(block, panel_outs / 2, ahead);
    }
    _tile_release();
}

/** Product::prepare for Operand::tiles. */
void prepare(const void* x, Element element, int64_t in, void* operand) {
    const auto* from = static_cast<const uint8_t*>(x);
    auto* to = static_cast<uint8_t*>(operand);
    for (int64_t i = 0; i < in; i += group_inputs, to += tile_bytes) {
        prepare_bf16<Vector512>(from + i * size_of(element), element, std::min(group_inputs, in - i), to);
    }
}

constexpr int max_rows = 2 * tile_rows;
constexpr int64_t dense_block = 32;    // 128 KB
constexpr int64_t unpacked_block = 16; // 64 KB: what linear.cpp has room for

} // namespace

constinit const Product amx_bf16_product = {
    Operand::tiles, max_rows, dense_block, tile_rows, prepare, nullptr, multiply,
};

constinit const Product amx_int8_product = {
    Operand::tiles, max_rows, unpacked_block, 0, prepare, unpack_bf16<Vector512, Storage::int8>, multiply,
};

constinit const Product amx_int4_product = {
    Operand::tiles, max_rows, unpacked_block, 0, prepare, unpack_bf16<Vector512, Storage::int4>, multiply,
};

constinit const Product amx_grouped_int4_product = {
    Operand::tiles, max_rows, unpacked_block, 0, prepare, unpack_bf16<Vector512, Storage::grouped_int4>, multiply,
};

} // namespace pigou::cpu
