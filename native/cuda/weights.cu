// Packs weights for linear.cu, and unpacks them for matrix products of many rows. A warp a slab of 16 x 32 weights;
// grid: slabs by eighths. Layout: weights.cuh.
//
// Bytes moved: the weight once in its own type, once packed. Roofline: memory. Packing runs once, when a model loads; unpacking in each
// step of more than 64 rows, where it costs 2 (T written) + 1 or 0.5 bytes a weight beside the product.
#include "weights.cuh"

namespace pigou::cuda {
namespace {

constexpr int warps = 8;
constexpr int threads = 32 * warps;
constexpr float largest_f16 = 65504;

// Scale of a row: its largest magnitude is `top`.
template <typename T>
__global__ void __launch_bounds__(threads) scale_rows_kernel(const T* weight, float* scales, int64_t out, int64_t in, float top) {
    wait_for_kernel_before();
    __shared__ float scratch[32];
    const int64_t row = blockIdx.x;
    float largest = 0;
    if (row < out) {
        for (int64_t k = threadIdx.x; k < in; k += threads) {
            largest = fmaxf(largest, fabsf(widen(weight[row * in + k])));
        }
    }
    largest = block_max(largest, scratch);
    if (threadIdx.x == 0) {
        scales[row] = largest / top;
    }
}

__device__ __forceinline__ int rounded(float value, float scale, int least, int most) {
    return scale == 0 ? 0 : max(least, min(most, static_cast<int>(rintf(value / scale))));
}

template <typename T>
__global__ void __launch_bounds__(threads) pack_kernel(const T* weight, unsigned char* packed, int64_t out, int64_t in, Element element, Format format) {
    wait_for_kernel_before();
    const PackedShape shape(out, in, element, format);
    const int64_t index = int64_t{blockIdx.x} * warps + threadIdx.x / 32;
    const int lane = threadIdx.x % 32;
    if (index >= shape.tiles * shape.slabs) {
        return;
    }
    const int64_t tile = index / shape.slabs, slab = index % shape.slabs;
    uint32_t words[4] = {};
    for (int half = 0; half < 2; half++) {
        const int64_t row = tile * weight_rows + lane / 4 + 8 * half, column = slab * slab_columns + lane % 4 * 8;
        float value[8], largest = 0;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            value[j] = row < out && column + j < in ? widen(weight[row * in + column + j]) : 0;
            largest = fmaxf(largest, fabsf(value[j]));
        }
        if (format == Format::int4) {
            const f16 scale = narrow<f16>(fminf(warp_max<4>(largest) / 7, largest_f16));
#pragma unroll
            for (int j = 0; j < 8; j++) {
                words[half] |= static_cast<uint32_t>(rounded(value[j], widen(scale), -8, 7) + 8) << 4 * nibble_of(j);
            }
            if (lane % 4 == 0) {
                reinterpret_cast<f16*>(packed + shape.scales)[(index * 8 + lane / 4) * 2 + half] = scale;
            }
        } else {
            const float scale = reinterpret_cast<const float*>(packed + shape.scales)[row];
#pragma unroll
            for (int j = 0; j < 8; j++) {
                const uint8_t byte = format == Format::fp8 ? (scale == 0 ? 0 : to_e4m3(value[j] / scale))
                                                           : static_cast<uint8_t>(rounded(value[j], scale, -127, 127));
                words[2 * half + j / 4] |= uint32_t{byte} << 8 * (byte_of(j) % 4);
            }
        }
    }
    if (format == Format::int4) {
        const int64_t piece = (tile * (shape.slabs / 2) + slab / 2) * 32 + lane;
        *reinterpret_cast<uint2*>(packed + shape.weights + piece * 16 + slab % 2 * 8) = {words[0], words[1]};
    } else {
        *reinterpret_cast<uint4*>(packed + shape.weights + (index * 32 + lane) * 16) = {
            words[0], words[1], words[2], words[3]};
    }
}

// T: of the scales.
template <typename T>
__global__ void __launch_bounds__(threads) pack_grouped_kernel(const GroupedWeight weight, unsigned char* packed) {
    wait_for_kernel_before();
    const int64_t out = weight.out, in = weight.in, each = in / weight.groups;
    const PackedShape shape(out, in, weight.element, Format::grouped_int4);
    const int64_t index = int64_t{blockIdx.x} * warps + threadIdx.x / 32;
    const int lane = threadIdx.x % 32;
    if (index >= shape.tiles * shape.slabs) {
        return;
    }
    const int64_t tile = index / shape.slabs, slab = index % shape.slabs;
    uint32_t words[2] = {};
    for (int half = 0; half < 2; half++) {
        const int64_t row = tile * weight_rows + lane / 4 + 8 * half, first = slab * slab_columns;
        const bool there = row < out && first < in;
        const int64_t group = row * weight.groups + first / each;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            const int64_t column = first + lane % 4 * 8 + j;
            const uint32_t number = row < out && column < in ? weight.numbers[row * in + column] & 15u : 0;
            words[half] |= number << 4 * nibble_of(j);
        }
        if (lane % 4 == 0) {
            const int64_t at = (index * 8 + lane / 4) * 2 + half;
            reinterpret_cast<f16*>(packed + shape.scales)[at] =
                narrow<f16>(there ? widen(static_cast<const T*>(weight.scales)[group]) : 0);
            packed[shape.zeros + at] = !there ? 0 : weight.zeros == nullptr ? 8 : weight.zeros[group];
        }
    }
    const int64_t piece = (tile * (shape.slabs / 2) + slab / 2) * 32 + lane;
    *reinterpret_cast<uint2*>(packed + shape.weights + piece * 16 + slab % 2 * 8) = {words[0], words[1]};
}

