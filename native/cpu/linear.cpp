#include "linear.h"

#include "dispatch.h"
#include "linear_operand.h"
#include "scratch.h"
#include "work_sharing.h"

#include <algorithm>
#include <cstring>

/**
 * The order of the work. Each thread has a contiguous run of panels (and, with many rows, a part of the rows; with one chunk of
 * them it takes over panels of who is behind):
 *
 *   for each chunk of rows           its sums for one panel stay in the second cache
 *     for each panel                 read once, front to back
 *       for each block of its groups stays in the first cache while the chunk's rows pass
 *         for each few rows          their sums stay in registers
 *
 * A row's sums are formed in the same order whatever the other rows are, so with one and the same Product its result has
 * the same bits in any batch.
 */
namespace pigou::cpu {
namespace {

/** Rows whose sums for one panel are kept, at most: 80 KB. A prompt's 256 and those that decode meanwhile are one chunk. */
constexpr int64_t chunk_rows = 320;
/** Rows prepared at a time, which bounds the scratch of a long prompt. */
constexpr int64_t batch_rows = 1024;
/** Rows up to which no panel is read by two threads. */
constexpr int64_t decode_rows = 64;
/** Multiplications below which waking the threads costs more than they save. */
constexpr int64_t serial_work = 1 << 17;
constexpr int64_t unpacked_bytes = 64 * 1024;
/** Bytes between a lone pass and its prefetches: what memory delivers in about twice its latency. */
constexpr int64_t read_ahead = 8 * 1024;

/** Memory of the calling thread that only grows. */
uint8_t* scratch(int64_t bytes) {
    static thread_local Scratch<uint8_t> memory;
    return memory.reserve(static_cast<size_t>(bytes));
}

/** How threads divide a product: panels by rows. */
struct Grid {
    int64_t panel_parts;
    int64_t row_parts;
};

/** The grid whose largest part is smallest; of equals the one that reads the weight least often. */
Grid divide(int64_t panels, int64_t rows, int64_t threads) {
    Grid best = {std::min(threads, panels), 1};
    int64_t best_work = ceil_div(panels, best.panel_parts) * rows;
    for (int64_t row_parts = 2; row_parts <= threads && rows / row_parts >= decode_rows; ++row_parts) {
        const int64_t panel_parts = std::min(threads / row_parts, panels);
        const int64_t work = ceil_div(panels, panel_parts) * ceil_div(rows, row_parts);
        if (work < best_work) {
            best = {panel_parts, row_parts};
            best_work = work;
        }
    }
    return best;
}

/** As share, in tiles of rows: what lies together is not divided. */
Range share_of_rows(int64_t rows, int64_t part, int64_t parts) {
    const Range tiles = share(ceil_div(rows, tile_rows), part, parts);
    return {tiles.begin * tile_rows, std::min(tiles.end * tile_rows, rows)};
}

/** Up to batch_rows rows of one call. */
struct Batch {
    const PackedHeader& weight;
    const Product& product;
    const uint8_t* x;
    int64_t x_stride; ///< bytes
    int64_t rows;
    const void* bias;
    Element element;
    uint8_t* y;

    void prepare(OperandRows& operand, Range part) const {
        for (int64_t row = part.begin; row < part.end; ++row) {
            operand.prepare(row, x + row * x_stride, element);
        }
    }

    void multiply(const OperandRows& operand, Range row_part, Range panel_part) const {
        const int64_t part_rows = row_part.end - row_part.begin;
        const int64_t equal_rows = ceil_div(part_rows, ceil_div(part_rows, chunk_rows));
        const int64_t rows_a_chunk = ceil_div(equal_rows, tile_rows) * tile_rows;
        for (int64_t first = row_part.begin; first < row_part.end; first += rows_a_chunk) {
            const Range chunk = {first, std::min(first + rows_a_chunk, row_part.end)};
            for (int64_t panel = panel_part.begin; panel < panel_part.end; ++panel) {
                multiply(operand, chunk, panel);
            }
        }
    }

private:
    void multiply(const OperandRows& operand, Range chunk, int64_t panel) const {
        alignas(line_bytes) float tile[chunk_rows * panel_outs];
        const int64_t rows = chunk.end - chunk.begin;
        const int64_t first_out = panel * panel_outs;
        const int64_t outs = std::min(panel_outs, weight.out - first_out);
        start(tile, rows, first_out, outs);
        add_panel(tile, operand, chunk, panel);
        if (weight.offset_groups > 0) {
            const uint8_t* values = panel_at(panel) + weight.groups() * group_bytes(weight.storage());
            linear_kernels().add_offsets({operand.sums(chunk.begin), rows, values, weight.offset_groups, tile});
        }
        const int64_t size = size_of(element);
        for (int64_t row = 0; row < rows; ++row) {
            uint8_t* to = y + ((chunk.begin + row) * weight.out + first_out) * size;
            linear_kernels().round(tile + row * panel_outs, outs, element, to);
        }
    }

