package dev.pigou.scheduler.estimate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

final class StandardNormalTest {
    @ParameterizedTest
    @CsvSource({"-5, 0.9999997133484281", "-1, 0.8413447460685429", "0, 0.5", "2.9, 0.0018658133003840378",
            "3.1, 0.0009676032132183561", "6, 9.865876450376981e-10", "20, 2.7536241186062337e-89"})
    void tailsAreRightInRelativeTerms(double x, double above) {
        assertThat(StandardNormal.above(x)).isCloseTo(above, withPercentage(1e-9));
    }

    @Test
    void theQuantileUndoesTheProbability() {
        for (double p = 1e-12; p < 1; p = p < 0.01 ? 3 * p : p + 0.01) {
            assertThat(StandardNormal.above(-StandardNormal.quantile(p))).isCloseTo(p, withPercentage(1e-6));
        }
    }
}
