// Draws token ids. A block a row; nothing is sorted and the host is never asked.
//
// A token's weight is exp((logit - largest) / temperature) in fixed point, so that sums are exact whatever their order:
// the same logits and uniform number give the same id on every run. Every cut (min_p, top_k, top_p) keeps a beginning
// of the tokens ranked by weight, so all that a cut decides is the mass it keeps, and what remains is to find the token
// at which the ranked mass passes a mark. That is found digit by digit: `depth`, the distance from the largest logit in
// fixed point, orders tokens as weights do; histograms of count and mass over its upper, middle and lower bits narrow the
// search to one depth, and a pass in vocabulary order finds the token among those that tie.
//
// Bytes moved: 4 V a row for each pass, all but the first from L2 (4 V is 0.5 MB at V = 128k): 3 passes without cuts,
// 5 to 10 with. Roofline: L2 bandwidth of one multiprocessor a row, some 5 us a pass.
#include "kernels.h"
#include "launch.cuh"

namespace pigou::cuda {
namespace {

using Mass = unsigned long long;

constexpr int threads = 1024;
constexpr int coarse_bins = 2048, fine_bins = 1024;
constexpr int depth_bits = 31, fine_bits = 10;
constexpr uint32_t out_of_sight = (1u << depth_bits) - 1;  // weights too small to count; the last coarse bin is theirs
constexpr float depth_unit = 1 << 26;                      // a depth of 1 / 2^26 is one unit; 32 is out of sight

struct Workspace {
    Mass mass[coarse_bins];
    Mass fine_mass[fine_bins];
    Mass warp_mass[32];
    Mass total, beyond;
    Mass place_mass;
    unsigned count[coarse_bins];
    unsigned fine_count[fine_bins];
    unsigned warp_count[32];
    unsigned place_count;
    int place;
    int id;
    float scratch[32];
};

// One row: its logits and how they become weights.
struct Row {
    const float* logits;
    int vocab;
    float largest;
    float per_degree;  // 1 / temperature
    float scale;       // weight of the largest logit

    __device__ __forceinline__ uint32_t depth(int token) const {
        const float y = (largest - logits[token]) * per_degree;
        return y < 31.98f ? static_cast<uint32_t>(y * depth_unit) : out_of_sight;  // NaN is out of sight
    }

    __device__ __forceinline__ float share(uint32_t depth) const {
        constexpr float log2_e = 1.44269504f;
        return exp2_fast(static_cast<float>(depth) * (-log2_e / depth_unit));
    }

