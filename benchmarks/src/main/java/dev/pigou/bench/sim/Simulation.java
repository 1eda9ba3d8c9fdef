package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.bench.sim.demand.Seeds;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.SchedulerSnapshot;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.StepPlan;
import java.util.HashMap;
import java.util.List;
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
    private final Demand demand;
    private final SimulationListener listener;
    private final SimulationClock clock = new SimulationClock();
    private final Scheduler scheduler;
    private final KvCacheManager kvCache;
    private final Roster roster;
    private final SimulatedDevice device;
    private final Map<Integer, SamplingParams> params = new HashMap<>();
    private int delivered;
    private int ended;
    private long idleSinceNanos;

    public Simulation(MachineSettings machine, Demand demand, SchedulingPolicy policy,
            RetentionPolicy retention, long seed, SimulationListener listener) {
        this.machine = machine;
        this.demand = demand;
        this.listener = listener;
        kvCache = new KvCacheManager(machine.kvBlocks(), machine.blockSize(), true, retention);
        SchedulerConfig config = new SchedulerConfig(machine.maxNumSeqs(), machine.maxNumBatchedTokens(),
                machine.capacityTokens(), new int[]{SimulatedDevice.EOS});
        scheduler = new Scheduler(config, policy, kvCache);
        roster = new Roster(demand.requests().size());
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
        if (ended == demand.requests().size()) {
            return false;
        }
        StepPlan plan = scheduler.plan(clock.nowNanos());
        if (plan.size() > 0) {
            step(plan);
        } else if (ended < demand.requests().size()) {
            idle();
        }
        return true;
    }

    private void deliverArrivals() {
        List<Request> requests = demand.requests();
        while (delivered < requests.size() && requests.get(delivered).arrivalNanos() <= clock.nowNanos()) {
            deliver(requests.get(delivered++));
        }
    }

    /** What no machine of this size could ever answer in full is refused at the door, whatever the policy. */
    private void deliver(Request request) {
        if (!machine.canServe(request.promptTokens(), request.outputTokens())) {
            ended++;
            listener.ended(new Outcome(request, Fate.REFUSED, 0, clock.nowNanos(), 0, 0, 0));
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
        ended++;
        listener.ended(request.outcome());
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
        if (delivered < demand.requests().size()) {
            next = Math.min(next, demand.requests().get(delivered).arrivalNanos());
        }
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
