// Puts the chunks of decoded sequences together, and sees to it that every row of the result is written.
//
// A head of a row of q takes a warp where there are many of them, and a block of four where there are few and chunks may be
// many: each warp takes a share of the chunks, lanes take columns.
// Bytes moved: chunks (d + 2) 4 bytes a row and head, at most 1 / 64 of the keys and values behind them. Roofline: latency.
#include "attention_work.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 4;
constexpr int threads = 32 * warps;

// A lane's columns of a row, read in pieces as wide as they allow.
template <int D>
struct LaneColumns {
    static constexpr int width = D % 128 == 0 ? 4 : D % 64 == 0 ? 2 : 1;
    static constexpr int pieces = D / 32 / width;
    using Piece = Pack<float, width>;

    __device__ static int column(int piece, int lane) { return (piece * 32 + lane) * width; }
};

// One head's chunks by `shares` warps, this one being number `share`. `scratch` holds shares (D + 2) floats.
template <typename T, int D, int shares>
__device__ void merge_head(const Partials& p, const Unit& unit, int tile, int r, T* out, float* scratch, int share) {
    using Columns = LaneColumns<D>;
    const int lane = threadIdx.x % 32;
    float largest = -INFINITY;
    for (int u = lane; u < unit.units; u += 32) {
        largest = fmaxf(largest, p.scales[2 * p.row(unit.before + u, tile, r)]);
    }
    largest = warp_max(largest);
    const float base = largest == -INFINITY ? 0 : largest;
    float total = 0, sums[Columns::pieces][Columns::width] = {};
#pragma unroll 4
    for (int u = share; u < unit.units; u += shares) {
        const int64_t row = p.row(unit.before + u, tile, r);
        const float weight = exp2_fast(p.scales[2 * row] - base);
        total += weight * p.scales[2 * row + 1];
#pragma unroll
        for (int k = 0; k < Columns::pieces; k++) {
            const auto piece = *reinterpret_cast<const typename Columns::Piece*>(p.sums + row * D + Columns::column(k, lane));
#pragma unroll
            for (int j = 0; j < Columns::width; j++) {
                sums[k][j] += weight * piece.at[j];
            }
        }
    }
    if constexpr (shares > 1) {
        float* own = scratch + share * (D + 2);
        own[D] = total;
#pragma unroll
        for (int k = 0; k < Columns::pieces; k++) {
#pragma unroll
            for (int j = 0; j < Columns::width; j++) {
                own[Columns::column(k, lane) + j] = sums[k][j];
            }
        }
        __syncthreads();
        for (int column = threadIdx.x; column < D; column += threads) {
            float sum = 0, whole = 0;
#pragma unroll
            for (int w = 0; w < shares; w++) {
                sum += scratch[w * (D + 2) + column];
                whole += scratch[w * (D + 2) + D];
            }
            out[column] = narrow<T>(sum / whole);
        }
        __syncthreads();
    } else {
#pragma unroll
        for (int k = 0; k < Columns::pieces; k++) {
            Pack<T, Columns::width> result;
#pragma unroll
            for (int j = 0; j < Columns::width; j++) {
                result.at[j] = narrow<T>(sums[k][j] / total);
            }
            *reinterpret_cast<Pack<T, Columns::width>*>(out + Columns::column(k, lane)) = result;
        }
    }
}

template <typename T, int D, int shares>
__global__ void __launch_bounds__(threads) merge_kernel(const Attention a, const Partials p, bool prefilled) {
    wait_for_kernel_before();
    __shared__ float scratch[shares * (D + 2)];
    constexpr int heads_at_once = warps / shares;
    const int64_t row = blockIdx.x;
    T* out = static_cast<T*>(a.out) + row * a.heads * D;
    const int queries = static_cast<int>(a.heads / a.kv_heads), warp = threadIdx.x / 32;

    const Unit unit = find_owner(a, row, [&](const Sequence& s) { return chunks_of(a, s, p.chunk); });
    Sequence sequence{0, 0, 0, 0};
    if (unit.sequence >= 0) {
        sequence = sequence_at(a, unit.sequence);
    }
    const bool decoded = unit.units > 0;
    // Nobody computes a row that no sequence owns, nor chunks past the capacity.
    if (decoded ? unit.before + unit.units > p.capacity : unit.sequence < 0 || !prefilled) {
        for (int64_t i = int64_t{blockIdx.y} * threads + threadIdx.x; i < a.heads * D; i += int64_t{gridDim.y} * threads) {
            out[i] = narrow<T>(not_a_number());
        }
        return;
    }
    if (!decoded || unit.units == 1) {
        return;  // the row is written
    }
    const int tiles = static_cast<int>(divide_up(queries, tile_rows)), heads_of_tile = min(queries, tile_rows);
    const int token = static_cast<int>(row - sequence.first_row);
    for (int head = blockIdx.y * heads_at_once + warp / shares; head < a.heads; head += gridDim.y * heads_at_once) {
        const int within = head % queries;
        const int tile = head / queries * tiles + within / tile_rows;
        const int r = token * heads_of_tile + within % tile_rows;
        merge_head<T, D, shares>(p, unit, tile, r, out + head * D, scratch, warp % shares);
    }
}

}  // namespace

void merge_chunks(const Attention& a, Element element, const Partials& partials, bool prefilled, cudaStream_t stream) {
    for_head_dim(a.head_dim, [&](auto size) {
        constexpr int D = size;
        // Of many rows most are prefilled, and their blocks should be few.
        const auto start = [&](auto kernel, int heads_at_once) {
            const int64_t blocks = max(int64_t{1}, min(divide_up(a.heads, heads_at_once), 8192 / a.rows));
            const dim3 grid(static_cast<unsigned>(a.rows), static_cast<unsigned>(blocks));
            launch("paged_attention", kernel, grid, threads, 0, stream, a, partials, prefilled);
        };
        if (a.rows * a.heads > 1024) {
            start(element == Element::bf16 ? merge_kernel<bf16, D, 1> : merge_kernel<f16, D, 1>, warps);
        } else {
            start(element == Element::bf16 ? merge_kernel<bf16, D, warps> : merge_kernel<f16, D, warps>, 1);
        }
    });
}

}  // namespace pigou::cuda
