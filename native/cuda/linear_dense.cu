// y = x weight^T + bias for 1 to 4 rows of x and weights of 16-bit floats, by plain multiply-adds: a warp streams two rows of the weight
// through its registers, several steps of 256 columns under way at once, and x lies in shared memory. The first steps are
// asked for before the kernel before has ended, as no weight changes once it is packed. A single row may be normed on its way to
// shared memory: every block then does that again, which is sooner done than a kernel more (of two rows or four it is not).
//
// Gated, the two rows are one output's gate and up: y = silu(gate) * up, and neither is ever stored.
//
// Grid: ceil(out / 16), blocks of 8 warps. Bytes moved: the weight once, which is nearly all; x from L2 by every block, 1 / 16 of
// the weight for each row of x. Roofline: memory.
#include "activation.cuh"
#include "weights.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 8;
constexpr int threads = 32 * warps;
constexpr int outputs = 2;          // rows of the weight that a warp has
constexpr int step_columns = 256;   // 16 bytes a lane
constexpr int max_rows = 4;
constexpr int max_x_bytes = 64 * 1024;  // in shared memory: three blocks of a multiprocessor have room for it

// 8 neighbouring columns.
template <typename T>
__device__ __forceinline__ void widen_columns(float (&value)[8], const uint4& columns) {
    const uint32_t words[4] = {columns.x, columns.y, columns.z, columns.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        value[2 * i] = widen(T{static_cast<uint16_t>(words[i])});
        value[2 * i + 1] = widen(T{static_cast<uint16_t>(words[i] >> 16)});
    }
}

// Copies x to shared memory, [rows, in]; zeros for rows that it has not.
template <typename T, int rows>
__device__ __forceinline__ void hold_x(const Product& p, uint4* held) {
#pragma unroll
    for (int r = 0; r < rows; r++) {
        const uint4* from = reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + r * p.x_stride);
        for (int i = threadIdx.x; i < p.in / 8; i += threads) {
            held[r * (p.in / 8) + i] = r < p.rows ? from[i] : uint4{0, 0, 0, 0};
        }
    }
}

// Norms the row that the same threads have copied there.
template <typename T>
__device__ __forceinline__ void norm_held(const Product& p, uint4* held) {
    __shared__ float scratch[32];
    float sum = 0;
    for (int i = threadIdx.x; i < p.in / 8; i += threads) {
        float x[8];
        widen_columns<T>(x, held[i]);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            sum += x[j] * x[j];
        }
    }
    const float scale = rsqrtf(block_sum(sum, scratch) / p.in + p.eps);
    for (int i = threadIdx.x; i < p.in / 8; i += threads) {
        float x[8], weight[8];
        widen_columns<T>(x, held[i]);
        widen_columns<T>(weight, static_cast<const uint4*>(p.norm)[i]);
        Pack<T, 8> normed;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            normed.at[j] = narrow<T>(x[j] * scale * weight[j]);
        }
        held[i] = *reinterpret_cast<const uint4*>(&normed);
    }
}

template <typename T>
__device__ __forceinline__ float product_at(const Product& p, int64_t output, float sum, bool genuine) {
    const float bias = p.bias == nullptr ? 0 : widen(static_cast<const T*>(p.bias)[output]);
    return genuine ? sum + bias : not_a_number();
}

