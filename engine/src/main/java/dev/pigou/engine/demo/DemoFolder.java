package dev.pigou.engine.demo;

import dev.pigou.engine.model.ByteLevelVocabulary;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigWriter;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.SafetensorsWriter;
import dev.pigou.engine.model.TensorEntry;
import dev.pigou.engine.model.TokenizerWriter;
import dev.pigou.engine.model.WeightSpec;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The Hugging Face folder of a demo model: what we write, any server of such folders reads. */
final class DemoFolder {
    /** What the weights are rounded to when they are written. */
    static final ModelDtype DTYPE = ModelDtype.BFLOAT16;
    private static final ValueLayout.OfShort BFLOAT16 = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private DemoFolder() {}

    /** Writes configuration, tokenizer and weights, over what is there; makes the folder if need be. */
    static void write(Path folder, ModelConfig config, Map<String, float[]> weights) throws IOException {
        Files.createDirectories(folder);
        ModelConfigWriter.write(config, DTYPE, folder);
        var vocabulary = new ByteLevelVocabulary(List.of(), ByteVocabulary.SPECIAL_TOKENS,
                ByteVocabulary.SIZE);
        new TokenizerWriter(vocabulary, ByteVocabulary.CHAT_TEMPLATE, Optional.empty(), "<|im_end|>",
                "<|endoftext|>", config.maxPositionEmbeddings()).write(folder);
        List<WeightSpec> specs = ModelWeights.of(config);
        try (var file = SafetensorsWriter.create(folder.resolve("model.safetensors"), DTYPE, specs)) {
            for (WeightSpec spec : specs) {
                file.write(Objects.requireNonNull(weights.get(spec.name()), spec.name()));
            }
        }
    }

    /** The weights as they were rounded. */
    static Map<String, float[]> readWeights(Path path) {
        try (ModelFolder folder = ModelFolder.open(path)) {
            var weights = new LinkedHashMap<String, float[]>();
            for (TensorEntry tensor : folder.weights()) {
                var values = new float[Math.toIntExact(tensor.bytes().byteSize() / Short.BYTES)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(tensor.bytes().getAtIndex(BFLOAT16, i) << 16);
                }
                weights.put(tensor.name(), values);
            }
            return weights;
        }
    }
}
