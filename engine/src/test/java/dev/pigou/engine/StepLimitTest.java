package dev.pigou.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepLimitTest {
    private final StepLimit limit = new StepLimit(2048);

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            limit.stepped();
        }
    }

    @Test
    void nothingIsLimitedWhileMemorySuffices() {
        steps(1000);
        assertThat(limit.tokens()).isEqualTo(StepLimit.NONE);
    }

    @Test
    void whatDoesNotFitIsCutToAQuarterUntilItIsASingleToken() {
        int planned = 2048;
        for (int expected : new int[]{512, 128, 32, 8, 2, 1}) {
            assertThat(limit.shrink(planned)).isTrue();
            assertThat(limit.tokens()).isEqualTo(expected);
            planned = expected;
        }
        assertThat(limit.shrink(1)).isFalse();
        assertThat(limit.tokens()).isEqualTo(1);
    }

    @Test
    void theLimitDoublesAfterStepsThatSucceedUntilThereIsNone() {
        limit.shrink(2048);
        steps(15);
        assertThat(limit.tokens()).isEqualTo(512);
        steps(1);
        assertThat(limit.tokens()).isEqualTo(1024);
        steps(15);
        limit.shrink(1024);
        assertThat(limit.tokens()).isEqualTo(256);
        steps(16);
        assertThat(limit.tokens()).as("counted anew after a failure").isEqualTo(512);
        steps(48);
        assertThat(limit.tokens()).isEqualTo(StepLimit.NONE);
    }
}
