package dev.pigou.engine.torch;

import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** AWQ and GPTQ checkpoints give the numbers of the dense model that they stand for; what cannot be read is named. */
class QuantizedCheckpointTest {
    private static final String AWQ = "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 32}";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {AWQ,
            "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 64, \"version\": \"gemm\", "
                    + "\"zero_point\": true, \"modules_to_not_convert\": [\"k_proj\", \"layers.1.mlp\"]}",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, \"desc_act\": false}",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, \"desc_act\": true}",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": -1, \"checkpoint_format\": \"gptq_v2\"}"})
    void answersAsTheDenseModelItStandsFor(String config) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), config, folder);
        for (KernelSet kernels : TestKernels.all()) {
            List<TokenLogprobs> dense = score("dense", kernels);
            List<TokenLogprobs> quantized = score("quantized", kernels);
            assertThat(quantized).hasSameSizeAs(dense).hasSizeGreaterThan(50);
            for (int i = 0; i < dense.size(); i++) {
                assertThat((double) quantized.get(i).logprob()).isCloseTo(dense.get(i).logprob(),
                        within(1e-6));
            }
        }
    }

    private List<TokenLogprobs> score(String model, KernelSet kernels) {
        int[] prompt = IntStream.range(0, 64).map(i -> 17 + i * 31 % 1000).toArray();
        try (var engine = TestEngine.load(folder.resolve(model).toAbsolutePath().toString(),
                Setup.roomy(kernels))) {
            RecordingSink sink = engine.submit(prompt,
                    SamplingParams.builder().temperature(0).maxTokens(0).promptLogprobs(0).build());
            return sink.await().promptLogprobs;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "\"awq\"           | \"fp8\"              | quant_method is fp8; supported are awq and gptq",
            "\"bits\": 4       | \"bits\": 8          | bits is 8; only 4 is supported",
            "\"bits\": 4,      | ``                   | quantization_config.bits is missing",
            "\"bits\": 4       | \"bits\": 4, \"version\": \"gemv\"     | version is gemv; only gemm",
            "\"bits\": 4       | \"bits\": 4, \"zero_point\": false     | zero_point is false; only true",
            "\"group_size\": 32 | \"group_size\": 0   | group_size is 0, but must be positive",
            "\"group_size\": 32 | \"group_size\": 48  | group_size is 48",
            "\"group_size\": 32 | \"group_size\": 64  | qzeros is I32 [4, 32], but config.json asks for [I32] [2, 32]",
            "\"awq\"           | \"gptq\"             | qweight is I32 [128, 32], but config.json asks for [I32] [16, 256]",
            "\"awq\"           | \"gptq\", \"lm_head\": true            | lm_head is true; the head must be dense",
            "\"awq\"           | \"gptq\", \"dynamic\": {}              | dynamic is set; all layers",
            "\"awq\"           | \"gptq\", \"checkpoint_format\": \"marlin\" | checkpoint_format is marlin; supported",
            "\"bits\": 4       | \"bits\": 4, \"modules_to_not_convert\": [\"q_proj\"] | q_proj.weight [256, 128] is missing"})
    void whatCannotBeReadIsNamed(String was, String is, String told) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), AWQ, folder);
        Path config = folder.resolve("quantized").resolve("config.json");
        String compact = AWQ.replace(" ", "");
        String changed = compact.replace(was.replace(" ", ""), is.replace(" ", ""));
        Files.writeString(config, Files.readString(config).replace(compact, changed));
        assertRefused(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qweight", "qzeros", "scales"})
    void aMissingTensorIsNamed(String part) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), AWQ, folder);
        Path file = folder.resolve("quantized").resolve("model.safetensors");
        String name = "model.layers.0.mlp.up_proj." + part;
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, text.replace(name, name.replace("up_proj", "no_proj")),
                StandardCharsets.ISO_8859_1);
        assertRefused("tensor " + name + " ");
    }

    private void assertRefused(String told) {
        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("quantized")))
                .isInstanceOf(ModelFolderException.class).hasMessageContaining(told);
    }
}
