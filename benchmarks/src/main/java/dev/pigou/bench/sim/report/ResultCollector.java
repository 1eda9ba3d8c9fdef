package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what a run amounts to, as it goes. Owned by the simulation's thread. */
final class ResultCollector implements SimulationListener {
    private static final long AT_ONCE_NANOS = 1_000_000_000;

    private final Demand demand;
    private final MachineSettings machine;
    private final List<TenantTally> tenants = new ArrayList<>();
    private final LossTally losses;
    private double welfare;
    private double prefillSecondsSaved;
    private long prefixHitTokens;
    private long recomputedTokens;
    private long preemptions;
    private int refusedAtOnce;
    private long steps;
    private long busyNanos;
    private double runningSeconds;
    private long lastNanos;

    ResultCollector(Demand demand, MachineSettings machine) {
        this.demand = demand;
        this.machine = machine;
        losses = new LossTally(machine);
        demand.tenants().forEach(_ -> tenants.add(new TenantTally()));
    }

    @Override
    public void ended(Outcome outcome) {
        tenants.get(outcome.request().bid().tenant().index()).add(outcome);
        losses.add(outcome);
        welfare += outcome.credits();
        preemptions += outcome.preemptions();
        prefixHitTokens += outcome.cachedTokens();
        prefillSecondsSaved += machine.prefillSeconds(0, outcome.cachedTokens());
        lastNanos = outcome.endNanos();
        boolean atOnce = outcome.endNanos() - outcome.request().arrivalNanos() <= AT_ONCE_NANOS;
        refusedAtOnce += outcome.fate() == Fate.REFUSED && atOnce ? 1 : 0;
    }

    @Override
    public void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputed) {
        steps++;
        busyNanos += toNanos - fromNanos;
        runningSeconds += plan.size() * ((toNanos - fromNanos) / 1e9);
        recomputedTokens += recomputed;
    }

    int count(Fate fate) { return tenants.stream().mapToInt(tenant -> tenant.count(fate)).sum(); }

    int refusedAtOnce() { return refusedAtOnce; }

    double welfare() { return welfare; }

    RunReport.Losses losses() { return losses.report(); }

    double offered() {
        return demand.requests().stream().mapToDouble(request -> request.bid().value()).sum();
    }

    Map<String, TenantReport> tenantReports() {
        Map<String, TenantReport> reports = new LinkedHashMap<>();
        for (Tenant tenant : demand.tenants()) {
            TenantTally tally = tenants.get(tenant.index());
            if (!tally.isEmpty()) {
                reports.put(tenant.name(), tally.report());
            }
        }
        return reports;
    }

    double prefillSecondsSaved() { return prefillSecondsSaved; }

    long prefixHitTokens() { return prefixHitTokens; }

    long recomputedTokens() { return recomputedTokens; }

    long preemptions() { return preemptions; }

    long steps() { return steps; }

    double endedSeconds() { return lastNanos / 1e9; }

    double busyShare() { return lastNanos == 0 ? 0 : (double) busyNanos / lastNanos; }

    double meanRunning() { return busyNanos == 0 ? 0 : runningSeconds / (busyNanos / 1e9); }
}
