package dev.pigou.engine.model;

/** Shapes to start a random model from. */
public enum SynthPreset {
    /** 0.9 M parameters: loads at once, for tests. */
    TINY,

    /** 16 M parameters. */
    SMALL,

    /** 100 M parameters: the size benchmarks on a CPU are reported for. */
    MID,

    /** 470 M parameters: Qwen3-0.6B's decoder with a smaller vocabulary. */
    LARGE;

    /** The preset's shape, to be changed through {@link ModelConfig#toBuilder}. */
    public ModelConfig config() {
        return switch (this) {
            case TINY -> llama(2, 128, 4, 2, 384).vocabSize(2048).maxPositionEmbeddings(2048).build();
            case SMALL -> llama(6, 384, 6, 2, 1024).vocabSize(8192).maxPositionEmbeddings(4096).build();
            case MID -> llama(12, 768, 12, 4, 2048).vocabSize(32_000).maxPositionEmbeddings(8192)
                    .tieWordEmbeddings(true).ropeTheta(500_000).build();
            case LARGE -> shape(ModelFamily.QWEN3, 28, 1024, 16, 8, 3072).headDim(128).vocabSize(32_000)
                    .maxPositionEmbeddings(32_768).tieWordEmbeddings(true).ropeTheta(1e6).rmsNormEps(1e-6)
                    .build();
        };
    }

    private static ModelConfigBuilder llama(int layers, int hidden, int heads, int kvHeads,
            int intermediate) {
        return shape(ModelFamily.LLAMA, layers, hidden, heads, kvHeads, intermediate).rmsNormEps(1e-5);
    }

    private static ModelConfigBuilder shape(ModelFamily family, int layers, int hidden, int heads,
            int kvHeads, int intermediate) {
        return new ModelConfigBuilder(family).layers(layers).hiddenSize(hidden).heads(heads).kvHeads(kvHeads)
                .intermediateSize(intermediate);
    }
}
