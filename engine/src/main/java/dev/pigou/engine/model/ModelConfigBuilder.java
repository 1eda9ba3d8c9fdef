package dev.pigou.engine.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Collects the fields of a {@link ModelConfig}. What is not set is what a plain Llama has: as many KV heads
 * as heads, head_dim = hidden / heads, no biases, no window. Shapes have no default.
 */
public final class ModelConfigBuilder {
    private ModelFamily family;
    private int hiddenSize;
    private int layers;
    private int heads;
    private OptionalInt kvHeads = OptionalInt.empty();
    private OptionalInt headDim = OptionalInt.empty();
    private int intermediateSize;
    private int vocabSize;
    private int maxPositionEmbeddings = 2048;
    private double rmsNormEps = 1e-6;
    private double ropeTheta = 10_000;
    private RopeScaling ropeScaling = new RopeScaling.None();
    private boolean tieWordEmbeddings;
    private boolean qkvBias;
    private boolean outputBias;
    private boolean mlpBias;
    private Optional<List<OptionalInt>> slidingWindows = Optional.empty();
    private Optional<ModelDtype> torchDtype = Optional.empty();
    private List<Integer> eosTokenIds = List.of();
    private OptionalInt bosTokenId = OptionalInt.empty();

    public ModelConfigBuilder(ModelFamily family) {
        this.family = family;
        qkvBias = family == ModelFamily.QWEN2;
    }

    ModelConfigBuilder(ModelConfig config) {
        family = config.family();
        hiddenSize = config.hiddenSize();
        layers = config.layers();
        heads = config.heads();
        kvHeads = OptionalInt.of(config.kvHeads());
        headDim = OptionalInt.of(config.headDim());
        intermediateSize = config.intermediateSize();
        vocabSize = config.vocabSize();
        maxPositionEmbeddings = config.maxPositionEmbeddings();
        rmsNormEps = config.rmsNormEps();
        ropeTheta = config.ropeTheta();
        ropeScaling = config.ropeScaling();
        tieWordEmbeddings = config.tieWordEmbeddings();
        qkvBias = config.qkvBias();
        outputBias = config.outputBias();
        mlpBias = config.mlpBias();
        slidingWindows = Optional.of(config.slidingWindows());
        torchDtype = config.torchDtype();
        eosTokenIds = config.eosTokenIds();
        bosTokenId = config.bosTokenId();
    }

    /** Changing the family resets the biases and the window to that family's own. */
    public ModelConfigBuilder family(ModelFamily value) {
        if (value != family) {
            family = value;
            qkvBias = value == ModelFamily.QWEN2;
            outputBias = false;
            mlpBias = false;
            slidingWindows = Optional.empty();
        }
        return this;
    }

    public ModelConfigBuilder hiddenSize(int value) {
        hiddenSize = value;
        return this;
    }

    /** Changing the number of layers forgets windows set before. */
    public ModelConfigBuilder layers(int value) {
        if (value != layers) {
            slidingWindows = Optional.empty();
        }
        layers = value;
        return this;
    }

    public ModelConfigBuilder heads(int value) {
        heads = value;
        return this;
    }

    public ModelConfigBuilder kvHeads(int value) {
        kvHeads = OptionalInt.of(value);
        return this;
    }

    public ModelConfigBuilder headDim(int value) {
        headDim = OptionalInt.of(value);
        return this;
    }

    /** head_dim = hidden / heads again. */
    public ModelConfigBuilder headDimFromHiddenSize() {
        headDim = OptionalInt.empty();
        return this;
    }

    public ModelConfigBuilder intermediateSize(int value) {
        intermediateSize = value;
        return this;
    }

    public ModelConfigBuilder vocabSize(int value) {
        vocabSize = value;
        return this;
    }

    public ModelConfigBuilder maxPositionEmbeddings(int value) {
        maxPositionEmbeddings = value;
        return this;
    }

    public ModelConfigBuilder rmsNormEps(double value) {
        rmsNormEps = value;
        return this;
    }

    public ModelConfigBuilder ropeTheta(double value) {
        ropeTheta = value;
        return this;
    }

    public ModelConfigBuilder ropeScaling(RopeScaling value) {
        ropeScaling = value;
        return this;
    }

    public ModelConfigBuilder tieWordEmbeddings(boolean value) {
        tieWordEmbeddings = value;
        return this;
    }

    /** Biases of the query, key and value projections only. */
    public ModelConfigBuilder qkvBias(boolean value) {
        qkvBias = value;
        return this;
    }

    public ModelConfigBuilder outputBias(boolean value) {
        outputBias = value;
        return this;
    }

    public ModelConfigBuilder mlpBias(boolean value) {
        mlpBias = value;
        return this;
    }

    public ModelConfigBuilder slidingWindows(List<OptionalInt> value) {
        slidingWindows = Optional.of(List.copyOf(value));
        return this;
    }

    public ModelConfigBuilder torchDtype(ModelDtype value) {
        torchDtype = Optional.of(value);
        return this;
    }

    public ModelConfigBuilder eosTokenIds(List<Integer> value) {
        eosTokenIds = List.copyOf(value);
        return this;
    }

    public ModelConfigBuilder bosTokenId(OptionalInt value) {
        bosTokenId = value;
        return this;
    }

    /**
     * The configuration, checked.
     *
     * @throws IllegalArgumentException naming the key of config.json whose value is absurd
     */
    public ModelConfig build() {
        if (headDim.isEmpty() && heads > 0 && hiddenSize % heads != 0) {
            throw new IllegalArgumentException(
                    "num_attention_heads is " + heads + ", but must be a divisor of hidden_size " + hiddenSize
                            + " where head_dim is not given");
        }
        return new ModelConfig(family, hiddenSize, layers, heads, kvHeads.orElse(heads),
                headDim.orElseGet(() -> hiddenSize / Math.max(heads, 1)), intermediateSize, vocabSize,
                maxPositionEmbeddings, rmsNormEps, ropeTheta, ropeScaling, tieWordEmbeddings, qkvBias,
                outputBias, mlpBias,
                slidingWindows.orElseGet(() -> Collections.nCopies(Math.max(layers, 0), OptionalInt.empty())),
                torchDtype, eosTokenIds, bosTokenId);
    }
}
