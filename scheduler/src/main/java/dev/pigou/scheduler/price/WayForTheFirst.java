package dev.pigou.scheduler.price;

import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whom to preempt so that the first of those who wait can start: those whose preemption destroys least for each block it
 * frees, and only if the first gains more than {@link PriceConfig#preemptionMargin} times what all of them seem to lose. With
 * equal values that is who has computed least for his blocks; who is nearly done is safe, for little time is left to gain.
 * Owned by the scheduler's thread.
 */
final class WayForTheFirst {
    private final PriceConfig config;
    private final Valuation valuation;
    private @Nullable Sequence[] victims = new @Nullable Sequence[16];
    private int size;

    WayForTheFirst(PriceConfig config, Valuation valuation) {
        this.config = config;
        this.valuation = valuation;
    }

    /** The next victim of the plan made last, or null. */
    @Nullable
    Sequence next() {
        while (size > 0) {
            Sequence victim = victims[--size];
            victims[size] = null;
            if (victim != null && victim.state() == SequenceState.RUNNING) {
                return victim;
            }
        }
        return null;
    }

    /**
     * Makes a plan, which may be empty.
     *
     * @param first of those who wait
     * @param missingBlocks for it to start
     * @param gain credits that its start is worth
     */
    void plan(Sequence first, int missingBlocks, double gain, double secondPrice, SchedulerView view,
            long nowNanos) {
        size = 0;
        int freed = 0;
        double lost = 0;
        while (freed < missingBlocks) {
            Sequence victim = cheapest(secondPrice, view, nowNanos);
            if (victim == null) {
                size = 0;
                return;
            }
            lost += valuation.lossByPreemption(victim, secondPrice, nowNanos);
            if (!(FirstOrderCondition.net(gain, config.preemptionMargin() * lost) > 0)
                    || victim.id() == first.id()) {
                size = 0;
                return;
            }
            freed += victim.blocks().size();
            add(victim);
        }
    }

    private void add(Sequence victim) {
        if (size == victims.length) {
            victims = Arrays.copyOf(victims, 2 * size);
        }
        victims[size++] = victim;
    }

    /** By loss a block, among those who may be preempted and are not in the plan. */
    private @Nullable Sequence cheapest(double secondPrice, SchedulerView view, long nowNanos) {
        Sequence cheapest = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < view.runningCount(); i++) {
            Sequence running = view.running(i);
            double loss = valuation.lossByPreemption(running, secondPrice, nowNanos)
                    / Math.max(1, running.blocks().size());
            if (loss < least && mayBePreempted(running) && !isPlanned(running)) {
                cheapest = running;
                least = loss;
            }
        }
        return cheapest;
    }

    private boolean mayBePreempted(Sequence running) {
        double left = valuation.expectedRemaining(running) * valuation.secondsPerToken();
        return running.preemptions() < config.mostPreemptions()
                && left > 2 * valuation.prefillSeconds(running.computedTokens());
    }

    private boolean isPlanned(Sequence running) {
        for (int i = 0; i < size; i++) {
            if (victims[i] == running) {
                return true;
            }
        }
        return false;
    }
}
