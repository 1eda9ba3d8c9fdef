package dev.pigou.engine.model;

/** Shapes to start a random model from. */
public enum SynthPreset {
    /** 0.8 M parameters: loads at once, for tests. */
    TINY(shape(ModelFamily.LLAMA, 2, 128, 4, 2, 384).vocabSize(2048).maxPositionEmbeddings(2048)
            .rmsNormEps(1e-5)),

    /** 16 M parameters. */
    SMALL(shape(ModelFamily.LLAMA, 6, 384, 6, 2, 1024).vocabSize(8192).maxPositionEmbeddings(4096)
            .rmsNormEps(1e-5)),

    /** 100 M parameters: the size benchmarks on a CPU are reported for. */
    MID(shape(ModelFamily.LLAMA, 12, 768, 12, 4, 2048).vocabSize(32_000).maxPositionEmbeddings(8192)
            .rmsNormEps(1e-5)
            .tieWordEmbeddings(true).ropeTheta(500_000)),

    /** 470 M parameters: Qwen3-0.6B's decoder with a smaller vocabulary. */
    LARGE(shape(ModelFamily.QWEN3, 28, 1024, 16, 8, 3072).headDim(128).vocabSize(32_000)
            .maxPositionEmbeddings(32_768)
            .rmsNormEps(1e-6).tieWordEmbeddings(true).ropeTheta(1e6));

    private final ModelConfig config;

    SynthPreset(ModelConfigBuilder builder) { this.config = builder.build(); }

    /** The preset's shape, to be changed through {@link ModelConfig#toBuilder}. */
    public ModelConfig config() {
        return config;
    }

    private static ModelConfigBuilder shape(ModelFamily family, int layers, int hidden, int heads,
            int kvHeads,
            int intermediate) {
        return new ModelConfigBuilder(family).layers(layers).hiddenSize(hidden).heads(heads).kvHeads(kvHeads)
                .intermediateSize(intermediate);
    }
}
