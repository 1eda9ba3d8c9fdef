package dev.pigou.bench.sim.demand;

/**
 * Demand that goes up and down: a lull, a rush, a lull and so on.
 *
 * @param rush how many times as much comes in a rush; 1 for an even rate
 * @param lullSeconds how long each lull is
 * @param rushSeconds how long each rush is
 */
public record Tide(double rush, double lullSeconds, double rushSeconds) {
    public static final Tide NONE = new Tide(1, 1, 1);

    public Tide {
        if (!(rush > 0 && rush <= 1e6) || !(lullSeconds > 0 && lullSeconds <= 1e6)
                || !(rushSeconds > 0 && rushSeconds <= 1e6)) {
            throw new IllegalArgumentException(
                    "a rush must be above 0 and at most 1,000,000 times the lull, and both"
                            + " longer than 0 s, but they are " + rush + ", " + lullSeconds + " s and "
                            + rushSeconds + " s");
        }
    }

    /** When as much has come as would come after {@code now} in so many seconds of a lull. */
    double after(double now, double lull) {
        if (rush == 1) {
            return now + lull;
        }
        double time = now;
        double left = lull;
        while (true) {
            double period = Math.floor(time / (lullSeconds + rushSeconds)) * (lullSeconds + rushSeconds);
            boolean isLull = time < period + lullSeconds;
            double end = period + lullSeconds + (isLull ? 0 : rushSeconds);
            double rate = isLull ? 1 : rush;
            if (left <= (end - time) * rate) {
                return time + left / rate;
            }
            left -= (end - time) * rate;
            time = Math.max(end, Math.nextUp(time)); // it goes on even where rounding would not
        }
    }
}
