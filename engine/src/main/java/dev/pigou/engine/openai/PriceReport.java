package dev.pigou.engine.openai;

import dev.pigou.engine.EnginePrices;
import dev.pigou.scheduler.price.PriceForecast;
import dev.pigou.scheduler.price.PriceVector;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code /v1/prices} answers, by its fields' names. All prices have two significant digits.
 *
 * @param created when the prices were found, in seconds since 1970
 * @param createdMs the same in milliseconds
 * @param blockSize tokens in a KV block
 */
record PriceReport(String object, long created, long createdMs, String schedulingPolicy, int blockSize,
        Units units, Prices prices, Forecast forecast) {
    private static final int[] HORIZONS_SECONDS = {1, 3, 10, 30, 100, 300};

    /** @param nowNanos on the scheduler's clock, the same instant as {@code nowMillis} */
    static PriceReport of(EnginePrices engine, long nowNanos, long nowMillis) {
        EnginePrices posted = engine.posted();
        PriceVector vector = posted.vector();
        boolean found = !vector.equals(PriceVector.ZERO);
        long millis = found ? nowMillis - (nowNanos - vector.nanos()) / 1_000_000 : nowMillis;
        return new PriceReport("pigou.prices", millis / 1000, millis, posted.policy(), posted.blockSize(),
                Units.CREDITS, new Prices(vector.prefill(), vector.decode(), vector.kvWaiting(),
                        vector.kvCache(), vector.kvPublished()),
                Forecast.of(posted.forecast()));
    }

    /** True if nothing has changed but the time. */
    boolean saysTheSameAs(PriceReport other) {
        return prices.equals(other.prices) && forecast.equals(other.forecast);
    }

    record Units(String prefill, String decode, String kv) {
        static final Units CREDITS = new Units("credits per uncached prompt token",
                "credits per output token", "credits per block-second");
    }

    /**
     * @param kvWaiting what those pay who are kept out of memory: exactly 0 when nobody waits
     * @param kvCache what eviction would destroy
     * @param kvPublished the larger of the two, smoothed
     */
    record Prices(double prefill, double decode, double kvWaiting, double kvCache, double kvPublished) {}

    /**
     * @param kvLongRun the mean of the last minutes
     * @param holdingSeconds how long memory is held
     */
    record Forecast(double kvLongRun, double holdingSeconds, List<Point> kv) {
        static Forecast of(PriceForecast forecast) {
            return new Forecast(forecast.longRun(), forecast.holdingSeconds(), Arrays.stream(HORIZONS_SECONDS)
                    .mapToObj(h -> new Point(h, EnginePrices.posted(forecast.at(h)))).toList());
        }
    }

    record Point(int seconds, double price) {}
}
