package dev.pigou.bench.sim.claims;

import java.util.Arrays;

/** The line of least squares through some points, and how well it fits. */
record Line(double slope, double correlation) {
    static Line through(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return new Line(xy / xx, xy / Math.sqrt(xx * yy));
    }

    static double mean(double[] values) { return Arrays.stream(values).average().orElseThrow(); }
}
