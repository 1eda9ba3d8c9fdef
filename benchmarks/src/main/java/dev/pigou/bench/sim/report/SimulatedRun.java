package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Known;
import dev.pigou.bench.sim.LengthKnowledge;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.Policies;
import dev.pigou.bench.sim.PriceProbe;
import dev.pigou.bench.sim.Retentions;
import dev.pigou.bench.sim.Simulation;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run from demand to report: puts machine, policy and observers together. Owned by one thread. */
public final class SimulatedRun {
    private final Setting setting;
    private final Demand demand;
    private final ResultCollector results;
    private final Optional<PriceRecorder> prices;
    private final Simulation simulation;

    /**
     * What is run.
     *
     * @param policy of scheduling, by name
     * @param retention of the cache, by name
     * @param lengths what the policy knows of them: known, unknown or noisy:SIGMA
     * @param load that the demand was made with; only reported
     * @param seed of the disturbances and of the noise in known lengths
     */
    public record Setting(MachineSettings machine, String policy, String retention, String lengths,
            double load, long seed) {
        /** The same with another seed. */
        public Setting withSeed(long other) {
            return new Setting(machine, policy, retention, lengths, load, other);
        }
    }

    /**
     * Ready to run.
     *
     * @param watching hear of everything, before the report's own observers
     */
    public SimulatedRun(Setting setting, Demand demand, SimulationListener... watching) {
        this.setting = setting;
        this.demand = demand;
        MachineSettings machine = setting.machine;
        RetentionPolicy retention = Retentions.named(setting.retention, machine);
        SchedulingPolicy policy = Policies.named(setting.policy, new Known(machine, demand.tenants(),
                LengthKnowledge.named(setting.lengths, demand, setting.seed), RetentionView.of(retention)));
        results = new ResultCollector(demand, machine);
        List<SimulationListener> listeners = new ArrayList<>(List.of(watching));
        listeners.add(results);
        simulation = new Simulation(machine, demand, policy, retention, setting.seed, new Fanout(listeners));
        prices = policy instanceof PricePolicy priced
                ? Optional.of(new PriceRecorder(new PriceProbe(priced, simulation.kvCache())))
                : Optional.empty();
        prices.ifPresent(listeners::add);
    }

    /** For showing progress while {@link #run} goes on in the same thread: ask from a listener. */
    public Simulation simulation() {
        return simulation;
    }

    public RunReport run() {
        simulation.run();
        return report();
    }

    private RunReport report() {
        return new RunReport(demand.name(), setting.policy, setting.retention, setting.lengths, setting.load,
                setting.machine.kvBlocks(), setting.seed, results.welfare(), results.offered(),
                new RunReport.Requests(results.count(Fate.COMPLETED), results.count(Fate.REFUSED),
                        results.count(Fate.EXPIRED)),
                results.tenantReports(), results.preemptions(), results.recomputedTokens(),
                results.prefixHitTokens(), results.prefillSecondsSaved(),
                prices.map(PriceRecorder::report).orElse(null),
                prices.map(PriceRecorder::flipsPerMinute).orElse(null),
                prices.map(PriceRecorder::ledger).orElse(null),
                prices.map(PriceRecorder::series).orElse(null), results.endedSeconds(), results.busyShare(),
                results.steps(), results.meanRunning());
    }

    /** Tells several listeners, in order. */
    private record Fanout(List<SimulationListener> listeners) implements SimulationListener {
        @Override
        public void ended(Outcome outcome) { listeners.forEach(each -> each.ended(outcome)); }

        @Override
        public void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputedTokens) {
            listeners.forEach(each -> each.stepped(plan, fromNanos, toNanos, recomputedTokens));
        }

        @Override
        public void idled(long fromNanos, long toNanos) {
            listeners.forEach(each -> each.idled(fromNanos, toNanos));
        }
    }
}
