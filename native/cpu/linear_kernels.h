#pragma once

#include "element.h"
#include "linear_layout.h"

#include <cstdint>

/** What the files of the instruction sets give to linear.cpp, which alone knows of blocks, chunks and threads. */
namespace pigou::cpu {

/** What a row of x is turned into before it is multiplied. */
enum class Operand {
    f32,
    bf16,
    int8,  ///< QuantisedGroup
    tiles, ///< bf16; 16 rows by one group lie together, row by row, as AMX loads them, and then the next group of these rows
};

constexpr int64_t tile_rows = 16;

/** Rows of which all groups come before those of the next rows. */
constexpr int64_t rows_together(Operand operand) {
    return operand == Operand::tiles ? tile_rows : 1;
}

/** 32 inputs of a row: x ≈ scale * values. */
struct QuantisedGroup {
    int8_t values[group_inputs];
    float scale;
    int32_t correction; ///< takes back the weights' offset: -offset * sum of the values
};

/** Bytes of one group of a row. */
constexpr int64_t operand_bytes(Operand operand) {
    switch (operand) {
    case Operand::f32: return group_inputs * 4;
    case Operand::tiles:
    case Operand::bf16: return group_inputs * 2;
    case Operand::int8: return sizeof(QuantisedGroup);
    }
    return 0;
}

/** Some rows of the operand against some groups of one panel. */
struct Block {
    const uint8_t* x;      ///< first of the groups, of the first row
    int64_t x_stride;      ///< bytes from row to row; in tiles, from 16 rows to the next
    int rows;              ///< in [1, Product::max_rows]
    const uint8_t* weight; ///< first of the groups in the panel, or what unpack made of them
    int64_t groups;
    float* tile; ///< [rows, 64], added to
    /** For each line of weight that multiply reads, it prefetches at `ahead` and moves it on by so many bytes. */
    const uint8_t* ahead;
    int64_t ahead_spacing;
    bool ahead_once; ///< whether what lies there is read only once, and need not stay in a cache
};

/** What zero points add to some rows of one panel. */
struct Offsets {
    const float* sums;     ///< [rows, groups], of the operand over each of the groups
    int64_t rows;
    const uint8_t* values; ///< [groups, 64], f16
    int64_t groups;
    float* tile; ///< [rows, 64], added to
};

/** One way to multiply one kind of packed weight. */
struct Product {
    Operand operand;
    int max_rows;
    int64_t block_groups; ///< groups that stay in the nearest cache while all rows pass
    int stream_rows;      ///< up to so many rows one pass reads line after line, and then takes a whole panel at once
    /** Turns a row's `in` elements into groups of the operand, from the row's place in it on; the last one is filled up with zeros. */
    void (*prepare)(const void* x, Element element, int64_t in, void* operand);
    /** Turns groups of a panel into dense ones in cache, of the operand's type, for multiply; null if it takes them as they are. */
    void (*unpack)(const uint8_t* groups, int64_t count, void* dense);
    void (*multiply)(const Block& block);

    /** Bytes of a group as multiply reads it. */
    constexpr int64_t read_group_bytes(Storage storage) const {
        return group_bytes(unpack == nullptr ? storage : operand == Operand::f32 ? Storage::f32 : Storage::bf16);
    }
};

/** The most bytes that Product::unpack writes for one group. */
constexpr int64_t unpacked_group_bytes = group_bytes(Storage::f32);

/** A complete set for one instruction set. */
struct LinearKernels {
    Product products[storages]; ///< by Storage; exact to float32 for every type of x
    /** Rounds floats to elements. */
    void (*round)(const float* from, int64_t count, Element element, void* to);
    /** tile += sums times values. */
    void (*add_offsets)(const Offsets& offsets);
};

extern const LinearKernels scalar_linear_kernels;
#if defined(__x86_64__)
extern const LinearKernels avx2_linear_kernels;
extern const LinearKernels avx512_linear_kernels;

extern const Product avx512_bf16_product;                                ///< bf16 by bf16
extern const Product avx512_int8_product, avx512_int4_product, avx512_grouped_int4_product; ///< x quantised to int8
extern const Product amx_bf16_product, amx_int8_product, amx_int4_product, amx_grouped_int4_product; ///< x and weights as bf16
#endif

/** The product for a weight, a type of x and a number of rows on this CPU. */
const Product& choose_product(Storage storage, Element x, int64_t rows);

/** This CPU's set. */
const LinearKernels& linear_kernels();

} // namespace pigou::cpu
