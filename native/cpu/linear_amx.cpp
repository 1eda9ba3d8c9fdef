#include "linear_vector512.h"

/**
 * AMX: a tile is 16 rows of 64 bytes; tdpbf16ps adds (16 rows of 32 bf16) × (16 pairs of inputs by 16 outputs) to 16 rows
 * of 16 float32. Sixteen steps of a panel, that is one group, are the second operand as they lie in memory, at a
 * distance of step_bytes. Four tiles of sums (32 rows by 32 outputs) need one tile load for each tdpbf16ps.
 */
namespace pigou::cpu {
namespace {

constexpr int tile_rows = 16;
constexpr int max_rows = 2 * tile_rows;
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

// Tile numbers must be literals. Sums: 0 1 / 2 3 (rows by outputs); x: 4, 5; weights: 6, 7.

/** Tiles 0, 1, 4 have the first rows of x, 2, 3, 5 the rest (one at least: a tile has no empty shape). */
TileShapes shapes(int first_rows, int second_rows) {
    TileShapes shapes;
    const int rows[8] = {first_rows, first_rows, second_rows, second_rows, first_rows, second_rows, 16, 16};
    for (int tile = 0; tile < 8; ++tile) {
        shapes.row_bytes[tile] = line_bytes;
        shapes.rows[tile] = static_cast<uint8_t>(rows[tile]);
    }
    return shapes;
}

/** At most 16 rows. */
void multiply_low(const Block& block, const uint8_t* weight, float* sums) {
    _tile_loadd(0, sums, sums_stride);
    _tile_loadd(1, sums + line_outs, sums_stride);
    const uint8_t* x = block.x;
    for (int64_t i = 0; i < block.groups; ++i, x += line_bytes, weight += group_bytes(Storage::bf16)) {
        _tile_loadd(4, x, block.x_stride);
        _tile_loadd(6, weight, step_bytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, weight + line_bytes, step_bytes);
        _tile_dpbf16ps(1, 4, 7);
    }
    _tile_stored(0, sums, sums_stride);
    _tile_stored(1, sums + line_outs, sums_stride);
}

/** 17 to 32 rows. */
void multiply_high(const Block& block, const uint8_t* weight, float* sums) {
    float* second_sums = sums + tile_rows * panel_outs;
    _tile_loadd(0, sums, sums_stride);
    _tile_loadd(1, sums + line_outs, sums_stride);
    _tile_loadd(2, second_sums, sums_stride);
    _tile_loadd(3, second_sums + line_outs, sums_stride);
    const uint8_t* x = block.x;
    const uint8_t* second_x = x + tile_rows * block.x_stride;
    for (int64_t i = 0; i < block.groups; ++i) {
        _tile_loadd(6, weight, step_bytes);
        _tile_loadd(4, x, block.x_stride);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, weight + line_bytes, step_bytes);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, second_x, block.x_stride);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        x += line_bytes;
        second_x += line_bytes;
        weight += group_bytes(Storage::bf16);
    }
    _tile_stored(0, sums, sums_stride);
    _tile_stored(1, sums + line_outs, sums_stride);
    _tile_stored(2, second_sums, sums_stride);
    _tile_stored(3, second_sums + line_outs, sums_stride);
}

/** Tiles are set up and released within each block (thousands of multiplications): no thread is left holding them. */
void multiply(const Block& block) {
    const bool high = block.rows > tile_rows;
    const TileShapes tiles = shapes(high ? tile_rows : block.rows, high ? block.rows - tile_rows : 1);
    _tile_loadconfig(&tiles);
    for (int64_t out = 0; out < panel_outs; out += 2 * line_outs) {
        const uint8_t* weight = block.weight + out / line_outs * line_bytes;
        if (high) {
            multiply_high(block, weight, block.tile + out);
        } else {
            multiply_low(block, weight, block.tile + out);
        }
    }
    _tile_release();
}

constexpr int64_t block_groups = 16; // 64 KB: half of it is in use at a time

} // namespace

constinit const Product amx_bf16_product = {
    Operand::bf16, max_rows, block_groups, prepare_bf16<Vector512>, nullptr, multiply,
};

constinit const Product amx_int8_product = {
    Operand::bf16, max_rows, block_groups, prepare_bf16<Vector512>, unpack_bf16<Vector512, Storage::int8>, multiply,
};

constinit const Product amx_int4_product = {
    Operand::bf16, max_rows, block_groups, prepare_bf16<Vector512>, unpack_bf16<Vector512, Storage::int4>, multiply,
};

constinit const Product amx_grouped_int4_product = {
    Operand::bf16, max_rows, block_groups, prepare_bf16<Vector512>, unpack_bf16<Vector512, Storage::grouped_int4>, multiply,
};

} // namespace pigou::cpu
