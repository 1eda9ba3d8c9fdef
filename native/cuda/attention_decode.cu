// Attention of decoded sequences: one tile of 16 query rows (the heads that share a key head, padded; several tokens of
// them where they fit) against a chunk of slots. Flash decoding: chunks of one sequence run side by side and
// attention_merge.cu puts them together.
//
// Grid: chunks of all sequences by tiles (kv heads, times tiles of 16 that the query heads of one fill). Each warp of a block
// streams its own tiles of 16 slots through shared memory, two deep (cp.async), and waits for nobody else; their results meet
// once, at the end. Which slots are a block's own, and that they are wanted, it says before the kernel before has ended.
//
// Bytes moved: 2 length kv d sizeof(T) a sequence. Roofline: memory: g + g operations for each byte are far below the ridge.
// Tensor cores, though 16 - g of their 16 rows are padding, because vector arithmetic would need 2 g + 1 instructions an element
// (widening, two multiply-adds), at g = 8 as many as the memory gives time for; this way it is about a quarter of that.
#include "attention_tile.cuh"
#include "attention_work.cuh"

#include <type_traits>

namespace pigou::cuda {
namespace {

template <int D>
struct Decode {
    static constexpr int warps = D <= 128 ? 4 : 2;
    static constexpr int threads = 32 * warps;
    static constexpr int slots = 16;  // of one warp's tile
    static constexpr int stages = 2;
    static constexpr int tile = slots * padded<D>;
    static constexpr int tiles = tile_rows * padded<D>;
    // 16-bit elements: q, then keys and values of each warp's stages.
    static constexpr size_t shared_bytes = 2 * (tiles + warps * stages * 2 * tile);
    // The same room later holds, in float32, each warp's sums; largest scores and totals follow.
    static_assert(4 * warps * tile_rows * (padded<D> + 2) <= 2 * warps * stages * 2 * tile);
};

// Which token and head a row of the tile is.
struct TileRows {
    int rows, queries, heads_of_tile, first_head, last_head;

    __device__ TileRows(const Attention& a, const Sequence& sequence, int tile) {
        queries = static_cast<int>(a.heads / a.kv_heads);
        const int tiles = static_cast<int>(divide_up(queries, tile_rows));
        rows = sequence.rows;
        heads_of_tile = min(queries, tile_rows);
        first_head = tile / tiles * queries + tile % tiles * tile_rows;
        last_head = tile / tiles * queries + queries;
    }
    __device__ int token(int r) const { return r / heads_of_tile; }
    __device__ int head(int r) const { return first_head + r % heads_of_tile; }
    __device__ bool has(int r) const { return token(r) < rows && head(r) < last_head; }
};

// Copies q's rows into shared memory, rows that the tile does not have as zeros.
template <typename T, int D>
__device__ void fetch_queries(const Attention& a, const Sequence& sequence, const TileRows& rows, T* to) {
    constexpr int pieces = D / 8;
    for (int i = threadIdx.x; i < tile_rows * pieces; i += Decode<D>::threads) {
        const int r = i / pieces, piece = i % pieces;
        const bool has = rows.has(r);
        const int64_t row = has ? (sequence.first_row + rows.token(r)) * a.heads + rows.head(r) : 0;
        copy_async(to + r * padded<D> + 8 * piece, static_cast<const T*>(a.q) + row * D + 8 * piece, has);
    }
}

// Starts copying the warp's 16 slots from `first` on; lanes i and i + 16 know the pool row of slot i (-1: none).
template <typename T, int D>
__device__ __forceinline__ void fetch_slots(const Attention& a, int kv_head, int row, T* keys, T* values, int lane) {
    constexpr int pieces = D / 8;
#pragma unroll
    for (int i = 0; i < D / 16; i++) {
        const int slot = (32 * i + lane) / pieces, piece = (32 * i + lane) % pieces;
        const int from = __shfl_sync(all_lanes, row, slot);
        const int64_t element = (int64_t{max(from, 0)} * a.kv_heads + kv_head) * D + 8 * piece;
        const int to = slot * padded<D> + 8 * piece;
        copy_async(keys + to, static_cast<const T*>(a.keys) + element, from >= 0);
        copy_async(values + to, static_cast<const T*>(a.values) + element, from >= 0);
    }
}

// Asks for those slots while the kernel before may still store some of them: into the cache that all of the device shares.
template <typename T, int D>
__device__ __forceinline__ void prefetch_slots(const Attention& a, int kv_head, int row, int lane) {
    if (row >= 0) {
        const void* pool = lane < 16 ? a.keys : a.values;
        prefetch(static_cast<const T*>(pool) + (int64_t{row} * a.kv_heads + kv_head) * D, sizeof(T) * D);
    }
}

// Writes the warp's result where the others find it.
template <int D>
__device__ __forceinline__ void publish(
    const Attended<D, 1>& state, float* sums, float* scales, float scale, bool spoilt, int lane) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int r = lane / 4 + 8 * half;
        const float total = warp_sum<4>(state.total[0][half]);
        if (lane % 4 == 0) {
            scales[2 * r] = state.largest[0][half] * scale;
            scales[2 * r + 1] = spoilt ? not_a_number() : total;
        }
#pragma unroll
        for (int n = 0; n < D / 8; n++) {
            float* to = sums + r * padded<D> + 8 * n + lane % 4 * 2;
            to[0] = state.sums[0][n][2 * half];
            to[1] = state.sums[0][n][2 * half + 1];
        }
    }
}