// ahead: steps under way at once; blocks: of a multiprocessor. rows: p.rows or more.
template <typename T, int rows, int ahead, int blocks, bool gated>
__global__ void __launch_bounds__(threads, blocks) dense_kernel(const Product p) {
    PIGOU_DYNAMIC_SHARED(shared);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int64_t own = int64_t{blockIdx.x} * warps + warp;
    const int64_t first = gated ? own : own * outputs, apart = gated ? p.out / 2 : 1, end = gated ? p.out / 2 : p.out;
    const T* weights[outputs];
#pragma unroll
    for (int m = 0; m < outputs; m++) {
        const int64_t output = min(first + m * apart, int64_t{p.out} - 1);  // past the end: the last again, and not used
        weights[m] = reinterpret_cast<const T*>(static_cast<const unsigned char*>(p.packed) + packed_header_bytes)
            + output * p.in + 8 * lane;
    }
    uint4 loaded[ahead][outputs];
    const auto load = [&](uint4(&into)[outputs], int step) {
        const bool there = step_columns * step + 8 * lane < p.in;
#pragma unroll
        for (int m = 0; m < outputs; m++) {
            into[m] = there ? load_streaming(weights[m] + step_columns * step) : uint4{0, 0, 0, 0};
        }
    };
#pragma unroll
    for (int u = 0; u < ahead; u++) {
        load(loaded[u], u);
    }
    wait_for_kernel_before();
    const bool genuine = is_packed(p.packed, p.out, p.in, p.element, Format::dense);
    uint4* held = reinterpret_cast<uint4*>(shared);
    hold_x<T, rows>(p, held);
    if constexpr (rows == 1) {
        if (p.norm != nullptr) {
            norm_held<T>(p, held);
        }
    }
    __syncthreads();

    float sums[outputs][rows] = {};
    for (int base = 0; step_columns * base < p.in; base += ahead) {
#pragma unroll
        for (int u = 0; u < ahead; u++) {
            const int column = step_columns * (base + u) + 8 * lane;
            if (column < p.in) {
                float w[outputs][8];
#pragma unroll
                for (int m = 0; m < outputs; m++) {
                    widen_columns<T>(w[m], loaded[u][m]);
                }
#pragma unroll
                for (int r = 0; r < rows; r++) {
                    float x[8];
                    widen_columns<T>(x, held[(r * p.in + column) / 8]);
#pragma unroll
                    for (int m = 0; m < outputs; m++) {
#pragma unroll
                        for (int j = 0; j < 8; j++) {
                            sums[m][r] += w[m][j] * x[j];
                        }
                    }
                }
            }
            load(loaded[u], base + u + ahead);
        }
    }

#pragma unroll
    for (int r = 0; r < rows; r++) {
        float sum[outputs];
#pragma unroll
        for (int m = 0; m < outputs; m++) {
            sum[m] = warp_sum(sums[m][r]);
        }
        if (lane != 0 || r >= p.rows || first >= end) {
            continue;
        }
        T* y = static_cast<T*>(p.y) + r * end + first;
        const float low = product_at<T>(p, first, sum[0], genuine);
        if constexpr (gated) {
            const float up = product_at<T>(p, first + apart, sum[1], genuine);
            y[0] = narrow<T>(silu(widen(narrow<T>(low))) * widen(narrow<T>(up)));
        } else {
            y[0] = stored_output(p, y, low);
            if (first + 1 < end) {
                y[1] = stored_output(p, y + 1, product_at<T>(p, first + 1, sum[1], genuine));
            }
        }
    }
}

constexpr int rows_held(int rows) { return rows <= 2 ? rows : max_rows; }

// Two blocks a multiprocessor with more under way in each, where that gives every output a place at once; else three, which leave
// less idle at the end of a long matrix.
template <typename T, int rows, bool gated>
void start(const Product& p, int multiprocessors, cudaStream_t stream) {
    constexpr int block_outputs = warps * outputs;
    const bool short_matrix = p.out <= 2 * multiprocessors * block_outputs;
    constexpr int ahead = rows == max_rows ? 3 : 4;  // of a long one: what registers hold
    const auto kernel = short_matrix ? dense_kernel<T, rows, 8, 2, gated> : dense_kernel<T, rows, ahead, 3, gated>;
    const dim3 grid(static_cast<unsigned>(divide_up(p.out, block_outputs)));
    launch("linear", kernel, grid, threads, sizeof(T) * rows * p.in, stream, p);
}

template <typename T, bool gated>
void start(const Product& p, int multiprocessors, cudaStream_t stream) {
    switch (rows_held(p.rows)) {
        case 1: return start<T, 1, gated>(p, multiprocessors, stream);
        case 2: return start<T, 2, gated>(p, multiprocessors, stream);
        default: return start<T, max_rows, gated>(p, multiprocessors, stream);
    }
}

template <bool gated>
void start(const Product& p, int multiprocessors, cudaStream_t stream) {
    if (p.element == Element::bf16) {
        start<bf16, gated>(p, multiprocessors, stream);
    } else {
        start<f16, gated>(p, multiprocessors, stream);
    }
}

}  // namespace

bool takes_dense_rows(const Product& p) {
    return p.element != Element::f32 && p.rows <= max_rows && int64_t{2} * rows_held(p.rows) * p.in <= max_x_bytes
        && (p.norm == nullptr || p.rows == 1) && p.in % 8 == 0 && p.x_stride % 8 == 0 && aligned(16, p.x, p.norm);
}

void linear_dense(const Product& p, int multiprocessors, cudaStream_t stream) { start<false>(p, multiprocessors, stream); }

void linear_dense_gated(const Product& p, int multiprocessors, cudaStream_t stream) {
    start<true>(p, multiprocessors, stream);
}

}  // namespace pigou::cuda
