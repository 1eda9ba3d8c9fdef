package dev.pigou.engine.torch;

import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.torch.GoldenModels.Case;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever asks for whatever gets the same, whether steps are planned while the one before is computed or not. */
class AsyncSchedulingTest {
    private static final String MODEL = "llama-f32";
    private static final int TOKENS = 40;

    static List<KernelSet> kernels() { return TestKernels.all(); }

    /** Draws are from few tokens: among all of them rounding, which depends on the batch, decides one draw in hundreds. */
    private static List<SamplingParams> wishes() {
        return List.of(params().temperature(0).build(), params().temperature(0).logprobs(3).build(),
                params().temperature(1).topK(3).seed(7).build(),
                params().temperature(1.3f).topK(5).seed(9).logprobs(2).build(),
                params().temperature(0).repetitionPenalty(1.3f).build(),
                params().temperature(1).topK(3).seed(10).presencePenalty(0.5f).frequencyPenalty(0.7f).build(),
                params().temperature(0).maxTokens(1).promptLogprobs(2).build(),
                params().temperature(0).maxTokens(0).promptLogprobs(1).build());
    }

    private static SamplingParams.Builder params() {
        return SamplingParams.builder().ignoreEos(true).maxTokens(TOKENS);
    }

    /** Few seats and blocks, so that batches change and some are preempted. */
    private static List<RecordingSink> answers(KernelSet kernels, boolean ahead) {
        try (var engine = TestEngine.load(MODEL,
                Setup.roomy(kernels).withBlocks(16, 64).withBatch(6, 64).planningAhead(ahead))) {
            var sinks = new ArrayList<RecordingSink>();
            for (Case golden : GoldenModels.cases(MODEL)) {
                for (SamplingParams wish : wishes()) {
                    sinks.add(engine.submit(golden.prompt(), wish));
                }
                sinks.add(
                        engine.submit(golden.prompt(), params().temperature(1).topK(3).seed(11).build(), 3));
            }
            sinks.forEach(RecordingSink::await);
            return sinks;
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyAnswerIsTheSame(KernelSet kernels) {
        List<RecordingSink> expected = answers(kernels, false);
        List<RecordingSink> found = answers(kernels, true);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).tokens).as("request %d", i).isEqualTo(expected.get(i).tokens);
            assertThat(found.get(i).reasons).as("request %d", i).isEqualTo(expected.get(i).reasons);
            assertThat(ids(found.get(i))).as("request %d", i).isEqualTo(ids(expected.get(i)));
        }
    }

    private static List<Integer> ids(RecordingSink sink) {
        return Stream.concat(sink.logprobs.getFirst().stream(), sink.promptLogprobs.stream())
                .map(TokenLogprobs::token).toList();
    }
}
