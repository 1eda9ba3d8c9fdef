#include "linear.h"

#include "dispatch.h"
#include "linear_kernels.h"
#include "work_sharing.h"

#include <algorithm>
#include <cstring>
#include <vector>

/**
 * The order of the work. Each thread has a contiguous run of panels (and, with many rows, a part of the rows; with few it takes
 * over panels of who is behind):
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

/** Rows whose sums for one panel are kept: 64 KB. */
constexpr int64_t chunk_rows = 256;
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
    thread_local std::vector<uint8_t> memory;
    const size_t needed = static_cast<size_t>(bytes + line_bytes);
    if (memory.size() < needed) {
        memory = std::vector<uint8_t>(needed);
    }
    const auto address = reinterpret_cast<uintptr_t>(memory.data());
    return memory.data() + (-address & (line_bytes - 1));
}

/** Sum of 32 inputs as the product takes them: in eight sums, for vectors. */
float sum_of(const uint8_t* group, Operand operand) {
    if (operand == Operand::int8) {
        const auto* quantised = reinterpret_cast<const QuantisedGroup*>(group);
        return quantised->scale * static_cast<float>(quantised->correction / -8); // grouped int4's offset
    }
    const Element element = operand == Operand::f32 ? Element::f32 : Element::bf16;
    float sums[8] = {};
    for (int64_t i = 0; i < group_inputs; ++i) {
        sums[i % 8] += load_element(group, i, element);
    }
    float sum = 0;
    for (float s : sums) {
        sum += s;
    }
    return sum;
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

/** Up to batch_rows rows of one call. */
struct Batch {
    const PackedHeader& weight;
    const Product& product;
    const uint8_t* x; ///< elements at first, the operand once they are prepared
    int64_t x_stride; ///< bytes
    int64_t rows;
    const void* bias;
    Element element;
    uint8_t* y;

    int64_t product_bytes() const { return weight.groups() * operand_bytes(product.operand); }

    /** Of a prepared row: the operand, then its sums for the offsets. */
    int64_t row_operand_bytes() const {
        return product_bytes() + weight.offset_groups * static_cast<int64_t>(sizeof(float));
    }

    /** Whether rows of x can be multiplied where they lie. */
    bool prepared() const {
        const bool same = (product.operand == Operand::f32 && element == Element::f32) ||
                          (product.operand == Operand::bf16 && element == Element::bf16);
        return same && weight.in % group_inputs == 0 && weight.offset_groups == 0;
    }

    void prepare(Range part, uint8_t* operand) const {
        for (int64_t row = part.begin; row < part.end; ++row) {
            uint8_t* to = operand + row * row_operand_bytes();
            product.prepare(x + row * x_stride, element, weight.in, to);
            if (weight.offset_groups > 0) {
                add_up(to, reinterpret_cast<float*>(to + product_bytes()));
            }
        }
    }

    void multiply(Range row_part, Range panel_part) const {
        for (int64_t first = row_part.begin; first < row_part.end; first += chunk_rows) {
            const Range chunk = {first, std::min(first + chunk_rows, row_part.end)};
            for (int64_t panel = panel_part.begin; panel < panel_part.end; ++panel) {
                multiply(chunk, panel);
            }
        }
    }

private:
    /** Sums of a row's operand over the groups that have an offset each. */
    void add_up(const uint8_t* operand, float* sums) const {
        const int64_t each = ceil_div(weight.groups(), weight.offset_groups);
        std::fill(sums, sums + weight.offset_groups, 0.0f);
        for (int64_t group = 0; group < weight.groups(); ++group) {
            sums[group / each] += sum_of(operand + group * operand_bytes(product.operand), product.operand);
        }
    }

    void multiply(Range chunk, int64_t panel) const {
        alignas(line_bytes) float tile[chunk_rows * panel_outs];
        const int64_t rows = chunk.end - chunk.begin;
        const int64_t first_out = panel * panel_outs;
        const int64_t outs = std::min(panel_outs, weight.out - first_out);
        start(tile, rows, first_out, outs);
        add_panel(tile, chunk, panel);
        if (weight.offset_groups > 0) {
            const uint8_t* sums = x + chunk.begin * x_stride + product_bytes();
            const uint8_t* values = panel_at(panel) + weight.groups() * group_bytes(weight.storage());
            linear_kernels().add_offsets({sums, x_stride, rows, values, weight.offset_groups, tile});
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

    void add_panel(float* tile, Range chunk, int64_t panel) const {
        alignas(line_bytes) uint8_t unpacked[unpacked_bytes];
        const uint8_t* groups = panel_at(panel);
        const int64_t passes = ceil_div(chunk.end - chunk.begin, product.max_rows);
        const bool stream = product.streams && passes == 1;
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
                const uint8_t* operand = x + row * x_stride + group * operand_bytes(product.operand);
                float* sums = tile + (row - chunk.begin) * panel_outs;
                product.multiply({operand, x_stride, rows, packed, count, sums, ahead, spacing, once});
                ahead += count * bytes / passes;
            }
        }
    }
};

void run(const Batch& batch) {
    const PackedHeader& weight = batch.weight;
    const bool small = weight.out * weight.in * batch.rows < serial_work;
    const int64_t bytes = batch.rows * batch.row_operand_bytes();
    const int threads = small ? 1 : max_threads();
    uint8_t* shared = batch.prepared() ? nullptr : scratch(bytes);
    const Runs panels(weight.panels(), threads);
    parallel(threads, [&](const Team& team) {
        Batch mine = batch;
        if (!batch.prepared()) {
            const bool alone = batch.rows < 2 * team.size; // so few that waiting for the others takes longer
            uint8_t* operand = alone ? scratch(bytes) : shared;
            batch.prepare(alone ? Range{0, batch.rows} : team.share(batch.rows), operand);
            if (!alone) {
                team.barrier();
            }
            mine.x = operand;
            mine.x_stride = batch.row_operand_bytes();
        }
        if (batch.rows <= decode_rows) {
            panels.take(team.index, [&](int64_t panel) { mine.multiply({0, batch.rows}, {panel, panel + 1}); });
            return;
        }
        const Grid grid = divide(weight.panels(), batch.rows, team.size);
        if (team.index < grid.panel_parts * grid.row_parts) {
            const int64_t row_part = team.index / grid.panel_parts;
            const int64_t panel_part = team.index % grid.panel_parts;
            mine.multiply(share(batch.rows, row_part, grid.row_parts),
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
