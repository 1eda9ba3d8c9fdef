// Attention of prefilled sequences: flash attention over paged keys and values on tensor cores.
//
// A block of 4 warps takes a tile of 64 M rows of one sequence's matrix (see attention_work.cuh: tokens by the heads that share
// a key head, so that a key is read once for all of them) and walks over the slots its rows see, N at a time. Keys and
// values have one buffer each: values travel while scores are computed, the next keys while values are used.
// Grid: tiles of all sequences by kv heads; a block goes on to further tiles if there are more than the grid. Of a sequence,
// the tiles that see most come first.
//
// Operations: 4 d for each query, head and slot it sees. Roofline: the tensor cores' bf16 rate as mma.sync reaches it (on Hopper about
// 0.6 of what wgmma does). Bytes moved: each tile reads 2 (slots seen) d sizeof(T), from L2 for all but the first.
#include "attention_tile.cuh"
#include "attention_work.cuh"

#include <type_traits>

namespace pigou::cuda {
namespace {

constexpr int warps = 4;
constexpr int threads = 32 * warps;

template <int D>
struct Prefill {
    static constexpr int warp_tiles = D <= 128 ? 2 : 1;   // M
    static constexpr int slots = D <= 128 ? 64 : 32;      // N
    static constexpr int rows = warps * warp_tiles * tile_rows;
    // 16-bit elements: q, keys, values; then the pool rows of two tiles of slots.
    static constexpr size_t shared_bytes = 2 * (rows + 2 * slots) * padded<D> + 2 * slots * sizeof(int);
};

// Tiles of a prefilled sequence; 0 for any other.
template <int D>
__device__ int tiles_of(const Attention& a, const Sequence& sequence) {
    const int64_t queries = a.heads / a.kv_heads;
    if (sequence.rows == 0 || is_decoded(sequence.rows, queries)) {
        return 0;
    }
    return static_cast<int>(divide_up(sequence.rows * queries, Prefill<D>::rows));
}

// Starts copying `count` rows of D elements, row i from from(i) (null: zeros).
template <typename T, int D, int count, typename From>
__device__ __forceinline__ void fetch(T* to, const T* fallback, const From& from) {
    constexpr int pieces = D / 8;
    static_assert(count * pieces % threads == 0);
#pragma unroll
    for (int i = 0; i < count * pieces / threads; i++) {
        const int row = (i * threads + threadIdx.x) / pieces, piece = (i * threads + threadIdx.x) % pieces;
        const T* source = from(row);
        copy_async(to + row * padded<D> + 8 * piece, (source == nullptr ? fallback : source) + 8 * piece,
            source != nullptr);
    }
}

// One tile of rows. `shared` is free again once all threads are back.
template <typename T, int D>
__device__ void attend_tile(const Attention& a, const Sequence& sequence, int tile, unsigned char* shared) {
    using Shape = Prefill<D>;
    constexpr int M = Shape::warp_tiles, N = Shape::slots;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, kv_head = blockIdx.y;
    const int group = static_cast<int>(a.heads / a.kv_heads);
    const int64_t first_row = int64_t{tile} * Shape::rows;
    const int rows = static_cast<int>(min(int64_t{Shape::rows}, int64_t{sequence.rows} * group - first_row));
    const auto token_of = [&](int r) { return static_cast<int>((first_row + r) / group); };
    const auto row_of_q = [&](int r) {  // in q as [rows of all sequences times heads, D]
        const int token = token_of(r);
        const int head = kv_head * group + static_cast<int>(first_row + r - int64_t{token} * group);
        return (sequence.first_row + token) * a.heads + head;
    };

    T* queries = reinterpret_cast<T*>(shared);
    T* keys = queries + Shape::rows * padded<D>;
    T* values = keys + N * padded<D>;
    int* pool_rows = reinterpret_cast<int*>(values + N * padded<D>);  // [2][N]
    const T* q = static_cast<const T*>(a.q);

    // The tile's rows see [begin, end); rows of this lane less. Rows past the last see what the last does.
    const int begin = sequence.lowest(token_of(0), a.window);
    const int end = sequence.limit(token_of(rows - 1)) + 1;
    const int all_from = sequence.lowest(token_of(rows - 1), a.window);  // [all_from, all_to): seen by all rows
    const int all_to = sequence.limit(token_of(0)) + 1;
    Sight sight[M][2];
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int token = token_of(min((warp * M + m) * tile_rows + lane / 4 + 8 * half, rows - 1));
            sight[m][half] = {sequence.lowest(token, a.window), sequence.limit(token)};
        }
    }

