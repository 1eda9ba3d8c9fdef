package dev.pigou.bench.jmh.regression;

/**
 * What one process measured of one benchmark.
 *
 * @param ratios per iteration: time of an operation over the time of the calibration kernel beside it
 * @param nanos of an operation, median over iterations: for the reader, nothing is decided on it
 * @param bytes allocated by an operation, median over iterations
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record Fork(double[] ratios, double nanos, double bytes) {
    public Fork {
        if (ratios.length == 0) {
            throw new IllegalArgumentException("a fork without iterations");
        }
    }

    public double ratio() { return Median.of(ratios); }
}
