// The arithmetic of attention on one warp's tiles, on tensor cores (mma.sync m16n8k16) with online softmax in float32:
// 16 M query rows against N slots whose keys and values lie in shared memory. Shared by decode and prefill.
//
// Rows in shared memory are padded by 16 bytes, so that the 8 rows of a matrix load fall into different banks.
#pragma once

#include "device.cuh"

namespace pigou::cuda {

template <int D>
constexpr int padded = D + 8;  // elements from row to row

// Slots that a row sees: [lowest, limit].
struct Sight {
    int lowest, limit;
};

// Running result of a warp. Each lane holds rows lane / 4 and lane / 4 + 8 of every 16, columns as device.cuh lays them out.
template <int D, int M>
struct Attended {
    float sums[M][D / 8][4];
    float largest[M][2];  // scores, before scaling
    float total[M][2];    // of the lane's own columns only

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int n = 0; n < D / 8; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    sums[m][n][i] = 0;
                }
            }
#pragma unroll
            for (int half = 0; half < 2; half++) {
                largest[m][half] = -INFINITY;
                total[m][half] = 0;
            }
        }
    }
};

// The part of q [16 rows, 16 columns from 16 k on] at `rows` that multiply_add takes as a.
template <typename T, int D>
__device__ __forceinline__ void load_queries(uint32_t (&a)[4], const T* rows, int k, int lane) {
    load_matrices(a, rows + lane % 16 * padded<D> + 16 * k + lane / 16 * 8);
}

// scores = q k^T; `queries(a, m, k)` loads the fragment of tile m.
template <typename T, int D, int M, int N, typename Queries>
__device__ __forceinline__ void score(
    float (&scores)[M][N / 8][4], const Queries& queries, const T* keys, int lane) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int n = 0; n < N / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                scores[m][n][i] = 0;
            }
        }
    }
#pragma unroll
    for (int k = 0; k < D / 16; k++) {
        uint32_t a[M][4];
#pragma unroll
        for (int m = 0; m < M; m++) {
            queries(a[m], m, k);
        }
#pragma unroll
        for (int n = 0; n < N / 16; n++) {
            // Slots 0-7 by columns 0-7 and 8-15, then slots 8-15.
            uint32_t b[4];
            load_matrices(b, keys + (16 * n + lane / 16 * 8 + lane % 8) * padded<D> + 16 * k + lane / 8 % 2 * 8);
#pragma unroll
            for (int m = 0; m < M; m++) {
                multiply_add<T>(scores[m][2 * n], a[m], b[0], b[1]);
                multiply_add<T>(scores[m][2 * n + 1], a[m], b[2], b[3]);
            }
        }
    }
}

// Scores of slots that a row does not see become -inf. `first`: the tile's first slot.
template <int M, int N>
__device__ __forceinline__ void hide(float (&scores)[M][N / 8][4], const Sight (&sight)[M][2], int first, int lane) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int n = 0; n < N / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int slot = first + 8 * n + lane % 4 * 2 + i % 2;
                const Sight& s = sight[m][i / 2];
                scores[m][n][i] = slot >= s.lowest && slot <= s.limit ? scores[m][n][i] : -INFINITY;
            }
        }
    }
}

// Takes a tile in: scores become weights, and the weighted values are added. `scale` turns scores into powers of two.
template <typename T, int D, int M, int N>
__device__ __forceinline__ void absorb(
    Attended<D, M>& state, float (&scores)[M][N / 8][4], const T* values, float scale, int lane) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float largest = state.largest[m][half];
#pragma unroll
            for (int n = 0; n < N / 8; n++) {
                largest = fmaxf(largest, fmaxf(scores[m][n][2 * half], scores[m][n][2 * half + 1]));
            }
            largest = warp_max<4>(largest);
            const float base = largest == -INFINITY ? 0 : largest * scale;
            const float fade = exp2_fast(state.largest[m][half] * scale - base);
            float total = state.total[m][half] * fade;
#pragma unroll
            for (int n = 0; n < N / 8; n++) {
#pragma unroll
                for (int i = 2 * half; i < 2 * half + 2; i++) {
                    scores[m][n][i] = exp2_fast(scores[m][n][i] * scale - base);
                    total += scores[m][n][i];
                }
            }
            state.largest[m][half] = largest;
            state.total[m][half] = total;
#pragma unroll
            for (int n = 0; n < D / 8; n++) {
                state.sums[m][n][2 * half] *= fade;
                state.sums[m][n][2 * half + 1] *= fade;
            }
        }
    }
#pragma unroll
    for (int k = 0; k < N / 16; k++) {
        uint32_t a[M][4];
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const float(&pair)[4] = scores[m][2 * k + i / 2];
                a[m][i] = narrow_pair<T>(pair[i % 2 * 2], pair[i % 2 * 2 + 1]);
            }
        }
#pragma unroll
        for (int n = 0; n < D / 16; n++) {
            // Slots 0-7 and 8-15 by columns 0-7, then columns 8-15.
            uint32_t b[4];
            load_matrices_transposed(b, values + (16 * k + lane % 16) * padded<D> + 16 * n + lane / 16 * 8);
#pragma unroll
            for (int m = 0; m < M; m++) {
                multiply_add<T>(state.sums[m][2 * n], a[m], b[0], b[1]);
                multiply_add<T>(state.sums[m][2 * n + 1], a[m], b[2], b[3]);
            }
        }
    }
}

}  // namespace pigou::cuda
