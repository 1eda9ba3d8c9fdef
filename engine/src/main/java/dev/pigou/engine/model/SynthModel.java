package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Writes model folders with random weights and a working tokenizer and chat template, for tests and
 * benchmarks: they answer nonsense, but at the speed and in the memory of a real model of their shape.
 */
public final class SynthModel {
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final String TURN_START = "<|im_start|>";
    private static final String TURN_END = "<|im_end|>";
    private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] "
            + "+ '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private SynthModel() {}

    /**
     * Writes the folder, made if it is not there; files of the same names are replaced.
     *
     * @throws IllegalArgumentException if the vocabulary is too small for the tokenizer, or the family cannot
     *     express the configuration
     */
    public static void write(SynthSpec spec, Path folder) throws IOException {
        ByteLevelVocabulary vocabulary = new ByteLevelVocabulary(List.of(),
                List.of(END_OF_TEXT, TURN_START, TURN_END), spec.config().vocabSize());
        ModelConfig config = spec.config().toBuilder().torchDtype(spec.dtype())
                .eosTokenIds(List.of(vocabulary.specialId(TURN_END)))
                .bosTokenId(OptionalInt.of(vocabulary.specialId(END_OF_TEXT))).build();
        Files.createDirectories(folder);
        ModelConfigWriter.write(config, spec.dtype(), folder);
        new TokenizerWriter(vocabulary, CHATML, Optional.empty(), TURN_END, END_OF_TEXT,
                config.maxContextTokens()).write(folder);
        RandomWeights weights = new RandomWeights(config, spec.seed());
        new CheckpointWriter(folder, spec.dtype()).write(ModelWeights.of(config), spec.shards(),
                weights::writeTo);
    }
}
