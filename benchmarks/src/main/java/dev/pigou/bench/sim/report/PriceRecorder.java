package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.PriceProbe;
import dev.pigou.bench.sim.Prices;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;

/** Follows the prices through a run. Owned by the simulation's thread. */
final class PriceRecorder implements SimulationListener {
    private final PriceProbe probe;
    private final PriceTrack kvWaiting = new PriceTrack();
    private final PriceTrack kvCache = new PriceTrack();
    private final PriceTrack prefill = new PriceTrack();
    private final PriceTrack decode = new PriceTrack();

    PriceRecorder(PriceProbe probe) { this.probe = probe; }

    @Override
    public void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputedTokens) {
        sample(fromNanos, toNanos);
    }

    @Override
    public void idled(long fromNanos, long toNanos) { sample(fromNanos, toNanos); }

    private void sample(long fromNanos, long toNanos) {
        double seconds = (toNanos - fromNanos) / 1e9;
        Prices prices = probe.prices();
        kvWaiting.held(prices.kvWaiting(), seconds);
        kvCache.held(prices.kvCache(), seconds);
        prefill.held(prices.prefill(), seconds);
        decode.held(prices.decode(), seconds);
    }

    PriceReport report() {
        return new PriceReport(kvWaiting.summary(), kvCache.summary(), prefill.summary(), decode.summary());
    }

    PriceSeries series() {
        return new PriceSeries(PriceTrack.SLOT_SECONDS, kvWaiting.slots(), kvCache.slots(), prefill.slots(),
                decode.slots());
    }

    double flipsPerMinute() { return kvWaiting.flipsPerMinute(); }

    /** Credits that a tenant has paid. */
    double paid(Tenant tenant) { return probe.paid(tenant) * 1e-12; }

    RunReport.Ledger ledger() {
        return new RunReport.Ledger(probe.charged(), probe.priceTimesQuantity(), probe.writtenOff());
    }
}
