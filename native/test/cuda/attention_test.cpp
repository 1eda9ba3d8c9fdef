// Paged attention on the emulated device against float64: decode, prefill and any mix, windows, odd head counts, and
// tables that lie.
#include "expect.h"

#include <numeric>

using namespace pigou;
using namespace pigou::cuda;

static std::mt19937 random_source(11);

struct Case {
    Element element;
    int64_t heads, kv, d, block_size, window;
    std::vector<std::pair<int64_t, int64_t>> sequences;  // rows, length
    int multiprocessors = 8;
};

struct Inputs {
    std::vector<int64_t> tables, sequences;
    int64_t rows = 0, pool_slots = 0;
};

// Blocks in random order, with some in the pool that nobody owns.
static Inputs lay_out(const Case& c) {
    Inputs in;
    for (const auto& [rows, length] : c.sequences) {
        in.sequences.insert(in.sequences.end(), {in.rows, rows, static_cast<int64_t>(in.tables.size()), length});
        in.rows += rows;
        in.tables.resize(in.tables.size() + (length + c.block_size - 1) / c.block_size);
    }
    std::vector<int64_t> blocks(in.tables.size() + 3);
    std::iota(blocks.begin(), blocks.end(), 0);
    std::shuffle(blocks.begin(), blocks.end(), random_source);
    std::copy_n(blocks.begin(), in.tables.size(), in.tables.begin());
    in.pool_slots = static_cast<int64_t>(blocks.size()) * c.block_size;
    return in;
}

// Keys and values are NaN in every slot that no sequence may look at.
static void fill(const Case& c, const Inputs& in, Values& pool) {
    std::normal_distribution<double> normal(0, 1);
    for (size_t s = 0; s < c.sequences.size(); s++) {
        for (int64_t slot = 0; slot < c.sequences[s].second; slot++) {
            const int64_t row =
                in.tables[in.sequences[4 * s + 2] + slot / c.block_size] * c.block_size + slot % c.block_size;
            for (int64_t i = 0; i < c.kv * c.d; i++) {
                pool.set(row * c.kv * c.d + i, normal(random_source));
            }
        }
    }
}

static std::vector<double> reference(const Case& c, const Inputs& in, const Values& q, const Values& keys, const Values& values) {
    std::vector<double> out(in.rows * c.heads * c.d);
    for (size_t s = 0; s < c.sequences.size(); s++) {
        const auto [rows, length] = c.sequences[s];
        for (int64_t i = 0; i < rows; i++) {
            const int64_t limit = length - rows + i, lowest = c.window > 0 ? std::max<int64_t>(0, limit - c.window + 1) : 0;
            for (int64_t h = 0; h < c.heads; h++) {
                const int64_t at = ((in.sequences[4 * s] + i) * c.heads + h) * c.d;
                std::vector<double> score;
                double largest = -INFINITY, total = 0;
                const auto base = [&](int64_t slot) {
                    const int64_t row =
                        in.tables[in.sequences[4 * s + 2] + slot / c.block_size] * c.block_size + slot % c.block_size;
                    return (row * c.kv + h / (c.heads / c.kv)) * c.d;
                };
                for (int64_t slot = lowest; slot <= limit; slot++) {
                    double sum = 0;
                    for (int64_t j = 0; j < c.d; j++) {
                        sum += q.get(at + j) * keys.get(base(slot) + j);
                    }
                    score.push_back(sum / std::sqrt(c.d));
                    largest = std::max(largest, score.back());
                }
                for (double& x : score) {
                    total += x = std::exp(x - largest);
                }
                for (int64_t slot = lowest; slot <= limit; slot++) {
                    for (int64_t j = 0; j < c.d; j++) {
                        out[at + j] += score[slot - lowest] / total * values.get(base(slot) + j);
                    }
                }
            }
        }
    }
    return out;
}

static Values run(const Case& c, const Inputs& in, const Values& q, const Values& keys, const Values& values) {
    Values out(c.element, in.rows * c.heads * c.d);
    const Attention a{q.data(), keys.data(), values.data(), in.tables.data(), in.sequences.data(), out.data(), in.rows,
        c.heads, c.kv, c.d, in.pool_slots, static_cast<int64_t>(in.tables.size()),
        static_cast<int64_t>(in.sequences.size() / 4), c.block_size, c.window};
    const size_t bytes = attention_scratch_bytes(a, c.element, c.multiprocessors);
    const Values scratch(Element::f32, bytes / 4);
    paged_attention(a, c.element, c.multiprocessors, scratch.data(), nullptr);
    return out;
}

static void check(const Case& c) {
    static int schedule = 0;
    use_schedule(schedule++);
    const Inputs in = lay_out(c);
    const Values q = Values::random(c.element, in.rows * c.heads * c.d, random_source);
    Values keys(c.element, in.pool_slots * c.kv * c.d), values(c.element, in.pool_slots * c.kv * c.d);
    fill(c, in, keys);
    fill(c, in, values);
    std::string what = std::string("attention ") + name_of(c.element) + " h " + std::to_string(c.heads) + " kv "
        + std::to_string(c.kv) + " d " + std::to_string(c.d) + " window " + std::to_string(c.window) + " rows, length";
    for (const auto& [rows, length] : c.sequences) {
        what += " " + std::to_string(rows) + "," + std::to_string(length);
    }
    expect_close(run(c, in, q, keys, values), reference(c, in, q, keys, values), tolerance(c.element), what);
}

