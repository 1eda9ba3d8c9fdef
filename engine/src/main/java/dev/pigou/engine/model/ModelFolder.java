package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.List;

/**
 * A Hugging Face model folder, opened and checked: when {@link #open} returns, every weight the configuration
 * asks for is there with the right shape. Any thread may read; closing unmaps the weights.
 */
public final class ModelFolder implements AutoCloseable {
    private final Path path;
    private final ModelConfig config;
    private final GenerationDefaults generationDefaults;
    private final Checkpoint checkpoint;

    private ModelFolder(Path path, ModelConfig config, GenerationDefaults defaults, Checkpoint checkpoint) {
        this.path = path;
        this.config = config;
        this.generationDefaults = defaults;
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
        Checkpoint checkpoint = Checkpoint.open(path);
        ModelFolder folder = new ModelFolder(path, config, defaults, checkpoint);
        boolean complete = false;
        try {
            checkpoint.tensors(ModelWeights.of(config));
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

    /** The weights in the order of {@link ModelWeights#of}. */
    public List<TensorEntry> weights() {
        return checkpoint.tensors(ModelWeights.of(config));
    }

    /** What {@code --dtype auto} means: config.json's dtype, else that of the embedding as it is stored. */
    public ModelDtype autoDtype() {
        return config.torchDtype().orElseGet(() -> checkpoint.find(ModelWeights.EMBEDDING)
                .flatMap(embedding -> ModelDtype.ofStored(embedding.dtype())).orElse(ModelDtype.FLOAT32));
    }

    @Override
    public void close() { checkpoint.close(); }
}
