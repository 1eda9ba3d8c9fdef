package dev.pigou.scheduler.price;

/**
 * How prices are expected to go on. Each starts from where it is and returns to its mean of late as memory turns over: an
 * Ornstein-Uhlenbeck process, in expectation and with its spread. A price of 0 is expected to stay 0, for it says that
 * nobody is in anybody's way; that somebody may come is in its spread. Owned by the scheduler's thread, which allocates nothing
 * here; any thread may ask for a {@link #forecast}.
 */
final class PricePath {
    /** Sequences over which the holding time is averaged. */
    private static final double SEQUENCES = 64;
    private static final double FIRST_HOLDING_SECONDS = 10;
    /** The normal law's 95 % quantile, in standard deviations. */
    private static final double DEVIATIONS = 1.645;

    private final double memorySeconds;
    private final Course kv = new Course();
    private final Course pressure = new Course();
    /** Written by the owner alone, and read by any thread. */
    private volatile double holdingSeconds = FIRST_HOLDING_SECONDS;
    /** The mean of {@link #kv}, for other threads. */
    private volatile double kvMean;
    private double weight;
    private long lastNanos;
    private boolean started;

    /** One price: now, and the mean and the variance of late. */
    private static final class Course {
        private double now;
        private double mean;
        private double square;

        private void observe(double price, double share) {
            mean += share * (now - mean);
            square += share * (now * now - square);
            now = price;
        }

        /** Nothing is known but the price of now. */
        private void begin() {
            mean = now;
            square = now * now;
        }

        private double deviation() { return Math.sqrt(Math.max(0, square - mean * mean)); }
    }

    /** @param memorySeconds over which the mean is taken */
    PricePath(double memorySeconds) {
        this.memorySeconds = memorySeconds;
    }

    /** The prices from now on. */
    void observe(double kvPrice, double latencyPressure, long nowNanos) {
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        double keep = Math.exp(-seconds / memorySeconds);
        weight = keep * weight + 1 - keep; // so that the mean is right from the first second on
        double share = weight == 0 ? 0 : (1 - keep) / weight;
        kv.observe(kvPrice, share);
        pressure.observe(latencyPressure, share);
        if (weight == 0) {
            kv.begin();
            pressure.begin();
        }
        kvMean = kv.mean;
    }

    /** A sequence will hold its memory for so long. */
    void held(double seconds) {
        double before = holdingSeconds;
        holdingSeconds = before + (seconds - before) / SEQUENCES;
    }

    /** How long memory is held, on average. */
    double holdingSeconds() { return holdingSeconds; }

    /**
     * The price of a block-second from now on, for clients. Safe from any thread.
     *
     * @param now credits a block-second, as published
     */
    PriceForecast forecast(double now) { return new PriceForecast(now, kvMean, holdingSeconds); }

    double kvNow() { return kv.now; }

    double pressureNow() { return pressure.now; }

    /** Price of a block-second, on average over {@code seconds} that begin after {@code delay}. */
    double kv(double delay, double seconds) {
        return mean(kv, delay, seconds);
    }

    /** Latency pressure, on average over {@code seconds} that begin after {@code delay}. */
    double pressure(double delay, double seconds) {
        return mean(pressure, delay, seconds);
    }

    /** What {@link #kv} should hardly exceed. */
    double mostKv(double delay, double seconds) {
        return most(kv, delay, seconds);
    }

    /** What {@link #pressure} should hardly exceed. */
    double mostPressure(double delay, double seconds) {
        return most(pressure, delay, seconds);
    }

    private double mean(Course price, double delay, double seconds) {
        if (price.now == 0) {
            return 0;
        }
        return price.mean + (price.now - price.mean) * persistence(delay, seconds);
    }

    private double most(Course price, double delay, double seconds) {
        double spread = Math.sqrt(1 - Math.exp(-2 * (delay + seconds) / holdingSeconds));
        double mean = price.mean + (price.now - price.mean) * persistence(delay, seconds);
        return mean + DEVIATIONS * price.deviation() * spread;
    }

    /** How much of the distance to the mean is left, on average over the time. */
    private double persistence(double delay, double seconds) {
        double turnovers = seconds / holdingSeconds;
        double average = turnovers < 1e-6 ? 1 : -Math.expm1(-turnovers) / turnovers;
        return Math.exp(-delay / holdingSeconds) * average;
    }
}
