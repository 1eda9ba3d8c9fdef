package dev.pigou.scheduler.price;

/**
 * What the price of a KV block-second is going to be: where it stands fades, as those who hold memory now give it back, and
 * what it was over the last minutes takes its place. With {@code theta} the time that memory is held,
 * {@code price(h) = now * exp(-h / theta) + longRun * (1 - exp(-h / theta))}. Immutable.
 *
 * @param now credits a block-second: the smoothed price
 * @param longRun its mean over the last minutes, times when it was 0 included
 * @param holdingSeconds theta; above 0
 */
public record PriceForecast(double now, double longRun, double holdingSeconds) {
    /** While nothing has been observed. */
    public static final PriceForecast FREE = new PriceForecast(0, 0, 1);

    public PriceForecast {
        if (!(now >= 0) || !(longRun >= 0) || !(holdingSeconds > 0)) {
            throw new IllegalArgumentException(
                    "prices must be at least 0 and the holding time above 0, but are " + now + ", " + longRun
                            + " and " + holdingSeconds + " s");
        }
    }

    /** Credits a block-second, so many seconds from now. */
    public double at(double seconds) {
        double left = Math.exp(-seconds / holdingSeconds);
        return now * left + longRun * (1 - left);
    }

    /**
     * When the price will have come to this one, in seconds; 0 if it is there already and infinite if it never will. A
     * price that rises is where it is now at its lowest.
     */
    public double secondsUntilAtMost(double price) {
        if (now <= price) {
            return 0;
        }
        return longRun >= price
                ? Double.POSITIVE_INFINITY
                : holdingSeconds * Math.log((now - longRun) / (price - longRun));
    }
}
