package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class TurnedAwayTest {
    private static final long SECOND = 1_000_000_000L;

    private final TurnedAway turnedAway = new TurnedAway();

    /** Worth {@code seconds} credits, and one less for each second of delay. */
    private static TurnedAway.Bidder bidder(int seconds, double biddenPart) {
        Bid bid = new Bid(Tenant.ANYBODY, seconds, 1, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        return new TurnedAway.Bidder(bid, 0, 0, 100 * seconds, seconds, biddenPart);
    }

    @Test
    void theyAreRememberedWhileTheirAnswersAreWorthSomething() {
        TurnedAway.Bidder early = bidder(3, 1);
        TurnedAway.Bidder late = bidder(10, 0.5);
        turnedAway.add(early);
        turnedAway.add(late);
        turnedAway.forget(2 * SECOND);
        assertThat(turnedAway.size()).isEqualTo(2);
        assertThat(turnedAway.get(0)).isEqualTo(early);
        turnedAway.forget(3 * SECOND);
        assertThat(turnedAway.size()).isEqualTo(1);
        assertThat(turnedAway.get(0)).isEqualTo(late);
    }

    @Test
    void eachBidsThePartThatItsTenantCanSpendOfWhatIsLeft() {
        assertThat(bidder(10, 0.5).worth(3 * SECOND)).isEqualTo(3.5);
        assertThat(bidder(10, 0.5).worth(10 * SECOND)).isZero();
    }

    @Test
    void howeverPatientTheyCountNoLongerThanABacklogIsServedIn() {
        long memory = (long) (DemandCurve.BACKLOG_SECONDS * SECOND);
        turnedAway.add(bidder(10_000, 1));
        turnedAway.forget(memory - 1);
        assertThat(turnedAway.size()).isEqualTo(1);
        turnedAway.forget(memory);
        assertThat(turnedAway.size()).isZero();
    }

    @Test
    void ofManyTheLatestAreRemembered() {
        int late = 10;
        IntStream.rangeClosed(1, TurnedAway.MOST + late).forEach(i -> turnedAway.add(bidder(i, 1)));
        assertThat(turnedAway.size()).isEqualTo(TurnedAway.MOST);
        assertThat(turnedAway.get(0)).isEqualTo(bidder(late + 1, 1));
        turnedAway.forget(SECOND * (TurnedAway.MOST + late));
        assertThat(turnedAway.size()).isZero();
    }
}
