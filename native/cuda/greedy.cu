// The likeliest token of each row of logits. A block a row.
//
// Bytes moved: 4 V a row. Roofline: latency, as one multiprocessor reads a row of 128k in some 5 us.
#include "kernels.h"
#include "launch.cuh"

#include <cfloat>

namespace pigou::cuda {
namespace {

constexpr int threads = 1024;

// A token and its logit; id -1: none.
struct Candidate {
    float logit;
    int id;

    // The first of those that tie.
    __device__ __forceinline__ void consider(float other, int other_id) {
        if (other_id >= 0 && (id < 0 || other > logit || (other == logit && other_id < id))) {
            logit = other;
            id = other_id;
        }
    }
};

__device__ __forceinline__ Candidate warp_best(Candidate best) {
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) {
        const float logit = __shfl_xor_sync(all_lanes, best.logit, distance);
        const int id = __shfl_xor_sync(all_lanes, best.id, distance);
        best.consider(logit, id);
    }
    return best;
}

__global__ void __launch_bounds__(threads) greedy_kernel(const float* logits, int64_t* ids, int vocab) {
    wait_for_kernel_before();
    __shared__ float best_logits[32];
    __shared__ int best_ids[32];
    logits += int64_t{blockIdx.x} * vocab;
    Candidate best{0, -1};
    bool finite = true;
#pragma unroll 8
    for (int token = threadIdx.x; token < vocab; token += threads) {
        const float logit = logits[token];
        finite &= fabsf(logit) <= FLT_MAX;  // NaN never is
        best.consider(logit, token);
    }
    best = warp_best(best);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    if (lane == 0) {
        best_logits[warp] = best.logit;
        best_ids[warp] = best.id;
    }
    const bool spoilt = __syncthreads_or(!finite);
    if (warp == 0) {
        best = warp_best({best_logits[lane], best_ids[lane]});
        if (lane == 0) {
            ids[blockIdx.x] = spoilt ? -1 : best.id;
        }
    }
}

}  // namespace

void greedy(const float* logits, int64_t* ids, int64_t count, int64_t vocab, cudaStream_t stream) {
    launch("greedy", greedy_kernel, dim3(static_cast<unsigned>(count)), threads, 0, stream, logits, ids,
        static_cast<int>(vocab));
}

}  // namespace pigou::cuda
