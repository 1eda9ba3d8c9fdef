package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import org.jspecify.annotations.Nullable;

/** A request between its arrival and its end, and what it has got so far. Owned by the simulation's thread. */
final class InFlight implements SequenceListener {
    private static final long NOT_YET = -1;

    final Request request;
    final Sequence sequence;
    private final SimulationClock clock;
    private final EndListener listener;
    private long firstTokenNanos = NOT_YET;
    private @Nullable FinishReason finished;
    /** Positions that have ever been computed; what is computed again below it was lost to a preemption. */
    int furthestComputed;

    /** Hears of the end, from inside the scheduler. */
    interface EndListener {
        void ended(InFlight request);
    }

    @SuppressWarnings("this-escape") // the sequence tells its listener nothing before it is queued
    InFlight(Request request, SamplingParams params, SimulationClock clock, EndListener listener) {
        this.request = request;
        this.clock = clock;
        this.listener = listener;
        sequence = new Sequence(request.id(), request.prompt().tokens(), params,
                CacheTerms.salted(request.bid().tenant().index()), request.bid(), request.arrivalNanos(),
                this);
    }

    boolean hasEnded() { return finished != null; }

    /** Whether its answer has begun, and did so while that was worth something to its sender. */
    boolean beganInTime() {
        return firstTokenNanos != NOT_YET && firstTokenNanos <= request.patienceEndsNanos();
    }

    @Override
    public void onToken(Sequence producing, int token, int chunk) {
        if (firstTokenNanos == NOT_YET) {
            firstTokenNanos = clock.nowNanos();
        }
    }

    @Override
    public void onFinished(Sequence ended, FinishReason reason) {
        finished = reason;
        listener.ended(this);
    }

    Outcome outcome() {
        Fate fate = fate();
        double credits = fate == Fate.COMPLETED ? sequence.value(clock.nowNanos()) : 0;
        return new Outcome(request, fate, firstTokenNanos, clock.nowNanos(), credits, sequence.cachedTokens(),
                sequence.preemptions(), Bill.of(sequence.charge(), sequence.computedTokens() > 0));
    }

    private Fate fate() {
        return switch (finished) {
            case STOP, LENGTH -> beganInTime() ? Fate.COMPLETED : Fate.EXPIRED;
            case CANCELLED -> Fate.EXPIRED;
            case REFUSED -> Fate.REFUSED;
            case ERROR -> throw new IllegalStateException("request " + request.id() + " failed");
            case null -> throw new IllegalStateException("request " + request.id() + " has not ended");
        };
    }
}