// The 8 weights of one row that a lane holds, unscaled, as pairs. zero: of 4 bits.
__device__ __forceinline__ void widen_row(float (&value)[8], const uint32_t* words, int half, Format format, int zero) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
        if (four_bits(format)) {
            value[j] = static_cast<float>(static_cast<int>(words[half] >> 4 * nibble_of(j) & 15) - zero);
        } else {
            const uint32_t byte = words[2 * half + j / 4] >> 8 * (byte_of(j) % 4) & 255;
            value[j] = format == Format::int8
                ? static_cast<float>(static_cast<int8_t>(byte))
                : widen(f16{static_cast<uint16_t>((byte & 127) << 7 | (byte & 128) << 8)}) * 256;
        }
    }
}

template <typename T>
__global__ void __launch_bounds__(threads) unpack_kernel(const unsigned char* packed, T* weight, int64_t out, int64_t in, Element element, Format format) {
    wait_for_kernel_before();
    const PackedShape shape(out, in, element, format);
    const int64_t index = int64_t{blockIdx.x} * warps + threadIdx.x / 32;
    const int lane = threadIdx.x % 32;
    if (index >= shape.tiles * shape.slabs) {
        return;
    }
    const int64_t tile = index / shape.slabs, slab = index % shape.slabs;
    const bool genuine = is_packed(packed, out, in, element, format);
    uint32_t words[4] = {};
    if (four_bits(format)) {
        const int64_t piece = (tile * (shape.slabs / 2) + slab / 2) * 32 + lane;
        const auto two = *reinterpret_cast<const uint2*>(packed + shape.weights + piece * 16 + slab % 2 * 8);
        words[0] = two.x;
        words[1] = two.y;
    } else {
        const auto four = *reinterpret_cast<const uint4*>(packed + shape.weights + (index * 32 + lane) * 16);
        words[0] = four.x;
        words[1] = four.y;
        words[2] = four.z;
        words[3] = four.w;
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        const int64_t row = tile * weight_rows + lane / 4 + 8 * half, column = slab * slab_columns + lane % 4 * 8;
        const int64_t at = (index * 8 + lane / 4) * 2 + half;  // of 4 bits' scales and zeros
        float value[8];
        widen_row(value, words, half, format, format == Format::grouped_int4 ? packed[shape.zeros + at] : 8);
        float scale = four_bits(format)
            ? widen(reinterpret_cast<const f16*>(packed + shape.scales)[at])
            : reinterpret_cast<const float*>(packed + shape.scales)[row];
        scale = genuine ? scale : not_a_number();
        if (row < out && column + 8 <= in && in % 8 == 0) {
            Pack<T, 16 / sizeof(T)> part[sizeof(T) / 2];  // 16 bytes each
#pragma unroll
            for (int j = 0; j < 8; j++) {
                part[j * sizeof(T) / 16].at[j % (16 / sizeof(T))] = narrow<T>(value[j] * scale);
            }
#pragma unroll
            for (int i = 0; i < static_cast<int>(sizeof(T) / 2); i++) {
                reinterpret_cast<Pack<T, 16 / sizeof(T)>*>(weight + row * in + column)[i] = part[i];
            }
        } else if (row < out) {
#pragma unroll
            for (int j = 0; j < 8; j++) {
                if (column + j < in) {
                    weight[row * in + column + j] = narrow<T>(value[j] * scale);
                }
            }
        }
    }
}

