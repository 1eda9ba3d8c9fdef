package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class PricePathTest {
    private static final long SECOND = 1_000_000_000L;

    private final PricePath path = new PricePath(60);

    @Test
    void aPriceThatNeverMovedIsExpectedToStay() {
        for (int second = 0; second < 10; second++) {
            path.observe(3, 5, second * SECOND);
        }
        assertThat(path.kv(7, 100)).isCloseTo(3, within(1e-9));
        assertThat(path.mostKv(7, 100)).isCloseTo(3, within(1e-6));
        assertThat(path.pressure(0, 1)).isCloseTo(5, within(1e-9));
    }

    @Test
    void theFirstPriceIsAllThatIsKnownAtFirst() {
        path.observe(3, 5, 0);
        assertThat(path.kv(100, 1000)).isEqualTo(3);
    }

    @Test
    void aPriceAboveItsMeanIsExpectedToFallToIt() {
        for (int second = 0; second < 120; second++) {
            path.observe(1, 0, second * SECOND);
        }
        path.observe(4, 0, 120 * SECOND);
        assertThat(path.kv(0, 0.001)).isCloseTo(4, within(0.01));
        assertThat(path.kv(10, 0.001)).isBetween(1.5, 2.5);
        assertThat(path.kv(0, 1000)).isBetween(1.0, 1.1);
    }

    /** "Free now" must not become "about a credit" because it was dear an hour ago. */
    @Test
    void nothingIsExpectedToStayNothingButMayBecomeMore() {
        for (int second = 0; second < 60; second++) {
            path.observe(second % 2, 0, second * SECOND);
        }
        path.observe(0, 0, 60 * SECOND);
        assertThat(path.kv(5, 10)).isZero();
        assertThat(path.mostKv(5, 10)).isPositive();
        assertThat(path.mostPressure(5, 10)).isZero();
    }

    @Test
    void aClockThatJumpsBackChangesOnlyThePriceOfNow() {
        path.observe(2, 0, 100 * SECOND);
        path.observe(2, 0, 0);
        path.observe(2, 0, SECOND);
        assertThat(path.kv(3, 10)).isCloseTo(2, within(1e-9));
    }

    @Test
    void whatClientsAreToldIsTheMeanOfLateAndHowLongMemoryIsHeld() {
        for (int i = 0; i <= 6000; i++) {
            path.observe(i % 4 == 0 ? 1 : 0, 0, i * SECOND / 10);
            path.held(8);
        }
        PriceForecast forecast = path.forecast(3);
        assertThat(forecast.now()).isEqualTo(3);
        assertThat(forecast.longRun()).as("times without a price count").isCloseTo(0.25, within(0.01));
        assertThat(forecast.holdingSeconds()).isCloseTo(8, within(0.01));
    }
}
