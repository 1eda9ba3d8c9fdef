package dev.pigou.engine;

import java.util.Locale;

/** The policies by which an engine can choose the cached prefixes it keeps. */
public enum RetentionPolicyName {
    /** Keeps what saves most prefill for its memory. */
    PRICE,
    /** Keeps what was used last. */
    LRU,
    /** Keeps what was used twice before what was used once. */
    SLRU,
    /** Weighs how often a block was used by what computing it costs. */
    GDSF,
    /** As {@code LRU}, but gives up the ends of conversations first, as far as they are quickly computed again. */
    TAIL_LRU;

    /** What goes with a scheduling policy if nothing else is said. */
    public static RetentionPolicyName beside(SchedulingPolicyName scheduling) {
        return scheduling == SchedulingPolicyName.PRICE ? PRICE : LRU;
    }

    /** As on the command line. */
    @Override
    public String toString() { return name().toLowerCase(Locale.ROOT).replace('_', '-'); }
}
