package dev.pigou.engine;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DrainRateTest {
    private static final long SECOND = 1_000_000_000L;

    private final DrainRate rate = new DrainRate();

    @Test
    void beforeAnythingFinishedTheAnswerIsAGuess() {
        assertThat(rate.timeToFree(1)).isEqualTo(Duration.ofSeconds(5));
        rate.observe(0, 10 * SECOND);
        assertThat(rate.timeToFree(1000)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aSteadyRateIsToldExactly() {
        for (int second = 1; second <= 20; second++) {
            rate.observe(4L * second, second * SECOND);
        }
        assertThat(rate.timeToFree(1)).isEqualTo(Duration.ofMillis(250));
        assertThat(rate.timeToFree(40)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void theRecentPastCountsMost() {
        rate.observe(1000, 100 * SECOND);
        Duration before = rate.timeToFree(100);
        for (int second = 1; second <= 300; second++) {
            rate.observe(1000 + second, (100 + second) * SECOND);
        }
        assertThat(before).isEqualTo(Duration.ofSeconds(10));
        assertThat(rate.timeToFree(100)).isBetween(Duration.ofSeconds(95), Duration.ofSeconds(101));
    }

    @Test
    void aStandstillMakesTheWaitLongerButNotEndless() {
        rate.observe(10, SECOND);
        Duration moving = rate.timeToFree(10);
        rate.observe(10, 61 * SECOND);
        assertThat(rate.timeToFree(10)).isGreaterThan(moving);
        rate.observe(10, 100_000 * SECOND);
        assertThat(rate.timeToFree(10)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void idleTimeAndOldNewsChangeNothing() {
        rate.observe(10, SECOND);
        Duration told = rate.timeToFree(1);
        rate.observe(10, SECOND);
        rate.observe(9, SECOND / 2);
        assertThat(rate.timeToFree(1)).isEqualTo(told);
    }

    @Test
    void noWaitIsTooShortToBeWorthIt() {
        rate.observe(1_000_000, SECOND);
        assertThat(rate.timeToFree(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(rate.timeToFree(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
    }
}
