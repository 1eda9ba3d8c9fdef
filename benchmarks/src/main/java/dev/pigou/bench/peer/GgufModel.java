package dev.pigou.bench.peer;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFamily;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.RopeScaling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Writes a model folder as one GGUF file, so that llama.cpp computes with the very same weights. It is for comparisons,
 * not for release: what would need more than renaming is refused rather than approximated.
 */
public final class GgufModel {
    private final ModelFolder folder;
    private final ModelConfig config;
    private final String architecture;
    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();

    private GgufModel(ModelFolder folder) {
        this.folder = folder;
        this.config = folder.config();
        this.architecture = switch (config.family()) {
            case LLAMA, MISTRAL -> "llama";
            case QWEN2 -> "qwen2";
            case QWEN3 -> "qwen3";
        };
    }

    /**
     * Writes {@code file}; one that is there is replaced.
     *
     * @param printableBytes gives tokens that are one byte of a longer UTF-8 sequence a text in ASCII. A model with random
     *     weights puts such bytes anywhere, and llama-server breaks a stream off, with status 500 in an event, where an
     *     answer is no UTF-8
     * @throws IllegalArgumentException if the model uses what this cannot write: sliding windows, rope scaling, or a
     *     tokenizer other than a byte-level BPE
     */
    public static void write(Path modelFolder, Path file, boolean printableBytes) throws IOException {
        try (ModelFolder folder = ModelFolder.open(modelFolder)) {
            GgufModel model = new GgufModel(folder);
            model.requireExpressible();
            model.describe();
            model.metadata.putAll(GgufTokenizer.metadata(modelFolder, model.config, printableBytes));
            boolean llama = model.config.family() == ModelFamily.LLAMA
                    || model.config.family() == ModelFamily.MISTRAL;
            GgufWriter.write(file, model.metadata, GgufWeights.of(folder, llama));
        }
    }

    private void requireExpressible() {
        if (config.slidingWindows().stream().anyMatch(OptionalInt::isPresent)) {
            throw new IllegalArgumentException(
                    folder.path() + " has sliding windows, which this command cannot write");
        }
        if (!(config.ropeScaling() instanceof RopeScaling.None)) {
            throw new IllegalArgumentException(folder.path() + " has rope scaling "
                    + config.ropeScaling().getClass().getSimpleName() + ", which this command cannot write");
        }
    }

    private void describe() {
        metadata.put("general.architecture", new GgufValue.Text(architecture));
        metadata.put("general.name", new GgufValue.Text(String.valueOf(folder.path().getFileName())));
        metadata.put("general.file_type", new GgufValue.Unsigned(GgmlType.of(folder.autoDtype()).fileCode()));
        unsigned("vocab_size", config.vocabSize());
        unsigned("context_length", config.maxPositionEmbeddings());
        unsigned("embedding_length", config.hiddenSize());
        unsigned("block_count", config.layers());
        unsigned("feed_forward_length", config.intermediateSize());
        unsigned("attention.head_count", config.heads());
        unsigned("attention.head_count_kv", config.kvHeads());
        unsigned("attention.key_length", config.headDim());
        unsigned("attention.value_length", config.headDim());
        unsigned("rope.dimension_count", config.headDim());
        real("rope.freq_base", config.ropeTheta());
        real("attention.layer_norm_rms_epsilon", config.rmsNormEps());
    }

    private void unsigned(String key, int value) {
        metadata.put(architecture + "." + key, new GgufValue.Unsigned(value));
    }

    private void real(String key, double value) {
        metadata.put(architecture + "." + key, new GgufValue.Real((float) value));
    }
}
