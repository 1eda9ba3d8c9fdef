package dev.pigou.engine.demo;

import dev.pigou.engine.model.ByteLevelVocabulary;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigWriter;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.SafetensorsWriter;
import dev.pigou.engine.model.TokenizerWriter;
import dev.pigou.engine.model.WeightSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a trained model as a Hugging Face folder. */
final class DemoFolder {
    private DemoFolder() {
    }

    static void write(Path folder, ModelConfig config, Map<String, float[]> weights) throws IOException {
        Files.createDirectories(folder);
        ModelConfigWriter.write(config, DemoModel.DTYPE, folder);
        var vocabulary = new ByteLevelVocabulary(List.of(), Vocabulary.SPECIAL_TOKENS, Vocabulary.SIZE);
        new TokenizerWriter(vocabulary, Vocabulary.CHAT_TEMPLATE, Optional.empty(), "<|im_end|>", "<|endoftext|>",
                config.maxPositionEmbeddings()).write(folder);
        List<WeightSpec> specs = ModelWeights.of(config);
        try (var file = SafetensorsWriter.create(folder.resolve("model.safetensors"), DemoModel.DTYPE, specs)) {
            for (WeightSpec spec : specs) {
                file.write(weights.get(spec.name()));
            }
        }
    }
}
