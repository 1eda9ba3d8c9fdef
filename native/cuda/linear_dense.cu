// y = x weight^T + bias for 1 to 16 rows of x and weights of 16-bit floats, on tensor cores: weights are the 16-row operand,
// rows of x the columns of the other. From compute capability 9.0 on.
//
// One block a multiprocessor. Its last warp does nothing but ask for the weights, some 100 KB ahead, by bulk copies into a ring
// in shared memory; it begins before the kernel before has ended, as no weight changes once it is packed. The others share
// out the columns of what has come, and add up in shared memory when a tile of outputs is complete. x is held in shared memory where it
// fits; else its columns travel with the weights', which are then of more outputs, so that less of x is read for each.
//
// Bytes moved: the weight once, which is nearly all for so few rows; x is read from L2 once a block or, if it does not fit, once a
// tile. Roofline: memory.
#include "linear_rows.cuh"

namespace pigou::cuda {
namespace {

constexpr int workers = 8;  // warps that multiply
constexpr int threads = 32 * (workers + 1);
constexpr int most_stages = 24;
constexpr int front_bytes = 512;  // barriers, and 16 bytes of zeros: a row that x has not

// How much of the weight a stage of the ring holds: outputs by columns. A row in shared memory is 16 bytes longer, so that the 8
// rows of a matrix load fall into different banks.
template <bool resident>
struct Cut {
    static constexpr int tiles = resident ? 1 : 2;
    static constexpr int outputs = tiles * weight_rows;
    static constexpr int columns = resident ? 512 : 256;
    static constexpr int share = columns / workers;  // of a warp
    static constexpr int stride = 2 * columns + 16;  // bytes
    static_assert(share % 32 == 0 && outputs <= 32);
};

// What the launch decides. Sizes in bytes.
struct Ring {
    int stages, stage_bytes, x_stride, shared_bytes;
};

constexpr int results_width(int rows) { return rows > 8 ? 17 : 9; }

template <bool resident>
Ring ring_of(int rows, int in, int budget) {
    using C = Cut<resident>;
    Ring ring{0, (C::outputs + (resident ? 0 : rows)) * C::stride, resident ? 2 * in + 16 : C::stride, 0};
    const int fixed = front_bytes + (resident ? rows * ring.x_stride : 0)
        + static_cast<int>(sizeof(float)) * workers * C::outputs * results_width(rows);
    ring.stages = min(most_stages, (budget - fixed) / ring.stage_bytes);
    ring.shared_bytes = fixed + ring.stages * ring.stage_bytes;
    return ring;
}

// A block's shared memory and its part of the work: tiles blockIdx.x, + gridDim.x, ..., each in steps along `in`.
template <bool resident>
struct Work {
    using C = Cut<resident>;
    const Product& p;
    const Ring& ring;
    Barrier *full, *empty, *complete;
    unsigned char *zeros, *x, *stages;
    float* results;
    int chunks, tiles, steps;