__global__ void header_kernel(PackedHeader* header, PackedHeader value) {
    wait_for_kernel_before();
    *header = value;
}

// Last and in order: products read weights before they wait, and the header after it.
void write_header(const char* op, void* packed, int64_t out, int64_t in, Element element, Format format, cudaStream_t stream) {
    launch_in_order(op, header_kernel, dim3(1), 1, stream, static_cast<PackedHeader*>(packed),
        PackedHeader{packed_magic, packed_layout, out, in, static_cast<int64_t>(element), static_cast<int64_t>(format), {0, 0, 0}});
}

dim3 slab_grid(const PackedShape& shape) {
    return dim3(static_cast<unsigned>(divide_up(shape.tiles * shape.slabs, warps)));
}

}  // namespace

size_t packed_weight_bytes(int64_t out, int64_t in, Element element, Format format) {
    return PackedShape(out, in, element, format).bytes;
}

void pack_weight(const void* weight, void* packed, int64_t out, int64_t in, Element element, Format format,
    cudaStream_t stream) {
    const PackedShape shape(out, in, element, format);
    auto* bytes = static_cast<unsigned char*>(packed);
    if (format == Format::dense) {
        copy_bytes("pack_linear", bytes + shape.weights, weight, shape.bytes - shape.weights, stream);
    } else {
        for_element(element, [&](auto zero) {
            using T = decltype(zero);
            const T* from = static_cast<const T*>(weight);
            if (format != Format::int4) {
                launch("pack_linear", scale_rows_kernel<T>, dim3(static_cast<unsigned>(shape.tiles * weight_rows)), threads, 0,
                    stream, from, reinterpret_cast<float*>(bytes + shape.scales), out, in,
                    format == Format::int8 ? 127.f : 448.f);
            }
            launch("pack_linear", pack_kernel<T>, slab_grid(shape), threads, 0, stream, from, bytes, out, in, element, format);
        });
    }
    write_header("pack_linear", packed, out, in, element, format, stream);
}

void pack_grouped_weight(const GroupedWeight& weight, void* packed, cudaStream_t stream) {
    for_element(weight.element, [&](auto zero) {
        launch("pack_quantized", pack_grouped_kernel<decltype(zero)>,
            slab_grid(PackedShape(weight.out, weight.in, weight.element, Format::grouped_int4)), threads, 0, stream, weight,
            static_cast<unsigned char*>(packed));
    });
    write_header("pack_quantized", packed, weight.out, weight.in, weight.element, Format::grouped_int4, stream);
}

void unpack_weight(const void* packed, void* weight, int64_t out, int64_t in, Element element, Format format,
    cudaStream_t stream) {
    for_element(element, [&](auto zero) {
        using T = decltype(zero);
        launch("linear", unpack_kernel<T>, slab_grid(PackedShape(out, in, element, format)), threads, 0, stream,
            static_cast<const unsigned char*>(packed), static_cast<T*>(weight), out, in, element, format);
    });
}

}  // namespace pigou::cuda
