package dev.pigou.bench.jmh.regression;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ToleranceTest {
    private final Tolerance tolerance = new Tolerance(0.1);

    @ParameterizedTest
    @CsvSource({"0, 0.3, false", "0, 1, true", "0.4, 0.6, true", "24, 27, false", "24, 32, true",
            "10000, 10090, false", "10000, 10110, true", "24, 0, false"})
    void bytes(double before, double now, boolean more) {
        assertThat(tolerance.isMore(now, before)).isEqualTo(more);
    }

    @Test
    void noToleranceAtAllIsRefused() {
        assertThatThrownBy(() -> new Tolerance(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--tolerance");
    }
}
