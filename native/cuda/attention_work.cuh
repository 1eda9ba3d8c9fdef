// Who computes what in paged attention. Lengths and tables lie in device memory and the host never waits for them, so
// each block finds its own work, and whatever the tables hold, nothing outside of q and the pool is touched.
//
// The g query heads of a key head are rows of one matrix: row r of a sequence's matrix is token r / g, head r % g. A
// sequence is *decoded* (attention_decode.cu: split along its slots) if all its rows fit one tile of 16, or if it has but one
// token; otherwise it is *prefilled* (attention_prefill.cu: split along its rows).
#pragma once

#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {

constexpr int tile_rows = 16;
constexpr int smallest_chunk = 128, largest_chunk = 1024;

// One line of `sequences`, or rows = 0 if it names anything that is not there.
struct Sequence {
    int64_t first_row, first_entry;
    int rows, length;

    // Row i of the sequence sees slots [lowest(i), limit(i)].
    __host__ __device__ int limit(int i) const { return length - rows + i; }
    __host__ __device__ int lowest(int i, int64_t window) const {
        return window > 0 && limit(i) >= window ? static_cast<int>(limit(i) - window + 1) : 0;
    }
};

__host__ __device__ inline Sequence checked_sequence(const Attention& a, const int64_t* line) {
    const int64_t first = line[0], rows = line[1], entry = line[2], length = line[3];
    const bool good = rows >= 1 && rows <= a.rows && first >= 0 && first <= a.rows - rows && length >= rows
        && length <= 0x7fffffff - 1024 && entry >= 0 && entry <= a.entries
        && (length - 1) / a.block_size < a.entries - entry;
    return good ? Sequence{first, entry, static_cast<int>(rows), static_cast<int>(length)} : Sequence{0, 0, 0, 0};
}

__device__ inline Sequence sequence_at(const Attention& a, int64_t index) {
    return checked_sequence(a, a.sequences + 4 * index);
}

__host__ __device__ inline bool is_decoded(int64_t rows, int64_t queries) {
    return rows == 1 || rows * queries <= tile_rows;
}

// Row of the pool that holds the sequence's slot, or -1 if the table names a block that the pool has not.
__device__ inline int pool_row(const Attention& a, const Sequence& sequence, int slot) {
    const int block_size = static_cast<int>(a.block_size), place = slot / block_size;
    const int64_t block = a.tables[sequence.first_entry + place];
    const bool good = block >= 0 && block < a.pool_slots / block_size;
    return good ? static_cast<int>(block) * block_size + slot - place * block_size : -1;
}

// Chunks of `chunk` slots that a decoded sequence is cut into; 0 for any other.
__device__ inline int chunks_of(const Attention& a, const Sequence& sequence, int64_t chunk) {
    if (sequence.rows == 0 || !is_decoded(sequence.rows, a.heads / a.kv_heads)) {
        return 0;
    }
    return static_cast<int>(divide_up(sequence.length - sequence.lowest(0, a.window), chunk));
}

// One unit of work: the `index`-th of the `units` of a sequence, which come after `before` units of others.
struct Unit {
    int64_t sequence;  // -1: there are fewer units; `before` is how many
    int index, units, before;
};

// The unit number `wanted` when every sequence i has units(i) of them. By a whole warp.
template <typename Units>
__device__ Unit find_unit(int64_t sequences, int wanted, const Units& units) {
    const int lane = threadIdx.x % 32;
    int before = 0;
    for (int64_t base = 0; base < sequences; base += 32) {
        const int own = base + lane < sequences ? units(base + lane) : 0;
        const int upto = before + warp_prefix_sum(own, lane);
        const unsigned past = __ballot_sync(all_lanes, upto > wanted);
        if (past != 0) {
            const int owner = __ffs(past) - 1;
            const int count = __shfl_sync(all_lanes, own, owner);
            const int first = __shfl_sync(all_lanes, upto, owner) - count;
            return {base + owner, wanted - first, count, first};
        }
        before = __shfl_sync(all_lanes, upto, 31);
    }
    return {-1, 0, 0, before};
}

// The sequence that owns a row of q, or -1, as a unit of those that `units` counts: its first. By a whole warp.
template <typename Units>
__device__ Unit find_owner(const Attention& a, int64_t row, const Units& units) {
    const int lane = threadIdx.x % 32;
    int before = 0;
    for (int64_t base = 0; base < a.sequence_count; base += 32) {
        Sequence s{0, 0, 0, 0};
        if (base + lane < a.sequence_count) {
            s = sequence_at(a, base + lane);
        }
        const int own = units(s);
        const int upto = before + warp_prefix_sum(own, lane);
        const unsigned owners = __ballot_sync(all_lanes, row >= s.first_row && row < s.first_row + s.rows);
        if (owners != 0) {
            const int owner = __ffs(owners) - 1;
            const int count = __shfl_sync(all_lanes, own, owner);
            return {base + owner, 0, count, __shfl_sync(all_lanes, upto, owner) - count};
        }
        before = __shfl_sync(all_lanes, upto, 31);
    }
    return {-1, 0, 0, before};
}

// What a decoded chunk leaves for attention_merge.cu: of each row of its tile the weighted sum of values, the largest
// score in powers of two and the sum of weights.
struct Partials {
    float* sums;    // [capacity, tiles, 16, head_dim]
    float* scales;  // [capacity, tiles, 16, 2]: largest, sum
    int64_t chunk;  // slots of each but a sequence's last
    int capacity;   // chunks over all sequences; there are more only if sequences share entries of the tables
    int tiles;      // kv heads times tiles of 16 that the query heads of one fill

    __host__ __device__ int64_t row(int64_t unit, int tile, int r) const {
        return (unit * tiles + tile) * tile_rows + r;
    }
};

// Parts of paged_attention (attention.cu), each in its file. Whether there is a kernel of this head size.
bool has_matrix_kernels(int64_t head_dim);
void attend_decoded(const Attention& a, Element element, const Partials& partials, cudaStream_t stream);
void attend_prefilled(const Attention& a, Element element, cudaStream_t stream);
void attend_any(const Attention& a, Element element, cudaStream_t stream);
// `prefilled`: whether attend_prefilled has been started; rows that nothing computes become NaN.
void merge_chunks(const Attention& a, Element element, const Partials& partials, bool prefilled, cudaStream_t stream);

// body(constant) with the head size as a compile-time constant.
template <typename Body>
void for_head_dim(int64_t head_dim, const Body& body) {
    switch (head_dim) {
        case 64: return body(std::integral_constant<int, 64>{});
        case 96: return body(std::integral_constant<int, 96>{});
        case 128: return body(std::integral_constant<int, 128>{});
        case 256: return body(std::integral_constant<int, 256>{});
    }
}

}  // namespace pigou::cuda
