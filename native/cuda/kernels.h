// The CUDA kernels as C++ functions. They check nothing that ops.h has checked, wait for nothing and allocate nothing;
// each starts its kernels on `stream` of the current device. Pointers are the device's. What stands in index tensors is
// known to the device only: there, a bad index never reaches memory, and the rows it spoils become NaN (ids: -1).
#pragma once

#include "../cpu/element.h"

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#include <cuda_runtime.h>
#elif __has_include(<cuda_runtime_api.h>) && defined(PIGOU_CUDA_PLUGIN)
#include <cuda_runtime_api.h>
#else
#include "../test/emulation.h"
#endif

namespace pigou::cuda {

// out = x / rms(x) * weight, row by row; x, out [rows, size].
void rms_norm(const void* x, const void* weight, void* out, int64_t rows, int64_t size, float eps, Element element,
    cudaStream_t stream);

// y [rows, size] += bias [size].
void add_bias(void* y, const void* bias, int64_t rows, int64_t size, Element element, cudaStream_t stream);

// out [rows, half] = silu(first half) * second half of gate_up [rows, 2 half].
void silu_mul(const void* gate_up, void* out, int64_t rows, int64_t half, Element element, cudaStream_t stream);

struct Rotation {
    const void* qkv;           // [rows, heads + 2 kv_heads, head_dim]
    const float* cos;          // [max_positions, head_dim / 2]
    const float* sin;
    const int64_t* positions;  // [rows]
    const void* q_norm;        // [head_dim], or null: no norms
    const void* k_norm;
    const int64_t* slots;      // [rows]
    void* keys;                // [pool_slots, kv_heads, head_dim]
    void* values;
    void* q;                   // [rows, heads, head_dim]
    int64_t rows, heads, kv_heads, head_dim, max_positions, pool_slots;
    float eps;
};

// A row whose position or slot is out of range stores nothing, and its q is NaN.
void rotate_and_store(const Rotation& rotation, Element element, cudaStream_t stream);

// ids [count]: the likeliest token of each row of logits [count, vocab], the first of those that tie; -1 where a logit is not finite.
void greedy(const float* logits, int64_t* ids, int64_t count, int64_t vocab, cudaStream_t stream);

struct Draw {
    const float* logits;   // [logit_rows, vocab]
    const int64_t* rows;   // [count]
    const double* knobs;   // [count, 4]: temperature, top_p, min_p, uniform
    const int64_t* top_k;  // [count]
    int64_t* ids;          // [count]; -1 where the row is out of range or has no finite maximum
    int64_t count, logit_rows, vocab;
};

void sample(const Draw& draw, cudaStream_t stream);

// `tables` and `sequences` are read before the kernel before has ended: they must be older than that. In a step they are older
// than its embedding, a kernel of PyTorch's, which has ended when the first of ours starts.
struct Attention {
    const void* q;             // [rows, heads, head_dim]
    const void* keys;          // [pool_slots, kv_heads, head_dim]
    const void* values;
    const int64_t* tables;     // [entries]
    const int64_t* sequences;  // [sequence_count, 4]: first row, rows, first entry, length
    void* out;                 // [rows, heads * head_dim]
    int64_t rows, heads, kv_heads, head_dim, pool_slots, entries, sequence_count, block_size, window;
};

// Largest head_dim that paged_attention takes.
constexpr int64_t max_head_dim = 256;

// Bytes of scratch that paged_attention needs for these shapes on a device of so many multiprocessors.
size_t attention_scratch_bytes(const Attention& attention, Element element, int multiprocessors);

void paged_attention(const Attention& attention, Element element, int multiprocessors, void* scratch,
    cudaStream_t stream);

// How a weight [out, in] is stored. What each looks like is said in weights.cuh.
enum class Format : int64_t { dense = 0, int4 = 4, grouped_int4 = 5, int8 = 8, fp8 = 9 };

// Where a dense weight begins in its packed form.
constexpr int64_t packed_header_bytes = 64;

size_t packed_weight_bytes(int64_t out, int64_t in, Element element, Format format);

void pack_weight(const void* weight, void* packed, int64_t out, int64_t in, Element element, Format format,
    cudaStream_t stream);

// A checkpoint's weight [out, in] = (number - zero) * scale, with a scale and a zero for each of `groups` equal runs of inputs.
struct GroupedWeight {
    const uint8_t* numbers;  // [out, in]; the low 4 bits count
    const void* scales;      // [out, groups], of `element`
    const uint8_t* zeros;    // [out, groups], or null where all are 8
    int64_t out, in, groups;
    Element element;
};

// Packs it as grouped_int4, in packed_weight_bytes bytes whatever the element: numbers as they are, scales as float16.
void pack_grouped_weight(const GroupedWeight& weight, void* packed, cudaStream_t stream);

// The weight again as [out, in] of `element`. NaN throughout if `packed` is not what pack_weight made for these shapes.
void unpack_weight(const void* packed, void* weight, int64_t out, int64_t in, Element element, Format format,
    cudaStream_t stream);

// y [rows, out] = x [rows, in] weight^T + bias. y is NaN throughout if `packed` is not what pack_weight made for these shapes.
// `packed` is constant: kernels ask for it before the kernel before them has ended. After pack_weight that is allowed at once.
struct Product {
    const void* x;
    int64_t x_stride;  // elements from row to row
    const void* packed;
    const void* bias;  // [out], or null
    void* y;
    int rows, in, out;
    Element element;
    bool adds = false;           // to what y holds, the sum rounded as that of two tensors is
    const void* norm = nullptr;  // [in], or null: linear_dense first norms x, of one row, as rms_norm does
    float eps = 0;
};

// Weights of 8 or 4 bits (linear.cu) and up to so many rows; whether it takes this product.
constexpr int max_few_rows = 64;
bool takes_few_rows(const Product& product);
void linear_few_rows(const Product& product, Format format, cudaStream_t stream);

// Dense weights and very few rows (linear_dense.cu).
bool takes_dense_rows(const Product& product);
void linear_dense(const Product& product, int multiprocessors, cudaStream_t stream);

// The same with silu_mul behind it: y [rows, out / 2], equal to that of the two one after the other.
void linear_dense_gated(const Product& product, int multiprocessors, cudaStream_t stream);

}  // namespace pigou::cuda
