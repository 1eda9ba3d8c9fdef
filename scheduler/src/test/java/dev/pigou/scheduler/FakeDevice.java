package dev.pigou.scheduler;

import dev.pigou.kvcache.BlockTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A model whose next token is a pure function of salt and tokens so far, but which is computed the way a real
 * one computes: each position reads what all positions before it left in the KV blocks. A block lost, shared
 * with the wrong sequence or overwritten therefore changes the tokens. A fault leaves {@link #POISON}, which
 * spreads to all that read it, as numbers that are not finite do.
 */
final class FakeDevice {
    private static final long UNWRITTEN = 0;
    private static final long POISON = -1;

    private final int vocabulary;
    private final int blockSize;
    private final long[] kv;

    FakeDevice(int blocks, int blockSize, int vocabulary) {
        this.blockSize = blockSize;
        this.vocabulary = vocabulary;
        kv = new long[(blocks + 1) * blockSize];
    }

    /** What the device needs to know of a plan, as of now: it may be executed when sequences and blocks have moved on. */
    Step pack(StepPlan plan) {
        Chunk[] chunks = new Chunk[plan.size()];
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            chunks[chunk] = pack(plan, chunk);
        }
        return new Step(chunks);
    }

    private Chunk pack(StepPlan plan, int chunk) {
        Sequence sequence = plan.sequence(chunk);
        BlockTable blocks = sequence.blocks();
        int from = plan.from(chunk);
        int to = plan.to(chunk);
        assertThat(from / blockSize).as("first block written by sequence %d", sequence.id())
                .isGreaterThanOrEqualTo(blocks.committed());
        int[] slots = new int[to];
        for (int position = 0; position < to; position++) {
            slots[position] = blocks.block(position / blockSize) * blockSize + position % blockSize;
        }
        int[] tokens = new int[to - from];
        for (int position = from; position < Math.min(to, sequence.length()); position++) {
            tokens[position - from] = sequence.token(position);
        }
        return new Chunk(sequence, from, slots, tokens, plan.awaits(chunk));
    }

    private static final class Chunk {
        private final long id;
        private final long salt;
        private final int from;
        private final int[] slots;
        private final int[] tokens;
        /** Chunk of the step before whose token is the last of these; -1 if none. */
        private final int awaits;
        private final boolean last;

        Chunk(Sequence sequence, int from, int[] slots, int[] tokens, int awaits) {
            id = sequence.id();
            salt = sequence.blocks().salt();
            this.from = from;
            this.slots = slots;
            this.tokens = tokens;
            this.awaits = awaits;
            last = slots.length == sequence.lengthAhead();
        }
    }

    /** One plan, and once it has been executed what it produced. */
    final class Step implements StepResult {
        private final Chunk[] chunks;
        private final int[] tokens;
        private final boolean[] failed;

        private Step(Chunk[] chunks) {
            this.chunks = chunks;
            tokens = new int[chunks.length];
            failed = new boolean[chunks.length];
        }

        int size() { return chunks.length; }

        /** @param before null if no chunk awaits a token */
        void execute(@Nullable Step before) {
            for (int chunk = 0; chunk < chunks.length; chunk++) {
                int awaits = chunks[chunk].awaits;
                if (awaits >= 0) {
                    int[] own = chunks[chunk].tokens;
                    own[own.length - 1] = Objects.requireNonNull(before).tokens[awaits];
                }
                execute(chunk);
            }
        }

        private void execute(int index) {
            Chunk chunk = chunks[index];
            boolean poisoned = false;
            long attention = chunk.salt;
            for (int position = 0; position < chunk.from; position++) {
                long value = kv[chunk.slots[position]];
                assertThat(value).as("position %d of sequence %d", position, chunk.id)
                        .isNotEqualTo(UNWRITTEN);
                poisoned |= value == POISON;
                attention += value * (2L * position + 1);
            }
            for (int i = 0; i < chunk.tokens.length; i++) {
                int position = chunk.from + i;
                long value = mix(attention * 31 + chunk.tokens[i]);
                kv[chunk.slots[position]] = poisoned ? POISON : value;
                attention += value * (2L * position + 1);
            }
            tokens[index] = (int) Math.floorMod(mix(attention), (long) vocabulary);
            failed[index] = poisoned && chunk.last;
        }

        /** After {@link #execute}: the chunk went wrong, and its positions hold nothing finite. */
        void poison(int index) {
            Chunk chunk = chunks[index];
            for (int i = 0; i < chunk.tokens.length; i++) {
                kv[chunk.slots[chunk.from + i]] = POISON;
            }
            failed[index] = chunk.last;
        }

        @Override
        public int token(int chunk) { return tokens[chunk]; }

        @Override
        public boolean failed(int chunk) { return failed[chunk]; }
    }

    /** Never {@link #UNWRITTEN} nor {@link #POISON} but by a chance of 2 in 2^64. */
    private static long mix(long x) {
        long z = (x + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 30)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
