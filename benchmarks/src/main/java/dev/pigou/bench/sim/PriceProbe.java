package dev.pigou.bench.sim;

/** Reads the prices of a policy that has them, and its books. Called between steps. */
public interface PriceProbe {
    /** The prices that the scheduler decides by now. */
    Prices prices();

    /** What all ended requests were charged, in the ledger's integer units. */
    long charged();

    /** Price times quantity, summed over steps and resources; to the last unit the same as {@link #charged}. */
    long priceTimesQuantity();
}
