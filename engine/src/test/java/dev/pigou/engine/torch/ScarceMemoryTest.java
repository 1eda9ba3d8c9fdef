package dev.pigou.engine.torch;

import dev.pigou.engine.DeviceException;
import dev.pigou.engine.DeviceFailure;
import dev.pigou.engine.ModelRunner;
import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.StepOutput;
import dev.pigou.engine.torch.GoldenModels.Case;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A device that finds memory for small steps only, and that not always: what is answered stays the same. */
class ScarceMemoryTest {
    private static final String MODEL = "llama-f32";

    /** Computes what is too large as well, so that the pool holds what a step left that died half-way. */
    private record Scarce(ModelRunner runner, AtomicInteger failures,
            AtomicInteger steps) implements ModelRunner {
        private static final int MOST_TOKENS = 24;

        @Override
        public int vocabSize() { return runner.vocabSize(); }

        @Override
        public void execute(StepBatch batch, StepOutput output) {
            runner.execute(batch, output);
            boolean unlucky = steps.incrementAndGet() % 5 == 0 && batch.counts()[0] > 1;
            if (batch.counts()[0] > MOST_TOKENS || unlucky) {
                failures.incrementAndGet();
                throw new DeviceException("planned: no memory", DeviceFailure.OUT_OF_MEMORY,
                        new IllegalStateException());
            }
        }

        @Override
        public void releaseCachedMemory() { runner.releaseCachedMemory(); }

        @Override
        public void close() { runner.close(); }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepsInSmallerPiecesGiveTheSameTokens(boolean ahead) {
        var failures = new AtomicInteger();
        List<Case> cases = GoldenModels.cases(MODEL);
        try (var engine = TestEngine.load(MODEL,
                Setup.roomy(TestKernels.all().getFirst()).planningAhead(ahead),
                runner -> new Scarce(runner, failures, new AtomicInteger()))) {
            List<RecordingSink> sinks = cases.stream()
                    .map(golden -> engine.submit(golden.prompt(), SamplingParams.builder().temperature(0)
                            .ignoreEos(true).maxTokens(golden.ids().length).build()))
                    .toList();
            for (int i = 0; i < cases.size(); i++) {
                assertThat(sinks.get(i).await().tokens.getFirst())
                        .containsExactly(Arrays.stream(cases.get(i).ids()).boxed().toArray(Integer[]::new));
            }
        }
        assertThat(failures).hasValueGreaterThan(3);
    }
}
