package dev.pigou.scheduler.price;

/** A cached block as a bidder for the memory that it is in. */
public final class CachedBlock {
    private CachedBlock() {}

    /**
     * What keeping it is worth a block-second by the {@link FirstOrderCondition}, in the unit of {@code savedByUse}: a use is
     * the whole value, kept for a second it is used so often, and nobody waits for it meanwhile.
     *
     * @param savedByUse what computing it would cost
     * @param usesPerSecond to expect
     */
    public static double worthPerSecond(double savedByUse, double usesPerSecond) {
        double kept = FirstOrderCondition.net(savedByUse, usesPerSecond, 0, 0, 0, 0, 0);
        return FirstOrderCondition.density(kept, 1);
    }
}
