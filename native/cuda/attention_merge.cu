// Puts the chunks of decoded sequences together, and sees to it that every row of the result is written.
//
// A block a row of q and some of its heads; each warp takes a share of the row's chunks, lanes take columns.
// Bytes moved: chunks (d + 2) 4 bytes a row and head, at most 1 / 64 of the keys and values behind them. Roofline: latency.
#include "attention_work.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 4;
constexpr int threads = 32 * warps;

// One head's chunks by the whole block. `scratch` holds 2 * warps + warps * max_head_dim floats.
template <typename T, int D>
__device__ void merge_head(const Partials& p, int64_t first_unit, int units, int tile, int r, T* out, float* scratch) {
    constexpr int own = D / 32;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float largest = -INFINITY;
    for (int u = threadIdx.x; u < units; u += threads) {
        largest = fmaxf(largest, p.scales[2 * p.row(first_unit + u, tile, r)]);
    }
    largest = warp_max(largest);
    if (lane == 0) {
        scratch[warp] = largest;
    }
    __syncthreads();
#pragma unroll
    for (int w = 0; w < warps; w++) {
        largest = fmaxf(largest, scratch[w]);
    }
    const float base = largest == -INFINITY ? 0 : largest;
    float total = 0, sums[own] = {};
#pragma unroll 4
    for (int u = warp; u < units; u += warps) {
        const int64_t row = p.row(first_unit + u, tile, r);
        const float weight = exp2_fast(p.scales[2 * row] - base);
        total += weight * p.scales[2 * row + 1];
#pragma unroll
        for (int j = 0; j < own; j++) {
            sums[j] += weight * p.sums[row * D + 32 * j + lane];
        }
    }
    if (lane == 0) {
        scratch[warps + warp] = total;
    }
    float* shared_sums = scratch + 2 * warps;
#pragma unroll
    for (int j = 0; j < own; j++) {
        shared_sums[warp * D + 32 * j + lane] = sums[j];
    }
    __syncthreads();
    for (int column = threadIdx.x; column < D; column += threads) {
        float sum = 0, whole = 0;
#pragma unroll
        for (int w = 0; w < warps; w++) {
            sum += shared_sums[w * D + column];
            whole += scratch[warps + w];
        }
        out[column] = narrow<T>(sum / whole);
    }
    __syncthreads();
}

template <typename T, int D>
__global__ void __launch_bounds__(threads) merge_kernel(const Attention a, const Partials p, bool prefilled) {
    __shared__ float scratch[2 * warps + warps * D];
    const int64_t row = blockIdx.x;
    T* out = static_cast<T*>(a.out) + row * a.heads * D;
    const int queries = static_cast<int>(a.heads / a.kv_heads);

    const int64_t owner = owner_of(a, row);
    Sequence sequence{0, 0, 0, 0};
    if (owner >= 0) {
        sequence = sequence_at(a, owner);
    }
    const bool decoded = owner >= 0 && is_decoded(sequence.rows, queries);
    if (!decoded) {
        if (owner < 0 || !prefilled) {
            for (int64_t i = int64_t{blockIdx.y} * threads + threadIdx.x; i < a.heads * D;
                 i += int64_t{gridDim.y} * threads) {
                out[i] = narrow<T>(not_a_number());
            }
        }
        return;
    }
    const int64_t chunk = choose_chunk(a, p.capacity);
    const int units = chunks_of(a, sequence, chunk);
    if (units == 1) {
        return;  // the decoding block has written the row
    }
    // The sequence's first chunk comes after those of all sequences before it.
    const int first_unit = find_unit(
        owner, 0x7fffffff, [&](int64_t i) { return chunks_of(a, sequence_at(a, i), chunk); }).before;
    const int tiles = static_cast<int>(divide_up(queries, tile_rows)), heads_of_tile = min(queries, tile_rows);
    const int token = static_cast<int>(row - sequence.first_row);
    for (int head = blockIdx.y; head < a.heads; head += gridDim.y) {
        const int within = head % queries;
        const int tile = head / queries * tiles + within / tile_rows;
        const int r = token * heads_of_tile + within % tile_rows;
        merge_head<T, D>(p, first_unit, units, tile, r, out + head * D, scratch);
    }
}

}  // namespace

void merge_chunks(const Attention& a, Element element, const Partials& partials, bool prefilled, cudaStream_t stream) {
    for_head_dim(a.head_dim, [&](auto size) {
        constexpr int D = size;
        // Few rows: a block a head. Many: most are prefilled, and their blocks should be few.
        const int64_t heads = max(int64_t{1}, min(a.heads, 8192 / a.rows));
        const dim3 grid(static_cast<unsigned>(a.rows), static_cast<unsigned>(heads));
        const auto kernel = element == Element::bf16 ? merge_kernel<bf16, D> : merge_kernel<f16, D>;
        launch("paged_attention", kernel, grid, threads, 0, stream, a, partials, prefilled);
    });
}

}  // namespace pigou::cuda
