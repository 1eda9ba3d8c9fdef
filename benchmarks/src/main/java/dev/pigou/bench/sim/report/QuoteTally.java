package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Bill;
import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.SimulationListener;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts how true forecasts of charges were. Owned by the simulation's thread. */
final class QuoteTally implements SimulationListener {
    private static final double MICRO = 1e-6;
    private static final double MOST_RATIO = 1e6;

    private final Histogram ratiosMicro = new Histogram(3);
    private int answered;
    private int within;
    private int priced;
    private int pricedWithin;

    @Override
    public void ended(Outcome outcome) {
        Bill bill = outcome.bill();
        if (outcome.fate() != Fate.COMPLETED || !bill.quoted()) {
            return;
        }
        boolean overflowed = bill.meteredPico() < 0; // prices beyond all measure
        int kept = !overflowed && bill.meteredPico() <= bill.mostPico() ? 1 : 0;
        answered++;
        within += kept;
        if (bill.mostPico() > 0 || bill.meteredPico() != 0) {
            priced++;
            pricedWithin += kept;
        }
        if (bill.expectedPico() > 0 && !overflowed) {
            double ratio = (double) bill.meteredPico() / bill.expectedPico();
            ratiosMicro.recordValue(Math.round(Math.min(MOST_RATIO, ratio) / MICRO));
        }
    }

    RunReport.Quotes report() {
        return new RunReport.Quotes(answered, share(within, answered), median(), priced,
                share(pricedWithin, priced));
    }

    private @Nullable Double median() {
        return ratiosMicro.getTotalCount() == 0 ? null : ratiosMicro.getValueAtPercentile(50) * MICRO;
    }

    private static @Nullable Double share(int part, int whole) {
        return whole == 0 ? null : (double) part / whole;
    }
}
