// Paged attention: which kernels a call starts.
#include "attention_work.cuh"

namespace pigou::cuda {
namespace {

bool on_tensor_cores(const Attention& a, Element element) {
    return element != Element::f32 && has_matrix_kernels(a.head_dim) && aligned(16, a.q, a.keys, a.values, a.out);
}

// Enough chunks that the last ones to run do not leave most of the device idle: some 8 for each place a block can have.
int chunk_capacity(const Attention& a, int tiles, int multiprocessors) {
    constexpr int blocks_each = 2, rounds = 8;
    return static_cast<int>(a.sequence_count + divide_up(int64_t{multiprocessors} * blocks_each * rounds, tiles));
}

Partials layout(const Attention& a, int multiprocessors, void* scratch) {
    const int tiles = static_cast<int>(a.kv_heads * divide_up(a.heads / a.kv_heads, tile_rows));
    Partials p{static_cast<float*>(scratch), nullptr, chunk_capacity(a, tiles, multiprocessors), tiles};
    if (scratch != nullptr) {
        p.scales = p.sums + p.row(p.capacity, 0, 0) * a.head_dim;
    }
    return p;
}

}  // namespace

size_t attention_scratch_bytes(const Attention& a, Element element, int multiprocessors) {
    if (!on_tensor_cores(a, element)) {
        return 0;
    }
    const Partials p = layout(a, multiprocessors, nullptr);
    return sizeof(float) * p.row(p.capacity, 0, 0) * (a.head_dim + 2);
}

void paged_attention(
    const Attention& a, Element element, int multiprocessors, void* scratch, cudaStream_t stream) {
    if (a.rows == 0) {
        return;
    }
    if (!on_tensor_cores(a, element)) {
        attend_any(a, element, stream);
        return;
    }
    const Partials partials = layout(a, multiprocessors, scratch);
    // With as many sequences as rows each has one; with one sequence all rows are its own.
    const bool one_prefilled = a.sequence_count == 1 && !is_decoded(a.rows, a.heads / a.kv_heads);
    const bool all_decoded = a.sequence_count == a.rows;
    if (!one_prefilled) {
        attend_decoded(a, element, partials, stream);
    }
    if (!all_decoded) {
        attend_prefilled(a, element, stream);
    }
    merge_chunks(a, element, partials, !all_decoded, stream);
}

}  // namespace pigou::cuda
