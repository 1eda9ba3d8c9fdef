package dev.pigou.engine.torch;

import ai.djl.ndarray.NDArray;
import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.model.QuantizedWeight;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

/** AWQ and GPTQ checkpoints give the numbers of the dense model that they stand for; what cannot be read is named. */
class QuantizedCheckpointTest {
    private static final String AWQ = "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 32}";

    private static final String GPTQ = "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, "
            + "\"desc_act\": false}";

    private static final int PROMPTS = 64;

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {AWQ,
            "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 64, \"version\": \"gemm\", "
                    + "\"zero_point\": true, \"modules_to_not_convert\": [\"k_proj\", \"layers.1.mlp\"]}",
            GPTQ, "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32, \"desc_act\": true}",
            "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": -1, \"checkpoint_format\": \"gptq_v2\"}"})
    void answersAsTheDenseModelItStandsFor(String config) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), config, folder);
        for (KernelSet kernels : TestKernels.all()) {
            List<TokenLogprobs> dense = score("dense", kernels);
            List<TokenLogprobs> quantized = score("quantized", kernels);
            assertThat(quantized).hasSameSizeAs(dense).hasSizeGreaterThan(50);
            double mean = dense.stream().mapToDouble(TokenLogprobs::logprob).average().orElseThrow();
            double error = 0;
            double spread = 0;
            for (int i = 0; i < dense.size(); i++) {
                error += Math.pow(quantized.get(i).logprob() - dense.get(i).logprob(), 2);
                spread += Math.pow(dense.get(i).logprob() - mean, 2);
            }
            // Ours round x to 8 bits beside 4-bit weights, where the processor multiplies those.
            assertThat(Math.sqrt(error / spread)).as("with %s", kernels)
                    .isLessThan(kernels.isNative() ? 0.1 : 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {AWQ, GPTQ})
    void continuesAsTheDenseModelItStandsFor(String config) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), config, folder);
        List<Integer> dense = greedy("dense", KernelSet.choose(Kernels.ATEN, TestKernels.CPU));
        assertThat(dense).hasSize(PROMPTS);
        for (KernelSet kernels : TestKernels.all()) {
            List<Integer> quantized = greedy("quantized", kernels);
            long same = IntStream.range(0, dense.size()).filter(i -> dense.get(i).equals(quantized.get(i)))
                    .count();
            assertThat(same).as("of %d tokens, with %s", dense.size(), kernels)
                    .isGreaterThanOrEqualTo(kernels.isNative() ? dense.size() * 7 / 8 : dense.size());
        }
    }

    /** The likeliest token after each of some prompts. */
    private List<Integer> greedy(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(folder.resolve(model).toAbsolutePath().toString(),
                Setup.roomy(kernels))) {
            var params = SamplingParams.builder().temperature(0).maxTokens(1).ignoreEos(true).build();
            return IntStream.range(0, PROMPTS)
                    .mapToObj(seed -> IntStream.range(0, 24).map(i -> 17 + (i + 7 * seed) * 31 % 1000)
                            .toArray())
                    .map(prompt -> engine.submit(prompt, params).await().tokens.getFirst())
                    .flatMap(List::stream).toList();
        }
    }

    /** Of a layer's matrices as bfloat16, scales and zero points included; and the server counts them so. */
    @ParameterizedTest
    @ValueSource(strings = {AWQ, GPTQ})
    void matricesTakeAThirdOfTheirMemory(String config) throws IOException {
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), config.replace("32", "64"), folder);
        TestKernels.nativeOnes();
        try (ModelFolder quantized = ModelFolder.open(folder.resolve("quantized"));
                var operators = new Operators()) {
            KeptIntegers kept = KeptIntegers.of(quantized);
            assertThat(quantized.quantizedWeights()).hasSize(2 * 7);
            quantized.quantizedWeights().forEach((name, weight) -> {
                long weights = (long) weight.out() * weight.in();
                long packed = packed(operators, weight).size();
                assertThat(packed).as(name).isEqualTo(kept.bytes(name) + 64).isLessThan(weights * 2 / 3);
            });
        }
    }

    private static NDArray packed(Operators operators, QuantizedWeight weight) {
        byte[] numbers = new byte[weight.out() * weight.in()];
        byte[] zeros = new byte[weight.out() * weight.groups()];
        weight.copyNumbers(MemorySegment.ofArray(numbers));
        weight.copyGroups(MemorySegment.ofArray(new byte[zeros.length * Float.BYTES]),
                MemorySegment.ofArray(zeros));
        return operators.call("pack_quantized", operators.bytes(numbers).reshape(weight.out(), weight.in()),
                operators.floats(weight.out(), weight.groups()),
                operators.bytes(zeros).reshape(weight.out(), weight.groups()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "\"desc_act\": false | ``                     | kept in 4 bits",
            "\"desc_act\": false | \"desc_act\": true   | 0 of 14 matrices kept in 4 bits, the others made dense",
            "\"desc_act\": false | \"modules_to_not_convert\": [\"k_proj\"] | 8 of 12 matrices kept"})
    void whatBecomesOfThemIsSaid(String was, String is, String told) throws IOException {
        String config = is.isEmpty() ? GPTQ : GPTQ.replace(was, is);
        QuantizedFolders.write(TestEngine.GOLDEN.resolve("qwen3"), config, folder);
        try (ModelFolder quantized = ModelFolder.open(folder.resolve("quantized"))) {
            KeptIntegers kept = KeptIntegers.of(quantized);
            assertThat(kept.on(TorchBackend.of(TestKernels.CPU, ModelDtype.BFLOAT16)))
                    .startsWith(TestKernels.all().size() == 1 ? "made dense, bfloat16" : told);
            var aten = new TorchBackend(TestKernels.CPU, ModelDtype.FLOAT16,
                    KernelSet.choose(Kernels.ATEN, TestKernels.CPU), Quantization.NONE);
            assertThat(kept.on(aten)).startsWith("made dense, float16, as they were loaded");
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
