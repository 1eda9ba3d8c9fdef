package dev.pigou.bench.jmh.regression;

/**
 * What counts as dearer.
 *
 * @param time the share by which time may grow: what noise the calibration does not cancel, and what nobody would
 *     mend
 */
public record Tolerance(double time) {
    /** An object has at least eight bytes, so half of one is rounding, or is made by a minority of operations. */
    private static final double FEWEST_BYTES = 4;
    /** Large counts vary a little with what the compiler inlines. */
    private static final double SHARE_OF_BYTES = 0.01;
    /** What the harness itself allocates in an iteration, spread over its operations, is less. */
    private static final double NOTHING = 0.5;

    public Tolerance {
        if (!(time > 0 && time < 10)) {
            throw new IllegalArgumentException(
                    "--tolerance must be a share above 0, such as 0.1, but is " + time);
        }
    }

    double slowest() { return 1 + time; }

    double fastest() { return 1 / (1 + time); }

    /** Where nothing was allocated, nothing may be. */
    boolean isMore(double bytesNow, double bytesBefore) {
        double allowed = bytesBefore < NOTHING
                ? NOTHING - bytesBefore
                : Math.max(FEWEST_BYTES, SHARE_OF_BYTES * bytesBefore);
        return bytesNow - bytesBefore > allowed;
    }
}
