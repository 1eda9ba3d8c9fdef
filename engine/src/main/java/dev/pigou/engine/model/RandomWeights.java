package dev.pigou.engine.model;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Normal random weights, scaled so that the model behaves like a trained one where it matters to an engine:
 * attention scores spread by about 2 (so context counts), every block adds as much variance to the residual
 * stream as it finds, and logits spread by about 3 (so that greedy choices are clear). Each tensor has its
 * own generator, seeded by its name: the order of writing does not matter.
 */
final class RandomWeights {
    private static final int CHUNK = 1 << 14;

    private final ModelConfig config;
    private final long seed;

    RandomWeights(ModelConfig config, long seed) {
        this.config = config;
        this.seed = seed;
    }

    void writeTo(SafetensorsWriter writer, WeightSpec tensor) throws IOException {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + tensor.name().hashCode());
        double mean = mean(tensor.role());
        double scale = scale(tensor.role());
        float[] chunk = new float[CHUNK];
        for (long left = tensor.elements(); left > 0; left -= CHUNK) {
            int count = (int) Math.min(left, CHUNK);
            for (int i = 0; i < count; i++) {
                chunk[i] = (float) (mean + scale * random.nextGaussian());
            }
            writer.write(chunk, 0, count);
        }
    }

    private static double mean(WeightRole role) {
        return switch (role) {
            case NORM -> 1;
            case QK_NORM -> 1.5;
            default -> 0;
        };
    }

    private double scale(WeightRole role) {
        double perHidden = 1 / Math.sqrt(config.hiddenSize());
        return switch (role) {
            case EMBEDDING -> config.tieWordEmbeddings() ? 3.2 * perHidden : 0.5;
            case LM_HEAD -> 3.2 * perHidden;
            case QUERY, KEY -> 1.5 * perHidden;
            case VALUE -> perHidden;
            case OUTPUT -> blockGain() / Math.sqrt((double) config.heads() * config.headDim());
            case GATE, UP -> 1.2 * perHidden;
            case DOWN -> blockGain() / Math.sqrt(config.intermediateSize());
            case BIAS -> 0.3;
            case NORM -> 0.1;
            case QK_NORM -> 0.15;
        };
    }

    /** With a tied head a shallow model would mostly repeat its last token, unless its blocks outweigh it. */
    private double blockGain() {
        return config.tieWordEmbeddings() ? Math.max(1, 4 / Math.sqrt(config.layers())) : 1;
    }
}
