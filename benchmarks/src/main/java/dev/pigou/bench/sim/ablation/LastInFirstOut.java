package dev.pigou.bench.sim.ablation;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Preempts as vLLM does: nobody for the sake of those who wait, and where memory is short whoever was let in last. A
 * watermark, a share of memory that stays free when somebody is let in, is its guard against that.
 */
public final class LastInFirstOut extends PriceVariant {
    private final double watermark;
    private final Map<Long, Long> turns = new HashMap<>();
    private long turn;

    /** @param watermark share of all blocks, in [0, 1) */
    public LastInFirstOut(PricePolicy price, double watermark) {
        super(price);
        if (!(watermark >= 0 && watermark < 1)) {
            throw new IllegalArgumentException("a watermark must be in 0 to 1, but is " + watermark);
        }
        this.watermark = watermark;
    }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        boolean running = a.state() == SequenceState.RUNNING && b.state() == SequenceState.RUNNING;
        return running ? Long.compare(turnOf(a), turnOf(b)) : super.compare(a, b, nowNanos);
    }

    private long turnOf(Sequence running) { return turns.getOrDefault(running.id(), Long.MAX_VALUE); }

    @Override
    public @Nullable Sequence makeWay(SchedulerView view, long nowNanos) { return null; }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        int left = view.kvCache().availableBlocks() - view.kvCache().blocksFor(sequence.length() + 1);
        boolean isKeptFree = left < watermark * view.kvCache().totalBlocks();
        return isKeptFree && view.runningCount() > 0
                ? Admission.PASS
                : super.admission(sequence, view, nowNanos);
    }

    @Override
    public void admitted(Sequence sequence, long nowNanos) {
        turns.put(sequence.id(), turn++);
        super.admitted(sequence, nowNanos);
    }

    @Override
    public void ended(Sequence sequence, long nowNanos) {
        turns.remove(sequence.id());
        super.ended(sequence, nowNanos);
    }
}
