package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class PriceForecastTest {
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
}
