// Attention for what the tensor-core kernels do not take: float32, other head sizes, pools that are not aligned.
// A block a row of q and head; its warps take every fourth slot, lanes take columns. Plain arithmetic in float32.
//
// Bytes moved: 2 (slots seen) d sizeof(T) a row and head, from cache where heads or rows share them. Roofline: none is tried for.
#include "attention_work.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 4;
constexpr int threads = 32 * warps;
constexpr int columns = max_head_dim / 32;  // of one lane

template <typename T>
__global__ void __launch_bounds__(threads) attend_any_kernel(const Attention a) {
    wait_for_kernel_before();
    __shared__ float shared[warps][max_head_dim + 2];  // sums, largest score, sum of weights
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int64_t row = blockIdx.x;
    const int head = blockIdx.y, size = static_cast<int>(a.head_dim);
    const int64_t kv_head = head / (a.heads / a.kv_heads);
    T* out = static_cast<T*>(a.out) + (row * a.heads + head) * size;

    const int64_t owner = find_owner(a, row, [](const Sequence&) { return 0; }).sequence;
    if (owner < 0) {
        for (int j = threadIdx.x; j < size; j += threads) {
            out[j] = narrow<T>(not_a_number());
        }
        return;
    }
    const Sequence sequence = sequence_at(a, owner);
    const int token = static_cast<int>(row - sequence.first_row);
    const int limit = sequence.limit(token);
    const float scale = 1.44269504f / sqrtf(static_cast<float>(size));

    float q[columns], sums[columns] = {};
#pragma unroll
    for (int j = 0; j < columns; j++) {
        const int column = 32 * j + lane;
        q[j] = column < size ? widen(static_cast<const T*>(a.q)[(row * a.heads + head) * size + column]) * scale : 0;
    }
    float largest = -INFINITY, total = 0;
    for (int slot = sequence.lowest(token, a.window) + warp; slot <= limit; slot += warps) {
        const int at = pool_row(a, sequence, slot);
        if (at < 0) {
            total = not_a_number();
            break;
        }
        const int64_t from = (int64_t{at} * a.kv_heads + kv_head) * size;
        const T* key = static_cast<const T*>(a.keys) + from;
        const T* value = static_cast<const T*>(a.values) + from;
        float score = 0;
#pragma unroll
        for (int j = 0; j < columns; j++) {
            const int column = 32 * j + lane;
            score += column < size ? q[j] * widen(key[column]) : 0;
        }
        score = warp_sum(score);
        const float higher = fmaxf(largest, score);
        const float base = higher == -INFINITY ? 0 : higher;
        const float fade = exp2_fast(largest - base), weight = exp2_fast(score - base);
        largest = higher;
        total = total * fade + weight;
#pragma unroll
        for (int j = 0; j < columns; j++) {
            const int column = 32 * j + lane;
            sums[j] = sums[j] * fade + (column < size ? weight * widen(value[column]) : 0);
        }
    }
#pragma unroll
    for (int j = 0; j < columns; j++) {
        shared[warp][32 * j + lane] = sums[j];
    }
    if (lane == 0) {
        shared[warp][max_head_dim] = largest;
        shared[warp][max_head_dim + 1] = total;
    }
    __syncthreads();
    for (int column = threadIdx.x; column < size; column += threads) {
        float highest = -INFINITY;
        for (int w = 0; w < warps; w++) {
            highest = fmaxf(highest, shared[w][max_head_dim]);
        }
        const float base = highest == -INFINITY ? 0 : highest;
        float sum = 0, whole = 0;
        for (int w = 0; w < warps; w++) {
            const float weight = exp2_fast(shared[w][max_head_dim] - base);
            sum += weight * shared[w][column];
            whole += weight * shared[w][max_head_dim + 1];
        }
        out[column] = narrow<T>(sum / whole);
    }
}

}  // namespace

void attend_any(const Attention& a, Element element, cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        const dim3 grid(static_cast<unsigned>(a.rows), static_cast<unsigned>(a.heads));
        launch("paged_attention", attend_any_kernel<decltype(zero)>, grid, threads, 0, stream, a);
    });
}

}  // namespace pigou::cuda
