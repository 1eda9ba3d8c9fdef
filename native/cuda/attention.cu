// Paged attention: which kernels a call starts.
#include "attention_work.cuh"

namespace pigou::cuda {
namespace {

bool on_tensor_cores(const Attention& a, Element element) {
    return element != Element::f32 && has_matrix_kernels(a.head_dim) && aligned(16, a.q, a.keys, a.values, a.out);
}

// Chunks so long that all blocks have a place at once, as a chunk costs a start and a part of the merge. No longer than
// largest_chunk: where there are more blocks than places, the last to run leave the less idle the shorter they are. Powers of two,
// which cut the usual lengths evenly. Lengths are the device's to know, but no longer than the tables.
Partials layout(const Attention& a, int multiprocessors, void* scratch) {
    constexpr int64_t blocks_each = 3;
    const int tiles = static_cast<int>(a.kv_heads * divide_up(a.heads / a.kv_heads, tile_rows));
    const int64_t slots = a.entries * a.block_size;
    int64_t chunk = smallest_chunk;
    while (chunk < largest_chunk && slots * tiles > chunk * multiprocessors * blocks_each) {
        chunk *= 2;
    }
    const int capacity = static_cast<int>(a.sequence_count + slots / chunk);
    Partials p{static_cast<float*>(scratch), nullptr, chunk, capacity, tiles};
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
