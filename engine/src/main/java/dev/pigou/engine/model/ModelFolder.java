package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A Hugging Face model folder, opened and checked: when {@link #open} returns, every weight the configuration
 * asks for is there with the right shape. Any thread may read; closing unmaps the weights.
 */
public final class ModelFolder implements AutoCloseable {
    private final Path path;
    private final ModelConfig config;
    private final GenerationDefaults generationDefaults;
    private final Optional<QuantizationConfig> quantization;
    private final Checkpoint checkpoint;

    /** Found and checked once, when the folder is opened. */
    private final Map<String, QuantizedWeight> quantizedWeights = new HashMap<>();

    private ModelFolder(Path path, ModelConfig config, GenerationDefaults defaults,
            Optional<QuantizationConfig> quantization, Checkpoint checkpoint) {
        this.path = path;
        this.config = config;
        this.generationDefaults = defaults;
        this.quantization = quantization;
        this.checkpoint = checkpoint;
    }

    /**
     * Reads the configuration, maps the weights and checks that they fit together.
     *
     * @throws ModelFolderException naming the file and the tensor or key that is wrong
     */
    public static ModelFolder open(Path path) {
        ModelConfig config = ModelConfig.read(path);
        GenerationDefaults defaults = GenerationDefaults.read(path);
        Optional<QuantizationConfig> quantization = QuantizationConfig
                .read(JsonFile.read(path.resolve(ModelConfigReader.CONFIG)));
        Checkpoint checkpoint = Checkpoint.open(path);
        ModelFolder folder = new ModelFolder(path, config, defaults, quantization, checkpoint);
        boolean complete = false;
        try {
            folder.denseWeights();
            folder.quantizedWeights.putAll(folder.findQuantized());
            complete = true;
            return folder;
        } finally {
            if (!complete) {
                checkpoint.close();
            }
        }
    }

    public Path path() { return path; }

    public ModelConfig config() { return config; }

    public GenerationDefaults generationDefaults() { return generationDefaults; }

    /** How the checkpoint was quantised; empty if it was not. */
    public Optional<QuantizationConfig> quantization() {
        return quantization;
    }

    /** The weights that are stored as floating numbers. */
    public List<TensorEntry> denseWeights() {
        return checkpoint
                .tensors(ModelWeights.of(config).stream().filter(weight -> !isQuantized(weight)).toList());
    }

    /** All others, by the name that a dense one would have. */
    public Map<String, QuantizedWeight> quantizedWeights() {
        return Collections.unmodifiableMap(quantizedWeights);
    }

    private Map<String, QuantizedWeight> findQuantized() {
        return quantization
                .map(how -> ModelWeights.of(config).stream().filter(how::covers).collect(Collectors
                        .toMap(WeightSpec::name, weight -> new QuantizedWeight(how, weight, checkpoint))))
                .orElse(Map.of());
    }

    private boolean isQuantized(WeightSpec weight) {
        return quantization.filter(how -> how.covers(weight)).isPresent();
    }

    /**
     * The weights in the order of {@link ModelWeights#of}.
     *
     * @throws ModelFolderException if the checkpoint is quantised
     */
    public List<TensorEntry> weights() { return checkpoint.tensors(ModelWeights.of(config)); }

    /** What {@code --dtype auto} means: config.json's dtype, else that of the embedding as it is stored. */
    public ModelDtype autoDtype() {
        return config.torchDtype().orElseGet(() -> checkpoint.find(ModelWeights.EMBEDDING)
                .flatMap(embedding -> ModelDtype.ofStored(embedding.dtype())).orElse(ModelDtype.FLOAT32));
    }

    @Override
    public void close() { checkpoint.close(); }
}
