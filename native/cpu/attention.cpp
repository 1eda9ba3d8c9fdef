// Cuts a call into pieces of like cost: sequences, key heads, tiles of queries, and where that is not enough to keep all
// threads busy, the slots they look at. The thread that ends the last piece of a tile joins them.
#include "attention.h"

#include "attention_tile.h"
#include "kernels.h"
#include "work_sharing.h"
#include "scratch.h"

#include <algorithm>
#include <atomic>
#include <limits>

namespace pigou::cpu {
namespace {

// Queries that share one packing of keys and values: enough that it weighs little.
constexpr int64_t tile_queries = 96;
// Of keys and values at one step, so that they and the next step's stay in the second-level cache.
constexpr int64_t step_bytes = 128 * 1024;
// Reading and packing a key and its value costs as much as this many queries' work on them.
constexpr int64_t packing_queries = 12;
// Pieces a thread should get, so that the last to end keeps the others waiting only a fraction of the call.
constexpr int64_t pieces_a_thread = 8;
// Slots below which cutting costs more than it brings.
constexpr int64_t least_slots = 256;

// Part `split` of the `splits` which a tile's slots were cut into.
struct Piece {
    AttentionTile tile;
    int64_t splits;
    int64_t split;
    int64_t states;  // offset of the tile's first part's, in floats; of no meaning when there is one part
    int64_t tile_index;
};

int64_t heads_together(const Attention& call, int64_t queries) {
    if (queries > few_queries) return 1;
    int64_t head_bytes = 2 * key_tile * call.head_dim * size_of(call.element);
    return std::clamp<int64_t>(step_bytes / head_bytes, 1, call.kv_heads);
}

// visit(tile) for every tile, the longest of a sequence first.
template <class Visit>
void each_tile(const Attention& call, const Visit& visit) {
    int64_t most_rows = std::max<int64_t>(1, tile_queries / group(call));
    for (int64_t s = 0; s < call.sequence_count; s++) {
        const int64_t* sequence = call.sequences + 4 * s;
        int64_t first = sequence[0], rows = sequence[1], length = sequence[3];
        int64_t tiles = (rows + most_rows - 1) / most_rows;
        for (int64_t t = tiles - 1; t >= 0; t--) {
            int64_t begin = rows * t / tiles, end = rows * (t + 1) / tiles;
            int64_t position = length - rows + begin;
            int64_t from = call.window > 0 ? std::max<int64_t>(0, position - call.window + 1) : 0;
            int64_t together = heads_together(call, (end - begin) * group(call));
            for (int64_t head = 0; head < call.kv_heads; head += together) {
                visit(AttentionTile{first + begin, end - begin, position, head,
                    std::min(together, call.kv_heads - head), call.tables + sequence[2], from,
                    position + end - begin});
            }
        }
    }
}

int64_t cost(const Attention& call, const AttentionTile& tile) {
    return (tile.to - tile.from) * tile.kv_heads * (queries(call, tile) + packing_queries);
}

// The pieces of one call, and the memory in which they meet. Kept between calls by the calling thread.
class Plan {
public:
    void make(const Attention& call) {
        int64_t total = 0, tiles = 0;
        each_tile(call, [&](const AttentionTile& tile) {
            total += cost(call, tile);
            tiles++;
        });
        int64_t fair = max_threads() == 1 ? std::numeric_limits<int64_t>::max() : total / (max_threads() * pieces_a_thread) + 1;
        auto splits = [&](const AttentionTile& tile) {
            int64_t most = std::max<int64_t>(1, (tile.to - tile.from) / least_slots);
            return std::clamp<int64_t>((cost(call, tile) - 1) / fair + 1, 1, most);
        };
        int64_t floats = 0;
        count_ = 0;
        each_tile(call, [&](const AttentionTile& tile) { count_ += splits(tile); });
        pieces = pieces_.reserve(count_);
        left = left_.reserve(tiles);
        int64_t piece = 0, index = 0;
        each_tile(call, [&](const AttentionTile& tile) {
            int64_t parts = splits(tile);
            left[index] = static_cast<int>(parts);
            for (int64_t i = 0; i < parts; i++) {
                Piece& next = pieces[piece++] = {tile, parts, i, floats, index};
                next.tile.from = cut(tile, i, parts);
                next.tile.to = cut(tile, i + 1, parts);
            }
            if (parts > 1) floats += parts * state_floats(call, tile);
            index++;
        });
        states = states_.reserve(floats);
    }

    int64_t count() const { return count_; }

    Piece* pieces;
    int* left;      // of each tile, the parts not yet done
    float* states;  // of all tiles in parts

private:
    static int64_t cut(const AttentionTile& tile, int64_t i, int64_t parts) {
        if (i == parts) return tile.to;
        return tile.from + (tile.to - tile.from) * i / parts / key_tile * key_tile;
    }

    int64_t count_ = 0;
    Scratch<Piece> pieces_;
    Scratch<int> left_;
    Scratch<float> states_;
};

}  // namespace

void paged_attention(const Attention& call) {
    static thread_local Plan own_plan;
    Plan& plan = own_plan;
    plan.make(call);
    const RowKernels& kernel = row_kernels(call.element);
    parallel_pieces(plan.count(), [&](int64_t i) {
        static thread_local Scratch<float> own;
        const Piece& piece = plan.pieces[i];
        int64_t state_size = state_floats(call, piece.tile);
        float* scratch = own.reserve(scratch_floats(call, piece.tile) + state_size);
        if (piece.splits == 1) {
            kernel.attend(call, piece.tile, scratch, scratch + state_size);
            kernel.finish(call, piece.tile, scratch, 1);
            return;
        }
        float* states = plan.states + piece.states;
        kernel.attend(call, piece.tile, states + piece.split * state_size, scratch + state_size);
        if (std::atomic_ref(plan.left[piece.tile_index]).fetch_sub(1, std::memory_order_acq_rel) == 1) {
            kernel.finish(call, piece.tile, states, piece.splits);
        }
    });
}

}  // namespace pigou::cpu
