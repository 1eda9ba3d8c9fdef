package dev.pigou.kvcache;

/**
 * What keeping a cached block is worth, to be compared with what else its memory could do. A port: the rule by which all
 * memory is allotted is the scheduler's.
 */
@FunctionalInterface
public interface BlockWorth {
    /**
     * What a block earns for each second that it is kept; at least 0. In the unit of {@code savedByUse}, which {@link
     * PrefillCost} has.
     *
     * @param savedByUse what computing it would cost, at least 0
     * @param usesPerSecond to expect, at least 0
     */
    double perSecond(double savedByUse, double usesPerSecond);
}
