package dev.pigou.bench.sim;

import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.StepResult;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.estimate.StepWork;

/**
 * A device that takes as long as the cost model says and ends each answer exactly where its request says. Owned by the
 * simulation's thread.
 */
final class SimulatedDevice implements StepResult {
    /** Unlike any token of a prompt's answer, which are at least 0. */
    static final int EOS = -1;

    private final StepCost cost;
    private final Jitter jitter;
    private final Roster roster;
    private final int blockSize;
    private final StepWork work = new StepWork();
    private final int[] tokens;
    private int recomputedTokens;

    SimulatedDevice(StepCost cost, Jitter jitter, Roster roster, int blockSize, int maxChunks) {
        this.cost = cost;
        this.jitter = jitter;
        this.roster = roster;
        this.blockSize = blockSize;
        tokens = new int[maxChunks];
    }

    /** Returns how long the step takes; at least 1 ns. */
    long executeNanos(StepPlan plan) {
        recomputedTokens = 0;
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            produce(roster.of(plan.sequence(chunk)), plan, chunk);
        }
        double seconds = jitter.disturbed(cost.seconds(work.set(plan, blockSize)));
        return Math.max(1, Math.round(seconds * 1e9));
    }

    private void produce(InFlight inFlight, StepPlan plan, int chunk) {
        int to = plan.to(chunk);
        recomputedTokens += Math.max(0, Math.min(to, inFlight.furthestComputed) - plan.from(chunk));
        inFlight.furthestComputed = Math.max(to, inFlight.furthestComputed);
        Sequence sequence = inFlight.sequence;
        boolean last = sequence.outputLength() + 1 == inFlight.request.outputTokens();
        tokens[chunk] = last ? EOS : inFlight.request.prompt().answerToken(sequence.length());
    }

    /** Positions of the latest step that had been computed before. */
    int recomputedTokens() {
        return recomputedTokens;
    }

    @Override
    public int token(int chunk) { return tokens[chunk]; }

    @Override
    public boolean failed(int chunk) { return false; }
}
