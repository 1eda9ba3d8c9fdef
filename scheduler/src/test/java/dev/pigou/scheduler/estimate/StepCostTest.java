package dev.pigou.scheduler.estimate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class StepCostTest {
    private static final int BLOCK_SIZE = 16;

    @Test
    void theConstantIsPaidOnceByAStepOfBothKinds() {
        StepWork work = new StepWork().addPrefill(1000, 1512).addDecodes(10, 320, BLOCK_SIZE);
        double millis = 29.9 + 0.223 * 10 + 1.6e-4 * 3200 + 0.090 * 512 + 1.5e-6 * 512 * 1256;
        assertThat(StepCost.llama70bOnH100(BLOCK_SIZE).seconds(work)).isCloseTo(millis * 1e-3, within(1e-12));
    }

    @Test
    void aCoefficientThatIsNoCostIsNamed() {
        assertThatThrownBy(() -> new StepCost(1, 0, 0, -1, 0)).hasMessage(
                "seconds_per_decode_sequence must be a number of seconds of at least 0, but is -1.0");
        assertThatThrownBy(() -> new StepCost(1, Double.NaN, 0, 0, 0))
                .hasMessageStartingWith("seconds_per_prefill_token must be");
        assertThatThrownBy(() -> new StepCost(0, 1, 1, 1, 1)).hasMessageStartingWith("base_seconds is 0");
    }
}
