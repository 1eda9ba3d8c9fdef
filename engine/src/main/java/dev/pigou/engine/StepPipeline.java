package dev.pigou.engine;

import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.StepPlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps: has the scheduler plan them, the device execute them, and the scheduler take in what came out. If told to, it
 * plans each step while the device executes the one before, so that the device need not wait for a plan. Owned by the engine
 * thread.
 */
final class StepPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StepPipeline.class);

    /** Who hears what came of each step, before the scheduler does. */
    interface Listener {
        /** It was executed, and its tokens are about to be taken in. */
        void onExecuted(StepPlan plan, StepOutput output, long nowNanos);

        /** It failed, and its sequences are about to end. */
        void onFailing(DeviceFailure failure, Throwable thrown, long nowNanos);

        /** Its sequences have ended. */
        void onFailed(DeviceFailure failure, Throwable thrown);
    }

    private final Scheduler scheduler;
    private final ModelRunner runner;
    private final StepExecutor executor;
    private final Listener listener;
    private final boolean ahead;
    private final DeviceStep one;
    private final DeviceStep other;
    private final StepLimit limit;
    /** Begun, and launched as far as the scheduler knows. */
    private @Nullable DeviceStep inFlight;
    private long steps;
    private long deviceNanos;

    /** @param ahead whether steps are planned while the one before is executed */
    StepPipeline(Scheduler scheduler, ModelRunner runner, StepBatch batch, boolean ahead, Listener listener) {
        this.scheduler = scheduler;
        this.runner = runner;
        this.ahead = ahead;
        this.listener = listener;
        executor = ahead ? new StepExecutor.OnItsOwnThread(runner) : new StepExecutor.Direct(runner);
        one = new DeviceStep(batch);
        other = new DeviceStep(batch.another());
        limit = new StepLimit(scheduler.view().config().maxNumBatchedTokens());
    }

    /** Steps executed. */
    long steps() { return steps; }

    /** How long the device took for them. */
    long deviceNanos() { return deviceNanos; }

    /** True if a step has been begun whose outcome has not been taken in. */
    boolean isInFlight() {
        return inFlight != null;
    }

    /**
     * Brings one step to its end.
     *
     * @return false if there was nothing to plan
     */
    boolean step(long nowNanos) {
        DeviceStep step = inFlight;
        if (step == null) {
            step = begin(null, nowNanos);
            if (step == null) {
                return false;
            }
            launched(step);
        }
        DeviceStep next = ahead && !step.mustLandFirst() ? begin(step, nowNanos) : null;
        executor.await(step);
        inFlight = null;
        if (step.thrown() == null) {
            land(step);
            if (next != null) {
                launched(next);
            }
        } else {
            if (next != null) {
                executor.await(next); // it is not executed
                scheduler.retract(next.plan());
            }
            failed(step.plan(), step.thrown());
        }
        return true;
    }

    /** Null if the plan is empty. */
    private @Nullable DeviceStep begin(@Nullable DeviceStep before, long nowNanos) {
        StepPlan plan = scheduler.plan(limit.tokens(), nowNanos);
        if (plan.size() == 0) {
            return null;
        }
        DeviceStep step = before == one ? other : one;
        step.pack(plan, before);
        executor.begin(step);
        return step;
    }

    private void launched(DeviceStep step) {
        scheduler.launched(step.plan());
        inFlight = step;
    }

    private void land(DeviceStep step) {
        steps++;
        deviceNanos += step.deviceNanos();
        limit.stepped();
        long nowNanos = System.nanoTime(); // the tokens are there now, not when the step was planned
        listener.onExecuted(step.plan(), step.output(), nowNanos);
        scheduler.apply(step.plan(), step.output(), nowNanos);
    }

    private void failed(StepPlan plan, Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        DeviceFailure what = thrown instanceof DeviceException device ? device.failure() : DeviceFailure.STEP;
        if (what == DeviceFailure.OUT_OF_MEMORY && limit.shrink(plan.totalTokens())) {
            LOG.warn("No memory for a step of {} tokens of {} sequences; the next is of {} at most. {}",
                    plan.totalTokens(), plan.size(), limit.tokens(), thrown.getMessage());
            scheduler.retract(plan);
            runner.releaseCachedMemory();
            return;
        }
        LOG.error("A step of {} sequences failed; they end with an error", plan.size(), thrown);
        long nowNanos = System.nanoTime();
        listener.onFailing(what, thrown, nowNanos);
        scheduler.fail(plan, nowNanos);
        listener.onFailed(what, thrown);
    }

    /** Waits for what is in flight, whose outcome nobody wants any more. */
    @Override
    public void close() { executor.close(); }
}
