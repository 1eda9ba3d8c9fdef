package dev.pigou.engine.model;

/**
 * A random model to be written.
 *
 * @param config its shape; token ids in it are replaced by those of the tokenizer written with it
 * @param dtype what the weights are stored as
 * @param shards number of safetensors files, at least 1
 * @param seed the same seed, shape and dtype give the same bytes
 */
public record SynthSpec(ModelConfig config, ModelDtype dtype, int shards, long seed) {
    public SynthSpec {
        if (shards < 1) {
            throw new IllegalArgumentException("shards is " + shards + ", but must be at least 1");
        }
    }
}
