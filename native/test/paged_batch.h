// A batch for paged attention, its pool full of NaN wherever no row may look, and what must come out in float64.
#pragma once

#include "../cpu/attention.h"
#include "testing.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace pigou::test {

struct Chunk {
    int64_t rows;
    int64_t length;
};

struct Shape {
    Element element;
    int64_t heads;
    int64_t kv_heads;
    int64_t head_dim;
    int64_t block_size;
    int64_t window;
};

class PagedBatch {
public:
    PagedBatch(const Shape& shape, const std::vector<Chunk>& chunks, std::mt19937& random, float deviation = 1)
        : shape_(shape), chunks_(chunks), q_(Array::normal(shape.element, q_count(), random, deviation)),
          keys_(shape.element, pool_count()), values_(shape.element, pool_count()), out_(shape.element, q_count()) {
        std::vector<int64_t> blocks(pool_count() / (shape.block_size * slot_size()));
        std::iota(blocks.begin(), blocks.end(), 0);
        std::shuffle(blocks.begin(), blocks.end(), random);
        std::normal_distribution<float> normal(0, 1);
        int64_t row = 0;
        for (const Chunk& chunk : chunks) {
            sequences_.insert(sequences_.end(),
                {row, chunk.rows, static_cast<int64_t>(tables_.size()), chunk.length});
            for (int64_t slot = 0; slot < chunk.length; slot++) {
                if (slot % shape.block_size == 0) {
                    tables_.push_back(blocks.back());
                    blocks.pop_back();
                }
                if (shape.window > 0 && slot <= chunk.length - chunk.rows - shape.window) continue;
                int64_t first = (tables_.back() * shape.block_size + slot % shape.block_size) * slot_size();
                for (int64_t j = 0; j < slot_size(); j++) {
                    keys_.set(first + j, normal(random));
                    values_.set(first + j, normal(random));
                }
            }
            row += chunk.rows;
        }
    }

    cpu::Attention call() {
        return {shape_.element, q_.data(), keys_.data(), values_.data(), tables_.data(), sequences_.data(),
            static_cast<int64_t>(chunks_.size()), shape_.heads, shape_.kv_heads, shape_.head_dim, shape_.block_size,
            shape_.window, out_.data()};
    }

    Array& q() { return q_; }
    Array& keys() { return keys_; }
    Array& out() { return out_; }

    // Index in keys and values of the first element of a slot of a sequence.
    int64_t at(int64_t sequence, int64_t slot) const {
        int64_t block = tables_[sequences_[4 * sequence + 2] + slot / shape_.block_size];
        return (block * shape_.block_size + slot % shape_.block_size) * slot_size();
    }

    // Compares what came out with float64, in units of what the type and the method may lose; at most 1 is right.
    double worst() const {
        double worst = 0;
        for (size_t s = 0; s < chunks_.size(); s++) {
            for (int64_t i = 0; i < chunks_[s].rows; i++) {
                for (int64_t h = 0; h < shape_.heads; h++) worst = std::max(worst, worst_of_head(s, i, h));
            }
        }
        return worst;
    }

private:
    int64_t slot_size() const { return shape_.kv_heads * shape_.head_dim; }

    int64_t q_count() const {
        int64_t rows = 0;
        for (const Chunk& chunk : chunks_) rows += chunk.rows;
        return rows * shape_.heads * shape_.head_dim;
    }

    int64_t pool_count() const {
        int64_t blocks = 3;
        for (const Chunk& chunk : chunks_) blocks += (chunk.length - 1) / shape_.block_size + 1;
        return blocks * shape_.block_size * slot_size();
    }

    double worst_of_head(size_t s, int64_t i, int64_t head) const {
        int64_t d = shape_.head_dim;
        int64_t column = head / (shape_.heads / shape_.kv_heads) * d;
        int64_t position = chunks_[s].length - chunks_[s].rows + i;
        int64_t from = shape_.window > 0 ? std::max<int64_t>(0, position - shape_.window + 1) : 0;
        int64_t row = (sequences_[4 * s] + i) * shape_.heads * d + head * d;
        std::vector<double> scores;
        for (int64_t slot = from; slot <= position; slot++) {
            double dot = 0;
            for (int64_t j = 0; j < d; j++) dot += double{q_[row + j]} * keys_[at(s, slot) + column + j];
            scores.push_back(dot / std::sqrt(static_cast<double>(d)));
        }
        double maximum = *std::max_element(scores.begin(), scores.end());
        double total = 0;
        for (double& score : scores) total += score = std::exp(score - maximum);
        double worst = 0;
        for (int64_t j = 0; j < d; j++) {
            double expected = 0, mass = 0;
            for (int64_t slot = from; slot <= position; slot++) {
                double part = scores[slot - from] / total * values_[at(s, slot) + column + j];
                expected += part;
                mass += std::abs(part);
            }
            // The result's rounding; numerators rounded as keys are; float32's own noise in scores and sums.
            double allowed = 2 * rounding(shape_.element) * mass + 1e-5 * mass + 1e-7;
            double error = std::abs(out_[row + j] - expected) / allowed;
            worst = error <= worst ? worst : std::isnan(error) ? 1e30 : error;
        }
        return worst;
    }

    Shape shape_;
    std::vector<Chunk> chunks_;
    Array q_, keys_, values_, out_;
    std::vector<int64_t> tables_, sequences_;
};

}  // namespace pigou::test
