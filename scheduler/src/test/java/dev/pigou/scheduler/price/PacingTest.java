package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class PacingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long CREDIT = 1_000_000_000_000L;

    private final Pacing pacing = new Pacing();

    @Test
    void whoSpendsWhatHeEarnsBidsInFull() {
        pacing.limit(1, 2);
        for (int second = 0; second < 100; second++) {
            pacing.update(second * SECOND);
            pacing.spent(1, 2 * CREDIT);
        }
        pacing.update(100 * SECOND);
        assertThat(pacing.factor(1)).isCloseTo(1, within(1e-9));
    }

    /** Spending that is in proportion to the bid comes down to the income, and the bids with it. */
    @Test
    void whoWantsThriceHisIncomeBidsAThird() {
        pacing.limit(1, 2);
        for (int second = 0; second < 1500; second++) {
            pacing.update(second * SECOND);
            pacing.spent(1, (long) (6 * pacing.factor(1) * CREDIT));
        }
        assertThat(pacing.factor(1)).isCloseTo(1.0 / 3, within(0.01));
    }

    @Test
    void thriftIsForgivenInTime() {
        pacing.limit(1, 2);
        pacing.update(0);
        pacing.spent(1, 240 * CREDIT);
        pacing.update(SECOND);
        assertThat(pacing.factor(1)).isLessThan(0.4);
        pacing.update(180 * SECOND);
        assertThat(pacing.factor(1)).isEqualTo(1);
    }

    @Test
    void tenantsWithoutALimitAreLeftAlone() {
        pacing.limit(3, 2);
        for (int second = 0; second < 100; second++) {
            pacing.update(second * SECOND);
            pacing.spent(1, 1000 * CREDIT);
            pacing.spent(7, 1000 * CREDIT);
        }
        assertThat(pacing.factor(1)).isEqualTo(1);
        assertThat(pacing.factor(7)).isEqualTo(1);
    }

    @Test
    void aClockThatJumpsBackMovesNothing() {
        pacing.limit(1, 2);
        pacing.update(100 * SECOND);
        pacing.update(0);
        pacing.spent(1, 2 * CREDIT);
        pacing.update(SECOND);
        assertThat(pacing.factor(1)).isEqualTo(1);
    }
}
