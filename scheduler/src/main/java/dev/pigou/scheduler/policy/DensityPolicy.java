package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.estimate.OutputLengths;
import dev.pigou.scheduler.estimate.Residency;
import dev.pigou.scheduler.estimate.StepCostModel;

/**
 * Highest value a block-second first, and nothing else: no price, no look-ahead, no preemption for the sake of others. The
 * rival that any gain of a price has to be shown against, for the order alone gives most of it.
 */
public final class DensityPolicy implements SchedulingPolicy {
    private static final long RANKED_EVERY_NANOS = 100_000_000;

    private final OutputLengths lengths;
    private final StepCostModel cost;
    private final Residency residency;
    private long rankedNanos = Long.MIN_VALUE;
    private boolean reranked;

    /**
     * @param cost for the ratio of computing a prompt to producing an answer
     * @param blockSize tokens in a KV block
     */
    public DensityPolicy(OutputLengths lengths, StepCostModel cost, int blockSize) {
        this.lengths = lengths;
        this.cost = cost;
        residency = new Residency(blockSize);
    }

    @Override
    public String name() { return "density"; }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) { return Arrival.compareRanked(a, b); }

    @Override
    public boolean changesWithTime() { return reranked; }

    @Override
    public void added(Sequence sequence, long nowNanos) {
        double prefillSeconds = sequence.length() * cost.secondsPerPrefillToken(0.5 * sequence.length());
        sequence.footprint(residency.expectedBlockSecondsWaiting(sequence, lengths,
                prefillSeconds + cost.baseSeconds(), cost.baseSeconds()));
        rank(sequence, nowNanos);
    }

    @Override
    public void beginStep(SchedulerView view, long nowNanos) {
        reranked = rankedNanos == Long.MIN_VALUE || nowNanos - rankedNanos >= RANKED_EVERY_NANOS;
        if (reranked) {
            rankedNanos = nowNanos;
            for (int i = 0; i < view.waitingCount(); i++) {
                rank(view.waiting(i), nowNanos);
            }
        }
    }

    private static void rank(Sequence sequence, long nowNanos) {
        sequence.rank(-sequence.value(nowNanos) / sequence.footprint());
    }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return Admission.ADMIT_IF_IT_FITS;
    }

    @Override
    public void ended(Sequence sequence, long nowNanos) { lengths.observe(sequence); }
}