    void start(float* tile, int64_t rows, int64_t first_out, int64_t outs) const {
        std::fill(tile, tile + panel_outs, 0.0f);
        for (int64_t out = 0; bias != nullptr && out < outs; ++out) {
            tile[out] = load_element(bias, first_out + out, element);
        }
        for (int64_t row = 1; row < rows; ++row) {
            std::memcpy(tile + row * panel_outs, tile, panel_outs * sizeof(float));
        }
    }

    const uint8_t* panel_at(int64_t panel) const {
        return reinterpret_cast<const uint8_t*>(&weight) + sizeof(PackedHeader) + panel * weight.panel_bytes();
    }

    void add_panel(float* tile, const OperandRows& operand, Range chunk, int64_t panel) const {
        alignas(line_bytes) uint8_t unpacked[unpacked_bytes];
        const uint8_t* groups = panel_at(panel);
        const int64_t passes = ceil_div(chunk.end - chunk.begin, product.max_rows);
        const bool stream = chunk.end - chunk.begin <= product.stream_rows;
        const bool once = stream && cpu().fast_prefetchnta;
        const int64_t block = stream ? weight.groups() : product.block_groups;
        const int64_t bytes = group_bytes(weight.storage());
        const int64_t spacing = ceil_div(line_bytes * bytes, passes * product.read_group_bytes(weight.storage()));
        for (int64_t group = 0; group < weight.groups(); group += block) {
            const int64_t count = std::min(block, weight.groups() - group);
            const uint8_t* packed = groups + group * bytes;
            // A stream reads on a little way ahead of itself; other passes share the reading of the next block.
            const uint8_t* ahead = packed + (stream ? read_ahead : count * bytes);
            if (product.unpack != nullptr) {
                product.unpack(packed, count, unpacked);
                packed = unpacked;
            }
            for (int64_t row = chunk.begin; row < chunk.end; row += product.max_rows) {
                const int rows = static_cast<int>(std::min<int64_t>(product.max_rows, chunk.end - row));
                float* sums = tile + (row - chunk.begin) * panel_outs;
                product.multiply({operand.at(row, group), operand.stride(), rows, packed, count, sums, ahead, spacing, once});
                ahead += count * bytes / passes;
            }
        }
    }
};

void run(const Batch& batch) {
    const PackedHeader& weight = batch.weight;
    const bool small = weight.out * weight.in * batch.rows < serial_work;
    const int threads = small ? 1 : max_threads();
    const bool ready = OperandRows::ready(batch.product, weight, batch.element);
    const int64_t bytes = ready ? 0 : OperandRows::bytes(batch.product, weight, batch.rows);
    uint8_t* shared = scratch(bytes);
    const Runs panels(weight.panels(), threads);
    parallel(threads, [&](const Team& team) {
        const bool alone = batch.rows < 2 * team.size; // so few that waiting for the others takes longer
        OperandRows operand = ready ? OperandRows(batch.product, weight, batch.x, batch.x_stride)
                                    : OperandRows(batch.product, weight, batch.rows, alone ? scratch(bytes) : shared);
        if (!ready) {
            batch.prepare(operand, alone ? Range{0, batch.rows} : team.share(batch.rows));
            if (!alone) {
                team.barrier();
            }
        }
        const Grid grid = divide(weight.panels(), batch.rows, team.size);
        if (grid.row_parts == 1 && batch.rows <= chunk_rows) {
            panels.take(team.index, [&](int64_t panel) { batch.multiply(operand, {0, batch.rows}, {panel, panel + 1}); });
            return;
        }
        if (team.index < grid.panel_parts * grid.row_parts) {
            const int64_t row_part = team.index / grid.panel_parts;
            const int64_t panel_part = team.index % grid.panel_parts;
            batch.multiply(operand, share_of_rows(batch.rows, row_part, grid.row_parts),
                           share(weight.panels(), panel_part, grid.panel_parts));
        }
    });
}

} // namespace

void linear(const void* x, Element element, int64_t rows, int64_t x_stride, const void* packed, const void* bias,
            void* y) {
    const auto& weight = *static_cast<const PackedHeader*>(packed);
    const Product& product = choose_product(weight.storage(), element, rows);
    const int64_t size = size_of(element);
    for (int64_t first = 0; first < rows; first += batch_rows) {
        const auto* from = static_cast<const uint8_t*>(x) + first * x_stride * size;
        auto* to = static_cast<uint8_t*>(y) + first * weight.out * size;
        run({weight, product, from, x_stride * size, std::min(batch_rows, rows - first), bias, element, to});
    }
}

} // namespace pigou::cpu
