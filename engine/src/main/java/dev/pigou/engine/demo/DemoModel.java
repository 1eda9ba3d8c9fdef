package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigBuilder;
import dev.pigou.engine.model.ModelFamily;
import java.util.List;

/** The two models we bundle: one that does well, and one clearly weaker on what is hard. */
public enum DemoModel {
    DEMO("pigou-demo", new Shape(4, 128, 4, 4, 384), 5200), MINI("pigou-demo-mini",
            new Shape(2, 96, 3, 3, 256), 2400);

    private static final int HEAD_DIM = 32;
    /** Prompt and answer together. */
    private static final int CONTEXT_TOKENS = 512;

    private record Shape(int layers, int hidden, int heads, int kvHeads, int intermediate) {}

    private final String folder;
    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final Shape shape;
    private final int steps;

    DemoModel(String folder, Shape shape, int steps) {
        this.folder = folder;
        this.shape = shape;
        this.steps = steps;
    }

    /** The model's name and that of its folder. */
    public String folder() { return folder; }

    /** Training steps of the bundled model. */
    public int steps() { return steps; }

    ModelConfig config() {
        return new ModelConfigBuilder(ModelFamily.QWEN3).layers(shape.layers()).hiddenSize(shape.hidden())
                .heads(shape.heads()).kvHeads(shape.kvHeads()).headDim(HEAD_DIM)
                .intermediateSize(shape.intermediate()).vocabSize(ByteVocabulary.SIZE)
                .maxPositionEmbeddings(CONTEXT_TOKENS).tieWordEmbeddings(true)
                .eosTokenIds(List.of(ByteVocabulary.END, ByteVocabulary.END_OF_TEXT)).build();
    }
}
