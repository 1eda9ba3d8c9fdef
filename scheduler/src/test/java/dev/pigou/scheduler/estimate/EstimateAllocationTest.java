package dev.pigou.scheduler.estimate;

import com.sun.management.ThreadMXBean;
import dev.pigou.scheduler.Answers;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Estimates are asked for hundreds of sequences in each step, and a garbage collection is latency. */
final class EstimateAllocationTest {
    private static final int WINDOWS = 6;
    private static final int ROUNDS_PER_WINDOW = 20_000;

    @Test
    void learningAndPredictingStepsAllocatesNothing() {
        StepCostModel model = new StepCostModel(StepCost.llama70bOnH100(16), 4);
        StepWork work = new StepWork();
        SplittableRandom random = new SplittableRandom(1);
        expectNoAllocation(() -> {
            work.clear().addDecodes(1 + random.nextInt(40), 1 + random.nextInt(2000), 16);
            work.addPrefill(0, random.nextInt(300));
            model.observe(work, (1 + random.nextDouble()) * model.seconds(work));
            return model.secondsPerPrefillToken(100) + model.secondsPerDecodeSequence();
        });
    }

    @Test
    void learningAndPredictingLengthsAllocatesNothing() {
        LearnedOutputLengths lengths = new LearnedOutputLengths(4);
        Sequence running = Answers.produce(Answers.begin(1, Tenant.ANYBODY, 10, 4000), 100);
        Bid flex = new Bid(Tenant.ANYBODY, 1, 0, 1, Bid.NO_DEADLINE, 0, 1);
        Sequence ended = Answers.end(Answers.produce(Answers.begin(2, Tenant.ANYBODY, 10, 4000), 300),
                FinishReason.STOP);
        Sequence patient = Answers.end(Answers.produce(Answers.begin(3, flex, 10, 4000), 200),
                FinishReason.STOP);
        Residency residency = new Residency(16);
        expectNoAllocation(() -> {
            lengths.observe(ended);
            lengths.observe(patient);
            return lengths.quantileRemaining(running, 0.95)
                    + residency.expectedBlockSeconds(running, lengths, 0.03);
        });
    }

    @Test
    void guessingLengthsAllocatesNothing() {
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 500, 0.8, 3);
        Sequence running = Answers.produce(Answers.begin(1, Tenant.ANYBODY, 10, 4000), 100);
        expectNoAllocation(() -> lengths.quantileRemaining(running, 0.95) + lengths.expectedRemaining(running)
                + lengths.varianceRemaining(running));
    }

    private interface Round {
        double run();
    }

    private static void expectNoAllocation(Round round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE; // the JVM itself may allocate a little when it swaps compiled code in
        double sum = 0;
        for (int window = 0; window < WINDOWS; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS_PER_WINDOW; i++) {
                sum += round.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(sum).isFinite();
        assertThat(least).as("bytes in %d rounds", ROUNDS_PER_WINDOW).isZero();
    }
}
