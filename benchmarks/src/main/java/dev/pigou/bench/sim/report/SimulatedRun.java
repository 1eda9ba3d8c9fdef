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
import dev.pigou.bench.sim.ablation.Ablations;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.price.Allowance;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run from demand to report: puts machine, policy and observers together. Owned by one thread. */
public final class SimulatedRun {
    private final Setting setting;
    private final Demand demand;
    private final ResultCollector results;
    private final QuoteTally quotes = new QuoteTally();
    private final RetryTally retries = new RetryTally();
    private final Optional<PriceRecorder> prices;
    private final Simulation simulation;

    /**
     * What is run.
     *
     * @param policy of scheduling, by name
     * @param retention of the cache, by name
     * @param lengths what the policy knows of them: known, unknown or noisy:SIGMA
     * @param allowances of tenants, by name, where {@code policy} is {@code price}; who has none spends without limit
     * @param rebates what is paid is handed back to those who have an allowance
     * @param retries whoever is refused comes back once, exactly when the refusal said
     * @param load that the demand was made with; only reported
     * @param seed of the disturbances and of the noise in known lengths
     */
    public record Setting(MachineSettings machine, String policy, String retention, String lengths,
            Map<String, Allowance> allowances, boolean rebates, boolean retries, double load, long seed) {
        /** Without wallets; whoever is refused stays away. */
        public Setting(MachineSettings machine, String policy, String retention, String lengths, double load,
                long seed) {
            this(machine, policy, retention, lengths, Map.of(), false, false, load, seed);
        }

        /** The same with another seed. */
        public Setting withSeed(long other) {
            return new Setting(machine, policy, retention, lengths, allowances, rebates, retries, load,
                    other);
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
        SchedulingPolicy policy = Policies.named(setting.policy,
                new Known(machine, demand.tenants(),
                        LengthKnowledge.named(setting.lengths, demand, setting.seed),
                        RetentionView.of(retention), setting.seed));
        results = new ResultCollector(demand, machine);
        List<SimulationListener> listeners = new ArrayList<>(List.of(watching));
        listeners.add(results);
        listeners.add(quotes);
        listeners.add(retries);
        simulation = new Simulation(machine, demand, policy, retention, setting.seed, setting.retries,
                new Fanout(listeners));
        prices = Ablations.priceOf(policy)
                .map(priced -> new PriceRecorder(new PriceProbe(priced, simulation.kvCache())));
        prices.ifPresent(listeners::add);
        openWallets(policy);
    }

    private Map<String, TenantReport> tenantReports() {
        Map<String, TenantReport> reports = results.tenantReports();
        if (prices.isPresent()) {
            for (Tenant tenant : demand.tenants()) {
                reports.computeIfPresent(tenant.name(),
                        (name, report) -> report.paid(prices.get().paid(tenant), refill(name)));
            }
        }
        return reports;
    }

    /** Credits that its wallet was refilled with until the last request ended, without what it began with. */
    private @Nullable Double refill(String tenant) {
        Allowance allowance = setting.allowances.get(tenant);
        return allowance == null ? null : allowance.refillPerSecond() * results.endedSeconds();
    }

    private void openWallets(SchedulingPolicy policy) {
        if (setting.rebates && policy instanceof PricePolicy priced) {
            priced.treasury().rebateByShare();
        }
        setting.allowances.forEach((name, allowance) -> {
            PricePolicy priced = Ablations.priceOf(policy)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "only the scheduling policy price keeps wallets, but tenant " + name
                                    + " is given one under " + setting.policy));
            Tenant tenant = demand.tenants().stream().filter(each -> each.name().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "there is no tenant '" + name + "' in this traffic; there are " + demand.tenants()
                                    .stream().map(Tenant::name).limit(10).collect(Collectors.joining(", "))));
            priced.treasury().open(tenant, allowance, 0);
        });
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
                results.losses(),
                new RunReport.Requests(results.count(Fate.COMPLETED), results.count(Fate.REFUSED),
                        results.count(Fate.EXPIRED), results.refusedAtOnce()),
                tenantReports(), results.preemptions(), results.recomputedTokens(), results.prefixHitTokens(),
                results.prefillSecondsSaved(), prices.map(PriceRecorder::report).orElse(null),
                prices.map(PriceRecorder::flipsPerMinute).orElse(null),
                prices.map(PriceRecorder::ledger).orElse(null),
                prices.map(PriceRecorder::series).orElse(null), prices.map(_ -> quotes.report()).orElse(null),
                setting.retries ? retries.report() : null, results.endedSeconds(), results.busyShare(),
                results.steps(), results.meanRunning());
    }

    /** Tells several listeners, in order. */
    private record Fanout(List<SimulationListener> listeners) implements SimulationListener {
        @Override
        public void ended(Outcome outcome) { listeners.forEach(each -> each.ended(outcome)); }

        @Override
        public void willReturn(Request refused, double afterSeconds) {
            listeners.forEach(each -> each.willReturn(refused, afterSeconds));
        }

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
