// Attention over a paged pool of keys and values.
#pragma once

#include "element.h"

#include <cstdint>

namespace pigou::cpu {

/// One call: n query rows of several sequences, which follow one another. Nothing is checked here.
struct Attention {
    Element element;
    const void* q;             ///< [n, heads, head_dim]
    const void* keys;          ///< [slots, kv_heads, head_dim]
    const void* values;        ///< like keys
    const int64_t* tables;     ///< block numbers; block b holds the slots [b block_size, (b + 1) block_size)
    const int64_t* sequences;  ///< [sequence_count, 4]: first row in q, rows, first entry in tables, length
    int64_t sequence_count;
    int64_t heads;
    int64_t kv_heads;  ///< a divisor of heads; query head i reads key head i / (heads / kv_heads)
    int64_t head_dim;
    int64_t block_size;
    int64_t window;  ///< how many slots a row sees, itself included; 0: all before it
    void* out;       ///< [n, heads head_dim]
};

/// Softmax(q k / sqrt(head_dim)) v for each row, with the softmax in float32. Row i of r of a sequence with `length`
/// slots sees the slots up to length - r + i. Slots that no row of a call sees are not read.
///
/// Where keys are bfloat16 and the processor multiplies pairs of them, the softmax's numerators are rounded to
/// bfloat16 before they meet the values. How a long sequence is cut depends on the call's other sequences and on the
/// number of threads, so results may differ in the last bits from call to call.
void paged_attention(const Attention& call);

}  // namespace pigou::cpu
