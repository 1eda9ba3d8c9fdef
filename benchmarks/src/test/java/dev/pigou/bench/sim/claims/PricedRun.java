package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Known;
import dev.pigou.bench.sim.LengthKnowledge;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.Policies;
import dev.pigou.bench.sim.Retentions;
import dev.pigou.bench.sim.Simulation;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.price.PricePolicy;
import dev.pigou.scheduler.price.Treasury;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A run under {@code price} with all that the claims look at: outcomes, waiting prices, and each tenant's account. */
final class PricedRun implements SimulationListener {
    private static final double PICO = 1e-12;

    final List<Outcome> outcomes = new ArrayList<>();
    /** The waiting part of the price of KV memory after each step, and when it held. */
    final List<Sample> prices = new ArrayList<>();
    private final PricePolicy policy;

    /** A price that held over [from, to), in seconds, and what clients saw of it. */
    record Sample(double from, double to, double price, double published) {}

    private PricedRun(PricePolicy policy) { this.policy = policy; }

    static PricedRun of(Demand demand, MachineSettings machine, String lengths, long seed) {
        return of(demand, machine, lengths, seed, _ -> {});
    }

    /** @param opening gives tenants their wallets and floors before the first request comes */
    static PricedRun of(Demand demand, MachineSettings machine, String lengths, long seed,
            Consumer<Treasury> opening) {
        return of(demand, machine, lengths, "lru", seed, opening);
    }

    /** @param cached which cached prefixes stay, by the name of the policy */
    static PricedRun of(Demand demand, MachineSettings machine, String lengths, String cached, long seed,
            Consumer<Treasury> opening) {
        RetentionPolicy retention = Retentions.named(cached, machine);
        PricePolicy policy = (PricePolicy) Policies.named("price", new Known(machine, demand.tenants(),
                LengthKnowledge.named(lengths, demand, seed), RetentionView.of(retention), seed));
        opening.accept(policy.treasury());
        PricedRun run = new PricedRun(policy);
        new Simulation(machine, demand, policy, retention, seed, run).run();
        return run;
    }

    @Override
    public void ended(Outcome outcome) { outcomes.add(outcome); }

    @Override
    public void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputedTokens) {
        idled(fromNanos, toNanos);
    }

    @Override
    public void idled(long fromNanos, long toNanos) {
        prices.add(new Sample(fromNanos / 1e9, toNanos / 1e9, policy.prices().kvWaiting(),
                policy.prices().kvPublished()));
    }

    /** Mean over [from, to) seconds, weighted by how long each price held. */
    double meanPrice(double from, double to) {
        double integral = 0;
        for (Sample sample : prices) {
            integral += sample.price * Math.max(0, Math.min(to, sample.to) - Math.max(from, sample.from));
        }
        return integral / (to - from);
    }

    /** Changes of direction of the public price in a minute, by the second. */
    double publishedFlipsPerMinute(int from, int to) {
        double[] bySecond = new double[to];
        for (Sample sample : prices) {
            for (int second = (int) Math.ceil(sample.from); second < sample.to && second < to; second++) {
                bySecond[second] = sample.published;
            }
        }
        int flips = 0;
        double direction = 0;
        for (int second = from + 1; second < to; second++) {
            double change = Math.signum(bySecond[second] - bySecond[second - 1]);
            flips += change != 0 && change == -direction ? 1 : 0;
            direction = change == 0 ? direction : change;
        }
        return flips * 60.0 / (to - from);
    }

    double welfare() { return outcomes.stream().mapToDouble(Outcome::credits).sum(); }

    double welfareOf(int tenant) { return outcomesOf(tenant).stream().mapToDouble(Outcome::credits).sum(); }

    long count(Fate fate) { return count(outcomes, fate); }

    static long count(List<Outcome> outcomes, Fate fate) {
        return outcomes.stream().filter(each -> each.fate() == fate).count();
    }

    List<Outcome> outcomesOf(int tenant) {
        return outcomes.stream().filter(each -> each.request().bid().tenant().index() == tenant).toList();
    }

    /** Credits that all requests used of congested resources. */
    double metered() {
        return policy.treasury().books().all().meteredPico() * PICO;
    }

    /** Picocredits of rent that all paid for memory. */
    long rentPico() {
        return policy.treasury().books().all().kvPico();
    }

    /** Credits that a tenant's requests used of congested resources, at the prices of the moment. */
    double metered(int tenant) {
        return policy.treasury().books().of(tenant).meteredPico() * PICO;
    }

    /** Credits that a tenant pays. */
    double due(int tenant) {
        return policy.treasury().books().of(tenant).duePico() * PICO;
    }
}
