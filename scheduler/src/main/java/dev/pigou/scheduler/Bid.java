package dev.pigou.scheduler;

/**
 * What a request is worth to its sender. Money is in credits.
 *
 * <p>An answer that begins {@code s} seconds after it was asked for is worth {@code value - latencyPrice * s}, and
 * nothing once that is below 0 or the deadline has passed: V - lambda * dL of the seed paper's first-order condition
 * (arXiv 2605.01214), with dQ = 1 for an answer and 0 for none.
 *
 * @param tenant who pays
 * @param value credits for an answer at once; at least 0
 * @param latencyPrice credits for each second of delay; at least 0
 * @param maxPrice most credits the sender will pay; at least 0. With 0 it runs only while that is free
 * @param deadlineNanos on the scheduler's clock; an answer that has not begun by then is worth nothing
 * @param priority as vLLM's field: lower goes first, under the policy that looks at it
 * @param serviceClass which class of service was asked for, in [0, {@link #SERVICE_CLASSES}); 0 if none was. It decides
 *     nothing: answers of one class are alike, and what is learned of them is learned by class
 */
public record Bid(Tenant tenant, double value, double latencyPrice, double maxPrice, long deadlineNanos,
        int priority, int serviceClass) {
    public static final long NO_DEADLINE = Long.MAX_VALUE;
    public static final int SERVICE_CLASSES = 4;

    /** Of a request that says nothing. */
    public static final Bid DEFAULT = new Bid(Tenant.ANYBODY, 1, 0.0001, Double.POSITIVE_INFINITY,
            NO_DEADLINE, 0);

    private static final double NANOS_PER_SECOND = 1e9;

    public Bid {
        requireAmount(value, "value");
        requireAmount(latencyPrice, "latency_price");
        if (serviceClass < 0 || serviceClass >= SERVICE_CLASSES) {
            throw new IllegalArgumentException("a class of service must be from 0 to " + (SERVICE_CLASSES - 1)
                    + ", but is " + serviceClass);
        }
        if (!(maxPrice >= 0)) {
            throw new IllegalArgumentException("max_price must be at least 0, but is " + maxPrice);
        }
    }

    /** Of a sender that asked for no class of service. */
    public Bid(Tenant tenant, double value, double latencyPrice, double maxPrice, long deadlineNanos,
            int priority) {
        this(tenant, value, latencyPrice, maxPrice, deadlineNanos, priority, 0);
    }

    /** Credits that an answer is worth which begins at {@code nowNanos}; at least 0. */
    public double valueAt(long nowNanos, long arrivalNanos) {
        return nowNanos > deadlineNanos ? 0 : valueAfter(nowNanos - arrivalNanos);
    }

    /** Credits that an answer in time is worth after so much delay; at least 0. */
    public double valueAfter(long delayNanos) {
        return Math.max(0, value - latencyPrice * delayNanos / NANOS_PER_SECOND);
    }

    /**
     * When the answer stops being worth anything: the deadline, or when delay has eaten the value. {@link #NO_DEADLINE} if
     * never.
     */
    public long worthlessNanos(long arrivalNanos) {
        if (latencyPrice == 0) {
            return deadlineNanos;
        }
        double seconds = value / latencyPrice;
        double left = (double) Long.MAX_VALUE - arrivalNanos;
        return seconds * NANOS_PER_SECOND >= left
                ? deadlineNanos
                : Math.min(deadlineNanos, arrivalNanos + (long) (seconds * NANOS_PER_SECOND));
    }

    private static void requireAmount(double credits, String field) {
        if (!(credits >= 0) || credits == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    field + " must be a number of credits of at least 0, but is " + credits);
        }
    }
}