    bool spoilt = false;
    const auto look_up = [&](int first, int buffer) {
        for (int i = threadIdx.x; i < N; i += threads) {
            const int row = first + i < end ? pool_row(a, sequence, first + i) : -1;
            spoilt |= first + i < end && row < 0;
            pool_rows[buffer * N + i] = row;
        }
    };
    const auto fetch_slots = [&](T* to, const void* pool, int buffer) {
        fetch<T, D, N>(to, q, [&](int i) {
            const int row = pool_rows[buffer * N + i];
            return row < 0 ? nullptr : static_cast<const T*>(pool) + (int64_t{row} * a.kv_heads + kv_head) * D;
        });
        copy_commit();
    };

    look_up(begin, 0);
    fetch<T, D, Shape::rows>(queries, q, [&](int r) { return r < rows ? q + row_of_q(r) * D : nullptr; });
    __syncthreads();
    fetch_slots(keys, a.keys, 0);

    const float scale = 1.44269504f / sqrtf(static_cast<float>(D));
    const T* own_queries = queries + warp * M * tile_rows * padded<D>;
    const auto fragment = [&](uint32_t(&out)[4], int m, int k) {
        load_queries<T, D>(out, own_queries + m * tile_rows * padded<D>, k, lane);
    };
    Attended<D, M> state;
    state.clear();
    int buffer = 0;
    for (int first = begin; first < end; first += N, buffer ^= 1) {
        copy_wait<0>();
        __syncthreads();  // keys are here; values of the tile before are no longer needed
        fetch_slots(values, a.values, buffer);
        if (first + N < end) {
            look_up(first + N, buffer ^ 1);
        }
        float scores[M][N / 8][4];
        score<T, D, M, N>(scores, fragment, keys, lane);
        if (first < all_from || first + N > all_to) {
            hide<M, N>(scores, sight, first, lane);
        }
        copy_wait<0>();
        __syncthreads();  // values are here, and so are the next pool rows; these keys are no longer needed
        if (first + N < end) {
            fetch_slots(keys, a.keys, buffer ^ 1);
        }
        absorb<T, D, M, N>(state, scores, values, scale, lane);
    }

    spoilt = __syncthreads_or(spoilt);
    T* out = static_cast<T*>(a.out);
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int r = (warp * M + m) * tile_rows + lane / 4 + 8 * half;
            const float total = warp_sum<4>(state.total[m][half]);
            const float share = spoilt ? not_a_number() : 1 / total;
            if (r < rows) {
                T* row = out + row_of_q(r) * D + lane % 4 * 2;
#pragma unroll
                for (int n = 0; n < D / 8; n++) {
                    *reinterpret_cast<uint32_t*>(row + 8 * n) = narrow_pair<T>(
                        state.sums[m][n][2 * half] * share, state.sums[m][n][2 * half + 1] * share);
                }
            }
        }
    }
}

template <typename T, int D>
__global__ void __launch_bounds__(threads) prefill_kernel(const Attention a) {
    wait_for_kernel_before();
    PIGOU_DYNAMIC_SHARED(shared);
    for (int wanted = blockIdx.x;; wanted += gridDim.x) {
        const Unit unit = find_unit(
            a.sequence_count, wanted, [&](int64_t i) { return tiles_of<D>(a, sequence_at(a, i)); });
        if (unit.sequence < 0) {
            return;  // so do all threads of the block
        }
        attend_tile<T, D>(a, sequence_at(a, unit.sequence), unit.units - 1 - unit.index, shared);
    }
}

}  // namespace

void attend_prefilled(const Attention& a, Element element, cudaStream_t stream) {
    for_head_dim(a.head_dim, [&](auto size) {
        constexpr int D = size;
        // As many as there can be while sequences do not share rows of q.
        const int64_t tiles = a.rows * (a.heads / a.kv_heads) / Prefill<D>::rows + a.sequence_count;
        const dim3 grid(static_cast<unsigned>(tiles), static_cast<unsigned>(a.kv_heads));
        const auto kernel = element == Element::bf16 ? prefill_kernel<bf16, D> : prefill_kernel<f16, D>;
        launch("paged_attention", kernel, grid, threads, Prefill<D>::shared_bytes, stream, a);
    });
}

}  // namespace pigou::cuda
