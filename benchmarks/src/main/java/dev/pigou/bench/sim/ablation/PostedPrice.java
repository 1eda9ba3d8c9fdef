package dev.pigou.bench.sim.ablation;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A price alone, and no order by worth: whoever gains by it what memory costs him comes in, first come, first served. How
 * much a price knows shows when the one of the moment is replaced by its mean, or by chance.
 */
public final class PostedPrice extends PriceVariant {
    private static final long REDRAWN_EVERY_NANOS = 1_000_000_000;

    private final Course course;
    private double creditsPerBlockSecond;

    /** The price of memory over time. Asked once for each step. */
    interface Course {
        /** Credits a block-second; at least 0. */
        double at(long nowNanos);
    }

    private PostedPrice(PricePolicy price, Course course) {
        super(price);
        this.course = course;
    }

    /** The policy's own price of the moment. */
    public static PostedPrice live(PricePolicy price) {
        return new PostedPrice(price, _ -> price.blockPriceNano() / 1e9);
    }

    /** The same price at all times. */
    public static PostedPrice frozen(PricePolicy price, double creditsPerBlockSecond) {
        return new PostedPrice(price, _ -> creditsPerBlockSecond);
    }

    /** A price drawn each second from an exponential law. */
    public static PostedPrice random(PricePolicy price, double meanCredits, long seed) {
        return new PostedPrice(price, nowNanos -> {
            var draw = new SplittableRandom(seed * 1_000_003 + nowNanos / REDRAWN_EVERY_NANOS);
            return -Math.log(1 - draw.nextDouble()) * meanCredits;
        });
    }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        boolean running = a.state() == SequenceState.RUNNING && b.state() == SequenceState.RUNNING;
        return running ? super.compare(a, b, nowNanos) : Arrival.compareRanked(a, b);
    }

    @Override
    public boolean changesWithTime() { return true; }

    @Override
    public void added(Sequence sequence, long nowNanos) {
        super.added(sequence, nowNanos);
        rank(sequence, nowNanos);
    }

    @Override
    public void preempted(Sequence sequence, long nowNanos) {
        super.preempted(sequence, nowNanos);
        rank(sequence, nowNanos);
    }

    @Override
    public void beginStep(SchedulerView view, long nowNanos) {
        super.beginStep(view, nowNanos);
        creditsPerBlockSecond = course.at(nowNanos);
        for (int i = 0; i < view.waitingCount(); i++) {
            rank(view.waiting(i), nowNanos);
        }
    }

    /** First, in order of arrival, those to whom it is worth its price, and who were in before. */
    private void rank(Sequence waiting, long nowNanos) {
        boolean gains = waiting.preemptions() > 0
                || waiting.value(nowNanos) >= creditsPerBlockSecond * waiting.footprint();
        waiting.rank(gains ? 0 : 1);
    }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        return sequence.rank() == 0 ? Admission.ADMIT_IF_IT_FITS : Admission.STOP;
    }

    @Override
    public @Nullable Sequence turnAway(SchedulerView view, long nowNanos) { return null; }

    @Override
    public @Nullable Sequence makeWay(SchedulerView view, long nowNanos) { return null; }
}
