package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Answers;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class KnownOutputLengthsTest {
    private static final int SEQUENCES = 20_000;
    private static final int MOST_TOKENS = 1_000_000;

    @Test
    void withoutNoiseTheLengthIsKnownToTheToken() {
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 100);
        Sequence sequence = Answers.produce(Answers.begin(1, Tenant.ANYBODY, 10, 400), 30);
        assertThat(lengths.expectedRemaining(sequence)).isEqualTo(70);
        assertThat(lengths.quantileRemaining(sequence, 0.01)).isEqualTo(70);
        assertThat(lengths.varianceRemaining(sequence)).isZero();
        assertThat(lengths.expectedRemaining(Answers.begin(2, Tenant.ANYBODY, 10, 60))).isEqualTo(60);
        Answers.produce(sequence, 200); // it has outlived what was said of it
        assertThat(lengths.expectedRemaining(sequence)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.4, 0.8, 1.5})
    void noisyQuantilesAreExceededAsOftenAsTheySay(double sigma) {
        int[] trueLengths = trueLengths();
        KnownOutputLengths lengths = new KnownOutputLengths(id -> trueLengths[(int) id], sigma, 42);
        int below95 = 0;
        int below50 = 0;
        for (int id = 0; id < SEQUENCES; id++) {
            Sequence sequence = Answers.begin(id, Tenant.ANYBODY, 1, MOST_TOKENS);
            below95 += trueLengths[id] <= lengths.quantileRemaining(sequence, 0.95) ? 1 : 0;
            below50 += trueLengths[id] <= lengths.quantileRemaining(sequence, 0.5) ? 1 : 0;
        }
        assertThat((double) below95 / SEQUENCES).isCloseTo(0.95, within(0.01));
        assertThat((double) below50 / SEQUENCES).isCloseTo(0.5, within(0.015));
    }

    /** Against the plain average over draws of the law that a guess stands for. */
    @Test
    void expectationAndVarianceAreThoseOfTheLawGivenWhatHasCome() {
        double sigma = 0.6;
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 300, sigma, 1);
        Sequence sequence = Answers.begin(7, Tenant.ANYBODY, 1, 900);
        Sequence fresh = Answers.produce(Answers.begin(7, Tenant.ANYBODY, 1, MOST_TOKENS), 1);
        double guess = 1 + lengths.quantileRemaining(fresh, 0.5); // the median, for nothing is shorter than 1
        Answers.produce(sequence, 200);
        SplittableRandom random = new SplittableRandom(3);
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < 400_000; i++) {
            double length = guess * Math.exp(sigma * random.nextGaussian());
            if (length > 200) {
                double remaining = Math.min(length, 900) - 200;
                sum += remaining;
                squares += remaining * remaining;
                count++;
            }
        }
        double mean = sum / count;
        assertThat(lengths.expectedRemaining(sequence)).isCloseTo(mean, within(0.01 * mean));
        double variance = squares / count - mean * mean;
        assertThat(lengths.varianceRemaining(sequence)).isCloseTo(variance, within(0.02 * variance));
    }

    @Test
    void guessesDependOnSeedAndSequenceAlone() {
        Sequence one = Answers.begin(1, Tenant.ANYBODY, 1, MOST_TOKENS);
        Sequence two = Answers.begin(2, Tenant.ANYBODY, 1, MOST_TOKENS);
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 300, 0.8, 5);
        double expected = lengths.expectedRemaining(one);
        assertThat(lengths.expectedRemaining(two)).isNotEqualTo(expected);
        assertThat(lengths.expectedRemaining(one)).isEqualTo(expected);
        assertThat(new KnownOutputLengths(id -> 300, 0.8, 5).expectedRemaining(one)).isEqualTo(expected);
        assertThat(new KnownOutputLengths(id -> 300, 0.8, 6).expectedRemaining(one)).isNotEqualTo(expected);
    }

    /** Far beyond the guess all chances are next to nothing, and their ratios must not be. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 1})
    void whoOutlivesItsGuessIsStillExpectedToEnd(double sigma) {
        KnownOutputLengths lengths = new KnownOutputLengths(id -> 10, sigma, 5);
        for (int produced : new int[]{9, 50, 1000, 20_000}) {
            Sequence sequence = Answers.produce(Answers.begin(3, Tenant.ANYBODY, 1, 30_000), produced);
            assertThat(lengths.expectedRemaining(sequence)).isBetween(1.0, 30_000.0 - produced);
            assertThat(lengths.quantileRemaining(sequence, 0.95)).isBetween(1, 30_000 - produced);
            assertThat(lengths.varianceRemaining(sequence)).isNotNegative().isFinite();
        }
    }

    private static int[] trueLengths() {
        SplittableRandom random = new SplittableRandom(4);
        int[] lengths = new int[SEQUENCES];
        for (int i = 0; i < SEQUENCES; i++) {
            lengths[i] = 100 + LengthDraw.LOG_NORMAL.draw(random);
        }
        return lengths;
    }
}