// Whatever the tables and sequences say, nothing outside is read (AddressSanitizer watches), the rows of sound sequences are
// as they should be and all others are NaN.
static void lies(const Case& c, const char* what, void (*spoil)(Inputs&), std::vector<bool> sound) {
    Inputs in = lay_out(c);
    const Values q = Values::random(c.element, in.rows * c.heads * c.d, random_source);
    Values keys(c.element, in.pool_slots * c.kv * c.d), values(c.element, in.pool_slots * c.kv * c.d);
    fill(c, in, keys);
    fill(c, in, values);
    const auto wanted = reference(c, in, q, keys, values);
    const Inputs honest = in;
    spoil(in);
    const Values got = run(c, in, q, keys, values);
    for (size_t s = 0; s < c.sequences.size(); s++) {
        for (int64_t i = 0; i < c.sequences[s].first * c.heads * c.d; i++) {
            const int64_t at = honest.sequences[4 * s] * c.heads * c.d + i;
            expect(sound[s] ? std::abs(got.get(at) - wanted[at]) < 0.05 : std::isnan(got.get(at)), what);
        }
    }
}

int main() {
    for (Element element : {Element::bf16, Element::f16}) {
        // Decode: lengths around tiles and chunks; every grouping of heads; all head sizes.
        check({element, 4, 1, 128, 16, 0, {{1, 1}, {1, 15}, {1, 16}, {1, 17}, {1, 64}, {1, 65}, {1, 200}}});
        check({element, 8, 2, 64, 16, 0, {{1, 700}, {1, 3}, {1, 129}}});
        check({element, 2, 2, 64, 1, 0, {{1, 131}}});
        check({element, 20, 1, 64, 5, 0, {{1, 300}, {1, 2}}});    // more than 16 heads share a key head
        check({element, 66, 2, 64, 16, 0, {{1, 150}}});
        check({element, 6, 2, 96, 7, 0, {{1, 250}, {1, 40}}});
        check({element, 4, 2, 256, 16, 0, {{1, 270}, {1, 33}}});
        check({element, 4, 1, 64, 16, 50, {{1, 400}, {1, 49}, {1, 50}, {1, 51}}});
        check({element, 4, 2, 64, 16, 0, {{1, 5000}}, 1});        // chunks grow to fit the grid
        check({element, 4, 1, 64, 16, 0, {{4, 4}, {3, 200}, {2, 131}}});  // several tokens in a decoded tile
        check({element, 2, 1, 64, 16, 20, {{8, 150}, {5, 30}}});
        // Prefill: whole prompts, chunks with a prefix, windows, odd group sizes.
        check({element, 4, 1, 128, 16, 0, {{70, 70}}});
        check({element, 4, 2, 64, 16, 0, {{100, 100}, {33, 90}}});
        check({element, 3, 1, 64, 5, 0, {{50, 210}}});
        check({element, 7, 1, 96, 16, 0, {{30, 64}}});
        check({element, 2, 1, 256, 16, 0, {{40, 100}}});
        check({element, 2, 1, 64, 16, 30, {{150, 200}, {64, 64}}});
        check({element, 20, 1, 64, 16, 0, {{9, 40}}});
        // Mixes.
        check({element, 4, 2, 64, 16, 0, {{1, 100}, {60, 60}, {1, 1}, {20, 200}, {2, 9}}});
        check({element, 4, 1, 128, 16, 70, {{40, 300}, {1, 300}, {1, 10}}});
    }
    for (Element element : all_elements) {  // head sizes without matrix kernels, and float32
        for (int64_t d : {1, 40, 64, 80, 200}) {
            check({element, 4, 2, d, 3, d == 80 ? 9 : 0, {{1, 20}, {6, 13}, {2, 2}}});
        }
    }
    std::vector<std::pair<int64_t, int64_t>> many(70, {1, 20});  // more sequences than a warp has lanes
    many[40] = {1, 500};
    many[66] = {30, 60};
    check({Element::bf16, 4, 2, 64, 16, 0, many});

    const Case mixed{Element::bf16, 4, 2, 64, 16, 0, {{1, 200}, {30, 60}, {1, 40}}};
    const Case plain{Element::f32, 2, 1, 40, 16, 0, {{1, 200}, {30, 60}, {1, 40}}};
    for (const Case& c : {mixed, plain}) {
        lies(c, "a block past the pool", [](Inputs& in) { in.tables[2] = 1 << 30; }, {false, true, true});
        lies(c, "a negative block", [](Inputs& in) { in.tables[14] = -1; }, {true, false, true});
        lies(c, "too long for the tables", [](Inputs& in) { in.sequences[11] = 1000; }, {true, true, false});
        lies(c, "a length of 2^60", [](Inputs& in) { in.sequences[3] = int64_t{1} << 60; }, {false, true, true});
        lies(c, "a first entry below 0", [](Inputs& in) { in.sequences[6] = -3; }, {true, false, true});
        lies(c, "rows past the end of q", [](Inputs& in) { in.sequences[9] = 2; }, {true, true, false});
        lies(c, "no rows", [](Inputs& in) { in.sequences[1] = 0; }, {false, true, true});
        lies(c, "shorter than its rows", [](Inputs& in) { in.sequences[7] = 29; }, {true, false, true});
    }
    lies({Element::bf16, 4, 2, 64, 16, 0, {{1, 20}, {1, 9}, {1, 3}}}, "as many sequences as rows, one of them empty",
        [](Inputs& in) { in.sequences[5] = 0; }, {true, false, true});
    std::puts("attention: ok");
}
