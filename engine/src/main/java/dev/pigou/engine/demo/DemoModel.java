package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigBuilder;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFamily;
import java.util.List;

/** The two models we bundle: one that does well, and one clearly weaker on what is hard. */
public enum DemoModel {
    DEMO("pigou-demo", 4, 192, 6, 3, 512, 6000), MINI("pigou-demo-mini", 2, 96, 3, 3, 256, 3000);

    private static final int HEAD_DIM = 32;
    /** Prompt and answer together. */
    static final int CONTEXT_TOKENS = 512;
    static final ModelDtype DTYPE = ModelDtype.BFLOAT16;

    private final String folder;
    private final int layers;
    private final int hidden;
    private final int heads;
    private final int kvHeads;
    private final int intermediate;
    private final int steps;

    DemoModel(String folder, int layers, int hidden, int heads, int kvHeads, int intermediate, int steps) {
        this.folder = folder;
        this.layers = layers;
        this.hidden = hidden;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.intermediate = intermediate;
        this.steps = steps;
    }

    /** The model's name and that of its folder. */
    public String folder() {
        return folder;
    }

    /** Training steps of the bundled model. */
    public int steps() {
        return steps;
    }

    /** The model's shape: Qwen3's. */
    ModelConfig config() {
        return new ModelConfigBuilder(ModelFamily.QWEN3).layers(layers).hiddenSize(hidden).heads(heads)
                .kvHeads(kvHeads).headDim(HEAD_DIM).intermediateSize(intermediate).vocabSize(Vocabulary.SIZE)
                .maxPositionEmbeddings(CONTEXT_TOKENS).tieWordEmbeddings(true)
                .eosTokenIds(List.of(Vocabulary.END, Vocabulary.END_OF_TEXT)).build();
    }
}
