package dev.pigou.scheduler.price;

import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;

/** Tells what a request would cost before it is sent. Owned by the scheduler's thread; allocates only the quote. */
public final class Quoter {
    Quoter() {}

    /**
     * Quotes a sequence that was not added and will not be, as if it arrived now.
     *
     * @param asked after {@link dev.pigou.scheduler.Scheduler#requireFeasible}
     * @param view of the scheduler that it would be added to
     */
    public Quote quote(Sequence asked, SchedulerView view, long nowNanos) {
        int cached = view.cachedTokens(asked);
        return new Quote(Cost.NOTHING, Cost.NOTHING, asked.promptLength(), cached, 0, 0, 0, 0, nowNanos);
    }
}
