// y = x weight^T + bias for 1 to 64 rows of x and weights of 8 or 4 bits, on tensor cores: weights are the 16-row operand,
// rows of x the columns of the other, 32 at once. The first weights are asked for before the kernel before has ended, as none
// changes once it is packed.
//
// A block of 8 warps makes 32 outputs for all rows; its warps take every eighth step along `in`, 16 bytes a lane each, and
// add up in shared memory. Grid: ceil(out / 32).
//
// Bytes moved: the packed weight once for every 32 rows (out in bytes, or 0.56 of that for int4), which is nearly all; x is read from L2
// by every block.
// Roofline: memory. Turning a weight into a float takes about 1.5 instructions, half of what would bind at 4.8 TB/s.
#include "weights.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 8;
constexpr int threads = 32 * warps;
constexpr int tiles = 2;   // of 16 outputs, in a block
constexpr int ahead = 4;   // steps whose weights are under way at once
constexpr int rows_at_once = 32;

// The 16 x 16 operand of the `s`-th instruction (0, 1) of the `slab`-th slab in a lane's 16 bytes. zeros: of the lane's two rows,
// as zero_pair has them.
template <typename T, Format format>
__device__ __forceinline__ void weights_of(
    uint32_t (&a)[4], const uint32_t (&words)[4], int slab, int s, const uint32_t (&zeros)[2]) {
    if constexpr (four_bits(format)) {
        const uint32_t low = words[2 * slab], high = words[2 * slab + 1];
        a[0] = int4_pair<T>(low >> 8 * s, zeros[0]);
        a[1] = int4_pair<T>(high >> 8 * s, zeros[1]);
        a[2] = int4_pair<T>(low >> (8 * s + 4), zeros[0]);
        a[3] = int4_pair<T>(high >> (8 * s + 4), zeros[1]);
    } else {
        const uint32_t low = words[s], high = words[2 + s];
        if constexpr (format == Format::int8) {
            a[0] = int8_pair<T>(low);
            a[1] = int8_pair<T>(high);
            a[2] = int8_pair<T>(low >> 8);
            a[3] = int8_pair<T>(high >> 8);
        } else {
            a[0] = fp8_pair<T>(low);
            a[1] = fp8_pair<T>(high);
            a[2] = fp8_pair<T>(low >> 8);
            a[3] = fp8_pair<T>(high >> 8);
        }
    }
}

// The lane's 8 columns of row `row` of x at `column`; zeros beyond the end.
template <typename T>
__device__ __forceinline__ uint4 load_x(const Product& p, int row, int column) {
    if (row < p.rows && column < p.in) {
        return *reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + row * p.x_stride + column);
    }
    return uint4{0, 0, 0, 0};
}

