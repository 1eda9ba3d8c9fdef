// y = x weight^T + bias for a few rows of x and weights of 16-bit floats, on tensor cores (linear_rows.cuh).
//
// A block of 8 warps makes 16 outputs for all rows; its warps take every eighth step of 64 columns, of which a lane has twice 8 in
// each of two rows: the four lanes of a row read 64 bytes in a row. Their sums meet in shared memory. Grid: ceil(out / 16).
//
// Bytes moved: the weight once, which is nearly all for so few rows; x is read from L2 by every block. Roofline: memory.
#include "linear_rows.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 8;
constexpr int threads = 32 * warps;
constexpr int step_columns = 64;
constexpr int ahead = 4;  // steps whose weights are under way at once

// A lane's share of a step: columns 8 t .. 8 t + 7 and 32 further of rows r and r + 8.
struct Words {
    uint4 low[2], high[2];
};

__device__ __forceinline__ void unroll(uint32_t (&words)[8], const uint4 (&pieces)[2]) {
#pragma unroll
    for (int i = 0; i < 2; i++) {
        words[4 * i] = pieces[i].x;
        words[4 * i + 1] = pieces[i].y;
        words[4 * i + 2] = pieces[i].z;
        words[4 * i + 3] = pieces[i].w;
    }
}

// columns: tiles of 8 rows of x.
template <typename T, int columns>
__global__ void __launch_bounds__(threads, 2) dense_kernel(const Product p) {
    __shared__ float results[warps][weight_rows][columns * 8 + 1];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int steps = (p.in + step_columns - 1) / step_columns;
    const int64_t first = int64_t{blockIdx.x} * weight_rows;
    // Past the end: the last row again, and not used.
    const T* weights = reinterpret_cast<const T*>(p.packed + packed_header_bytes);
    const T* low = weights + min(first + lane / 4, int64_t{p.out} - 1) * p.in + lane % 4 * 8;
    const T* high = weights + min(first + lane / 4 + 8, int64_t{p.out} - 1) * p.in + lane % 4 * 8;
    const auto load = [&](int step) {
        Words w;
        const int column = step * step_columns;
#pragma unroll
        for (int i = 0; i < 2; i++) {
            const bool there = column + lane % 4 * 8 + 32 * i < p.in;
            w.low[i] = there ? load_streaming(low + column + 32 * i) : uint4{0, 0, 0, 0};
            w.high[i] = there ? load_streaming(high + column + 32 * i) : uint4{0, 0, 0, 0};
        }
        return w;
    };

    Words held[ahead];
#pragma unroll
    for (int u = 0; u < ahead; u++) {
        if (warp + u * warps < steps) {
            held[u] = load(warp + u * warps);
        }
    }
    wait_for_kernel_before();

    float sums[1][columns][4] = {};
    for (int base = warp; base < steps; base += warps * ahead) {
#pragma unroll
        for (int u = 0; u < ahead; u++) {
            const int step = base + u * warps;
            if (step >= steps) {
                break;
            }
            uint32_t x[columns][8], a[2][8];
#pragma unroll
            for (int c = 0; c < columns; c++) {
                uint4 pieces[2];
#pragma unroll
                for (int i = 0; i < 2; i++) {
                    pieces[i] = load_x<T>(p, 8 * c + lane / 4, step * step_columns + lane % 4 * 8 + 32 * i);
                }
                unroll(x[c], pieces);
            }
            unroll(a[0], held[u].low);
            unroll(a[1], held[u].high);
#pragma unroll
            for (int k = 0; k < 4; k++) {
                const uint32_t operand[4] = {a[0][2 * k], a[1][2 * k], a[0][2 * k + 1], a[1][2 * k + 1]};
#pragma unroll
                for (int c = 0; c < columns; c++) {
                    multiply_add<T>(sums[0][c], operand, x[c][2 * k], x[c][2 * k + 1]);
                }
            }
            if (step + warps * ahead < steps) {
                held[u] = load(step + warps * ahead);
            }
        }
    }

    publish<1, columns>(results[warp], sums, lane);
    __syncthreads();
    const bool genuine = is_packed(p.packed, p.out, p.in, p.element, Format::dense);
    for (int i = threadIdx.x; i < weight_rows * p.rows; i += threads) {
        const int within = i % weight_rows, row = i / weight_rows;
        if (first + within >= p.out) {
            continue;
        }
        float sum = bias_of<T>(p, first + within);
#pragma unroll
        for (int w = 0; w < warps; w++) {
            sum += results[w][within][row];
        }
        static_cast<T*>(p.y)[int64_t{row} * p.out + first + within] = narrow<T>(genuine ? sum : not_a_number());
    }
}

template <typename T>
void start(const Product& p, cudaStream_t stream) {
    const dim3 grid(static_cast<unsigned>(divide_up(p.out, weight_rows)));
    launch("linear", p.rows > 8 ? dense_kernel<T, 2> : dense_kernel<T, 1>, grid, threads, 0, stream, p);
}

}  // namespace

void linear_dense(const Product& p, cudaStream_t stream) {
    if (p.element == Element::bf16) {
        start<bf16>(p, stream);
    } else {
        start<f16>(p, stream);
    }
}

}  // namespace pigou::cuda
