package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Answers;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

final class ResidencyTest {
    private static final double SECONDS = 0.03;

    @Test
    void aKnownLifeIsTheSumOverItsSteps() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            int blockSize = 1 + random.nextInt(40);
            int context = 1 + random.nextInt(500);
            int remaining = random.nextInt(700);
            Residency residency = new Residency(blockSize);
            assertThat(residency.expectedBlockSeconds(context, remaining, 0, SECONDS))
                    .as("%d + %d in blocks of %d", context, remaining, blockSize)
                    .isCloseTo(SECONDS * blockSteps(context, remaining, blockSize), within(1e-6));
            double waiting = remaining == 0
                    ? 2 * Math.ceilDiv(context, blockSize)
                    : 2 * Math.ceilDiv(context + 1, blockSize)
                            + SECONDS * blockSteps(context + 1, remaining - 1, blockSize);
            assertThat(residency.expectedBlockSecondsWaiting(context, remaining, 0, 2, SECONDS))
                    .as("%d + %d in blocks of %d", context, remaining, blockSize)
                    .isCloseTo(waiting, within(1e-6));
        }
    }

    /** Who may get long holds more than one of the mean length, since memory grows with each token. */
    @Test
    void anUncertainLifeIsTheMeanOverItsLengths() {
        SplittableRandom random = new SplittableRandom(2);
        int blockSize = 16;
        int draws = 50_000;
        double mean = 0;
        double squares = 0;
        double blockSteps = 0;
        for (int i = 0; i < draws; i++) {
            int remaining = Math.min(4000, LengthDraw.LOG_NORMAL.draw(random));
            mean += (double) remaining / draws;
            squares += (double) remaining * remaining / draws;
            blockSteps += blockSteps(70, remaining, blockSize) / draws;
        }
        double variance = squares - mean * mean;
        Residency residency = new Residency(blockSize);
        assertThat(residency.expectedBlockSeconds(70, mean, variance, SECONDS))
                .isCloseTo(SECONDS * blockSteps, withPercentage(1));
        assertThat(residency.expectedBlockSeconds(70, mean, 0, SECONDS))
                .isLessThan(0.75 * SECONDS * blockSteps);
    }

    @Test
    void aSequenceIsReadAsItStands() {
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 50);
        Residency residency = new Residency(16);
        Sequence sequence = Answers.begin(1, Tenant.ANYBODY, 100, 400);
        assertThat(residency.expectedBlockSecondsWaiting(sequence, lengths, 2, SECONDS))
                .isCloseTo(2 * 7 + SECONDS * blockSteps(101, 49, 16), within(1e-9));
        Answers.produce(sequence, 20);
        assertThat(residency.expectedBlockSeconds(sequence, lengths, SECONDS))
                .isCloseTo(SECONDS * blockSteps(120, 30, 16), within(1e-9));
    }

    /** A step computes the newest of {@code context} tokens, in blocks for all of them, and brings one more. */
    private static double blockSteps(int context, int remaining, int blockSize) {
        double sum = 0;
        for (int i = 0; i < remaining; i++) {
            sum += Math.ceilDiv(context + i, blockSize);
        }
        return sum;
    }
}
