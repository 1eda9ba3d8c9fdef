package dev.pigou.scheduler;

import com.sun.management.ThreadMXBean;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

final class SchedulerAllocationTest {
    private static final int RUNNING = 64;
    private static final int BLOCKS = RUNNING * 80;
    private static final int WARM_UP_STEPS = 400;
    private static final int WINDOWS = 5;
    /** Long enough that each sequence fills several blocks. */
    private static final int STEPS_PER_WINDOW = 100;

    /** A garbage collection in the middle of a step is latency that every running request pays. */
    @ParameterizedTest(name = "planned ahead: {0}")
    @ValueSource(booleans = {false, true})
    void aStepOfRunningSequencesAllocatesNothing(boolean ahead) {
        Scheduler scheduler = busyScheduler();
        StepResult result = new ConstantResult();
        run(scheduler, result, WARM_UP_STEPS, ahead);
        long least = Long.MAX_VALUE; // the JVM itself may allocate a little when it swaps compiled code in
        for (int window = 0; window < WINDOWS; window++) {
            least = Math.min(least, bytesAllocated(scheduler, result, ahead));
        }
        assertThat(scheduler.runningCount()).isEqualTo(RUNNING);
        assertThat(least).as("bytes in %d steps", STEPS_PER_WINDOW).isZero();
    }

    private static long bytesAllocated(Scheduler scheduler, StepResult result, boolean ahead) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        run(scheduler, result, STEPS_PER_WINDOW, ahead);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void run(Scheduler scheduler, StepResult result, int steps, boolean ahead) {
        StepPlan plan = scheduler.plan(0);
        for (int step = 1; step < steps; step++) {
            if (ahead) {
                scheduler.launched(plan);
                StepPlan next = scheduler.plan(step);
                scheduler.apply(plan, result, step);
                plan = next;
            } else {
                scheduler.apply(plan, result, step);
                plan = scheduler.plan(step);
            }
        }
        scheduler.apply(plan, result, steps);
    }

    private static Scheduler busyScheduler() {
        Scheduler scheduler = new Scheduler(new SchedulerConfig(RUNNING, 512, 1200, new int[]{2}),
                new FcfsPolicy(), new KvCacheManager(BLOCKS, 16, true, new LruRetention(BLOCKS)));
        SamplingParams params = SamplingParams.builder().maxTokens(1000).build();
        for (int id = 0; id < 3 * RUNNING; id++) {
            int first = id;
            int[] prompt = IntStream.range(0, 40).map(i -> first + i).toArray();
            scheduler.add(new Sequence(id, prompt, params, 0, id, new Silent()), 0);
        }
        return scheduler;
    }

    private static final class ConstantResult implements StepResult {
        @Override
        public int token(int chunk) { return 7; }

        @Override
        public boolean failed(int chunk) { return false; }
    }

    private static final class Silent implements SequenceListener {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) {
            // nobody listens
        }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) {
            // nobody listens
        }
    }
}
