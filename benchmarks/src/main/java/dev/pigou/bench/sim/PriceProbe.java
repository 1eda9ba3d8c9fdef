package dev.pigou.bench.sim;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.price.PricePolicy;
import dev.pigou.scheduler.price.PriceVector;

/** Reads the prices of a policy that has them, and its books. Called between steps, by the simulation's thread. */
public record PriceProbe(PricePolicy policy, KvCacheManager kvCache) {
    /** The prices that the scheduler decides by now. */
    public Prices prices() {
        PriceVector prices = policy.prices();
        return new Prices(prices.kvWaiting(), prices.kvCache(), prices.prefill(), prices.decode());
    }

    /** What all ended requests were charged, or would have been without bounds; picocredits. */
    public long charged() {
        return policy.treasury().books().all().meteredPico();
    }

    /** What of that nobody pays, as it was above what had been promised; picocredits. */
    public long writtenOff() {
        return policy.treasury().books().all().writtenOffPico();
    }

    /** What a tenant has paid; picocredits. */
    public long paid(Tenant tenant) {
        return policy.treasury().books().of(tenant.index()).duePico();
    }

    /** Price times quantity, summed over steps and resources; to the last picocredit the same as {@link #charged}. */
    public long priceTimesQuantity() {
        return policy.treasury().pricedComputePico() + kvCache.pricedPico();
    }
}
