package dev.pigou.engine.demo;

import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.Submission;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.cli.EngineAssembly;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.torch.KernelSet;
import dev.pigou.engine.torch.Kernels;
import dev.pigou.engine.torch.Quantization;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import dev.pigou.scheduler.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What fewer bits cost the bundled model, on the held-out questions that it is evaluated with. */
class QuantizationTest {
    private static final Path MODEL = Path.of("models/pigou-demo");
    private static final TorchDevice CPU = TorchDevice.named("cpu");
    private static final List<Question> QUESTIONS = Evaluation.draw(3, 16).questions();

    private static TorchBackend backend(ModelDtype dtype, Quantization quantization) {
        KernelSet kernels = KernelSet.choose(Kernels.AUTO, CPU);
        Assumptions.assumeTrue(kernels.isNative(), () -> "in use are " + kernels);
        return new TorchBackend(CPU, dtype, kernels, quantization);
    }

    /** Perplexity of the right answers, by token; and how many questions are answered rightly. */
    private record Quality(double perplexity, int right) {
        static Quality of(TorchBackend backend) {
            var config = new EngineConfig(OptionalInt.empty(), 64, 2048, 4096, 16, OptionalLong.of(64 << 20),
                    true);
            try (ModelFolder folder = ModelFolder.open(MODEL);
                    Engine engine = EngineAssembly.assemble(folder, backend, config, List.of(), _ -> {})
                            .engine()) {
                return new Quality(perplexity(engine), right(engine));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private static double perplexity(Engine engine) {
            var sinks = new ArrayList<RecordingSink>();
            for (Question question : QUESTIONS) {
                int[] prompt = ChatTokens.prompt(question.text());
                int[] answer = ByteVocabulary.encode(question.answer());
                int[] text = Arrays.copyOf(prompt, prompt.length + answer.length + 1);
                System.arraycopy(answer, 0, text, prompt.length, answer.length);
                text[text.length - 1] = ByteVocabulary.END;
                sinks.add(submit(engine, text,
                        SamplingParams.builder().temperature(0).maxTokens(0).promptLogprobs(0).build()));
            }
            var logprobs = new ArrayList<TokenLogprobs>();
            for (int i = 0; i < sinks.size(); i++) {
                var scored = sinks.get(i).await().promptLogprobs; // of all tokens but the first
                int asked = ChatTokens.prompt(QUESTIONS.get(i).text()).length;
                logprobs.addAll(scored.subList(asked - 1, scored.size()));
            }
            assertThat(logprobs).hasSizeGreaterThan(1000);
            return Math.exp(-logprobs.stream().mapToDouble(TokenLogprobs::logprob).average().orElseThrow());
        }

        private static int right(Engine engine) {
            var greedy = SamplingParams.builder().temperature(0).maxTokens(64)
                    .stopTokenIds(ByteVocabulary.END).build();
            var sinks = new ArrayList<RecordingSink>();
            for (Question question : QUESTIONS) {
                sinks.add(submit(engine, ChatTokens.prompt(question.text()), greedy));
            }
            int right = 0;
            for (int i = 0; i < sinks.size(); i++) {
                int[] answer = sinks.get(i).await().tokens.getFirst().stream().mapToInt(Integer::intValue)
                        .toArray();
                right += ByteVocabulary.decode(answer).equals(QUESTIONS.get(i).answer()) ? 1 : 0;
            }
            return right;
        }

        private static RecordingSink submit(Engine engine, int[] prompt, SamplingParams params) {
            var sink = new RecordingSink(1);
            assertThat(engine.submit(new GenerateRequest("test", prompt, params, 1, 0), sink))
                    .isInstanceOf(Submission.Accepted.class);
            return sink;
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, INT8, 1.01", "BFLOAT16, INT8, 1.01", "FLOAT32, INT4, 1.05", "BFLOAT16, INT4, 1.05"})
    void fewerBitsCostLittle(ModelDtype dtype, Quantization quantization, double most) {
        Quality whole = Quality.of(backend(dtype, Quantization.NONE));
        Quality quantised = Quality.of(backend(dtype, quantization));
        System.out.printf("%s %s: perplexity %.4f, was %.4f; right %d, was %d of %d%n", dtype, quantization,
                quantised.perplexity(), whole.perplexity(), quantised.right(), whole.right(),
                QUESTIONS.size());
        assertThat(quantised.perplexity()).isLessThan(most * whole.perplexity());
        assertThat(quantised.right()).isGreaterThan(QUESTIONS.size() / 2);
    }

    @Test
    void pyTorchsOwnKernelsDoNotReadThem() {
        assertThatThrownBy(() -> new TorchBackend(CPU, ModelDtype.BFLOAT16,
                KernelSet.choose(Kernels.ATEN, CPU), Quantization.INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--quantization needs native kernels");
    }
}
