package dev.pigou.scheduler;

import dev.pigou.scheduler.estimate.Calibration;
import dev.pigou.scheduler.estimate.CalibrationStep;
import dev.pigou.scheduler.estimate.StepWork;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RehearsalTest {
    private static final int BLOCK_SIZE = 16;
    private static final int BLOCKS = 300;

    @Test
    void everyStepOfACalibrationCanBeRehearsedAgainAndAgain() {
        var config = new SchedulerConfig(64, 512, 4096, new int[0]);
        var calibration = new Calibration(config, BLOCK_SIZE, BLOCKS);
        var rehearsal = new Rehearsal(config.maxNumSeqs(), BLOCKS, BLOCK_SIZE);
        for (int round = 0; round < 3; round++) {
            for (CalibrationStep step : calibration.steps()) {
                StepPlan plan = step.prefillTokens() > 0
                        ? rehearsal.prefill(step.prefillContext(), step.prefillTokens())
                        : rehearsal.decodes(step.decodeSequences(), step.decodeContext());
                assertThat(new StepWork().set(plan, BLOCK_SIZE)).as("%s", step)
                        .hasToString(step.work(BLOCK_SIZE).toString());
            }
        }
    }

    @Test
    void whatMemoryCannotHoldIsToldAndNotPlanned() {
        var rehearsal = new Rehearsal(4, 2, BLOCK_SIZE);
        assertThat(rehearsal.prefill(16, 16).totalTokens()).isEqualTo(16);
        assertThatThrownBy(() -> rehearsal.prefill(16, 17)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 blocks");
    }
}
