package dev.pigou.scheduler.estimate;

/**
 * Least squares with coefficients of at least 0, over observations that fade with age. Kept are only the sums A =
 * sum w x x' and b = sum w x y, so an observation costs the same whatever came before; A c = b, c at least 0, is
 * then approached by coordinate descent from the solution before. Owned by one thread; allocates nothing once made.
 */
final class FadingLeastSquares {
    private final int unknowns;
    private final double[] gram;
    private final double[] moment;
    private final double[] solution;

    FadingLeastSquares(double[] start) {
        unknowns = start.length;
        gram = new double[unknowns * unknowns];
        moment = new double[unknowns];
        solution = start.clone();
    }

    double coefficient(int i) { return solution[i]; }

    double predict(double[] x) {
        double sum = 0;
        for (int i = 0; i < unknowns; i++) {
            sum += solution[i] * x[i];
        }
        return sum;
    }

    /** Lets all that was observed count for {@code kept} of what it did. */
    void fade(double kept) {
        multiply(gram, kept);
        multiply(moment, kept);
    }

    /** An observation that each coefficient is what it is now. Moves nothing, but holds what nothing else holds. */
    void affirm(double weight) {
        for (int i = 0; i < unknowns; i++) {
            gram[i * unknowns + i] += weight;
            moment[i] += weight * solution[i];
        }
    }

    void add(double[] x, double y, double weight) {
        for (int i = 0; i < unknowns; i++) {
            double weighted = weight * x[i];
            moment[i] += weighted * y;
            for (int j = 0; j < unknowns; j++) {
                gram[i * unknowns + j] += weighted * x[j];
            }
        }
    }

    /** Makes it as if all y had been {@code ratio} times as large, and their errors too. */
    void rescale(double ratio) {
        multiply(gram, 1 / (ratio * ratio));
        multiply(moment, 1 / ratio);
        multiply(solution, ratio);
    }

    /** Comes closer to the solution. Each sweep lowers the error; a coefficient that nothing was said of stays. */
    void descend(int sweeps) {
        for (int sweep = 0; sweep < sweeps; sweep++) {
            for (int i = 0; i < unknowns; i++) {
                descendAlong(i);
            }
        }
    }

    private void descendAlong(int i) {
        double curvature = gram[i * unknowns + i];
        if (curvature > 0) {
            double slope = moment[i];
            for (int j = 0; j < unknowns; j++) {
                slope -= gram[i * unknowns + j] * solution[j];
            }
            solution[i] = Math.max(0, solution[i] + slope / curvature);
        }
    }

    private static void multiply(double[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }
}
