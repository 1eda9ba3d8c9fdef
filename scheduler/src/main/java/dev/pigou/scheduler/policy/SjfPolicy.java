package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.estimate.OutputLengths;

/**
 * Shortest job first, by the predicted length of the answer: what learning to rank aims at (Fu et al., arXiv 2408.15792),
 * and its ideal where lengths are known. The prediction is made once, when a sequence comes.
 */
public final class SjfPolicy implements SchedulingPolicy {
    private final OutputLengths lengths;

    public SjfPolicy(OutputLengths lengths) { this.lengths = lengths; }

    @Override
    public String name() { return "sjf"; }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) { return Arrival.compareRanked(a, b); }

    @Override
    public boolean changesWithTime() { return false; }

    @Override
    public void added(Sequence sequence, long nowNanos) {
        sequence.rank(lengths.expectedRemaining(sequence));
    }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return Admission.ADMIT_IF_IT_FITS;
    }

    @Override
    public void ended(Sequence sequence, long nowNanos) { lengths.observe(sequence); }
}
