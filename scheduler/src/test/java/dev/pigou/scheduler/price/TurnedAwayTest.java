package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.Tenant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class TurnedAwayTest {
    private static final long SECOND = 1_000_000_000L;

    private static final SequenceListener UNHEARD = new SequenceListener() {
        @Override
        public void onToken(Sequence producing, int token, int chunk) {}

        @Override
        public void onFinished(Sequence ended, FinishReason reason) {}
    };

    private final TurnedAway turnedAway = new TurnedAway();

    /** Worth {@code seconds} credits, and one less for each second of delay. */
    private static Sequence refused(int seconds) {
        Bid bid = new Bid(Tenant.ANYBODY, seconds, 1, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        Sequence sequence = new Sequence(seconds, new int[]{1}, SamplingParams.builder().maxTokens(1).build(),
                CacheTerms.salted(0), bid, 0, UNHEARD);
        sequence.footprint(100 * seconds);
        return sequence;
    }

    @Test
    void theyAreRememberedWhileTheirAnswersAreWorthSomething() {
        turnedAway.add(refused(3), 30, 1);
        turnedAway.add(refused(10), 100, 0.5);
        turnedAway.forgetWorthless(2 * SECOND);
        assertThat(turnedAway.size()).isEqualTo(2);
        assertThat(turnedAway.value(0, 2 * SECOND)).isEqualTo(1);
        turnedAway.forgetWorthless(3 * SECOND);
        assertThat(turnedAway.size()).isEqualTo(1);
        assertThat(turnedAway.value(0, 3 * SECOND)).as("half of the 7 that are left").isEqualTo(3.5);
        assertThat(turnedAway.latencyPrice(0)).isEqualTo(1);
        assertThat(turnedAway.footprint(0)).isEqualTo(1000);
        assertThat(turnedAway.blocks(0)).isEqualTo(100);
    }

    @Test
    void ofManyTheLatestAreRemembered() {
        int late = 10;
        IntStream.rangeClosed(1, TurnedAway.MOST + late).forEach(i -> turnedAway.add(refused(i), i, 1));
        assertThat(turnedAway.size()).isEqualTo(TurnedAway.MOST);
        assertThat(IntStream.range(0, TurnedAway.MOST).map(turnedAway::blocks).min()).hasValue(late + 1);
        turnedAway.forgetWorthless(SECOND * (TurnedAway.MOST + late));
        assertThat(turnedAway.size()).isZero();
    }
}
