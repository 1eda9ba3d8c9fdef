package dev.pigou.engine.model;

/**
 * Cosines and sines of rotary position embedding, one row for each position: element {@code j} of a row turns
 * the pair (j, j + headDim / 2) of a query or key. Angles are computed in double; YaRN's attention factor is
 * multiplied in.
 *
 * <p>A row depends on its position only. For dynamic scaling that is a decision: transformers computes the
 * base from the longest sequence seen and rotates all positions by it, so a cached key would change as its
 * sequence grows. Here position {@code p} uses the base that a sequence of length {@code p + 1} has, which is
 * what transformers computes for a token decoded one by one, and what keeps cached prefixes exact.
 */
public final class RotaryEmbedding {
    private final int positions;
    private final int halfDim;
    private final float[] cos;
    private final float[] sin;

    private RotaryEmbedding(int positions, int halfDim) {
        this.positions = positions;
        this.halfDim = halfDim;
        this.cos = new float[Math.multiplyExact(positions, halfDim)];
        this.sin = new float[cos.length];
    }

    /**
     * The table for positions [0, {@code positions}).
     *
     * @throws ArithmeticException if the table would have more than 2^31 - 1 elements
     */
    public static RotaryEmbedding of(ModelConfig config, int positions) {
        RotaryEmbedding table = new RotaryEmbedding(positions, config.headDim() / 2);
        RotaryFrequencies frequencies = RotaryFrequencies.of(config);
        for (int position = 0; position < positions; position++) {
            table.fill(position, frequencies.at(position), frequencies.attentionFactor());
        }
        return table;
    }

    private void fill(int position, double[] frequencies, double attentionFactor) {
        int row = position * halfDim;
        for (int j = 0; j < halfDim; j++) {
            double angle = position * frequencies[j];
            cos[row + j] = (float) (Math.cos(angle) * attentionFactor);
            sin[row + j] = (float) (Math.sin(angle) * attentionFactor);
        }
    }

    public int positions() { return positions; }

    /** Length of a row: half the head dimension. */
    public int halfDim() { return halfDim; }

    /** [positions, halfDim] in row-major order. Callers must not write to it. */
    public float[] cos() {
        return cos;
    }

    /** [positions, halfDim] in row-major order. Callers must not write to it. */
    public float[] sin() {
        return sin;
    }
}
