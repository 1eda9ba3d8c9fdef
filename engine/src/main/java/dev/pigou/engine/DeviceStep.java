package dev.pigou.engine;

import dev.pigou.scheduler.StepPlan;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step on its way to the device and back: its plan, packed for the device, and what came of it. Reused. The engine thread
 * packs it and reads it once it {@link #isDone}; in between it belongs to whoever executes it.
 */
final class DeviceStep {
    private final StepBatch batch;
    private final StepOutput output;
    private @Nullable StepPlan plan;
    private @Nullable DeviceStep before;
    private @Nullable Throwable thrown;
    private long deviceNanos;
    private volatile boolean done;

    DeviceStep(StepBatch batch) {
        this.batch = batch;
        output = new StepOutput(batch);
    }

    /** @param stepBefore which is executed first, and whose tokens the plan may await; null if it awaits none */
    void pack(StepPlan newPlan, @Nullable DeviceStep stepBefore) {
        plan = newPlan;
        before = stepBefore;
        thrown = null;
        done = false;
        try {
            batch.pack(newPlan, stepBefore == null ? null : stepBefore.batch);
        } catch (RuntimeException e) {
            thrown = e;
        }
    }

    /** Runs it, unless the step before failed. To be called once after each {@link #pack}. */
    void execute(ModelRunner runner) {
        try {
            if (thrown == null && (before == null || before.thrown == null)) {
                if (before != null) {
                    batch.fillIn(before.output);
                }
                long begin = System.nanoTime();
                runner.execute(batch, output);
                deviceNanos = System.nanoTime() - begin;
            }
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        done = true;
    }

    /** Safe from any thread. */
    boolean isDone() { return done; }

    StepPlan plan() { return Objects.requireNonNull(plan); }

    /** What came of it if nothing was {@link #thrown}. */
    StepOutput output() { return output; }

    /** Null if it was executed, or not begun because the step before failed. */
    @Nullable
    Throwable thrown() { return thrown; }

    /** How long the device took. */
    long deviceNanos() { return deviceNanos; }

    /** True if the next step can only be packed once the tokens of this one are known. */
    boolean mustLandFirst() {
        return batch.isPenalised();
    }
}