    __device__ __forceinline__ Mass weight(uint32_t depth) const {
        return depth == out_of_sight ? 0 : static_cast<Mass>(share(depth) * scale);
    }
};

// A place in a row of bins, and what lies before it. bin -1: the bins end before the mark.
struct Place {
    int bin;
    unsigned count;
    Mass mass;
};

// The bin in which the running sum of counts (or masses) exceeds `mark`. Called by all threads, after a barrier.
template <int bins>
__device__ Place locate(Workspace& w, const unsigned* count, const Mass* mass, bool by_count, Mass mark) {
    constexpr int own = bins / threads;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, first = threadIdx.x * own;
    unsigned counts = 0;
    Mass masses = 0;
#pragma unroll
    for (int i = 0; i < own; i++) {
        counts += count[first + i];
        masses += mass[first + i];
    }
    const unsigned counts_here = warp_prefix_sum(counts, lane);
    const Mass masses_here = warp_prefix_sum(masses, lane);
    if (lane == 31) {
        w.warp_count[warp] = counts_here;
        w.warp_mass[warp] = masses_here;
    }
    if (threadIdx.x == 0) {
        w.place = -1;
    }
    __syncthreads();
    const unsigned counts_upto = warp_prefix_sum(w.warp_count[lane], lane);
    const Mass masses_upto = warp_prefix_sum(w.warp_mass[lane], lane);
    unsigned counts_before = __shfl_sync(all_lanes, counts_upto, warp) - w.warp_count[warp] + counts_here - counts;
    Mass masses_before = __shfl_sync(all_lanes, masses_upto, warp) - w.warp_mass[warp] + masses_here - masses;
    const Mass before = by_count ? counts_before : masses_before;
    if (mark >= before && mark < before + (by_count ? counts : masses)) {  // one thread at most
        int bin = first;
        while (mark >= (by_count ? counts_before + count[bin] : masses_before + mass[bin])) {
            counts_before += count[bin];
            masses_before += mass[bin];
            bin++;
        }
        w.place = bin;
        w.place_count = counts_before;
        w.place_mass = masses_before;
    }
    __syncthreads();
    const Place place{w.place, w.place_count, w.place_mass};
    __syncthreads();
    return place;
}

// Histogram of the tokens whose depth begins with `upper` (depth >> shift + fine_bits) by the next fine_bits bits.
__device__ void count_fine(Workspace& w, const Row& row, uint32_t upper, int shift) {
    for (int i = threadIdx.x; i < fine_bins; i += threads) {
        w.fine_count[i] = 0;
        w.fine_mass[i] = 0;
    }
    __syncthreads();
#pragma unroll 4
    for (int token = threadIdx.x; token < row.vocab; token += threads) {
        const uint32_t depth = row.depth(token);
        if (depth >> (shift + fine_bits) == upper) {
            const int bin = depth >> shift & (fine_bins - 1);
            atomicAdd(&w.fine_count[bin], 1u);
            atomicAdd(&w.fine_mass[bin], row.weight(depth));
        }
    }
    __syncthreads();
}

// A token in the ranking: its depth, how many of the same depth come before it, and the mass up to and with it.
struct Ranked {
    bool found;
    uint32_t depth;
    Mass ties_before;
    Mass mass_upto;
};

// The token at which the ranked count (or mass) exceeds `mark`. The coarse histogram must be there.
__device__ Ranked select(Workspace& w, const Row& row, bool by_count, Mass mark) {
    const Place coarse = locate<coarse_bins>(w, w.count, w.mass, by_count, mark);
    if (coarse.bin < 0) {
        return {false, 0, 0, 0};
    }
    Mass left = mark - (by_count ? coarse.count : coarse.mass);
    count_fine(w, row, coarse.bin, fine_bits);
    const Place middle = locate<fine_bins>(w, w.fine_count, w.fine_mass, by_count, left);
    left -= by_count ? middle.count : middle.mass;
    const uint32_t upper = static_cast<uint32_t>(coarse.bin) << fine_bits | middle.bin;
    count_fine(w, row, upper, 0);
    const Place fine = locate<fine_bins>(w, w.fine_count, w.fine_mass, by_count, left);
    left -= by_count ? fine.count : fine.mass;
    const uint32_t depth = upper << fine_bits | fine.bin;
    const Mass weight = row.weight(depth);
    const Mass ties = by_count ? left : left / weight;  // by mass the mark lies in a bin that has some
    return {true, depth, ties, coarse.mass + middle.mass + fine.mass + (ties + 1) * weight};
}

// Counts and masses over the upper bits of depth; `total` mass, and the mass `beyond` which min_p cuts nothing.
__device__ void count_coarse(Workspace& w, const Row& row, float min_p) {
    for (int i = threadIdx.x; i < coarse_bins; i += threads) {
        w.count[i] = 0;
        w.mass[i] = 0;
    }
    if (threadIdx.x == 0) {
        w.total = 0;
        w.beyond = 0;
    }
    __syncthreads();
    Mass total = 0, beyond = 0;
#pragma unroll 4
    for (int token = threadIdx.x; token < row.vocab; token += threads) {
        const uint32_t depth = row.depth(token);
        if (depth != out_of_sight) {
            const Mass weight = row.weight(depth);
            atomicAdd(&w.count[depth >> 2 * fine_bits], 1u);
            atomicAdd(&w.mass[depth >> 2 * fine_bits], weight);
            total += weight;
            beyond += row.share(depth) >= min_p ? weight : 0;
        }
    }
    const int lane = threadIdx.x % 32;
    total = warp_prefix_sum(total, lane);
    beyond = warp_prefix_sum(beyond, lane);
    if (lane == 31) {
        atomicAdd(&w.total, total);
        atomicAdd(&w.beyond, beyond);
    }
    __syncthreads();
}

// Sums value(token) over stretches of the vocabulary into the fine bins, and all of them into `total`.
template <typename Value>
__device__ int sum_stretches(Workspace& w, const Row& row, const Value& value) {
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int stretch = (row.vocab + 32 * fine_bins - 1) / (32 * fine_bins) * 32;
    if (threadIdx.x == 0) {
        w.total = 0;
    }
    for (int i = threadIdx.x; i < fine_bins; i += threads) {
        w.fine_count[i] = 0;
    }
    __syncthreads();
    for (int bin = warp; bin < fine_bins; bin += threads / 32) {
        Mass sum = 0;
        for (int i = lane; i < stretch; i += 32) {
            const int64_t token = int64_t{bin} * stretch + i;
            sum += token < row.vocab ? value(static_cast<int>(token)) : 0;
        }
        sum = warp_prefix_sum(sum, lane);
        if (lane == 31) {
            w.fine_mass[bin] = sum;
            atomicAdd(&w.total, sum);
        }
    }
    __syncthreads();
    return stretch;
}

// The first token, in vocabulary order, at which the running sum of value exceeds `mark`; -1 if none does.
template <typename Value>
__device__ int pick(Workspace& w, const Row& row, int stretch, const Value& value, Mass mark) {
    const Place place = locate<fine_bins>(w, w.fine_count, w.fine_mass, false, mark);
    if (threadIdx.x == 0) {
        w.id = -1;
    }
    __syncthreads();
    if (place.bin >= 0 && threadIdx.x < 32) {
        const int lane = threadIdx.x;
        Mass before = place.mass;
        for (int i = 0; i < stretch; i += 32) {
            const int64_t token = int64_t{place.bin} * stretch + i + lane;
            const Mass own = token < row.vocab ? value(static_cast<int>(token)) : 0;
            const Mass upto = before + warp_prefix_sum(own, lane);
            const unsigned past = __ballot_sync(all_lanes, upto > mark);
            if (past != 0) {
                if (lane == 0) {
                    w.id = static_cast<int>(token) + __ffs(past) - 1;
                }
                break;
            }
            before = __shfl_sync(all_lanes, upto, 31);
        }
    }
    __syncthreads();
    return w.id;
}

// Where `uniform` in [0, 1] falls in [0, mass).
__device__ __forceinline__ Mass mark_of(double uniform, Mass mass) {
    const Mass mark = static_cast<Mass>(uniform * static_cast<double>(mass));
    return mark < mass ? mark : mass - 1;
}

__device__ int draw_plain(Workspace& w, const Row& row, double uniform) {
    const auto weight = [&](int token) { return row.weight(row.depth(token)); };
    const int stretch = sum_stretches(w, row, weight);
    const Mass total = w.total;
    return total == 0 ? -1 : pick(w, row, stretch, weight, mark_of(uniform, total));
}

__device__ int draw_cut(Workspace& w, const Row& row, double top_p, float min_p, int64_t top_k, double uniform) {
    count_coarse(w, row, min_p);
    Mass kept = min_p > 0 ? w.beyond : w.total;
    if (kept == 0) {
        return -1;
    }
    if (top_k > 0 && top_k < row.vocab) {
        const Ranked last = select(w, row, true, top_k - 1);
        kept = last.found ? min(kept, last.mass_upto) : kept;
    }
    if (top_p < 1) {
        const Mass target = static_cast<Mass>(ceil(top_p * static_cast<double>(kept)));
        const Ranked last = select(w, row, false, target < 1 ? 0 : min(target, kept) - 1);
        kept = last.found ? min(kept, last.mass_upto) : kept;
    }
    const Ranked drawn = select(w, row, false, mark_of(uniform, kept));
    const auto ties = [&](int token) { return Mass{row.depth(token) == drawn.depth}; };
    const int stretch = sum_stretches(w, row, ties);
    return pick(w, row, stretch, ties, drawn.ties_before);
}

__global__ void __launch_bounds__(threads, 1) sample_kernel(const Draw draw, float scale) {
    wait_for_kernel_before();
    __shared__ Workspace w;
    const int64_t index = draw.rows[blockIdx.x];
    if (index < 0 || index >= draw.logit_rows) {
        if (threadIdx.x == 0) {
            draw.ids[blockIdx.x] = -1;
        }
        return;
    }
    const double* knobs = draw.knobs + 4 * int64_t{blockIdx.x};
    const double temperature = knobs[0], top_p = knobs[1], uniform = knobs[3];
    const float min_p = static_cast<float>(knobs[2]);
    const int64_t top_k = draw.top_k[blockIdx.x];

    Row row;
    row.logits = draw.logits + index * draw.vocab;
    row.vocab = static_cast<int>(draw.vocab);
    // A temperature of 0 or less is the limit towards 0.
    row.per_degree = temperature > 1e-30 ? static_cast<float>(1 / temperature) : 1e30f;
    row.scale = scale;
    float largest = -INFINITY;
#pragma unroll 4
    for (int token = threadIdx.x; token < row.vocab; token += threads) {
        largest = fmaxf(largest, row.logits[token]);
    }
    row.largest = block_max(largest, w.scratch);

    const bool cut = top_p < 1 || min_p > 0 || top_k > 0;
    const int id = cut ? draw_cut(w, row, top_p, min_p, top_k, uniform) : draw_plain(w, row, uniform);
    if (threadIdx.x == 0) {
        draw.ids[blockIdx.x] = id;
    }
}

}  // namespace

void sample(const Draw& draw, cudaStream_t stream) {
    // The sum of all weights must stay below 2^63.
    int bits = 46;
    while (bits > 0 && (draw.vocab >> (62 - bits)) > 0) {
        bits--;
    }
    launch("sample", sample_kernel, dim3(draw.count), threads, 0, stream, draw,
        static_cast<float>(uint64_t{1} << bits));
}

}  // namespace pigou::cuda