// columns: tiles of 8 rows of x.
template <typename T, Format format, int columns>
__global__ void __launch_bounds__(threads) linear_kernel(const Product p) {
    constexpr int slabs_each = four_bits(format) ? 2 : 1;  // in a lane's 16 bytes
    __shared__ float results[warps][tiles * weight_rows][columns * 8 + 1];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const PackedShape shape(p.out, p.in, p.element, format);
    const int steps = static_cast<int>(shape.slabs) / slabs_each;
    const int64_t first_tile = int64_t{blockIdx.x} * tiles;
    const auto* packed = static_cast<const unsigned char*>(p.packed);

    const unsigned char* weights[tiles];
    const uint32_t* scales[tiles];  // int4: pairs of float16
    const uint16_t* zeros[tiles];   // grouped int4: pairs of bytes
#pragma unroll
    for (int m = 0; m < tiles; m++) {
        const int64_t tile = min(first_tile + m, shape.tiles - 1);  // past the end: the last again, and not used
        weights[m] = packed + shape.weights + (tile * steps * 32 + lane) * 16;
        scales[m] = reinterpret_cast<const uint32_t*>(packed + shape.scales) + tile * shape.slabs * 8 + lane / 4;
        zeros[m] = reinterpret_cast<const uint16_t*>(packed + shape.zeros) + tile * shape.slabs * 8 + lane / 4;
    }

    uint4 loaded[ahead][tiles];
    const auto load = [&](int base) {
#pragma unroll
        for (int u = 0; u < ahead; u++) {
#pragma unroll
            for (int m = 0; m < tiles; m++) {
                if (base + u * warps < steps) {
                    loaded[u][m] = load_streaming(weights[m] + int64_t{base + u * warps} * 512);
                }
            }
        }
    };
    load(warp);
    wait_for_kernel_before();

    float sums[tiles][columns][4] = {};
    for (int base = warp; base < steps; base += warps * ahead) {
        if (base != warp) {
            load(base);
        }
#pragma unroll
        for (int u = 0; u < ahead; u++) {
            const int step = base + u * warps;
            if (step >= steps) {
                break;
            }
#pragma unroll
            for (int slab = 0; slab < slabs_each; slab++) {
                const int at = step * slabs_each + slab;
                uint4 x[columns];
#pragma unroll
                for (int c = 0; c < columns; c++) {
                    x[c] = load_x<T>(p, 8 * c + lane / 4, at * slab_columns + lane % 4 * 8);
                }
#pragma unroll
                for (int m = 0; m < tiles; m++) {
                    const uint4& w = loaded[u][m];
                    const uint32_t words[4] = {w.x, w.y, w.z, w.w};
                    float group[columns][4] = {};
                    uint32_t zero[2] = {zero_pair<T>(8), zero_pair<T>(8)};
                    if constexpr (format == Format::grouped_int4) {
                        const uint32_t pair = zeros[m][at * 8];
                        zero[0] = zero_pair<T>(pair & 255);
                        zero[1] = zero_pair<T>(pair >> 8);
                    }
#pragma unroll
                    for (int s = 0; s < 2; s++) {
                        uint32_t a[4];
                        weights_of<T, format>(a, words, slab, s, zero);
#pragma unroll
                        for (int c = 0; c < columns; c++) {
                            float(&into)[4] = four_bits(format) ? group[c] : sums[m][c];
                            multiply_add<T>(into, a, s == 0 ? x[c].x : x[c].z, s == 0 ? x[c].y : x[c].w);
                        }
                    }
                    if constexpr (four_bits(format)) {
                        const uint32_t pair = scales[m][at * 8];
                        const float low = widen(f16{static_cast<uint16_t>(pair)});
                        const float high = widen(f16{static_cast<uint16_t>(pair >> 16)});
#pragma unroll
                        for (int c = 0; c < columns; c++) {
#pragma unroll
                            for (int i = 0; i < 4; i++) {
                                sums[m][c][i] += group[c][i] * (i < 2 ? low : high);
                            }
                        }
                    }
                }
            }
        }
    }

#pragma unroll
    for (int m = 0; m < tiles; m++) {
#pragma unroll
        for (int c = 0; c < columns; c++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                results[warp][m * weight_rows + lane / 4 + i / 2 * 8][c * 8 + lane % 4 * 2 + i % 2] = sums[m][c][i];
            }
        }
    }
    __syncthreads();
    const bool genuine = is_packed(p.packed, p.out, p.in, p.element, format);
    for (int i = threadIdx.x; i < tiles * weight_rows * p.rows; i += threads) {
        const int within = i % (tiles * weight_rows), row = i / (tiles * weight_rows);
        const int64_t output = first_tile * weight_rows + within;
        if (output >= p.out) {
            continue;
        }
        float sum = 0;
#pragma unroll
        for (int w = 0; w < warps; w++) {
            sum += results[w][within][row];
        }
        if constexpr (!four_bits(format)) {
            sum *= reinterpret_cast<const float*>(packed + shape.scales)[output];
        }
        sum += p.bias == nullptr ? 0 : widen(static_cast<const T*>(p.bias)[output]);
        T* y = static_cast<T*>(p.y) + int64_t{row} * p.out + output;
        *y = stored_output(p, y, genuine ? sum : not_a_number());
    }
}

template <typename T, Format format>
void start(const Product& p, cudaStream_t stream) {
    const dim3 grid(static_cast<unsigned>(divide_up(p.out, tiles * weight_rows)));
    const auto kernel = p.rows > 16 ? linear_kernel<T, format, 4>
        : p.rows > 8                ? linear_kernel<T, format, 2>
                                    : linear_kernel<T, format, 1>;
    launch("linear", kernel, grid, threads, 0, stream, p);
}

template <typename T>
void start(const Product& p, Format format, cudaStream_t stream) {
    switch (format) {
        case Format::int4: return start<T, Format::int4>(p, stream);
        case Format::grouped_int4: return start<T, Format::grouped_int4>(p, stream);
        case Format::int8: return start<T, Format::int8>(p, stream);
        case Format::fp8: return start<T, Format::fp8>(p, stream);
        case Format::dense: return;
    }
}

}  // namespace

bool takes_few_rows(const Product& p) {
    return p.element != Element::f32 && p.rows <= max_few_rows && p.in % 8 == 0 && p.x_stride % 8 == 0 && aligned(16, p.x);
}

void linear_few_rows(const Product& whole, Format format, cudaStream_t stream) {
    for (int first = 0; first < whole.rows; first += rows_at_once) {
        Product p = whole;
        p.x = static_cast<const char*>(whole.x) + 2 * first * whole.x_stride;
        p.y = static_cast<char*>(whole.y) + 2 * int64_t{first} * whole.out;
        p.rows = min(whole.rows - first, rows_at_once);
        if (p.element == Element::bf16) {
            start<bf16>(p, format, stream);
        } else {
            start<f16>(p, format, stream);
        }
    }
}

}  // namespace pigou::cuda
