package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Prompt;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class RetryTest {
    private static final long SECOND = 1_000_000_000;
    private static final double RETRY_AFTER_SECONDS = 7.5;

    /** Closed until some moment, and says when to come back. */
    private record ClosedUntil(long openNanos, double retryAfterSeconds) implements SchedulingPolicy {
        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) { return Long.compare(a.id(), b.id()); }

        @Override
        public boolean changesWithTime() { return false; }

        @Override
        public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
            if (nowNanos >= openNanos) {
                return Admission.ADMIT;
            }
            sequence.refuse(new Refusal(Refusal.Reason.NO_CAPACITY, retryAfterSeconds, 1));
            return Admission.REFUSE;
        }
    }

    private static Outcome outcome(SchedulingPolicy policy, boolean retries) {
        Bid bid = new Bid(Tenant.ANYBODY, 1, 0.1, Double.POSITIVE_INFINITY, 5 * SECOND, 0);
        Demand demand = new Demand("one", List.of(Tenant.ANYBODY),
                List.of(new Request(0, bid, SECOND, new Prompt(10, new int[0], 0, 0, 1), 5, 8)));
        Outcomes outcomes = new Outcomes();
        new Simulation(MachineSettings.DEFAULT, demand, policy,
                new LruRetention(MachineSettings.DEFAULT.kvBlocks()), 1, retries, outcomes).run();
        assertThat(outcomes.all).hasSize(1);
        return outcomes.all.getFirst();
    }

    @Test
    void whoeverIsRefusedComesBackExactlyWhenToldWithTheSameBidAnew() {
        Outcome outcome = outcome(new ClosedUntil(8 * SECOND, RETRY_AFTER_SECONDS), true);
        assertThat(outcome.fate()).isEqualTo(Fate.COMPLETED);
        assertThat(outcome.request().arrivalNanos()).isEqualTo(8_500_000_000L);
        assertThat(outcome.request().bid().deadlineNanos()).isEqualTo(12_500_000_000L);
        assertThat(outcome.credits()).isBetween(0.9, 1.0);
    }

    @Test
    void nobodyComesBackTwiceOrWhoIsToldNeverToOrWithoutRetries() {
        assertThat(outcome(new ClosedUntil(60 * SECOND, RETRY_AFTER_SECONDS), true).endNanos())
                .isEqualTo(8_500_000_000L);
        assertThat(outcome(new ClosedUntil(8 * SECOND, Double.POSITIVE_INFINITY), true).fate())
                .isEqualTo(Fate.REFUSED);
        assertThat(outcome(new ClosedUntil(8 * SECOND, RETRY_AFTER_SECONDS), false).endNanos())
                .isEqualTo(SECOND);
    }
}
