package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.SchedulerConfig;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

final class CalibrationTest {
    @Test
    void noStepIsMoreThanTheMachineTakes() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 500; i++) {
            SchedulerConfig config = new SchedulerConfig(1 + random.nextInt(300), 1 + random.nextInt(5000),
                    1 + random.nextInt(20_000), new int[0]);
            int blockSize = 1 + random.nextInt(32);
            int blocks = 1 + random.nextInt(3000);
            for (CalibrationStep step : new Calibration(config, blockSize, blocks).steps()) {
                String with = step + " of " + config + ", " + blocks + " blocks of " + blockSize;
                int longest = Math.max(step.prefillContext() + step.prefillTokens(), step.decodeContext());
                assertThat(longest).as(with).isLessThanOrEqualTo(config.maxModelLen());
                assertThat(step.prefillTokens() + step.decodeSequences()).as(with).isPositive()
                        .isLessThanOrEqualTo(config.maxNumBatchedTokens());
                assertThat(step.decodeSequences()).as(with).isLessThanOrEqualTo(config.maxNumSeqs());
                long held = step.work(blockSize).kvBlocksRead()
                        + Math.ceilDiv(step.prefillContext() + step.prefillTokens(), blockSize);
                assertThat(held).as(with).isLessThanOrEqualTo(blocks);
                assertThat(step.prefillContext()).as(with).isNotNegative();
                assertThat(step.decodeSequences() == 0 || step.decodeContext() > 0).as(with).isTrue();
            }
        }
    }

    /** A small computer's processor, thousands of times as slow as what a prior would have been made for. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void threeRoundsTellAMachine(long seed) {
        StepCost processor = new StepCost(0.8, 0.05, 1e-6, 0.2, 2e-3);
        Calibration calibration = new Calibration(new SchedulerConfig(64, 512, 8192, new int[0]), 16, 4000);
        SplittableRandom random = new SplittableRandom(seed);
        double[][] seconds = new double[3][];
        for (int round = 0; round < seconds.length; round++) {
            seconds[round] = calibration.steps().stream()
                    .mapToDouble(
                            step -> processor.seconds(step.work(16)) * (1 + 0.03 * random.nextGaussian()))
                    .toArray();
        }
        seconds[1][3] *= 20; // an accident
        StepCost cost = calibration.cost(seconds);
        StepWork work = new StepWork().addDecodes(20, 700, 16).addPrefill(300, 500);
        assertThat(cost.seconds(work)).as("seed %d", seed).isCloseTo(processor.seconds(work),
                withPercentage(6));
        assertThat(cost.baseSeconds()).as("seed %d", seed).isCloseTo(0.8, withPercentage(15));
        assertThat(cost.secondsPerPrefillToken()).as("seed %d", seed).isCloseTo(0.05, withPercentage(10));
        assertThat(cost.secondsPerPrefillTokenContext()).as("seed %d", seed).isCloseTo(1e-6,
                withPercentage(40)); // a tenth of what such a step takes
        assertThat(cost.secondsPerDecodeSequence()).as("seed %d", seed).isCloseTo(0.2, withPercentage(10));
        assertThat(cost.secondsPerKvBlockRead()).as("seed %d", seed).isCloseTo(2e-3, withPercentage(15));
    }

    @Test
    void timesThatAreNoTimesAreRefused() {
        Calibration calibration = new Calibration(new SchedulerConfig(4, 64, 100, new int[0]), 16, 100);
        double[] round = new double[calibration.steps().size()];
        assertThatThrownBy(() -> calibration.cost(new double[][]{round}))
                .hasMessageStartingWith("calibration step CalibrationStep[prefillTokens=0")
                .hasMessageContaining("took [0.0] seconds");
    }
}
