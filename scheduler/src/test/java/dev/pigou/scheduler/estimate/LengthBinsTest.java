package dev.pigou.scheduler.estimate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class LengthBinsTest {
    @Test
    void eachLengthIsInOneBinAndNoBinIsWide() {
        assertThat(LengthBins.from(0)).isZero();
        assertThat(LengthBins.from(LengthBins.COUNT)).isEqualTo(LengthBins.LONGEST + 1);
        for (int length = 0; length <= LengthBins.LONGEST; length++) {
            int bin = LengthBins.of(length);
            int from = LengthBins.from(bin);
            int to = LengthBins.from(bin + 1);
            assertThat(length).isGreaterThanOrEqualTo(from).isLessThan(to);
            assertThat(to - from).as("width at %d", length).isLessThanOrEqualTo(Math.max(1, from / 32));
        }
    }
}
