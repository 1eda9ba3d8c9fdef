package dev.pigou.scheduler;

import dev.pigou.kvcache.BlockTable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A model whose next token is a pure function of salt and tokens so far, but which is computed the way a real
 * one computes: each position reads what all positions before it left in the KV blocks. A block lost, shared
 * with the wrong sequence or overwritten therefore changes the tokens. A fault leaves {@link #POISON}, which
 * spreads to all that read it, as numbers that are not finite do.
 */
final class FakeDevice implements StepResult {
    private static final long UNWRITTEN = 0;
    private static final long POISON = -1;

    private final int vocabulary;
    private final int blockSize;
    private final long[] kv;
    private final int[] tokens;
    private final boolean[] failed;

    FakeDevice(int blocks, int blockSize, int vocabulary, int maxChunks) {
        this.blockSize = blockSize;
        this.vocabulary = vocabulary;
        kv = new long[(blocks + 1) * blockSize];
        tokens = new int[maxChunks];
        failed = new boolean[maxChunks];
    }

    void execute(StepPlan plan) {
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            executeChunk(plan, chunk);
        }
    }

    private void executeChunk(StepPlan plan, int chunk) {
        Sequence sequence = plan.sequence(chunk);
        boolean poisoned = false;
        long attention = sequence.blocks().salt();
        for (int position = 0; position < plan.from(chunk); position++) {
            long value = kv[slot(sequence, position)];
            assertThat(value).as("position %d of sequence %d", position, sequence.id())
                    .isNotEqualTo(UNWRITTEN);
            poisoned |= value == POISON;
            attention += value * (2L * position + 1);
        }
        for (int position = plan.from(chunk); position < plan.to(chunk); position++) {
            long value = mix(attention * 31 + sequence.token(position));
            write(sequence, position, poisoned ? POISON : value);
            attention += value * (2L * position + 1);
        }
        tokens[chunk] = (int) Math.floorMod(mix(attention), (long) vocabulary);
        failed[chunk] = poisoned && plan.to(chunk) == sequence.length();
    }

    /** After {@link #execute}: the chunk went wrong, and its positions hold nothing finite. */
    void poison(StepPlan plan, int chunk) {
        Sequence sequence = plan.sequence(chunk);
        for (int position = plan.from(chunk); position < plan.to(chunk); position++) {
            write(sequence, position, POISON);
        }
        failed[chunk] = plan.to(chunk) == sequence.length();
    }

    @Override
    public int token(int chunk) { return tokens[chunk]; }

    @Override
    public boolean failed(int chunk) { return failed[chunk]; }

    private void write(Sequence sequence, int position, long value) {
        assertThat(position / blockSize).as("block written by sequence %d", sequence.id())
                .isGreaterThanOrEqualTo(sequence.blocks().committed());
        kv[slot(sequence, position)] = value;
    }

    private int slot(Sequence sequence, int position) {
        BlockTable blocks = sequence.blocks();
        return blocks.block(position / blockSize) * blockSize + position % blockSize;
    }

    /** Never {@link #UNWRITTEN} nor {@link #POISON} but by a chance of 2 in 2^64. */
    private static long mix(long x) {
        long z = (x + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 30)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
