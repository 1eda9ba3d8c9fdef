#pragma once

#include "element.h"

#include <cstdint>

/**
 * y = x Wᵀ + bias with W packed once, when it is loaded.
 *
 * Few rows (decode) are bound by memory: each byte of W is read once, in order, by one thread, and meets all rows
 * while it is in cache. Many rows (prefill) are bound by arithmetic. Sums are kept in float32. NaN and infinity in x or
 * W reach the result; where x or W is quantised they reach it as NaN.
 *
 * The packed form is the same for every instruction set. Nothing here checks its arguments; any thread may call, and
 * the work is shared among the OpenMP threads.
 */
namespace pigou::cpu {

/** How a packed weight is kept; the values are those of the operator's `format`. */
enum class Format : uint8_t {
    dense = 0, ///< in the weight's own type
    int4 = 4,  ///< 4 bits and a bf16 scale for each 32 inputs: 4.5 bits a weight
    grouped_int4 = 5, ///< a checkpoint's 4 bits: an f16 scale for each 32 inputs, zero points in groups of any length
    int8 = 8,  ///< 8 bits and a bf16 scale for each 32 inputs: 8.5 bits a weight
};

/** What a packed weight says of itself. */
struct PackedLinear {
    int64_t out;
    int64_t in;
    Element element; ///< of the weight that was packed
    Format format;
};

/** Bytes that pack_linear writes. */
int64_t packed_linear_bytes(int64_t out, int64_t in, Element element, Format format);

/**
 * Packs a weight [out, in] (rows contiguous) into packed_linear_bytes bytes, which should begin on a multiple of 64.
 * The integer formats are symmetric: no zero point.
 */
void pack_linear(const void* weight, Element element, int64_t out, int64_t in, Format format, void* packed);

/** A weight [out, in] = (number - zero) * scale, with a scale and a zero for each of `groups` equal runs of inputs. */
struct GroupedWeight {
    const uint8_t* numbers; ///< [out, in]; the low 4 bits count
    const void* scales;     ///< [out, groups]
    Element element;        ///< of the scales
    const uint8_t* zeros;   ///< [out, groups], or null where all are 8
    int64_t out;
    int64_t in;
    int64_t groups; ///< 1, or such that in / groups is a multiple of 32
};

/** Bytes that pack_grouped writes. */
int64_t packed_grouped_bytes(const GroupedWeight& weight);

/** Packs it in Format::grouped_int4, as pack_linear does: numbers as they are, scales rounded to f16. */
void pack_grouped(const GroupedWeight& weight, void* packed);

/** Reads the head of a packed weight of so many bytes; false if pack_linear did not write them, or another version of it. */
bool read_packed_linear(const void* packed, int64_t bytes, PackedLinear& result);

/**
 * y [rows, out] = x [rows, in] Wᵀ + bias.
 *
 * @param element  type of x, bias and y
 * @param x_stride elements from one row of x to the next
 * @param bias     [out], or null for none
 */
void linear(const void* x, Element element, int64_t rows, int64_t x_stride, const void* packed, const void* bias,
            void* y);

} // namespace pigou::cpu
