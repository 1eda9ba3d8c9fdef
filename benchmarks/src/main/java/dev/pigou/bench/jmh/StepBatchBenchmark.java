package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.StepBatch;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.StepPlan;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The set-up of one decode step for the device: 64 sequences, block tables of 256 tokens, and how each is to be
 * sampled.
 */
public class StepBatchBenchmark extends CountedBenchmark {
    private static final int SEQUENCES = 64;
    private static final int CONTEXT_TOKENS = 256;
    private static final int VOCABULARY = 32_000;
    private static final int BIASED = 32;

    /** What requests ask of the sampler. */
    public enum Sampling {
        GREEDY, TOP_P, PENALTIES, BIAS
    }

    @Param
    Sampling sampling = Sampling.GREEDY;

    private final StepBatch batch = new StepBatch(ReplayedStep.BLOCK_SIZE, VOCABULARY, 25);
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private StepPlan plan;

    @Setup
    public void planStep() { plan = ReplayedStep.decode(SEQUENCES, CONTEXT_TOKENS, VOCABULARY, params()); }

    private SamplingParams params() {
        SamplingParams.Builder params = SamplingParams.builder().temperature(0.8f);
        return switch (sampling) {
            case GREEDY -> params.temperature(0).build();
            case TOP_P -> params.topP(0.9f).topK(40).build();
            case PENALTIES -> params.repetitionPenalty(1.1f).presencePenalty(0.1f).build();
            case BIAS -> params.logitBias(IntStream.range(0, BIASED).toArray(), new float[BIASED]).build();
        };
    }

    @Benchmark
    public long[] pack() {
        batch.pack(plan);
        return batch.counts();
    }
}
