package dev.pigou.scheduler.estimate;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

final class FadingLeastSquaresTest {
    private static final int UNKNOWNS = 3;
    private static final int OBSERVATIONS = 40;
    private static final double KEPT = 0.95;

    private final double[][] x = new double[OBSERVATIONS][UNKNOWNS];
    private final double[] y = new double[OBSERVATIONS];

    /** Of all solutions, the one found has the least error, also where the best one without bounds has negatives. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noCoefficientsOfAtLeastZeroFitBetter(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FadingLeastSquares fit = new FadingLeastSquares(new double[]{1, 1, 1});
        for (int i = 0; i < OBSERVATIONS; i++) {
            Arrays.setAll(x[i], j -> random.nextDouble());
            y[i] = x[i][0] - 0.5 * x[i][1] + 0.2 * x[i][2] + 0.1 * random.nextGaussian();
            fit.fade(KEPT);
            fit.add(x[i], y[i], 1);
        }
        fit.descend(2000);
        double[] found = {fit.coefficient(0), fit.coefficient(1), fit.coefficient(2)};
        assertThat(Arrays.stream(found).min().orElseThrow()).as("seed %d", seed).isNotNegative();
        double least = error(found);
        for (int i = 0; i < 2000; i++) {
            double[] other = Arrays.stream(found)
                    .map(coefficient -> Math.max(0, coefficient + 0.1 * random.nextGaussian())).toArray();
            assertThat(error(other)).as("seed %d", seed).isGreaterThanOrEqualTo(least - 1e-12);
        }
    }

    private double error(double[] coefficients) {
        double sum = 0;
        for (int i = 0; i < OBSERVATIONS; i++) {
            double residual = y[i];
            for (int j = 0; j < UNKNOWNS; j++) {
                residual -= coefficients[j] * x[i][j];
            }
            sum += Math.pow(KEPT, OBSERVATIONS - 1 - i) * residual * residual;
        }
        return sum;
    }
}
