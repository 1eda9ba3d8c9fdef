package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.bench.sim.demand.Request;
import java.util.BitSet;

/** Counts what came of those who were refused and came back when they were told to. Owned by the simulation's thread. */
final class RetryTally implements SimulationListener {
    private final BitSet returning = new BitSet();
    private int sent;
    private int admitted;
    private int completed;

    @Override
    public void willReturn(Request refused, double afterSeconds) { returning.set(refused.id()); }

    @Override
    public void ended(Outcome outcome) {
        if (returning.get(outcome.request().id())) {
            sent++;
            admitted += outcome.fate() == Fate.REFUSED ? 0 : 1;
            completed += outcome.fate() == Fate.COMPLETED ? 1 : 0;
        }
    }

    RunReport.Retries report() { return new RunReport.Retries(sent, admitted, completed); }
}
