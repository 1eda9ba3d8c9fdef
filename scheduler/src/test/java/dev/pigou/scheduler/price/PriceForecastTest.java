package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class PriceForecastTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theForecastStartsAtThePriceNowAndEndsAtTheLongRunMean() {
        var forecast = new PriceForecast(8, 2, 10);
        assertThat(forecast.at(0)).isEqualTo(8);
        assertThat(forecast.at(10)).isCloseTo(2 + 6 / Math.E, within(1e-12));
        assertThat(forecast.at(1e6)).isCloseTo(2, within(1e-12));
    }

    @Test
    void whoWaitsForAPriceFindsItThen() {
        var forecast = new PriceForecast(8, 2, 10);
        assertThat(forecast.at(forecast.secondsUntilAtMost(3))).isCloseTo(3, within(1e-12));
        assertThat(forecast.secondsUntilAtMost(9)).isZero();
        assertThat(forecast.secondsUntilAtMost(2)).isInfinite();
        assertThat(new PriceForecast(1, 2, 10).secondsUntilAtMost(0.5)).isInfinite();
    }

    @Test
    void aPriceThatIsNoNumberIsNoForecast() {
        assertThatThrownBy(() -> new PriceForecast(Double.NaN, 0, 1)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> new PriceForecast(0, 0, 0)).hasMessageContaining("above 0");
    }

    @Test
    void timesWithoutAPriceCountInTheLongRunMean() {
        var longRun = new LongRunPrice();
        for (int i = 0; i <= 6000; i++) {
            longRun.observe(i % 4 == 0 ? 1 : 0, 100, i * SECOND / 10);
        }
        assertThat(longRun.forecast(1).longRun()).isCloseTo(0.25, within(0.01));
    }

    @Test
    void memoryIsHeldForAsLongAsItTakesToGiveBackWhatIsInUse() {
        var longRun = new LongRunPrice();
        for (int i = 0; i <= 6000; i++) {
            longRun.observe(0, 80, i * SECOND / 10);
            longRun.released(1); // 10 a second
        }
        assertThat(longRun.forecast(0).holdingSeconds()).isCloseTo(8, within(0.1));
    }

    @Test
    void aClockThatGoesBackChangesNothing() {
        var longRun = new LongRunPrice();
        longRun.observe(1, 10, 100 * SECOND);
        longRun.observe(1, 10, 200 * SECOND);
        PriceForecast before = longRun.forecast(1);
        longRun.observe(5, 10, 50 * SECOND);
        assertThat(longRun.forecast(1)).isEqualTo(before);
    }
}
