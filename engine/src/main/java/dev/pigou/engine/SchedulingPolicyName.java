package dev.pigou.engine;

import java.util.Locale;

/** The scheduling policies an engine can run. */
public enum SchedulingPolicyName {
    /** By the congestion price: what is worth most for the memory it takes. */
    PRICE,
    /** First come, first served. */
    FCFS,
    /** By the request's field {@code priority}. */
    PRIORITY,
    /** The tenant served least goes first. */
    VTC,
    /** Highest value for the memory, without prices. */
    DENSITY,
    /** Shortest expected answer first. */
    SJF;

    /** As on the command line. */
    @Override
    public String toString() { return name().toLowerCase(Locale.ROOT); }
}
