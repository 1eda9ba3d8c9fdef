package dev.pigou.scheduler;

/** The order of arrival, by which every policy breaks its ties. */
public final class Arrival {
    private Arrival() {}

    /** Never 0 for two sequences of one scheduler. */
    public static int compare(Sequence a, Sequence b) {
        int byArrival = Long.compare(a.arrivalNanos(), b.arrivalNanos());
        return byArrival != 0 ? byArrival : Long.compare(a.id(), b.id());
    }

    /** By {@link Sequence#rank}, lowest first, and then by arrival. */
    public static int compareRanked(Sequence a, Sequence b) {
        int byRank = Double.compare(a.rank(), b.rank());
        return byRank != 0 ? byRank : compare(a, b);
    }
}
