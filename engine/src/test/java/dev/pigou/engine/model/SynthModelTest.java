package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class SynthModelTest {
    private static final ModelConfig SMALL = SynthPreset.TINY.config().toBuilder().hiddenSize(64).heads(4)
            .kvHeads(2).headDim(16).intermediateSize(96).vocabSize(300).build();

    @TempDir
    private Path folder;

    @Test
    void sameSeedGivesTheSameBytesAndAnotherDoesNot() throws IOException {
        SynthModel.write(new SynthSpec(SMALL, ModelDtype.BFLOAT16, 1, 5), folder.resolve("a"));
        SynthModel.write(new SynthSpec(SMALL, ModelDtype.BFLOAT16, 1, 5), folder.resolve("b"));
        SynthModel.write(new SynthSpec(SMALL, ModelDtype.BFLOAT16, 1, 6), folder.resolve("c"));

        assertThat(fileNames(folder.resolve("a"))).containsExactlyInAnyOrder("config.json",
                "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json",
                "tokenizer_config.json");
        for (String name : fileNames(folder.resolve("a"))) {
            assertThat(folder.resolve("b").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("a").resolve(name));
        }
        assertThat(
                Files.mismatch(folder.resolve("a/model.safetensors"), folder.resolve("c/model.safetensors")))
                .isNotEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void everyFamilyIsReadBackAsItWasAsked(ModelFamily family) throws IOException {
        ModelConfig config = SMALL.toBuilder().family(family).tieWordEmbeddings(family == ModelFamily.QWEN2)
                .build();
        assertReadsBack(new SynthSpec(config, ModelDtype.FLOAT16, 1, 1));
    }

    static List<RopeScaling> scalings() {
        return List.of(new RopeScaling.Linear(2), new RopeScaling.Dynamic(4),
                new RopeScaling.Llama3(8, 1, 4, 512), new RopeScaling.Yarn(4, 128, 30, 2,
                        OptionalDouble.of(1.1), OptionalDouble.of(0.7), OptionalDouble.empty(), false));
    }

    @ParameterizedTest
    @MethodSource("scalings")
    void ropeScalingIsReadBack(RopeScaling scaling) throws IOException {
        assertReadsBack(
                new SynthSpec(SMALL.toBuilder().ropeScaling(scaling).build(), ModelDtype.BFLOAT16, 1, 1));
    }

    @Test
    void windowsAndBiasesAreReadBack() throws IOException {
        ModelConfig mistral = SMALL.toBuilder().family(ModelFamily.MISTRAL)
                .slidingWindows(Collections.nCopies(2, OptionalInt.of(9))).build();
        assertReadsBack(new SynthSpec(mistral, ModelDtype.FLOAT32, 1, 1));
        ModelConfig qwen = SMALL.toBuilder().family(ModelFamily.QWEN3)
                .slidingWindows(List.of(OptionalInt.of(9), OptionalInt.empty())).build();
        assertReadsBack(new SynthSpec(qwen, ModelDtype.FLOAT32, 1, 1));
        ModelConfig llama = SMALL.toBuilder().qkvBias(true).outputBias(true).mlpBias(true).build();
        assertReadsBack(new SynthSpec(llama, ModelDtype.FLOAT32, 1, 1));
    }

    @Test
    void whatAFamilyCannotExpressIsRefused() {
        ModelConfig windowed = SMALL.toBuilder().slidingWindows(Collections.nCopies(2, OptionalInt.of(9)))
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SynthModel.write(new SynthSpec(windowed, ModelDtype.FLOAT32, 1, 1), folder))
                .withMessageContaining("LlamaForCausalLM");
        ModelConfig biased = SMALL.toBuilder().family(ModelFamily.MISTRAL).qkvBias(true).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SynthModel.write(new SynthSpec(biased, ModelDtype.FLOAT32, 1, 1), folder))
                .withMessageContaining("MistralForCausalLM");
    }

    @Test
    void shardsHoldEveryTensorOnce() throws IOException {
        assertReadsBack(new SynthSpec(SMALL, ModelDtype.BFLOAT16, 3, 1));
        assertThat(fileNames(folder)).contains("model.safetensors.index.json",
                "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                "model-00003-of-00003.safetensors");
    }

    @Test
    void tokenizerHasOneTokenForEachId() throws IOException {
        SynthModel.write(new SynthSpec(SMALL, ModelDtype.BFLOAT16, 1, 1), folder);
        JsonNode json = new JsonMapper().readTree(folder.resolve("tokenizer.json").toFile());

        Set<Integer> ids = new HashSet<>();
        json.get("model").get("vocab").valueStream().forEach(id -> ids.add(id.intValue()));
        json.get("added_tokens").valueStream().forEach(token -> ids.add(token.get("id").intValue()));
        assertThat(ids).hasSize(300).allMatch(id -> id >= 0 && id < 300);
        assertThat(json.get("model").get("vocab").get("Ġ").intValue()).isEqualTo(' ');
        assertThat(json.get("model").get("vocab").get("ł").intValue()).isEqualTo(0xA0);
    }

    @Test
    void vocabularyTooSmallForItsTokensIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ByteLevelVocabulary(List.of("a b"), List.of("<|end|>"), 257))
                .withMessageContaining("at least 258");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ByteLevelVocabulary(List.of(), List.of("a"), 257))
                .withMessageContaining("twice");
        assertThat(new ByteLevelVocabulary(List.of("a b"), List.of("<|end|>"), 258).specialId("<|end|>"))
                .isEqualTo(257);
    }

    private void assertReadsBack(SynthSpec spec) throws IOException {
        SynthModel.write(spec, folder);
        try (ModelFolder read = ModelFolder.open(folder)) {
            ModelConfig expected = spec.config().toBuilder().torchDtype(spec.dtype())
                    .eosTokenIds(List.of(spec.config().vocabSize() - 1))
                    .bosTokenId(OptionalInt.of(spec.config().vocabSize() - 3)).build();
            assertThat(read.config()).isEqualTo(expected);
            assertThat(read.weights()).allMatch(tensor -> tensor.dtype() == spec.dtype().stored());
        }
    }

    private static List<String> fileNames(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
