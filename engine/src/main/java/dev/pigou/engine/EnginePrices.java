package dev.pigou.engine;

import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.price.PriceForecast;
import dev.pigou.scheduler.price.PricePolicy;
import dev.pigou.scheduler.price.PriceVector;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * What an engine charges at one instant; immutable.
 *
 * @param policy the name of the scheduling policy; those that have no prices charge nothing
 * @param blockSize tokens in a KV block
 */
public record EnginePrices(String policy, int blockSize, PriceVector vector, PriceForecast forecast) {
    private static final MathContext TWO_DIGITS = new MathContext(2);

    /** Safe from any thread. */
    static EnginePrices of(SchedulingPolicy policy, int blockSize) {
        return policy instanceof PricePolicy priced
                ? new EnginePrices(policy.name(), blockSize, priced.prices(), priced.forecast())
                : new EnginePrices(policy.name(), blockSize, PriceVector.ZERO, PriceForecast.FREE);
    }

    /** The same as strangers may know it: two significant digits, lest a price tell what a single other does. */
    public EnginePrices posted() {
        PriceVector posted = new PriceVector(vector.nanos(), posted(vector.kvWaiting()),
                posted(vector.kvCache()), posted(vector.kv()), posted(vector.kvPublished()),
                posted(vector.prefill()), posted(vector.decode()));
        PriceForecast rounded = new PriceForecast(posted(forecast.now()), posted(forecast.longRun()),
                posted(forecast.holdingSeconds()));
        return new EnginePrices(policy, blockSize, posted, rounded);
    }

    /** Two significant digits; 0 stays exactly 0. */
    public static double posted(double price) {
        return price == 0 ? 0 : new BigDecimal(price).round(TWO_DIGITS).doubleValue();
    }
}