template <typename T, int D>
__global__ void __launch_bounds__(Decode<D>::threads) decode_kernel(const Attention a, const Partials partials) {
    using Shape = Decode<D>;
    PIGOU_DYNAMIC_SHARED(shared);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, tile = blockIdx.y;

    const int64_t chunk = partials.chunk;
    const Unit unit = find_unit(a.sequence_count, static_cast<int>(blockIdx.x),
        [&](int64_t i) { return chunks_of(a, sequence_at(a, i), chunk); });
    if (unit.sequence < 0) {
        wait_for_kernel_before();
        return;  // so do all threads of the block
    }
    const Sequence sequence = sequence_at(a, unit.sequence);
    const TileRows rows(a, sequence, tile);
    const int kv_head = rows.first_head / rows.queries;
    const int begin = static_cast<int>(sequence.lowest(0, a.window) + unit.index * chunk);
    const int end = static_cast<int>(min(int64_t{sequence.length}, begin + chunk));
    const float scale = 1.44269504f / sqrtf(static_cast<float>(D));

    T* queries = reinterpret_cast<T*>(shared);
    T* stages = queries + Shape::tiles + warp * Shape::stages * 2 * Shape::tile;
    Sight sight[1][2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int token = min(rows.token(lane / 4 + 8 * half), rows.rows - 1);
        sight[0][half] = {sequence.lowest(token, a.window), sequence.limit(token)};
    }

    bool spoilt = false;
    const auto row_of = [&](int first) {
        const int slot = first + lane % 16;
        const int row = slot < end ? pool_row(a, sequence, slot) : -1;
        spoilt |= slot < end && row < 0;
        return row;
    };
    const auto fetch = [&](int stage, int row) {
        T* keys = stages + stage * 2 * Shape::tile;
        fetch_slots<T, D>(a, kv_head, row, keys, keys + Shape::tile, lane);
    };

    Attended<D, 1> state;
    state.clear();
    constexpr int step = Shape::warps * Shape::slots;
    int first = begin + warp * Shape::slots;
    const int first_row = row_of(first);
    int next_row = row_of(first + step);  // one tile ahead of its copies, which are one ahead of their use
    prefetch_slots<T, D>(a, kv_head, first_row, lane);
    prefetch_slots<T, D>(a, kv_head, next_row, lane);
    wait_for_kernel_before();
    if (first < end) {
        fetch(0, first_row);
    }
    fetch_queries<T, D>(a, sequence, rows, queries);
    copy_commit();
    copy_wait<0>();
    __syncthreads();

    uint32_t held[D <= 128 ? D / 16 : 1][4];  // q, where there are registers for it
    if constexpr (D <= 128) {
#pragma unroll
        for (int k = 0; k < D / 16; k++) {
            load_queries<T, D>(held[k], queries, k, lane);
        }
    }
    const auto fragment = [&](uint32_t(&out)[4], int, int k) {
        if constexpr (D <= 128) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                out[i] = held[k][i];
            }
        } else {
            load_queries<T, D>(out, queries, k, lane);
        }
    };

    for (int stage = 0; first < end; first += step, stage ^= 1) {
        if (first + step < end) {
            fetch(stage ^ 1, next_row);
        }
        copy_commit();
        next_row = row_of(first + 2 * step);
        copy_wait<1>();
        __syncwarp();
        const T* keys = stages + stage * 2 * Shape::tile;
        float scores[1][Shape::slots / 8][4];
        score<T, D, 1, Shape::slots>(scores, fragment, keys, lane);
        Sight within[1][2];  // what lies past the end of the chunk is nobody's
#pragma unroll
        for (int half = 0; half < 2; half++) {
            within[0][half] = {sight[0][half].lowest, min(sight[0][half].limit, end - 1)};
        }
        hide<1, Shape::slots>(scores, within, first, lane);
        absorb<T, D, 1, Shape::slots>(state, scores, keys + Shape::tile, scale, lane);
        __syncwarp();
    }
    copy_wait<0>();
    __syncthreads();

    // The warps' results, one row of sums after the other, then the scales.
    float* sums = reinterpret_cast<float*>(queries + Shape::tiles);
    float* scales = sums + Shape::warps * tile_rows * padded<D>;
    spoilt = __any_sync(all_lanes, spoilt);
    publish<D>(state, sums + warp * tile_rows * padded<D>, scales + warp * tile_rows * 2, scale, spoilt, lane);
    __syncthreads();
    for (int i = threadIdx.x; i < tile_rows * D; i += Shape::threads) {
        const int r = i / D, column = i % D;
        if (!rows.has(r)) {
            break;  // rows that the tile has come first
        }
        float largest = -INFINITY;
#pragma unroll
        for (int w = 0; w < Shape::warps; w++) {
            largest = fmaxf(largest, scales[2 * (w * tile_rows + r)]);
        }
        const float base = largest == -INFINITY ? 0 : largest;
        float total = 0, sum = 0;
#pragma unroll
        for (int w = 0; w < Shape::warps; w++) {
            const float weight = exp2_fast(scales[2 * (w * tile_rows + r)] - base);
            total += weight * scales[2 * (w * tile_rows + r) + 1];
            sum += weight * sums[(w * tile_rows + r) * padded<D> + column];
        }
        if (unit.units == 1) {
            const int64_t row = (sequence.first_row + rows.token(r)) * a.heads + rows.head(r);
            static_cast<T*>(a.out)[row * D + column] = narrow<T>(sum / total);
        } else {
            const int64_t row = partials.row(unit.before + unit.index, tile, r);
            partials.sums[row * D + column] = sum;
            if (column == 0) {
                partials.scales[2 * row] = largest;
                partials.scales[2 * row + 1] = total;
            }
        }
    }
}

}  // namespace

bool has_matrix_kernels(int64_t head_dim) {
    bool has = false;
    for_head_dim(head_dim, [&](auto) { has = true; });
    return has;
}

void attend_decoded(const Attention& a, Element element, const Partials& partials, cudaStream_t stream) {
    for_head_dim(a.head_dim, [&](auto size) {
        constexpr int D = size;
        const dim3 grid(partials.capacity, partials.tiles);
        const auto kernel = element == Element::bf16 ? decode_kernel<bf16, D> : decode_kernel<f16, D>;
        launch("paged_attention", kernel, grid, Decode<D>::threads, Decode<D>::shared_bytes, stream, a, partials);
    });
}

}  // namespace pigou::cuda
