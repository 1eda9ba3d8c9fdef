package dev.pigou.bench.cli;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.SimulationListener;
import dev.pigou.scheduler.StepPlan;
import java.io.PrintWriter;
import java.util.Locale;

/** A line a second while a run goes on. Owned by the simulation's thread. */
final class SimulationProgress implements SimulationListener {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final int STEPS_BETWEEN_LOOKS = 64;

    private final PrintWriter out;
    private final int requests;
    private long steps;
    private long lastLineNanos = System.nanoTime();
    private int ended;
    private int completed;

    SimulationProgress(PrintWriter out, int requests) {
        this.out = out;
        this.requests = requests;
    }

    @Override
    public void ended(Outcome outcome) {
        ended++;
        completed += outcome.fate() == Fate.COMPLETED ? 1 : 0;
    }

    @Override
    public void stepped(StepPlan plan, long fromNanos, long toNanos, int recomputedTokens) {
        if (++steps % STEPS_BETWEEN_LOOKS == 0 && System.nanoTime() - lastLineNanos >= SECOND_NANOS) {
            lastLineNanos = System.nanoTime();
            out.printf(Locale.ROOT,
                    "%,d of %,d requests ended, %,d of them completed; %,d s simulated, %d running%n", ended,
                    requests, completed, toNanos / SECOND_NANOS, plan.size());
        }
    }
}
