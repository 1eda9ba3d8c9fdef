package dev.pigou.engine.torch;

import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.torch.GoldenModels.Case;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Every golden model continues every prompt exactly as the float64 reference does, however its steps are cut. */
class GoldenModelTest {
    private static final int TOP = 10;

    /** Every model, with PyTorch's kernels and with ours. */
    static Stream<Arguments> models() {
        return TestKernels.all().stream()
                .flatMap(kernels -> GoldenModels.names().stream().map(model -> Arguments.of(model, kernels)));
    }

    private static SamplingParams greedy(Case golden) {
        return SamplingParams.builder().temperature(0).ignoreEos(true).maxTokens(golden.ids().length)
                .logprobs(TOP).build();
    }

    private static void assertGolden(String model, Case golden, RecordingSink sink) {
        assertThat(sink.tokens.getFirst()).as("%s, prompt of %d tokens", model, golden.prompt().length)
                .containsExactly(box(golden.ids()));
        TokenLogprobs first = sink.logprobs.getFirst().getFirst();
        for (int i = 0; i < TOP; i++) {
            var likely = golden.likelyFirst().get(i);
            assertThat(first.topTokens()[i]).isEqualTo(likely.id());
            assertThat((double) first.topLogprobs()[i]).isCloseTo(likely.logprob(), within(1e-3));
        }
    }

    private static Integer[] box(int[] ids) { return Arrays.stream(ids).boxed().toArray(Integer[]::new); }

    @ParameterizedTest
    @MethodSource("models")
    void onePromptAtATime(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(model, Setup.roomy(kernels).withoutPrefixCaching())) {
            for (Case golden : GoldenModels.cases(model)) {
                assertGolden(model, golden, engine.submit(golden.prompt(), greedy(golden)).await());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void thirtyTwoRequestsTogether(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(model, Setup.roomy(kernels).withoutPrefixCaching())) {
            assertTogether(model, engine, 32);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void chunksOfAwkwardSizes(String model, KernelSet kernels) {
        for (int budget : new int[]{7, 33, 129}) {
            try (var engine = TestEngine.load(model,
                    Setup.roomy(kernels).withBatch(6, budget).withoutPrefixCaching())) {
                assertTogether(model, engine, 7);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void blocksOfAnySize(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(model,
                Setup.roomy(kernels).withBlocks(5, 4096).withBatch(8, 100))) {
            assertTogether(model, engine, 7);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void prefixHits(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(model, Setup.roomy(kernels))) {
            assertTogether(model, engine, 7);
            int found = 0;
            for (Case golden : GoldenModels.cases(model)) {
                var sink = engine.submit(golden.prompt(), greedy(golden)).await();
                assertGolden(model, golden, sink);
                found += sink.cachedTokens.getFirst();
                assertThat(sink.cachedTokens.getFirst()).isEqualTo((golden.prompt().length - 1) / 16 * 16);
            }
            assertThat(found).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void forcedPreemption(String model, KernelSet kernels) {
        var longest = GoldenModels.cases(model).stream().mapToInt(c -> c.prompt().length + c.ids().length)
                .max();
        int blocks = longest.orElseThrow() / 16 + 2;
        try (var engine = TestEngine.load(model,
                Setup.roomy(kernels).withBlocks(16, blocks).withBatch(16, 256))) {
            assertTogether(model, engine, 14);
            engine.engine.drain(Duration.ofSeconds(10)); // the snapshot follows the last answer
            assertThat(engine.engine.snapshot().preemptions()).isPositive();
            assertThat(engine.engine.snapshot().usedBlocks()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void stepsPlannedWhileTheOneBeforeIsComputed(String model, KernelSet kernels) {
        var longest = GoldenModels.cases(model).stream().mapToInt(c -> c.prompt().length + c.ids().length)
                .max();
        int blocks = longest.orElseThrow() / 16 + 2;
        Setup roomy = Setup.roomy(kernels).planningAhead(true);
        try (var engine = TestEngine.load(model, roomy)) {
            assertTogether(model, engine, 32);
        }
        try (var engine = TestEngine.load(model, roomy.withBlocks(16, blocks).withBatch(16, 256))) {
            assertTogether(model, engine, 14);
            engine.engine.drain(Duration.ofSeconds(10));
            assertThat(engine.engine.snapshot().preemptions()).isPositive();
            assertThat(engine.engine.snapshot().usedBlocks()).isZero();
        }
    }

    /** In bfloat16 the reference may be left only where its best two tokens were close. */
    @ParameterizedTest
    @MethodSource("models")
    void bfloat16PartsOnlyWhereTheReferenceHesitates(String model, KernelSet kernels) {
        try (var engine = TestEngine.load(model, Setup.roomy(kernels).withDtype(ModelDtype.BFLOAT16))) {
            for (Case golden : GoldenModels.cases(model)) {
                var ids = engine.submit(golden.prompt(), greedy(golden)).await().tokens.getFirst();
                for (int step = 0; step < golden.ids().length; step++) {
                    if (ids.get(step) != golden.ids()[step]) {
                        assertThat(golden.margins()[step]).as("%s step %d", model, step).isLessThan(0.5);
                        break;
                    }
                }
            }
        }
    }

    private static void assertTogether(String model, TestEngine engine, int requests) {
        List<Case> cases = GoldenModels.cases(model);
        var sinks = new ArrayList<RecordingSink>();
        for (int i = 0; i < requests; i++) {
            Case golden = cases.get(i % cases.size());
            sinks.add(engine.submit(golden.prompt(), greedy(golden)));
        }
        for (int i = 0; i < requests; i++) {
            assertGolden(model, cases.get(i % cases.size()), sinks.get(i).await());
        }
    }
}