    __device__ Work(const Product& p, const Ring& ring, unsigned char* shared)
        : p(p), ring(ring), full(reinterpret_cast<Barrier*>(shared)), empty(full + ring.stages), complete(empty + ring.stages),
          zeros(shared + front_bytes - 16), x(shared + front_bytes), stages(x + (resident ? p.rows * ring.x_stride : 0)),
          results(reinterpret_cast<float*>(stages + ring.stages * ring.stage_bytes)) {
        chunks = (p.in + C::columns - 1) / C::columns;
        const int all = (p.out + C::outputs - 1) / C::outputs, blocks = static_cast<int>(gridDim.x);
        tiles = (all - static_cast<int>(blockIdx.x) + blocks - 1) / blocks;
        steps = tiles * chunks;
    }
    __device__ int64_t first_output(int tile) const { return (blockIdx.x + int64_t{tile} * gridDim.x) * C::outputs; }
    __device__ unsigned char* stage(int step) const { return stages + step % ring.stages * ring.stage_bytes; }
    __device__ int parity(int step) const { return step / ring.stages & 1; }
    __device__ int column(int step) const { return step % chunks * C::columns; }
    __device__ int row_bytes(int step) const { return 2 * min(C::columns, p.in - column(step)); }
};

// ---- the warp that copies: a row of the stage is a lane's ------------------------------------------------------------

template <typename T, bool resident>
__device__ __forceinline__ void copy_weights(const Work<resident>& w, int step, int lane) {
    using C = Cut<resident>;
    Barrier* full = w.full + step % w.ring.stages;
    if (lane == 0) {
        barrier_arrive_expecting(full, w.row_bytes(step) * (C::outputs + (resident ? 0 : w.p.rows)));
    }
    __syncwarp();
    if (lane < C::outputs) {
        // Past the end: the last output again, and not used.
        const int64_t output = min(w.first_output(step / w.chunks) + lane, int64_t{w.p.out} - 1);
        const T* weights = reinterpret_cast<const T*>(w.p.packed + packed_header_bytes);
        copy_bulk(w.stage(step) + lane * C::stride, weights + output * w.p.in + w.column(step), w.row_bytes(step), full);
    }
}

template <typename T, bool resident>
__device__ __forceinline__ void copy_x(const Work<resident>& w, int step, int lane) {
    using C = Cut<resident>;
    if (!resident && lane < w.p.rows) {
        copy_bulk(w.stage(step) + (C::outputs + lane) * C::stride,
            static_cast<const T*>(w.p.x) + lane * w.p.x_stride + w.column(step), w.row_bytes(step),
            w.full + step % w.ring.stages);
    }
}

template <typename T, bool resident>
__device__ void feed(const Work<resident>& w, int lane) {
    const int ahead = min(w.ring.stages, w.steps);
    for (int step = 0; step < ahead; step++) {
        copy_weights<T>(w, step, lane);
    }
    wait_for_kernel_before();
    for (int step = 0; step < ahead; step++) {
        copy_x<T>(w, step, lane);
    }
    for (int step = ahead; step < w.steps; step++) {
        barrier_wait(w.empty + step % w.ring.stages, w.parity(step) ^ 1);
        copy_weights<T>(w, step, lane);
        copy_x<T>(w, step, lane);
    }
}

// ---- the warps that multiply ------------------------------------------------------------------------------------------

// Copies the columns of x that this warp will read into shared memory.
template <typename T>
__device__ void hold_x(const Work<true>& w, int warp, int lane) {
    using C = Cut<true>;
    constexpr int pieces = C::share / 8;
    for (int first = warp * C::share; first < w.p.in; first += C::columns) {
        for (int i = lane; i < pieces * w.p.rows; i += 32) {
            const int row = i / pieces, column = first + i % pieces * 8;
            if (column < w.p.in) {
                copy_async(w.x + row * w.ring.x_stride + 2 * column,
                    static_cast<const T*>(w.p.x) + row * w.p.x_stride + column, true);
            }
        }
    }
    copy_commit();
    copy_wait<0>();
    __syncwarp();
}

// Adds a stage's products to the sums. octets: tiles of 8 rows of x.
template <typename T, int octets, bool resident>
__device__ __forceinline__ void multiply(
    float (&sums)[Cut<resident>::tiles][octets][4], const Work<resident>& w, int step, int warp, int lane) {
    using C = Cut<resident>;
    const unsigned char* weights = w.stage(step);
    const unsigned char* x = resident ? w.x + 2 * w.column(step) : weights + C::outputs * C::stride;
#pragma unroll
    for (int i = 0; i < C::share; i += 32) {
        const int column = warp * C::share + i;
        if (w.column(step) + column >= w.p.in) {
            break;
        }
        uint32_t b[octets][4];
#pragma unroll
        for (int o = 0; o < octets; o++) {
            const int row = 8 * o + lane % 8;
            load_matrices(b[o], row < w.p.rows ? x + row * w.ring.x_stride + 2 * (column + lane / 8 * 8) : w.zeros);
        }
#pragma unroll
        for (int m = 0; m < C::tiles; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                uint32_t a[4];
                load_matrices(a, weights + (m * weight_rows + lane % 16) * C::stride + 2 * (column + 16 * half + lane / 16 * 8));
#pragma unroll
                for (int o = 0; o < octets; o++) {
                    multiply_add<T>(sums[m][o], a, b[o][2 * half], b[o][2 * half + 1]);
                }
            }
        }
    }
}

// Waits for the other workers, `meetings` of them having been before.
template <bool resident>
__device__ __forceinline__ void meet(const Work<resident>& w, int meetings, int lane) {
    __syncwarp();
    if (lane == 0) {
        barrier_arrive(w.complete);
    }
    barrier_wait(w.complete, meetings & 1);
}

// Adds up the workers' sums of a tile and stores them.
template <typename T, int octets, bool resident>
__device__ __forceinline__ void finish(
    const float (&sums)[Cut<resident>::tiles][octets][4], const Work<resident>& w, int tile, bool genuine, int warp, int lane) {
    using C = Cut<resident>;
    constexpr int width = 8 * octets + 1;
    publish<C::tiles, octets>(w.results + warp * C::outputs * width, width, sums, lane);
    meet(w, 2 * tile, lane);
    const int64_t first = w.first_output(tile);
    for (int i = threadIdx.x; i < C::outputs * w.p.rows; i += 32 * workers) {
        const int within = i % C::outputs, row = i / C::outputs;
        if (first + within < w.p.out) {
            float sum = bias_of<T>(w.p, first + within);
#pragma unroll
            for (int k = 0; k < workers; k++) {
                sum += w.results[(k * C::outputs + within) * width + row];
            }
            static_cast<T*>(w.p.y)[int64_t{row} * w.p.out + first + within] = narrow<T>(genuine ? sum : not_a_number());
        }
    }
    meet(w, 2 * tile + 1, lane);
}

template <typename T, int octets, bool resident>
__global__ void __launch_bounds__(threads, 1) dense_kernel(const Product p, const Ring ring) {
    PIGOU_DYNAMIC_SHARED(shared);
    const Work<resident> w(p, ring, shared);
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    if (threadIdx.x == 0) {
        for (int i = 0; i < ring.stages; i++) {
            barrier_init(w.full + i, 1);
            barrier_init(w.empty + i, workers);
        }
        barrier_init(w.complete, workers);
        *reinterpret_cast<uint4*>(w.zeros) = uint4{0, 0, 0, 0};
    }
    __syncthreads();
    if (warp == workers) {
        feed<T>(w, lane);
        return;
    }
    const bool genuine = is_packed(p.packed, p.out, p.in, p.element, Format::dense);
    wait_for_kernel_before();
    if constexpr (resident) {
        hold_x<T>(w, warp, lane);
    }
    for (int tile = 0, step = 0; tile < w.tiles; tile++) {
        float sums[Cut<resident>::tiles][octets][4] = {};
        for (int chunk = 0; chunk < w.chunks; chunk++, step++) {
            barrier_wait(w.full + step % ring.stages, w.parity(step));
            multiply<T, octets>(sums, w, step, warp, lane);
            __syncwarp();
            if (lane == 0) {
                barrier_arrive(w.empty + step % ring.stages);
            }
        }
        finish<T, octets>(sums, w, tile, genuine, warp, lane);
    }
}

// Half of what a multiprocessor has, so that the next such kernel finds room beside this one; more where x needs it.
constexpr int usual_budget = 112 * 1024, most_budget = 220 * 1024;
constexpr int least_ring = 64 * 1024;

template <typename T, int octets, bool resident>
void start(const Product& p, int budget, cudaStream_t stream) {
    const Ring ring = ring_of<resident>(p.rows, p.in, budget);
    const int64_t tiles = divide_up(p.out, Cut<resident>::outputs);
    const dim3 grid(static_cast<unsigned>(min(tiles, int64_t{multiprocessors("linear")})));
    launch("linear", dense_kernel<T, octets, resident>, grid, threads, ring.shared_bytes, stream, p, ring);
}

template <typename T, int octets>
void start(const Product& p, cudaStream_t stream) {
    const int64_t wanted = int64_t{p.rows} * (2 * int64_t{p.in} + 16) + least_ring;
    if (wanted <= most_budget) {
        start<T, octets, true>(p, static_cast<int>(max(wanted + 16 * 1024, int64_t{usual_budget})), stream);
    } else {
        start<T, octets, false>(p, usual_budget, stream);
    }
}

template <typename T>
void start(const Product& p, cudaStream_t stream) {
    if (p.rows > 8) {
        start<T, 2>(p, stream);
    } else {
        start<T, 1>(p, stream);
    }
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
