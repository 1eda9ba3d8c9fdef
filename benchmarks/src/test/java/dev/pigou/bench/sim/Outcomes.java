package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.SchedulingPolicy;
import java.util.ArrayList;
import java.util.List;

/** Runs a demand and keeps what became of each request. */
public final class Outcomes implements SimulationListener {
    public final List<Outcome> all = new ArrayList<>();
    public double endedSeconds;
    public long preemptions;

    public static Outcomes of(Demand demand, MachineSettings machine, SchedulingPolicy policy) {
        Outcomes outcomes = new Outcomes();
        Simulation simulation = new Simulation(machine, demand, policy, new LruRetention(machine.kvBlocks()),
                1, outcomes);
        simulation.run();
        outcomes.endedSeconds = simulation.nowNanos() / 1e9;
        outcomes.preemptions = simulation.snapshot().preemptions();
        return outcomes;
    }

    @Override
    public void ended(Outcome outcome) { all.add(outcome); }

    public double welfare() { return all.stream().mapToDouble(Outcome::credits).sum(); }
}
