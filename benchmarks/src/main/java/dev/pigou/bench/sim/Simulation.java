package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.bench.sim.demand.Seeds;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.SchedulerSnapshot;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.StepPlan;
import java.util.HashMap;
import java.util.Map;

/**
 * One run from the first arrival to the last end. Each turn: deliver what has arrived, let go whose patience has ended,
 * plan; then either the step is executed and the clock moves to its end, or, with an empty plan, to the next event. As in
 * a server, what happens during a step is heard of after it.
 *
 * <p>Owned by one thread. Nothing in it depends on anything but its arguments.
 */
public final class Simulation {
    /** A policy that runs nobody for so long while somebody waits never will. */
    private static final long STUCK_NANOS = 24 * 3_600_000_000_000L;

    private final MachineSettings machine;
    private final int requests;
    private final Arrivals arrivals;
    private final boolean retries;
    private final SimulationListener listener;
    private final SimulationClock clock = new SimulationClock();
    private final Scheduler scheduler;
    private final KvCacheManager kvCache;
    private final Roster roster;
    private final SimulatedDevice device;
    private final Map<Integer, SamplingParams> params = new HashMap<>();
    private int ended;
    private long idleSinceNanos;

    /** Whoever is refused stays away. */
    public Simulation(MachineSettings machine, Demand demand, SchedulingPolicy policy,
            RetentionPolicy retention, long seed, SimulationListener listener) {
        this(machine, demand, policy, retention, seed, false, listener);
    }

    /**
     * Ready to run.
     *
     * @param retries whoever is refused comes back once, exactly when the refusal said, with the same bid anew; what comes of
     *     that is what has come of the request
     */
    public Simulation(MachineSettings machine, Demand demand, SchedulingPolicy policy,
            RetentionPolicy retention, long seed, boolean retries, SimulationListener listener) {
        this.machine = machine;
        requests = demand.requests().size();
        arrivals = new Arrivals(demand);
        this.retries = retries;
        this.listener = listener;
        kvCache = new KvCacheManager(machine.kvBlocks(), machine.blockSize(), true, retention);
        SchedulerConfig config = new SchedulerConfig(machine.maxNumSeqs(), machine.maxNumBatchedTokens(),
                machine.capacityTokens(), new int[]{SimulatedDevice.EOS});
        scheduler = new Scheduler(config, policy, kvCache);
        roster = new Roster(requests);
        device = new SimulatedDevice(machine.cost(), new Jitter(machine.jitter(), Seeds.mix(seed, 1)), roster,
                machine.blockSize(), machine.maxNumSeqs());
    }

    /** Runs to the end. */
    public void run() {
        while (turn()) {
            // each turn moves the clock or ends a request
        }
    }

    /** One turn; false if all requests have ended. */
    public boolean turn() {
        deliverArrivals();
        dismissImpatient();
        if (ended == requests) {
            return false;
        }
        StepPlan plan = scheduler.plan(clock.nowNanos());
        if (plan.size() > 0) {
            step(plan);
        } else if (ended < requests) {
            idle();
        }
        return true;
    }

    private void deliverArrivals() {
        Request arrived = arrivals.poll(clock.nowNanos());
        while (arrived != null) {
            deliver(arrived);
            arrived = arrivals.poll(clock.nowNanos());
        }
    }

    /** What no machine of this size could ever answer in full is refused at the door, whatever the policy. */
    private void deliver(Request request) {
        if (!machine.canServe(request.promptTokens(), request.outputTokens())) {
            ended++;
            listener.ended(new Outcome(request, Fate.REFUSED, 0, clock.nowNanos(), 0, 0, 0, Bill.NONE));
            return;
        }
        int mostTokens = Math.min(request.maxTokens(), machine.capacityTokens() - request.promptTokens() + 1);
        SamplingParams asked = params.computeIfAbsent(mostTokens,
                tokens -> SamplingParams.builder().maxTokens(tokens).build());
        InFlight arrived = new InFlight(request, asked, clock, this::ended);
        roster.arrived(arrived);
        scheduler.add(arrived.sequence, clock.nowNanos());
    }

    private void ended(InFlight request) {
        roster.left(request);
        Refusal refusal = request.sequence.refusal();
        if (refusal != null && retries && arrivals.sendBack(request.request, refusal, clock.nowNanos())) {
            listener.willReturn(request.request, refusal.retryAfterSeconds());
        } else {
            ended++;
            listener.ended(request.outcome());
        }
    }

    private void dismissImpatient() {
        InFlight impatient = roster.pollImpatient(clock.nowNanos());
        while (impatient != null) {
            scheduler.finish(impatient.sequence, FinishReason.CANCELLED, clock.nowNanos());
            impatient = roster.pollImpatient(clock.nowNanos());
        }
    }

    private void step(StepPlan plan) {
        long from = clock.nowNanos();
        clock.advanceTo(from + device.executeNanos(plan));
        scheduler.apply(plan, device, clock.nowNanos());
        idleSinceNanos = clock.nowNanos();
        listener.stepped(plan, from, clock.nowNanos(), device.recomputedTokens());
    }

    private void idle() {
        long from = clock.nowNanos();
        if (roster.present() > 0 && from - idleSinceNanos > STUCK_NANOS) {
            throw new IllegalStateException("the policy has held back " + roster.present()
                    + " requests for a day, and nothing runs; it will never let them in");
        }
        long next = roster.nextGoodbyeNanos();
        if (roster.present() > 0) {
            next = Math.min(next, from + (long) (machine.wakeMillis() * 1e6));
        }
        next = Math.min(next, arrivals.nextNanos());
        if (roster.present() == 0) {
            idleSinceNanos = next;
        }
        clock.advanceTo(next);
        listener.idled(from, next);
    }

    public long nowNanos() { return clock.nowNanos(); }

    /** Requests that have ended. */
    public int ended() { return ended; }

    public SchedulerSnapshot snapshot() { return scheduler.snapshot(); }

    /** For reading; what a price probe may want to look at. */
    public KvCacheManager kvCache() {
        return kvCache;
    }
}
