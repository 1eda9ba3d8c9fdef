package dev.pigou.bench.sim.report;

/** Four prices over a whole run. */
public record PriceReport(Summary kvWaiting, Summary kvCache, Summary prefill, Summary decode) {
    /**
     * One price, weighted by how long it held.
     *
     * @param zeroShare of the time at which it was exactly 0
     */
    public record Summary(double mean, double max, double zeroShare) {}
}
